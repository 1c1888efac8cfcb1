"""Derivatives of cross-entropy with respect to probabilities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import SPARSE, check_probabilities, open_fraction, pair, rows, sparse
from lossutils._calls import checked
from lossutils._numerics import Pair, exp, log, ratio, rounded, silent, where


@checked
@silent
def binary_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.binary_cross_entropy`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and probabilities in [0, 1].

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs; infinite where
        the answer was given probability 0.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.binary_crossentropy`` gives 0 where it clipped:
    where the prediction is most wrong, it does not learn.

    Notes
    -----
    :math:`(\hat y - y) / (\hat y (1 - \hat y))`; for a label of 1 this is :math:`-1/\hat y` and for
    a label of 0 :math:`1/(1 - \hat y)`, at the edges too.

    Examples
    --------
    >>> binary_cross_entropy([1.0, 0.0, 1.0, 1.0], [0.5, 0.5, 1.0, 0.0])
    array([ -2.,   2.,  -1., -inf])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(binary_slope(y_true, np.abs(y_pred)), dtype)


def binary_slope(y_true, y_pred):
    """Return the derivative of binary cross-entropy, before rounding."""
    missed = 1.0 - y_pred
    soft = (y_pred - y_true) / (y_pred * missed)
    return np.where(y_true == 1, -1.0 / y_pred, np.where(y_true == 0, 1.0 / missed, soft))


@checked
@silent
def categorical_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.categorical_cross_entropy`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and probabilities in [0, 1].
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.categorical_crossentropy`` includes the division
    of each row by its sum, and gives 0 where it clipped.

    Notes
    -----
    :math:`-y_j / \hat y_j`, and 0 where :math:`y_j = 0`.

    Examples
    --------
    >>> categorical_cross_entropy([[0.0, 1.0]], [[0.0, 1.0]])
    array([[ 0., -1.]])
    """
    y_true, y_pred, dtype = rows(axis, class_indices=SPARSE, y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(np.moveaxis(-ratio(y_true, np.abs(y_pred)), -1, axis), dtype)


@checked
@silent
def sparse_categorical_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.sparse_categorical_cross_entropy`.

    Parameters
    ----------
    y_true : array_like of integers, shape [...]
        Class indices.
    y_pred : array_like, shape [..., num_classes]
        Probabilities in [0, 1].

    Returns
    -------
    ndarray
        Shape and floating dtype of `y_pred`.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.sparse_categorical_crossentropy`` includes the
    division of each row by its sum, and gives 0 where it clipped.

    Notes
    -----
    :math:`-1 / \hat y_c` for the class :math:`c`, and 0 for the others.

    Examples
    --------
    >>> sparse_categorical_cross_entropy([1], [[0.5, 0.5]])
    array([[ 0., -2.]])
    """
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    slope = np.zeros_like(y_pred)
    own = np.abs(np.take_along_axis(y_pred, y_true, axis=-1))
    np.put_along_axis(slope, y_true, -1.0 / own, axis=-1)
    return rounded(slope, dtype)


@checked
@silent
def categorical_generalized_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, q: float
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.categorical_generalized_cross_entropy`.

    Parameters
    ----------
    y_true : array_like of integers, shape [...]
        Class indices.
    y_pred : array_like, shape [..., num_classes]
        Probabilities in [0, 1].
    q : float
        Between 0 and 1.

    Returns
    -------
    ndarray
        Shape and floating dtype of `y_pred`; infinite where the class was given probability 0.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.CategoricalGeneralizedCrossEntropy`` divides this
    by the number of examples.

    Notes
    -----
    :math:`-\hat y_c^{q-1}` for the class :math:`c`, and 0 for the others: smaller than that of
    cross-entropy by the factor :math:`\hat y_c^q`, so that hard labels pull less.

    Examples
    --------
    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
    array([[ 0., -2.]])
    """
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    q, own = open_fraction("q", q), np.take_along_axis(y_pred, y_true, axis=-1)
    # The exponent's last digits count: the logarithm can be 745.
    steepness = where(own == 0, np.inf, exp((Pair(q) - 1.0) * log(Pair(own))))
    slope = np.zeros_like(y_pred)
    np.put_along_axis(slope, y_true, -steepness.high, axis=-1)
    return rounded(slope, dtype)
