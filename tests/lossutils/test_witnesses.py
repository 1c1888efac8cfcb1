"""TensorFlow, Keras, SciPy and scikit-learn compute the same values and gradients.

The arguments are ordinary ones, in float64, where the frameworks are right; where they are not is
in `test_twins.py`. Keras averages over the last axis, so elements go in as rows of one.
"""

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics
import tensorflow as tf
from examples import LOSSES, arguments, call, gradient, loss
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cosine

from lossutils import gradients, losses


def one_by_one(keras_loss, **options):
    """Return a Keras loss that averages as a loss of elements."""

    def elementwise(y_true, y_pred):
        return keras_loss(y_true[..., tf.newaxis], y_pred[..., tf.newaxis], **options)

    return elementwise


def balanced(keras_focal, **options):
    """Return Keras' binary focal loss with alpha in use."""
    return one_by_one(keras_focal, apply_class_balancing=True, **options)


def all_pairs(residual):
    """Return the mean square of the differences over the pairs of an example."""
    n = residual.shape[-1]
    square = (residual[:, :, tf.newaxis] - residual[:, tf.newaxis, :]) ** 2
    return tf.reduce_sum(square, axis=(1, 2)) / (n * (n - 1))


def each(function, truth, prediction):
    """Return a loss of TensorFlow 1 that sums over the batch, example by example."""
    rows = zip(tf.unstack(truth), tf.unstack(prediction), strict=True)
    return tf.stack([function(t[tf.newaxis], p[tf.newaxis]) for t, p in rows])


K, TF1 = keras.losses, tf.compat.v1.losses
PLAIN = tf.compat.v1.losses.Reduction.NONE
# loss -> [(a function of truth and prediction in TensorFlow, our options, relative tolerance)]
# The tolerances above 1e-11 are those of constants that Keras adds, and of TensorFlow 1's float32.
FRAMEWORK = {
    "squared_error": [
        (one_by_one(K.mean_squared_error), {}, 1e-11),
        (lambda t, p: tf.math.squared_difference(p, t), {}, 1e-11),
        (lambda t, p: TF1.mean_squared_error(t, p, reduction=PLAIN), {}, 1e-4),
    ],
    "absolute_error": [
        (one_by_one(K.mean_absolute_error), {}, 1e-11),
        (lambda t, p: tf.abs(p - t), {}, 1e-11),
    ],
    "huber_loss": [
        (one_by_one(K.huber), {}, 1e-11),
        (one_by_one(K.huber, delta=0.5), {"delta": 0.5}, 1e-11),
        (lambda t, p: TF1.huber_loss(t, p, delta=0.5, reduction=PLAIN), {"delta": 0.5}, 1e-4),
    ],
    "pseudo_huber_loss": [
        (lambda t, p: 0.25 * (tf.sqrt(1 + ((p - t) / 0.5) ** 2) - 1), {"delta": 0.5}, 1e-10),
    ],
    "log_cosh": [
        (lambda t, p: tf.math.log(tf.math.cosh(p - t)), {}, 1e-10),
        (one_by_one(K.log_cosh), {}, 1e-4),
    ],
    "poisson_loss": [
        (lambda t, p: p - t * tf.math.log(p), {}, 1e-10),
        (lambda t, p: tf.nn.log_poisson_loss(t, tf.math.log(p)), {}, 1e-10),
        (one_by_one(K.poisson), {}, 1e-4),
    ],
    "contrastive_loss": [
        (lambda t, p: 0.5 * ((1 - t) * p**2 + t * tf.maximum(1 - p, 0) ** 2), {}, 1e-11),
        (
            lambda t, p: 0.5 * (t * p**2 + (1 - t) * tf.maximum(4 - p, 0) ** 2),
            {"same_label": 1, "margin": 4.0},
            1e-11,
        ),
    ],
    "categorical_generalized_cross_entropy": [
        (
            lambda t, p: K.CategoricalGeneralizedCrossEntropy(q=0.3, reduction=None)(t, p),
            {"q": 0.3},
            1e-6,
        ),
    ],
    "pinball_loss": [
        (lambda t, p: tf.maximum(0.3 * (t - p), 0.7 * (p - t)), {"quantile": 0.3}, 1e-11),
    ],
    "absolute_percentage_error": [
        (one_by_one(K.mean_absolute_percentage_error), {}, 1e-11),
    ],
    "squared_logarithmic_error": [
        (one_by_one(K.mean_squared_logarithmic_error), {}, 1e-9),
    ],
    "log_poisson_loss": [(tf.nn.log_poisson_loss, {}, 1e-11)],
    "cosine_distance": [
        (lambda t, p: 1 - tf.reduce_sum(t * p, axis=-1), {}, 1e-11),
        (lambda t, p: TF1.cosine_distance(t, p, axis=-1, reduction=PLAIN)[:, 0], {}, 1e-4),
    ],
    "mean_pairwise_squared_error": [
        (lambda t, p: all_pairs(p - t), {}, 1e-11),
        (lambda t, p: each(TF1.mean_pairwise_squared_error, t, p), {}, 1e-4),
    ],
    "binary_cross_entropy": [(one_by_one(K.binary_crossentropy), {}, 1e-9)],
    "binary_focal_cross_entropy": [
        (one_by_one(K.binary_focal_crossentropy, gamma=1.5), {"gamma": 1.5}, 1e-9),
        (balanced(K.binary_focal_crossentropy, alpha=0.3), {"alpha": 0.3}, 1e-9),
    ],
    "hinge_loss": [(one_by_one(K.hinge), {}, 1e-11)],
    "squared_hinge_loss": [(one_by_one(K.squared_hinge), {}, 1e-11)],
    "sigmoid_cross_entropy_with_logits": [
        (lambda t, p: tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=p), {}, 1e-11),
        (one_by_one(K.binary_crossentropy, from_logits=True), {}, 1e-11),
    ],
    "weighted_cross_entropy_with_logits": [
        (
            lambda t, p: tf.nn.weighted_cross_entropy_with_logits(t, p, pos_weight=2.5),
            {"pos_weight": 2.5},
            1e-11,
        ),
    ],
    "sigmoid_focal_cross_entropy_with_logits": [
        (one_by_one(K.binary_focal_crossentropy, from_logits=True), {}, 1e-9),
        (
            balanced(K.binary_focal_crossentropy, from_logits=True, gamma=0.5, alpha=0.7),
            {"gamma": 0.5, "alpha": 0.7},
            1e-9,
        ),
    ],
    "categorical_cross_entropy": [(lambda t, p: -tf.reduce_sum(t * tf.math.log(p), -1), {}, 1e-11)],
    "sparse_categorical_cross_entropy": [
        (lambda t, p: -tf.math.log(tf.gather(p, t, axis=-1, batch_dims=1)), {}, 1e-11),
    ],
    "softmax_cross_entropy_with_logits": [
        (lambda t, p: tf.nn.softmax_cross_entropy_with_logits(labels=t, logits=p), {}, 1e-11),
        (lambda t, p: K.categorical_crossentropy(t, p, from_logits=True), {}, 1e-11),
    ],
    "sparse_softmax_cross_entropy_with_logits": [
        (
            lambda t, p: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=p),
            {},
            1e-11,
        ),
        (lambda t, p: K.sparse_categorical_crossentropy(t, p, from_logits=True), {}, 1e-11),
    ],
    "kl_divergence": [(K.kl_divergence, {}, 1e-5)],
    "cosine_similarity": [(K.cosine_similarity, {}, 1e-6)],
    "categorical_focal_cross_entropy": [
        (lambda t, p: -0.25 * tf.reduce_sum(t * (1 - p) ** 2 * tf.math.log(p), -1), {}, 1e-11),
    ],
    "softmax_focal_cross_entropy_with_logits": [
        (
            lambda t, p: K.categorical_focal_crossentropy(
                t, p, from_logits=True, gamma=1.5, alpha=0.4
            ),
            {"gamma": 1.5, "alpha": 0.4},
            1e-6,
        ),
    ],
    "categorical_hinge": [
        (
            lambda t, p: tf.nn.relu(
                1 + tf.reduce_max(p - 1e9 * t, axis=-1) - tf.reduce_sum(t * p, axis=-1)
            ),
            {},
            1e-11,
        ),
    ],
}
# Keras divides probabilities by their sum, which changes gradients: there the values only.
NORMALISING = {
    "categorical_cross_entropy": K.categorical_crossentropy,
    "sparse_categorical_cross_entropy": K.sparse_categorical_crossentropy,
    "categorical_focal_cross_entropy": K.categorical_focal_crossentropy,
}
CASES = [(name, *case) for name, cases in FRAMEWORK.items() for case in cases]


def test_every_loss_has_a_witness():
    assert set(FRAMEWORK) == set(LOSSES)


@pytest.mark.parametrize(("name", "framework", "options", "rtol"), CASES)
def test_tensorflow_has_the_same_values_and_gradients(name, framework, options, rtol):
    truth, prediction = arguments(name, shape=(40, 5), seed=3)
    logits = tf.Variable(prediction)
    with tf.GradientTape() as tape:
        values = framework(tf.constant(truth), logits)
    assert_allclose(loss(name, truth, prediction, **options), values, rtol=rtol)
    ours, theirs = gradient(name, truth, prediction, **options), tape.gradient(values, logits)
    assert_allclose(ours, theirs, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("name", NORMALISING)
def test_keras_has_the_same_values_of_rows_that_sum_to_1(name):
    keras_loss = NORMALISING[name]
    truth, prediction = arguments(name, shape=(40, 5), seed=4)
    assert_allclose(loss(name, truth, prediction), keras_loss(truth, prediction), rtol=1e-9)


def test_l2_loss_is_that_of_tensorflow():
    t = np.random.default_rng(0).normal(size=(3, 4))
    variable = tf.Variable(t)
    with tf.GradientTape() as tape:
        value = tf.nn.l2_loss(variable)
    assert_allclose(losses.l2_loss(t), value, rtol=1e-14)
    assert_array_equal(gradients.l2_loss(t), tape.gradient(value, variable))


@pytest.mark.parametrize("name", LOSSES)
def test_tensors_go_in(name):
    truth, prediction = arguments(name)
    tensors = tf.constant(truth), tf.constant(prediction)
    assert_array_equal(loss(name, *tensors), loss(name, truth, prediction))
    assert_array_equal(gradient(name, *tensors), gradient(name, truth, prediction))
    if truth.dtype.kind == "f":
        half = [tf.cast(tensor, tf.bfloat16) for tensor in tensors]
        assert call(getattr(losses, name), *half).dtype == half[0].numpy().dtype


def test_label_smoothing_is_that_of_keras():
    truth, prediction = arguments("softmax_cross_entropy_with_logits")
    smooth = losses.smooth_labels(truth, 0.1)
    expected = K.categorical_crossentropy(truth, prediction, from_logits=True, label_smoothing=0.1)
    values = losses.softmax_cross_entropy_with_logits(labels=smooth, logits=prediction)
    assert_allclose(values, expected, rtol=1e-11)
    truth, prediction = np.round(arguments("sigmoid_cross_entropy_with_logits"))
    smooth = losses.smooth_labels(truth, 0.1, num_classes=2)
    expected = one_by_one(K.binary_crossentropy, from_logits=True, label_smoothing=0.1)(
        truth, prediction
    )
    values = losses.sigmoid_cross_entropy_with_logits(labels=smooth, logits=prediction)
    assert_allclose(values, expected, rtol=1e-11)


def test_scipy_has_the_same_values():
    t, p = arguments("huber_loss", shape=(40, 5), seed=5)
    huber, pseudo = scipy.special.huber(0.7, p - t), scipy.special.pseudo_huber(0.7, p - t)
    assert_allclose(losses.huber_loss(t, p, delta=0.7), huber, rtol=1e-12)
    assert_allclose(losses.pseudo_huber_loss(t, p, delta=0.7), pseudo, rtol=1e-12)
    t, p = arguments("kl_divergence", shape=(40, 5), seed=5)
    for divergence in (scipy.special.rel_entr(t, p).sum(-1), scipy.stats.entropy(t, p, axis=-1)):
        assert_allclose(losses.kl_divergence(t, p), divergence, rtol=1e-11)
    entropy = -scipy.special.xlogy(t, p).sum(axis=-1)
    assert_allclose(losses.categorical_cross_entropy(t, p), entropy, rtol=1e-12)
    t, p = arguments("binary_cross_entropy", shape=(40, 5), seed=5)
    entropy = -scipy.special.xlogy(t, p) - scipy.special.xlog1py(1 - t, -p)
    assert_allclose(losses.binary_cross_entropy(t, p), entropy, rtol=1e-12)
    t, p = arguments("cosine_similarity", shape=(40, 5), seed=5)
    expected = [cosine(a, b) - 1 for a, b in zip(t, p, strict=True)]
    assert_allclose(losses.cosine_similarity(t, p), expected, rtol=1e-11, atol=1e-15)
    t, p = arguments("poisson_loss", shape=(40, 5), seed=5)
    likelihood = -scipy.stats.poisson.logpmf(t, p) - scipy.special.gammaln(t + 1)
    assert_allclose(losses.poisson_loss(t, p), likelihood, rtol=1e-11, atol=1e-13)


def test_sklearn_has_the_same_means():
    metrics = sklearn.metrics
    t, p = arguments("squared_error", shape=(40,), seed=6)
    c, q = arguments("sparse_categorical_cross_entropy", shape=(40, 5), seed=6)
    y, f = arguments("hinge_loss", shape=(40,), seed=6)
    one_hot, scores = arguments("categorical_hinge", shape=(40, 5), seed=6)
    of_classes = metrics.hinge_loss(one_hot.argmax(axis=-1), scores, labels=range(5))
    for values, mean in [
        (losses.squared_error(t, p), metrics.mean_squared_error(t, p)),
        (losses.absolute_error(t, p), metrics.mean_absolute_error(t, p)),
        (losses.sparse_categorical_cross_entropy(c, q), metrics.log_loss(c, q, labels=range(5))),
        (losses.hinge_loss(y, f, label_values=(-1, 1)), metrics.hinge_loss(y, f)),
        (
            losses.categorical_hinge(one_hot, scores),
            of_classes,
        ),
    ]:
        assert np.mean(values) == pytest.approx(mean, rel=1e-12)
