"""Focal losses: what is easy counts less. Lin and others, 2017."""

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
from lossutils._limits import times, x_log_y
from lossutils._precision import rounded, silent, summed
from lossutils._softmax import gaps_and_exponentials, others, pairs
from lossutils.losses.probabilities import binary_terms


@silent
def binary_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=None):
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
    faded = dd.power(missed_probability(y_true, y_pred), not_negative("gamma", gamma))
    cross_entropy = binary_terms(y_true, y_pred)
    # A label of 1e-200 at probability 0: what was missed underflows, the loss is infinite.
    value = np.where(np.isinf(cross_entropy), cross_entropy, faded * cross_entropy)
    return rounded(times(balance(y_true, alpha), value), dtype)


@keywords_only
@silent
def sigmoid_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=None):
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
    missed, _, cross_entropy = sigmoid_parts(labels, logits, dtype)
    faded = dd.power(missed, not_negative("gamma", gamma))
    return rounded(balance(labels, alpha) * faded * cross_entropy, dtype)


@silent
def categorical_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=0.25):
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
    faded = dd.power(dd.two_sum(1.0, -y_pred), gamma)
    return rounded(times(alpha, summed(-x_log_y(y_true * faded, y_pred), dtype)), dtype)


@keywords_only
@silent
def softmax_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=0.25):
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
    missed, _, cross_entropy = softmax_parts(logits, dtype)
    value = summed(labels * dd.power(missed, gamma) * cross_entropy, dtype)
    return rounded(times(alpha, value), dtype)


def balance(y_true, alpha):
    """Return alpha for positives and 1 - alpha for negatives; 1 where alpha is None."""
    if alpha is None:
        return 1.0
    alpha = fraction("alpha", alpha)
    negative = dd.multiply(dd.two_sum(1.0, -y_true), dd.two_sum(1.0, -alpha))
    return dd.add(dd.two_product(y_true, alpha), negative)[0]


def missed_probability(y_true, y_pred):
    """Return y (1 - p) + (1 - y) p, the probability not given to the truth, as (high, low)."""
    on_true = dd.multiply((y_true, 0.0), dd.two_sum(1.0, -y_pred))
    return dd.add(on_true, dd.multiply(dd.two_sum(1.0, -y_true), (y_pred, 0.0)))


def sigmoid_parts(labels, logits, dtype):
    """Return the missed probability as (high, low), sigmoid (1 - sigmoid), and cross-entropy."""
    size = np.abs(logits)
    e = dd.exp((-size, 0.0)) if dtype == np.float64 else (np.exp(-size), 0.0)
    total = dd.add((1.0, 0.0), e)
    on_true, on_false = (labels, np.zeros_like(labels)), dd.two_sum(1.0, -labels)
    right, wrong = np.where(logits > 0, (on_true, on_false), (on_false, on_true))
    missed = dd.divide(dd.add(wrong, dd.multiply(right, e)), total)
    return missed, e[0] / total[0] / total[0], np.log1p(e[0]) + size * wrong[0]


def softmax_parts(logits, dtype):
    """Return the missed probability as (high, low), softmax, and minus its logarithm, per class."""
    gaps, exponentials, rest = gaps_and_exponentials(logits)
    missed = others(exponentials, rest) / (1.0 + rest), 0.0
    if dtype == np.float64:  # the power multiplies errors, and float64 has no digit to spare
        _, own, other_pairs = pairs(logits)
        missed = dd.divide(other_pairs, dd.add(own, other_pairs))
    return missed, exponentials / (1.0 + rest), gaps + np.log1p(rest)
