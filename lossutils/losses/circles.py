"""The Circle loss: pairs in a batch, each weighed by how far it is from where it should be."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import fraction, labelled_vectors, positive
from lossutils._calls import checked
from lossutils._numerics import rounded, silent
from lossutils.losses.embeddings import pairs_of


@checked
@silent
def circle(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 80.0, margin: float = 0.4
) -> NDArray[np.floating]:
    r"""Return how far the cosines in a batch are from 1 in a class and from 0 between classes.

    Parameters
    ----------
    y_true : array_like of integers, shape [batch_size]
        What the examples are; equal labels belong together.
    y_pred : array_like, shape [batch_size, dimension]
        Embeddings of length 1 (not checked, as in Keras).
    gamma : float, default 80.0
        The scale of the exponents; greater than 0.
    margin : float, default 0.4
        How far from the best cosine is good enough, in [0, 1].

    Returns
    -------
    ndarray, shape [batch_size]
        One loss per example, in the floating dtype of `y_pred`; 0 for one without a positive or
        without a negative in the batch.

    See Also
    --------
    ``tf.keras.losses.Circle`` averages those above 0; the function ``circle`` in ``keras.losses``
    is the same and also compares with embeddings from outside the batch.

    Notes
    -----
    :math:`\log(1 + \sum_{p} e^{\gamma (m + d_p)(d_p - m)} \sum_{n} e^{\gamma [1 + m - d_n]_+
    (1 - m - d_n)})` over the positives :math:`p` and the negatives :math:`n` of an example, with
    the cosine distance :math:`d`, at least 0; Sun and others, 2020.

    Examples
    --------
    >>> circle([0, 0, 1], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], gamma=1.0)
    array([0.61634377, 0.96167487, 0.        ])
    """
    labels, vectors, dtype = labelled_vectors(y_true=y_true, y_pred=y_pred)
    exponents, _ = circle_exponents(labels, vectors, positive("gamma", gamma), margin)
    total = sum(logsumexp(x) for x in exponents)
    return rounded(np.logaddexp(0.0, total[:, 0]), dtype)


def circle_exponents(labels, vectors, gamma, margin):
    """Return the exponents of positives and of negatives, -inf elsewhere, and their slopes."""
    margin = fraction("margin", margin)
    distance = np.maximum(1.0 - vectors @ vectors.T, 0.0)
    same, other = pairs_of(labels)
    apart = np.maximum(1.0 + margin - distance, 0.0)
    exponents = (
        np.where(same, gamma * (margin + distance) * (distance - margin), -np.inf),
        np.where(other, gamma * apart * (1.0 - margin - distance), -np.inf),
    )
    slopes = 2.0 * gamma * distance, np.where(apart > 0, 2.0 * gamma * (distance - 1.0), 0.0)
    return exponents, [np.where(distance > 0, slope, 0.0) for slope in slopes]


def logsumexp(exponents):
    """Return the logarithm of the sum of the exponentials of each row; -inf for an empty one."""
    top = exponents.max(axis=1, keepdims=True, initial=-np.inf)
    finite = np.where(np.isfinite(top), top, 0.0)
    return finite + np.log(np.exp(exponents - finite).sum(axis=1, keepdims=True))
