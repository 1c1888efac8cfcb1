"""Choosing a loss: the curve of each row is that of its line to copy."""

import functools
import math
from types import SimpleNamespace

import numpy as np
import page_trees
import pytest
from choosing_rows import ROWS, every_row, values_of

from website.extension import choosing_curves, curves


def of_three(x):
    """Return logits of three classes, of which only the first is not 0."""
    return np.stack([x, 0 * x, 0 * x], axis=-1)


def two_frames(x):
    """Return logits of two frames that are alike; that of the blank is 0."""
    return np.stack([np.stack([0 * x, x], axis=-1)] * 2, axis=1)


def row_vectors(x):
    """Return vectors at angles to [1, 0], which are given in degrees."""
    return np.stack([np.cos(np.radians(x)), np.sin(np.radians(x))], axis=-1)


# Truth and outputs for the numbers along a curve.
ALONG = {
    "range": lambda x: (np.ones((len(x), 1)), np.stack([0 * x, np.log(x)], axis=-1)),
    "counts": lambda x: (0 * x + 3, x),
    "skewed": lambda x: (0 * x + math.log(100), np.log(100 * x)),
    "direction": lambda x: (row_vectors(0 * x), row_vectors(x)),
    "classes": lambda x: (np.zeros(len(x), int), of_three(x)),
    "padding": lambda x: (np.ones((len(x), 1), int), of_three(x)[:, None, [1, 0, 2]]),
    "ctc": lambda x: (np.ones((len(x), 1), int), two_frames(np.float32(x))),
    "oversure": lambda x: (of_three(0 * x + 1), of_three(x)),
    "segmentation": lambda x: (
        np.ones((len(x), 2, 2, 1)),
        np.broadcast_to(x[:, None, None, None], (len(x), 2, 2, 1)),
    ),
    "rare-labels": lambda x: (np.ones((len(x), 5), "float32"), np.float32([x] * 5).T),
    "probability": lambda x: (0 * x + 1, np.log(x / (1 - x))),
    "share": lambda x: (0 * x + 0.7, np.log(x / (1 - x))),
}
ALONG |= dict.fromkeys(("noise", "outliers", "units", "quantile", "own"), lambda x: (0 * x, x))
ALONG |= dict.fromkeys(
    ("ordered", "labels", "rare", "wrong-labels", "margin"), lambda x: (0 * x + 1, x)
)
# The same for a loss that compares the examples of a batch; its first value is drawn.
BATCHES = {
    "together": lambda x: (
        np.array([0, 0, 1]),
        np.r_[np.c_[row_vectors(np.array([0, x])), [0, 0]], [[0, 0, 1]]],
    ),
}


def values_of_a_sample(row, number):
    """Return what the second line of *many* computes if its sample is the second of two classes."""
    import tensorflow as tf

    one = np.float32([1])
    drawn = np.array([1]), one[:, None], one
    fixed = functools.partial(tf.nn.sampled_softmax_loss, sampled_values=drawn)
    layer = SimpleNamespace(kernel=np.float32([[number, 0]]), bias=np.zeros(2, "float32"))
    names = {"num_classes": 2, "num_sampled": 1, "layer": layer, "inputs": one[:, None]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.nn, "sampled_softmax_loss", fixed)
        return values_of(row, np.array([0]), None, **names)


def values_along(key, x):
    """Return what the second line computes at each number along a curve."""
    if key == "many":
        return np.array([values_of_a_sample(ROWS[key], number)[0] for number in x])
    if key in BATCHES:
        return np.array([values_of(ROWS[key], *BATCHES[key](number))[0] for number in x])
    # Several labels have several values, here of one size.
    return values_of(ROWS[key], *ALONG[key](x)).reshape(len(x), -1).mean(axis=1)


@every_row
def test_the_curve_is_that_of_the_line(key):
    """The ticks say where a loss stands; the drawing is rounded to a tenth of a pixel."""
    drawn = curves.drawn(choosing_curves.CURVES[key])
    points = page_trees.corners(drawn["path"])
    (x, losses) = (scale(drawn[axis], points[:, n]) for n, axis in enumerate("xy"))
    expected = values_along(key, x)
    pixel = abs(scale(drawn["y"], np.array([0.0, 1.0])) @ [1, -1])
    slope = np.abs(np.gradient(expected, x)).max() * abs(scale(drawn["x"], np.r_[0.0, 1]) @ [1, -1])
    assert losses == pytest.approx(expected, abs=0.06 * (pixel + slope))
    assert np.ptp(points[:, 1]) > 0.4 * (curves.BOTTOM - curves.TOP), "nearly flat"
    assert points[:, 1].min() >= curves.TOP
    assert points[:, 1].max() <= curves.BOTTOM


def scale(ticks, pixels):
    """Return the numbers at places of an axis, according to its first and its last tick."""
    (first, start), (last, end) = (
        (float(text.replace("−", "-")), place) for text, place in (ticks[0], ticks[-1])
    )
    return first + (pixels - start) / (end - start) * (last - first)
