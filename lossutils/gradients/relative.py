"""Derivatives of the losses of a residual that is weighed; at the kink they are 0."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import open_fraction, pair, rows
from lossutils._calls import checked
from lossutils._numerics import product, rounded, silent
from lossutils.losses.relative import centred_residuals, log_ratio_of_sizes


@checked
@silent
def pinball_loss(y_true: ArrayLike, y_pred: ArrayLike, *, quantile: float) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.pinball_loss`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    quantile : float
        The quantile that is predicted, between 0 and 1.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through the formula with ``tf.maximum`` gives :math:`-\tau` at the kink.

    Notes
    -----
    :math:`-\tau` where the prediction is too low, and :math:`1 - \tau` where it is too high. The
    average of this is 0 when the share :math:`\tau` of the truths lies below the prediction.

    Examples
    --------
    >>> pinball_loss([2.0, 2.0, 2.0], [1.0, 3.0, 2.0], quantile=0.75)
    array([-0.75,  0.25,  0.  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    quantile = open_fraction("quantile", quantile)
    slope = np.where(y_pred > y_true, 1.0 - quantile, -quantile)
    return rounded(np.where(y_pred == y_true, 0.0, slope), dtype)


@checked
@silent
def absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.absolute_percentage_error`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs; infinite where
        the truth is 0 and the prediction is not.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.mape`` divides this by the length of the last
    axis; at a truth of 0 it gives 1e9.

    Notes
    -----
    :math:`100 / |y|` with the sign of :math:`\hat y - y`, and 0 at the kink.

    Examples
    --------
    >>> absolute_percentage_error([2.0, -4.0, 5.0], [3.0, -5.0, 5.0])
    array([ 50., -25.,   0.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    sign = np.where(y_pred > y_true, 1.0, np.where(y_pred < y_true, -1.0, 0.0))
    return rounded(product(100.0, sign, over=np.abs(y_true)), dtype)


@checked
@silent
def squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.squared_logarithmic_error`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction, of at least 0.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.msle`` divides this by the length of the last
    axis, and gives 0 for a prediction below 1e-7.

    Notes
    -----
    :math:`2 (\log(1 + \hat y) - \log(1 + y)) / (1 + \hat y)`.

    Examples
    --------
    >>> squared_logarithmic_error([0.0, 9.0], [1.0, 9.0])
    array([0.69314718, 0.        ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(2.0 * log_ratio_of_sizes(y_true, y_pred) / (1.0 + y_pred), dtype)


@checked
@silent
def mean_pairwise_squared_error(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.mean_pairwise_squared_error`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction, the elements of an example along `axis`.
    axis : int, default -1
        The axis of the elements.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.compat.v1.losses.mean_pairwise_squared_error`` gives the same
    in float32, if its weights have the shape [batch_size, 1].

    Notes
    -----
    :math:`\frac{4}{n-1} (r_i - \bar r)`: the derivatives of an example sum to 0.

    Examples
    --------
    >>> mean_pairwise_squared_error([[1.0, 2.0, 3.0]], [[1.0, 2.0, 6.0]])
    array([[-2., -2.,  4.]])
    """
    y_true, y_pred, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    centred, exponents = centred_residuals(y_true, y_pred)
    slope = centred * 4.0 / max(y_true.shape[-1] - 1, 1)
    return rounded(np.moveaxis(np.ldexp(slope.high, exponents), -1, axis), dtype)
