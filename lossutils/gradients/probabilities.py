"""Derivatives of the losses of predicted probabilities."""

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
from lossutils.losses.probabilities import balance


@silent
def binary_cross_entropy(y_true, y_pred):
    """Return (p - y) / (p (1 - p))."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(_slope(y_true, y_pred + 0.0), dtype)


def _slope(y_true, y_pred):
    soft = (y_pred - y_true) / (y_pred * (1.0 - y_pred))
    return np.where(y_true == 1, -1.0 / y_pred, np.where(y_true == 0, 1.0 / (1.0 - y_pred), soft))


@silent
def categorical_cross_entropy(y_true, y_pred, *, axis=-1):
    """Return -y / p."""
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    return rounded(np.moveaxis(-ratio(y_true, y_pred + 0.0), -1, axis), dtype)


@silent
def sparse_categorical_cross_entropy(y_true, y_pred):
    """Return -1 / p for the class of the example, 0 for the others."""
    y_true, y_pred, dtype = sparse(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    slope = np.zeros_like(y_pred)
    np.put_along_axis(
        slope, y_true, -1.0 / (np.take_along_axis(y_pred, y_true, axis=-1) + 0.0), axis=-1
    )
    return rounded(slope, dtype)


@silent
def kl_divergence(y_true, y_pred):
    """Return -y / p."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_true", y_true)
    check_probabilities("y_pred", y_pred)
    return rounded(-ratio(y_true, y_pred + 0.0), dtype)


@silent
def binary_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=None):
    """Return the derivative of binary cross-entropy times (1 - p_t)**gamma."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma, y_pred = check_parameter("gamma", gamma, low=0), y_pred + 0.0
    missed = y_true * (1.0 - y_pred) + (1.0 - y_true) * y_pred
    cross_entropy = -x_log_y(y_true, y_pred) - x_log1p_y(1.0 - y_true, -y_pred)
    # The cross-entropy of a nearly certain prediction is what it missed: their ratio tends to 1.
    steepness = np.where(missed == 0, 1.0, cross_entropy / missed)
    slope = gamma * (1.0 - 2.0 * y_true) * steepness + _slope(y_true, y_pred)
    return rounded(balance(y_true, alpha) * missed**gamma * slope, dtype)


@silent
def categorical_focal_cross_entropy(y_true, y_pred, *, gamma=2.0, alpha=0.25):
    """Return the derivative of -alpha y (1 - p)**gamma log p."""
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    check_probabilities("y_pred", y_pred)
    gamma, alpha = (
        check_parameter("gamma", gamma, low=0),
        check_parameter("alpha", alpha, low=0, high=1),
    )
    missed, y_pred = 1.0 - y_pred, y_pred + 0.0
    steepness = np.where(missed == 0, 1.0, -np.log(y_pred) / missed)
    slope = -alpha * y_true * missed**gamma * (gamma * steepness + 1.0 / y_pred)
    return rounded(np.where(y_true == 0, 0.0, slope), dtype)
