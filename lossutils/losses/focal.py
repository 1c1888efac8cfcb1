"""Focal losses: what is easy counts less. Lin and others, 2017."""

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
    enlarged,
    exp,
    headroom,
    log,
    log1p,
    power,
    product,
    rounded,
    silent,
    softmax_pairs,
    summed,
    where,
    x_log1p_y,
    x_log_y,
)


@checked
@silent
def binary_focal_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 2.0, alpha: float | None = None
) -> NDArray[np.floating]:
    r"""Return binary cross-entropy times a power of the probability that was missed.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and probabilities in [0, 1].
    gamma : float, default 2.0
        The power, at least 0; 0 gives binary cross-entropy.
    alpha : float, optional
        The weight of positives in [0, 1]; negatives get 1 - alpha. None weighs nothing.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.binary_focal_crossentropy`` averages over the last axis, clips `y_pred` to
    [1e-7, 1 - 1e-7], and uses its alpha only with `apply_class_balancing`.

    Notes
    -----
    :math:`(1 - p_t)^\gamma` times the binary cross-entropy, with
    :math:`1 - p_t = y(1 - \hat y) + (1 - y)\hat y`.

    Examples
    --------
    >>> binary_focal_cross_entropy([1.0, 1.0], [0.5, 1.0])
    array([0.1732868, 0.       ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    missed, cross_entropy, unit = binary_parts(y_true, y_pred)
    faded = power(missed / unit, not_negative("gamma", gamma) / 2)
    # However small what was missed: the power of it does not make an infinite loss finite.
    faded = where(cross_entropy.high == np.inf, 1.0, faded)
    return rounded(product(balance(y_true, alpha), faded, faded, cross_entropy, over=unit), dtype)


@checked
@silent
def sigmoid_focal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, gamma: float = 2.0, alpha: float | None = None
) -> NDArray[np.floating]:
    r"""Return sigmoid cross-entropy times a power of the probability that was missed.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.
    gamma : float, default 2.0
        The power, at least 0; 0 gives sigmoid cross-entropy.
    alpha : float, optional
        The weight of positives in [0, 1]; negatives get 1 - alpha. None weighs nothing.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.binary_focal_crossentropy`` with `from_logits` averages over the last axis; it
    takes what was missed from 1 minus a rounded probability, so that a logit of 20 gives 0 in
    float32.

    Notes
    -----
    As `binary_focal_cross_entropy` of the sigmoid. What was missed is a quotient of
    exponentials, kept in twice the precision because the power multiplies its error.

    Examples
    --------
    >>> sigmoid_focal_cross_entropy_with_logits(labels=[1.0, 1.0], logits=[0.0, 20.0])
    array([1.73286795e-01, 8.75651072e-27])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    missed, cross_entropy = sigmoid_parts(labels, logits)
    faded = power(missed, not_negative("gamma", gamma) / 2)
    return rounded(product(balance(labels, alpha), faded, faded, cross_entropy), dtype)


@checked
@silent
def categorical_focal_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 2.0, alpha: float = 0.25
) -> NDArray[np.floating]:
    r"""Return categorical cross-entropy, each class faded by a power of what it was not given.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and probabilities in [0, 1], the
        classes along the last axis.
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, default 0.25
        A factor in [0, 1] for all classes; with gamma=0 and alpha=1 it is categorical
        cross-entropy.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.categorical_focal_crossentropy`` divides each row of `y_pred` by its sum and
    clips it to [1e-7, 1 - 1e-7].

    Notes
    -----
    :math:`-\alpha \sum_j y_j (1 - \hat y_j)^\gamma \log \hat y_j` with :math:`0 \log 0 = 0`.

    Examples
    --------
    >>> categorical_focal_cross_entropy([[0.0, 1.0]], [[0.5, 0.5]], alpha=1.0)
    array([0.1732868])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma, alpha = not_negative("gamma", gamma), fraction("alpha", alpha)
    (weights, exponents), p = enlarged(y_true), Pair(y_pred)
    faded = power(1.0 - p, gamma / 2)
    value = summed(product(weights, faded, faded, -log(p)), dtype)
    return rounded(product(alpha, np.ldexp(value, exponents)), dtype)


@checked
@silent
def softmax_focal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, gamma: float = 2.0, alpha: float = 0.25
) -> NDArray[np.floating]:
    r"""Return softmax cross-entropy, each class faded by a power of what it was not given.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and logits, the classes along the last
        axis.
    gamma : float, default 2.0
        The power, at least 0.
    alpha : float, default 0.25
        A factor in [0, 1] for all classes; with gamma=0 and alpha=1 it is softmax cross-entropy.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.categorical_focal_crossentropy`` with `from_logits` makes probabilities first
    and clips them.

    Notes
    -----
    As `categorical_focal_cross_entropy` of the softmax. What a class was not given is the sum of
    the others' exponentials, not 1 minus its own.

    Examples
    --------
    >>> softmax_focal_cross_entropy_with_logits(
    ...     labels=[[0.0, 1.0]], logits=[[0.0, 0.0]], alpha=1.0
    ... )
    array([0.1732868])
    """
    labels, logits, dtype = rows(labels=labels, logits=logits)
    gamma, alpha = not_negative("gamma", gamma), fraction("alpha", alpha)
    (weights, exponents), (_, _, missed, half) = enlarged(labels), softmax_focal_parts(logits)
    faded = power(missed, gamma / 2)
    value = 2.0 * alpha * summed(product(weights, faded, faded, half), dtype)
    return rounded(np.ldexp(value, exponents), dtype)


def balance(y_true, alpha):
    """Return alpha for positives and 1 - alpha for negatives; 1 where alpha is None."""
    if alpha is None:
        return 1.0
    alpha = Pair(fraction("alpha", alpha))
    return alpha * y_true + (1.0 - alpha) * (1.0 - Pair(y_true))


def binary_parts(y_true, y_pred):
    """Return the missed probability, y (1 - p) + (1 - y) p, the cross-entropy, and their unit."""
    unit = np.minimum(headroom(y_true), headroom(y_pred))
    positive, p, negative = Pair(y_true * unit), Pair(y_pred), 1.0 - Pair(y_true)
    missed = positive * (1.0 - p) + negative * (p * unit)
    return missed, -x_log_y(positive, p) - x_log1p_y(negative * unit, -p), unit


def sigmoid_parts(labels, logits):
    """Return the missed probability and the cross-entropy of the sigmoid, as pairs."""
    size, e = np.abs(logits), exp(Pair(-np.abs(logits)))
    right, wrong = sides(labels, logits)
    return (wrong + right * e) / (1.0 + e), log1p(e) + wrong * size


def sides(labels, logits):
    """Return the parts of the label on the side of the logit and on the other, as pairs."""
    negative, is_positive = 1.0 - Pair(labels), logits > 0
    return where(is_positive, labels, negative), where(is_positive, negative, labels)


def softmax_focal_parts(logits):
    """Return as pairs, per class: the exponential e^(x - max) and the sum of the others', the
    missed probability, and half the cross-entropy, which fits where the whole one overflows."""
    half_gaps, own, others = softmax_pairs(logits)
    rest = others.take_along(np.argmax(logits, axis=-1)[..., np.newaxis])
    return own, others, others / (1.0 + rest), half_gaps + log1p(rest) * 0.5
