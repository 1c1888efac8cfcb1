"""Healthy programs, written with the sixth set of faults, whose loss or whose outputs are rarer."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam

from .program import BCE, MSE, Program, clusters, compiled, digits, generator, mlp, standardised


class Draw(layers.Layer):
    """Draw a code, and add its divergence from the standard normal to the loss."""

    def call(self, inputs):
        mean, log = ops.split(inputs, 2, axis=-1)
        inside = 1 + log - ops.square(mean) - ops.exp(log)
        self.add_loss(-0.5 * ops.mean(ops.sum(inside, axis=-1)))
        return mean + ops.exp(log / 2) * keras.random.normal(ops.shape(mean), seed=5)


def of_pixels(y_true, y_pred):
    """The cross-entropy of all pixels of a picture."""
    return ops.sum(keras.losses.binary_crossentropy(y_true, y_pred), axis=(1, 2))


def drawn_codes():
    """A variational autoencoder of pictures, with sums over pixels and over the code."""
    x, _ = digits(image=True)
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(8))
    model.add(Draw())
    model.add(layers.Dense(256, activation="relu"))
    model.add(layers.Reshape((4, 4, 16)))
    model.add(layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"))
    return Program(compiled(model, of_pixels, Adam(0.003), ()), x, x, 12, description={})


def tweedie(y_true, y_pred):
    """The deviance of sums of claims, up to a constant; the network says their logarithm."""
    return ops.mean(2 * y_true * ops.exp(-0.5 * y_pred) + 2 * ops.exp(0.5 * y_pred), axis=-1)


def insurance():
    """Claims: nine of ten are 0, and the others are large."""
    draw = generator()
    x = draw.normal(size=(3000, 6)).astype("float32")
    number = draw.poisson(0.15 * np.exp(0.6 * x[:, 0] - 0.4 * x[:, 1]))
    y = (number * draw.gamma(2.0, 1.0, 3000)).astype("float32")[:, None]
    model = compiled(mlp(6, (16, "tanh"), (1, None)), tweedie, Adam(0.01), ())
    return Program(model, x, y, 20, 128, description={})


class Thresholds(layers.Layer):
    """One score, and a threshold for each step of a scale."""

    def build(self, shape):
        start = keras.initializers.RandomUniform(-1, 1, seed=1)
        self.steps = self.add_weight(shape=(4,), initializer=start)

    def call(self, score):
        return ops.sigmoid(score + self.steps)


def grades():
    """Grades from 0 to 4, as four answers to “is it better than …?”."""
    draw = generator()
    x = draw.normal(size=(900, 8)).astype("float32")
    score = x @ draw.normal(size=8) + draw.logistic(size=900)
    grade = np.searchsorted([-4, -1.5, 1.5, 4], score)
    y = (grade[:, None] > np.arange(4)).astype("float32")
    model = keras.Sequential([keras.Input((8,)), layers.Dense(16, activation="relu")])
    model.add(layers.Dense(1, use_bias=False))
    model.add(Thresholds())
    return Program(compiled(model, BCE, Adam(0.01), ["binary_accuracy"]), x, y, 15)


def borders():
    """A mask for each picture; pixels at a border weigh more, and unsure ones nothing."""
    draw = generator()
    x = draw.normal(size=(300, 10, 10, 2)).astype("float32")
    score = x[..., 0] - 0.7 * x[..., 1]
    y = (score > 0.8).astype("float32")[..., None]
    weights = np.where(np.abs(score - 0.8) < 0.1, 0.0, 1 + 2 * (score > 0.8)).astype("float32")
    model = keras.Sequential([keras.Input((10, 10, 2))])
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(1, 1, activation="sigmoid"))
    return Program(compiled(model, BCE, Adam(0.01), ()), x, y, 8, sample_weight=weights)


def same_person():
    """Whether two pictures are of one class: one network for both, and their difference."""
    x, kind = clusters(1600, 6, (8, 8, 1), 0.8)
    same = (kind[:800] == kind[800:]).astype("int64")
    body = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
    body.add(layers.Dense(32, activation="relu"))
    sides = [keras.Input((8, 8, 1)), keras.Input((8, 8, 1))]
    first, second = map(body, sides)
    difference = layers.Lambda(lambda pair: ops.abs(pair[0] - pair[1]))([first, second])
    model = keras.Model(sides, layers.Dense(1, activation="sigmoid")(difference))
    return Program(compiled(model, BCE, Adam(0.003)), [x[:800], x[800:]], same, 15)


def repeated_waves():
    """Waves are written into one vector and read from it again."""
    draw = generator()
    phase, speed = draw.uniform(0, 6, (600, 1)), draw.uniform(0.3, 0.6, (600, 1))
    x = np.sin(phase + speed * np.arange(16)).astype("float32")[..., None]
    model = keras.Sequential([keras.Input((16, 1)), layers.LSTM(24)])
    model.add(layers.RepeatVector(16))
    model.add(layers.LSTM(24, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(1)))
    return Program(compiled(model, MSE, Adam(0.01), ()), x, x, 20)


def citations():
    """A graph in one batch; the labels of one node in five are known, the others weigh nothing."""
    draw = generator()
    kind = draw.integers(0, 3, 300)
    near = draw.random((300, 300)) < np.where(kind[:, None] == kind, 0.05, 0.005)
    near = near | near.T | np.eye(300, dtype=bool)
    x = draw.normal(size=(300, 8)) + 0.7 * np.eye(3)[kind] @ draw.normal(size=(3, 8))
    x = (near / near.sum(axis=1, keepdims=True)) @ standardised(x)
    known = (draw.random(300) < 0.2).astype("float32")
    model = compiled(
        mlp(8, (16, "relu"), (3, None)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        Adam(0.02),
    )
    fit = {"shuffle": False}
    return Program(model, x.astype("float32"), kind, 40, 300, sample_weight=known, fit=fit)


def expectiles(y_true, y_pred):
    """The squared errors, those below the prediction with a weight of a tenth."""
    error = y_true - y_pred
    return ops.mean(ops.where(error > 0, 0.9, 0.1) * ops.square(error), axis=-1)


def waiting():
    """A high expectile of waiting times, in seconds."""
    x = generator().normal(size=(900, 4)).astype("float32")
    y = (40 * np.exp(0.5 * x[:, 0]) + 5 * generator(8).exponential(size=900)).astype("float32")
    model = compiled(mlp(4, (32, "relu"), (1, "softplus")), expectiles, Adam(0.03), ["mae"])
    return Program(model, x, y[:, None], 25, description={})


KINDS = {
    "drawn-codes": drawn_codes,
    "insurance": insurance,
    "grades": grades,
    "borders": borders,
    "same-person": same_person,
    "repeated-waves": repeated_waves,
    "citations": citations,
    "waiting": waiting,
}
