"""Derivatives of the focal losses."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import (
    check_probabilities,
    fraction,
    not_negative,
    pair,
    rows,
)
from lossutils._calls import checked
from lossutils._numerics import (
    Pair,
    careful_pull,
    exp,
    headroom,
    power,
    product,
    rounded,
    silent,
    where,
    x_log_y,
)
from lossutils.losses.focal import (
    balance,
    binary_parts,
    sides,
    sigmoid_parts,
    softmax_focal_parts,
)


@checked
@silent
def binary_focal_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 2.0, alpha: float | None = None
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.binary_focal_cross_entropy`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and probabilities in [0, 1].
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, optional
        The weight of positives in [0, 1]; negatives get 1 - alpha. None weighs nothing.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.binary_focal_crossentropy`` divides this by the
    length of the last axis, and lacks the part of the cross-entropy where it clipped.

    Notes
    -----
    With :math:`q = 1 - p_t` and :math:`H` the binary cross-entropy:
    :math:`q^\gamma (\gamma (1 - 2y) H / q + H')`. For hard labels both terms have one sign.

    Examples
    --------
    >>> binary_focal_cross_entropy([1.0, 1.0, 0.0], [0.5, 1.0, 0.5], gamma=1.0)
    array([-1.69314718,  0.        ,  1.69314718])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma = not_negative("gamma", gamma)
    missed, cross_entropy, enlarged = binary_parts(y_true, y_pred)
    # The cross-entropy of a nearly certain prediction is what it missed: their ratio tends to 1.
    steepness = where(missed.high == 0, 1.0, cross_entropy / missed)
    falling, rising, unit = _binary_slopes(y_true, np.abs(y_pred))
    fading = gamma * (1.0 - 2.0 * Pair(y_true)) * steepness / unit
    # At probability 0 the logarithm in `fading` is infinite too, but of lower order.
    infinite = np.isinf(falling.high) | np.isinf(rising.high)
    slope = rising - falling + where(infinite, 0.0, fading)
    faded = where(infinite, 1.0, power(missed / enlarged, gamma / 2))
    return rounded(product(balance(y_true, alpha), faded, faded, slope, unit), dtype)


def _binary_slopes(y_true, y_pred):
    """Return y / p and (1 - y) / (1 - p) in a unit in which the first does not overflow."""
    of_truth, of_prediction = headroom(y_true), headroom(y_pred)
    unit, negative = of_prediction / of_truth, 1.0 - Pair(y_true)
    falling = Pair(y_true * of_truth) / (y_pred * of_prediction)
    rising = negative / (1.0 - Pair(y_pred)) / unit
    return where(y_true == 0, 0.0, falling), where(negative.high == 0, 0.0, rising), unit


@checked
@silent
def sigmoid_focal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, gamma: float = 2.0, alpha: float | None = None
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.sigmoid_focal_cross_entropy_with_logits`.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, optional
        The weight of positives in [0, 1]; negatives get 1 - alpha. None weighs nothing.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.binary_focal_crossentropy`` with `from_logits`
    divides this by the length of the last axis, and gives 0 for a logit of 20 in float32.

    Notes
    -----
    With :math:`q = 1 - p_t`, :math:`p` the sigmoid and :math:`H` its cross-entropy:
    :math:`q^\gamma (\gamma (1 - 2y) p (1 - p) H / q + p - y)`. For hard labels both terms have one
    sign.

    Examples
    --------
    >>> sigmoid_focal_cross_entropy_with_logits(labels=[1.0, 1.0], logits=[0.0, 20.0])
    array([-2.98286795e-01, -2.62695321e-26])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    gamma = not_negative("gamma", gamma)
    missed, cross_entropy = sigmoid_parts(labels, logits)
    (right, wrong), e = sides(labels, logits), exp(Pair(-np.abs(logits)))
    # p (1 - p) / q is e / (1 + e) over what follows, which is q (1 + e).
    of_missed = wrong + right * e
    spread = where(of_missed.high == 0, 0.0, e / (1.0 + e) / of_missed)
    fading = (1.0 - Pair(labels) * 2.0) * gamma * spread * cross_entropy
    pull = np.where(logits > 0, 1.0, -1.0) * (wrong - right * e) / (1.0 + e)
    faded = power(missed, gamma / 2)
    return rounded(product(balance(labels, alpha), faded, faded, fading + pull), dtype)


@checked
@silent
def categorical_focal_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 2.0, alpha: float = 0.25
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.categorical_focal_cross_entropy`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and probabilities in [0, 1], the
        classes along the last axis.
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, default 0.25
        A factor in [0, 1] for all classes.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.categorical_focal_crossentropy`` includes the
    division of each row by its sum, and gives 0 where it clipped.

    Notes
    -----
    :math:`-\alpha y_j q^\gamma (-\gamma \log(\hat y_j) / q + 1 / \hat y_j)` with
    :math:`q = 1 - \hat y_j`. Both terms have one sign.

    Examples
    --------
    >>> categorical_focal_cross_entropy([[0.0, 1.0]], [[0.5, 0.5]], gamma=1.0, alpha=1.0)
    array([[ 0.        , -1.69314718]])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma, alpha = not_negative("gamma", gamma), fraction("alpha", alpha)
    p, missed = Pair(y_pred), 1.0 - Pair(y_pred)
    # -log p of a nearly certain prediction is what it missed: their ratio tends to 1.
    steepness = where(missed.high == 0, 1.0, -x_log_y(p, p) / missed)
    faded, growth = power(missed, gamma / 2), 1.0 + gamma * steepness
    slope = product(-y_true, faded, faded, growth, alpha, over=np.abs(y_pred))
    return rounded(slope, dtype)


@checked
@silent
def softmax_focal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, gamma: float = 2.0, alpha: float = 0.25
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.softmax_focal_cross_entropy_with_logits`.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and logits, the classes along the last
        axis.
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, default 0.25
        A factor in [0, 1] for all classes.

    Returns
    -------
    ndarray
        Shape of `logits`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.categorical_focal_crossentropy`` with
    `from_logits` gives 0 where it clipped.

    Notes
    -----
    The derivative of softmax cross-entropy with the labels replaced by
    :math:`\alpha y_j q^\gamma (1 - \gamma p_j \log(p_j) / q)` with :math:`q = 1 - p_j`.

    Examples
    --------
    >>> softmax_focal_cross_entropy_with_logits(
    ...     labels=[[0.0, 1.0]], logits=[[0.0, 0.0]], gamma=1.0, alpha=1.0
    ... )
    array([[ 0.4232868, -0.4232868]])
    """
    labels, logits, dtype = rows(labels=labels, logits=logits)
    gamma, alpha = not_negative("gamma", gamma), fraction("alpha", alpha)
    own, others, missed, half_cross_entropy = softmax_focal_parts(logits)
    steepness = where(others.high == 0, 0.0, own * half_cross_entropy / others)
    weights = power(missed, gamma) * (1.0 + 2.0 * gamma * steepness) * labels * alpha
    return rounded(careful_pull(weights, own, others), dtype)
