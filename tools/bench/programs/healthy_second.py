"""Healthy programs of many kinds, as people write them: the diagnosis must be silent about them."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

from . import healthy_third
from .program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    two_classes,
)


def linear(rows=600, noise=0.1):
    """Return six columns and a number that depends on three of them, of about size 1."""
    draw = generator()
    x = draw.normal(size=(rows, 6))
    return x, 0.7 * x[:, 0] - 0.5 * x[:, 1] + 0.3 * x[:, 2] ** 2 + noise * draw.normal(size=rows)


# ------------------------------------------------------------------------------- classification


def tumours():
    x, y = datasets.load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)  # float64
    return Program(compiled(mlp(30, (16, "relu"), (1, "sigmoid")), BCE), x, y, 10)


def raw_iris():
    x, y = datasets.load_iris(return_X_y=True)
    model = mlp(4, (16, "relu"), (16, "relu"), (3, "softmax"))
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    return Program(compiled(model, loss, Adam(0.01)), x, one_hot(y), 20, 16)


def column_of_classes():
    x, y = digits(image=True)
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, "rmsprop"), x, y[:, None].astype("int32"), 5)


def rare():
    x = columns(3000, *[(-1, 1)] * 8)
    y = two_classes(x, 0.02)
    model = mlp(8, (16, "relu"), (1, "sigmoid"))
    return Program(compiled(model, BCE, Adam(0.01), ["accuracy", keras.metrics.AUC()]), x, y, 8)


def rare_and_weighted():
    x = columns(3000, *[(0, 1)] * 6)
    y = two_classes(x, 0.02)
    weights = np.where(y == 1, 25.0, 0.51)  # as class_weight="balanced" gives them
    model = compiled(mlp(6, (16, "relu"), (1, "sigmoid")), BCE, Adam(0.01))
    return Program(model, x, y[:, None], 8, sample_weight=weights)


def signs():
    x = columns(600, *[(-2, 2)] * 6)
    y = 2 * two_classes(x) - 1
    model = compiled(mlp(6, (16, "relu"), (1, None)), "hinge", Adam(0.02), ())
    return Program(model, x, y, 60, 600)  # one batch


def focal():
    x = columns(2000, *[(-1, 1)] * 8)
    y = two_classes(x, 0.1).astype("float32")[:, None]

    def loss(y, p):
        p = ops.clip(p, 1e-7, 1 - 1e-7)
        right = y * p + (1 - y) * (1 - p)
        share = y * 0.75 + (1 - y) * 0.25
        return -ops.mean(share * (1 - right) ** 2 * ops.log(right), axis=-1)

    return Program(compiled(mlp(8, (16, "relu"), (1, "sigmoid")), loss, Adam(0.01)), x, y, 8)


def weighted_by_hand():
    x = columns(2000, *[(-1, 1)] * 5)
    y = two_classes(x, 0.15).astype("float32")[:, None]

    def loss(y, p):
        p = ops.clip(p, 1e-7, 1 - 1e-7)
        return -ops.mean(5 * y * ops.log(p) + (1 - y) * ops.log(1 - p), axis=-1)

    return Program(compiled(mlp(5, (16, "relu"), (1, "sigmoid")), loss, Adam(0.01)), x, y, 8)


def learned_by_heart():
    x, y = digits()
    model = mlp(64, (128, "relu"), (128, "relu"), (10, "softmax"))
    return Program(compiled(model, SPARSE, Adam(0.005)), x[:200], y[:200], 30)


def deep():
    x, y = digits(image=True)
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Conv2D(16, 3, padding="same")(inputs)
    for _ in range(4):
        block = layers.BatchNormalization(momentum=0.8)(hidden)
        block = layers.Conv2D(16, 3, padding="same")(layers.ReLU()(block))
        hidden = layers.Add()([hidden, block])
    pooled = layers.GlobalAveragePooling2D()(layers.ReLU()(hidden))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(pooled))
    return Program(compiled(model, CE, Adam(0.003)), x[:900], one_hot(y[:900]), 5)


def one_at_a_time():
    x = columns(120, (-1, 1), (-1, 1))
    y = (x[:, 0] + x[:, 1] > 0).astype("float32")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    return Program(compiled(model, BCE, SGD(0.1)), x, y, 8, 1)


def one_epoch():
    x, kind = clusters(5000, 5, (20,))
    genres = np.stack([kind < 2, kind % 2 == 0, kind > 2, kind == 4], axis=1).astype("int64")
    metrics = ["binary_accuracy", keras.metrics.AUC(multi_label=True)]
    model = compiled(mlp(20, (32, "relu"), (4, "sigmoid")), BCE, metrics=metrics)
    return Program(model, x, genres, 1, 16)


class Net(keras.Model):
    """A model written as a class."""

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(32, activation="elu")
        self.normal = layers.LayerNormalization()
        self.last = layers.Dense(10)

    def call(self, x):
        return self.last(self.normal(self.hidden(x)))


def slowly():
    x, y = digits()
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return Program(compiled(Net(), loss, SGD(0.01)), x, one_hot(y), 10)


# ----------------------------------------------------------------------------------- regression


def prices():
    x, y = linear()
    model = compiled(mlp(6, (1, None)), MSE, SGD(0.05), ["mae"])
    return Program(model, x, 300000 + 80000 * y, 8)


def temperatures():
    x, y = linear()
    model = compiled(mlp(6, (32, "relu"), (1, None)), MSE, Adam(0.02), ["mae"])
    return Program(model, x, (20 + 0.8 * y).astype("float32"), 30)  # all of them near 20


def percentages():
    x, y = linear()
    model = mlp(6, (32, "relu"), (1, "exponential"))
    model.layers[-1].bias.assign([5.0])
    return Program(
        compiled(model, "mean_absolute_percentage_error", Adam(0.01), ()), x, np.exp(5 + y / 2), 15
    )


def logarithms():
    x, y = linear()
    visits = generator(8).poisson(np.exp(2 + y))
    model = compiled(mlp(6, (32, "relu"), (1, "softplus")), "msle", Adam(0.01), ["mae"])
    return Program(model, x, visits, 15)


def goals():
    x, y = linear()
    counts = generator(8).poisson(np.exp(y))
    model = compiled(mlp(6, (16, "relu"), (1, "exponential")), "poisson", Adam(0.01), ())
    return Program(model, x, counts, 12)


def outliers():
    x, y = linear()
    y[::25] += 15
    return Program(
        compiled(mlp(6, (32, "relu"), (1, None)), keras.losses.Huber(1.0), Adam(0.01), ()),
        x,
        y,
        12,
    )


def log_cosh():
    x, y = linear(noise=0.01)
    model = compiled(mlp(6, (64, "swish"), (64, "swish"), (1, None)), "log_cosh", Adam(0.005), ())
    return Program(model, x, y[:, None], 25)  # nearly perfect in the end


SECOND = {
    "tumours": tumours,
    "raw-iris": raw_iris,
    "column-of-classes": column_of_classes,
    "rare": rare,
    "rare-and-weighted": rare_and_weighted,
    "signs": signs,
    "focal": focal,
    "weighted-by-hand": weighted_by_hand,
    "learned-by-heart": learned_by_heart,
    "deep": deep,
    "one-at-a-time": one_at_a_time,
    "one-epoch": one_epoch,
    "slowly": slowly,
    "prices": prices,
    "temperatures": temperatures,
    "percentages": percentages,
    "logarithms": logarithms,
    "goals": goals,
    "outliers": outliers,
    "log-cosh": log_cosh,
} | healthy_third.THIRD
