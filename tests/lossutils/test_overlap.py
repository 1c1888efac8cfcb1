"""Dice and Tversky: definitions, digits, gradients, Keras, bad input.

The sums are made in twice the precision, so that the bounds of a loss per element hold for masks of
any size: 1 unit in the last place of float32, and in float64 4 for values and 8 for gradients.
"""

import keras
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from digits import BOUNDS, DTYPES, TWICE_THE_PRECISION, check
from examples import FLOATING
from mpmath import mpf

from lossutils import gradients, losses
from lossutils.book import checks

NAMES = pytest.mark.parametrize("name", ["dice", "tversky"])
MODULES = pytest.mark.parametrize("module", [losses, gradients])


def exact(y, p, alpha, beta, epsilon):
    """Return the Tversky loss, its derivatives and the size of their terms, in mpmath."""
    overlap = mpmath.fdot(y, p)
    missed = mpmath.fsum(a * (1 - b) for a, b in zip(y, p, strict=True))
    added = mpmath.fsum(b * (1 - a) for a, b in zip(y, p, strict=True))
    missing = mpf(alpha) * missed + mpf(beta) * added + mpf(epsilon)
    total = overlap + missing
    changes = [mpf(beta) * (1 - a) - mpf(alpha) * a for a in y]
    slopes = [
        (overlap * c - missing * a) / total**2 for a, c in zip(y, changes, strict=True)
    ]  # fmt: skip
    sizes = [(overlap + missing * a) / total**2 for a in y]
    return missing / total, slopes, sizes


def masks(rng, n):
    """Yield masks and probabilities: hard, soft, nearly perfect, nearly empty."""
    hard = rng.integers(0, 2, n) * 1.0
    yield hard, rng.random(n)
    yield rng.random(n), rng.random(n)
    yield hard, np.clip(hard + 1e-6 * rng.normal(size=n), 0, 1)
    yield hard, 10.0 ** rng.uniform(-300, -20, n)
    yield np.eye(n)[0], 10.0 ** rng.uniform(-9, -1, n)
    yield hard, hard


@pytest.mark.parametrize("dtype", DTYPES)
@NAMES
def test_values_and_gradients_keep_their_digits(name, dtype):
    rng = np.random.default_rng(60)
    for options in [{}, {"epsilon": 0.0}, {"epsilon": 1.0}]:
        weights = {"alpha": 0.7, "beta": 0.3} if name == "tversky" else {}
        for y, p in [pair for n in (1, 30) for pair in masks(rng, n)]:
            y, p = y.astype(DTYPES[dtype]), p.astype(DTYPES[dtype])
            epsilon = options.get("epsilon", 1e-7)
            if not y.any() or (not epsilon and not p.any()):
                continue
            arguments = [[mpf(float(x)) for x in array] for array in (y, p)]
            epsilon = mpf(epsilon) if weights else mpf(epsilon) / 2
            value, slopes, sizes = exact(
                *arguments, *(weights or {"": 0.5, " ": 0.5}).values(), epsilon
            )
            computed = getattr(losses, name)(y, p, **options, **weights)
            check(dtype, BOUNDS[dtype][0], computed, value)
            gradient = getattr(gradients, name)(y, p, **options, **weights)
            for one, slope, size in zip(gradient, slopes, sizes, strict=True):
                left = TWICE_THE_PRECISION * float(size) * (dtype == "float64")
                check(dtype, BOUNDS[dtype][1], one, slope, left)


@NAMES
@pytest.mark.parametrize("axis", [None, 0, -1, (1, 2), (2, 0), ()])
def test_keras_and_its_gradient_are_the_same(name, axis):
    rng = np.random.default_rng(61)
    truth, prediction = rng.integers(0, 2, (3, 4, 2)) * 1.0, rng.random((3, 4, 2))
    options = {"alpha": 0.7, "beta": 0.2} if name == "tversky" else {}
    variable = tf.Variable(prediction)
    with tf.GradientTape() as tape:
        theirs = getattr(keras.losses, name)(truth, variable, axis=axis, **options)
    ours = getattr(losses, name)(truth, prediction, axis=axis, **options)
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-15)
    slopes = getattr(gradients, name)(truth, prediction, axis=axis, **options)
    np.testing.assert_allclose(slopes, tape.gradient(theirs, variable), rtol=1e-10, atol=1e-15)
    function = lambda p: getattr(losses, name)(truth, p, axis=axis, **options)  # noqa: E731
    numerical = checks.numerical_gradient(function, prediction)
    np.testing.assert_allclose(slopes, numerical, rtol=1e-6, atol=1e-7)


def test_by_hand():
    assert losses.dice([1.0, 1.0, 0.0], [1.0, 0.0, 1.0], epsilon=0) == 1 - 2 * 1 / 4
    assert losses.dice([1.0, 0.0], [1.0, 0.0], epsilon=0) == 0
    assert losses.dice([0.0, 0.0], [0.0, 0.0]) == losses.dice([0.0], [0.0], epsilon=0) == 1
    # Of three pixels one was found, two were missed and one was added.
    value = losses.tversky([1.0, 1, 1, 0], [1.0, 0, 0, 1], alpha=0.75, beta=0.25, epsilon=0)
    assert value == 1 - 1 / (1 + 0.75 * 2 + 0.25)


def test_alpha_of_keras_is_the_weight_of_false_negatives():
    missed, added = ([1.0, 1.0], [1.0, 0.0]), ([1.0, 0.0], [1.0, 1.0])
    for tversky in (losses.tversky, keras.losses.tversky):
        assert float(tversky(*missed, alpha=0.0, beta=1.0)) == pytest.approx(0.0, abs=1e-6)
        assert float(tversky(*added, alpha=0.0, beta=1.0)) == pytest.approx(0.5, abs=1e-6)


def test_float16_sums_of_keras_overflow():
    mask = np.ones(70_000, np.float16)
    assert np.isnan(float(keras.losses.dice(mask, mask)))
    assert losses.dice(mask, mask) == 0


@NAMES
def test_shapes_and_precision(name):
    for dtype in FLOATING:
        truth = np.ones((2, 3), dtype)
        assert getattr(losses, name)(truth, truth, axis=1).dtype == dtype
        assert getattr(gradients, name)(truth, truth, axis=1).dtype == dtype
        assert getattr(losses, name)([[1, 0, 1]] * 2, truth, axis=1).shape == (2,)
        assert getattr(gradients, name)(truth, truth, axis=0).shape == (2, 3)


@NAMES
def test_an_empty_batch_has_no_losses(name):
    empty = np.zeros((0, 4, 3))
    assert getattr(losses, name)(empty, empty, axis=(1, 2)).shape == (0,)
    assert getattr(gradients, name)(empty, empty, axis=(1, 2)).shape == (0, 4, 3)
    assert getattr(losses, name)(empty, empty) == 1


@MODULES
@NAMES
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"axis": 2}, ValueError, "axis: expected axes of 2 dimensions, got 2"),
        ({"axis": (0, -2)}, ValueError, r"axis: expected each axis once, got \(0, -2\)"),
        ({"axis": 1.0}, TypeError, "axis: expected None, an integer or integers, got 1.0"),
        ({"axis": "01"}, TypeError, "axis: expected None, an integer or integers, got '01'"),
        ({"epsilon": -1.0}, ValueError, "epsilon: expected one number of at least 0, got -1.0"),
        ({"y_pred": [[2.0, 0.0]]}, ValueError, r"y_pred: expected probabilities in \[0, 1\], got"),
        ({"y_pred": [1.0, 0.0]}, ValueError, "y_true and y_pred: expected the same shape"),
        ({"y_true": [[np.nan, 1.0]]}, ValueError, "y_true: expected finite numbers, got nan"),
    ],
)
def test_bad_input_is_named(module, name, options, error, message):
    arguments = {"y_true": [[1.0, 0.0]], "y_pred": [[0.5, 0.5]]} | options
    with pytest.raises(error, match=f"^{message}"):
        getattr(module, name)(**arguments)


@MODULES
@pytest.mark.parametrize("option", ["alpha", "beta"])
def test_weights_are_not_negative(module, option):
    with pytest.raises(ValueError, match=f"^{option}: expected one number of at least 0, got -0.5"):
        module.tversky([1.0], [0.5], **{option: -0.5})
