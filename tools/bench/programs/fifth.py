"""A fifth set of faults that people reported: the labels and predictions of one batch show them.

Each function returns the faulty program and the repaired one; fifth.toml says what is wrong.
"""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

from . import fifth_runs
from .program import (
    BCE,
    CE,
    MSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def fuel():
    """Miles per gallon, one number, from a network with three outputs."""
    x = columns(400, (0, 1), (0, 1), (0, 1))
    y = (15 + 20 * x[:, :1] - 8 * x[:, 1:2] * x[:, 2:]).astype("float32")

    def of(units):
        model = compiled(mlp(3, (32, "relu"), (32, "relu"), (units, None)), "mse", Adam(0.01), ())
        return Program(model, x, y, 20)

    return of(3), of(1)


def logarithmic():
    """The squared logarithmic error of standardised targets, as a tutorial has it."""
    x, y = datasets.make_regression(600, 20, noise=0.1, random_state=1)

    def of(loss, targets):
        model = compiled(mlp(20, (25, "relu"), (1, None)), loss, SGD(0.01, momentum=0.9), ["mse"])
        return Program(model, standardised(x), targets, 20)

    raw = (np.exp(standardised(y)) * 100).astype("float32")
    sizes = (25, "relu"), (1, "exponential")
    repaired = compiled(mlp(20, *sizes), "msle", Adam(0.01), ())
    wrong = of("mean_squared_logarithmic_error", standardised(y))
    return wrong, Program(repaired, standardised(x), raw, 30)


def divergence(y_true, y_pred):
    """The KL divergence of each row, by hand."""
    return ops.sum(y_true * ops.log((y_true + 1e-7) / y_pred), axis=-1)


def ages():
    """The distribution of an age over twelve bins, from the raw output of a dense layer."""
    draw = generator()
    x = draw.normal(size=(800, 8)).astype("float32")
    centre = 6 + 2 * x[:, :1] + x[:, 1:2]
    y = np.exp(-((np.arange(12)[None] - centre) ** 2) / 2)
    y = (y / y.sum(axis=1, keepdims=True)).astype("float32")

    def of(last):
        model = compiled(mlp(8, (32, "relu"), (12, last)), divergence, Adam(0.005), ())
        return Program(model, x, y, 12, description={"loss": "kl_divergence"})

    return of(None), of("softmax")


def sigmoid_focal(y_true, y_pred):
    """A focal loss of sigmoids, which broadcasts the labels."""
    y_true, p = ops.cast(y_true, "float32"), ops.clip(y_pred, 1e-7, 1 - 1e-7)
    cross = -y_true * ops.log(p) - (1 - y_true) * ops.log(1 - p)
    right = y_true * p + (1 - y_true) * (1 - p)
    return ops.sum(0.25 * (1 - right) ** 2 * cross, axis=-1)


def four_classes():
    """Four classes as numbers, and the focal loss of sigmoids after a softmax."""
    x, y = clusters(800, 4, (12,), 1.2)
    faulty = compiled(mlp(12, (32, "relu"), (4, "softmax")), sigmoid_focal, Adam(0.005), ())
    loss = keras.losses.CategoricalFocalCrossentropy()
    repaired = compiled(mlp(12, (32, "relu"), (4, "softmax")), loss, Adam(0.005))
    description = {"loss": "binary_focal_crossentropy"}
    return Program(faulty, x, y[:, None], 8, description=description), Program(
        repaired, x, one_hot(y), 10
    )


def annotations():
    """Pixels are class 0 or 255; the one-hot rows of 255 are empty where there are two classes."""
    draw = generator()
    x = draw.normal(size=(300, 8, 8, 3)).astype("float32")
    mask = (x[..., 0] + x[..., 1] > 0.8).astype(int)

    def of(inside):
        classes = np.where(mask, inside, 0)
        y = np.stack([classes == 0, classes == 1], axis=-1).astype("float32")
        model = keras.Sequential([keras.Input((8, 8, 3))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(2, 1, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.01)), x, y, 6)

    return of(255), of(1)


def known_error(y_true, y_pred):
    """The squared error of the labels that are known."""
    known = ops.logical_not(ops.isnan(y_true))
    return ops.mean(ops.square(ops.where(known, y_true - y_pred, 0)), axis=-1)


def unknown_labels():
    """Some of four measurements are missing, and are nan in the labels."""
    draw = generator()
    x = draw.normal(size=(600, 10)).astype("float32")
    y = (x @ draw.normal(size=(10, 4))).astype("float32")
    y[draw.random(y.shape) < 0.2] = np.nan
    faulty = compiled(mlp(10, (32, "relu"), (4, None)), MSE, Adam(0.01), ())
    repaired = compiled(mlp(10, (32, "relu"), (4, None)), known_error, Adam(0.01), ())
    return Program(faulty, x, y, 6), Program(repaired, x, y, 12, judge=mean_of_columns)


def mean_of_columns(program):
    """Return the squared error of the known labels, and that of the mean of each column."""
    predicted = np.asarray(program.model(program.x))
    mean = np.nanmean(program.y, axis=0)
    return (float(np.nanmean((program.y - p) ** 2)) for p in (predicted, mean))


def overlap():
    """The Dice loss of what a last layer without activation says of each pixel."""
    draw = generator()
    x = draw.normal(size=(300, 8, 8, 2)).astype("float32")
    y = (x.sum(axis=-1, keepdims=True) > 0.5).astype("float32")

    def of(last):
        model = keras.Sequential([keras.Input((8, 8, 2))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 1, activation=last))
        model = compiled(model, keras.losses.Dice(), Adam(0.01), ())
        return Program(model, x, y, 10)

    return of(None), of("sigmoid")


def spectra():
    """Distributions over 32 bins, from sigmoids that all become 1."""
    draw = generator()
    x = draw.normal(size=(800, 6)).astype("float32")
    centre = 16 + 4 * x[:, :1] + 2 * x[:, 1:2]
    y = np.exp(-((np.arange(32)[None] - centre) ** 2) / 8)
    y = (y / y.sum(axis=1, keepdims=True)).astype("float32")

    def of(last):
        model = compiled(mlp(6, (48, "relu"), (32, last)), "kl_divergence", Adam(0.01), ())
        return Program(model, x, y, 12)

    return of("sigmoid"), of("softmax")


def advantages():
    """The move of a game, as a one-hot row times how good it was, which is often below 0."""
    draw = generator()
    x = draw.normal(size=(800, 6)).astype("float32")
    best = np.argmax(x @ draw.normal(size=(6, 5)), axis=1)
    move = np.where(draw.random(800) < 0.5, best, draw.integers(0, 5, 800))
    good = np.where(move == best, 1.0, -1.0).astype("float32")[:, None]

    def of(rows, weights):
        model = compiled(mlp(6, (32, "relu"), (5, "softmax")), CE, SGD(0.1), ())
        return Program(model, x, rows, 15, sample_weight=weights)

    rows = one_hot(move, 5)
    return of(rows * good, None), of(rows, np.maximum(good[:, 0], 0))


def two_heads():
    """A yes or no and one of eight classes; each head gets the loss of the other."""
    x, y = digits(classes=8)
    labels = [(y % 2).astype("float32")[:, None], one_hot(y)]

    def of(losses):
        inputs = keras.Input((64,))
        hidden = layers.Dense(48, activation="relu")(inputs)
        small = layers.Dense(1, activation="sigmoid", name="small")(hidden)
        big = layers.Dense(8, activation="softmax", name="big")(hidden)
        model = keras.Model(inputs, [small, big])
        model.compile(Adam(0.005), losses, jit_compile=False)
        return Program(model, x, labels, 8)

    return of([CE, BCE]), of([BCE, CE])


def letters():
    """Letters from a to h as their codes, 97 to 104, in one-hot rows of 105 columns."""
    x, y = clusters(600, 8, (16,))

    def of(numbers):
        model = compiled(mlp(16, (32, "relu"), (8, "softmax")), CE, Adam(0.005))
        return Program(model, x, one_hot(numbers), 6)

    return of(y + ord("a")), of(y)


PROGRAMS = {
    "fifth-fuel": fuel,
    "fifth-logarithmic": logarithmic,
    "fifth-ages": ages,
    "fifth-four-classes": four_classes,
    "fifth-annotations": annotations,
    "fifth-unknown-labels": unknown_labels,
    "fifth-overlap": overlap,
    "fifth-spectra": spectra,
    "fifth-advantages": advantages,
    "fifth-two-heads": two_heads,
    "fifth-letters": letters,
}
PROGRAMS |= fifth_runs.PROGRAMS
