"""The loss of a direction: the length of the vectors does not count."""

import numpy as np

from lossutils import _double_double as dd
from lossutils._arguments import rows
from lossutils._limits import ratio
from lossutils._precision import rounded, silent


@silent
def cosine_similarity(y_true, y_pred, *, axis=-1):
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
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    y_true, y_pred = scaled(y_true)[0], scaled(y_pred)[0]
    dot, true_square, square = (dot_product(*v)[0] for v in pairs_of(y_true, y_pred))
    return rounded(-ratio(dot, np.sqrt(true_square * square)), dtype)


def scaled(vectors):
    """Return the vectors, the largest component brought near 1, and the exponents taken out."""
    exponents = np.frexp(np.abs(vectors).max(axis=-1, keepdims=True))[1]
    return np.ldexp(vectors, -exponents), exponents


def pairs_of(y_true, y_pred):
    """Return the factors of the three products that a cosine is made of."""
    return (y_true, y_pred), (y_true, y_true), (y_pred, y_pred)


def dot_product(x, y):
    """Return the sums of products over the last axis as (high, low)."""
    return dd.total(dd.two_product(x, y))
