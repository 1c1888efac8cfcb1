"""Sums and products with what rounding took from them."""

import numpy as np


def two_sum(a, b):
    """Return a + b as the rounded sum and its exact rounding error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def x_log_y(x, y):
    """Return x log y with 0 log 0 = 0."""
    return np.where(x == 0, 0.0, x * np.log(y))


def x_log1p_y(x, y):
    """Return x log(1 + y) with 0 log 0 = 0."""
    return np.where(x == 0, 0.0, x * np.log1p(y))


def ratio(x, y):
    """Return x / y with 0 / 0 = 0."""
    return np.where(x == 0, 0.0, x / y)
