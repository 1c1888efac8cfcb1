"""Losses of a margin: how far a score is on the right side."""

import numpy as np

from lossutils._arguments import pair, reject, rounded, rows, signed_labels, silent
from lossutils._exact import two_sum


@silent
def hinge_loss(y_true, y_pred, *, label_values):
    """Return max(0, 1 - y f) with y = -1 or +1, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.maximum(0.0, 1.0 - signed_labels(y_true, label_values) * y_pred), dtype)


@silent
def squared_hinge_loss(y_true, y_pred, *, label_values):
    """Return max(0, 1 - y f)**2 with y = -1 or +1, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.maximum(0.0, 1.0 - signed_labels(y_true, label_values) * y_pred) ** 2, dtype)


@silent
def categorical_hinge(y_true, y_pred):
    """Return max(0, 1 + best wrong score - right score), one value per example."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    return rounded(np.maximum(0.0, shortfall(y_true, y_pred)), dtype)


def shortfall(y_true, y_pred):
    """Return 1 + best wrong score - right score for one-hot labels."""
    reject("y_true", y_true, (y_true != 0) & (y_true != 1), "one-hot rows of 0 and 1")
    count = y_true.sum(axis=-1)
    reject("number of ones in a row of y_true", count, count != 1, "1")
    right = y_pred.max(axis=-1, where=y_true == 1, initial=-np.inf)
    wrong = y_pred.max(axis=-1, where=y_true == 0, initial=-np.inf)
    gap, error = two_sum(wrong, -right)
    return 1.0 + gap + np.where(np.isfinite(gap), error, 0.0)
