"""The parts of a softmax that do not cancel, shared by activations, losses and gradients."""

import numpy as np

from lossutils._numerics.functions import exp
from lossutils._numerics.pairs import Pair, two_sum, where
from lossutils._numerics.precision import cancelled


def softmax_parts(logits):
    """Return (max - x) / 2, exp(x - max), and the sum of the exponentials without the maximum's 1.

    Half a gap fits into float64 where the whole one does not. `rest` keeps what the sum 1 + rest
    would lose: its logarithm is log1p(rest).
    """
    below, error, top = _half_below_maximum(logits)
    # exp(d + error) = exp(d) (1 + error): the rounding of d = -80.1 alone would cost 30 ulp.
    exponentials = np.exp(2.0 * below)
    exponentials += exponentials * (2.0 * error)
    np.put_along_axis(exponentials, top, 0.0, axis=-1)
    rest = exponentials.sum(axis=-1, keepdims=True)
    np.put_along_axis(exponentials, top, 1.0, axis=-1)
    return -below, exponentials, rest


def others(exponentials, rest):
    """Return for each class the sum of the others' exponentials; the maximum's own 1 is exact."""
    return (1.0 - exponentials) + rest


def pull(weights, logits, dtype):
    """Return sum(w) p_j - w_j: how each weighted class pulls its own logit up and others down."""
    _, exponentials, rest = softmax_parts(logits)
    # Written as (other weights) p_j - w_j (other probabilities): exact for one-hot labels.
    up, down = weights * others(exponentials, rest), _other_weights(weights) * exponentials
    gradient = (down - up) / (1.0 + rest)
    lost = cancelled(down - up, np.abs(down) + np.abs(up), dtype).any(axis=-1)
    if lost.any():
        gradient[lost] = careful_pull(Pair(weights[lost]), *softmax_pairs(logits[lost])[1:])
    return gradient


def careful_pull(weights, own, others):
    """Return what `pull` returns, in twice the precision, from the exponentials as pairs."""
    up, down = weights * others, _others(weights, _heaviest(weights.high)) * own
    difference = (down - up).high
    # What twice the precision cannot tell from 0 is 0: nothing pulls, as with uniform labels.
    difference = np.where(np.abs(difference) < np.abs(up.high) * 2.0**-98, 0.0, difference)
    return difference / (own + others).high


def softmax_pairs(logits):
    """Return (max - x) / 2, exp(x - max) and the sums of the others' exponentials, as pairs."""
    below, error, top = _half_below_maximum(logits)
    half = Pair(below, error)
    exponentials = exp(half + half)
    return -half, exponentials, _others(exponentials, top)


def _others(values, top):
    """Return for each class the sum of the others' values: (top - own) + rest without top."""
    is_top = np.arange(values.high.shape[-1]) == top
    rest = where(is_top, 0.0, values).sum()[..., np.newaxis]
    return (values.take_along(top) - values) + rest


def _other_weights(weights):
    heaviest, without = _heaviest(weights), weights.copy()
    np.put_along_axis(without, heaviest, 0.0, axis=-1)
    rest = without.sum(axis=-1, keepdims=True)
    return (np.take_along_axis(weights, heaviest, axis=-1) - weights) + rest


def _heaviest(weights):
    return np.argmax(np.abs(weights), axis=-1)[..., np.newaxis]


def _half_below_maximum(logits):
    top = np.argmax(logits, axis=-1)[..., np.newaxis]
    below, error = two_sum(logits / 2, -np.take_along_axis(logits, top, axis=-1) / 2)
    return below, error, top
