"""Losses between distributions: of classes, and of counts."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import check_probabilities, pair, reject, rows
from lossutils._calls import checked
from lossutils._numerics import (
    Pair,
    enlarged,
    log_ratio,
    rounded,
    scaled_together,
    silent,
    where,
    x_log_y,
)


@checked
@silent
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return how many nats the prediction costs beyond the entropy of the truth.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Probabilities of the classes along the last axis.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs; infinite where a class
        that occurs was given probability 0.

    See Also
    --------
    ``tf.keras.losses.kld`` clips both to [1e-7, 1], so that it is never infinite.

    Notes
    -----
    :math:`\sum_j y_j \log(y_j / \hat y_j)` with :math:`0 \log 0 = 0`; Kullback and Leibler, 1951.
    At least 0 when both rows sum to 1, which is not checked. Near equality the terms cancel; then
    they are summed in twice the precision.

    Examples
    --------
    >>> kl_divergence([[0.5, 0.5], [0.0, 1.0]], [[0.25, 0.75], [0.0, 1.0]])
    array([0.14384104, 0.        ])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_true", y_true)
    check_probabilities("y_pred", y_pred)
    weights, exponents = enlarged(y_true)
    log_ratios = where(y_pred == 0, np.inf, log_ratio(y_true, y_pred))
    value = where(y_true == 0, 0.0, weights * log_ratios).sum().high
    return rounded(np.ldexp(value, exponents), dtype)


@checked
@silent
def poisson_loss(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the negative log-likelihood of a count under a predicted rate, up to a constant.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Counts, and rates of at least 0.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs; infinite where a rate
        of 0 met a count.

    See Also
    --------
    ``tf.keras.losses.poisson`` averages over the last axis and adds 1e-7 inside the logarithm;
    ``tf.nn.log_poisson_loss`` takes the logarithm of the rate.

    Notes
    -----
    :math:`\hat y - y \log \hat y` with :math:`0 \log 0 = 0`; the constant left out is
    :math:`\log y!`, so that the loss can be negative. Where the two terms cancel, they are
    computed in twice the precision.

    Examples
    --------
    >>> poisson_loss([0.0, 2.0, 5.0], [0.0, 1.0, 5.0])
    array([ 0.        ,  1.        , -3.04718956])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_rates(y_pred)
    # Both terms scaled by one power of 2, so that neither leaves the range in which they cancel.
    count, rate, exponents = scaled_together(y_true, y_pred)
    value = rate - x_log_y(count, Pair(y_pred))
    return rounded(np.ldexp(value.high, exponents), dtype)


def check_rates(y_pred):
    """Refuse rates below 0."""
    reject("y_pred", y_pred, y_pred < 0, "rates of at least 0")
