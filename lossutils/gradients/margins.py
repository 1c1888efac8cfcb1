"""Derivatives of the losses of a margin; 0 at the kink."""

import numpy as np

from lossutils._arguments import pair, rounded, rows, signed_labels, silent
from lossutils.losses.margins import shortfall


@silent
def hinge_loss(y_true, y_pred, *, label_values):
    """Return -y where y f < 1, and 0 elsewhere."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    sign = signed_labels(y_true, label_values)
    return rounded(np.where(sign * y_pred < 1, -sign, 0.0), dtype)


@silent
def squared_hinge_loss(y_true, y_pred, *, label_values):
    """Return -2 y max(0, 1 - y f)."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    sign = signed_labels(y_true, label_values)
    return rounded(-2.0 * sign * np.maximum(0.0, 1.0 - sign * y_pred), dtype)


@silent
def categorical_hinge(y_true, y_pred):
    """Return -1 for the right class and +1 for the best wrong one (shared by ties) where the loss is positive."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    active = shortfall(y_true, y_pred)[..., np.newaxis] > 0
    wrong = y_pred.max(axis=-1, keepdims=True, where=y_true == 0, initial=-np.inf)
    best = (y_true == 0) & (y_pred == wrong)
    return rounded(
        np.where(active, best / np.maximum(best.sum(-1, keepdims=True), 1) - y_true, 0.0), dtype
    )
