"""Small seeded data sets, the same in every run of the book."""

import numpy as np

__all__ = ["make_blobs", "make_line"]


def make_line(num_examples=50, *, noise=0.1):
    """Make points on the line y = 2 x + 1, with noise.

    Parameters
    ----------
    num_examples : int
        How many points.
    noise : float
        Standard deviation of the normal noise, in units of y.

    Returns
    -------
    x, y : ndarray, shape [num_examples], float32
        x is an even grid from -1 to 1.

    Examples
    --------
    >>> x, y = make_line(5, noise=0.0)
    >>> x
    array([-1. , -0.5,  0. ,  0.5,  1. ], dtype=float32)
    >>> y
    array([-1.,  0.,  1.,  2.,  3.], dtype=float32)
    """
    x = np.linspace(-1, 1, num_examples)
    y = 2 * x + 1 + noise * np.random.default_rng(0).standard_normal(num_examples)
    return x.astype(np.float32), y.astype(np.float32)


def make_blobs(num_examples=150, *, num_classes=3, spread=1.0, seed=0):
    """Make round clouds of points, one per class, with centres on a circle of radius 2.

    Parameters
    ----------
    num_examples : int
        How many points; the classes take turns, so their sizes differ by at most one.
    num_classes : int
        How many clouds.
    spread : float
        Standard deviation of each cloud, in the units of the radius.
    seed : int
        Seed of the points.

    Returns
    -------
    x : ndarray, shape [num_examples, 2], float32
    y : ndarray, shape [num_examples], int32
        The class index.

    Examples
    --------
    >>> x, y = make_blobs(4, num_classes=2, spread=0.0)
    >>> y
    array([0, 1, 0, 1], dtype=int32)
    >>> np.round(x[:2])
    array([[ 2.,  0.],
           [-2.,  0.]], dtype=float32)
    """
    y = np.arange(num_examples, dtype=np.int32) % num_classes
    angle = 2 * np.pi * y / num_classes
    centre = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    noise = np.random.default_rng(seed).standard_normal((num_examples, 2))
    return (centre + spread * noise).astype(np.float32), y
