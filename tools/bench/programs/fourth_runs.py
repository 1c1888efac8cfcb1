"""The fourth set, continued: only the run, the inputs or the metric show these faults."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

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


def root(y_true, y_pred):
    """The root of the mean squared error of each example."""
    return ops.sqrt(ops.mean(ops.square(y_pred - y_true), axis=-1))


def safe_root(y_true, y_pred):
    return ops.sqrt(ops.mean(ops.square(y_pred - y_true), axis=-1) + 1e-7)


def crowds():
    """How many people are in a street; at night nobody is."""
    draw = generator()
    x = draw.uniform(-1, 1, (1000, 5)).astype("float32")
    y = np.maximum(2 * x[:, :1] + x[:, 1:2], 0)

    def of(loss):
        model = mlp(5, (32, "relu"), (1, "relu"), bias_initializer=constant(0.1))
        return Program(compiled(model, loss, Adam(0.005), ["mae"]), x, y, 15)

    return of(root), of(safe_root)


def constant(value):
    return keras.initializers.Constant(value)


def swapped(y_pred, y_true):
    """The loss of an actor, with the arguments in the wrong order."""
    return -ops.sum(ops.log(y_pred) * y_true, axis=-1)


def actor_loss(y_true, y_pred):
    return -ops.sum(ops.log(y_pred + 1e-7) * y_true, axis=-1)


def actor():
    """Which of two actions was taken, times how good that was."""
    draw = generator()
    x = draw.normal(size=(800, 4)).astype("float32")
    action = (x @ [1.0, -1.0, 0.5, 0.2] > 0).astype(int)
    advantage = (one_hot(action) * draw.uniform(0.5, 1.5, (800, 1))).astype("float32")

    def of(loss):
        model = compiled(mlp(4, (24, "relu"), (2, "softmax")), loss, Adam(0.005), ())
        return Program(model, x, advantage, 10)

    return of(swapped), of(actor_loss)


def pretrained():
    """A deep network of convolutions, trained at the rate of a shallow one."""
    x, y = digits(image=True)

    def of(rate):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        for filters in (16, 16, 32, 32):
            model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(rate)), x, one_hot(y), 6)

    return of(0.03), of(0.001)


def ages():
    """Seven groups of age from what a frozen network sees."""
    x, y = clusters(700, 7, (64,), 1.5)
    x = np.maximum(x, 0)

    def of(optimizer):
        model = mlp(64, (64, "relu"), (64, "relu"), (7, "softmax"))
        return Program(compiled(model, CE, optimizer), x, one_hot(y), 12)

    return of(SGD(1e-5, momentum=0.9)), of(SGD(1e-2, momentum=0.9))


def mapping():
    """A number for each binary vector, by four layers of sigmoids."""
    draw = generator()
    x = draw.integers(0, 2, (1000, 16)).astype("float32")
    y = standardised(x @ draw.normal(size=16) + 2 * x[:, 0] * x[:, 1])

    def of(hidden):
        model = mlp(16, *[(100, hidden)] * 4, (1, None))
        return Program(compiled(model, MSE, SGD(0.01), ["mae"]), x, y, 12)

    return of("sigmoid"), of("relu")


def small_sums():
    """Whether two numbers up to 100 are more than 50 together."""
    x = columns(1500, (0, 100), (0, 100))
    y = (x.sum(axis=1) > 50).astype("float32")

    def of(features):
        model = mlp(2, (110, "tanh"), (1, "sigmoid"))
        return Program(compiled(model, BCE, SGD(0.1)), features, y, 10)

    return of(x), of(x / 100)


def millions():
    """Features of the size of a million."""
    draw = generator()
    x = draw.normal(size=(800, 10)).astype("float32")
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype("float32")

    def of(scale):
        model = mlp(10, (64, "relu"), (32, "relu"), (1, "sigmoid"))
        return Program(compiled(model, BCE, Adam(0.001)), scale * x, y, 15)

    return of(1e6), of(1)


def traffic():
    """How fast cars are, from 0 to 1, with the accuracy of a classifier."""
    draw = generator()
    time = np.arange(900) / 12
    speed = 0.5 + 0.3 * np.sin(time) + 0.1 * np.sin(3 * time) + 0.03 * draw.normal(size=900)
    windows = np.lib.stride_tricks.sliding_window_view(speed, 12)[:-1, :, None]

    def of(metric):
        model = keras.Sequential([keras.Input((12, 1)), layers.LSTM(16), layers.Dense(1)])
        model = compiled(model, MSE, Adam(0.005), [metric])
        return Program(model, windows.astype("float32"), speed[12:, None].astype("float32"), 8)

    return of("accuracy"), of("mae")


def skyrocketing():
    """Gradient descent at 0.001 on features of up to 100."""
    x, y = datasets.load_diabetes(return_X_y=True)
    x = (50 + 15 * standardised(x)).astype("float32")

    def of(rate, features):
        model = compiled(mlp(10, (20, "relu"), (1, None)), MSE, SGD(rate), ())
        return Program(model, features, y.astype("float32"), 12)

    return of(0.001, x), of(0.001, standardised(x))


PROGRAMS = {
    "fourth-crowds": crowds,
    "fourth-actor": actor,
    "fourth-pretrained": pretrained,
    "fourth-ages": ages,
    "fourth-mapping": mapping,
    "fourth-small-sums": small_sums,
    "fourth-millions": millions,
    "fourth-traffic": traffic,
    "fourth-skyrocketing": skyrocketing,
}
