"""What the docstrings of cross-entropies with logits say of TensorFlow and Keras is true.

As in `test_twins.py`, each test is one sentence of a docstring.
"""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_twins import tape

from lossutils import gradients, losses
from lossutils.book import experiments

K, TF1 = keras.losses, tf.compat.v1.losses


def test_tensorflow_takes_logits_by_position_and_then_they_can_be_swapped():
    labels, logits = experiments.get("001-5").inputs.values()
    function = tf.nn.softmax_cross_entropy_with_logits
    assert function(labels, logits).numpy() == pytest.approx([0.022155, 3.099674], rel=1e-4)
    assert function(logits, labels).numpy() == pytest.approx([7.187, 4.809], abs=1e-3)
    tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)


def test_tensorflow_broadcasts_one_row_of_labels():
    values = tf.nn.softmax_cross_entropy_with_logits(
        labels=[[0.0, 1.0]], logits=np.zeros((3, 2), np.float32)
    )
    assert values.shape == (3,)


def test_softmax_cross_entropy_of_tensorflow_loses_a_nearly_certain_prediction():
    labels, logits = np.float32([[1.0, 0.0]]), np.float32([[20.0, 0.0]])
    for function in (
        lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=x),
        lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0], logits=x),
    ):
        value, slope = tape(function, logits)
        assert value == 0
        assert slope[0, 0] == 0
    right = math.log1p(math.exp(-20.0))
    value = losses.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    assert value == pytest.approx(right, rel=1e-7)


def test_the_gradient_of_tensorflow_assumes_labels_that_sum_to_1():
    labels, logits = np.array([[2.0, 1.0]]), np.zeros((1, 2))
    _, slope = tape(
        lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=x), logits
    )
    assert slope.tolist() == [[-1.5, -0.5]]
    ours = gradients.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    assert ours.tolist() == [[-0.5, 0.5]]


def test_a_sparse_label_out_of_range_is_an_error_on_a_cpu():
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2], logits=np.zeros((1, 2)))


def test_sigmoid_cross_entropy_of_tensorflow_has_fewer_digits_near_a_soft_label():
    x, y = np.array([1e-20]), np.array([0.5])
    _, slope = tape(lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x), x)
    assert slope == 0
    assert gradients.sigmoid_cross_entropy_with_logits(labels=y, logits=x) == pytest.approx(2.5e-21)


@pytest.mark.parametrize("pos_weight", [0.5, 2.0, 100.0])
def test_weighted_cross_entropy_of_tensorflow_has_a_wrong_gradient_at_zero(pos_weight):
    labels, logits = np.float32([1.0, 0.0]), np.zeros(2, np.float32)
    _, slope = tape(
        lambda x: tf.nn.weighted_cross_entropy_with_logits(labels, x, pos_weight), logits
    )
    ours = gradients.weighted_cross_entropy_with_logits(
        labels=labels, logits=logits, pos_weight=pos_weight
    )
    assert slope.tolist() == [0.0, 1.0]
    assert ours.tolist() == [-pos_weight / 2, 0.5]


def test_keras_uses_alpha_only_with_class_balancing():
    y, p = np.array([[1.0]]), np.array([[0.5]])
    unused = [K.binary_focal_crossentropy(y, p, alpha=alpha).numpy() for alpha in (0.25, 0.75)]
    assert unused[0] == unused[1] == pytest.approx(losses.binary_focal_cross_entropy(y, p)[0, 0])
    balanced = K.binary_focal_crossentropy(y, p, alpha=0.75, apply_class_balancing=True)
    assert balanced.numpy() == pytest.approx(losses.binary_focal_cross_entropy(y, p, alpha=0.75)[0])


def test_focal_losses_of_keras_from_logits_lose_what_was_missed():
    one, right = np.float32([[1.0]]), np.float32([[20.0]])
    value, slope = tape(lambda x: K.binary_focal_crossentropy(one, x, from_logits=True), right)
    assert value == slope == 0
    ours = losses.sigmoid_focal_cross_entropy_with_logits(labels=one, logits=right)
    assert ours == pytest.approx(math.exp(-60.0), rel=1e-6)
    labels, wrong = np.float32([[1.0, 0.0]]), np.float32([[-100.0, 0.0]])
    focal = K.categorical_focal_crossentropy
    value, slope = tape(lambda x: focal(labels, x, from_logits=True, alpha=1.0), wrong)
    assert value < 16.12
    assert (slope == 0).all()
    ours = losses.softmax_focal_cross_entropy_with_logits(labels=labels, logits=wrong, alpha=1.0)
    assert ours == 100


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weighted_cross_entropy_takes_one_weight_per_label_as_tensorflow_does(dtype):
    rng = np.random.default_rng(5)
    labels, logits = rng.random((6, 3)).astype(dtype), rng.normal(size=(6, 3)).astype(dtype)
    pos_weight = np.array([0.5, 3.0, 100.0])
    weight = tf.constant(pos_weight, dtype)
    variable = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        theirs = tf.nn.weighted_cross_entropy_with_logits(labels, variable, weight)
    arguments = {"labels": labels, "logits": logits, "pos_weight": pos_weight}
    ours = losses.weighted_cross_entropy_with_logits(**arguments)
    slopes = gradients.weighted_cross_entropy_with_logits(**arguments)
    assert ours.dtype == slopes.dtype == np.dtype(dtype)
    rtol = 1e-5 if dtype == "float32" else 1e-11
    np.testing.assert_allclose(ours, theirs, rtol=rtol)
    np.testing.assert_allclose(slopes, tape.gradient(theirs, variable), rtol=rtol, atol=rtol)
