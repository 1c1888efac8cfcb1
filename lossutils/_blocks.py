"""Sums of losses in blocks that stay in the cache, and their mean; None means: go the slow way."""

from math import inf, isfinite

import numpy as np

from lossutils._precision import FLOAT64, in_float64
from lossutils._softmax import gaps_and_exponentials

BLOCK = 32_768  # numbers: a float64 array of this size, and what is read, fit the cache
ZERO, BELOW = np.zeros(()), -np.ones(())  # met by an array faster than the numbers 0 and -1 are
# Below -700 exp loses digits in float64; what a narrower type can hold does not notice.
LOWEST = {"e": np.finfo("e").min, "f": np.finfo("f").min, "d": -700.0}

# Type codes of truth and prediction that the fast way takes -> the type of the result.
RESULT = {
    truth + prediction: np.dtype(max(truth, prediction, key="bilqefd".index)).type
    for truth in "bilqefd"
    for prediction in "efd"
}


def mean_of_elements(total, truth, prediction, *options):
    """Return the mean of a loss per element, or None; `total` is its sum over a block."""
    truth, prediction = _array(truth), _array(prediction)
    result, size = RESULT.get(truth.dtype.char + prediction.dtype.char), truth.size
    if result is None or not size or truth.shape != prediction.shape:
        return None
    if size <= BLOCK:
        mean = total(truth.ravel(), prediction.ravel(), *options) / size
    else:
        blocks = np.nditer([truth, prediction], ["external_loop", "buffered"], buffersize=BLOCK)
        mean = sum(total(*block, *options) for block in blocks) / size
    return result(mean) if isfinite(mean) else None


def mean_of_rows(total, labels, logits):
    """Return the mean of a loss per example, or None; `total` is its sum over some rows."""
    labels, logits = _array(labels), _array(logits)
    result = RESULT.get((labels.dtype.char if labels.ndim > 1 else "b") + logits.dtype.char)
    if result is None or logits.ndim != 2 or not logits.size:
        return None
    if not (_are_classes(labels, logits) if total is sparse else labels.shape == logits.shape):
        return None
    step = max(BLOCK // logits.shape[1], 1)
    blocks = ((labels[i : i + step], logits[i : i + step]) for i in range(0, len(logits), step))
    mean = sum(total(*block) for block in blocks) / len(logits)
    return result(mean) if isfinite(mean) else None


def _array(value):
    """Return an array; for a masked or ragged one, an array that only the slow way takes."""
    if type(value) is np.ndarray:
        return value
    try:
        return np.asarray(None if isinstance(value, np.ma.MaskedArray) else value)
    except ValueError:
        return np.asarray(None)


def _are_classes(labels, logits):
    indices = labels.dtype.kind in "iu" and labels.shape == logits.shape[:-1] and labels.size
    return indices and labels.min() >= 0 and labels.max() < logits.shape[-1]


def squared(y_true, y_pred):
    """Return the sum of the squared errors."""
    residual = np.subtract(y_pred, y_true, dtype=FLOAT64)
    return residual.dot(residual)


def huber(y_true, y_pred, delta):
    """Return the sum of the Huber losses, m (r - m / 2) with m = r, or delta of its sign."""
    residual = np.subtract(y_pred, y_true, dtype=FLOAT64)
    inner = residual.clip(-delta, delta)
    return inner.dot(residual) - inner.dot(inner) / 2


def sigmoid(labels, logits):
    """Return the sum of the sigmoid cross-entropies."""
    labels, logits = in_float64(labels), in_float64(logits)
    # x (1 - y) where x > 0, and -x y elsewhere: neither side of the label cancels.
    wrong = np.greater(logits, ZERO).astype(FLOAT64)
    wrong -= labels
    wrong_side = wrong.dot(logits)
    small = np.exp(np.copysign(logits, BELOW, wrong), wrong)
    if small.size > 2048:
        small = _merged(_merged(_merged(small)))
    return wrong_side + np.add.reduce(np.log1p(small, small))


def _merged(values):
    """Return half as many numbers with the same sum of log1p: (1 + a) (1 + b) = 1 + (a + b + ab).

    No term is negative, so nothing cancels; an odd count stays as it is.
    """
    if values.size % 2:
        return values
    first, second = np.split(values, 2)
    both = first * second
    both += first
    both += second
    return both


def dense(labels, logits):
    """Return the sum of the softmax cross-entropies."""
    highest, rest = _highest_and_rest(logits)
    labels, below = in_float64(labels), logits.astype(FLOAT64)
    below -= highest[:, np.newaxis]
    return np.dot(labels.sum(axis=-1), np.log1p(rest)) - np.vdot(labels, below)


def sparse(labels, logits):
    """Return the sum of the sparse softmax cross-entropies."""
    highest, rest = _highest_and_rest(logits)
    gaps = highest - logits[np.arange(len(labels)), labels]
    return np.add.reduce(gaps) + np.add.reduce(np.log1p(rest))


def _highest_and_rest(logits):
    """Return the largest logits, and the sums of the others' exponentials over that of the largest.

    Where no exponential overflows or loses digits, exp(x) / exp(max) has no difference to round.
    """
    rows, top = np.arange(len(logits)), logits.argmax(axis=-1)
    highest = in_float64(logits[rows, top])
    lowest = logits.min()
    if not (lowest >= LOWEST[logits.dtype.char] and np.abs(highest).max() <= 500):
        _, _, rest = gaps_and_exponentials(in_float64(logits))
        # A logit of minus infinity leaves no trace in the exponentials: let it show in the sum.
        return highest, rest[:, 0] if lowest > -inf else rest[:, 0] + np.nan
    exponentials = np.exp(logits, dtype=FLOAT64)
    largest = exponentials[rows, top]
    exponentials[rows, top] = 0.0
    return highest, exponentials.sum(axis=-1) / largest
