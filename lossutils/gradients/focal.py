"""Derivatives of the focal losses."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._arguments import (
    check_probabilities,
    fraction,
    keywords_only,
    not_negative,
    pair,
    rows,
)
from lossutils._limits import ratio, times
from lossutils._precision import rounded, silent
from lossutils._sigmoid import slope
from lossutils._softmax import pairs, pull
from lossutils.gradients.probabilities import binary_slope
from lossutils.losses.focal import balance, missed_probability, sigmoid_parts, softmax_parts
from lossutils.losses.probabilities import binary_terms


@silent
def binary_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=None):
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
    gamma, missed = not_negative("gamma", gamma), missed_probability(y_true, y_pred)
    # The cross-entropy of a nearly certain prediction is what it missed: their ratio tends to 1.
    steepness = np.where(missed[0] == 0, 1.0, binary_terms(y_true, y_pred) / missed[0])
    fading = gamma * (1.0 - 2.0 * y_true) * steepness
    slope = binary_slope(y_true, np.abs(y_pred))
    # At probability 0 the logarithm in `fading` is infinite too, but of lower order.
    finite = dd.power(missed, gamma) * (slope + fading)
    slope = np.where(np.isinf(slope), slope, finite)
    return rounded(times(balance(y_true, alpha), slope), dtype)


@keywords_only
@silent
def sigmoid_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=None):
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
    missed, spread, cross_entropy = sigmoid_parts(labels, logits, dtype)
    fading = gamma * (1.0 - 2.0 * labels) * ratio(spread, missed[0]) * cross_entropy
    slopes = fading + slope(labels, logits, 1.0, dtype)
    return rounded(balance(labels, alpha) * dd.power(missed, gamma) * slopes, dtype)


@silent
def categorical_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=0.25):
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
    missed = dd.two_sum(1.0, -y_pred)
    # -log p of a nearly certain prediction is what it missed: their ratio tends to 1.
    steepness = np.where(missed[0] == 0, 1.0, -np.log(y_pred) / missed[0])
    fading = np.where(y_pred == 0, 0.0, gamma * steepness)
    slopes = dd.power(missed, gamma) * (fading + 1.0 / np.abs(y_pred))
    return rounded(times(-alpha * y_true, slopes), dtype)


@keywords_only
@silent
def softmax_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=0.25):
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
    missed, probability, cross_entropy = softmax_parts(logits, dtype)
    steepness = 1.0 + gamma * probability * ratio(cross_entropy, missed[0])
    weights = alpha * labels * dd.power(missed, gamma) * steepness

    def careful(lost):
        return _careful_weights(labels[lost], logits[lost], gamma, alpha)

    return rounded(pull(weights, logits, dtype, careful), dtype)


def _careful_weights(labels, logits, gamma, alpha):
    gaps, own, others = pairs(logits)
    total, gamma = dd.add(own, others), (gamma, 0.0)
    cross_entropy = dd.add(gaps, dd.log(total))
    faded = dd.exp(dd.multiply(gamma, dd.log(dd.divide(others, total))))
    growth = dd.divide(dd.multiply(dd.multiply(gamma, own), cross_entropy), others)
    scale = dd.two_product(alpha, labels)
    return dd.multiply(dd.multiply(scale, faded), dd.add((1.0, 0.0), growth))
