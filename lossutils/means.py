"""Means of the losses that are taken most often, at the machine's speed.

Each function returns what `reductions.reduce_loss` makes of the loss of the same name, but works in
blocks that stay in the cache: it makes no array of the size of the batch. What the fast way does
not take (bfloat16, an empty batch, wrong arguments) goes the slow way, which says what is wrong.
"""

from math import isfinite

import numpy as np

from lossutils import losses
from lossutils._arguments import keywords_only
from lossutils._precision import silent
from lossutils._softmax import gaps_and_exponentials
from lossutils.reductions import reduce_loss

__all__ = [
    "huber_loss",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "squared_error",
]

BLOCK = 16_384  # numbers: a handful of float64 arrays of this size fit the second-level cache

# Type codes of truth and prediction that the fast way takes -> the type of the result.
RESULT = {
    truth + prediction: np.dtype(max(truth, prediction, key="bilqefd".index)).type
    for truth in "bilqefd"
    for prediction in "efd"
}


@silent
def squared_error(y_true, y_pred):
    """Return the mean of (y_pred - y_true)**2 over all elements.

    Parameters
    ----------
    y_true, y_pred : array_like, any shape, the same for both
        Truth and prediction.

    Returns
    -------
    floating
        The mean, in the precision of the inputs.

    Raises
    ------
    TypeError, ValueError
        As `lossutils.losses.squared_error` does.

    See Also
    --------
    tf.keras.losses.MeanSquaredError : takes the mean over the last axis first; the same number.

    Examples
    --------
    >>> squared_error([1.0, 2.0], [1.0, 5.0])
    np.float64(4.5)
    """
    mean = _mean(_squared, y_true, y_pred)
    return reduce_loss(losses.squared_error(y_true, y_pred)) if mean is None else mean


@silent
def huber_loss(y_true, y_pred, *, delta=1.0):
    """Return the mean Huber loss over all elements.

    Parameters
    ----------
    y_true, y_pred : array_like, any shape, the same for both
        Truth and prediction.
    delta : float
        Where the parabola ends, in units of `y_true`; positive.

    Returns
    -------
    floating
        The mean, in the precision of the inputs.

    Raises
    ------
    TypeError, ValueError
        As `lossutils.losses.huber_loss` does.

    See Also
    --------
    tf.keras.losses.Huber : takes the mean over the last axis first; the same number.

    Notes
    -----
    With m = min(|r|, delta) both branches of the loss are m (|r| - m / 2).

    Examples
    --------
    >>> huber_loss([0.0, 0.0], [1.0, 3.0])
    np.float64(1.5)
    """
    mean = _mean(_huber, y_true, y_pred, delta) if type(delta) is float and delta > 0 else None
    return reduce_loss(losses.huber_loss(y_true, y_pred, delta=delta)) if mean is None else mean


@keywords_only
@silent
def sigmoid_cross_entropy_with_logits(*, labels, logits):
    """Return the mean binary cross-entropy of sigmoid(logits) over all elements.

    Parameters
    ----------
    labels, logits : array_like, any shape, the same for both
        Truth and scores.

    Returns
    -------
    floating
        The mean, in the precision of the inputs.

    Raises
    ------
    TypeError, ValueError
        As `lossutils.losses.sigmoid_cross_entropy_with_logits` does.

    See Also
    --------
    tf.nn.sigmoid_cross_entropy_with_logits : one value per element, to be averaged.

    Notes
    -----
    log(1 + exp(-|x|)) plus |x| for the part of the label on the wrong side.

    Examples
    --------
    >>> float(sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 0.0]) / np.log(2))
    1.0
    """
    mean = _mean(_sigmoid, labels, logits)
    slow = losses.sigmoid_cross_entropy_with_logits
    return reduce_loss(slow(labels=labels, logits=logits)) if mean is None else mean


@keywords_only
@silent
def softmax_cross_entropy_with_logits(*, labels, logits):
    """Return the mean cross-entropy of softmax(logits) over all examples.

    Parameters
    ----------
    labels, logits : array_like, shape [batch_size, num_classes]
        Class distribution and scores.

    Returns
    -------
    floating
        The mean, in the precision of the inputs.

    Raises
    ------
    TypeError, ValueError
        As `lossutils.losses.softmax_cross_entropy_with_logits` does.

    See Also
    --------
    tf.nn.softmax_cross_entropy_with_logits : one value per example, to be averaged.

    Notes
    -----
    The gaps to the maximum, weighted with the labels, plus log1p of the other exponentials.

    Examples
    --------
    >>> labels, logits = [[0.0, 1.0], [0.5, 0.5]], [[0.0, 0.0], [1.0, 1.0]]
    >>> float(softmax_cross_entropy_with_logits(labels=labels, logits=logits) / np.log(2))
    1.0
    """
    labels, logits = np.asarray(labels), np.asarray(logits)
    mean = _mean_of_rows(_dense, labels, logits) if labels.shape == logits.shape else None
    slow = losses.softmax_cross_entropy_with_logits
    return reduce_loss(slow(labels=labels, logits=logits)) if mean is None else mean


@keywords_only
@silent
def sparse_softmax_cross_entropy_with_logits(*, labels, logits):
    """Return the mean cross-entropy of softmax(logits) over all examples; labels are class indices.

    Parameters
    ----------
    labels : array_like of int, shape [batch_size]
        Class indices.
    logits : array_like, shape [batch_size, num_classes]
        Scores.

    Returns
    -------
    floating
        The mean, in the precision of the logits.

    Raises
    ------
    TypeError, ValueError
        As `lossutils.losses.sparse_softmax_cross_entropy_with_logits` does.

    See Also
    --------
    tf.nn.sparse_softmax_cross_entropy_with_logits : one value per example, to be averaged.

    Notes
    -----
    The gap of the true class to the maximum, plus log1p of the other exponentials.

    Examples
    --------
    >>> float(
    ...     sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=[[1.0, 1.0], [3.0, 3.0]])
    ...     / np.log(2)
    ... )
    1.0
    """
    labels, logits = np.asarray(labels), np.asarray(logits)
    indices = labels.dtype.kind in "iu" and labels.shape == logits.shape[:-1] and labels.size
    known = indices and labels.min() >= 0 and labels.max() < logits.shape[-1]
    mean = _mean_of_rows(_sparse, labels, logits) if known else None
    slow = losses.sparse_softmax_cross_entropy_with_logits
    return reduce_loss(slow(labels=labels, logits=logits)) if mean is None else mean


def _mean(total, truth, prediction, *options):
    """Return the mean of a loss per element, or None; `total` is its sum over a block."""
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    result, size = RESULT.get(truth.dtype.char + prediction.dtype.char), truth.size
    if result is None or not size or truth.shape != prediction.shape:
        return None
    if size <= BLOCK:
        wide = [array.astype(np.float64, copy=False) for array in (truth, prediction)]
        mean = total(wide[0].reshape(-1), wide[1].reshape(-1), *options) / size
    else:
        flags, wide = ["external_loop", "buffered"], [np.float64, np.float64]
        blocks = np.nditer([truth, prediction], flags, op_dtypes=wide, buffersize=BLOCK)
        mean = sum(total(*block, *options) for block in blocks) / size
    return result(mean) if isfinite(mean) else None


def _mean_of_rows(total, labels, logits):
    """Return the mean of a loss per example, or None; `total` is its sum over some rows."""
    result = RESULT.get((labels.dtype.char if labels.ndim > 1 else "b") + logits.dtype.char)
    if result is None or logits.ndim != 2 or not logits.size:
        return None
    step = max(BLOCK // logits.shape[1], 1)
    blocks = ((labels[i : i + step], logits[i : i + step]) for i in range(0, len(logits), step))
    mean = sum(total(*block) for block in blocks) / len(logits)
    return result(mean) if isfinite(mean) else None


def _squared(y_true, y_pred):
    residual = y_pred - y_true
    return np.dot(residual, residual)


def _huber(y_true, y_pred, delta):
    size = np.abs(y_pred - y_true)
    inner = np.minimum(size, delta)
    return np.dot(inner, size) - np.dot(inner, inner) / 2


def _sigmoid(labels, logits):
    size = np.abs(logits)
    # |x| + x is twice x or exactly 0, so that neither side of the label cancels.
    wrong_side = np.dot(size + logits, 1.0 - labels) + np.dot(size - logits, labels)
    np.negative(size, out=size)
    return wrong_side / 2 + np.add.reduce(np.log1p(np.exp(size, out=size), out=size))


def _dense(labels, logits):
    below, rest = _below_and_rest(logits)
    labels = labels.astype(np.float64, copy=False)
    return np.dot(labels.sum(axis=-1), np.log1p(rest)) - np.vdot(labels, below)


def _sparse(labels, logits):
    below, rest = _below_and_rest(logits)
    # A logit of minus infinity leaves no trace in the exponentials: let it show in the sum.
    seen = 0.0 if below.min() > -np.inf else np.nan
    return np.log1p(rest).sum() - below[np.arange(len(below)), labels].sum() + seen


def _below_and_rest(logits):
    """Return x - max, and the sum of the exponentials without the maximum's own 1."""
    if logits.dtype == np.float64:
        gaps, _, rest = gaps_and_exponentials(logits)
        return -gaps, rest[:, 0]
    # The difference of two narrower numbers is exact in float64, or as good as exact.
    rows, top = np.arange(len(logits)), logits.argmax(axis=-1)
    below = logits.astype(np.float64)
    below -= below[rows, top][:, np.newaxis]
    exponentials = np.exp(below)
    exponentials[rows, top] = 0.0
    return below, exponentials.sum(axis=-1)
