"""Faults that people reported: the labels and predictions of one batch show them.

Each function returns the faulty program and the repaired one; third.toml says what is wrong.
"""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam
from sklearn import datasets

from . import third_runs
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


def empty_column():
    x, _ = datasets.load_wine(return_X_y=True)
    x = np.hstack([x, np.zeros((len(x), 1))])  # an opcode that no program of the sample uses
    top = x.max(axis=0)

    def of(divisor):
        with np.errstate(invalid="ignore"):
            features = (x / divisor).astype("float32")
        model = compiled(mlp(14, (8, "relu"), (14, "sigmoid")), MSE, Adam(0.02), ["mse"])
        return Program(model, features, features, 40, 16)

    return of(top), of(np.where(top > 0, top, 1))


def discriminator():
    draw = generator()
    real = draw.normal(size=(500, 2)) @ [[0.3, 0.9], [0, 0.2]]
    fake = draw.uniform(-2, 2, (500, 2))
    x = np.vstack([real, fake]).astype("float32")
    y = np.repeat([1.0, 0.0], 500).astype("float32")
    rows = draw.permutation(1000)

    def of(from_logits):
        model = mlp(2, (32, "relu"), (32, "relu"), (1, "sigmoid"))
        model.add(layers.Reshape((1,)))
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
        return Program(compiled(model, loss, Adam(0.005)), x[rows], y[rows], 12)

    return of(True), of(False)


def log_error(y_true, y_pred):
    """The squared error of logarithms, as the formula has it."""
    return ops.mean(ops.square(ops.log(y_pred + 1) - ops.log(y_true + 1)), axis=-1)


def logarithms():
    x, y = datasets.load_diabetes(return_X_y=True)

    def of(targets, last):
        model = compiled(mlp(10, (32, "relu"), (1, last)), log_error, Adam(0.01), ["mae"])
        return Program(model, standardised(x), targets[:, None], 15)

    return of(standardised(y), None), of((y / y.mean()).astype("float32"), "softplus")


def focal(epsilon):
    """Return the focal loss, with what is added to a probability before its logarithm."""

    def loss(y_true, y_pred):
        right = ops.where(ops.equal(y_true, 1), y_pred, 1 - y_pred)
        weight = ops.where(ops.equal(y_true, 1), 0.25, 0.75)
        return -ops.sum(weight * (1 - right) ** 2 * ops.log(right + epsilon), axis=-1)

    return loss


def rare_objects():
    x, kind = clusters(800, 4, (12,), 0.9)
    y = (kind == 3).astype("float32")[:, None]

    def of(epsilon):
        model = mlp(12, (64, "relu"), (64, "relu"), (1, "sigmoid"))
        return Program(compiled(model, focal(epsilon), Adam(0.02)), 20 * x, y, 10)

    return of(0.0), of(1e-7)


QUANTILES = 0.1, 0.5, 0.9


def pinball(y_true, y_pred):
    """The loss of three quantiles."""
    losses = []
    for number, quantile in enumerate(QUANTILES):
        error = y_true - y_pred[:, number]
        losses.append(ops.mean(ops.maximum(quantile * error, (quantile - 1) * error)))
    return sum(losses)


def pinball_of_columns(y_true, y_pred):
    return pinball(y_true[:, 0], y_pred)


def delivery():
    draw = generator()
    x = draw.uniform(-1, 1, (800, 4)).astype("float32")
    y = (2 * x[:, 0] - x[:, 1] + draw.exponential(0.3, 800)).astype("float32")[:, None]

    def of(loss):
        return Program(compiled(mlp(4, (32, "relu"), (3, None)), loss, Adam(0.01), ()), x, y, 10)

    return of(pinball), of(pinball_of_columns)


def skip_gram():
    draw = generator()
    word = draw.integers(0, 64, 4000)
    near = (word + draw.choice([1, 2], 4000, p=[0.8, 0.2])) % 64

    def of(last, optimizer):
        model = mlp(64, (24, "sigmoid"), (64, last))
        return Program(compiled(model, CE, optimizer), one_hot(word, 64), one_hot(near, 64), 8)

    return of("sigmoid", keras.optimizers.SGD(1.0)), of("softmax", Adam(0.03))


def cats():
    x, y = clusters(600, 2, (8, 8, 3), 1.5)

    def of(loss):
        model = keras.Sequential([keras.Input((8, 8, 3))])
        model.add(layers.Conv2D(8, 3, activation="relu"))
        model.add(layers.GlobalAveragePooling2D())
        model.add(layers.Dense(1))
        return Program(compiled(model, loss, "rmsprop", ()), x, y, 10)

    return of(BCE), of(keras.losses.BinaryCrossentropy(from_logits=True))


def trimap():
    draw = generator()
    coarse = draw.integers(1, 4, (300, 4, 4))
    y = coarse.repeat(3, axis=1).repeat(3, axis=2)[..., None]
    x = (y + 0.3 * draw.normal(size=(300, 12, 12, 1))).astype("float32")

    def of(labels):
        model = keras.Sequential([keras.Input((12, 12, 1))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(3, 3, padding="same", activation="softmax"))
        return Program(compiled(model, SPARSE, Adam(0.01)), x, labels.astype("uint8"), 5)

    return of(y), of(y - 1)


def numbers_of_classes():
    x, y = clusters(900, 10, (20,), 1.0)

    def of(labels):
        model = mlp(20, (64, "relu"), (10, "softmax"))
        return Program(compiled(model, MSE, Adam(0.01)), x, labels, 10)

    return of(y[:, None]), of(one_hot(y))


def depth():
    draw = generator()
    slope = draw.uniform(0, 1, (300, 1, 1, 2))
    grid = np.stack(np.meshgrid(np.arange(10), np.arange(10)), axis=-1) / 10
    meters = (1 + 40 * (grid[None] * slope).sum(axis=-1, keepdims=True)).astype("float32")
    x = (meters / 81 + 0.02 * draw.normal(size=meters.shape)).astype("float32")

    def of(targets):
        model = keras.Sequential([keras.Input((10, 10, 1))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
        return Program(compiled(model, "mae", Adam(0.01), ()), x, targets, 8)

    return of(meters), of(meters / 81)


def captcha():
    draw = generator()
    text = draw.integers(0, 5, (400, 4))
    strips = np.eye(5)[text].repeat(3, axis=1) + 0.3 * draw.normal(size=(400, 12, 5))

    def of(labels):
        model = keras.Sequential([keras.Input((12, 5))])
        model.add(layers.Conv1D(32, 5, padding="same", activation="relu"))
        model.add(layers.Conv1D(32, 3, padding="same", activation="relu"))
        model.add(layers.Dense(6))
        return Program(
            compiled(model, keras.losses.CTC(), Adam(0.01), ()),
            strips.astype("float32"),
            labels,
            8,
        )

    return of(text), of(text + 1)


def weights():
    x = columns(1500, *[(-1, 1)] * 5)
    y = (x[:, 0] + x[:, 1] > 1.1).astype("float32")

    def of(sample_weight):
        model = compiled(mlp(5, (16, "relu"), (1, "sigmoid")), BCE, Adam(0.01))
        return Program(model, x, y, 10, sample_weight=sample_weight.astype("float32"))

    return of(y * 9), of(1 + y * 9)


class Logarithm(keras.losses.Loss):
    """The cross-entropy of probabilities, in the precision that it is given."""

    def __init__(self, epsilon):
        super().__init__(dtype="float16")
        self.epsilon = epsilon

    def call(self, y_true, y_pred):
        return -ops.sum(y_true * ops.log(y_pred + self.epsilon), axis=-1)


def half_logarithm():
    x, y = clusters(900, 4, (16,))

    def of(epsilon):
        model = mlp(16, (64, "relu"), (4, "softmax"), dtype="mixed_float16")
        model = compiled(model, Logarithm(epsilon), Adam(0.01))
        return Program(model, 8 * x, one_hot(y), 8, 32, {"loss": CE})

    return of(1e-8), of(1e-3)


def frequency():
    draw = generator()
    number = draw.integers(1, 59, 800)
    phase = draw.uniform(0, 0.5, (800, 1))
    x = np.sin(number[:, None] * np.linspace(0, 2 * np.pi, 120) + phase).astype("float32")
    y = number.astype("float32")

    def of(inputs, targets, last):
        model = keras.Sequential([keras.Input(inputs.shape[1:]), layers.Dense(32)])
        model.add(layers.Dense(1, activation=last))
        return Program(compiled(model, "mae", Adam(0.003), ()), inputs, targets, 30)

    spectrum = np.abs(np.fft.rfft(x)).astype("float32")
    return of(x, y, "relu"), of(spectrum / spectrum.max(), y / 58, None)


def marks():
    x = columns(400, (0, 10), (0, 12), (0, 8), (0, 6))
    y = np.clip(12 + 4 * x[:, 1] + x[:, 0] - 2 * x[:, 2], 0, 50)[:, None].astype("float32")

    def of(inputs, targets, top):
        start = keras.initializers.RandomNormal(stddev=1)
        model = keras.Sequential([keras.Input((4,))])
        model.add(layers.Dense(2 if top > 1 else 8, activation="sigmoid", kernel_initializer=start))
        model.add(layers.Dense(1, activation="sigmoid", kernel_initializer=start))
        model.add(layers.Rescaling(top))
        optimizer = keras.optimizers.SGD(0.05) if top > 1 else Adam(0.05)
        return Program(compiled(model, MSE, optimizer, ()), inputs, targets, 20)

    return of(x, y, 50.0), of(standardised(x), y / 50, 1.0)


PROGRAMS = {
    "third-empty-column": empty_column,
    "third-discriminator": discriminator,
    "third-logarithms": logarithms,
    "third-rare-objects": rare_objects,
    "third-delivery": delivery,
    "third-skip-gram": skip_gram,
    "third-cats": cats,
    "third-trimap": trimap,
    "third-class-numbers": numbers_of_classes,
    "third-depth": depth,
    "third-captcha": captcha,
    "third-weights": weights,
    "third-half-logarithm": half_logarithm,
    "third-frequency": frequency,
    "third-marks": marks,
} | third_runs.PROGRAMS
