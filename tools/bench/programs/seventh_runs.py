"""The seventh set, continued: the inputs, the run or the metric show these faults."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.optimizers import SGD, Adam, RMSprop
from sklearn import datasets

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


def two_units():
    """An exclusive or from two units with a relu."""
    x = generator().integers(0, 2, (400, 2)).astype("float32")
    y = (x[:, :1] != x[:, 1:]).astype("float32")

    def of(units):
        model = mlp(2, (units, "relu"), (1, "sigmoid"))
        model = compiled(model, BCE, RMSprop(0.01), ["binary_accuracy"])
        return Program(model, x, y, 15, 4)

    return of(2), of(8)


def logarithm(y_true, y_pred):
    """The cross-entropy, written down as in the textbook."""
    return -ops.mean(ops.sum(y_true * ops.log(y_pred), axis=1))


def from_logits(y_true, y_pred):
    """TensorFlow's cross-entropy of logits."""
    return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def cluttered_digits():
    """The logarithm of a softmax, by hand."""
    x, y = digits(16.0)

    def of(last, loss, description):
        model = compiled(mlp(64, (128, "relu"), (10, last)), loss, Adam(0.03))
        return Program(model, x, one_hot(y), 15, 50, description=description)

    logits = {"loss": CE, "from_logits": True}
    return of("softmax", logarithm, {"loss": CE}), of(None, from_logits, logits)


def overlap(y_true, y_pred):
    """The Dice coefficient of masks."""
    both = 2 * ops.sum(y_true * y_pred, axis=(1, 2, 3))
    return both / (ops.sum(y_true**2 + y_pred**2, axis=(1, 2, 3)) + 1e-8)


def brain():
    """The Dice coefficient itself is what is made small."""
    x = generator().random((160, 12, 12, 1)).astype("float32")
    y = (tf.nn.avg_pool2d(x, 3, 1, "SAME").numpy() > 0.52).astype("float32")

    def of(sign, start):
        def loss(y_true, y_pred):
            return start + sign * overlap(y_true, y_pred)

        model = keras.Sequential([keras.Input((12, 12, 1))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 1, activation="sigmoid"))
        return Program(compiled(model, loss, Adam(0.01), ()), x, y, 12, 16, description={})

    return of(1, 0), of(-1, 1)


def second_chapter():
    """Pixels of up to 255, in the first example of a book."""

    def of(top):
        x, y = digits(top, image=True)
        model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
        model.add(layers.Dense(512, activation="relu"))
        model.add(layers.Dropout(0.2))
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, SPARSE, SGD(0.1)), x, y, 6)

    return of(255.0), of(1.0)


def televisions():
    """One raw column, a single unit, and batches of one row."""
    people = np.exp(generator().uniform(0.3, 6.4, 120)).astype("float32")[:, None]
    years = (75 - 6 * np.log(people[:, 0]) + generator(8).normal(0, 3, 120)).astype("float32")

    def of(x, y, epochs):
        model = compiled(mlp(1, (1, "linear")), MSE, SGD(), ["mse"])
        return Program(model, x, y, epochs, 1, fit={"shuffle": False})

    return of(people, years, 5), of(standardised(np.log(people)), standardised(years), 8)


def next_word():
    """A model of language, and Adam with a rate of 1."""
    text = np.cumsum(generator().choice([1, 2, 5], 4000, p=[0.6, 0.3, 0.1])) % 30
    windows = np.lib.stride_tricks.sliding_window_view(text, 11)[::4]

    def of(rate):
        model = keras.Sequential([keras.Input((10,), dtype="int32"), layers.Embedding(30, 16)])
        model.add(layers.LSTM(32, return_sequences=True))
        model.add(layers.Dense(30, activation="softmax"))
        return Program(compiled(model, SPARSE, Adam(rate)), windows[:, :-1], windows[:, 1:], 8)

    return of(1.0), of(0.01)


def icons():
    """A new last layer on what another network has learned, in steps that are too small."""
    x, y = clusters(800, 16, (40,), 1.0)
    x = np.maximum(0.1 * x, 0).astype("float32")

    def of(optimizer):
        return Program(compiled(mlp(40, (16, "softmax")), CE, optimizer), x, one_hot(y), 6, 100)

    return of(SGD(0.01)), of(Adam(0.05))


def parabola():
    """Three dense layers without an activation between them, for a parabola."""
    x = np.linspace(-3, 3, 500).astype("float32")
    y = 1.3 * x**2 + 0.3 * x + 4

    def of(inside):
        model = mlp(1, (64, inside), (16, inside), (1, "relu"))
        return Program(compiled(model, "mae", Adam(0.01), ()), x[:, None], y, 25)

    return of(None), of("relu")


def zeros():
    """All weights are 0 at the start, and the hidden layer is a softmax."""
    x, y = digits()

    def of(inside, start):
        model = mlp(64, (32, inside), (10, "softmax"), kernel_initializer=start)
        return Program(compiled(model, CE, SGD(0.5)), x, one_hot(y), 8, 100)

    spread = keras.initializers.TruncatedNormal(stddev=0.1, seed=3)
    return of("softmax", "zeros"), of("sigmoid", spread)


def house_prices():
    """A regression, and the accuracy as its metric."""
    x, y = datasets.load_diabetes(return_X_y=True)

    def of(metric):
        model = compiled(mlp(10, (13, "relu"), (1, None)), MSE, Adam(0.01), [metric])
        return Program(model, standardised(x), (y / 7).astype("float32"), 20, 10)

    return of("accuracy"), of("mae")


def sides(y_true, y_pred):
    """The share of predictions on the right side of 0."""
    return ops.mean(ops.cast(ops.equal(ops.sign(y_true), ops.sign(y_pred)), "float32"), axis=-1)


def margin():
    """Labels of -1 and 1, the hinge loss, and an accuracy for 0 and 1."""
    x = columns(700, (-1, 1), (-1, 1), (-1, 1))
    y = np.where(x[:, 0] * x[:, 1] > 0, 1.0, -1.0).astype("float32")[:, None]

    def of(metric):
        model = compiled(mlp(3, (32, "relu"), (1, "tanh")), "hinge", Adam(0.01), [metric])
        return Program(model, x, y, 12)

    return of("accuracy"), of(sides)


RUNS = {
    "seventh-two-units": two_units,
    "seventh-cluttered-digits": cluttered_digits,
    "seventh-brain": brain,
    "seventh-second-chapter": second_chapter,
    "seventh-televisions": televisions,
    "seventh-next-word": next_word,
    "seventh-icons": icons,
    "seventh-parabola": parabola,
    "seventh-zeros": zeros,
    "seventh-house-prices": house_prices,
    "seventh-margin": margin,
}
