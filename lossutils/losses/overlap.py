"""Losses of an overlap: how far two masks are from being the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import check_probabilities, masks, not_negative, pair
from lossutils._calls import checked
from lossutils._numerics import Pair, rounded, silent


@checked
@silent
def dice(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    axis: int | Sequence[int] | None = None,
    epsilon: float = 1e-7,
) -> NDArray[np.floating]:
    r"""Return 1 minus twice the overlap over the sum of both masks.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Masks, 0 to 1 (not checked, as in Keras), and probabilities in [0, 1].
    axis : int or sequence of ints, optional
        The axes that are summed over, such as (1, 2) for one loss per image. None sums over all,
        the batch too: then one large object outweighs all small ones.
    epsilon : float, default 1e-7
        What is added to the denominator; at least 0.

    Returns
    -------
    ndarray
        One loss for each index of the other axes, in the promoted floating dtype of the inputs; 1
        for two empty masks.

    See Also
    --------
    ``tf.keras.losses.dice`` is the same function; in float16 its sums overflow beyond 65504.
    `tversky` weighs what was missed and what was added.

    Notes
    -----
    :math:`1 - 2 \sum y \hat y / (\sum y + \sum \hat y + \epsilon)`; Milletari and others, 2016,
    with squares in the denominator. Computed as
    :math:`(\sum y(1 - \hat y) + \sum \hat y(1 - y) + \epsilon)` over the same denominator: near 0,
    nothing cancels.

    Examples
    --------
    >>> dice([[1.0, 1.0, 0.0]] * 2, [[1.0, 0.5, 0.5], [0.0, 0.0, 1.0]], axis=1)
    array([0.25000002, 1.        ])
    """
    y_true, y_pred, dtype = overlapping(y_true, y_pred, axis)
    missing, denominator, _ = tversky_parts(y_true, y_pred, 0.5, 0.5, epsilon, half=0.5)
    return rounded(np.where(denominator.high > 0, (missing / denominator).high, 1.0), dtype)


@checked
@silent
def tversky(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: int | Sequence[int] | None = None,
    epsilon: float = 1e-7,
) -> NDArray[np.floating]:
    r"""Return 1 minus the overlap over itself plus what was missed and what was added.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Masks, 0 to 1 (not checked, as in Keras), and probabilities in [0, 1].
    alpha : float, default 0.5
        The weight of what was missed, the false negatives; at least 0.
    beta : float, default 0.5
        The weight of what was added, the false positives; at least 0.
    axis : int or sequence of ints, optional
        The axes that are summed over; None sums over all.
    epsilon : float, default 1e-7
        What is added to the denominator; at least 0.

    Returns
    -------
    ndarray
        One loss for each index of the other axes, in the promoted floating dtype of the inputs; 1
        for two empty masks.

    See Also
    --------
    ``tf.keras.losses.tversky`` is the same function. Its documentation has the two weights the
    other way round: its alpha too is the weight of the false negatives.
    `dice` is the case alpha = beta = 0.5, with half of its epsilon.

    Notes
    -----
    :math:`1 - I / (I + \alpha M + \beta A + \epsilon)` with :math:`I = \sum y \hat y`,
    :math:`M = \sum y(1 - \hat y)` and :math:`A = \sum \hat y(1 - y)`; Salehi and others, 2017, who
    call the weight of the false positives alpha.

    Examples
    --------
    >>> print(tversky([1.0, 1.0, 0.0], [1.0, 0.0, 0.0], alpha=0.75, beta=0.25, epsilon=0.0))
    0.42857142857142855
    """
    y_true, y_pred, dtype = overlapping(y_true, y_pred, axis)
    missing, denominator, _ = tversky_parts(y_true, y_pred, alpha, beta, epsilon)
    return rounded(np.where(denominator.high > 0, (missing / denominator).high, 1.0), dtype)


def overlapping(y_true, y_pred, axis):
    """Return masks with the axes that are summed over in one, the last, and the result's dtype."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return masks(y_true, axis), masks(y_pred, axis), dtype


def tversky_parts(y_true, y_pred, alpha, beta, epsilon, half=1.0):
    """Return what is missing from the overlap, the denominator and the overlap.

    The sums are made in twice the precision: then masks of thousands of pixels keep their digits.
    """
    alpha, beta = not_negative("alpha", alpha), not_negative("beta", beta)
    epsilon = not_negative("epsilon", epsilon) * half
    missed = (y_true * (1.0 - Pair(y_pred))).sum()
    added = (y_pred * (1.0 - Pair(y_true))).sum()
    overlap = (Pair(y_true) * y_pred).sum()
    missing = missed * alpha + added * beta + epsilon
    return missing, overlap + missing, overlap
