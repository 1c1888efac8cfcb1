"""Losses of a residual: how far a number is from the truth."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_prediction, pair, positive
from lossutils._calls import checked
from lossutils._numerics import in_float64, result_dtype, rounded, scaled, silent, summed


@checked
@silent
def squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the square of the residual. The constant that minimises its mean is the mean.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.mse`` averages over the last axis; ``tf.square`` of a
    difference broadcasts (N,) against (N, 1).

    Notes
    -----
    :math:`r^2` with :math:`r = \hat y - y`.

    Examples
    --------
    >>> squared_error([1.0, 2.0], [1.5, 4.0])
    array([0.25, 4.  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.square(y_pred - y_true), dtype)


@checked
@silent
def absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the size of the residual. The constant that minimises its mean is the median.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.mae`` averages over the last axis.

    Notes
    -----
    :math:`|r|` with :math:`r = \hat y - y`.

    Examples
    --------
    >>> absolute_error([1.0, 2.0], [1.5, -2.0])
    array([0.5, 4. ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.abs(y_pred - y_true), dtype)


@checked
@silent
def huber_loss(y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0) -> NDArray[np.floating]:
    r"""Return half the square of a small residual, and a straight line for a large one.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    delta : float, default 1.0
        The size of the residual at which the line begins; greater than 0.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.huber`` averages over the last axis; ``tf.compat.v1.losses.huber_loss``
    reduces to a number and loses the digits of the gradient of small residuals.

    Notes
    -----
    :math:`r^2/2` where :math:`|r| \le \delta`, and :math:`\delta(|r| - \delta/2)` elsewhere;
    Huber, 1964.

    Examples
    --------
    >>> huber_loss([0.0, 0.0], [0.5, 3.0])
    array([0.125, 2.5  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = positive("delta", delta)
    size, unit = size_and_unit(y_true, y_pred)
    limit = delta / unit
    loss = np.where(size <= limit, size * (size / 2), delta * (size - limit / 2))
    return rounded(unit * loss, dtype)


@checked
@silent
def pseudo_huber_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0
) -> NDArray[np.floating]:
    r"""Return the smooth relative of the Huber loss: one formula instead of two pieces.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    delta : float, default 1.0
        The slope that large residuals approach; greater than 0.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``scipy.special.pseudo_huber`` is the same function, with the arguments (delta, residual), and
    overflows for residuals near 1e200. TensorFlow has no twin.

    Notes
    -----
    :math:`\delta^2(\sqrt{1 + (r/\delta)^2} - 1)`; Charbonnier and others, 1997. Computed as
    :math:`\delta r^2 / (\delta + \sqrt{\delta^2 + r^2})`, where nothing cancels, with numerator and
    denominator divided by the larger of :math:`\delta` and :math:`|r|`.

    Examples
    --------
    >>> pseudo_huber_loss([0.0, 0.0], [1e-9, 0.75])
    array([5.0e-19, 2.5e-01])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = positive("delta", delta)
    size, unit = size_and_unit(y_true, y_pred)
    limit = delta / unit
    ratio = np.minimum(size, limit) / np.maximum(size, limit)
    root = np.sqrt(1.0 + ratio * ratio)
    loss = np.where(size <= limit, size * (size / (1.0 + root)), delta * (size / (ratio + root)))
    return rounded(unit * loss, dtype)


def size_and_unit(y_true, y_pred):
    """Return the size of the residual in units: of 2 where it is beyond the largest float64."""
    unit = np.where(np.isinf(y_pred - y_true), 2.0, 1.0)
    return np.abs(y_pred / unit - y_true / unit), unit


@checked
@silent
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the logarithm of the hyperbolic cosine of the residual.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.logcosh`` averages over the last axis; it cancels for small residuals and
    is negative at 0 in float64.

    Notes
    -----
    :math:`\log\cosh r`: about :math:`r^2/2` for small and :math:`|r| - \log 2` for large
    residuals. Computed as :math:`\log(1 + 2\sinh^2(r/2))` below 2, where nothing cancels, and as
    :math:`|r| + \log(1 + e^{-2|r|}) - \log 2` above, where nothing overflows.

    Examples
    --------
    >>> log_cosh([0.0, 0.0], [1e-8, 1000.0])
    array([5.00000000e-17, 9.99306853e+02])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    size = np.abs(y_pred - y_true)
    small = np.log1p(2.0 * np.square(np.sinh(np.minimum(size, 2.0) / 2.0)))
    large = size + (np.log1p(np.exp(-2.0 * size)) - np.log(2.0))
    return rounded(np.where(size < 2.0, small, large), dtype)


@checked
@silent
def l2_loss(t: ArrayLike) -> np.floating:
    r"""Return half the sum of squares: one number for the whole array.

    Parameters
    ----------
    t : array_like
        A residual, or weights to regularise.

    Returns
    -------
    scalar
        The sum, in the floating dtype of `t`; 0 for an empty array.

    See Also
    --------
    ``tf.nn.l2_loss`` is the same function; it refuses integers.

    Notes
    -----
    :math:`\sum t^2 / 2`. It does not average: twice the data give twice the loss. The half makes
    the derivative `t` itself.

    Examples
    --------
    >>> print(l2_loss([[1.0, 1.0], [1.0, 1.0]]))
    2.0
    """
    t = as_prediction("t", t)
    (values, exponents), dtype = scaled(in_float64(t).ravel()), result_dtype(t=t)
    half_sum = summed(np.square(values), dtype) / 2
    return rounded(np.ldexp(half_sum, 2 * exponents[0]), dtype)
