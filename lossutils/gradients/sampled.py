"""Derivatives of the losses that look at a sample of the wrong classes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._calls import checked
from lossutils._numerics import others, pull_of_element, rounded, silent, softmax_parts
from lossutils.losses.sampled import corrected_logits


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
    r"""Return the derivative of `losses.sampled_softmax_loss`.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size]
        Class indices.
    logits : array_like, shape [batch_size, num_classes]
        Logits.
    sampled_classes : array_like of integers, shape [num_sampled]
        The sample; the derivatives of a class that occurs twice are added.
    true_expected_count, sampled_expected_count : array_like
        How often the sampler draws each label, and each class of the sample, on average.
    remove_accidental_hits : bool, default True
        Whether a sampled class that is the label is left out.

    Returns
    -------
    ndarray
        Shape and floating dtype of `logits`; 0 for classes that were not sampled.

    Raises
    ------
    TypeError, ValueError
        For classes that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.sampled_softmax_loss`` gives the same, times the weights.

    Notes
    -----
    The probabilities among label and sample, minus 1 for the label.

    Examples
    --------
    >>> sampled_softmax_loss(
    ...     labels=[0], logits=[[1.0, 0.0, 1.0]], sampled_classes=[2],
    ...     true_expected_count=[0.5], sampled_expected_count=[0.5],
    ... )
    array([[-0.5,  0. ,  0.5]])
    """
    drawn = sampled_classes, true_expected_count, sampled_expected_count
    own, sampled, corrected, dtype = corrected_logits(
        labels, logits, *drawn, remove_accidental_hits
    )
    _, exponentials, rest = softmax_parts(corrected)
    exponentials[:, 0] = -others(exponentials, rest)[:, 0]
    return rounded(scattered(exponentials / (1.0 + rest), own, sampled, np.shape(logits)), dtype)


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
    r"""Return the derivative of `losses.nce_loss`.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size]
        Class indices.
    logits : array_like, shape [batch_size, num_classes]
        Logits.
    sampled_classes : array_like of integers, shape [num_sampled]
        The sample; the derivatives of a class that occurs twice are added.
    true_expected_count, sampled_expected_count : array_like
        How often the sampler draws each label, and each class of the sample, on average.
    remove_accidental_hits : bool, default False
        Whether a sampled class that is the label is left out.

    Returns
    -------
    ndarray
        Shape and floating dtype of `logits`; 0 for classes that were not sampled.

    Raises
    ------
    TypeError, ValueError
        For classes that are not integers, or not in [0, num_classes).

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.nce_loss`` gives the same, times the weights.

    Notes
    -----
    The sigmoid of the corrected logits, minus 1 for the label.

    Examples
    --------
    >>> nce_loss(
    ...     labels=[0], logits=[[0.0, 0.0]], sampled_classes=[1, 1],
    ...     true_expected_count=[1.0], sampled_expected_count=[1.0, 1.0],
    ... )
    array([[-0.5,  1. ]])
    """
    drawn = sampled_classes, true_expected_count, sampled_expected_count
    own, sampled, corrected, dtype = corrected_logits(
        labels, logits, *drawn, remove_accidental_hits
    )
    is_label = np.zeros_like(corrected)
    is_label[:, 0] = 1.0
    slope = pull_of_element(is_label, corrected, 1.0, dtype)
    return rounded(scattered(slope, own, sampled, np.shape(logits)), dtype)


def scattered(slope, labels, sampled, shape):
    """Return the slopes of label and sample at the place of their classes."""
    slopes, rows = np.zeros(shape), np.arange(len(labels))
    np.add.at(slopes, (rows, labels), slope[:, 0])
    np.add.at(slopes, (rows[:, np.newaxis], sampled), slope[:, 1:])
    return slopes
