"""Negative log-likelihoods whose parameter is predicted on another scale, or with its variance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import pair, reject, together
from lossutils._calls import checked
from lossutils._numerics import (
    Pair,
    exp,
    log,
    rounded,
    scaled_together,
    silent,
    two_sum,
    where,
)


@checked
@silent
def gaussian_negative_log_likelihood(
    y_true: ArrayLike, y_pred: ArrayLike, *, variance: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the negative log-likelihood under a predicted mean and variance, up to a constant.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and predicted mean.
    variance : array_like, of the same shape
        Predicted variance, greater than 0: not the standard deviation, not its logarithm.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs; negative where a small
        variance was right.

    See Also
    --------
    ``torch.nn.functional.gaussian_nll_loss`` is the average of this, and replaces a variance below
    1e-6 by 1e-6. TensorFlow has no twin.

    Notes
    -----
    :math:`\frac12 (\log v + r^2 / v)` with :math:`r = \hat y - y`; the constant left out is
    :math:`\frac12 \log 2\pi`. Nix and Weigend, 1994. Lowest where :math:`v = r^2`. Where the two
    terms cancel, they are computed in twice the precision.

    Examples
    --------
    >>> gaussian_negative_log_likelihood([1.0, 1.0], [3.0, 3.0], variance=[1.0, 4.0])
    array([2.        , 1.19314718])
    """
    y_true, y_pred, variance, dtype = together(y_true=y_true, y_pred=y_pred, variance=variance)
    square, exponents = square_over_variance(y_true, y_pred, variance)
    return rounded(((square.ldexp(exponents) + log(Pair(variance))) * 0.5).high, dtype)


def square_over_variance(y_true, y_pred, variance):
    """Return the square of the residual over the variance, as a pair near 1 and its exponents."""
    reject("variance", variance, variance <= 0, "variances greater than 0")
    y_true, y_pred, exponents = scaled_together(y_true, y_pred)
    residual = Pair(*two_sum(y_pred, -y_true))
    left = np.frexp(residual.high)[1]
    residual = residual.ldexp(-left)
    variance, of_variance = np.frexp(variance)
    return residual * residual / variance, 2 * (exponents + left) - of_variance


@checked
@silent
def log_poisson_loss(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the Poisson loss of a rate whose logarithm is predicted.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Counts (not checked, as in TensorFlow), and logarithms of rates.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.nn.log_poisson_loss`` is the same function.
    `poisson_loss` takes the rate itself.

    Notes
    -----
    :math:`e^x - y x` for the logarithm :math:`x`; the constant left out is :math:`\log y!`, so that
    the loss can be negative. Where the two terms cancel, they are computed in twice the precision.

    Examples
    --------
    >>> log_poisson_loss([0.0, 2.0], [0.0, 1.0])
    array([1.        , 0.71828183])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    rate, exponents = scaled_rate(y_pred)
    value = rate - Pair(np.ldexp(y_true, -exponents)) * y_pred
    return rounded(np.where(rate.high == np.inf, np.inf, np.ldexp(value.high, exponents)), dtype)


def scaled_rate(logarithm):
    """Return exp(x) as a pair without a power of 2, and the exponents taken out.

    They are taken out of what exceeds float64: the loss may be finite where the rate is not. Beyond
    exp(800) no count comes near the rate.
    """
    taken = np.where(logarithm > 350.0, 70, 0)
    half = exp(Pair(np.minimum(logarithm, 800.0)) * 0.5).ldexp(-taken)
    return where(logarithm > 800.0, np.inf, half * half), 2 * taken
