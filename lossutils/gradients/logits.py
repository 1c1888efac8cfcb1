"""Derivatives of the losses of logits. All take keywords only."""

import numpy as np

from lossutils._arguments import check_parameter, keywords_only, pair, rounded, rows, silent, sparse
from lossutils._exact import ratio
from lossutils._softmax import gaps_and_exponentials, others
from lossutils.losses.probabilities import balance


@keywords_only
@silent
def sigmoid_cross_entropy_with_logits(*, labels, logits):
    """Return sigmoid(logits) - labels."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    return rounded(_weighted_slope(labels, logits, 1.0), dtype)


@keywords_only
@silent
def weighted_cross_entropy_with_logits(*, labels, logits, pos_weight):
    """Return (1 - labels) sigmoid(logits) - pos_weight labels sigmoid(-logits)."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    return rounded(
        _weighted_slope(labels, logits, check_parameter("pos_weight", pos_weight, low=0)), dtype
    )


def _weighted_slope(labels, logits, pos_weight):
    # One exponential, of the side that cannot overflow; sigmoid is 1 / (1 + e) on the other.
    e = np.exp(-np.abs(logits))
    positive, negative = pos_weight * labels, 1.0 - labels
    return np.where(logits > 0, negative - positive * e, negative * e - positive) / (1.0 + e)


@keywords_only
@silent
def softmax_cross_entropy_with_logits(*, labels, logits, axis=-1):
    """Return sum(labels) softmax(logits) - labels."""
    labels, logits, dtype = rows(axis, labels=labels, logits=logits)
    _, exponentials, rest = gaps_and_exponentials(logits)
    return rounded(np.moveaxis(_pull(labels, exponentials, rest), -1, axis), dtype)


def _pull(weights, exponentials, rest):
    # sum(w) p_j - w_j, written as (other weights) p_j - w_j (other probabilities): exact for one-hot labels.
    heaviest = np.argmax(weights, axis=-1)[..., np.newaxis]
    other_weights = weights.sum(axis=-1, keepdims=True) - weights
    without = weights.copy()
    np.put_along_axis(without, heaviest, 0.0, axis=-1)
    np.put_along_axis(other_weights, heaviest, without.sum(axis=-1, keepdims=True), axis=-1)
    return (other_weights * exponentials - weights * others(exponentials, rest)) / (1.0 + rest)


@keywords_only
@silent
def sparse_softmax_cross_entropy_with_logits(*, labels, logits):
    """Return softmax(logits), minus 1 for the class of the example."""
    labels, logits, dtype = sparse(labels=labels, logits=logits)
    _, exponentials, rest = gaps_and_exponentials(logits)
    missed = np.take_along_axis(others(exponentials, rest), labels, axis=-1)
    np.put_along_axis(exponentials, labels, -missed, axis=-1)
    return rounded(exponentials / (1.0 + rest), dtype)


@keywords_only
@silent
def sigmoid_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=None):
    """Return the derivative of sigmoid cross-entropy times (1 - p_t)**gamma."""
    labels, logits, dtype = pair(labels=labels, logits=logits)
    gamma = check_parameter("gamma", gamma, low=0)
    e = np.exp(-np.abs(logits))
    on_side, wrong_side = (
        np.where(logits > 0, labels, 1.0 - labels),
        np.where(logits > 0, 1.0 - labels, labels),
    )
    missed = (on_side * e + wrong_side) / (1.0 + e)
    cross_entropy = np.log1p(e) + np.abs(logits) * wrong_side
    spread = ratio(e / (1.0 + e) ** 2, missed)
    slope = gamma * (1.0 - 2.0 * labels) * spread * cross_entropy + _weighted_slope(
        labels, logits, 1.0
    )
    return rounded(balance(labels, alpha) * missed**gamma * slope, dtype)


@keywords_only
@silent
def softmax_focal_cross_entropy_with_logits(*, labels, logits, gamma=2.0, alpha=0.25):
    """Return the derivative of the categorical focal cross-entropy of softmax(logits)."""
    labels, logits, dtype = rows(labels=labels, logits=logits)
    gamma, alpha = (
        check_parameter("gamma", gamma, low=0),
        check_parameter("alpha", alpha, low=0, high=1),
    )
    gaps, exponentials, rest = gaps_and_exponentials(logits)
    probability, missed = exponentials / (1.0 + rest), others(exponentials, rest) / (1.0 + rest)
    # p times the derivative of -(1 - p)**gamma log p; both terms have one sign.
    steepness = 1.0 + gamma * probability * ratio(gaps + np.log1p(rest), missed)
    return rounded(_pull(alpha * labels * missed**gamma * steepness, exponentials, rest), dtype)
