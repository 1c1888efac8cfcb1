"""Broken losses as people write them, and what check_loss must say of each."""

import functools

import keras
import numpy as np
import tensorflow as tf
from own_losses import (
    Scaled,
    asymmetric,
    careful_entropy,
    dice_of_example,
    entropy_of_logits,
    mean,
    squared,
)


def scalar(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))


def dice_of_the_batch(y_true, y_pred):
    both = tf.reduce_sum(y_true * y_pred)
    return 1 - (2 * both + 1) / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred) + 1)


def weighted_as_a_matrix(y_true, y_pred):  # (N,) times (N, 1)
    entropy = keras.losses.binary_crossentropy(y_true, y_pred)
    return tf.reduce_mean(entropy * (1 + 3 * y_true))


def every_element(y_true, y_pred):
    return tf.square(y_true - y_pred)


def columns_against_rows(y_true, y_pred):
    return tf.square(y_true[:, 0] - y_pred[:, :1])


def reduced_over_examples(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=0)


def examples_for_columns(y_true, y_pred):
    return sum(tf.square(y_true[k] - y_pred[k]) for k in range(2))


def neighbour(y_true, y_pred):
    return squared(tf.roll(y_true, 1, axis=0), y_pred)


def divided_again(y_true, y_pred):
    return squared(y_true, y_pred) / tf.cast(tf.shape(y_true)[0], y_pred.dtype)


def static_size(y_true, y_pred):
    return squared(y_true, y_pred) / y_true.shape[0]


def fixed_size(y_true, y_pred):
    return squared(tf.reshape(y_true, [6, -1]), y_pred)


def squeezed(y_true, y_pred):
    return tf.squeeze(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1, keepdims=True))


def of_the_batch(y_true, y_pred):
    return squared(y_true, y_pred) / (1 + tf.math.reduce_std(y_true))


def root(y_true, y_pred):
    return tf.sqrt(squared(y_true, y_pred))


def careless_entropy(y_true, y_pred):
    return -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)


def careless_sigmoid(y_true, y_pred):
    p = tf.sigmoid(y_pred)
    return -mean(y_true * tf.math.log(p) + (1 - y_true) * tf.math.log(1 - p))


def careless_cosh(y_true, y_pred):
    return mean(tf.math.log(tf.cosh(y_true - y_pred)))


def relative(y_true, y_pred):
    return mean(tf.abs((y_true - y_pred) / y_true))


def without_minus(y_true, y_pred):
    return -careful_entropy(y_true, y_pred)


def score(y_true, y_pred):
    return 1 - dice_of_example(y_true, y_pred)


def signed(y_true, y_pred):
    return mean(y_true - y_pred)


def counted(y_true, y_pred):
    return tf.cast(tf.argmax(y_true, -1) != tf.argmax(y_pred, -1), y_pred.dtype)


def of_numpy(y_true, y_pred):
    return np.mean(np.square(np.array(y_true) - np.array(y_pred)), axis=-1)


def half_stopped(y_true, y_pred):
    return mean(tf.square(y_true - y_pred) * tf.stop_gradient(tf.abs(y_pred)))


def noisy(y_true, y_pred):
    return squared(y_true + tf.random.normal(tf.shape(y_true)), y_pred)


def swapped_entropy(prediction, truth):
    return careful_entropy(truth, prediction)


def swapped_logits(prediction, truth):
    return entropy_of_logits(truth, prediction)


def swapped_names(y_pred, y_true):
    return squared(y_true, y_pred)


def single_precision(y_true, y_pred):
    return squared(tf.cast(y_true, "float32"), tf.cast(y_pred, "float32"))


def flattened_steps(y_true, y_pred):
    axes = tf.range(1, tf.rank(y_pred))
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=axes)


def other_in_a_graph(y_true, y_pred):
    return squared(y_true, y_pred) + float(tf.inside_function())


def returns_nothing(y_true, y_pred):
    squared(y_true, y_pred)


def three_arrays(y_true, y_pred, flag):
    return flag * squared(y_true, y_pred)


class Unreshaped(Scaled):
    def call(self, y_true, y_pred):
        return self.scale * squared(y_true, y_pred)


class WithoutConfig(Scaled):
    def get_config(self):
        return keras.losses.Loss.get_config(self)


class OverridesDunderCall(keras.losses.Loss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return squared(y_true, y_pred)


class GradientHalved(Scaled):
    def call(self, y_true, y_pred):
        @tf.custom_gradient
        def halved(x):
            return x, lambda upstream: upstream / 2

        return super().call(y_true, halved(y_pred))


BROKEN = [
    (scalar, {"one-number-per-example": "certain"}),
    (
        dice_of_the_batch,
        {"one-number-per-example": "certain", "independent": "suspicious"},
    ),
    (
        weighted_as_a_matrix,
        {"one-number-per-example": "certain", "independent": "suspicious"},
    ),
    (every_element, {"one-number-per-example": "certain"}),
    (columns_against_rows, {"one-number-per-example": "certain", "independent": "suspicious"}),
    (reduced_over_examples, {"one-number-per-example": "certain"}),
    (examples_for_columns, {"one-number-per-example": "certain", "independent": "certain"}),
    (
        neighbour,
        {"own-truth": "certain", "independent": "suspicious", "lowest-at-the-truth": "certain"},
    ),
    (divided_again, {"independent": "certain"}),
    (static_size, {"independent": "certain", "any-batch-size": "certain"}),
    (fixed_size, {"independent": "certain", "any-batch-size": "certain"}),
    (squeezed, {"independent": "certain"}),
    (of_the_batch, {"independent": "suspicious"}),
    (root, {"finite": "certain"}),
    (careless_entropy, {"finite": "certain"}),
    (careless_sigmoid, {"finite": "certain"}),
    (careless_cosh, {"finite": "certain"}),
    (relative, {"finite": "certain"}),
    (without_minus, {"lowest-at-the-truth": "certain"}),
    (score, {"lowest-at-the-truth": "certain"}),
    (signed, {"lowest-at-the-truth": "certain"}),
    (counted, {"gradient": "certain"}),
    (of_numpy, {"gradient": "certain", "any-batch-size": "certain"}),
    (half_stopped, {"gradient": "suspicious"}),
    (GradientHalved(), {"gradient": "suspicious"}),
    (noisy, {"repeatable": "suspicious"}),
    (swapped_entropy, {"truth-first": "certain"}),
    (swapped_logits, {"truth-first": "certain"}),
    (swapped_names, {"truth-first": "suspicious"}),
    (single_precision, {"dtype": "suspicious"}),
    (flattened_steps, {"masks": "suspicious"}),
    (other_in_a_graph, {"any-batch-size": "certain"}),
    (returns_nothing, {"called": "suspicious"}),
    (three_arrays, {"called": "certain"}),
    (OverridesDunderCall(), {"called": "certain"}),
    (Unreshaped(), {"rows-and-columns": "certain"}),
    (WithoutConfig(3.0), {"saving": "certain"}),
    (functools.partial(asymmetric), {"saving": "certain"}),
    (keras.metrics.MeanSquaredError(), {"a loss": "certain"}),
]
