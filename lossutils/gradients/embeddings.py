"""Derivatives of the losses of embeddings.

Where one embedding takes part in the losses of several examples, it is the derivative of their sum.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import labelled_vectors, pair, positive
from lossutils._calls import checked
from lossutils._numerics import others, ratio, rounded, silent, softmax_parts
from lossutils.losses.circles import circle_exponents, logsumexp
from lossutils.losses.embeddings import (
    compared,
    contrasted,
    distances,
    hardest,
    lengths,
    similarities,
    triplets,
)


@checked
@silent
def contrastive_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, same_label: int, margin: float = 1.0
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.contrastive_loss` with respect to the distance.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        For each pair whether it belongs together, and its distance, at least 0.
    same_label : {0, 1}
        What `y_true` writes for a pair that belongs together.
    margin : float, default 1.0
        The distance beyond which other pairs cost nothing; greater than 0.

    Returns
    -------
    ndarray
        One derivative per pair, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels other than 0 and 1, or distances below 0.

    See Also
    --------
    ``tf.GradientTape`` through a distance of 0 gives `nan`: the root has no derivative there.

    Notes
    -----
    :math:`d` for a pair that belongs together, :math:`-\max(0, m - d)` for another.

    Examples
    --------
    >>> contrastive_loss([0, 1, 1], [0.5, 0.25, 3.0], same_label=0)
    array([ 0.5 , -0.75,  0.  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    is_same, lacking = contrasted(y_true, y_pred, same_label, margin)
    return rounded(np.where(is_same, y_pred, -lacking), dtype)


@checked
@silent
def triplet_margin_loss(
    anchors: ArrayLike, positives: ArrayLike, negatives: ArrayLike, *, margin: float = 1.0
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    r"""Return the derivatives of `losses.triplet_margin_loss`.

    Parameters
    ----------
    anchors, positives, negatives : array_like, of the same shape
        Vectors along the last axis.
    margin : float, default 1.0
        By how much the positive is to be nearer; greater than 0.

    Returns
    -------
    tuple of three ndarrays
        The derivatives with respect to anchors, positives and negatives, in their shape and the
        promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.norm`` gives the same, and `nan` for a distance of 0.

    Notes
    -----
    With :math:`u = (a - p) / \|a - p\|` and :math:`w = (a - n) / \|a - n\|`: :math:`u - w`,
    :math:`-u` and :math:`w` where the loss is positive, and 0 elsewhere. The derivative of a
    distance of 0 is taken as 0: a collapsed embedding does not move.

    Examples
    --------
    >>> anchor, positive, negative = triplet_margin_loss([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 1.0]])
    >>> anchor, positive, negative
    (array([[-0.6,  0.2]]), array([[0.6, 0.8]]), array([[ 0., -1.]]))
    """
    anchors, positives, negatives, dtype = triplets(anchors, positives, negatives)
    to_positive, near = directions(anchors - positives)
    to_negative, far = directions(anchors - negatives)
    active = near - far + positive("margin", margin) > 0
    u, w = np.where(active, to_positive, 0.0), np.where(active, to_negative, 0.0)
    return rounded(u - w, dtype), rounded(-u, dtype), rounded(w, dtype)


def directions(differences):
    """Return vectors of length 1, or of length 0 where there was no length, and the lengths."""
    length = lengths(differences)[..., np.newaxis]
    return ratio(differences, length), length


@checked
@silent
def batch_hard_triplet_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, margin: float = 1.0
) -> NDArray[np.floating]:
    r"""Return the derivative of the sum of `losses.batch_hard_triplet_loss`.

    Parameters
    ----------
    y_true : array_like of integers, shape [batch_size]
        What the examples are; equal labels belong together.
    y_pred : array_like, shape [batch_size, dimension]
        Embeddings.
    margin : float, default 1.0
        By how much the positive is to be nearer; greater than 0.

    Returns
    -------
    ndarray
        Shape and floating dtype of `y_pred`.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.reduce_max`` of the distances gives the same, and `nan` where
    two embeddings are the same.

    Notes
    -----
    Unit vectors away from the farthest positive and towards the nearest negative, for each anchor
    whose loss is positive; equally far ones share equally.

    Examples
    --------
    >>> batch_hard_triplet_loss([7, 7, 8], [[0.0], [2.0], [2.5]])
    array([[-1.],
           [ 3.],
           [-2.]])
    """
    labels, vectors, dtype = labelled_vectors(y_true=y_true, y_pred=y_pred)
    _, share = hardest(labels, distances(vectors), positive("margin", margin))
    away, _ = directions(vectors[:, np.newaxis, :] - vectors)
    return rounded(np.einsum("ij,ijk->ik", share + share.T, away), dtype)


@checked
@silent
def info_nce(
    queries: ArrayLike, keys: ArrayLike, *, temperature: float = 0.1
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    r"""Return the derivatives of the sum of `losses.info_nce`.

    Parameters
    ----------
    queries, keys : array_like, shape [batch_size, dimension]
        Vectors; the key of a query has the same index.
    temperature : float, default 0.1
        What the dot products are divided by; greater than 0.

    Returns
    -------
    tuple of two ndarrays
        The derivatives with respect to queries and keys, in their shape and the promoted floating
        dtype of the inputs.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.sparse_softmax_cross_entropy_with_logits`` of the dot
    products gives the same.

    Notes
    -----
    :math:`(P - 1) K / \tau` and :math:`(P - 1)^T Q / \tau`, with the probabilities :math:`P` of the
    keys for each query and the unit matrix 1: a smaller temperature makes larger gradients.

    Examples
    --------
    >>> of_queries, of_keys = info_nce([[1.0], [1.0]], [[0.0], [0.0]], temperature=1.0)
    >>> of_keys
    array([[0.],
           [0.]])
    """
    queries, keys, temperature, dtype = compared(queries, keys, temperature)
    _, exponentials, rest = softmax_parts(similarities(queries, keys, temperature))
    missed = np.diagonal(others(exponentials, rest))
    np.fill_diagonal(exponentials, -missed)
    slope = exponentials / (1.0 + rest) / temperature
    return rounded(slope @ keys, dtype), rounded(slope.T @ queries, dtype)


@checked
@silent
def circle(
    y_true: ArrayLike, y_pred: ArrayLike, *, gamma: float = 80.0, margin: float = 0.4
) -> NDArray[np.floating]:
    r"""Return the derivative of the sum of `losses.circle`.

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
    ndarray
        Shape and floating dtype of `y_pred`.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.Circle`` divides this by the number of examples
    whose loss is above 0.

    Notes
    -----
    The derivative of the logarithm of a sum of exponentials is their softmax; that of
    :math:`(m + d)(d - m)` is :math:`2d`, and of :math:`(1 + m - d)(1 - m - d)` it is
    :math:`2(d - 1)`. The division of embeddings by their length is not part of it.

    Examples
    --------
    >>> circle([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], gamma=1.0).round(3)
    array([[ 0.   , -3.013],
           [-3.013,  0.   ],
           [ 0.   ,  0.   ]])
    """
    labels, vectors, dtype = labelled_vectors(y_true=y_true, y_pred=y_pred)
    exponents, slopes = circle_exponents(labels, vectors, positive("gamma", gamma), margin)
    sums = [logsumexp(x) for x in exponents]
    outer = 0.5 * (1.0 + np.tanh(sum(sums) / 2.0))
    weights = [
        np.where(x == -np.inf, 0.0, np.exp(x - s)) for x, s in zip(exponents, sums, strict=True)
    ]
    slope = outer * sum(w * s for w, s in zip(weights, slopes, strict=True))
    return rounded(-(slope + slope.T) @ vectors, dtype)
