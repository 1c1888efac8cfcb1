"""Cross-entropy from probabilities: nothing is clipped, so what is infinite comes out infinite."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import SPARSE, check_probabilities, open_fraction, pair, rows, sparse
from lossutils._calls import checked
from lossutils._numerics import enlarged, rounded, silent, summed, x_log1p_y, x_log_y


@checked
@silent
def binary_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the cross-entropy of yes-or-no answers, from the probability of yes.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Labels, 0 to 1 (not checked, as in TensorFlow), and probabilities in [0, 1].

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs; infinite where the
        answer was given probability 0.

    See Also
    --------
    ``tf.keras.losses.binary_crossentropy`` averages over the last axis and clips `y_pred` to
    [1e-7, 1 - 1e-7], so that no loss exceeds 16.12. From logits:
    `sigmoid_cross_entropy_with_logits`.

    Notes
    -----
    :math:`-y \log \hat y - (1 - y) \log(1 - \hat y)` with :math:`0 \log 0 = 0`.

    Examples
    --------
    >>> binary_cross_entropy([1.0, 0.0, 1.0], [0.5, 0.0, 1e-300])
    array([  0.69314718,   0.        , 690.7755279 ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(-x_log_y(y_true, y_pred) - x_log1p_y(1.0 - y_true, -y_pred), dtype)


@checked
@silent
def categorical_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of one class among several, from their probabilities.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Label distributions (not checked, as in TensorFlow) and probabilities in [0, 1].
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs; infinite where a class
        that occurs was given probability 0.

    See Also
    --------
    ``tf.keras.losses.categorical_crossentropy`` divides each row of `y_pred` by its sum and clips
    it to [1e-7, 1 - 1e-7]. From logits: `softmax_cross_entropy_with_logits`.

    Notes
    -----
    :math:`-\sum_j y_j \log \hat y_j` with :math:`0 \log 0 = 0`; Shannon, 1948. The rows are taken
    as they are: that `y_pred` sums to 1 is not checked.

    Examples
    --------
    >>> categorical_cross_entropy([[0.0, 1.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]])
    array([0.        , 0.69314718])
    """
    y_true, y_pred, dtype = rows(axis, class_indices=SPARSE, y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    y_true, exponents = enlarged(y_true)
    value = -summed(x_log_y(y_true, y_pred), dtype)
    return rounded(np.ldexp(value, exponents), dtype)


@checked
@silent
def sparse_categorical_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the cross-entropy of one class among several, the truth given as its index.

    Parameters
    ----------
    y_true : array_like of integers, shape [...]
        Class indices.
    y_pred : array_like, shape [..., num_classes]
        Probabilities in [0, 1].

    Returns
    -------
    ndarray, shape [...]
        One loss per example, in the floating dtype of `y_pred`; infinite where the class was given
        probability 0.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.keras.losses.sparse_categorical_crossentropy`` divides each row of `y_pred` by its sum and
    clips it to [1e-7, 1 - 1e-7]. From logits: `sparse_softmax_cross_entropy_with_logits`.

    Notes
    -----
    :math:`-\log \hat y_c` for the class :math:`c`.

    Examples
    --------
    >>> sparse_categorical_cross_entropy([1, 0], [[0.5, 0.5], [1.0, 0.0]])
    array([0.69314718, 0.        ])
    """
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(-np.log(np.take_along_axis(y_pred, y_true, axis=-1)[..., 0]), dtype)


@checked
@silent
def categorical_generalized_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, *, q: float
) -> NDArray[np.floating]:
    r"""Return a loss between cross-entropy and absolute error, for labels that may be wrong.

    Parameters
    ----------
    y_true : array_like of integers, shape [...]
        Class indices.
    y_pred : array_like, shape [..., num_classes]
        Probabilities in [0, 1].
    q : float
        Between 0 and 1: towards 0 the loss becomes cross-entropy, towards 1 the probability that
        was not given to the class.

    Returns
    -------
    ndarray, shape [...]
        One loss per example, in the floating dtype of `y_pred`; at most 1 / q.

    Raises
    ------
    TypeError, ValueError
        For labels that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.keras.losses.CategoricalGeneralizedCrossEntropy`` averages this. In spite of its name it
    takes class indices, not one-hot rows.

    Notes
    -----
    :math:`(1 - \hat y_c^q) / q` for the class :math:`c`; Zhang and Sabuncu, 2018.

    Examples
    --------
    >>> categorical_generalized_cross_entropy([1, 0], [[0.75, 0.25], [1.0, 0.0]], q=0.5)
    array([1., 0.])
    """
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    q, own = open_fraction("q", q), np.take_along_axis(y_pred, y_true, axis=-1)[..., 0]
    return rounded(-np.expm1(q * np.log(own)) / q, dtype)
