"""The derivative of the loss of a sequence whose labels are not aligned with its frames."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._calls import checked
from lossutils._numerics import pull, rounded, silent
from lossutils.losses.sequences import forward, lattice, log_probability, unaligned


@checked
@silent
def ctc_loss(
    *,
    labels: ArrayLike,
    logits: ArrayLike,
    label_length: ArrayLike,
    logit_length: ArrayLike,
    blank_index: int = 0,
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.ctc_loss`.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size, max_label_length]
        Class indices, none of them the blank.
    logits : array_like, shape [batch_size, max_time, num_classes]
        Logits, one row per frame.
    label_length, logit_length : array_like of integers, shape [batch_size]
        How many labels and how many frames each sequence has.
    blank_index : int, default 0
        The class that stands for no label.

    Returns
    -------
    ndarray
        Shape and floating dtype of `logits`; 0 beyond the length, and where there is no path.

    Raises
    ------
    TypeError, ValueError
        For labels or lengths that are not integers, or out of range.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.nn.ctc_loss`` gives the same in float32.

    Notes
    -----
    :math:`p_t(k) - q_t(k)`: the probability of a class at a frame, minus the share of the paths
    that are there at that frame. The shares come from the forward and the backward algorithm.

    Examples
    --------
    >>> ctc_loss(labels=[[1]], logits=np.zeros((1, 1, 2)), label_length=[1], logit_length=[1])
    array([[[ 0.5, -0.5]]])
    """
    sequences, dtype = unaligned(labels, logits, label_length, logit_length, blank_index)
    slopes = np.zeros(np.shape(logits))
    for slope, (row, log_p) in zip(slopes, sequences, strict=True):
        slope[: len(log_p)] = _pull(row, log_p, blank_index, dtype)
    return rounded(slopes, dtype)


def _pull(labels, log_p, blank_index, dtype):
    own, states = lattice(labels, log_p, blank_index)
    before = forward(own, states)
    # Backwards, the lattice is that of the reversed labels.
    after = forward(own[::-1, ::-1], states[::-1])[::-1, ::-1]
    total = log_probability(before)
    if total == -np.inf:
        return np.zeros_like(log_p)
    shares = np.exp(before + after - own - total)
    of_classes = shares @ (states[:, np.newaxis] == np.arange(log_p.shape[1]))
    return pull(of_classes, log_p, dtype)
