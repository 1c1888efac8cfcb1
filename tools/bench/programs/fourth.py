"""A fourth set of faults that people reported: the labels and predictions of one batch show them.

Each function returns the faulty program and the repaired one; fourth.toml says what is wrong.
"""

import keras
import numpy as np
from keras import layers
from keras.optimizers import Adam
from sklearn import datasets

from . import fourth_runs
from .program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    columns,
    compiled,
    generator,
    mlp,
    one_hot,
    standardised,
)


def travel_times():
    x = columns(800, (0, 1), (0, 1), (0, 1), (0, 1))
    y = (60 + 120 * x[:, 0] + 60 * x[:, 1] * x[:, 2]).astype("float32")

    def of(last, targets):
        model = mlp(4, (16, "tanh"), (16, "tanh"), (1, last))
        return Program(compiled(model, MSE, "rmsprop", ()), x, targets, 20)

    return of("tanh", y), of(None, standardised(y))


def threshold():
    draw = generator()
    low, high = draw.integers(0, 50000, 600), draw.integers(50000, 100000, 600)
    x = np.concatenate([low, high])[:, None].astype("float32")
    y = np.repeat([0, 1], 600)
    rows = draw.permutation(1200)

    def of(features, first, second, last):
        model = mlp(1, (first, "relu"), (second, "relu"), (1, last))
        return Program(compiled(model, BCE, Adam(0.01)), features[rows], y[rows], 6, 5)

    return of(x, 3, 5, "relu"), of(standardised(x), 16, 8, "sigmoid")


def binary_vectors():
    draw = generator()
    x = draw.integers(0, 2, (800, 16, 1)).astype("float32")
    y = np.where(x[:, 8:].sum(axis=(1, 2)) > 4, 1, -1)

    def of(last, labels):
        model = keras.Sequential([keras.Input((16, 1)), layers.LSTM(16)])
        model.add(layers.Dense(1, activation=last))
        return Program(compiled(model, BCE, Adam(0.01)), x, labels, 12)

    return of("softmax", y), of("sigmoid", (y + 1) // 2)


def exclusive_or():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32").repeat(200, axis=0)
    x = x[generator().permutation(800)]
    y = (x[:, 0] != x[:, 1]).astype("float32")

    def of(hidden, loss, optimizer, last):
        model = mlp(2, *hidden, (1, last))
        return Program(compiled(model, loss, optimizer, ()), x, y, 12)

    wrong = of([(2, None), (2, "relu")], MSE, "sgd", "relu")
    return wrong, of([(8, "relu"), (8, "relu")], BCE, Adam(0.01), "sigmoid")


def one_column():
    x, y = datasets.load_breast_cancer(return_X_y=True)

    def of(loss):
        model = compiled(mlp(30, (16, "relu"), (1, "sigmoid")), loss, Adam(0.005))
        return Program(model, standardised(x), y[:, None], 12)

    return of(CE), of(BCE)


def topics():
    draw = generator()
    y = draw.integers(0, 4, 800)
    words = draw.integers(0, 100, (800, 15))
    words = np.where(draw.random((800, 15)) < 0.3, 4 * (words // 4) + y[:, None], words)

    def of(last):
        model = keras.Sequential([keras.Input((15,), dtype="int32"), layers.Embedding(100, 16)])
        model.add(layers.LSTM(16))
        model.add(layers.Dense(4, activation=last))
        metrics = ["categorical_accuracy"]
        return Program(compiled(model, CE, Adam(0.01), metrics), words, one_hot(y), 8)

    return of("sigmoid"), of("softmax")


def species():
    x, y = clusters(1200, 15, (8, 8, 3), 2.0)

    def of(loss):
        model = keras.Sequential([keras.Input((8, 8, 3))])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dropout(0.3))
        model.add(layers.Dense(15, activation="softmax"))
        return Program(compiled(model, loss, "rmsprop"), x, one_hot(y), 6)

    return of(BCE), of(CE)


def cells():
    """The kind of object in each of sixteen cells, as numbers from 1 to 10."""
    draw = generator()
    kinds = draw.integers(1, 11, (500, 4, 4))
    x = draw.normal(size=(11, 6))[kinds] + 0.5 * draw.normal(size=(500, 4, 4, 6))

    def of(units):
        model = keras.Sequential([keras.Input((4, 4, 6))])
        model.add(layers.Conv2D(32, 1, activation="relu"))
        model.add(layers.Conv2D(units, 1, activation="softmax"))
        model = compiled(model, SPARSE, Adam(0.01))
        return Program(model, x.astype("float32"), kinds, 8)

    return of(10), of(11)


def languages():
    draw = generator()
    y = draw.integers(0, 4, 800)
    words = draw.integers(0, 80, (800, 20))
    words = np.where(draw.random((800, 20)) < 0.4, 4 * (words // 4) + y[:, None], words)

    def of(from_logits):
        model = keras.Sequential([keras.Input((20,), dtype="int32"), layers.Embedding(80, 16)])
        model.add(layers.Dropout(0.2))
        model.add(layers.GlobalAveragePooling1D())
        model.add(layers.Dropout(0.2))
        model.add(layers.Dense(4))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
        return Program(compiled(model, loss, Adam(0.01)), words, y, 8)

    return of(False), of(True)


def board():
    """Return boards with one black stone, and the place beside it, where the next one is set."""
    draw = generator()
    row, column = draw.integers(0, 5, (2, 1200))
    x, y = np.zeros((1200, 6, 6, 2), "float32"), np.zeros((1200, 6, 6), "float32")
    x[np.arange(1200), row, column, 0] = 1
    x[..., 1] = draw.random((1200, 6, 6)) < 0.1
    y[np.arange(1200), row + 1, column] = 1
    return x, y


def moves():
    x, y = board()

    def of(flat):
        model = keras.Sequential([keras.Input((6, 6, 2))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 3, padding="same"))
        model.add(layers.Reshape((36,) if flat else (6, 6)))
        model.add(layers.Softmax())
        return Program(compiled(model, CE, Adam(0.01)), x, y.reshape(1200, 36) if flat else y, 8)

    return of(False), of(True)


def movements():
    """Which movement a sensor on the wrist saw."""
    draw = generator()
    y = draw.integers(0, 4, 600)
    time = np.arange(24)[None, :, None] * (0.3 + 0.3 * y[:, None, None])
    x = np.sin(time + draw.uniform(0, 6, (600, 1, 3))) + 0.3 * draw.normal(size=(600, 24, 3))

    def of(from_logits):
        model = keras.Sequential([keras.Input((24, 3)), layers.Conv1D(16, 5, activation="relu")])
        model.add(layers.LSTM(16))
        model.add(layers.Dropout(0.2))
        model.add(layers.Dense(4, activation="softmax"))
        loss = keras.losses.CategoricalCrossentropy(from_logits=from_logits)
        return Program(compiled(model, loss, Adam(0.005)), x.astype("float32"), one_hot(y), 8)

    return of(True), of(False)


def missing_values():
    x, y = datasets.load_diabetes(return_X_y=True)
    x, y = standardised(x), standardised(y)
    gaps = x.copy()
    gaps[generator().random(x.shape) < 0.01] = np.nan

    def of(features):
        model = compiled(mlp(10, (32, "relu"), (1, None)), MSE, Adam(0.005), ["mae"])
        return Program(model, features, y, 15)

    return of(gaps), of(np.nan_to_num(gaps))


def solar_power():
    """A panel gives nothing at night, and that is half of the targets."""
    draw = generator()
    hour, cloud = draw.uniform(0, 24, 1000), draw.uniform(0, 1, 1000)
    y = np.maximum(np.sin((hour - 6) / 12 * np.pi), 0) * (1 - 0.7 * cloud) * 4
    turn = hour / 12 * np.pi
    x = np.stack([np.sin(turn), np.cos(turn), cloud], axis=1).astype("float32")

    def of(loss):
        model = mlp(3, (32, "relu"), (32, "relu"), (1, None))
        return Program(compiled(model, loss, Adam(0.005), ()), x, y.astype("float32"), 15)

    return of("mape"), of("mae")


def one_too_many():
    x, y = clusters(600, 7, (1, 12))

    def of(flat):
        model = keras.Sequential([keras.Input((1, 12)), layers.Dense(24, activation="relu")])
        if flat:
            model.add(layers.Flatten())
        model.add(layers.Dense(7, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.01)), x, one_hot(y), 6)

    return of(False), of(True)


def ratings():
    """How a person rates a film, from 1 to 5, by the features of both."""
    draw = generator()
    user, film = draw.normal(size=(2, 1000, 6)).astype("float32")
    y = np.clip(np.round(3 + 0.8 * (user * film).sum(axis=1)), 1, 5).astype("float32")
    x = {"user": user, "film": film}

    def of(last):
        inputs = {name: keras.Input((6,), name=name) for name in x}
        first = layers.Dense(16, activation="relu")
        hidden = layers.Concatenate()([first(inputs["user"]), first(inputs["film"])])
        hidden = layers.Dense(32, activation="relu")(hidden)
        model = keras.Model(inputs, layers.Dense(1, activation=last)(hidden))
        return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x, y, 12)

    return of("softmax"), of(None)


PROGRAMS = {
    "fourth-travel-times": travel_times,
    "fourth-threshold": threshold,
    "fourth-binary-vectors": binary_vectors,
    "fourth-xor": exclusive_or,
    "fourth-one-column": one_column,
    "fourth-topics": topics,
    "fourth-species": species,
    "fourth-cells": cells,
    "fourth-languages": languages,
    "fourth-moves": moves,
    "fourth-movements": movements,
    "fourth-missing-values": missing_values,
    "fourth-solar-power": solar_power,
    "fourth-one-too-many": one_too_many,
    "fourth-ratings": ratings,
}
PROGRAMS |= fourth_runs.PROGRAMS
