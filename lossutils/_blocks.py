"""Sums of losses in blocks that stay in the cache, and their mean; None means: go the slow way."""

from math import isfinite

import numpy as np

from lossutils._precision import in_float64
from lossutils._softmax import gaps_and_exponentials

BLOCK = 16_384  # numbers: a handful of float64 arrays of this size fit the second-level cache
LOWEST = np.finfo(np.float64).min

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
        mean = total(in_float64(truth), in_float64(prediction), *options) / size
    else:
        flags, wide = ["external_loop", "buffered"], [np.float64, np.float64]
        blocks = np.nditer([truth, prediction], flags, op_dtypes=wide, buffersize=BLOCK)
        mean = sum(total(*block, *options) for block in blocks) / size
    return result(mean) if isfinite(mean) else None


def mean_of_rows(total, labels, logits):
    """Return the mean of a loss per example, or None; `total` is its sum over some rows."""
    labels, logits = _array(labels), _array(logits)
    fits = _are_classes(labels, logits) if total is sparse else labels.shape == logits.shape
    result = RESULT.get((labels.dtype.char if labels.ndim > 1 else "b") + logits.dtype.char)
    if result is None or not fits or logits.ndim != 2 or not logits.size:
        return None
    step = max(BLOCK // logits.shape[1], 1)
    blocks = ((labels[i : i + step], logits[i : i + step]) for i in range(0, len(logits), step))
    mean = sum(total(*block) for block in blocks) / len(logits)
    return result(mean) if isfinite(mean) else None


def _array(value):
    """Return an array; for a masked or ragged one, an array that only the slow way takes."""
    try:
        return np.asarray(None if isinstance(value, np.ma.MaskedArray) else value)
    except ValueError:
        return np.asarray(None)


def _are_classes(labels, logits):
    indices = labels.dtype.kind in "iu" and labels.shape == logits.shape[:-1] and labels.size
    return indices and labels.min() >= 0 and labels.max() < logits.shape[-1]


def squared(y_true, y_pred):
    """Return the sum of the squared errors."""
    residual = y_pred - y_true
    return np.vdot(residual, residual)


def huber(y_true, y_pred, delta):
    """Return the sum of the Huber losses, m (|r| - m / 2) with m = min(|r|, delta)."""
    size = np.abs(y_pred - y_true)
    inner = np.minimum(size, delta)
    return np.vdot(inner, size) - np.vdot(inner, inner) / 2


def sigmoid(labels, logits):
    """Return the sum of the sigmoid cross-entropies."""
    # x (1 - y) where x > 0, and -x y elsewhere: neither side of the label cancels.
    wrong_side = np.vdot(logits, (logits > 0) - labels)
    size = np.abs(logits)
    np.negative(size, out=size)
    np.log1p(np.exp(size, out=size), out=size)
    return wrong_side + np.add.reduce(size, axis=None)


def dense(labels, logits):
    """Return the sum of the softmax cross-entropies."""
    below, rest = _below_and_rest(logits)
    labels = labels.astype(np.float64, copy=False)
    return np.dot(labels.sum(axis=-1), np.log1p(rest)) - np.vdot(labels, below)


def sparse(labels, logits):
    """Return the sum of the sparse softmax cross-entropies."""
    below, rest = _below_and_rest(logits)
    return np.log1p(rest).sum() - below[np.arange(len(below)), labels].sum()


def _below_and_rest(logits):
    """Return x - max, and the sum of the exponentials without the maximum's own 1."""
    if logits.dtype == np.float64:
        gaps, _, rest = gaps_and_exponentials(logits)
        below, rest = -gaps, rest[:, 0]
    else:
        # The difference of two narrower numbers is exact in float64, or as good as exact.
        rows, top = np.arange(len(logits)), logits.argmax(axis=-1)
        below = logits.astype(np.float64)
        below -= below[rows, top][:, np.newaxis]
        exponentials = np.exp(below)
        exponentials[rows, top] = 0.0
        rest = exponentials.sum(axis=-1)
    # A logit of minus infinity leaves no trace in the exponentials: let it show in the sum.
    return below, rest if below.min() > LOWEST else rest + np.nan
