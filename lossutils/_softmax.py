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


def pull(weights, logits, dtype, careful_weights=None):
    """Return sum(w) p_j - w_j: how each weighted class pulls its own logit up and others down.

    `careful_weights` makes the weights of some rows as pairs, where these have errors of their own.
    """
    _, exponentials, rest = gaps_and_exponentials(logits)
    # Written as (other weights) p_j - w_j (other probabilities): exact for one-hot labels.
    up, down = weights * others(exponentials, rest), _other_weights(weights) * exponentials
    gradient = (down - up) / (1.0 + rest)
    lost = cancelled(down - up, np.abs(down) + np.abs(up), dtype).any(axis=-1)
    if lost.any():
        exact = weights[lost], np.zeros_like(weights[lost])
        weight_pairs = careful_weights(lost) if careful_weights else exact
        careful = _careful_pull(weight_pairs, logits[lost])
        gradient[lost] = np.where(np.isfinite(careful), careful, gradient[lost])
    return gradient


def _careful_pull(weights, logits):
    _, own, rest = pairs(logits)
    heaviest = np.argmax(np.abs(weights[0]), axis=-1)[..., np.newaxis]
    up, down = dd.multiply(weights, rest), dd.multiply(_other_pairs(weights, heaviest), own)
    difference = np.add(*dd.add(down, dd.negative(up)))
    # What twice the precision cannot tell from 0 is 0: nothing pulls, as with uniform labels.
    difference = np.where(np.abs(difference) < np.abs(up[0]) * 2.0**-98, 0.0, difference)
    return difference / (own[0] + rest[0])


def pairs(logits):
    """Return max - x, exp(x - max) and the sum of the others' exponentials, as (high, low)."""
    below, error, top = _below_maximum(logits)
    exponentials = dd.exp((below, error))
    return (-below, -error), exponentials, _other_pairs(exponentials, top)


def _other_pairs(values, top):
    """Return for each class the sum of the others' values: (top - own) + rest without top."""
    without_top = [part.copy() for part in values]
    for part in without_top:
        np.put_along_axis(part, top, 0.0, axis=-1)
    rest = [part[..., np.newaxis] for part in dd.total(without_top)]
    highest = [np.take_along_axis(part, top, axis=-1) for part in values]
    return dd.add(dd.add(highest, dd.negative(values)), rest)


def _other_weights(weights):
    heaviest = np.argmax(np.abs(weights), axis=-1)[..., np.newaxis]
    without = weights.copy()
    np.put_along_axis(without, heaviest, 0.0, axis=-1)
    rest = without.sum(axis=-1, keepdims=True)
    return (np.take_along_axis(weights, heaviest, axis=-1) - weights) + rest


def _below_maximum(logits):
    top = np.argmax(logits, axis=-1)[..., np.newaxis]
    below, error = dd.two_sum(logits, -np.take_along_axis(logits, top, axis=-1))
    if below.min(initial=0.0) == -np.inf:  # logits further apart than the largest float64
        error = np.where(below == -np.inf, 0.0, error)
        below = np.maximum(below, -np.finfo(np.float64).max)
    return below, error, top
