"""What Keras leaves out by its mask is left out, and the options of a loss are read."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import BCE, CCE, LOGITS, SCORES, SIGMOID, SOFTMAX, YES, ids
from keras import layers, losses

from lossutils import diagnose
from lossutils.diagnosis.call import batch_rows
from lossutils.diagnosis.constant import mean_loss
from lossutils.diagnosis.loss_options import arguments_of
from lossutils.keras import Diagnose

COUNTS = np.arange(5) < np.array([5, 3, 4, 1, 5, 2, 3, 4])[:, None]  # which steps are there
RATES = np.exp(SCORES).reshape(8, 5, 1)
CLASSES = np.eye(3)[np.arange(40) % 3].reshape(8, 5, 3)
PADDED = {
    "labels of -1": (BCE, YES.reshape(8, 5, 1), SIGMOID.reshape(8, 5, 1), -1, "negative-loss"),
    "counts of -1": ("poisson", np.round(RATES), RATES, -1, "negative-loss"),
    "targets of 0": ("mape", RATES, RATES + 1, 0, "mape-at-zero"),
    "rows of -1": (CCE, CLASSES, SOFTMAX.reshape(8, 5, 3), -1, "negative-loss"),
}


def batch(name):
    """Return the loss, labels with a mark where a step is missing, and predictions with a mask."""
    loss, y, p, mark, mistake = PADDED[name]
    prediction = tf.constant(p, "float32")
    prediction._keras_mask = tf.constant(COUNTS)
    return loss, np.where(COUNTS[..., None], y, mark), prediction, mistake


def full(loss):
    return {"mape": "mean_absolute_percentage_error"}.get(loss, loss)


@pytest.mark.parametrize("name", PADDED)
def test_what_the_mask_leaves_out_is_not_looked_at(name):
    loss, y, prediction, mistake = batch(name)
    report = diagnose(y, prediction, loss=loss)
    assert not report, report
    assert "mask (8, 5) bool" in str(report)
    assert mistake in ids(diagnose(y, prediction.numpy(), loss=loss).certain)


@pytest.mark.parametrize("name", ["labels of -1", "counts of -1", "rows of -1"])
def test_the_mean_is_that_of_keras(name):
    loss, y, prediction, _ = batch(name)
    rows = batch_rows(y, prediction, None, loss, False)
    keras_loss = losses.get(full(loss))
    expected = losses.Loss.__call__(Wrapped(keras_loss), y, prediction)
    np.testing.assert_allclose(mean_loss(rows), expected, rtol=1e-5)


class Wrapped(losses.Loss):
    """A function of Keras as a loss object, as `compile` makes one."""

    def __init__(self, function):
        super().__init__()
        self.call = function


def test_weights_count_beside_the_mask():
    loss, y, prediction, _ = batch("labels of -1")
    weight = np.arange(40.0).reshape(8, 5)
    rows = batch_rows(y, prediction, weight, loss, False)
    expected = losses.BinaryCrossentropy()(y, prediction, sample_weight=weight)
    np.testing.assert_allclose(mean_loss(rows), expected, rtol=1e-5)


def test_nan_under_the_mask_is_nan_in_the_loss():
    _, y, prediction, _ = batch("labels of -1")
    spoilt = tf.where(COUNTS[..., None], prediction, np.nan)
    spoilt._keras_mask = prediction._keras_mask
    assert np.isnan(losses.BinaryCrossentropy()(y, spoilt))
    assert diagnose(y, spoilt, loss=BCE).certain


@pytest.mark.parametrize("masked", [True, False])
def test_the_callback_finds_the_mask(masked):
    keras.utils.set_random_seed(0)
    there = np.tile(COUNTS, (5, 1))[..., None]
    x = np.where(there, LOGITS[:, None] * np.ones((1, 5, 1)), 0)
    y = np.where(there, (x[..., :1] > 0) * 1.0, -1)
    model = keras.Sequential([keras.Input((5, 3)), *[layers.Masking()] * masked])
    model.add(layers.Dense(1, "sigmoid"))
    model.compile("adam", BCE)
    watch = Diagnose()
    model.fit(x, y, epochs=2, verbose=0, callbacks=[watch])
    assert ids(watch.report.certain) == ([] if masked else ["negative-loss"])
    assert ("mask (" in str(watch.report)) == masked


def binary_crossentropy(y_true, y_pred):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def poisson(y_true, y_pred):
    return tf.nn.log_poisson_loss(y_true, y_pred)


class BinaryFocalCrossentropy(losses.Loss):
    """A loss of logits, which is not the one that Keras calls so."""

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred)


class MeanSquaredError(losses.MeanSquaredError):
    """Twice as much as the loss of Keras."""

    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)


@pytest.mark.parametrize(
    "loss",
    [binary_crossentropy, poisson, BinaryFocalCrossentropy(), MeanSquaredError(), lambda y, p: p],
)
def test_a_loss_of_ones_own_may_have_a_name_that_keras_uses(loss):
    assert arguments_of(loss) == {}


@pytest.mark.parametrize(
    ("loss", "arguments"),
    [
        (keras.losses.poisson, {"loss": "poisson"}),
        ("mse", {"loss": "mean_squared_error"}),
        (losses.CosineSimilarity(), {"loss": "cosine_similarity"}),
        (losses.CosineSimilarity(axis=1), {"loss": "cosine_similarity", "axis": 1}),
        (losses.CategoricalCrossentropy(axis=1), {"loss": CCE, "axis": 1}),
        (losses.CategoricalFocalCrossentropy(gamma=3),
         {"loss": "categorical_focal_crossentropy", "gamma": 3}),
        (losses.Dice(axis=(1, 2)), {"loss": "dice"}),
    ],
)  # fmt: skip
def test_the_arguments_of_a_loss_of_keras_are_read(loss, arguments):
    assert arguments_of(loss) == {"from_logits": False} | arguments


def test_an_axis_that_the_diagnosis_does_not_know_leaves_the_loss_without_a_name():
    assert arguments_of(losses.CosineSimilarity(axis=0)) == {}


def test_a_function_with_the_name_of_a_loss_is_recognised_by_its_value():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile("adam", binary_crossentropy)
    watch = Diagnose()
    model.fit(LOGITS, YES, verbose=0, callbacks=[watch])
    assert not watch.report, watch.report
    assert "binary_crossentropy of logits" in " ".join(str(watch.report).split())


def test_a_class_that_is_not_there_has_a_gradient_of_nan():
    """The loss is finite: a row of zeros has the probability 0."""
    logits = tf.Variable(LOGITS[:3], dtype="float32")
    labels = np.array([0, -1, 2])
    loss = losses.CategoricalGeneralizedCrossEntropy()
    with tf.GradientTape() as tape:
        value = loss(labels, tf.nn.softmax(logits))
    gradient = tape.gradient(value, logits).numpy()
    assert np.isfinite(value)
    np.testing.assert_array_equal(np.isnan(gradient).all(axis=1), labels < 0)
    report = diagnose(labels, SOFTMAX[:3], loss="categorical_generalized_cross_entropy")
    assert ids(report.certain) == ["labels-out-of-range"]
