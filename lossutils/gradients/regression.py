"""Derivatives of the losses of a residual."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_prediction, pair, positive
from lossutils._calls import checked
from lossutils._numerics import in_float64, result_dtype, rounded, silent
from lossutils.losses.regression import size_and_unit


@checked
@silent
def squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.squared_error`: twice the residual.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.mse`` divides this by the length
    of the last axis.

    Notes
    -----
    :math:`2 (\hat y - y)`.

    Examples
    --------
    >>> squared_error([1.0, 2.0], [1.5, 4.0])
    array([1., 4.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(2.0 * (y_pred - y_true), dtype)


@checked
@silent
def absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.absolute_error`: the sign of the residual.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.abs`` gives the same, 0 at the kink included.

    Notes
    -----
    The sign of :math:`\hat y - y`; at the kink 0, one of the subgradients from -1 to 1.

    Examples
    --------
    >>> absolute_error([1.0, 2.0, 3.0], [1.5, -2.0, 3.0])
    array([ 1., -1.,  0.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.sign(y_pred - y_true), dtype)


@checked
@silent
def huber_loss(y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.huber_loss`: the residual, clipped.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    delta : float, default 1.0
        The size of the residual at which the line begins; greater than 0.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.compat.v1.losses.huber_loss`` is 0 in float32 for a residual
    of 1e-8.

    Notes
    -----
    :math:`\hat y - y`, clipped to :math:`[-\delta, \delta]`.

    Examples
    --------
    >>> huber_loss([0.0, 0.0], [0.5, -3.0])
    array([ 0.5, -1. ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = positive("delta", delta)
    return rounded(np.clip(y_pred - y_true, -delta, delta), dtype)


@checked
@silent
def pseudo_huber_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, delta: float = 1.0
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.pseudo_huber_loss`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    delta : float, default 1.0
        The slope that large residuals approach; greater than 0.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through the formula as it is usually written overflows where this does not;
    TensorFlow has no twin.

    Notes
    -----
    :math:`r / \sqrt{1 + (r/\delta)^2} = \delta r / \sqrt{\delta^2 + r^2}`.

    Examples
    --------
    >>> pseudo_huber_loss([0.0, 0.0], [0.75, 1e200])
    array([0.6, 1. ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = positive("delta", delta)
    size, unit = size_and_unit(y_true, y_pred)
    limit = delta / unit
    ratio = np.minimum(size, limit) / np.maximum(size, limit)
    steepness = np.minimum(unit * size, delta) / np.sqrt(1.0 + ratio * ratio)
    return rounded(np.copysign(steepness, y_pred - y_true), dtype)


@checked
@silent
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.log_cosh`: the hyperbolic tangent of the residual.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.logcosh`` divides this by the length of the last
    axis, and loses all digits of small residuals.

    Notes
    -----
    :math:`\tanh(\hat y - y)`.

    Examples
    --------
    >>> log_cosh([0.0, 0.0], [1e-8, 1000.0])
    array([1.e-08, 1.e+00])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.tanh(y_pred - y_true), dtype)


@checked
@silent
def l2_loss(t: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.l2_loss`: the array itself.

    Parameters
    ----------
    t : array_like
        A residual, or weights to regularise.

    Returns
    -------
    ndarray
        A copy of `t`, float64 for integers.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.l2_loss`` gives the same.

    Notes
    -----
    :math:`t`, because of the half in :math:`\sum t^2 / 2`.

    Examples
    --------
    >>> l2_loss([3.0, -4.0])
    array([ 3., -4.])
    """
    t = as_prediction("t", t)
    return rounded(in_float64(t), result_dtype(t=t))
