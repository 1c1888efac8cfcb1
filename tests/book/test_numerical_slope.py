"""What the explorer of the step shows is what TensorFlow computes, and what the chapter says."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from explorer_truths.slopes import Case, size

from lossutils.book.explorers import slopes

STEPS = size(np.arange(slopes.PER_POWER * slopes.SMALLEST, 1) / slopes.PER_POWER)
BITS, TRUTHS = (64, 32), (0, 10, 150)


def pseudo_huber(error):
    return tf.sqrt(1 + error * error) - 1


def too_low_costs_more(error):
    return tf.where(error < 0, 3 * (error * error), error * error)


WRITTEN = dict(zip(slopes.LOSSES.values(), (pseudo_huber, too_low_costs_more, abs), strict=True))


each = pytest.mark.parametrize(
    ("bits", "kind", "truth"), list(itertools.product(BITS, WRITTEN, TRUTHS))
)


@each
def test_tensorflow_computes_the_same_differences(bits, kind, truth):
    """Bit for bit, at every step of the slider: no operation of these losses is approximate."""
    loss, dtype = WRITTEN[kind], {64: tf.float64, 32: tf.float32}[bits]
    y_true, y_pred = tf.constant(truth, dtype), tf.constant(truth + 0.7, dtype)
    step = tf.constant(STEPS, dtype)
    computed = (loss(y_pred + step - y_true) - loss(y_pred - step - y_true)) / (2 * step)
    expected = Case(bits=bits, kind=kind, truth=truth).difference(STEPS)
    np.testing.assert_array_equal(computed.numpy(), expected)


@each
def test_a_right_gradient_has_a_valley_as_deep_as_the_sentence_says(bits, kind, truth):
    """Before the corner, no distance is above the estimates; the deepest is below their sum."""
    case = Case(bits=bits, kind=kind, truth=truth)
    right, _ = case.distances(STEPS)
    estimates = case.noise / STEPS + case.curvature * STEPS**2
    before = (STEPS < 0.7) | (kind == slopes.LOSSES["pseudo-Huber"])
    assert np.all(right[before] <= 2 * estimates[before])
    depth = case.valley()["depth"]
    assert right[before].min() <= depth
    assert right[0] > 100 * depth < right[-1]


@each
def test_a_wrong_gradient_keeps_its_distance_at_every_step(bits, kind, truth):
    """Wherever the two errors together are smaller than the planted error, it alone is seen."""
    for planted in (0.001, 0.1, 100):  # percent
        case = Case(bits=bits, kind=kind, truth=truth, planted=planted)
        small = (case.noise / STEPS + case.curvature * STEPS**2 < case.error / 4) & (STEPS < 0.7)
        _, tested = case.distances(STEPS)
        assert np.all(abs(tested[small] / case.error - 1) < 0.5)
        if case.error > 4 * case.valley()["depth"]:
            assert small.any()


def test_the_distance_falls_with_the_square_of_the_step_and_grows_with_its_reciprocal():
    case = Case(bits=64, kind=slopes.LOSSES["pseudo-Huber"], truth=0)
    for large in (1e-1, 1e-2, 1e-3):
        (far, near), _ = case.distances(np.array([large, large / 10]))
        assert far / near == pytest.approx(100, rel=0.05)
    small, _ = case.distances(STEPS[:40])  # rounding scatters: ten steps are two powers of ten
    typical = np.sqrt(np.mean(small.reshape(4, 10) ** 2, axis=1))
    ratios = typical[:-1] / typical[1:]
    assert np.all((ratios > 30) & (ratios < 300))
