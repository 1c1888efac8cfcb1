"""Benchmarks: what takes how long, how many digits the losses keep, how well `diagnose` does."""
