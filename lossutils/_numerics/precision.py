"""The precision of a result: computed in float64 or better, rounded once at the end."""

import numpy as np

from lossutils._numerics.pairs import Pair

# A decorator: log 0 = -inf and exp(-1000) = 0 are results here, not reasons to warn.
silent = np.errstate(all="ignore")

# The spacing of the numbers at 1.
EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}


def is_floating(array):
    """Return whether the dtype is one of the four; bfloat16, from ml_dtypes, is known by name."""
    return array.dtype.name in EPSILON


def result_dtype(**arrays):
    """Return the promoted dtype of the floating arrays; integers do not promote."""
    floating = [array.dtype for array in arrays.values() if is_floating(array)]
    try:
        return np.result_type(*floating) if floating else np.dtype(np.float64)
    except TypeError as error:
        names, dtypes = " and ".join(arrays), " and ".join(dtype.name for dtype in floating)
        raise TypeError(
            f"{names}: expected dtypes with a common precision, got {dtypes}"
        ) from error


def in_float64(array):
    """Return the array in float64, without a copy if it is float64 already."""
    return array.astype(np.float64, copy=False)


def rounded(values, dtype):
    """Round once to the dtype; zero loses its sign, and a 0-d array becomes a scalar.

    NumPy rounds to bfloat16 by way of float32: two roundings, which stay within one unit.
    """
    return np.add(np.asarray(values).astype(dtype, copy=False), dtype.type(0))[()]


def summed(terms, dtype):
    """Return the sum over the last axis.

    Beside one large term, rounding thousands of small ones costs a digit that float64 cannot spare.
    """
    plain = np.sum(terms, axis=-1)
    if dtype != np.float64:
        return plain
    return np.where(np.isfinite(plain), Pair(terms).sum().high, plain)


def cancelled(value, size, dtype):
    """Return where a sum has lost more digits to cancellation than its dtype can spare.

    `size` is the sum of the terms' absolute values. Float64 has no digit to spare; of the 53 bits
    that float32 is computed with, 24 are shown and 20 may go.
    """
    return np.abs(value) < size * (0.5 if dtype == np.float64 else 2.0**-20)
