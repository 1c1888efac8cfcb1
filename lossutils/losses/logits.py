"""Losses of logits. All take keywords only."""

import numpy as np

from lossutils._arguments import check_parameter, keywords_only, pair, rounded, rows, silent, sparse
from lossutils._softmax import gaps_and_exponentials, others
from lossutils.losses.probabilities import balance


@keywords_only
@silent
def sigmoid_cross_entropy_with_logits(*, labels, logits):
    """Return the binary cross-entropy of sigmoid(logits), one value per element."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    # log(1 + exp(-|x|)) plus |x| for the part of the label on the wrong side: no term is negative.
    wrong_side = np.where(logits > 0, 1.0 - labels, labels)
    return rounded(np.log1p(np.exp(-np.abs(logits))) + np.abs(logits) * wrong_side, dtype)


@keywords_only
@silent
def weighted_cross_entropy_with_logits(*, labels, logits, pos_weight):
    """Return sigmoid cross-entropy with the positive part times pos_weight, one value per element."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    pos_weight = check_parameter("pos_weight", pos_weight, low=0)
    positive, negative = pos_weight * labels, 1.0 - labels
    wrong_side = np.where(logits > 0, negative, positive)
    return rounded(
        (positive + negative) * np.log1p(np.exp(-np.abs(logits))) + np.abs(logits) * wrong_side,
        dtype,
    )


@keywords_only
@silent
def softmax_cross_entropy_with_logits(*, labels, logits, axis=-1):
    """Return the cross-entropy of softmax(logits), one value per example."""
    labels, logits, dtype = rows(axis, labels=labels, logits=logits)
    gaps, _, rest = gaps_and_exponentials(logits)
    return rounded((labels * gaps).sum(-1) + labels.sum(-1) * np.log1p(rest[..., 0]), dtype)


@keywords_only
@silent
def sparse_softmax_cross_entropy_with_logits(*, labels, logits):
    """Return the cross-entropy of softmax(logits), one value per example; labels are class indices."""
    labels, logits, dtype = sparse(labels=labels, logits=logits)
    gaps, _, rest = gaps_and_exponentials(logits)
    return rounded((np.take_along_axis(gaps, labels, axis=-1) + np.log1p(rest))[..., 0], dtype)


@keywords_only
@silent
def sigmoid_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=None):
    """Return sigmoid cross-entropy times (1 - p_t)**gamma, one value per element."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    gamma = check_parameter("gamma", gamma, low=0)
    e = np.exp(-np.abs(logits))
    on_side, wrong_side = (
        np.where(logits > 0, labels, 1.0 - labels),
        np.where(logits > 0, 1.0 - labels, labels),
    )
    missed = (on_side * e + wrong_side) / (1.0 + e)
    cross_entropy = np.log1p(e) + np.abs(logits) * wrong_side
    return rounded(balance(labels, alpha) * missed**gamma * cross_entropy, dtype)


@keywords_only
@silent
def softmax_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=0.25):
    """Return the categorical focal cross-entropy of softmax(logits), one value per example."""
    labels, logits, dtype = rows(labels=labels, logits=logits)
    gamma, alpha = (
        check_parameter("gamma", gamma, low=0),
        check_parameter("alpha", alpha, low=0, high=1),
    )
    gaps, exponentials, rest = gaps_and_exponentials(logits)
    missed = others(exponentials, rest) / (1.0 + rest)
    return rounded(alpha * (labels * missed**gamma * (gaps + np.log1p(rest))).sum(axis=-1), dtype)
