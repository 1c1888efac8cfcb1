"""The fifth set, continued: only the run or the metric show these faults."""

import keras
import numpy as np
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam

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
    standardised,
)


def first_rows_only(y_true, y_pred):
    """Meant for two outputs, but it takes the first two rows of the batch."""
    first = losses.mean_squared_error(y_true[0], y_pred[0])
    return first + losses.binary_crossentropy(y_true[1], y_pred[1])


def picture_and_label():
    """A standardised picture and whether it is real, with one loss for both."""
    x, y = digits()
    pictures, real = standardised(x)[:, 16:48], (y > 4).astype("float32")[:, None]

    def of(loss):
        inputs = keras.Input((64,))
        hidden = layers.Dense(48, activation="relu")(inputs)
        heads = layers.Dense(32)(hidden), layers.Dense(1, activation="sigmoid")(hidden)
        model = keras.Model(inputs, list(heads))
        model.compile(Adam(0.003), loss, jit_compile=False)
        return Program(model, x, [pictures, real], 8)

    return of([first_rows_only, first_rows_only]), of([MSE, BCE])


def sparse_metric():
    """Class numbers, the sparse loss, and the accuracy of one-hot rows."""
    x, y = digits(image=True)

    def of(metric):
        model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, SPARSE, "adam", [metric]), x, y[:, None], 6)

    return of("categorical_accuracy"), of("sparse_categorical_accuracy")


def log_where(y_true, y_pred):
    """The generalised divergence of positive numbers; p log p is to be 0 below 0."""
    parts = ops.where(y_pred > 0, y_pred * ops.log(y_pred / y_true), 0.0)
    return ops.mean(parts - y_pred + y_true, axis=-1)


def safe_log_where(y_true, y_pred):
    """The same; the logarithm is only taken of positive numbers."""
    safe = ops.where(y_pred > 0, y_pred, 1.0)
    parts = ops.where(y_pred > 0, safe * ops.log(safe / y_true), 0.0)
    return ops.mean(parts - y_pred + y_true, axis=-1)


def both_branches():
    x = columns(600, (-1, 1), (-1, 1), (-1, 1))
    y = np.exp(x[:, :1] + 0.5 * x[:, 1:2]).astype("float32")

    def of(loss):
        model = mlp(3, (24, "relu"), (1, None))
        return Program(compiled(model, loss, Adam(0.01), ()), x, y, 15, description={})

    return of(log_where), of(safe_log_where)


def batch_of_one():
    """Batch normalisation of a single example is 0, whatever the example is."""
    x, y = clusters(300, 3, (10,))

    def of(size):
        model = keras.Sequential([keras.Input((10,)), layers.Dense(24)])
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.Activation("relu"))
        model.add(layers.Dense(3, activation="softmax"))
        return Program(compiled(model, SPARSE, Adam(0.005)), x, y, 6, size)

    return of(1), of(16)


def not_shuffled():
    """The examples come class after class in every epoch."""
    x, y = digits(image=True)
    order = np.argsort(y, kind="stable")

    def of(shuffle):
        model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
        model.add(layers.Flatten())
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dense(10, activation="softmax"))
        model = compiled(model, SPARSE, Adam(0.003))
        return Program(model, x[order], y[order], 6, fit={"shuffle": shuffle})

    return of(False), of(True)


def densities(y_true, y_pred):
    """Return the logarithms of the three weighted normal densities of a mixture."""
    shares, means, logs = ops.split(y_pred, 3, axis=-1)
    square = ops.square((y_true - means) / ops.exp(logs)) / 2
    return ops.log_softmax(shares), -square - logs - 0.919


def mixture(y_true, y_pred):
    """The likelihood of a mixture: the logarithm of a sum of densities that can be 0."""
    shares, logs = densities(y_true, y_pred)
    return -ops.log(ops.sum(ops.exp(shares) * ops.exp(logs), axis=-1))


def stable_mixture(y_true, y_pred):
    shares, logs = densities(y_true, y_pred)
    return -ops.logsumexp(shares + logs, axis=-1)


def inverse_problem():
    """Several answers fit each input; a mixture of three normal distributions learns them."""
    draw = generator()
    y = draw.uniform(-10, 10, (1000, 1)).astype("float32")
    x = (7 * np.sin(0.75 * y) + 0.5 * y + draw.normal(size=y.shape)).astype("float32")

    def of(loss):
        model = compiled(mlp(1, (24, "tanh"), (9, None)), loss, Adam(0.01), ())
        return Program(model, x, y, 20, description={})

    return of(mixture), of(stable_mixture)


class Code(layers.Layer):
    """Draw a code; add the divergence from the standard normal, times a sign, to the loss."""

    def __init__(self, sign):
        super().__init__()
        self.sign = sign

    def call(self, inputs):
        mean, log = ops.split(inputs, 2, axis=-1)
        inside = 1 + log - ops.square(mean) - ops.exp(log)
        self.add_loss(self.sign * 0.01 * ops.mean(ops.sum(inside, axis=-1)))
        return mean + ops.exp(log / 2) * keras.random.normal(ops.shape(mean), seed=3)


def wrong_sign():
    """A variational autoencoder that is paid for the divergence of its code."""
    x, _ = digits()

    def of(sign):
        inputs = keras.Input((64,))
        hidden = layers.Dense(48, activation="relu")(inputs)
        code = Code(sign)(layers.Dense(8)(hidden))
        hidden = layers.Dense(48, activation="relu")(code)
        model = keras.Model(inputs, layers.Dense(64, activation="sigmoid")(hidden))
        return Program(compiled(model, BCE, Adam(0.005), ()), x, x, 10)

    return of(0.5), of(-0.5)


def summed():
    """The sum over the batch at the rate of a mean."""
    x, y = digits()

    def of(reduction):
        loss = losses.CategoricalCrossentropy(reduction=reduction)
        model = compiled(mlp(64, (64, "relu"), (10, "softmax")), loss, SGD(0.1))
        return Program(model, x, one_hot(y), 8, 256)

    return of("sum"), of("sum_over_batch_size")


class Attention(layers.Layer):
    """Weigh the steps by a softmax by hand, with or without the largest score subtracted."""

    def __init__(self, careful):
        super().__init__()
        self.careful, self.score = careful, layers.Dense(8)

    def call(self, steps):
        scores = self.score(steps)
        if self.careful:
            scores = scores - ops.stop_gradient(ops.max(scores, axis=1, keepdims=True))
        powers = ops.exp(scores)
        return ops.sum(powers / ops.sum(powers, axis=1, keepdims=True) * steps, axis=1) / 255


def by_hand():
    """Scores of raw pixels are in the hundreds, and their exponentials are infinite."""
    x, y = digits(255)

    def of(careful):
        model = keras.Sequential([keras.Input((8, 8)), Attention(careful)])
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.005)), x.reshape(-1, 8, 8), one_hot(y), 12)

    return of(False), of(True)


PROGRAMS = {
    "fifth-picture-and-label": picture_and_label,
    "fifth-sparse-metric": sparse_metric,
    "fifth-both-branches": both_branches,
    "fifth-batch-of-one": batch_of_one,
    "fifth-not-shuffled": not_shuffled,
    "fifth-inverse-problem": inverse_problem,
    "fifth-wrong-sign": wrong_sign,
    "fifth-summed": summed,
    "fifth-by-hand": by_hand,
}
