"""Sigmoid, softmax and their logarithms."""

import math

import ml_dtypes
import numpy as np
import pytest
import scipy.special
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lossutils import activations

NAMES = ["sigmoid", "log_sigmoid", "softplus", "logsumexp", "softmax", "log_softmax"]
logits = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=3, max_side=5), elements=st.floats(-700, 700)
)


def near(value):
    return pytest.approx(value, rel=1e-11, abs=0)


def test_values_are_the_definitions():
    log3 = math.log(3.0)
    assert activations.sigmoid([0.0, log3, -log3]) == near(np.array([0.5, 0.75, 0.25]))
    assert activations.log_sigmoid([0.0, log3]) == near(np.log([0.5, 0.75]))
    assert activations.softplus([0.0, log3]) == near(np.log([2.0, 4.0]))
    assert activations.logsumexp([0.0, log3, log3]) == near(math.log(7.0))
    assert activations.softmax([0.0, log3, 0.0]) == near(np.array([0.2, 0.6, 0.2]))
    assert activations.log_softmax([0.0, log3, 0.0]) == near(np.log([0.2, 0.6, 0.2]))


def test_edges():
    assert activations.sigmoid([1e4, -1e4]).tolist() == [1.0, 0.0]
    assert activations.sigmoid(-700.0) == near(math.exp(-700.0))
    assert activations.log_sigmoid([1e4, -1e4]).tolist() == [0.0, -1e4]
    assert activations.log_sigmoid(50.0) == near(-math.exp(-50.0))
    assert activations.softplus([1e4, -1e4]).tolist() == [1e4, 0.0]
    assert activations.softmax([1e4, -1e4]).tolist() == [1.0, 0.0]
    assert activations.log_softmax([1e4, -1e4]).tolist() == [0.0, -2e4]
    assert activations.log_softmax([50.0, 0.0])[0] == near(-math.exp(-50.0))
    assert activations.logsumexp([1e4, -1e4]) == 1e4
    assert activations.softmax([[3.0], [-1e4]]).tolist() == [[1.0], [1.0]]
    assert activations.log_softmax([[3.0], [-1e4]]).tolist() == [[0.0], [0.0]]
    assert activations.logsumexp([[3.0], [-1e4]]).tolist() == [3.0, -1e4]


@pytest.mark.parametrize("name", NAMES)
def test_shapes_and_precision(name):
    function = getattr(activations, name)
    reduced = name == "logsumexp"
    assert function(np.zeros((0, 3))).shape == ((0,) if reduced else (0, 3))
    assert function(np.zeros((2, 3, 4))).shape == ((2, 3) if reduced else (2, 3, 4))
    for dtype in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64):
        x = np.array([[0.5, -3.0, 2.0]], dtype)
        np.testing.assert_array_equal(
            function(x).astype(float), function(x.astype(float)).astype(dtype).astype(float)
        )
        assert function(x).dtype == dtype
    assert function(np.array([[1, 2]], np.int8)).dtype == np.float64
    x = np.array([[0.5, -3.0]])
    x.flags.writeable = False
    function(x)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_the_axis(name):
    function = getattr(activations, name)
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (0, 1, -2):
        moved = function(np.moveaxis(x, -1, axis), axis=axis)
        expected = function(x) if name == "logsumexp" else np.moveaxis(function(x), -1, axis)
        np.testing.assert_allclose(moved, expected, rtol=1e-14)


WITNESSES = {
    "sigmoid": [tf.math.sigmoid, scipy.special.expit],
    "log_sigmoid": [tf.math.log_sigmoid, scipy.special.log_expit],
    "softplus": [tf.math.softplus, lambda x: np.logaddexp(0.0, x)],
    "logsumexp": [
        lambda x: tf.math.reduce_logsumexp(x, axis=-1),
        lambda x: scipy.special.logsumexp(x, axis=-1),
    ],
    "softmax": [tf.nn.softmax, lambda x: scipy.special.softmax(x, axis=-1)],
    "log_softmax": [tf.nn.log_softmax, lambda x: scipy.special.log_softmax(x, axis=-1)],
}


@pytest.mark.parametrize("name", NAMES)
def test_tensorflow_and_scipy_agree(name):
    x = 3.0 * np.random.default_rng(1).normal(size=(50, 6))
    for witness in WITNESSES[name]:
        np.testing.assert_allclose(getattr(activations, name)(x), witness(x), rtol=1e-11)


@given(logits)
def test_softmax_is_a_distribution_and_does_not_see_a_shift(x):
    probabilities = activations.softmax(x)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(activations.softmax(x + 1024.0), probabilities, rtol=1e-9)
    np.testing.assert_allclose(
        np.exp(activations.log_softmax(x)), probabilities, rtol=1e-12, atol=1e-300
    )


@given(logits)
def test_logsumexp_is_between_the_maximum_and_the_maximum_plus_log_k(x):
    excess = activations.logsumexp(x) - x.max(axis=-1)
    assert (excess >= 0).all()
    assert (excess <= math.log(x.shape[-1]) + 1e-12 * (1 + np.abs(x).max())).all()


@given(logits)
def test_the_sigmoid_is_a_softmax_of_two(x):
    two = np.stack([x, np.zeros_like(x)], axis=-1)
    for single, double in [
        (activations.sigmoid(x), activations.softmax(two)[..., 0]),
        (activations.log_sigmoid(x), activations.log_softmax(two)[..., 0]),
        (activations.softplus(x), activations.logsumexp(two)),
        (activations.sigmoid(x), 1.0 - activations.sigmoid(-x)),
        (activations.log_sigmoid(x), -activations.softplus(-x)),
    ]:
        np.testing.assert_allclose(single, double, rtol=1e-14, atol=2e-16)
