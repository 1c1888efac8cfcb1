"""The advice about a run, carried out: it learns as its twin does, and nothing is left to say.

Each advice has a faulty program, the program with the advice, and a twin that is right by another
way. What is compared is the share of the variance that is not explained, or the share of wrong
classes.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops
from rotation import one_in
from small_trainings import LINE, POSITIVE, X

from lossutils.diagnosis import Run
from lossutils.keras import Diagnose

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
BCE, SCCE = "binary_crossentropy", "sparse_categorical_crossentropy"
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)
Constant = keras.initializers.Constant


def program(
    y, last=None, *, loss="mse", rate=0.05, x=X, hidden=None, epochs=10, metrics=(), **options
):
    """Return a function that trains a small network, and returns its report and its error."""

    def train():
        keras.utils.set_random_seed(0)
        first = layers.Dense(8, "tanh") if hidden is None else hidden()
        model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), *np.ravel(first)])
        model.add(layers.Dense(1) if last is None else last())
        optimizer = SGD(rate) if isinstance(rate, float) else rate()
        watch = Diagnose()
        model.compile(optimizer, loss, metrics=list(metrics))
        model.fit(x, y, epochs=epochs, verbose=0, callbacks=[watch], **options)
        return watch.report, error(y, np.asarray(model(x)))

    return train


def error(y, p):
    """Return the share of wrong classes, or the share of the variance that is not explained."""
    if p.shape[-1] > 2:
        return np.mean(p.argmax(axis=1) != y)
    if np.isin(y, (0, 1)).all():
        return np.mean((p > (0.5 if p.min() >= 0 else 0)) != y)
    return np.mean((p[:, 0] - np.ravel(y)) ** 2) / max(np.var(y), 1e-9)


def dense(units, activation=None, **options):
    return lambda: layers.Dense(units, activation, **options)


def frozen():
    layer = layers.Dense(1)
    layer.trainable = False
    return layer


def log_of_scores(y, p):
    return -tf.reduce_mean(y * tf.math.log(p))


def all_pairs(y, p):
    return tf.reduce_mean(tf.square(tf.reshape(y, [-1]) - p))


def own_pairs(y, p):
    return tf.reduce_mean(tf.square(tf.reshape(y, tf.shape(p)) - p))


def of_rows(y, p):
    return tf.square(y[0] - p[0]) + 2 * tf.square(y[1] - p[1])


def of_columns(y, p):
    return tf.square(y[:, 0] - p[:, 0])


def likelihood(y, p):
    return ops.mean(p[:, 1] + ops.square(y - p[:, 0]) * ops.exp(-p[:, 1])) / 2


def likelihood_of_columns(y, p):
    return ops.mean(p[:, 1:] + ops.square(y - p[:, :1]) * ops.exp(-p[:, 1:]), axis=-1) / 2


def entropy(y, p):
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def exchanged(p, y):
    return entropy(y, p)


def without_minus(y, p):
    return tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def difference(y, p):
    return tf.reduce_mean(y - p)


def squared_difference(y, p):
    return tf.reduce_mean(tf.square(y - p))


def root(y, p):
    return tf.sqrt(tf.reduce_sum((y - p) ** 2, axis=-1))


def safe_root(y, p):
    return tf.sqrt(tf.maximum(tf.reduce_sum((y - p) ** 2, axis=-1), 1e-7))


def rates(y, p):
    return p - y * tf.math.log(p)


def clipped_rates(y, p):
    return p - y * tf.math.log(tf.maximum(p, 1e-7))


def error_of_logarithms(y, p):
    return tf.square(tf.math.log(1 + p) - tf.math.log(1 + y))


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


def halved():
    return SGD(keras.optimizers.schedules.ExponentialDecay(0.02, 1, 0.5))


def halved_slowly():
    return SGD(keras.optimizers.schedules.ExponentialDecay(0.05, 100, 0.5))


ZERO = np.where(np.arange(128)[:, None] == 5, 0, X)
OF_ZERO = ZERO @ np.float32([[1], [-2], [0.5], [0]])
POSITIVES = np.where(np.arange(128)[:, None] == 70, 0, np.abs(X))
ONES = np.ones((128, 1), "float32")
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
UPWARD = dense(1, "relu", use_bias=False, kernel_initializer="ones")
ALL_HALF = dense(8, "tanh", kernel_initializer=Constant(0.5))
POSITIVE_UNIT = dense(8, "tanh", kernel_initializer=keras.initializers.RandomUniform(0, 1, seed=0))

SIGMOID = dense(1, "sigmoid")
HEALTHY = program(LINE)
TWIN = program(LINE, rate=lambda: Adam(0.1))
# The mistake, the faulty program, the program with the advice, and the twin.
PROGRAMS = {
    "a rate above 0, such as 0.001": (None, program(LINE, rate=-0.05, epochs=2), HEALTHY, TWIN),
    "finite features and labels; a loss of logits": (
        "overflow", program(POSITIVE, loss=log_of_scores), program(POSITIVE, loss=LOGITS),
        program(POSITIVE, dense(1, "sigmoid"), loss=BCE),
    ),
    "a tenth of the learning rate, and scaled features": (
        "overflow", program(LINE, rate=1.0, epochs=30), program(LINE, rate=0.1, epochs=30), TWIN,
    ),
    "a tenth of the learning rate, and scaled features and targets": (
        "learning-rate", program(LINE, rate=1.0, epochs=3), program(LINE, rate=0.1), TWIN,
    ),
    "a loss of logits (from_logits=True), or a clipped argument": (
        "overflow",
        program(ONES, UPWARD, loss=rates, x=POSITIVES, hidden=list, rate=0.01, shuffle=False),
        program(ONES, UPWARD, loss=clipped_rates, x=POSITIVES, hidden=list, rate=0.01),
        program(ONES, UPWARD, loss="poisson", x=POSITIVES, hidden=list, rate=0.01),
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
    "a small number under the root, tf.sqrt(tf.maximum(square, 1e-7))": (
        "sqrt-at-zero",
        program(OF_ZERO, dense(1, use_bias=False), loss=root, x=ZERO, hidden=list, epochs=5),
        program(OF_ZERO, dense(1, use_bias=False), loss=safe_root, x=ZERO, hidden=list),
        program(OF_ZERO, dense(1, use_bias=False), loss="mae", x=ZERO, hidden=list),
    ),
    "y_true = tf.reshape(y_true, tf.shape(y_pred)) as the first line of the loss": (
        "broadcast", program(LINE, loss=all_pairs, epochs=3), program(LINE, loss=own_pairs), TWIN,
    ),
    "the same shape for both in the loss: y_pred[:, :1] for labels (N, 1), or"
    " tf.reshape(y_true, tf.shape(y_pred))": (
        "broadcast", program(LINE, dense(2), loss=likelihood, rate=0.01),
        program(LINE, dense(2), loss=likelihood_of_columns, rate=lambda: Adam(0.05), epochs=30),
        TWIN,
    ),
    "y_true[:, 0] for a column; for several outputs, a loss for each in compile": (
        "rows-for-columns", program(LINE, loss=of_rows, epochs=3), program(LINE, loss=of_columns),
        TWIN,
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
    "a loss of logits; or the argument of the logarithm kept above 0: tf.maximum(p, 1e-7), in"
    " float16 1e-3": (
        "log-of-zero",
        program(ONES, UPWARD, loss=rates, x=POSITIVES, hidden=list, rate=0.01, shuffle=False),
        program(ONES, UPWARD, loss=clipped_rates, x=POSITIVES, hidden=list, rate=0.01),
        program(ONES, UPWARD, loss="poisson", x=POSITIVES, hidden=list, rate=0.01),
    ),
    "a last layer with softplus, and labels above 0; or mean_squared_error": (
        "log-of-zero", program(LINE, loss=error_of_logarithms), HEALTHY, TWIN,
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
    "a minus sign before it, as in -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)": (
        "negative-loss", program(POSITIVE, SIGMOID, loss=without_minus, epochs=3),
        program(POSITIVE, SIGMOID, loss=entropy), program(POSITIVE, SIGMOID, loss=BCE),
    ),
    "tf.square(y_true - y_pred), or tf.abs(y_true - y_pred)": (
        "negative-loss", program(LINE, loss=difference, epochs=3),
        program(LINE, loss=squared_difference), TWIN,
    ),
    "loss(y_true, y_pred): Keras hands over the truth first": (
        "swapped-by-position", program(POSITIVE, SIGMOID, loss=exchanged, epochs=2),
        program(POSITIVE, SIGMOID, loss=entropy), program(POSITIVE, SIGMOID, loss=BCE),
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
    mistake, faulty, repaired, twin = PROGRAMS[advice]
    report, _ = faulty()
    assert (mistake, advice) in [(f.mistake, f.instead) for f in report], report
    again, reached = repaired()
    assert not again, again
    assert reached < twin()[1] + 0.1


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
