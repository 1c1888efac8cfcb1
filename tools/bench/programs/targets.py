"""Faults of labels and targets: their shape, their values, their range."""

import keras
import numpy as np
from keras import layers
from keras.optimizers import SGD, Adam

from tools.bench.programs.program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    cnn,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
    two_classes,
)


def _48221692():
    x = np.linspace(-10, 10, 201, dtype="float32")[:, None]
    y = x[:, 0] ** 2
    faulty = compiled(mlp(1, (5, "sigmoid"), (1, "sigmoid")), MSE, "sgd")
    repaired = compiled(mlp(1, (8, "sigmoid"), (1, None)), MSE, Adam(0.1), ["mae"])
    return Program(faulty, x, y, 30, 50), Program(repaired, x, y, 100, 50)


def _47932589():
    x = columns(400, *[(0, 500)] * 4)
    y = x.mean(axis=1) + 100
    faulty = compiled(mlp(4, (16, "sigmoid"), (1, "sigmoid")), MSE)
    repaired = compiled(mlp(4, (16, "sigmoid"), (1, "sigmoid")), MSE, Adam(0.02), ["mae"])
    scaled = (y - y.min()) / np.ptp(y)
    return Program(faulty, x, y, 8), Program(repaired, x / 500, scaled, 8)


def _52800582():
    x = np.arange(-100, 100, 0.5, dtype="float32")[:, None]
    sizes = (50, "sigmoid"), (50, "elu"), (1, None)
    faulty = Program(compiled(mlp(1, *sizes), MSE), x, x[:, 0] ** 4, 40, 400)
    model = compiled(mlp(1, *sizes), MSE, Adam(0.01), ["mae"])
    return faulty, Program(model, standardised(x), standardised(x[:, 0] ** 4), 40, 50)


def _50079585():
    x, y = digits(classes=3, image=True)
    faulty = compiled(cnn(1, "sigmoid", dropout=0.5), BCE, "rmsprop")
    repaired = compiled(cnn(3, "softmax", dropout=0.5), CE, "rmsprop")
    return Program(faulty, x, y, 4, 16), Program(repaired, x, one_hot(y), 4, 16)


def _41327601():
    x, y = digits()
    pair = (
        compiled(mlp(64, (64, "relu"), (10, "softmax")), loss, "adamax", ["categorical_accuracy"])
        for loss in (BCE, CE)
    )
    return tuple(Program(model, x, one_hot(y), 8) for model in pair)


def _34673164():
    x = np.floor(columns(300, *[(0, 2)] * 16))
    y = one_hot(two_classes(x))
    sizes = (64, "tanh"), (64, "tanh"), (2, "softmax")
    rate = SGD(0.1, momentum=0.9, nesterov=True)
    faulty = compiled(mlp(16, *sizes, dropout=0.5), MSE, rate)
    repaired = compiled(mlp(16, *sizes, dropout=0.5), CE)
    return Program(faulty, x, y, 8, 16), Program(repaired, x, y, 12, 16)


def _indices(network, classes, shape, loss=CE):
    x, y = clusters(240, classes, shape)
    faulty, repaired = (compiled(network(), loss, Adam(0.005)) for _ in range(2))
    return Program(faulty, x, y, 2), Program(repaired, x, one_hot(y, classes), 10)


def _43676638():
    def network():
        return keras.Sequential([keras.Input((14, 14)), layers.LSTM(24), layers.Dense(10)])

    return _indices(network, 10, (14, 14), keras.losses.CategoricalCrossentropy(from_logits=True))


def _56479008():
    return _indices(lambda: cnn(24, "softmax"), 24, (8, 8, 1))


def _46443566():
    return _indices(lambda: mlp(30, (32, "relu"), (5, "softmax")), 5, (30,))


def _55731589():
    x, y = digits(image=True)
    faulty = compiled(cnn(1, "sigmoid"), BCE, SGD(0.01, momentum=0.9))
    repaired = compiled(cnn(10, "softmax"), CE, SGD(0.05, momentum=0.9))
    return Program(faulty, x, one_hot(y), 2, 128), Program(repaired, x, one_hot(y), 6, 128)


def _62643682():
    x, y = clusters(200, 2, (8, 8, 1), 0.9)
    faulty, repaired = (compiled(cnn(units, "softmax"), CE) for units in (4, 2))
    return Program(faulty, x, one_hot(y), 2, 10), Program(repaired, x, one_hot(y), 6, 10)


def _ds_38604():
    x, y = digits()
    faulty = compiled(mlp(64, (64, "relu"), (1, "sigmoid")), BCE)
    repaired = compiled(mlp(64, (64, "relu"), (10, "softmax")), SPARSE)
    return Program(faulty, x, y), Program(repaired, x, y)


def _keras_11786():
    x, y = clusters(350, 7, (8, 8, 1))
    faulty, repaired = (compiled(cnn(7, "softmax", dropout=0.3), SPARSE) for _ in range(2))
    return Program(faulty, x, y + 1), Program(repaired, x, y)


def _rstudio_465():
    from sklearn.datasets import load_iris

    order = generator().permutation(150)
    x, y = standardised(load_iris().data[order]), load_iris().target[order]
    pair = (compiled(mlp(4, (16, "relu"), (3, "softmax")), SPARSE, Adam(0.02)) for _ in range(2))
    return tuple(
        Program(model, x, labels, 8, 8) for model, labels in zip(pair, (y + 1, y), strict=True)
    )


def _hanser_3():
    x = generator().normal(size=(600, 6)).astype("float32")
    y = np.clip(np.round(x[:, 0] * 3), -6, 6).astype("int64")
    pair = (compiled(mlp(6, (32, "relu"), (13, "softmax")), SPARSE, Adam(0.01)) for _ in range(2))
    return tuple(
        Program(model, x, labels, 8) for model, labels in zip(pair, (y, y + 6), strict=True)
    )


def _openillumi():
    x = generator().normal(size=(500, 6)).astype("float32")
    y = (300000 + 80000 * x @ generator(6).normal(size=6)).astype("float32")
    faulty = compiled(mlp(6, (32, "relu"), (32, "relu"), (1, "sigmoid")), BCE)
    repaired = compiled(mlp(6, (32, "relu"), (32, "relu"), (1, None)), MSE, Adam(0.01), ["mae"])
    return Program(faulty, x, y, 6), Program(repaired, x, standardised(y), 8)


def _52441877():
    x, _ = digits(255)
    faulty = compiled(mlp(64, (32, "relu"), (16, "relu"), (64, "softmax")), BCE)
    repaired = mlp(64, (32, "relu"), (16, "relu"), (64, "sigmoid"))
    repaired = compiled(repaired, BCE, Adam(0.005), ["mae"])
    return Program(faulty, x, x), Program(repaired, x / 255, x / 255, 8)


PROGRAMS = {
    "48221692": _48221692,
    "47932589": _47932589,
    "52800582": _52800582,
    "50079585": _50079585,
    "41327601": _41327601,
    "34673164": _34673164,
    "43676638": _43676638,
    "56479008": _56479008,
    "46443566": _46443566,
    "55731589": _55731589,
    "62643682": _62643682,
    "datascience-38604": _ds_38604,
    "keras-11786": _keras_11786,
    "rstudio-465": _rstudio_465,
    "hanser-3": _hanser_3,
    "openillumi-price": _openillumi,
    "52441877": _52441877,
}
