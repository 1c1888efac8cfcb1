"""Losses of a residual, and of a direction."""

import numpy as np

from lossutils._arguments import (
    as_prediction,
    check_parameter,
    pair,
    result_dtype,
    rounded,
    rows,
    silent,
)
from lossutils._exact import x_log_y


@silent
def squared_error(y_true, y_pred):
    """Return (y_pred - y_true)**2, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded((y_pred - y_true) ** 2, dtype)


@silent
def absolute_error(y_true, y_pred):
    """Return |y_pred - y_true|, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.abs(y_pred - y_true), dtype)


@silent
def huber_loss(y_true, y_pred, *, delta=1.0):
    """Return r**2 / 2 up to |r| = delta and delta (|r| - delta / 2) beyond, one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = check_parameter("delta", delta, low=0, open_low=True)
    size = np.abs(y_pred - y_true)
    return rounded(np.where(size <= delta, size * (size / 2), delta * (size - delta / 2)), dtype)


@silent
def pseudo_huber_loss(y_true, y_pred, *, delta=1.0):
    """Return delta**2 (sqrt(1 + (r / delta)**2) - 1), one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = check_parameter("delta", delta, low=0, open_low=True)
    size = np.minimum(np.abs(y_pred - y_true), np.finfo(np.float64).max)
    # sqrt(1 + a) - 1 = a / (sqrt(1 + a) + 1): nothing cancels, and no square can overflow.
    return rounded(delta * (size / (delta + np.hypot(delta, size))) * size, dtype)


@silent
def log_cosh(y_true, y_pred):
    """Return log(cosh(y_pred - y_true)), one value per element."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    size = np.abs(y_pred - y_true)
    # cosh r = 1 + 2 sinh(r / 2)**2 keeps small residuals; |r| - log 2 + log1p(exp(-2 |r|)) keeps large ones finite.
    small = np.log1p(2.0 * np.sinh(np.minimum(size, 2.0) / 2.0) ** 2)
    large = size + (np.log1p(np.exp(-2.0 * size)) - np.log(2.0))
    return rounded(np.where(size < 2.0, small, large), dtype)


@silent
def poisson_loss(y_true, y_pred):
    """Return y_pred - y_true log(y_pred), one value per element; y_pred is a rate."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    if (y_pred < 0).any():
        raise ValueError(f"y_pred: expected rates of at least 0, got {y_pred[y_pred < 0][0]}")
    return rounded(y_pred - x_log_y(y_true, y_pred), dtype)


@silent
def cosine_similarity(y_true, y_pred, *, axis=-1):
    """Return minus the cosine of the angle between the vectors, one value per example; 0 for a zero vector."""
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    y_true, y_pred = y_true / _largest(y_true), y_pred / _largest(y_pred)
    norms = np.sqrt((y_true**2).sum(-1) * (y_pred**2).sum(-1))
    return rounded(-(y_true * y_pred).sum(-1) / np.where(norms > 0, norms, 1.0), dtype)


def _largest(vectors):
    size = np.abs(vectors).max(axis=-1, keepdims=True)
    return np.where(size > 0, size, 1.0)


@silent
def l2_loss(t):
    """Return sum(t**2) / 2, one value for the whole array."""
    t = as_prediction("t", t)
    values = t.astype(np.float64, copy=False).ravel()
    return rounded((values * (values / 2)).sum(), result_dtype(t))
