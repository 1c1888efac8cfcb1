"""Sigmoid, softmax and their logarithms, in forms that neither overflow nor cancel."""

import numpy as np

from lossutils._arguments import as_prediction, class_last, result_dtype, rounded, silent
from lossutils._softmax import gaps_and_exponentials


def _in_float64(x):
    x = as_prediction("x", x)
    return x.astype(np.float64, copy=False), result_dtype(x)


@silent
def sigmoid(x):
    """Return 1 / (1 + exp(-x)), element by element."""
    x, dtype = _in_float64(x)
    e = np.exp(-np.abs(x))
    return rounded(np.where(x >= 0, 1.0, e) / (1.0 + e), dtype)


@silent
def log_sigmoid(x):
    """Return log(sigmoid(x)), element by element."""
    x, dtype = _in_float64(x)
    return rounded(np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x))), dtype)


@silent
def softplus(x):
    """Return log(1 + exp(x)), element by element."""
    x, dtype = _in_float64(x)
    return rounded(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))), dtype)


@silent
def logsumexp(x, *, axis=-1):
    """Return log(sum(exp(x))) over one axis."""
    x, dtype = _in_float64(x)
    x = class_last("x", x, axis)
    _, _, rest = gaps_and_exponentials(x)
    return rounded(x.max(axis=-1) + np.log1p(rest[..., 0]), dtype)


@silent
def softmax(x, *, axis=-1):
    """Return exp(x) / sum(exp(x)) over one axis."""
    x, dtype = _in_float64(x)
    _, exponentials, rest = gaps_and_exponentials(class_last("x", x, axis))
    return rounded(np.moveaxis(exponentials / (1.0 + rest), -1, axis), dtype)


@silent
def log_softmax(x, *, axis=-1):
    """Return log(softmax(x)) over one axis."""
    x, dtype = _in_float64(x)
    gaps, _, rest = gaps_and_exponentials(class_last("x", x, axis))
    return rounded(np.moveaxis(-(gaps + np.log1p(rest)), -1, axis), dtype)
