"""Healthy losses as people write them, and what is broken according to a report."""

import keras
import tensorflow as tf

from lossutils.checking.run import RULES

SENTENCES = {rule.name: rule.sentence for rule in RULES}


def mean(values):
    return tf.reduce_mean(values, axis=-1)


def broken(report):
    """Return the names of the rules that a report says are broken, certain or not."""
    names = {sentence: name for name, sentence in SENTENCES.items() if name != "names"}
    names["It should take the truth and the prediction"] = "called"
    names["It should be a loss, not a metric"] = "a loss"
    return {names[finding.title]: finding.certainty for finding in report}


def squared(y_true, y_pred):
    return mean(tf.square(y_true - y_pred))


def pinball(y_true, y_pred):
    error = y_true - y_pred
    return mean(tf.maximum(0.9 * error, -0.1 * error))


def asymmetric(y_true, y_pred):
    error = y_true - y_pred
    return mean(tf.where(error > 0, tf.constant(3, error.dtype), 1) * error**2)


def careful_entropy(y_true, y_pred):
    return -tf.reduce_sum(y_true * tf.math.log(tf.maximum(y_pred, 1e-7)), axis=-1)


def entropy_of_logits(y_true, y_pred):
    return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def entropy_of_indices(y_true, y_pred):
    labels = tf.cast(y_true, "int32")
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=y_pred)


def careful_divergence(y_true, y_pred):
    part = tf.math.xlogy(y_true, y_true) - tf.math.xlogy(y_true, tf.maximum(y_pred, 1e-7))
    return tf.reduce_sum(part, axis=-1)


def careful_poisson(y_true, y_pred):
    return mean(y_pred - y_true * tf.math.log(y_pred + 1e-7))


def dice_of_example(y_true, y_pred):
    both, each = tf.reduce_sum(y_true * y_pred, -1), tf.reduce_sum(y_true + y_pred, -1)
    return 1 - (2 * both + 1) / (each + 1)


def negative_dice(y_true, y_pred):
    return dice_of_example(y_true, y_pred) - 1


def kept_dimension(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1, keepdims=True)


def poisson_of_logarithms(y_true, y_pred):
    return mean(tf.exp(y_pred) - y_true * y_pred)


def contrastive(y_true, y_pred):  # 1 for pairs of the same
    apart = tf.square(tf.maximum(1 - y_pred, 0))
    return mean(y_true * tf.square(y_pred) + (1 - y_true) * apart)


def contrastive_reversed(y_true, y_pred):
    return contrastive(1 - y_true, y_pred)


def gaussian(y_true, y_pred):  # a mean and the logarithm of a variance
    centre, log_variance = y_pred[:, :1], y_pred[:, 1:]
    return mean(log_variance + tf.square(y_true - centre) * tf.exp(-log_variance))


def shortfall(y_true, y_pred):
    return mean(tf.nn.relu(y_true - y_pred))


class Scaled(keras.losses.Loss):
    """A loss with a parameter that keeps every rule."""

    def __init__(self, scale=1.0, **options):
        super().__init__(**options)
        self.scale = scale

    def call(self, y_true, y_pred):
        return self.scale * squared(tf.reshape(y_true, tf.shape(y_pred)), y_pred)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


HEALTHY = [
    squared,
    pinball,
    asymmetric,
    careful_entropy,
    entropy_of_logits,
    entropy_of_indices,
    careful_divergence,
    careful_poisson,
    dice_of_example,
    negative_dice,
    kept_dimension,
    poisson_of_logarithms,
    contrastive,
    contrastive_reversed,
    gaussian,
    shortfall,
    Scaled(3.0),
]
