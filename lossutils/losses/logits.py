"""Cross-entropy from logits: the form to train with. Keywords only, so nothing can be swapped."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import SPARSE, not_negative_per_label, ordinal, pair, rows, sparse
from lossutils._calls import checked
from lossutils._numerics import enlarged, product, rounded, silent, softmax_parts, summed, times_exp


@checked
@silent
def sigmoid_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of yes-or-no answers, from logits.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.nn.sigmoid_cross_entropy_with_logits`` is the same function; it also takes its arguments
    by position, and refuses integer labels.

    Notes
    -----
    :math:`-y \log\sigma(x) - (1 - y)\log\sigma(-x) = \log(1 + e^{-|x|}) + |x| w` with :math:`w` the
    part of the label on the wrong side: :math:`1 - y` for a positive logit, :math:`y` for a
    negative one. No term is negative, so nothing cancels.

    Examples
    --------
    >>> sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0, 0.5], logits=[40.0, 1000.0, 0.0])
    array([4.24835426e-18, 1.00000000e+03, 6.93147181e-01])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    wrong_side = np.where(logits > 0, 1.0 - labels, labels)
    size = np.abs(logits)
    return rounded(np.log1p(np.exp(-size)) + size * wrong_side, dtype)


@checked
@silent
def weighted_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, pos_weight: ArrayLike
) -> NDArray[np.floating]:
    r"""Return sigmoid cross-entropy with the positive part multiplied by a weight.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.
    pos_weight : float, or array_like of shape [num_labels]
        The weight of positives, at least 0, one for all or one for each label of the last axis;
        above 1 it trades precision for recall. Its dtype does not decide that of the result.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.nn.weighted_cross_entropy_with_logits`` has the same values, and broadcasts `pos_weight`
    of any shape; its gradient is wrong at a logit of exactly 0 (TensorFlow 2.21).

    Notes
    -----
    :math:`-w y \log\sigma(x) - (1 - y)\log\sigma(-x)` with :math:`w` the `pos_weight`; King and
    Zeng, 2001.

    Examples
    --------
    >>> weighted_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 0.0], pos_weight=2.0)
    array([1.38629436, 0.69314718])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    pos_weight = not_negative_per_label("pos_weight", pos_weight, logits.shape)
    size, weight = np.abs(logits), pos_weight * labels + (1.0 - labels)
    of_positives = product(pos_weight, labels, size)
    wrong_side = np.where(logits > 0, size * (1.0 - labels), of_positives)
    # From a logit of 40 on log(1 + e) is e, which a large weight can keep from underflow.
    either_side = np.where(size > 40.0, times_exp(weight, -size), weight * np.log1p(np.exp(-size)))
    return rounded(either_side + wrong_side, dtype)


@checked
@silent
def softmax_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of one class among several, from logits.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and logits.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.nn.softmax_cross_entropy_with_logits`` is the same function; it also takes its arguments
    by position, broadcasts labels of shape (1, num_classes), and loses the digits of a nearly
    certain prediction.

    Notes
    -----
    :math:`-\sum_j y_j \log p_j` with :math:`p` the softmax; Bridle, 1990. Computed as
    :math:`\sum_j y_j (m - x_j) + \sum_j y_j \log(1 + \sum_{k \ne t} e^{x_k - m})` with
    :math:`m = x_t` the largest logit: the gap to the maximum instead of a difference of sums.

    Examples
    --------
    >>> softmax_cross_entropy_with_logits(
    ...     labels=[[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], logits=[[2.0, 0.5, 6.0], [0.1, 0.0, 3.0]]
    ... )
    array([0.02215516, 3.09967364])
    """
    labels, logits, dtype = rows(axis, class_indices=SPARSE, labels=labels, logits=logits)
    half_gaps, _, rest = softmax_parts(logits)
    (labels, exponents), log_of_sum = enlarged(labels), np.log1p(rest[..., 0])
    value = 2.0 * summed(labels * half_gaps, dtype) + summed(labels, dtype) * log_of_sum
    return rounded(np.ldexp(value, exponents), dtype)


@checked
@silent
def sparse_softmax_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of one class among several, the truth given as its index.

    Parameters
    ----------
    labels : array_like of integers, shape [...]
        Class indices.
    logits : array_like, shape [..., num_classes]
        Logits.

    Returns
    -------
    ndarray, shape [...]
        One loss per example, in the floating dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.nn.sparse_softmax_cross_entropy_with_logits`` is the same function; a label out of range
    is an error on a CPU and `nan` on a GPU.

    Notes
    -----
    :math:`(m - x_c) + \log(1 + \sum_{k \ne t} e^{x_k - m})` for the class :math:`c`, with
    :math:`m = x_t` the largest logit. Both terms are at least 0.

    Examples
    --------
    >>> sparse_softmax_cross_entropy_with_logits(labels=[2, 1], logits=[[2.0, 0.5, 6.0]] * 2)
    array([0.02215516, 5.52215516])
    """
    labels, logits, dtype = sparse(labels=labels, logits=logits)
    half_gaps, _, rest = softmax_parts(logits)
    gap = 2.0 * np.take_along_axis(half_gaps, labels, axis=-1)
    return rounded((gap + np.log1p(rest))[..., 0], dtype)


@checked
@silent
def ordinal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of ordered classes: one yes-or-no answer per threshold.

    Parameters
    ----------
    labels : array_like of integers, shape [...]
        Class indices in [0, num_classes), in their order.
    logits : array_like, shape [..., num_classes - 1]
        Cumulative logits: the one at index k says whether the class is above k.

    Returns
    -------
    ndarray, shape [...]
        One loss per example, in the floating dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.nn.sigmoid_cross_entropy_with_logits`` with the labels 1 below the class and 0 from it on,
    summed over the thresholds, is the same function. TensorFlow has no twin.

    Notes
    -----
    :math:`\sum_{k < c} \log(1 + e^{-x_k}) + \sum_{k \ge c} \log(1 + e^{x_k})` for the class
    :math:`c`; Cao, Mirjalili and Raschka, 2020 (CORAL). With :math:`x_k = f - b_k`, one score and
    increasing thresholds, it is a proportional odds model.

    Examples
    --------
    >>> ordinal_cross_entropy_with_logits(labels=[2, 0], logits=[[40.0, 0.0], [40.0, 0.0]])
    array([ 0.69314718, 40.69314718])
    """
    is_above, logits, dtype = ordinal(labels=labels, logits=logits)
    below = np.where(is_above, -logits, logits)
    terms = np.log1p(np.exp(-np.abs(logits))) + np.maximum(below, 0.0)
    return rounded(summed(terms, dtype), dtype)
