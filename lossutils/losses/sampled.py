"""Losses of many classes that look at a sample of the wrong ones."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_numbers, check_classes, reject, sparse
from lossutils._calls import checked
from lossutils._numerics import in_float64, rounded, silent, softmax_parts

EXCLUDED = -1e300  # the logit of a sampled class that is the label: its probability is 0


@checked
@silent
def sampled_softmax_loss(
    *,
    labels: ArrayLike,
    logits: ArrayLike,
    sampled_classes: ArrayLike,
    true_expected_count: ArrayLike,
    sampled_expected_count: ArrayLike,
    remove_accidental_hits: bool = True,
) -> NDArray[np.floating]:
    r"""Return softmax cross-entropy over the label and a sample of the classes.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size]
        Class indices.
    logits : array_like, shape [batch_size, num_classes]
        Logits; only those of the labels and of the sample count.
    sampled_classes : array_like of integers, shape [num_sampled]
        The sample, the same for the whole batch; a class may occur twice.
    true_expected_count : array_like, shape [batch_size]
        How often the sampler draws each label on average; greater than 0.
    sampled_expected_count : array_like, shape [num_sampled]
        How often the sampler draws each class of the sample on average; greater than 0.
    remove_accidental_hits : bool, default True
        Whether a sampled class that is the label is left out.

    Returns
    -------
    ndarray, shape [batch_size]
        One loss per example, in the floating dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        For classes that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.nn.sampled_softmax_loss`` is the same function of the logits `inputs @ weights.T + biases`,
    of which it computes only those that count, for one label per example. Of a class that was
    sampled twice, it removes only one accidental hit.

    Notes
    -----
    Softmax cross-entropy of :math:`x_c - \log q_c`, with the expected count :math:`q` of a class:
    without the correction, classes that are sampled often would be pushed down too far. Jean and
    others, 2015. To be compared with the full sum, not to be reported instead of it.

    Examples
    --------
    >>> sampled_softmax_loss(
    ...     labels=[0], logits=[[1.0, 0.0, 1.0]], sampled_classes=[2],
    ...     true_expected_count=[0.5], sampled_expected_count=[0.5],
    ... )
    array([0.69314718])
    """
    drawn = sampled_classes, true_expected_count, sampled_expected_count
    _, _, corrected, dtype = corrected_logits(labels, logits, *drawn, remove_accidental_hits)
    half_gaps, _, rest = softmax_parts(corrected)
    return rounded(2.0 * half_gaps[:, 0] + np.log1p(rest[:, 0]), dtype)


@checked
@silent
def nce_loss(
    *,
    labels: ArrayLike,
    logits: ArrayLike,
    sampled_classes: ArrayLike,
    true_expected_count: ArrayLike,
    sampled_expected_count: ArrayLike,
    remove_accidental_hits: bool = False,
) -> NDArray[np.floating]:
    r"""Return the cross-entropy of telling the label from each class of a sample.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size]
        Class indices.
    logits : array_like, shape [batch_size, num_classes]
        Logits; only those of the labels and of the sample count.
    sampled_classes : array_like of integers, shape [num_sampled]
        The sample, the same for the whole batch; a class may occur twice.
    true_expected_count : array_like, shape [batch_size]
        How often the sampler draws each label on average; greater than 0.
    sampled_expected_count : array_like, shape [num_sampled]
        How often the sampler draws each class of the sample on average; greater than 0.
    remove_accidental_hits : bool, default False
        Whether a sampled class that is the label is left out.

    Returns
    -------
    ndarray, shape [batch_size]
        One loss per example, in the floating dtype of `logits`; a sum over the sample, so that a
        larger sample makes a larger loss.

    Raises
    ------
    TypeError, ValueError
        For classes that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.nn.nce_loss`` is the same function of the logits `inputs @ weights.T + biases`, of which it
    computes only those that count, for one label per example. Of a class that was sampled twice, it
    removes only one accidental hit.

    Notes
    -----
    :math:`\log(1 + e^{-(x_y - \log q_y)}) + \sum_c \log(1 + e^{x_c - \log q_c})` over the sample,
    with the expected count :math:`q`: noise-contrastive estimation; Gutmann and Hyvärinen, 2010.

    Examples
    --------
    >>> nce_loss(
    ...     labels=[0], logits=[[0.0, 0.0]], sampled_classes=[1, 1],
    ...     true_expected_count=[1.0], sampled_expected_count=[1.0, 1.0],
    ... )
    array([2.07944154])
    """
    drawn = sampled_classes, true_expected_count, sampled_expected_count
    _, _, corrected, dtype = corrected_logits(labels, logits, *drawn, remove_accidental_hits)
    corrected[:, 0] *= -1.0
    terms = np.log1p(np.exp(-np.abs(corrected))) + np.maximum(corrected, 0.0)
    return rounded(terms.sum(axis=1), dtype)


def corrected_logits(labels, logits, sampled, true_count, sampled_count, remove_hits):
    """Return labels, sample, the logits of label and sample minus log(count), and the dtype."""
    labels, logits, dtype = sparse(labels=labels, logits=logits)
    if logits.ndim != 2:
        raise ValueError(f"logits: expected shape [batch_size, num_classes], got {logits.shape}")
    sampled = as_numbers("sampled_classes", sampled)
    if sampled.ndim != 1:
        raise ValueError(f"sampled_classes: expected shape [num_sampled], got {sampled.shape}")
    check_classes("sampled_classes", sampled, logits.shape[1])
    true_count = _counts("true_expected_count", true_count, len(labels))
    sampled_count = _counts("sampled_expected_count", sampled_count, len(sampled))
    own = np.take_along_axis(logits, labels, axis=1) - np.log(true_count)[:, np.newaxis]
    others = logits[:, sampled] - np.log(sampled_count)
    if remove_hits:
        others = np.where(sampled == labels, EXCLUDED, others)
    return labels[:, 0], sampled, np.concatenate([own, others], axis=1), dtype


def _counts(name, value, length):
    counts = as_numbers(name, value)
    if counts.shape != (length,):
        raise ValueError(f"{name}: expected shape ({length},), got {counts.shape}")
    reject(name, counts, counts <= 0, "counts greater than 0")
    return in_float64(counts)
