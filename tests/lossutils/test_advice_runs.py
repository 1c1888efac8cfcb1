"""The advice about a run, carried out: it learns as its twin does, and nothing is left to say."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from rotation import one_in
from small_programs import HEALTHY, SGD, TWIN, Adam, carry_out, dense, program
from small_trainings import LINE, POSITIVE, X

from lossutils.diagnosis import Run

BCE, SCCE = "binary_crossentropy", "sparse_categorical_crossentropy"
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)
Constant = keras.initializers.Constant


def frozen():
    layer = layers.Dense(1)
    layer.trainable = False
    return layer


def with_output():
    return [layers.Dense(8, "tanh"), layers.Dense(1)]


def dropped(rate, start="glorot_uniform"):
    return lambda: [layers.Dropout(rate), layers.Dense(8, "tanh", kernel_initializer=start)]


def rounded():
    return [layers.Dense(8, "tanh"), layers.Lambda(tf.round)]


SMALL = keras.initializers.RandomNormal(stddev=0.01, seed=0)


def sigmoids():
    return [layers.Dense(8, "sigmoid", kernel_initializer=SMALL) for _ in range(4)]


def relus():
    return [layers.Dense(8, "relu") for _ in range(4)]


def penalty(size):
    return lambda: layers.Dense(8, "tanh", kernel_regularizer=keras.regularizers.L2(size))


def normalised(momentum):
    return lambda: [
        layers.Dense(16), layers.BatchNormalization(momentum=momentum), layers.ReLU()
    ]  # fmt: skip


class Code(layers.Layer):
    """Draw a code, and add its divergence from the standard normal, times a weight, to the loss."""

    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def call(self, inputs):
        mean, log_var = tf.split(inputs, 2, axis=1)
        kl = -0.5 * tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=-1)
        self.add_loss(self.weight * tf.reduce_mean(kl))
        return mean + tf.exp(log_var / 2) * tf.random.normal(tf.shape(mean), seed=1)


def coded(weight):
    return lambda: [layers.Dense(4), Code(weight)]


def halved():
    return SGD(keras.optimizers.schedules.ExponentialDecay(0.02, 1, 0.5))


def halved_slowly():
    return SGD(keras.optimizers.schedules.ExponentialDecay(0.05, 100, 0.5))


BENT = np.abs(X[:, :1])
LARGE = (1e5 * (X + 5)).astype("float32")
AWAY = (1000 * X + 3000).astype("float32")
STANDARD = ((LARGE - LARGE.mean(axis=0)) / LARGE.std(axis=0)).astype("float32")
CENTERS = np.float32([[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0]])
SORTED = np.sort(np.tile([0, 1, 2], 214)[:640])
SORTED_X = CENTERS[SORTED] + 0.3 * np.resize(X, (640, 4))
WORDS = np.tile(np.arange(1, 9), 16)[:, None]
WITH_TARGET = np.hstack([X[:, :3], LINE])
ALL_ONE_UNIT = dense(1, "relu", bias_initializer=Constant(-100))
ALL_HALF = dense(8, "tanh", kernel_initializer=Constant(0.5))
POSITIVE_UNIT = dense(8, "tanh", kernel_initializer=keras.initializers.RandomUniform(0, 1, seed=0))
# The mistake, the faulty program, the program with the advice, and the twin.
PROGRAMS = {
    "a rate above 0, such as 0.001": (None, program(LINE, rate=-0.05, epochs=2), HEALTHY, TWIN),
    "a tenth of the learning rate, and scaled features": (
        "overflow", program(LINE, rate=1.0, epochs=30), program(LINE, rate=0.1, epochs=30), TWIN,
    ),
    "a tenth of the learning rate, and scaled features and targets": (
        "learning-rate", program(LINE, rate=1.0, epochs=3), program(LINE, rate=0.1), TWIN,
    ),
    "a loss of the model's own outputs: no argmax, round, metric or dead activation": (
        "no-gradient", program(LINE, ALL_ONE_UNIT), HEALTHY, TWIN,
    ),
    "model.trainable = True, and compile again": (
        "no-gradient", program(LINE, frozen, hidden=list), program(LINE, hidden=list),
        program(LINE, hidden=list, rate=lambda: Adam(0.3)),
    ),
    "a smaller penalty of the weights (L1, L2)": (
        None, program(LINE - LINE.mean(), hidden=penalty(1000.0), rate=0.0005),
        program(LINE - LINE.mean(), hidden=penalty(1e-4)), TWIN,
    ),
    "hidden layers with ReLU and the usual initial weights: no saturation": (
        None, program(LINE - LINE.mean(), hidden=sigmoids, rate=0.01),
        program(LINE - LINE.mean(), hidden=relus), TWIN,
    ),
    "standardised features": (
        None, program(LINE, x=LARGE, hidden=POSITIVE_UNIT),
        program(LINE, x=STANDARD, hidden=POSITIVE_UNIT), TWIN,
    ),
    "standardised features; pixels / 255": (
        None, program(LINE, x=LARGE, hidden=POSITIVE_UNIT),
        program(LINE, x=STANDARD, hidden=POSITIVE_UNIT), TWIN,
    ),
    "a rate of 0.01 or less": (
        "learning-rate", program(LINE, rate=lambda: Adam(1.0)),
        program(LINE, rate=lambda: Adam(0.01), epochs=60), TWIN,
    ),
    "standardised features and targets, and the usual initial weights": (
        None, program(LINE + 20, rate=1e-4), program(LINE / LINE.std()), TWIN,
    ),
    "a larger learning rate, or more steps": (
        None, program(LINE + 1, rate=1e-3, epochs=6), program(LINE + 1), TWIN,
    ),
    "a larger learning rate: ten times, then a hundred times": (
        None, program(LINE, rate=1e-7, epochs=6), HEALTHY, TWIN,
    ),
    "another learning rate (a tenth, then ten times); a last layer that can reach the targets;"
    " scaled features; activations without saturation": (
        None, program(LINE, dense(1, kernel_initializer="zeros"), rate=3e-4),
        program(LINE, dense(1, kernel_initializer="zeros"), rate=0.1), TWIN,
    ),
    "a schedule that decays more slowly": (
        "learning-rate", program(LINE, rate=halved, epochs=6), program(LINE, rate=halved_slowly),
        TWIN,
    ),
    "a metric that fits the output: binary accuracy for one sigmoid (threshold 0 for logits),"
    " argmax for rows": (
        None, program(POSITIVE, dense(1, "softmax"), loss=BCE, rate=0.3, metrics=["accuracy"]),
        program(POSITIVE, dense(1, "sigmoid"), loss=BCE, rate=0.3, metrics=["accuracy"]),
        program(POSITIVE, loss=LOGITS, rate=0.3),
    ),
    "more steps, or BatchNormalization(momentum=0.9) in a short run": (
        "fit-and-evaluate",
        program(LINE, x=AWAY, hidden=normalised(0.99), rate=lambda: Adam(0.05), epochs=12),
        program(LINE, x=AWAY, hidden=normalised(0.9), rate=lambda: Adam(0.05), epochs=20), TWIN,
    ),
    "features without the target; a window of a series that ends before it": (
        None, program(LINE, x=WITH_TARGET), HEALTHY, TWIN,
    ),
    "shuffled examples: shuffle=True in fit, or dataset.shuffle(len(y)) before batch": (
        None,
        program(SORTED, dense(3, "softmax"), loss=SCCE, x=SORTED_X, epochs=2, shuffle=False),
        program(SORTED, dense(3, "softmax"), loss=SCCE, x=SORTED_X, epochs=2),
        program(SORTED, dense(3, "softmax"), loss=SCCE, x=SORTED_X, rate=lambda: Adam(0.1)),
    ),
    "random initial weights for hidden layers, as Keras' own are, not a constant": (
        None, program(LINE, dense(1, kernel_initializer="ones"), hidden=ALL_HALF), HEALTHY, TWIN,
    ),
    "dropout before the last layer that has weights, not behind it": (
        None, program(LINE, lambda: layers.Dropout(0.5), hidden=with_output),
        program(LINE, hidden=dropped(0.02)), TWIN,
    ),
    "a smaller rate of dropout; Keras takes the share to drop, not the one to keep": (
        None, program(LINE - LINE.mean(), hidden=dropped(0.99, SMALL), rate=1e-4),
        program(LINE - LINE.mean(), hidden=dropped(0.01)), TWIN,
    ),
    "activations in the hidden layers, such as activation='relu'": (
        None, program(BENT, hidden=dense(8)),
        program(BENT, hidden=dense(8, "relu"), rate=lambda: Adam(0.05), epochs=20),
        program(BENT, rate=lambda: Adam(0.1), epochs=20),
    ),
    "other activations in hidden layers, such as relu; a softmax at the end only": (
        None, program(LINE, hidden=dense(8, "softmax")), program(LINE, hidden=dense(8, "relu")),
        TWIN,
    ),
    "the opposite sign of what add_loss gets: the KL divergence of a VAE is"
    " -0.5 * tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=-1)": (
        "negative-loss", program(LINE, hidden=coded(-0.03), rate=lambda: Adam(0.05), epochs=30),
        program(LINE, hidden=coded(0.03), rate=lambda: Adam(0.05), epochs=30), TWIN,
    ),
    "no round, floor, argmax or cast between these weights and the loss; no weights of 0": (
        "no-gradient", program(LINE, hidden=rounded), HEALTHY, TWIN,
    ),
}  # fmt: skip
# The tests that carry these out are below, and in the tests of the callback.
ELSEWHERE = {
    "a tenth of the learning rate",
    "Embedding(9, ...) or more: the largest index of all data, and 1 more",
    "the loss of the same name in keras.losses, or a smooth loss",
}


@pytest.mark.parametrize("advice", one_in(6, PROGRAMS))
@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1")
@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_advice_about_a_run_carried_out(advice):
    carry_out(advice, *PROGRAMS[advice])


def one_relu(rate):
    """Train one ReLU by hand: return the report, and the share of the variance that is left."""
    x = np.linspace(0.5, 2.5, 32)
    y, w, a, c, run = 3 * x - 4, 1.0, 1.0, 0.0, Run(loss="mse", learning_rate=rate)
    for _ in range(300):
        hidden = np.maximum(w * x, 0)
        error = a * hidden + c - y
        run.step(y[:, None], (error + y)[:, None], np.mean(error**2))
        slope = 2 * error * a * x * (hidden > 0)
        w, a, c = np.array([w, a, c]) - rate * np.mean(
            [slope, 2 * error * hidden, 2 * error], axis=1
        )
    return run.report(), np.mean(error**2) / np.var(y)


def test_a_tenth_of_a_rate_that_killed_a_relu():
    report, stuck = one_relu(0.25)
    assert "a tenth of the learning rate" in [finding.instead for finding in report]
    again, reached = one_relu(0.025)
    assert not again, again
    assert reached < one_relu(0.05)[1] + 0.1 < 0.5 < stuck


def test_advice_about_an_embedding_carried_out(capsys):
    def rows(size):
        return lambda: [layers.Embedding(size, 4), layers.Flatten()]

    y = (WORDS % 2).astype("float32")
    last = {"last": dense(1, "sigmoid"), "loss": BCE, "x": WORDS, "rate": lambda: Adam(0.1)}
    with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
        program(y, hidden=rows(8), **last)()
    (advice,) = [text for text in ELSEWHERE if text.startswith("Embedding")]
    assert advice in " ".join(capsys.readouterr().out.split())
    again, reached = program(y, hidden=rows(9), **last)()
    assert not again, again
    assert reached == 0
