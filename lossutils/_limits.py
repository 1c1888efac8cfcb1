"""Products and quotients whose limit is 0 where floating point says nan."""

import numpy as np


def x_log_y(x, y):
    """Return x log y with 0 log 0 = 0."""
    return np.where(x == 0, 0.0, x * np.log(y))


def x_log1p_y(x, y):
    """Return x log(1 + y) with 0 log 0 = 0."""
    return np.where(x == 0, 0.0, x * np.log1p(y))


def ratio(x, y):
    """Return x / y with 0 / 0 = 0."""
    return np.where(x == 0, 0.0, x / y)


def times(x, y):
    """Return x y with 0 times infinity = 0."""
    return np.where(x == 0, 0.0, x * y)
