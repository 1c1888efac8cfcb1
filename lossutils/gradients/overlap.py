"""Derivatives of the losses of an overlap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import unmasked
from lossutils._calls import checked
from lossutils._numerics import Pair, ratio, rounded, silent
from lossutils.losses.overlap import overlapping, tversky_parts


@checked
@silent
def dice(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    axis: int | Sequence[int] | None = None,
    epsilon: float = 1e-7,
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.dice`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Masks, 0 to 1 (not checked, as in Keras), and probabilities in [0, 1].
    axis : int or sequence of ints, optional
        The axes that are summed over; None sums over all.
    epsilon : float, default 1e-7
        What is added to the denominator; at least 0.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.dice`` gives the same.

    Notes
    -----
    :math:`2 (I - y D) / D^2` with the overlap :math:`I` and the denominator :math:`D`: all pixels
    of the background are pushed down by the same force.

    Examples
    --------
    >>> dice([1.0, 1.0, 0.0, 0.0], [1.0, 0.5, 0.5, 0.0], epsilon=0.0)
    array([-0.3125, -0.3125,  0.1875,  0.1875])
    """
    true, predicted, dtype = overlapping(y_true, y_pred, axis)
    slope = tversky_slope(true, predicted, 0.5, 0.5, epsilon, half=0.5)
    return rounded(unmasked(slope, np.shape(y_pred), axis), dtype)


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
    r"""Return the derivative of `losses.tversky`.

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
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.tversky`` gives the same.

    Notes
    -----
    :math:`(I N' - y N) / D^2` with the overlap :math:`I`, the denominator :math:`D`,
    :math:`N = D - I` and its derivative :math:`N' = \beta(1 - y) - \alpha y`.

    Examples
    --------
    >>> tversky([1.0, 0.0], [0.5, 0.5], alpha=0.75, beta=0.25, epsilon=0.0)
    array([-0.875,  0.125])
    """
    true, predicted, dtype = overlapping(y_true, y_pred, axis)
    slope = tversky_slope(true, predicted, alpha, beta, epsilon)
    return rounded(unmasked(slope, np.shape(y_pred), axis), dtype)


def tversky_slope(y_true, y_pred, alpha, beta, epsilon, half=1.0):
    """Return the derivative of the Tversky loss, before rounding."""
    parts = tversky_parts(y_true, y_pred, alpha, beta, epsilon, half)
    missing, denominator, overlap = (part[..., np.newaxis] for part in parts)
    change = (1.0 - Pair(y_true)) * beta - Pair(y_true) * alpha
    numerator = change * overlap - missing * y_true
    return ratio(ratio(numerator.high, denominator.high), denominator.high)
