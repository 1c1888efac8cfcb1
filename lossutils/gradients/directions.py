"""Derivatives of the losses of a direction."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import rows
from lossutils._calls import checked
from lossutils._numerics import product, rounded, scaled, silent
from lossutils.losses.directions import dot_products


@checked
@silent
def cosine_similarity(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.cosine_similarity`: at a right angle to the prediction.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Vectors along `axis`; a vector of zeros gives 0.
    axis : int, default -1
        The axis of the vectors.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.cosine_similarity`` gives the same for vectors of
    ordinary length; nearly parallel vectors lose their digits.

    Notes
    -----
    :math:`((y \cdot \hat y)\,\hat y_j - \|\hat y\|^2 y_j) / (\|y\| \|\hat y\|^3)`. For nearly
    parallel vectors the two products cancel; they are computed in twice the precision.

    Examples
    --------
    >>> cosine_similarity([[1.0, 0.0]], [[0.0, 2.0]])
    array([[-0.5,  0. ]])
    """
    y_true, y_pred, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    # Largest components near 2**300 and 2**100, so that products with small ones do not vanish.
    (y_true, _), (y_pred, exponents) = scaled(y_true), scaled(y_pred)
    y_true, y_pred = np.ldexp(y_true, 300), np.ldexp(y_pred, 100)
    dot, true_square, square = (s[..., np.newaxis] for s in dot_products(y_true, y_pred))
    along = dot * y_pred
    across = (along - square * y_true).high
    # What twice the precision cannot tell from 0 is 0: the vectors are parallel.
    across = np.where(np.abs(across) < np.abs(along.high) * 2.0**-100, 0.0, across)
    norms = np.sqrt(true_square.high * square.high) * square.high
    slope = product(across, over=norms, exponents=100 - exponents)
    return rounded(np.moveaxis(slope, -1, axis), dtype)


@checked
@silent
def cosine_distance(
    y_true: ArrayLike, y_pred: ArrayLike, *, axis: int = -1
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.cosine_distance`: minus the truth.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Vectors along `axis`, of length 1 (not checked, as in TensorFlow).
    axis : int, default -1
        The axis of the vectors.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.compat.v1.losses.cosine_distance`` divides this by the number
    of vectors.

    Notes
    -----
    :math:`-y_j`: nothing keeps the prediction at length 1, so that its last layer has to.

    Examples
    --------
    >>> cosine_distance([[1.0, 0.0]], [[0.6, 0.8]])
    array([[-1.,  0.]])
    """
    y_true, _, dtype = rows(axis, class_indices="", y_true=y_true, y_pred=y_pred)
    return rounded(np.moveaxis(-y_true, -1, axis), dtype)
