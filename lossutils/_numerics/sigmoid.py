"""The derivative of sigmoid cross-entropy, shared by the gradients with respect to logits."""

import numpy as np

from lossutils._numerics.functions import exp
from lossutils._numerics.pairs import Pair, where
from lossutils._numerics.precision import cancelled
from lossutils._numerics.scaling import times_exp


def pull_of_element(labels, logits, pos_weight, dtype):
    """Return (1 - y) sigmoid(x) - pos_weight y sigmoid(-x)."""
    # One exponential, of the side that cannot overflow: sigmoid is e / (1 + e) or 1 / (1 + e).
    below, up, down = -np.abs(logits), 1.0 - labels, pos_weight * labels
    up = np.where(logits > 0, up, times_exp(up, below))
    down = np.where(logits > 0, times_exp(down, below), down)
    gradient = np.asarray((up - down) / (1.0 + np.exp(below)))
    lost = cancelled(up - down, np.abs(up) + np.abs(down), dtype)
    if lost.any():
        pos_weight = np.broadcast_to(pos_weight, labels.shape)[lost]
        gradient[lost] = _careful(labels[lost], logits[lost], pos_weight)
    return gradient


def _careful(labels, logits, pos_weight):
    e = exp(Pair(-np.abs(logits)))
    up, down = 1.0 - Pair(labels), Pair(pos_weight) * labels
    up, down = where(logits > 0, up, up * e), where(logits > 0, down * e, down)
    return ((up - down) / (1.0 + e)).high
