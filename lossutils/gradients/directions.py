"""The derivative of the loss of a direction."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._arguments import rows
from lossutils._limits import ratio
from lossutils._precision import rounded, silent
from lossutils.losses.directions import dot_product, pairs_of, scaled


@silent
def cosine_similarity(y_true, y_pred, *, axis=-1):
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
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    (y_true, _), (y_pred, exponents) = scaled(y_true), scaled(y_pred)
    sums = [dot_product(*vectors) for vectors in pairs_of(y_true, y_pred)]
    dot, true_square, square = ([part[..., np.newaxis] for part in pair] for pair in sums)
    along = dd.multiply(dot, (y_pred, 0.0))
    across = np.add(*dd.add(along, dd.negative(dd.multiply(square, (y_true, 0.0)))))
    # What twice the precision cannot tell from 0 is 0: the vectors are parallel.
    across = np.where(np.abs(across) < np.abs(along[0]) * 2.0**-100, 0.0, across)
    norms = np.sqrt(true_square[0] * square[0]) * square[0]
    return rounded(np.moveaxis(np.ldexp(ratio(across, norms), -exponents), -1, axis), dtype)
