"""The callback on real Keras programs: what it recognises, and what it leaves alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import ids
from keras import layers
from small_trainings import CLASSES, LINE, POSITIVE, X, watched

from lossutils.keras import Diagnose

OF_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def squares_of_all_pairs(y_true, y_pred):
    return tf.reduce_mean(tf.square(tf.reshape(y_true, [-1]) - y_pred))


def log_of_scores(y_true, y_pred):
    return -tf.reduce_mean(y_true * tf.math.log(y_pred))


NAN = X.copy()
NAN[5, 2] = np.nan
DEAD = {"activation": "relu", "bias_initializer": keras.initializers.Constant(-100)}
FAULTY = {
    "nan in the features": ("nan-in-data", (1, "mse", LINE), {"x": NAN}),
    "a logarithm of raw scores": ("overflow", (1, log_of_scores, POSITIVE), {}),
    "a rate that is too high": ("overflow", (1, "mse", LINE), {"rate": 50.0, "epochs": 30}),
    "a dead last layer": ("no-gradient", (1, "mse", LINE), DEAD),
    "labels of all pairs": ("broadcast", (1, squares_of_all_pairs, LINE), {}),
    "a sigmoid against targets above 1": (
        "output-range",
        (1, "mse", 20 + LINE),
        {"activation": "sigmoid", "rate": 0.5, "epochs": 30},
    ),
    "raw targets": ("target-scale", (1, "mse", 1e6 * LINE + 1e7), {"rate": 1e-9}),
    "an accuracy of logits": (
        "accuracy-of-logits",
        (1, keras.losses.BinaryCrossentropy(from_logits=True), POSITIVE),
        {"metrics": ["accuracy"]},
    ),
    "softmax on one unit": (
        "softmax-on-one-unit",
        (1, "binary_crossentropy", POSITIVE),
        {"activation": "softmax"},
    ),
}  # fmt: skip
HEALTHY = {
    "a line": ((1, "mse", LINE), {}),
    "flat labels": ((1, "mse", LINE[:, 0]), {}),
    "yes or no": ((1, "binary_crossentropy", POSITIVE[:, 0]), {"activation": "sigmoid"}),
    "logits": ((3, OF_LOGITS, CLASSES), {"metrics": ["accuracy"], "rate": 0.3}),
    "probabilities": (
        (3, "categorical_crossentropy", np.eye(3)[CLASSES]),
        {"activation": "softmax", "rate": 0.3},
    ),
    "a loss written by hand": ((1, lambda y, p: tf.abs(y - p), LINE), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_reported(name, capsys):
    mistake, program, options = FAULTY[name]
    watch, _ = watched(*program, **options)
    assert mistake in ids(watch.report), watch.report
    assert str(watch.report) in capsys.readouterr().out


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gets_no_report(name, capsys):
    program, options = HEALTHY[name]
    watch, history = watched(*program, **options)
    assert not watch.report, watch.report
    assert capsys.readouterr().out == ""
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_training_is_the_same_with_and_without_it():
    _, with_it = watched(1, "mse", LINE)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    without = model.fit(X, LINE, epochs=10, verbose=0)
    np.testing.assert_allclose(with_it.history["loss"], without.history["loss"], rtol=1e-4)


def test_a_certain_finding_stops_the_run_if_asked():
    watch, history = watched(1, "mse", LINE, x=NAN, epochs=50, stop_on="certain")
    assert watch.report.certain
    assert len(history.history["loss"]) < 3


def test_stop_on_takes_one_word():
    with pytest.raises(ValueError, match="stop_on: expected None or 'certain', got 'always'"):
        Diagnose("always")


def test_labels_that_start_at_1_are_explained_before_tensorflow_raises(capsys):
    with pytest.raises(tf.errors.InvalidArgumentError):
        watched(3, "sparse_categorical_crossentropy", CLASSES + 1, activation="softmax")
    assert "y_true - 1: count from 0" in capsys.readouterr().out


def test_a_loss_that_raises_is_explained_before_the_error(capsys):
    with pytest.raises(ValueError, match="must have the same"):
        watched(3, "categorical_crossentropy", CLASSES, activation="softmax")
    assert "Class indices where one-hot labels are expected" in capsys.readouterr().out


def test_a_metric_as_the_loss_is_named_before_the_error(capsys):
    metric = keras.metrics.MeanSquaredError()
    with pytest.raises(ValueError, match="No gradients provided"):
        watched(1, metric, LINE)
    printed = capsys.readouterr().out
    assert "CERTAIN: A metric used as a loss" in printed
    assert "(MeanSquaredError)" in printed
    advice, twin = "the loss of the same name in keras.losses", keras.losses.MeanSquaredError()
    assert advice in printed
    watch, history = watched(1, twin, LINE)
    assert not watch.report
    assert history.history["loss"][-1] < 0.1 * np.var(LINE)


def test_a_metric_among_the_losses_of_several_outputs_is_named(capsys):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [layers.Dense(1, name=name)(inputs) for name in "ab"])
    model.compile("adam", ["mse", keras.metrics.MeanAbsoluteError()])
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        model.fit(X, [LINE, LINE], verbose=0, callbacks=[Diagnose()])
    assert "the loss is a metric (MeanAbsoluteError)" in capsys.readouterr().out


def test_an_error_of_its_own_is_one_line_and_training_goes_on(monkeypatch, capsys):
    monkeypatch.setattr("lossutils.diagnosis.callback.outputs", lambda *_: 1 / 0)
    _, history = watched(1, "mse", LINE)
    assert len(history.history["loss"]) == 10
    assert (
        capsys.readouterr().out
        == "Diagnose stopped watching: ZeroDivisionError: division by zero\n"
    )


def test_the_model_is_given_back_as_it_was():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, LINE, verbose=0)
    function, attributes = model.train_function, set(vars(model))
    model.fit(X, LINE, verbose=0, callbacks=[Diagnose()])
    assert model.train_function is function
    assert set(vars(model)) == attributes


def test_the_steps_of_keras_are_recorded():
    watch, history = watched(1, "mse", LINE, epochs=3)
    steps = watch.run.history.losses
    assert len(steps) == 3 * 4
    np.testing.assert_allclose(np.mean(steps[8:]), history.history["loss"][-1], rtol=1e-4)


@pytest.mark.parametrize(
    ("last", "loss", "certain"),
    [
        ("softmax", lambda y, p: tf.nn.softmax_cross_entropy_with_logits(y, p), True),
        # The loss of Keras finds the logits before the softmax, and says so.
        ("softmax", keras.losses.CategoricalCrossentropy(from_logits=True), False),
    ],
)
@pytest.mark.filterwarnings("ignore:.*does not represent logits")
def test_a_softmax_too_many_is_certain_where_the_softmax_was_seen(last, loss, certain):
    watch, _ = watched(3, loss, np.eye(3, dtype="float32")[CLASSES], activation=last)
    assert {f.mistake: f.certain for f in watch.report}["softmax-twice"] == certain


class PairwiseError(keras.losses.Loss):
    """A squared error whose class, unlike a function, gets labels and predictions as they are."""

    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


def squared_error_by_hand(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


@pytest.mark.parametrize(
    ("loss", "expected"), [(squared_error_by_hand, []), (PairwiseError(), ["broadcast"])]
)
def test_labels_without_an_axis_are_a_mistake_where_keras_does_not_align_them(loss, expected):
    """It aligns them for a function, and does not for a class."""
    watch, _ = watched(1, loss, X[:, 0])
    assert [name for name in ids(watch.report) if name == "broadcast"] == expected


def logits_like_probabilities(y_true, y_pred):
    return tf.nn.softmax_cross_entropy_with_logits(y_true, y_pred)


def test_linear_outputs_that_look_like_those_of_a_softmax_are_suspicious_only():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, kernel_initializer="zeros",
                              bias_initializer=keras.initializers.Constant(1 / 3))])  # fmt: skip
    model.compile(keras.optimizers.SGD(1e-4), logits_like_probabilities)
    watch = Diagnose(loss="categorical_crossentropy", from_logits=True)
    model.fit(X, np.eye(3, dtype="float32")[CLASSES], verbose=0, callbacks=[watch])
    assert "softmax-twice" in ids(watch.report)
    assert not watch.report.certain, watch.report
