"""The slope of the sigmoid's cross-entropy, shared by the gradients of logits."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._precision import cancelled


def slope(labels, logits, pos_weight, dtype):
    """Return (1 - y) sigmoid(x) - pos_weight y sigmoid(-x)."""
    # One exponential, of the side that cannot overflow: sigmoid is e / (1 + e) or 1 / (1 + e).
    e = np.exp(-np.abs(logits))
    up, down = 1.0 - labels, pos_weight * labels
    up, down = np.where(logits > 0, up, up * e), np.where(logits > 0, down * e, down)
    gradient = np.asarray((up - down) / (1.0 + e))
    lost = cancelled(up - down, np.abs(up) + np.abs(down), dtype)
    if lost.any():
        pos_weight = np.broadcast_to(pos_weight, labels.shape)[lost]
        gradient[lost] = _careful_slope(labels[lost], logits[lost], pos_weight)
    return gradient


def _careful_slope(labels, logits, pos_weight):
    e = dd.exp((-np.abs(logits), 0.0))
    up, down = dd.two_sum(1.0, -labels), dd.two_product(pos_weight, labels)
    up = np.where(logits > 0, up, dd.multiply(up, e))
    down = np.where(logits > 0, dd.multiply(down, e), down)
    return np.add(*dd.add(up, dd.negative(down))) / (1.0 + e[0])
