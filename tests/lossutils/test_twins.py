"""What the docstrings say under See Also is true of TensorFlow 2.21 and Keras 3.15.

Each test is one sentence of a docstring. When a new version breaks one, the sentence is to be
changed.
"""

import math
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from lossutils import activations, gradients, losses
from lossutils.reductions import reduce_loss

K, TF1 = keras.losses, tf.compat.v1.losses


def tape(function, prediction):
    """Return the value of a TensorFlow function and its gradient."""
    variable = tf.Variable(prediction)
    with tf.GradientTape() as recorded:
        value = function(variable)
    return np.array(value), np.array(recorded.gradient(value, variable))


def test_tensorflow_refuses_integers():
    refused = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, TypeError, ValueError)
    for function in (
        lambda: tf.math.sigmoid(tf.constant([1, 2])),
        lambda: tf.nn.l2_loss(tf.constant([1, 2])),
        lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=[1, 0], logits=[1.0, 2.0]),
    ):
        with pytest.raises(refused):
            function()


def test_log_softmax_rounds_a_nearly_certain_class_to_zero():
    assert tf.nn.log_softmax(np.array([40.0, 0.0]))[0] == 0.0
    assert activations.log_softmax([40.0, 0.0])[0] == pytest.approx(-math.exp(-40.0), rel=1e-11)


def test_reduce_logsumexp_reduces_over_all_axes():
    assert tf.math.reduce_logsumexp(np.zeros((2, 3))).shape == ()


def test_the_square_of_a_difference_broadcasts():
    assert tf.square(np.zeros(3) - np.zeros((3, 1))).shape == (3, 3)


def test_keras_averages_over_the_last_axis():
    y, p = np.zeros((2, 4)), np.ones((2, 4))
    signs = np.ones((2, 4))
    for function, truth in [
        (K.mean_squared_error, y), (K.mean_absolute_error, y), (K.huber, y), (K.log_cosh, y),
        (K.poisson, y), (K.binary_crossentropy, y), (K.binary_focal_crossentropy, y),
        (K.hinge, signs), (K.squared_hinge, signs),
    ]:  # fmt: skip
        assert function(truth, p).shape == (2,)


def test_the_huber_loss_of_tensorflow_1_loses_small_gradients():
    value, slope = tape(lambda p: TF1.huber_loss(np.zeros(1, np.float32), p), np.float32([1e-8]))
    assert value.shape == ()
    assert slope == 0
    assert gradients.huber_loss(np.float32([0]), np.float32([1e-8])) == np.float32(1e-8)


def test_the_pseudo_huber_loss_of_scipy_overflows():
    with np.errstate(over="ignore"):
        assert scipy.special.pseudo_huber(1.0, 1e200) == math.inf
    assert losses.pseudo_huber_loss([0.0], [1e200]) == 1e200


def test_log_cosh_of_keras_is_negative_at_zero_and_cancels():
    zero, small = np.zeros((1, 1)), np.full((1, 1), 1e-5)
    assert K.log_cosh(zero, zero) < 0
    value, slope = tape(lambda p: K.log_cosh(zero, p), small)
    assert abs(value / 5e-11 - 1) > 1
    assert losses.log_cosh(zero, small) == pytest.approx(5e-11, rel=1e-9)
    _, slope = tape(lambda p: K.log_cosh(np.zeros((1, 1), np.float32), p), np.float32([[1e-8]]))
    assert abs(slope / 1e-8 - 1) > 0.5


def test_cosine_similarity_of_keras_fades_for_short_vectors():
    y, p = np.float32([[1.0, 0.0]]), np.float32([[1e-20, 0.0]])
    assert abs(K.cosine_similarity(y, p)) < 1e-6
    assert losses.cosine_similarity(y, p) == -1
    assert float(K.cosine_similarity(y, y)[0]) == pytest.approx(-1.0, rel=1e-6)


def test_keras_clips_probabilities():
    one, tiny = np.float32([[1.0]]), np.float32([[1e-30]])
    value, slope = tape(lambda p: K.binary_crossentropy(one, p), tiny)
    assert value == pytest.approx(16.118, abs=1e-3)
    assert slope == 0
    assert losses.binary_cross_entropy(one, tiny) == pytest.approx(30 * math.log(10), rel=1e-6)
    value, slope = tape(lambda p: K.binary_focal_crossentropy(one, p), tiny)
    assert value == pytest.approx(16.118, abs=1e-3)
    assert slope == pytest.approx(-2 * 16.118, abs=1e-2)  # of the fading alone
    labels, wrong = np.float32([[1.0, 0.0]]), np.float32([[0.0, 1.0]])
    for function in (K.categorical_crossentropy, K.categorical_focal_crossentropy):
        value, slope = tape(lambda p: function(labels, p), wrong)  # noqa: B023
        assert value < 16.12
        assert (slope == 0).all()
    value, slope = tape(lambda p: K.sparse_categorical_crossentropy(np.array([0]), p), wrong)
    assert value == pytest.approx(16.118, abs=1e-3)
    assert slope[0, 0] == 0
    value, slope = tape(lambda p: K.kl_divergence(labels, p), wrong)
    assert value == pytest.approx(16.118, abs=1e-3)
    assert slope[0, 0] == 0
    for name in ("categorical_cross_entropy", "kl_divergence"):
        assert getattr(losses, name)(labels, wrong) == math.inf


def test_keras_divides_probabilities_by_their_sum():
    y, p = np.array([[1.0, 0.0]]), np.array([[0.2, 0.2]])
    for value in (
        K.categorical_crossentropy(y, p),
        K.sparse_categorical_crossentropy(np.array([0]), p),
        K.categorical_focal_crossentropy(y, p, gamma=0.0, alpha=1.0),
    ):
        assert float(value[0]) == pytest.approx(math.log(2.0), rel=1e-9)
    for value in (
        losses.categorical_cross_entropy(y, p),
        losses.sparse_categorical_cross_entropy([0], p),
        losses.categorical_focal_cross_entropy(y, p, gamma=0.0, alpha=1.0),
    ):
        assert float(value[0]) == pytest.approx(math.log(5.0), rel=1e-12)


def test_poisson_of_keras_adds_a_constant():
    value, slope = tape(lambda p: K.poisson(np.float32([[1.0]]), p), np.float32([[1e-20]]))
    assert value == pytest.approx(16.118, abs=1e-3)
    assert slope == pytest.approx(-1e7, rel=1e-6)
    assert losses.poisson_loss(1.0, 1e-20) == pytest.approx(20 * math.log(10))
    assert gradients.poisson_loss(1.0, 1e-20) == pytest.approx(-1e20)


def test_keras_divides_by_at_least_1e_7():
    value, slope = tape(lambda p: K.mean_absolute_percentage_error([[0.0]], p), np.float32([[1.0]]))
    assert value == slope == pytest.approx(1e9, rel=1e-6)
    assert losses.absolute_percentage_error(0.0, 1.0) == math.inf


def test_the_squared_logarithmic_error_of_keras_does_not_learn_below_1e_7():
    value, slope = tape(lambda p: K.mean_squared_logarithmic_error([[1.0]], p), np.array([[-5.0]]))
    assert value == pytest.approx(math.log(2.0) ** 2, rel=1e-6)
    assert slope == 0


def test_the_slope_of_a_maximum_at_the_kink():
    _, slope = tape(lambda p: tf.maximum(0.75 * (1.0 - p), 0.25 * (p - 1.0)), np.ones(1))
    assert slope == -0.75


def test_pairwise_errors_of_tensorflow_1_are_summed_over_the_batch_and_need_weights():
    truth, prediction = np.zeros((2, 3)), np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 1.0]])
    ours = losses.mean_pairwise_squared_error(truth, prediction)
    assert ours.tolist() == pytest.approx([14, 2 / 3])
    value, slope = tape(
        lambda p: TF1.mean_pairwise_squared_error(truth, p, weights=np.ones((2, 1))), prediction
    )
    assert value.dtype == np.float32
    assert value == pytest.approx(ours.sum(), rel=1e-6)
    ours = gradients.mean_pairwise_squared_error(truth, prediction)
    np.testing.assert_allclose(slope, ours, rtol=1e-5, atol=1e-6)
    # 6 elements instead of 3
    value = float(TF1.mean_pairwise_squared_error(truth, prediction))
    assert value == pytest.approx(11 + 1 / 3, rel=1e-6)


def test_the_cosine_distance_of_tensorflow_1_does_not_divide_by_lengths():
    assert TF1.cosine_distance([[3.0, 0.0]], [[2.0, 0.0]], axis=-1) == -5
    assert losses.cosine_distance([[3.0, 0.0]], [[2.0, 0.0]]).tolist() == [-5]


def test_hinge_of_keras_guesses_the_label_values():
    scores = np.array([[0.5, 0.5]])
    assert K.hinge(np.array([[0.0, 1.0]]), scores) == 1.0  # 0 counts as -1
    assert K.hinge(np.array([[0.0, -1.0]]), scores) == 1.25  # 0 counts as 0
    assert TF1.hinge_loss(np.array([[0.0]]), np.array([[0.5]])) == 1.5
    assert TF1.hinge_loss(np.array([[-1.0]]), np.array([[0.5]])) == 2.5  # -1 counts as -3


def test_hinge_of_keras_has_the_slope_of_a_loss_at_the_kink():
    _, slope = tape(lambda f: K.hinge(np.array([[1.0]]), f), np.array([[1.0]]))
    assert slope == -1
    assert gradients.hinge_loss([[1.0]], [[1.0]], label_values=(-1, 1)) == 0


def test_categorical_hinge_of_keras_is_wrong_where_all_other_scores_are_negative():
    labels, scores = np.array([[1.0, 0.0, 0.0]]), np.array([[-1.0, -2.0, -3.0]])
    value, slope = tape(lambda f: K.categorical_hinge(labels, f), scores)
    assert value == 2
    assert slope.any()
    assert losses.categorical_hinge(labels, scores) == 0
    assert not gradients.categorical_hinge(labels, scores).any()


def test_keras_spreads_weights_over_the_last_axis():
    values, weights = np.array([[1.0, 2.0], [4.0, 8.0]]), np.array([1.0, 0.0])
    reduce = keras.src.losses.loss.reduce_weighted_values
    assert reduce(values, weights, reduction=None).numpy().tolist() == [[1, 0], [4, 0]]
    assert reduce_loss(values, weights, reduction=None).tolist() == [[1, 2], [0, 0]]
    mean = "mean_with_sample_weight"
    assert reduce(values, 1.0, reduction=mean) == 4 * reduce_loss(values, 1.0, reduction=mean)
    assert np.isnan(reduce(np.array([math.inf, 1.0]), weights[::-1]))
    assert reduce(np.zeros(0)).shape == (0,)


def test_tensorflow_1_refuses_weights_per_example_of_losses_per_element():
    with pytest.raises(ValueError, match="broadcast"):
        TF1.compute_weighted_loss(np.ones((2, 2)), np.ones(2))


def test_the_absolute_value_of_tensorflow_has_slope_zero_at_the_kink():
    assert tape(tf.abs, np.zeros(1))[1] == 0


def test_every_name_of_tensorflow_in_a_docstring_exists():
    package = Path(losses.__file__).parents[1]
    # The documents use names that TensorFlow has removed; the table of experiments quotes them.
    quoted = package / "book" / "experiments"
    paths = [path for path in package.rglob("*.py") if quoted not in path.parents]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    names = {name for text in texts for name in re.findall(r"\btf(?:\.\w+)+", text)}
    assert len(names) >= 40
    for name in sorted(names):
        owner = tf
        for part in name.split(".")[1:]:
            assert hasattr(owner, part), name
            owner = getattr(owner, part)
