"""Derivatives of negative log-likelihoods."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import pair, together
from lossutils._calls import checked
from lossutils._numerics import product, rounded, scaled_together, silent, where
from lossutils.losses.likelihoods import scaled_rate, square_over_variance


@checked
@silent
def gaussian_negative_log_likelihood(
    y_true: ArrayLike, y_pred: ArrayLike, *, variance: ArrayLike
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    r"""Return the derivatives of `losses.gaussian_negative_log_likelihood`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Truth and predicted mean.
    variance : array_like, of the same shape
        Predicted variance, greater than 0.

    Returns
    -------
    tuple of two ndarrays
        The derivatives with respect to the mean and to the variance, one per element each, in the
        promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through the formula gives the same; near the best variance it loses digits.

    Notes
    -----
    :math:`r / v`, and :math:`(1 - r^2 / v) / (2v)` with :math:`r = \hat y - y`. A large variance
    fades the first: an example that the model gave up on no longer moves its mean.

    Examples
    --------
    >>> mean, variance = gaussian_negative_log_likelihood([1.0], [3.0], variance=[8.0])
    >>> mean, variance
    (array([0.25]), array([0.03125]))
    """
    y_true, y_pred, variance, dtype = together(y_true=y_true, y_pred=y_pred, variance=variance)
    square, exponents = square_over_variance(y_true, y_pred, variance)
    true, predicted, unit = scaled_together(y_true, y_pred)
    of_mean = product(predicted - true, over=variance, exponents=unit)
    # Beside a huge square the 1 does not count, and the square alone may leave float64.
    huge = (exponents > 200) & (square.high > 0)
    missing = where(huge, -square, 1.0 - square.ldexp(np.where(huge, 0, exponents))).high
    of_variance = product(0.5, missing, over=variance, exponents=np.where(huge, exponents, 0))
    return rounded(of_mean, dtype), rounded(of_variance, dtype)


@checked
@silent
def log_poisson_loss(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.log_poisson_loss`: the rate minus the count.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Counts (not checked, as in TensorFlow), and logarithms of rates.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.log_poisson_loss`` gives the same.

    Notes
    -----
    :math:`e^x - y` for the logarithm :math:`x`.

    Examples
    --------
    >>> log_poisson_loss([1.0, 2.0], [0.0, 0.0])
    array([ 0., -1.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    rate, exponents = scaled_rate(y_pred)
    return rounded(np.ldexp((rate - np.ldexp(y_true, -exponents)).high, exponents), dtype)
