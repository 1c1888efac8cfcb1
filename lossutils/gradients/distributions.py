"""Derivatives of the losses between distributions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import check_probabilities, pair, rows
from lossutils._calls import checked
from lossutils._numerics import ratio, rounded, silent
from lossutils.losses.distributions import check_rates


@checked
@silent
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.kl_divergence`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Probabilities of the classes along the last axis.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.kld`` gives 0 where it clipped.

    Notes
    -----
    :math:`-y_j / \hat y_j`, and 0 where :math:`y_j = 0`: the same as for categorical cross-entropy,
    because the entropy of the truth does not depend on the prediction.

    Examples
    --------
    >>> kl_divergence([[0.5, 0.5, 0.0]], [[0.25, 0.75, 0.0]])
    array([[-2.        , -0.66666667,  0.        ]])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_true", y_true)
    check_probabilities("y_pred", y_pred)
    return rounded(-ratio(y_true, np.abs(y_pred)), dtype)


@checked
@silent
def poisson_loss(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.poisson_loss`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Counts, and rates of at least 0.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.poisson`` divides this by the length of the last
    axis, and never exceeds 1e7 for a count of 1.

    Notes
    -----
    :math:`1 - y / \hat y = (\hat y - y) / \hat y`, and 1 where :math:`y = 0`.

    Examples
    --------
    >>> poisson_loss([0.0, 2.0, 5.0], [0.0, 1.0, 5.0])
    array([ 1., -1.,  0.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_rates(y_pred)
    slope = ratio(y_pred - y_true, np.abs(y_pred))
    return rounded(np.where(y_true == 0, 1.0, slope), dtype)
