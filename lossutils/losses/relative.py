"""Losses of a residual that is weighed: by its sign, by the truth, or by other residuals."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import open_fraction, pair, reject, rows
from lossutils._calls import checked
from lossutils._numerics import Pair, log1p, product, rounded, scaled, silent, two_sum
from lossutils.losses.regression import size_and_unit


@checked
@silent
def pinball_loss(y_true: ArrayLike, y_pred: ArrayLike, *, quantile: float) -> NDArray[np.floating]:
    r"""Return the absolute error, weighed by the side on which the prediction is wrong.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.
    quantile : float
        The quantile that is predicted, between 0 and 1: the weight of a prediction that is too
        low; one that is too high weighs ``1 - quantile``.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``sklearn.metrics.mean_pinball_loss`` is the average of this. TensorFlow has no twin.
    `absolute_error` is twice this loss for the quantile 0.5, the median.

    Notes
    -----
    :math:`\max(\tau (y - \hat y), (1 - \tau)(\hat y - y))` with the quantile :math:`\tau`; Koenker
    and Bassett, 1978.

    Examples
    --------
    >>> pinball_loss([2.0, 2.0], [1.0, 3.0], quantile=0.75)
    array([0.75, 0.25])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    quantile = open_fraction("quantile", quantile)
    size, unit = size_and_unit(y_true, y_pred)
    weight = np.where(y_pred > y_true, 1.0 - quantile, quantile)
    return rounded(unit * (weight * size), dtype)


@checked
@silent
def absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the size of the residual in percent of the truth.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs; infinite where the
        truth is 0 and the prediction is not.

    See Also
    --------
    ``tf.keras.losses.mape`` averages over the last axis and divides by at least 1e-7, so that a
    truth of 0 gives a large number instead of an infinite one.

    Notes
    -----
    :math:`100 |\hat y - y| / |y|` with :math:`0 / 0 = 0`.

    Examples
    --------
    >>> absolute_percentage_error([2.0, -4.0, 0.0], [3.0, -4.0, 1.0])
    array([50.,  0., inf])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    size, unit = size_and_unit(y_true, y_pred)
    return rounded(product(100.0, size, unit, over=np.abs(y_true)), dtype)


@checked
@silent
def squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the square of the difference of the logarithms, after adding 1.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction, of at least 0.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.msle`` averages over the last axis and replaces what is below 1e-7, negative
    numbers too, by 1e-7: there its gradient is 0.

    Notes
    -----
    :math:`(\log(1 + \hat y) - \log(1 + y))^2`. The logarithm of the ratio is computed in twice the
    precision, so that nearly equal numbers keep their digits.

    Examples
    --------
    >>> squared_logarithmic_error([0.0, 9.0], [1.0, 9.0])
    array([0.48045301, 0.        ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.square(log_ratio_of_sizes(y_true, y_pred)), dtype)


def log_ratio_of_sizes(y_true, y_pred):
    """Return log((1 + y_pred) / (1 + y_true)), and refuse what is below 0."""
    for name, array in (("y_true", y_true), ("y_pred", y_pred)):
        reject(name, array, array < 0, "numbers of at least 0")
    small, large = np.minimum(y_true, y_pred), np.maximum(y_true, y_pred)
    size = log1p(Pair(*two_sum(large, -small)) / (1.0 + Pair(small))).high
    return np.where(y_pred < y_true, -size, size)


@checked
@silent
def mean_pairwise_squared_error(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return how much the residuals of an example differ, as the mean square over its pairs.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and prediction, the elements of an example along `axis`.
    axis : int, default -1
        The axis of the elements.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs; 0 for one element.

    See Also
    --------
    ``tf.compat.v1.losses.mean_pairwise_squared_error`` is the sum of this over the batch, not its
    mean, with all axes but the first in one, in float32. With its default weight, 1.0, it takes the
    number of elements in the batch for the number in an example, and the sum comes out wrong; with
    weights of shape [batch_size, 1] it is right.

    Notes
    -----
    :math:`\frac{2}{n(n-1)} \sum_{i<j} (r_i - r_j)^2 = \frac{2}{n-1} \sum_i (r_i - \bar r)^2` with
    :math:`r = \hat y - y`: a prediction that is too high everywhere by the same amount costs
    nothing. The residuals minus their mean are computed in twice the precision.

    Examples
    --------
    >>> mean_pairwise_squared_error([[1.0, 2.0, 3.0]] * 2, [[6.0, 7.0, 8.0], [1.0, 2.0, 6.0]])
    array([0., 6.])
    """
    y_true, y_pred, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    centred, exponents = centred_residuals(y_true, y_pred)
    count = max(y_true.shape[-1] - 1, 1)
    mean = (centred * centred).sum() * 2.0 / count
    return rounded(np.ldexp(mean.high, 2 * exponents[..., 0]), dtype)


def centred_residuals(y_true, y_pred):
    """Return the residuals minus their mean, as pairs of numbers near 1, and their exponents."""
    exponents = scaled(np.maximum(np.abs(y_true), np.abs(y_pred)))[1]
    residual = Pair(*two_sum(np.ldexp(y_pred, -exponents), -np.ldexp(y_true, -exponents)))
    centred = residual - residual.sum()[..., np.newaxis] / y_true.shape[-1]
    # What twice the precision cannot tell from 0 is 0: all residuals are the same.
    size = np.abs(residual.high).max(axis=-1, keepdims=True)
    alike = np.abs(centred.high) < size * 2.0**-98
    return Pair(*(np.where(alike, 0.0, part) for part in (centred.high, centred.low))), exponents
