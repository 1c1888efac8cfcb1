"""What the chapters share: checks, experiments, data sets, figures and explorers."""
