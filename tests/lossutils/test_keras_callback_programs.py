"""The callback on Keras programs of other kinds: replicas, several outputs, own training steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import ids
from keras import layers
from rotation import one_in
from small_trainings import CLASSES, LINE, X, watched

from lossutils.keras import Diagnose

# Instead of 0 and 1, most programs get labels of -1 and 2, which the callback must notice.
ROWS = 3 * np.eye(3, dtype="float32")[CLASSES] - 1


class Subclassed(keras.Model):
    """A model without a graph, and with a training step of its own."""

    def __init__(self):
        super().__init__()
        self.last = layers.Dense(3, "softmax")

    def call(self, x, training=False):
        return self.last(x)


def compiled(model, **options):
    model.compile("adam", "categorical_crossentropy", **options)
    return model


def small(dtype=None):
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, dtype=dtype), layers.Softmax(dtype="float32")]
    )


def in_dataset():
    return tf.data.Dataset.from_tensor_slices((X, ROWS)).batch(32), {}


def in_two_replicas():
    devices = ["CPU:0", "CPU:1"] if len(tf.config.list_logical_devices("CPU")) > 1 else ["CPU:0"]
    with tf.distribute.MirroredStrategy(devices).scope():
        return compiled(small())


KINDS = {
    "tf.data": lambda: (compiled(small()), in_dataset()),
    "mixed precision": lambda: (compiled(small("mixed_float16")), None),
    "a subclassed model": lambda: (compiled(Subclassed()), None),
    "XLA": lambda: (compiled(small(), jit_compile=True), None),
    "several steps per call": lambda: (compiled(small(), steps_per_execution=2), None),
    "eagerly": lambda: (compiled(small(), run_eagerly=True), None),
    "replicas": lambda: (in_two_replicas(), None),
}


@pytest.mark.parametrize("kind", one_in(3, KINDS))
def test_it_works_with(kind, capsys):
    keras.utils.set_random_seed(0)
    (model, data), watch = KINDS[kind](), Diagnose()
    arguments = (X, ROWS) if data is None else data[:1]
    model.fit(*arguments, epochs=2, verbose=0, callbacks=[watch])
    assert "negative-loss" in ids(watch.report.certain), watch.report
    assert "stopped watching" not in capsys.readouterr().out


def test_mixed_precision_of_the_whole_program_trains_as_without_it(capsys):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        watch, history = watched(1, "mse", LINE, dtype="float32")
        norms = watch.run.history.gradient_norms
    finally:
        keras.config.set_dtype_policy(before)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert max(norms) < 100  # of the loss, not of the loss that was scaled by 2**15
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("as_dictionary", [True, False])
def test_each_output_has_its_own_loss(as_dictionary):
    inputs = keras.Input((4,))
    size = layers.Dense(1, name="size")(inputs)
    kind = layers.Dense(3, "softmax", name="kind")(inputs)
    outputs = {"size": size, "kind": kind} if as_dictionary else [size, kind]
    model = keras.Model(inputs, outputs)
    named = {"size": "mse", "kind": "categorical_crossentropy"}
    model.compile("adam", named if as_dictionary else list(named.values()))
    labels = {"size": LINE, "kind": ROWS}
    watch = Diagnose()
    y = labels if as_dictionary else list(labels.values())
    model.fit(X, y, epochs=2, verbose=0, callbacks=[watch])
    assert ids(watch.report.certain) == ["negative-loss"]


def test_a_loss_written_by_hand_can_be_named():
    keras.utils.set_random_seed(0)
    model = compiled(small())
    model.compile("adam", lambda y, p: tf.nn.softmax_cross_entropy_with_logits(y, p))
    watch = Diagnose(loss="categorical_crossentropy", from_logits=True)
    model.fit(X, np.eye(3)[CLASSES], verbose=0, callbacks=[watch])
    assert "softmax-twice" in ids(watch.report)


class Unsupervised(keras.Model):
    """A model without labels, whose only loss is its own."""

    def __init__(self):
        super().__init__()
        self.last = layers.Dense(4)

    def call(self, x):
        z = self.last(x)
        self.add_loss(tf.reduce_mean((z - x) ** 2))
        return z


def test_a_model_without_labels_is_healthy(capsys):
    model = Unsupervised()
    model.compile(keras.optimizers.Adam(0.05))
    watch = Diagnose()
    model.fit(X, epochs=5, verbose=0, callbacks=[watch])
    assert not watch.report, watch.report
    assert capsys.readouterr().out == ""
    assert len(watch.run.history.losses) == 20


def test_frozen_layers_are_named():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.trainable = False
    model.compile("sgd", "mse")
    watch = Diagnose()
    model.fit(X, LINE, epochs=2, verbose=0, callbacks=[watch])
    assert "0 weights that are trained" in watch.report.certain[0].evidence


def deep(units, activation, **options):
    return [layers.Dense(units, activation, **options) for _ in range(4)]


SMALL = keras.initializers.RandomNormal(stddev=0.01, seed=0)
STUCK = {
    "hidden layers": deep(8, "sigmoid", kernel_initializer=SMALL),
    "penalty": [layers.Dense(8, kernel_regularizer=keras.regularizers.L2(1000.0))],
}


@pytest.mark.parametrize("what", STUCK)
def test_why_a_model_learned_nothing(what):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), *STUCK[what], layers.Dense(1)])
    rate = {"hidden layers": 0.01, "penalty": 0.0005}[what]
    model.compile(keras.optimizers.SGD(rate), "mse")
    watch = Diagnose()
    model.fit(X, LINE - LINE.mean(), epochs=10, verbose=0, callbacks=[watch])
    (finding,) = [f for f in watch.report if f.title == "no better than a constant"]
    assert what in finding.instead
