"""Losses of embeddings: what belongs together is to be near, what does not is to be apart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import (
    as_numbers,
    class_axis_last,
    labelled_vectors,
    option_among,
    pair,
    positive,
    reject,
    together,
)
from lossutils._calls import checked
from lossutils._numerics import rounded, scaled, silent, softmax_parts


@checked
@silent
def contrastive_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, same_label: int, margin: float = 1.0
) -> NDArray[np.floating]:
    r"""Return half the square of a distance, or of what is lacking from a margin.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        For each pair whether it belongs together, and its distance, at least 0.
    same_label : {0, 1}
        What `y_true` writes for a pair that belongs together: 0 in the paper of Hadsell and in
        Keras' example of a Siamese network, 1 in many other programs. The wrong one pulls apart
        what belongs together.
    margin : float, default 1.0
        The distance beyond which other pairs cost nothing; greater than 0.

    Returns
    -------
    ndarray
        One loss per pair, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels other than 0 and 1, or distances below 0.

    See Also
    --------
    lossutils.gradients.contrastive_loss : Its derivatives. TensorFlow and Keras have no such loss,
        and many programs leave out the factor of a half.

    Notes
    -----
    :math:`d^2 / 2` for a pair that belongs together, :math:`\max(0, m - d)^2 / 2` for another;
    Hadsell, Chopra and LeCun, 2006.

    Examples
    --------
    >>> contrastive_loss([0, 1, 1], [0.5, 0.5, 3.0], same_label=0)
    array([0.125, 0.125, 0.   ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    is_same, lacking = contrasted(y_true, y_pred, same_label, margin)
    size = np.where(is_same, y_pred, lacking)
    return rounded(size * (size / 2.0), dtype)


def contrasted(y_true, y_pred, same_label, margin):
    """Return which pairs belong together, and what is lacking from the margin."""
    same_label = option_among("same_label", same_label, (0, 1))
    reject("y_true", y_true, (y_true != 0) & (y_true != 1), "labels 0 and 1")
    reject("y_pred", y_pred, y_pred < 0, "distances of at least 0")
    return y_true == same_label, np.maximum(positive("margin", margin) - y_pred, 0.0)


@checked
@silent
def triplet_margin_loss(
    anchors: ArrayLike, positives: ArrayLike, negatives: ArrayLike, *, margin: float = 1.0
) -> NDArray[np.floating]:
    r"""Return by how much the positive is not nearer to the anchor than the negative is.

    Parameters
    ----------
    anchors, positives, negatives : array_like, of the same shape
        Vectors along the last axis: an anchor, one of its class, and one of another class.
    margin : float, default 1.0
        By how much the positive is to be nearer; greater than 0.

    Returns
    -------
    ndarray
        One loss per triplet, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``torch.nn.functional.triplet_margin_loss`` averages over the batch and adds 1e-6 to each
    component of the differences. TensorFlow has no twin.
    `batch_hard_triplet_loss` finds the triplets in a batch.

    Notes
    -----
    :math:`\max(0, \|a - p\| - \|a - n\| + m)`, with distances; Schroff and others, 2015, with their
    squares. A collapsed embedding costs exactly the margin.

    Examples
    --------
    >>> triplet_margin_loss([[0.0, 0.0]] * 2, [[3.0, 4.0]] * 2, [[0.0, 5.5], [0.0, 7.0]])
    array([0.5, 0. ])
    """
    anchors, positives, negatives, dtype = triplets(anchors, positives, negatives)
    near, far = lengths(anchors - positives), lengths(anchors - negatives)
    return rounded(np.maximum(near - far + positive("margin", margin), 0.0), dtype)


def triplets(anchors, positives, negatives):
    """Return the vectors in float64 and the dtype of the result."""
    *vectors, dtype = together(anchors=anchors, positives=positives, negatives=negatives)
    return *(class_axis_last("anchors", array, -1) for array in vectors), dtype


def lengths(vectors):
    """Return the lengths of vectors along the last axis; no square leaves float64."""
    vectors, exponents = scaled(vectors)
    return np.ldexp(np.sqrt(np.square(vectors).sum(axis=-1)), exponents[..., 0])


@checked
@silent
def batch_hard_triplet_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, margin: float = 1.0
) -> NDArray[np.floating]:
    r"""Return the triplet loss of each example with its farthest positive and nearest negative.

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
    ndarray, shape [batch_size]
        One loss per example as an anchor, in the floating dtype of `y_pred`; 0 for one without a
        positive or without a negative in the batch.

    See Also
    --------
    triplet_margin_loss : takes triplets as they are given. TensorFlow has no twin.

    Notes
    -----
    :math:`\max(0, \max_{j: y_j = y_i} d_{ij} - \min_{j: y_j \ne y_i} d_{ij} + m)` with distances
    :math:`d`; Hermans, Beyer and Leibe, 2017. It needs batches that hold several examples of each
    of several classes.

    Examples
    --------
    >>> batch_hard_triplet_loss([7, 7, 8], [[0.0], [2.0], [2.5]])
    array([0.5, 2.5, 0. ])
    """
    labels, vectors, dtype = labelled_vectors(y_true=y_true, y_pred=y_pred)
    value, _ = hardest(labels, distances(vectors), positive("margin", margin))
    return rounded(value, dtype)


def distances(vectors):
    """Return the distances of all vectors from each other."""
    return lengths(vectors[:, np.newaxis, :] - vectors)


def hardest(labels, distance, margin):
    """Return the losses, and by what share each distance enters; equal ones share equally."""
    same, other = pairs_of(labels)
    far = distance.max(axis=1, keepdims=True, where=same, initial=-np.inf)
    near = distance.min(axis=1, keepdims=True, where=other, initial=np.inf)
    value = np.maximum(far - near + margin, 0.0)
    masks = same & (distance == far), other & (distance == near)
    share, other_share = (mask / np.maximum(mask.sum(axis=1, keepdims=True), 1) for mask in masks)
    return value[:, 0], np.where(value > 0, share - other_share, 0.0)


def pairs_of(labels):
    """Return which pairs belong together, each example with itself apart, and which do not."""
    same = labels[:, np.newaxis] == labels
    return same & ~np.eye(len(labels), dtype=bool), ~same


@checked
@silent
def info_nce(
    queries: ArrayLike, keys: ArrayLike, *, temperature: float = 0.1
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of finding the key of each query among all keys of the batch.

    Parameters
    ----------
    queries, keys : array_like, shape [batch_size, dimension]
        Vectors; the key of a query has the same index. They are compared as they are: for cosines,
        divide them by their lengths first.
    temperature : float, default 0.1
        What the dot products are divided by; greater than 0.

    Returns
    -------
    ndarray, shape [batch_size]
        One loss per query, in the promoted floating dtype of the inputs.

    See Also
    --------
    ``tf.nn.sparse_softmax_cross_entropy_with_logits`` of the dot products, with the labels 0, 1, 2
    and so on, is the same function. TensorFlow has no twin.

    Notes
    -----
    :math:`-\log(e^{q_i k_i / \tau} / \sum_j e^{q_i k_j / \tau})`; van den Oord, Li and Vinyals,
    2018. A collapsed embedding costs :math:`\log n` for a batch of :math:`n`: the loss of different
    batch sizes cannot be compared.

    Examples
    --------
    >>> info_nce([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]], temperature=1.0)
    array([0.69314718, 0.69314718])
    """
    queries, keys, temperature, dtype = compared(queries, keys, temperature)
    half_gaps, _, rest = softmax_parts(similarities(queries, keys, temperature))
    return rounded(2.0 * np.diagonal(half_gaps) + np.log1p(rest[:, 0]), dtype)


def compared(queries, keys, temperature):
    """Return queries and keys in float64, the temperature, and the dtype of the result."""
    queries, keys, dtype = pair(queries=as_numbers("queries", queries), keys=keys)
    if queries.ndim != 2 or 0 in queries.shape:
        raise ValueError(
            f"queries: expected shape [batch_size, dimension], neither 0, got {queries.shape}"
        )
    return queries, keys, positive("temperature", temperature), dtype


def similarities(queries, keys, temperature):
    """Return the dot products of all queries and keys over the temperature."""
    logits = queries @ keys.T / temperature
    reject("queries and keys", logits, ~np.isfinite(logits), "dot products within float64")
    return logits
