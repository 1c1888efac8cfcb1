"""The advice about a model, carried out: it learns as its twin does, and nothing is left to say.

The faulty program, the program with the advice, and a twin that reaches the same by another way.
What is compared is the error of the predictions: the share of wrong classes, or the mean squared
error divided by the variance of the targets.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import BCE, CCE, SCCE
from rotation import one_in
from sklearn.datasets import load_digits

from lossutils import diagnose

X = np.random.default_rng(1).normal(size=(256, 2)).astype("float32")
CLASSES = X @ [[2.0, 0.0, -2.0], [0.0, 2.0, -1.0]]
LINE = (X @ [[1.0], [-2.0]]).astype("float32")


def trained(units, y, loss, *, rate=0.05, passes=30, **layer):
    """Return the predictions of a small network after some passes through the data.

    The passes make one epoch of Keras, which saves what every epoch costs.
    """
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, "tanh")])
    model.add(keras.layers.Dense(units, **layer))
    model.compile(keras.optimizers.Adam(rate), loss)
    rows = np.tile(np.arange(len(X)), passes)
    model.fit(X[rows], y[rows], batch_size=64, verbose=0)
    return np.asarray(model(X))


def error(y, predictions):
    """Return the share of wrong classes, or the share of the variance that is not explained."""
    if predictions.shape[1] > 1 and np.ndim(y) == 1:
        return np.mean(predictions.argmax(axis=1) != y)
    if np.isin(y, (0, 1)).all():
        in_two = predictions > (0.5 if predictions.min() >= 0 else 0)
        return np.mean(in_two != y)
    return np.mean((predictions - y) ** 2) / np.var(y)


SPARSE = CLASSES.argmax(axis=1)
POSITIVE = 1.0 * (LINE > 0)
OF_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
DEAD = {"activation": "relu", "bias_initializer": keras.initializers.Constant(-100)}
FIRST_IS_DEAD = keras.initializers.Constant([-100.0, 0, 0])
STANDARD = (1e8 * LINE + 1e8 - (1e8 * LINE + 1e8).mean()) / (1e8 * LINE).std()
TWO = np.hstack([LINE, LINE + 1])
ANY_OF_THREE = 1.0 * (CLASSES > -1)
PROGRAMS = {
    "softmax-multi-label": (
        (trained, 3, ANY_OF_THREE, CCE, {"activation": "softmax"}),
        ("binary_crossentropy with one sigmoid for each label", 3, ANY_OF_THREE, BCE,
         {"activation": "sigmoid"}),
        (3, ANY_OF_THREE, keras.losses.BinaryCrossentropy(from_logits=True), {}),
        {"loss": BCE},
    ),
    "softmax-regression": (
        (trained, 2, TWO, "mse", {"activation": "softmax"}),
        ("a last layer without activation", 2, TWO, "mse", {}),
        (2, TWO, "mse", {"kernel_initializer": "zeros"}),
        {"loss": "mse"},
    ),
    "last-layer": (
        (trained, 3, SPARSE, OF_LOGITS, {"activation": "relu", "bias_initializer": FIRST_IS_DEAD}),
        ("a last layer without activation, and from_logits=True", 3, SPARSE, OF_LOGITS, {}),
        (3, SPARSE, SCCE, {"activation": "softmax"}),
        {"loss": SCCE, "from_logits": True},
    ),
    "output-range": (
        (trained, 1, 5 + LINE, "mse", {"activation": "sigmoid"}),
        ("a last layer without activation, or targets scaled to the range of the outputs",
         1, 5 + LINE, "mse", {}),
        (1, 5 + LINE, "mse", {"bias_initializer": keras.initializers.Constant(5)}),
        {"loss": "mse"},
    ),
    "target-scale": (
        (trained, 1, 1e8 * LINE + 1e8, "mse", {}),
        ("standardised targets, (y - y.mean()) / y.std(), and standardised features",
         1, STANDARD, "mse", {}),
        (1, LINE / LINE.std(), "mse", {}),
        {"loss": "mse"},
    ),
    "constant-output": (
        (trained, 1, LINE, "mse", DEAD),
        ("scaled features, a smaller learning rate, and no activation that can die before the end",
         1, LINE,
         "mse", {}),
        (1, LINE, "mse", {"kernel_initializer": "zeros"}),
        {"loss": "mse"},
    ),
    "softmax-on-one-unit": (
        (trained, 1, POSITIVE, BCE, {"activation": "softmax"}),
        ("Dense(1, activation='sigmoid') and binary_crossentropy; or two units and a softmax",
         1, POSITIVE, BCE,
         {"activation": "sigmoid"}),
        (1, POSITIVE, keras.losses.BinaryCrossentropy(from_logits=True), {}),
        {"loss": BCE},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", one_in(4, PROGRAMS))
def test_advice_about_the_model_carried_out(mistake):
    (train, *faulty, layer), (advice, *repaired, better), (*twin, other), options = PROGRAMS[
        mistake
    ]
    predictions = train(*faulty, **layer)
    report = diagnose(faulty[1], predictions, trained=True, **options)
    assert any(f.mistake == mistake and f.instead == advice for f in report), report
    stuck, predictions = error(faulty[1], predictions), train(*repaired, **better)
    again = diagnose(repaired[1], predictions, trained=True, **options)
    assert not again, again
    reached = error(repaired[1], predictions)
    assert reached < 0.5 * stuck
    assert abs(reached - error(twin[1], train(*twin, **other))) < 0.05


# What collapses, on scikit-learn's digits: nothing is left of the differences between examples.

DIGITS = load_digits()
IMAGES, KINDS = np.float32(DIGITS.data[:700] / 16), DIGITS.target[:700]


def batch_hard(labels, z):
    """Return the triplet loss of each example, its margin 1, in TensorFlow."""
    same = tf.reshape(labels, [-1, 1]) == tf.reshape(labels, [-1])
    d = tf.sqrt(tf.maximum(tf.reduce_sum((z[:, None] - z) ** 2, axis=-1), 1e-12))
    far = tf.reduce_max(tf.where(same, d, 0.0), axis=1)
    return tf.maximum(far - tf.reduce_min(tf.where(same, 1e9, d), axis=1) + 1, 0)


def embedded(batch_size):
    """Return two numbers for each image, after the same number of passes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.01), batch_hard)
    model.fit(IMAGES, KINDS, batch_size=batch_size, epochs=8, verbose=0)
    return np.asarray(model(IMAGES))


class VAE(keras.Model):
    """A variational autoencoder of images with 64 pixels, whose code has two numbers."""

    def __init__(self):
        super().__init__()
        dense = keras.layers.Dense
        self.encoder = keras.Sequential([dense(64, "relu"), dense(4)])
        self.decoder = keras.Sequential([dense(64, "relu"), dense(64)])

    def call(self, x):
        """Return the logits of the pixels, and add the KL divergence to the losses."""
        mean, log_variance = tf.split(self.encoder(x), 2, axis=1)
        code = mean + tf.exp(log_variance / 2) * tf.random.normal(tf.shape(mean))
        kl = tf.reduce_sum(mean**2 + tf.exp(log_variance) - 1 - log_variance, axis=1) / 2
        self.add_loss(tf.reduce_mean(kl))
        return self.decoder(code)


def reconstructed(reduce):
    """Return the logits of all pixels after training with a mean or a sum over them."""

    def loss(x, logits):
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
        return reduce(cross_entropy, axis=1)

    keras.utils.set_random_seed(0)
    model = VAE()
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(IMAGES, IMAGES, batch_size=100, epochs=15, verbose=0)
    return np.asarray(model(IMAGES))


COLLAPSED = {
    "collapsed-embeddings": (
        embedded,
        140,
        20,
        KINDS,
        {"loss": "circle"},
        "smaller batches at first; for the circle loss, vectors of length 1",
    ),
    "posterior-collapse": (
        reconstructed,
        tf.reduce_mean,
        tf.reduce_sum,
        IMAGES,
        {"loss": BCE, "from_logits": True, "trained": True},
        "in a VAE, the sum of the reconstruction over the pixels, not the mean",
    ),
}


@pytest.mark.parametrize("mistake", one_in(2, COLLAPSED, skip=1))
def test_advice_against_collapse_carried_out(mistake):
    train, faulty, repaired, y_true, options, advice = COLLAPSED[mistake]
    report = diagnose(y_true, train(faulty), **options)
    assert (mistake, advice) in [(finding.mistake, finding.instead) for finding in report]
    assert not _but_lengths(diagnose(y_true, train(repaired), **options))


def _but_lengths(report):
    """Return what is said but for the length of the vectors, which a triplet loss leaves free."""
    return [finding for finding in report if finding.title != "vectors of another length than 1"]
