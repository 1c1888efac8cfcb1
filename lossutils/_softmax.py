"""The parts of a softmax that cancel nowhere, shared by activations, losses and gradients."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._precision import cancelled


def gaps_and_exponentials(logits):
    """Return max - x, exp(x - max), and the sum of the exponentials without the maximum's own 1.

    `rest` keeps what the sum 1 + rest would lose: its logarithm is log1p(rest).
    """
    below, error, top = _below_maximum(logits)
    # exp(d + error) = exp(d) (1 + error): the rounding of d = -80.1 alone would cost 30 ulp.
    exponentials = np.exp(below)
    exponentials += exponentials * error
    np.put_along_axis(exponentials, top, 0.0, axis=-1)
    rest = exponentials.sum(axis=-1, keepdims=True)
    np.put_along_axis(exponentials, top, 1.0, axis=-1)
    return -below, exponentials, rest


def others(exponentials, rest):
    """Return for each class the sum of the others' exponentials; the maximum's own 1 is exact."""
    return (1.0 - exponentials) + rest


def exponential_pairs(logits):
    """Return exp(x - max) and, for each class, the sum of the others', both as (high, low)."""
    below, error, top = _below_maximum(logits)
    high, low = dd.exp(below)
    pairs = np.stack([high, low + high * error])
    without_top = pairs.copy()
    np.put_along_axis(without_top, top[np.newaxis], 0.0, axis=-1)
    rest = [part[..., np.newaxis] for part in dd.total(without_top)]
    return pairs, dd.add(dd.add((1.0, 0.0), dd.negative(pairs)), rest)


def pull(weights, logits, dtype):
    """Return sum(w) p_j - w_j: how each weighted class pulls its own logit up and others down."""
    _, exponentials, rest = gaps_and_exponentials(logits)
    # Written as (other weights) p_j - w_j (other probabilities): exact for one-hot labels.
    up, down = weights * others(exponentials, rest), _other_weights(weights) * exponentials
    gradient = (down - up) / (1.0 + rest)
    lost = cancelled(down - up, np.abs(down) + np.abs(up), dtype).any(axis=-1)
    if lost.any():
        gradient[lost] = _careful_pull(weights[lost], logits[lost])
    return gradient


def _careful_pull(weights, logits):
    pairs, other_pairs = exponential_pairs(logits)
    weights = weights, np.zeros_like(weights)
    weight = [part[..., np.newaxis] for part in dd.total(weights)]
    total = dd.add(pairs, other_pairs)
    difference = dd.add(dd.multiply(weight, pairs), dd.negative(dd.multiply(weights, total)))
    return (difference[0] + difference[1]) / total[0]


def _other_weights(weights):
    heaviest = np.argmax(np.abs(weights), axis=-1)[..., np.newaxis]
    without = weights.copy()
    np.put_along_axis(without, heaviest, 0.0, axis=-1)
    rest = without.sum(axis=-1, keepdims=True)
    return (np.take_along_axis(weights, heaviest, axis=-1) - weights) + rest


def _below_maximum(logits):
    top = np.argmax(logits, axis=-1)[..., np.newaxis]
    return *dd.two_sum(logits, -np.take_along_axis(logits, top, axis=-1)), top
