"""Read-only arrays in the dtype that a document used."""

import numpy as np


def array(values, dtype="float32"):
    """Return the values as a read-only array.

    Examples
    --------
    >>> array([2, 1], "int32")
    array([2, 1], dtype=int32)
    """
    result = np.array(values, dtype=dtype)
    result.flags.writeable = False
    return result


def linspace(start, stop, num):
    """Return a grid as `tf.linspace` rounds it: start plus multiples of a float32 step.

    `np.linspace` rounds only once, from float64, so its last digits differ.

    Examples
    --------
    >>> linspace(0, 1, 3)
    array([0. , 0.5, 1. ], dtype=float32)
    """
    step = np.float32(stop - start) / np.float32(num - 1)
    grid = np.float32(start) + step * np.arange(num, dtype=np.float32)
    grid[-1] = stop
    return array(grid)
