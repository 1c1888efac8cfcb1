"""The advice about a run with a loss written by hand, carried out: it learns as its twin does."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from rotation import one_in
from small_programs import HEALTHY, TWIN, Adam, carry_out, dense, program
from small_trainings import LINE, POSITIVE, X

BCE = "binary_crossentropy"
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


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


def overlap(y, p):
    return (2 * tf.reduce_sum(y * p) + 1) / (tf.reduce_sum(y + p) + 1)


def apart(y, p):
    return 1 - overlap(y, p)


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


ZERO = np.where(np.arange(128)[:, None] == 5, 0, X)
OF_ZERO = ZERO @ np.float32([[1], [-2], [0.5], [0]])
POSITIVES = np.where(np.arange(128)[:, None] == 70, 0, np.abs(X))
ONES = np.ones((128, 1), "float32")
UPWARD = dense(1, "relu", use_bias=False, kernel_initializer="ones")
SIGMOID = dense(1, "sigmoid")
# The mistake, the faulty program, the program with the advice, and the twin.
PROGRAMS = {
    "finite features and labels; a loss of logits": (
        "overflow", program(POSITIVE, loss=log_of_scores), program(POSITIVE, loss=LOGITS),
        program(POSITIVE, dense(1, "sigmoid"), loss=BCE),
    ),
    "a loss of logits (from_logits=True), or a clipped argument": (
        "overflow",
        program(ONES, UPWARD, loss=rates, x=POSITIVES, hidden=list, rate=0.01, shuffle=False),
        program(ONES, UPWARD, loss=clipped_rates, x=POSITIVES, hidden=list, rate=0.01),
        program(ONES, UPWARD, loss="poisson", x=POSITIVES, hidden=list, rate=0.01),
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
    "a minus sign before it, as in -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)": (
        "negative-loss", program(POSITIVE, SIGMOID, loss=without_minus, epochs=3),
        program(POSITIVE, SIGMOID, loss=entropy), program(POSITIVE, SIGMOID, loss=BCE),
    ),
    "tf.square(y_true - y_pred), or tf.abs(y_true - y_pred)": (
        "negative-loss", program(LINE, loss=difference, epochs=3),
        program(LINE, loss=squared_difference), TWIN,
    ),
    "1 minus the overlap": (
        None, program(POSITIVE, SIGMOID, loss=overlap, rate=0.3),
        program(POSITIVE, SIGMOID, loss=apart, rate=lambda: Adam(0.1)),
        program(POSITIVE, SIGMOID, loss=BCE),
    ),
    "loss(y_true, y_pred): Keras hands over the truth first": (
        "swapped-by-position", program(POSITIVE, SIGMOID, loss=exchanged, epochs=2),
        program(POSITIVE, SIGMOID, loss=entropy), program(POSITIVE, SIGMOID, loss=BCE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("advice", one_in(6, PROGRAMS))
def test_advice_about_a_loss_written_by_hand_carried_out(advice):
    carry_out(advice, *PROGRAMS[advice])
