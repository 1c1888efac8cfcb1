"""Means of the losses that are taken most often, at the machine's speed.

Each function returns what `reductions.reduce_loss` makes of the loss of the same name, but works in
blocks that stay in the cache: it makes no array of the size of the batch. What the fast way does
not take (bfloat16, an empty batch, wrong arguments) goes the slow way, which says what is wrong.
"""

from math import inf

from lossutils import _blocks, losses
from lossutils._arguments import keywords_only
from lossutils._precision import silent
from lossutils.reductions import reduce_loss

__all__ = [
    "huber_loss",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "squared_error",
]


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
    ``tf.keras.losses.MeanSquaredError`` takes the mean over the last axis first; the same number.

    Examples
    --------
    >>> squared_error([1.0, 2.0], [1.0, 5.0])
    np.float64(4.5)
    """
    mean = _blocks.mean_of_elements(_blocks.squared, y_true, y_pred)
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
    ``tf.keras.losses.Huber`` takes the mean over the last axis first; the same number.

    Notes
    -----
    With `m` the residual `r` cut at ``-delta`` and ``delta``, both branches are ``m (r - m / 2)``.

    Examples
    --------
    >>> huber_loss([0.0, 0.0], [1.0, 3.0])
    np.float64(1.5)
    """
    mean = None
    if type(delta) is float and 0 < delta < inf:
        mean = _blocks.mean_of_elements(_blocks.huber, y_true, y_pred, delta)
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
    ``tf.nn.sigmoid_cross_entropy_with_logits`` gives one value per element, to be averaged.

    Notes
    -----
    ``log(1 + exp(-|x|))``, plus ``|x|`` for the part of the label on the wrong side. In large
    blocks eight numbers share a logarithm: ``(1 + a) (1 + b) = 1 + (a + b + a b)``.

    Examples
    --------
    >>> import numpy as np
    >>> float(sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 0.0]) / np.log(2))
    1.0
    """
    mean = _blocks.mean_of_elements(_blocks.sigmoid, labels, logits)
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
    ``tf.nn.softmax_cross_entropy_with_logits`` gives one value per example, to be averaged.

    Notes
    -----
    The gaps to the maximum, weighted with the labels, plus log1p of the other exponentials divided
    by that of the maximum.

    Examples
    --------
    >>> import numpy as np
    >>> labels, logits = [[0.0, 1.0], [0.5, 0.5]], [[0.0, 0.0], [1.0, 1.0]]
    >>> float(softmax_cross_entropy_with_logits(labels=labels, logits=logits) / np.log(2))
    1.0
    """
    mean = _blocks.mean_of_rows(_blocks.dense, labels, logits)
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
    ``tf.nn.sparse_softmax_cross_entropy_with_logits`` gives one value per example, to be averaged.

    Notes
    -----
    The gap of the true class to the maximum, plus log1p of the other exponentials divided by that
    of the maximum.

    Examples
    --------
    >>> import numpy as np
    >>> float(
    ...     sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=[[1.0, 1.0], [3.0, 3.0]])
    ...     / np.log(2)
    ... )
    1.0
    """
    mean = _blocks.mean_of_rows(_blocks.sparse, labels, logits)
    slow = losses.sparse_softmax_cross_entropy_with_logits
    return reduce_loss(slow(labels=labels, logits=logits)) if mean is None else mean
