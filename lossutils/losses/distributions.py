"""Losses between distributions: of classes, and of counts."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._arguments import check_probabilities, pair, reject, rows
from lossutils._limits import x_log_y
from lossutils._precision import cancelled, rounded, silent


@silent
def kl_divergence(y_true, y_pred):
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
    terms = np.where(y_true == 0, 0.0, y_true * _log_ratio(y_true, y_pred))
    value = np.asarray(terms.sum(axis=-1))
    lost = cancelled(value, np.abs(terms).sum(axis=-1), dtype)
    if lost.any():
        value[lost] = _careful_divergence(y_true[lost], y_pred[lost], value[lost])
    return rounded(value, dtype)


def _log_ratio(x, y):
    change, quotient = (x - y) / y, x / y
    in_range = (quotient > 1e-300) & (quotient < np.inf)
    far = np.where(in_range, np.log(quotient), np.log(x) - np.log(y))
    return np.where(np.abs(change) < 0.5, np.log1p(change), far)


def _careful_divergence(y_true, y_pred, value):
    logarithm = dd.log(dd.divide((y_true, 0.0), (y_pred, 0.0)))
    terms = np.where(y_true == 0, 0.0, dd.multiply((y_true, 0.0), logarithm))
    total = np.add(*dd.total(terms))
    return np.where(np.isfinite(total), total, value)


@silent
def poisson_loss(y_true, y_pred):
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
    logarithm = x_log_y(y_true, y_pred)
    value = np.asarray(y_pred - logarithm)
    lost = cancelled(value, y_pred + np.abs(logarithm), dtype)
    if lost.any():
        pairs = dd.multiply((y_true[lost], 0.0), dd.log((y_pred[lost], 0.0)))
        value[lost] = np.add(*dd.add((y_pred[lost], 0.0), dd.negative(pairs)))
    return rounded(value, dtype)


def check_rates(y_pred):
    """Refuse rates below 0."""
    reject("y_pred", y_pred, y_pred < 0, "rates of at least 0")
