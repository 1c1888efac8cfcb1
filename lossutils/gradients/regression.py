"""Derivatives of the losses of a residual, and of a direction."""

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
from lossutils._exact import ratio


@silent
def squared_error(y_true, y_pred):
    """Return 2 (y_pred - y_true)."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(2.0 * (y_pred - y_true), dtype)


@silent
def absolute_error(y_true, y_pred):
    """Return the sign of y_pred - y_true; 0 at the kink."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.sign(y_pred - y_true), dtype)


@silent
def huber_loss(y_true, y_pred, *, delta=1.0):
    """Return the residual, clipped to [-delta, delta]."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = check_parameter("delta", delta, low=0, open_low=True)
    return rounded(np.clip(y_pred - y_true, -delta, delta), dtype)


@silent
def pseudo_huber_loss(y_true, y_pred, *, delta=1.0):
    """Return r / sqrt(1 + (r / delta)**2)."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    delta = check_parameter("delta", delta, low=0, open_low=True)
    largest = np.finfo(np.float64).max
    residual = np.clip(y_pred - y_true, -largest, largest)
    return rounded(delta * (residual / np.hypot(delta, residual)), dtype)


@silent
def log_cosh(y_true, y_pred):
    """Return tanh(y_pred - y_true)."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.tanh(y_pred - y_true), dtype)


@silent
def poisson_loss(y_true, y_pred):
    """Return 1 - y_true / y_pred."""
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    if (y_pred < 0).any():
        raise ValueError(f"y_pred: expected rates of at least 0, got {y_pred[y_pred < 0][0]}")
    return rounded(np.where(y_true == 0, 1.0, ratio(y_pred - y_true, y_pred)), dtype)


@silent
def cosine_similarity(y_true, y_pred, *, axis=-1):
    """Return the derivative of minus the cosine; 0 for a zero vector."""
    y_true, y_pred, dtype = rows(axis, y_true=y_true, y_pred=y_pred)
    true_size, size = _largest(y_true), _largest(y_pred)
    y_true, y_pred = y_true / true_size, y_pred / size
    true_norm, norm = _norm(y_true), _norm(y_pred)
    y_true, y_pred = ratio(y_true, true_norm), ratio(y_pred, norm)
    across = (y_true * y_pred).sum(-1, keepdims=True) * y_pred - y_true
    return rounded(np.moveaxis(ratio(across, norm) / size, -1, axis), dtype)


def _largest(vectors):
    size = np.abs(vectors).max(axis=-1, keepdims=True)
    return np.where(size > 0, size, 1.0)


def _norm(vectors):
    norm = np.sqrt((vectors**2).sum(-1, keepdims=True))
    return np.where(norm > 0, norm, 1.0)


@silent
def l2_loss(t):
    """Return t."""
    t = as_prediction("t", t)
    return rounded(t.astype(np.float64), result_dtype(t))
