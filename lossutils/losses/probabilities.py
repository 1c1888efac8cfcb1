"""Losses of predicted probabilities."""

import numpy as np

from lossutils._arguments import (
    check_parameter,
    check_probabilities,
    pair,
    rounded,
    rows,
    silent,
    sparse,
)
from lossutils._exact import ratio, x_log1p_y, x_log_y


@silent
def binary_cross_entropy(y_true, y_pred):
    """Return -y log p - (1 - y) log(1 - p), one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(-x_log_y(y_true, y_pred) - x_log1p_y(1.0 - y_true, -y_pred), dtype)


@silent
def categorical_cross_entropy(y_true, y_pred, *, axis=-1):
    """Return -sum(y log p) over the classes, one value per example."""
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(-x_log_y(y_true, y_pred).sum(axis=-1), dtype)


@silent
def sparse_categorical_cross_entropy(y_true, y_pred):
    """Return -log p[class], one value per example; y_true holds class indices."""
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(-np.log(np.take_along_axis(y_pred, y_true, axis=-1)[..., 0]), dtype)


@silent
def kl_divergence(y_true, y_pred):
    """Return sum(y log(y / p)) over the classes, one value per example."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_true", y_true)
    check_probabilities("y_pred", y_pred)
    return rounded(x_log_y(y_true, ratio(y_true, y_pred)).sum(axis=-1), dtype)


@silent
def binary_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=None):
    """Return binary cross-entropy times (1 - p_t)**gamma, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma = check_parameter("gamma", gamma, low=0)
    missed = y_true * (1.0 - y_pred) + (1.0 - y_true) * y_pred
    cross_entropy = -x_log_y(y_true, y_pred) - x_log1p_y(1.0 - y_true, -y_pred)
    return rounded(balance(y_true, alpha) * missed**gamma * cross_entropy, dtype)


@silent
def categorical_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=0.25):
    """Return -alpha sum(y (1 - p)**gamma log p) over the classes, one value per example."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma, alpha = (
        check_parameter("gamma", gamma, low=0),
        check_parameter("alpha", alpha, low=0, high=1),
    )
    return rounded(-alpha * x_log_y(y_true * (1.0 - y_pred) ** gamma, y_pred).sum(axis=-1), dtype)


def balance(y_true, alpha):
    """Return alpha for positives and 1 - alpha for negatives; 1 where alpha is None."""
    if alpha is None:
        return 1.0
    alpha = check_parameter("alpha", alpha, low=0, high=1)
    return y_true * alpha + (1.0 - y_true) * (1.0 - alpha)
