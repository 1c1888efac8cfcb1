"""The experiments of which a document prints numbers, and those numbers."""

import numpy as np

from lossutils.book import experiments

PRINTED = [experiment for experiment in experiments.all_experiments() if experiment.published]
CURVES = {"003-1": "loss_l1", "003-2": "loss_l2", "003-8": "loss_sce", "003-9": "loss_wce"}


def texts(experiment):
    """Return all numbers that an experiment printed, as strings."""
    return [text for published in experiment.published.values() for text in np.ravel(published)]
