"""Training is the same with the callback and without it: as many steps, and the same weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from rotation import one_in

from lossutils.keras import Diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 5)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
ARRAYS = {"x": X, "y": Y, "batch_size": 4, "shuffle": False}
BATCHES = 10
STEPS = {"steps_per_execution": 4}  # neither the watched steps nor the batches divide by it


def generated():
    while True:
        for i in range(0, 40, 4):
            yield X[i : i + 4], Y[i : i + 4], None


class Batches(keras.utils.PyDataset):
    """The batches as Keras' own kind of data set."""

    def __len__(self):
        return BATCHES

    def __getitem__(self, i):
        return X[4 * i : 4 * i + 4], Y[4 * i : 4 * i + 4]


def network(dropout=0.3):
    return keras.Sequential(
        [keras.Input((5,)), layers.BatchNormalization(), layers.Dropout(dropout),
         layers.Dense(1, "sigmoid")]
    )  # fmt: skip


class OwnStep(keras.Model):
    """A model whose training step reports the loss of the step, and no mean."""

    def __init__(self):
        super().__init__()
        self.last = layers.Dense(1, "sigmoid")

    def call(self, x, training=False):
        return self.last(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


class OwnFunction(keras.Model):
    """A model that makes its training function itself."""

    def __init__(self):
        super().__init__()
        self.last = layers.Dense(1, "sigmoid")

    def call(self, x):
        return self.last(x)

    def make_train_function(self, force=False):
        self.train_function = lambda iterator: self.train_step(next(iterator))


PROGRAMS = {
    "1 step": (network, {}, ARRAYS),
    "4 steps": (network, STEPS, ARRAYS),
    "more steps than batches": (network, {"steps_per_execution": 100}, ARRAYS),
    "eagerly": (network, STEPS | {"run_eagerly": True}, ARRAYS),
    "XLA": (lambda: network(dropout=0), STEPS | {"jit_compile": True}, ARRAYS),
    "tf.data": (
        network, STEPS, {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)}
    ),
    "a generator": (network, STEPS, {"x": generated, "steps_per_epoch": 8}),
    "a PyDataset": (network, STEPS, {"x": Batches(), "shuffle": False}),
    "sample weights": (network, STEPS, ARRAYS | {"sample_weight": X[:, 0] ** 2}),
    "class weights": (network, STEPS, ARRAYS | {"class_weight": {0: 1.0, 1: 3.0}}),
    "a training step of its own": (OwnStep, STEPS, ARRAYS),
    "a training function of its own": (OwnFunction, {}, ARRAYS),
}  # fmt: skip


def trained(name, *callbacks):
    """Return the number of updates, the weights and the losses of the epochs."""
    keras.utils.set_random_seed(0)
    make, options, data = PROGRAMS[name]
    data = data | {"x": data["x"]()} if callable(data["x"]) else data
    model = make()
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", **options)
    history = model.fit(**data, epochs=2, verbose=0, callbacks=list(callbacks)).history
    weights = np.concatenate([weight.ravel() for weight in model.get_weights()])
    return int(model.optimizer.iterations), weights, history["loss"]


@pytest.mark.parametrize("name", ["4 steps", *one_in(4, [n for n in PROGRAMS if n != "4 steps"])])
@pytest.mark.filterwarnings("ignore:.shuffle=True. was passed")
def test_the_updates_and_the_weights_are_the_same(name):
    steps, weights, losses = trained(name)
    steps_with, weights_with, losses_with = trained(name, Diagnose())
    assert steps_with == steps >= 16
    np.testing.assert_allclose(weights_with, weights, atol=2e-6)
    np.testing.assert_allclose(losses_with, losses, rtol=1e-5)


def test_each_step_of_an_execution_is_recorded():
    watch = Diagnose()
    steps, _, losses = trained("4 steps", watch)
    recorded = watch.run.history.losses
    assert len(recorded) == steps == 2 * BATCHES
    np.testing.assert_allclose(np.mean(recorded[BATCHES:]), losses[1], rtol=1e-5)


def test_the_loss_that_an_own_step_reports_is_taken_as_it_is(monkeypatch):
    class Reported(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            values.append(float(logs["loss"]))

    values, watch = [], Diagnose()
    monkeypatch.setitem(PROGRAMS, "own", (OwnStep, {}, ARRAYS))
    trained("own", watch, Reported())
    np.testing.assert_allclose(watch.run.history.losses, values, rtol=1e-5)
