"""Losses of a direction."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import rows
from lossutils._calls import checked
from lossutils._numerics import Pair, ratio, rounded, scaled, silent


@checked
@silent
def cosine_similarity(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return minus the cosine of the angle: -1 for one direction, 0 for a right angle.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Vectors along `axis`; a vector of zeros has no direction and gives 0.
    axis : int, default -1
        The axis of the vectors.

    Returns
    -------
    ndarray
        One loss per vector, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.keras.losses.cosine_similarity`` has the same sign; it keeps a small constant under the
    norms, so that the loss of vectors as short as 1e-20 comes out near 0.

    Notes
    -----
    :math:`-\sum_j y_j \hat y_j / (\|y\| \|\hat y\|)`. The vectors are scaled by powers of 2, which
    costs no digit; the products are summed in twice the precision, so that nearly orthogonal
    vectors keep theirs.

    Examples
    --------
    >>> cosine_similarity([[3.0, 4.0], [1.0, 0.0]], [[6e20, 8e20], [0.0, 1e-20]])
    array([-1.,  0.])
    """
    y_true, y_pred, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    dot, true_square, square = dot_products(scaled(y_true)[0], scaled(y_pred)[0])
    return rounded(-ratio(dot.high, np.sqrt(true_square.high * square.high)), dtype)


@checked
@silent
def cosine_distance(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return 1 minus the dot product of vectors of length 1.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Vectors along `axis`, of length 1 (not checked, as in TensorFlow).
    axis : int, default -1
        The axis of the vectors.

    Returns
    -------
    ndarray
        One loss per vector, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.compat.v1.losses.cosine_distance`` is the average of this. It does not divide by the
    lengths either: vectors that are not of length 1 give any number, negative ones too.
    `cosine_similarity` divides by the lengths.

    Notes
    -----
    :math:`1 - \sum_j y_j \hat y_j`, summed in twice the precision: near 1 the sum cancels.

    Examples
    --------
    >>> cosine_distance([[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    array([0., 1.])
    """
    y_true, y_pred, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    (true, of_true), (predicted, of_predicted) = scaled(y_true), scaled(y_pred)
    dot, exponents = (Pair(true) * predicted).sum(), (of_true + of_predicted)[..., 0]
    return rounded((1.0 - dot.ldexp(exponents)).high, dtype)


def dot_products(y_true, y_pred):
    """Return the three sums of products that a cosine is made of, as pairs."""
    factors = (y_true, y_pred), (y_true, y_true), (y_pred, y_pred)
    return [(Pair(x) * y).sum() for x, y in factors]
