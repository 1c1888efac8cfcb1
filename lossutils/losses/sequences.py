"""The loss of a sequence whose labels are not aligned with its frames."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_numbers, as_prediction, check_classes, index_below, reject
from lossutils._calls import checked
from lossutils._numerics import in_float64, result_dtype, rounded, silent, softmax_parts


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
    r"""Return minus the log-probability of a sequence of labels, whatever their frames.

    Parameters
    ----------
    labels : array_like of integers, shape [batch_size, max_label_length]
        Class indices, none of them the blank; what lies beyond the length is not looked at.
    logits : array_like, shape [batch_size, max_time, num_classes]
        Logits, one row per frame.
    label_length, logit_length : array_like of integers, shape [batch_size]
        How many labels and how many frames each sequence has; at least one frame.
    blank_index : int, default 0
        The class that stands for no label.

    Returns
    -------
    ndarray, shape [batch_size]
        One loss per sequence, in the floating dtype of `logits`; infinite where the frames are too
        few for the labels, of which equal neighbours need a blank between them.

    Raises
    ------
    TypeError, ValueError
        For labels or lengths that are not integers, or out of range.

    See Also
    --------
    ``tf.nn.ctc_loss`` is the same function in float32, with the time first unless
    `logits_time_major` is False; too few frames give a large number. ``tf.keras.losses.CTC`` counts
    the labels that are not 0, and takes all frames: padding with -1 counts as labels.

    Notes
    -----
    :math:`-\log \sum_\pi \prod_t p_t(\pi_t)` over all paths :math:`\pi` that give the labels when
    repetitions are merged and then blanks are dropped; Graves and others, 2006. The sum is made by
    the forward algorithm in logarithms, so that nothing underflows.

    Examples
    --------
    >>> ctc_loss(labels=[[1]], logits=np.zeros((1, 2, 2)), label_length=[1], logit_length=[2])
    array([0.28768207])
    """
    sequences, dtype = unaligned(labels, logits, label_length, logit_length, blank_index)
    lattices = (lattice(classes, log_p, blank_index) for classes, log_p in sequences)
    values = [-log_probability(forward(*each)) for each in lattices]
    return rounded(np.array(values, np.float64), dtype)


def unaligned(labels, logits, label_length, logit_length, blank_index):
    """Return the labels and the log-probabilities of each sequence, and the result's dtype."""
    labels, logits = as_numbers("labels", labels), as_prediction("logits", logits)
    if logits.ndim != 3 or logits.shape[-1] == 0:
        expected = "[batch_size, max_time, num_classes]"
        raise ValueError(f"logits: expected shape {expected}, got {logits.shape}")
    if labels.ndim != 2 or len(labels) != len(logits):
        expected = f"({len(logits)}, max_label_length)"
        raise ValueError(f"labels: expected shape {expected}, got {labels.shape}")
    label_length = _lengths("label_length", label_length, len(logits), 0, labels.shape[1])
    logit_length = _lengths("logit_length", logit_length, len(logits), 1, logits.shape[1])
    blank_index = index_below("blank_index", blank_index, logits.shape[-1])
    used = np.arange(labels.shape[1]) < label_length[:, np.newaxis]
    other = 0 if blank_index else min(1, logits.shape[-1] - 1)
    check_classes("labels", np.where(used, labels, other), logits.shape[-1])
    reject("labels", labels, used & (labels == blank_index), "labels other than the blank")
    half_gaps, _, rest = softmax_parts(in_float64(logits))
    log_p = -(2.0 * half_gaps + np.log1p(rest))
    cut = zip(labels, log_p, label_length, logit_length, strict=True)
    return [(row[:n], p[:t]) for row, p, n, t in cut], result_dtype(logits=logits)


def _lengths(name, value, batch_size, lowest, highest):
    lengths = as_numbers(name, value)
    if lengths.shape != (batch_size,):
        raise ValueError(f"{name}: expected shape ({batch_size},), got {lengths.shape}")
    if lengths.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integers, got {lengths.dtype}")
    wrong = (lengths < lowest) | (lengths > highest)
    reject(name, lengths, wrong, f"lengths from {lowest} to {highest}")
    return lengths


def lattice(labels, log_p, blank_index):
    """Return the log-probabilities of the states at each frame, and the states.

    The states are the labels with blanks before, between and after them.
    """
    states = np.full(2 * len(labels) + 1, blank_index)
    states[1::2] = labels
    return log_p[:, states], states


def forward(log_p, states):
    """Return the log-probability of all paths that are in a state after a frame, at each frame."""
    # From a label one may come to the next label directly, unless it is the same.
    may_jump = np.zeros(len(states), bool)
    may_jump[3::2] = states[3::2] != states[1:-2:2]
    paths = np.full(log_p.shape, -np.inf)
    paths[0, :2] = log_p[0, :2]
    for frame in range(1, len(log_p)):
        stay = np.concatenate([[-np.inf, -np.inf], paths[frame - 1]])
        jump = np.where(may_jump, stay[:-2], -np.inf)
        arriving = np.logaddexp(np.logaddexp(stay[2:], stay[1:-1]), jump)
        paths[frame] = log_p[frame] + arriving
    return paths


def log_probability(paths):
    """Return the log-probability of the paths that end in the last label or the last blank."""
    return np.logaddexp.reduce(paths[-1, -2:])
