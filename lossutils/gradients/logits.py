"""Derivatives of cross-entropy with respect to logits. Keywords only."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import SPARSE, not_negative_per_label, ordinal, pair, rows, sparse
from lossutils._calls import checked
from lossutils._numerics import (
    others,
    pull,
    pull_of_element,
    rounded,
    silent,
    softmax_parts,
)


@checked
@silent
def sigmoid_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.sigmoid_cross_entropy_with_logits`.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.sigmoid_cross_entropy_with_logits`` gives the same, with
    fewer digits where the probability is near a soft label.

    Notes
    -----
    :math:`\sigma(x) - y`. Where the two nearly cancel, the difference is computed in twice the
    precision.

    Examples
    --------
    >>> sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0, 0.5], logits=[40.0, 1000.0, 1e-20])
    array([-4.24835426e-18,  1.00000000e+00,  2.50000000e-21])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    return rounded(pull_of_element(labels, logits, 1.0, dtype), dtype)


@checked
@silent
def weighted_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, pos_weight: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.weighted_cross_entropy_with_logits`.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and logits.
    pos_weight : float, or array_like of shape [num_labels]
        The weight of positives, at least 0, one for all or one for each label of the last axis.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.weighted_cross_entropy_with_logits`` is wrong at a logit of
    exactly 0 (TensorFlow 2.21): 0 for a positive, where :math:`-w/2` is right.

    Notes
    -----
    :math:`(1 - y)\sigma(x) - w y \sigma(-x)` with :math:`w` the `pos_weight`.

    Examples
    --------
    >>> weighted_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 0.0], pos_weight=2.0)
    array([-1. ,  0.5])
    """
    labels, logits, dtype = pair(labels=labels, logits=logits)
    pos_weight = not_negative_per_label("pos_weight", pos_weight, logits.shape)
    return rounded(pull_of_element(labels, logits, pos_weight, dtype), dtype)


@checked
@silent
def softmax_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.softmax_cross_entropy_with_logits`.

    Parameters
    ----------
    labels, logits : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and logits.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        Shape of `logits`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.softmax_cross_entropy_with_logits`` gives
    :math:`p_j - y_j`, which is right only for labels that sum to 1; for a nearly certain
    prediction it loses its digits.

    Notes
    -----
    :math:`S p_j - y_j` with :math:`p` the softmax and :math:`S = \sum_k y_k`. Computed as
    :math:`(S - y_j) p_j - y_j (1 - p_j)`, each bracket as the sum of the others: for one-hot labels
    nothing cancels. Soft labels near the prediction are computed in twice the precision.

    Examples
    --------
    >>> softmax_cross_entropy_with_logits(labels=[[1.0, 0.0]] * 2, logits=[[0.0, 0.0], [40.0, 0.0]])
    array([[-5.00000000e-01,  5.00000000e-01],
           [-4.24835426e-18,  4.24835426e-18]])
    """
    labels, logits, dtype = rows(axis, class_indices=SPARSE, labels=labels, logits=logits)
    return rounded(np.moveaxis(pull(labels, logits, dtype), -1, axis), dtype)


@checked
@silent
def sparse_softmax_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.sparse_softmax_cross_entropy_with_logits`.

    Parameters
    ----------
    labels : array_like of integers, shape [...]
        Class indices.
    logits : array_like, shape [..., num_classes]
        Logits.

    Returns
    -------
    ndarray
        Shape and floating dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.sparse_softmax_cross_entropy_with_logits`` gives the same;
    for a nearly certain prediction it loses its digits.

    Notes
    -----
    :math:`p_j` for the other classes, and minus the sum of the others' :math:`p_k` for the class
    itself.

    Examples
    --------
    >>> sparse_softmax_cross_entropy_with_logits(labels=[0, 0], logits=[[0.0, 0.0], [40.0, 0.0]])
    array([[-5.00000000e-01,  5.00000000e-01],
           [-4.24835426e-18,  4.24835426e-18]])
    """
    labels, logits, dtype = sparse(labels=labels, logits=logits)
    _, exponentials, rest = softmax_parts(logits)
    missed = np.take_along_axis(others(exponentials, rest), labels, axis=-1)
    np.put_along_axis(exponentials, labels, -missed, axis=-1)
    return rounded(exponentials / (1.0 + rest), dtype)


@checked
@silent
def ordinal_cross_entropy_with_logits(
    *, labels: ArrayLike, logits: ArrayLike
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.ordinal_cross_entropy_with_logits`.

    Parameters
    ----------
    labels : array_like of integers, shape [...]
        Class indices in [0, num_classes), in their order.
    logits : array_like, shape [..., num_classes - 1]
        Cumulative logits.

    Returns
    -------
    ndarray
        Shape and floating dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.sigmoid_cross_entropy_with_logits`` gives the same.

    Notes
    -----
    :math:`\sigma(x_k) - 1` for the thresholds below the class, :math:`\sigma(x_k)` for the others.

    Examples
    --------
    >>> ordinal_cross_entropy_with_logits(labels=[1], logits=[[0.0, 0.0]])
    array([[-0.5,  0.5]])
    """
    is_above, logits, dtype = ordinal(labels=labels, logits=logits)
    return rounded(pull_of_element(is_above.astype(np.float64), logits, 1.0, dtype), dtype)
