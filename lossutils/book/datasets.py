"""Small seeded data sets, the same in every run of the book."""

import numpy as np

__all__ = ["make_blobs", "make_imbalanced", "make_line", "make_multilabel"]


def make_line(num_examples=50, *, noise=0.1, num_outliers=0, seed=0):
    """Make points on the line y = 2 x + 1, with noise, and with outliers far above it.

    Parameters
    ----------
    num_examples : int
        How many points.
    noise : float
        Standard deviation of the normal noise, in units of y.
    num_outliers : int
        How many points, those with the largest x, are raised by 10.
    seed : int
        Seed of the noise.

    Returns
    -------
    x, y : ndarray, shape [num_examples], float32
        x is an even grid from -1 to 1.

    Raises
    ------
    ValueError
        If `num_outliers` is negative or larger than `num_examples`.

    Examples
    --------
    >>> x, y = make_line(5, noise=0.0, num_outliers=1)
    >>> x
    array([-1. , -0.5,  0. ,  0.5,  1. ], dtype=float32)
    >>> y
    array([-1.,  0.,  1.,  2., 13.], dtype=float32)
    """
    if not 0 <= num_outliers <= num_examples:
        raise ValueError(f"num_outliers: expected 0 to {num_examples}, got {num_outliers}")
    x = np.linspace(-1, 1, num_examples)
    y = 2 * x + 1 + noise * np.random.default_rng(seed).standard_normal(num_examples)
    y[num_examples - num_outliers :] += 10
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


def make_imbalanced(num_examples=400, *, positive_fraction=0.1, seed=0):
    """Make two overlapping clouds of points, the positive one rare.

    Parameters
    ----------
    num_examples : int
        How many points.
    positive_fraction : float
        Share of positives, between 0 and 1; their number is rounded.
    seed : int
        Seed of the points and of their order.

    Returns
    -------
    x : ndarray, shape [num_examples, 2], float32
        Negatives lie around (-0.75, -0.75), positives around (0.75, 0.75), with unit variance.
    y : ndarray, shape [num_examples], float32
        1 for a positive, 0 for a negative.

    Raises
    ------
    ValueError
        If `positive_fraction` is not between 0 and 1.

    Examples
    --------
    >>> x, y = make_imbalanced(400, positive_fraction=0.1)
    >>> x.shape, int(y.sum())
    ((400, 2), 40)
    """
    if not 0 <= positive_fraction <= 1:
        raise ValueError(f"positive_fraction: expected 0 to 1, got {positive_fraction}")
    rng = np.random.default_rng(seed)
    y = np.zeros(num_examples)
    y[: round(positive_fraction * num_examples)] = 1
    y = rng.permutation(y)
    x = rng.standard_normal((num_examples, 2)) + 1.5 * y[:, np.newaxis] - 0.75
    return x.astype(np.float32), y.astype(np.float32)


def make_multilabel(num_examples=200, *, num_labels=3, seed=0):
    """Make examples with any number of labels, each decided by a separate line.

    Parameters
    ----------
    num_examples : int
        How many examples.
    num_labels : int
        How many labels; an example may have none or all of them.
    seed : int
        Seed of the points, the lines and the noise.

    Returns
    -------
    x : ndarray, shape [num_examples, 4], float32
    y : ndarray, shape [num_examples, num_labels], float32
        1 where the label holds.

    Examples
    --------
    >>> x, y = make_multilabel(200, num_labels=3)
    >>> x.shape, y.shape, np.unique(y.sum(axis=1))
    ((200, 4), (200, 3), array([0., 1., 2., 3.], dtype=float32))
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((num_examples, 4))
    lines = rng.standard_normal((4, num_labels))
    y = x @ lines + 0.3 * rng.standard_normal((num_examples, num_labels)) > 0
    return x.astype(np.float32), y.astype(np.float32)
