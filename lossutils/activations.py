"""Sigmoid, softmax and their logarithms, in forms that neither overflow nor cancel.

Bounds: float16, bfloat16 and float32 within 1 ulp of the correctly rounded result, float64 within 4
(see :mod:`lossutils.losses`); `logsumexp` near 0 within 4 ulp of the largest logit.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_prediction, class_axis_last
from lossutils._calls import checked
from lossutils._numerics import (
    cancelled,
    in_float64,
    log1p,
    result_dtype,
    rounded,
    silent,
    softmax_pairs,
    softmax_parts,
)


@checked
@silent
def sigmoid(x: ArrayLike) -> NDArray[np.floating]:
    r"""Return the logistic function, which makes a probability of a logit.

    Parameters
    ----------
    x : array_like
        Logits of any shape.

    Returns
    -------
    ndarray
        One probability per element, in the floating dtype of `x`.

    See Also
    --------
    ``tf.math.sigmoid`` is the same function; its integers are an error, here they give float64.

    Notes
    -----
    :math:`\sigma(x) = 1 / (1 + e^{-x})`. One exponential, of minus the absolute value: it cannot
    overflow. On the negative side the numerator is that exponential, so small results keep their
    digits.

    Examples
    --------
    >>> sigmoid([0.0, 1000.0, -1000.0])
    array([0.5, 1. , 0. ])
    """
    x, dtype = _logits(x)
    e = np.exp(-np.abs(x))
    return rounded(np.where(x >= 0, 1.0, e) / (1.0 + e), dtype)


@checked
@silent
def log_sigmoid(x: ArrayLike) -> NDArray[np.floating]:
    r"""Return the logarithm of the sigmoid.

    Parameters
    ----------
    x : array_like
        Logits of any shape.

    Returns
    -------
    ndarray
        One value of at most 0 per element, in the floating dtype of `x`.

    See Also
    --------
    ``tf.math.log_sigmoid`` is the same function.

    Notes
    -----
    :math:`\log\sigma(x) = \min(x, 0) - \log(1 + e^{-|x|})`: both terms have one sign.

    Examples
    --------
    >>> log_sigmoid([-1000.0, 0.0])
    array([-1.00000000e+03, -6.93147181e-01])
    """
    x, dtype = _logits(x)
    return rounded(np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x))), dtype)


@checked
@silent
def softplus(x: ArrayLike) -> NDArray[np.floating]:
    r"""Return log(1 + exp(x)), the smooth form of max(x, 0).

    Parameters
    ----------
    x : array_like
        Logits of any shape.

    Returns
    -------
    ndarray
        One value of at least 0 per element, in the floating dtype of `x`.

    See Also
    --------
    ``tf.math.softplus`` is the same function.

    Notes
    -----
    :math:`\log(1 + e^x) = \max(x, 0) + \log(1 + e^{-|x|})`: both terms have one sign.

    Examples
    --------
    >>> softplus([0.0, 1000.0])
    array([6.93147181e-01, 1.00000000e+03])
    """
    x, dtype = _logits(x)
    return rounded(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))), dtype)


@checked
@silent
def logsumexp(x: ArrayLike, *, axis: int = -1) -> NDArray[np.floating]:
    r"""Return the logarithm of the sum of exponentials over one axis.

    Parameters
    ----------
    x : array_like
        Logits; at least one on `axis`.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        Shape of `x` without `axis`, in the floating dtype of `x`.

    See Also
    --------
    ``tf.math.reduce_logsumexp`` reduces over all axes unless told otherwise.

    Notes
    -----
    :math:`\log\sum_j e^{x_j} = m + \log(1 + \sum_{j \ne t} e^{x_j - m})` with :math:`m = x_t` the
    largest logit: Blanchard, Higham and Higham, 2021.

    Examples
    --------
    >>> logsumexp([[1000.0, 1000.0], [0.0, -1000.0]])
    array([1000.69314718,    0.        ])
    """
    x, dtype = _logits(x)
    x = class_axis_last("x", x, axis)
    largest, (_, _, rest) = x.max(axis=-1), softmax_parts(x)
    log_of_sum = np.log1p(rest[..., 0])
    value = np.asarray(largest + log_of_sum)
    lost = cancelled(value, np.abs(largest) + log_of_sum, dtype)
    if lost.any():
        value[lost] = _careful_logsumexp(x[lost])
    return rounded(value, dtype)


def _careful_logsumexp(x):
    _, _, others = softmax_pairs(x)
    rest = others.take_along(np.argmax(x, axis=-1)[..., np.newaxis])[..., 0]
    return (log1p(rest) + x.max(axis=-1)).high


@checked
@silent
def softmax(x: ArrayLike, *, axis: int = -1) -> NDArray[np.floating]:
    r"""Return the probabilities that logits stand for.

    Parameters
    ----------
    x : array_like
        Logits; at least one on `axis`.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        Shape of `x`; sums to 1 over `axis`, in the floating dtype of `x`.

    See Also
    --------
    ``tf.nn.softmax`` is the same function.

    Notes
    -----
    :math:`p_j = e^{x_j - m} / \sum_k e^{x_k - m}` with :math:`m` the largest logit.

    Examples
    --------
    >>> softmax([[0.0, 0.0], [1000.0, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    x, dtype = _logits(x)
    _, exponentials, rest = softmax_parts(class_axis_last("x", x, axis))
    return rounded(np.moveaxis(exponentials / (1.0 + rest), -1, axis), dtype)


@checked
@silent
def log_softmax(x: ArrayLike, *, axis: int = -1) -> NDArray[np.floating]:
    r"""Return the logarithms of the probabilities that logits stand for.

    Parameters
    ----------
    x : array_like
        Logits; at least one on `axis`.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        Shape of `x`; values of at most 0, in the floating dtype of `x`.

    See Also
    --------
    ``tf.nn.log_softmax`` is the same function; it rounds a nearly certain class to 0.

    Notes
    -----
    :math:`\log p_j = -(m - x_j) - \log(1 + \sum_{k \ne t} e^{x_k - m})` with :math:`m = x_t` the
    largest logit: both terms have one sign.

    Examples
    --------
    >>> log_softmax([40.0, 0.0])
    array([-4.24835426e-18, -4.00000000e+01])
    """
    x, dtype = _logits(x)
    half_gaps, _, rest = softmax_parts(class_axis_last("x", x, axis))
    return rounded(np.moveaxis(-(2.0 * half_gaps + np.log1p(rest)), -1, axis), dtype)


def _logits(x):
    x = as_prediction("x", x)
    return in_float64(x), result_dtype(x=x)
