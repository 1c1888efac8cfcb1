"""Faults that people reported: the labels and predictions of one batch show them.

Each function returns the faulty program and the repaired one; second.toml says what is wrong.
"""

import keras
import numpy as np
from keras import layers, ops
from sklearn import datasets

from . import second_runs
from .program import (
    BCE,
    CE,
    SPARSE,
    Program,
    clusters,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def autoencoder():
    x, _ = digits(image=True)

    def of(pictures):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        model.add(layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"))
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
        model.add(layers.UpSampling2D(2))
        model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
        return Program(compiled(model, BCE, metrics=()), pictures, pictures, 8)

    return of(standardised(x)), of(x)


def label_encoder():
    x, kind = clusters(600, 6, (20,))
    tags = [one_hot(kind % 3), one_hot(kind // 2), (kind % 2)[:, None]]
    columns = {"codes": kind[:, None], "one-hot": one_hot(kind)}

    def of(column):
        labels = np.hstack([*tags, columns[column]]).astype("float32")
        inputs = keras.Input((20,))
        hidden = layers.Dense(32, activation="relu")(inputs)
        several = layers.Dense(labels.shape[1], activation="sigmoid", name="tags")(hidden)
        one = layers.Dense(6, activation="softmax", name="kind")(hidden)
        model = keras.Model(inputs, {"tags": several, "kind": one})
        losses = {"tags": BCE, "kind": CE}
        return Program(
            compiled(model, losses, metrics=()), x, {"tags": labels, "kind": one_hot(kind)}, 10
        )

    return of("codes"), of("one-hot")


def heat_maps(rows=600):
    """Return noisy pictures of a blob, and the map of where it is, with a peak of 1."""
    draw = generator()
    centers = draw.uniform(1, 7, (rows, 2))
    grid = np.stack(np.meshgrid(np.arange(8), np.arange(8), indexing="ij"), axis=-1)
    away = np.square(grid[None] - centers[:, None, None]).sum(axis=-1)
    x = np.exp(-away / 2) + 0.1 * draw.normal(size=away.shape)
    y = np.exp(-away / 4).reshape(rows, 64)
    return x[..., None].astype("float32"), y.astype("float32")


def divergence():
    x, y = heat_maps()

    def of(labels, last):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 3, padding="same", activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dense(64, activation=last))
        return Program(compiled(model, "kl_divergence", metrics=()), x, labels, 10)

    return of(y, "relu"), of(y / y.sum(axis=1, keepdims=True), "softmax")


def next_item():
    draw = generator()
    history = draw.integers(1, 41, (1500, 6))
    following = np.where(draw.random(1500) < 0.8, history[:, -1] % 40 + 1, history[:, 0])

    def of(items):
        model = keras.Sequential([keras.Input((6,), dtype="int64")])
        model.add(layers.Embedding(41, 16))
        model.add(layers.GRU(32))
        model.add(layers.Dense(items))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return Program(compiled(model, loss, keras.optimizers.Adam(0.01)), history, following, 8)

    return of(40), of(41)


class Dice(keras.losses.Loss):
    """1 minus the Dice coefficient of the whole batch."""

    def call(self, y_true, y_pred):
        both = ops.sum(y_true * y_pred)
        return 1 - (2 * both + 1) / (ops.sum(y_true) + ops.sum(y_pred) + 1)


def half_precision():
    draw = generator()
    masks = np.repeat(np.repeat(draw.random((256, 4, 4, 1)) < 0.4, 8, axis=1), 8, axis=2)
    x = masks + 0.5 * draw.normal(size=masks.shape)

    def of(dtype):
        half = {"dtype": "mixed_float16"}
        model = keras.Sequential([keras.Input((32, 32, 1))])
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu", **half))
        model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid", **half))
        loss = Dice(dtype=dtype)
        model = compiled(model, loss, keras.optimizers.Adam(0.02), ["binary_accuracy"])
        return Program(model, x.astype("float32"), masks.astype("float32"), 10, 128)

    return of("float16"), of("float32")


def gaussian(y, p):
    """The Gaussian log-likelihood, negated, of a mean and the log of a variance."""
    return ops.mean(p[:, 1] + ops.square(y - p[:, 0]) / ops.exp(p[:, 1])) / 2


def gaussian_of_columns(y, p):
    return ops.mean(p[:, 1:] + ops.square(y - p[:, :1]) / ops.exp(p[:, 1:]), axis=-1) / 2


def uncertainty():
    draw = generator()
    x = draw.uniform(-2, 2, (800, 3))
    y = x[:, :1] - x[:, 1:2] ** 2 + 0.2 * draw.normal(size=(800, 1))

    def of(loss):
        model = compiled(mlp(3, (32, "relu"), (32, "relu"), (2, None)), loss, metrics=())
        return Program(model, x.astype("float32"), standardised(y), 15)

    return of(gaussian), of(gaussian_of_columns)


def log_loss(y, p):
    """The cross-entropy of probabilities."""
    return -ops.sum(y * ops.log(p + 1e-7), axis=-1)


def wrong_axis():
    draw = generator()
    classes = np.repeat(draw.integers(0, 3, (400, 2, 2)), 4, axis=1).repeat(4, axis=2)
    x = np.eye(3)[classes] @ draw.normal(size=(3, 3)) + 0.3 * draw.normal(size=(400, 8, 8, 3))

    def of(axis):
        model = keras.Sequential([keras.Input((8, 8, 3))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(3, 1))
        model.add(layers.Softmax(axis=axis))
        model = compiled(model, log_loss, keras.optimizers.Adam(0.01))
        return Program(model, x.astype("float32"), np.eye(3)[classes], 8, description={"loss": CE})

    return of(1), of(-1)


def hinge():
    x, y = datasets.load_breast_cancer(return_X_y=True)
    x, y = standardised(x), 2 * y - 1
    faulty, repaired = (
        compiled(mlp(30, (16, "relu"), (1, last)), "hinge", metrics=())
        for last in ("sigmoid", "tanh")
    )
    return Program(faulty, x, y, 20), Program(repaired, x, y, 20)


def twelve_tags():
    draw = generator()
    words = draw.integers(0, 12, (500, 10))
    tags = one_hot((words + np.roll(words, 1, axis=1)) % 12)
    x = np.eye(12, dtype="float32")[words]

    def of(loss, metric, epochs):
        model = keras.Sequential([keras.Input((10, 12))])
        model.add(layers.LSTM(32, return_sequences=True))
        model.add(layers.TimeDistributed(layers.Dense(12, activation="softmax")))
        model = compiled(model, loss, keras.optimizers.Adam(0.02), [metric])
        return Program(model, x, tags, epochs)

    return of(BCE, "binary_accuracy", 3), of(CE, "categorical_accuracy", 10)


def padding():
    draw = generator()
    words = draw.integers(1, 200, (500, 30))
    words[np.arange(30)[None] >= draw.integers(2, 6, (500, 1))] = 0
    tags = np.where(words > 0, 1 + words % 5, 0)

    def of(mask):
        model = keras.Sequential([keras.Input((30,), dtype="int64")])
        model.add(layers.Embedding(200, 16, mask_zero=mask))
        model.add(layers.LSTM(16, return_sequences=True))
        model.add(layers.Dense(6, activation="softmax"))
        model = compiled(model, SPARSE, keras.optimizers.Adam(0.02 if mask else 0.001))
        return Program(model, words, tags, 8 if mask else 4)

    return of(False), of(True)


def speech():
    draw = generator()
    symbols = np.stack([draw.permutation(6)[:5] + 1 for _ in range(400)])
    x = np.eye(7)[np.repeat(symbols, 8, axis=1)] + 0.1 * draw.normal(size=(400, 40, 7))

    def of(stride):
        model = keras.Sequential([keras.Input((40, 7))])
        model.add(layers.Conv1D(32, 5, strides=stride, padding="same", activation="relu"))
        model.add(layers.Dense(7))
        model = compiled(model, "ctc", keras.optimizers.Adam(0.01), metrics=())
        return Program(model, x.astype("float32"), symbols.astype("float32"), 10)

    return of(10), of(4)


class Sampling(layers.Layer):
    """Draw the code of a variational autoencoder, and add its divergence to the loss."""

    def call(self, both):
        mean, log_var = ops.split(both, 2, axis=-1)
        divergence = ops.exp(log_var) + ops.square(mean) - 1 - log_var
        self.add_loss(ops.mean(ops.sum(divergence, axis=-1)) / 2)
        return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean))


def summed(y, p):
    """The binary cross-entropy, summed over the 64 pixels."""
    return 64 * keras.losses.binary_crossentropy(y, p)


def collapse():
    x, _ = digits()

    def of(loss):
        model = mlp(64, (64, "relu"), (8, None))
        model.add(Sampling())
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Dense(64, activation="sigmoid"))
        return Program(compiled(model, loss, keras.optimizers.Adam(0.003), ()), x, x, 15)

    return of(BCE), of(summed)


def two_units():
    draw = generator()
    x = draw.normal(size=(800, 6)).astype("float32")
    price = 250000 + 60000 * x[:, 0] + 40000 * x[:, 1]
    sold = (x[:, 2] * x[:, 3] > 0).astype("int64")

    def of(prices):
        inputs = keras.Input((6,))
        hidden = layers.Dense(32, activation="relu")(inputs)
        hidden = layers.Dense(32, activation="relu")(hidden)
        heads = [
            layers.Dense(1, name="price")(hidden),
            layers.Dense(1, activation="sigmoid", name="sold")(hidden),
        ]
        model = keras.Model(inputs, heads)
        model = compiled(model, ["mse", BCE], keras.optimizers.Adam(0.005), ())
        return Program(model, x, [prices, sold], 15)

    return of(price), of(standardised(price))


PROGRAMS = {
    "second-autoencoder": autoencoder,
    "second-label-encoder": label_encoder,
    "second-divergence": divergence,
    "second-next-item": next_item,
    "second-half-dice": half_precision,
    "second-uncertainty": uncertainty,
    "second-wrong-axis": wrong_axis,
    "second-hinge": hinge,
    "second-twelve-tags": twelve_tags,
    "second-padding": padding,
    "second-speech": speech,
    "second-collapse": collapse,
    "second-two-units": two_units,
} | second_runs.RUNS
