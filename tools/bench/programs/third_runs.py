"""Faults that people reported: only the run, the layers or the metric show them."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam
from sklearn import datasets

from .program import (
    BCE,
    CE,
    MSE,
    Program,
    cnn,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def dice(round_first):
    """Return 1 minus the Dice coefficient of the predictions, or of the rounded ones."""

    def loss(y_true, y_pred):
        mask = ops.round(ops.clip(y_pred, 0, 1)) if round_first else y_pred
        both = ops.sum(y_true * mask)
        return 1 - (2 * both + 1) / (ops.sum(y_true) + ops.sum(mask) + 1)

    return loss


def rounded_dice():
    draw = generator()
    masks = (draw.random((300, 4, 4, 1)) < 0.4).repeat(3, axis=1).repeat(3, axis=2)
    x = (masks + 0.4 * draw.normal(size=masks.shape)).astype("float32")

    def of(round_first):
        model = keras.Sequential([keras.Input((12, 12, 1))])
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
        return Program(
            compiled(model, dice(round_first), Adam(0.01), ()), x, masks.astype("float32"), 8
        )

    return of(True), of(False)


class Binary(layers.Layer):
    """A code of zeros and ones; the gradient can be that of the numbers before rounding."""

    def __init__(self, straight):
        super().__init__()
        self.straight = straight

    def call(self, x):
        if self.straight:
            return x + ops.stop_gradient(ops.round(x) - x)
        return ops.floor(x + 0.5)


def codes():
    x, y = digits()
    start = keras.initializers.RandomNormal(stddev=0.3)

    def of(straight):
        model = keras.Sequential([keras.Input((64,))])
        model.add(layers.Dense(6, activation="sigmoid", kernel_initializer=start))
        model.add(Binary(straight))
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.005)), x, one_hot(y), 10)

    return of(False), of(True)


def same_weights():
    x, y = digits()

    def of(constant):
        model = mlp(64, (10, "relu"), (10, "softmax"))
        if constant:
            for layer in model.layers:
                kernel, bias = layer.get_weights()
                layer.set_weights([np.full_like(kernel, 0.75), np.full_like(bias, 0.25)])
        return Program(compiled(model, CE, Adam(0.005)), x, one_hot(y), 8)

    return of(True), of(False)


def zeros():
    x, y = digits(image=True)
    return tuple(
        Program(
            compiled(cnn(10, "softmax", kernel_initializer=start), CE, Adam(0.002)),
            x,
            one_hot(y),
            6,
        )
        for start in ("zeros", "glorot_uniform")
    )


def schedule():
    x, y = digits(image=True)

    def of(steps):
        rate = keras.optimizers.schedules.PolynomialDecay(0.01, steps, 1e-7)
        return Program(compiled(cnn(10, "softmax"), CE, Adam(rate)), x, one_hot(y), 8)

    return of(8), of(8 * 57)  # the number of epochs; the number of steps


def equal():
    x, y = datasets.load_breast_cancer(return_X_y=True)
    return tuple(
        Program(
            compiled(mlp(30, (16, "relu"), (1, "sigmoid")), BCE, metrics=[metric()]),
            standardised(x),
            y,
            10,
        )
        for metric in (keras.metrics.Accuracy, keras.metrics.BinaryAccuracy)
    )


def keep():
    x, y = digits(image=True)

    def of(rate):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        for filters in (8, 16):
            model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
            model.add(layers.Dropout(rate))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dropout(rate))
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.003)), x, one_hot(y), 8)

    return of(0.9), of(0.1)


def last_dropout():
    x, y = datasets.load_wine(return_X_y=True)
    x = standardised(x)

    def of(last):
        model = mlp(13, (14, "relu"), (8, "relu"), (3, "softmax"), dropout=0.5 if last else 0.1)
        if last:
            model.add(layers.Dropout(0.5))
        return Program(compiled(model, MSE, Adam(0.005)), x, one_hot(y), 25, 16)

    return of(True), of(False)


def sine():
    time = np.arange(0, 500, 0.5)
    wave = np.sin(time)

    def of(series, targets):
        windows = np.lib.stride_tricks.sliding_window_view(series, 16)[:-1, :, None]
        model = keras.Sequential([keras.Input((16, 1)), layers.LSTM(16), layers.Dense(1)])
        return Program(
            compiled(model, MSE, Adam(0.005), ()),
            windows.astype("float32"),
            targets[16:, None].astype("float32"),
            8,
        )

    return of(time, 20 * wave), of(wave, wave)


PROGRAMS = {
    "third-sine": sine,
    "third-rounded-dice": rounded_dice,
    "third-codes": codes,
    "third-same-weights": same_weights,
    "third-zeros": zeros,
    "third-schedule": schedule,
    "third-equal": equal,
    "third-keep": keep,
    "third-last-dropout": last_dropout,
}
