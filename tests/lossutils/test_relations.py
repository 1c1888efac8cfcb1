"""What ties losses to one another: one is a special case of another, or bounds it."""

import itertools

import numpy as np
import pytest
from examples import arguments, gradient, loss
from extreme_arguments import extreme_arguments, matrices
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from lossutils import activations, losses
from lossutils.reductions import reduce_loss, sum_by_nonzero_weights

SPARSE = {
    "sparse_categorical_cross_entropy": "categorical_cross_entropy",
    "sparse_softmax_cross_entropy_with_logits": "softmax_cross_entropy_with_logits",
}


@pytest.mark.parametrize("name", SPARSE)
@given(data=st.data())
def test_a_sparse_label_is_a_one_hot_label(name, data):
    truth, prediction = data.draw(extreme_arguments(name))
    dense = np.eye(prediction.shape[-1])[truth]
    for function in (loss, gradient):
        expected = function(SPARSE[name], dense, prediction)
        assert_allclose(function(name, truth, prediction), expected, rtol=1e-14, atol=0)


@given(x=hnp.arrays(np.float64, matrices, elements=st.floats(-1e4, 1e4)), seed=st.integers(0, 99))
def test_the_sigmoid_losses_are_softmax_losses_of_two_classes(x, seed):
    y = np.random.default_rng(seed).choice([0.0, 0.25, 1.0], size=x.shape)
    two_logits, two_labels = np.stack([x, 0 * x], axis=-1), np.stack([y, 1 - y], axis=-1)
    for sigmoid, softmax, options in [
        ("sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits", {}),
        (
            "sigmoid_focal_cross_entropy_with_logits",
            "softmax_focal_cross_entropy_with_logits",
            {"alpha": 1.0},
        ),
    ]:
        hard = np.round(y) if "focal" in sigmoid else y
        labels = np.stack([hard, 1 - hard], axis=-1) if "focal" in sigmoid else two_labels
        values = loss(softmax, labels, two_logits, **options)
        assert_allclose(loss(sigmoid, hard, x), values, rtol=1e-13, atol=1e-300)
        slopes = gradient(softmax, labels, two_logits, **options)[..., 0]
        assert_allclose(gradient(sigmoid, hard, x), slopes, rtol=1e-13, atol=1e-300)


FROM_LOGITS = {
    "sigmoid_cross_entropy_with_logits": ("binary_cross_entropy", activations.sigmoid),
    "softmax_cross_entropy_with_logits": ("categorical_cross_entropy", activations.softmax),
    "sparse_softmax_cross_entropy_with_logits": (
        "sparse_categorical_cross_entropy",
        activations.softmax,
    ),
    "sigmoid_focal_cross_entropy_with_logits": ("binary_focal_cross_entropy", activations.sigmoid),
    "softmax_focal_cross_entropy_with_logits": (
        "categorical_focal_cross_entropy",
        activations.softmax,
    ),
}


@pytest.mark.parametrize("name", FROM_LOGITS)
def test_a_loss_of_logits_is_the_loss_of_their_probabilities(name):
    truth, logits = arguments(name, shape=(40, 5))
    other, activation = FROM_LOGITS[name]
    expected = loss(other, truth, activation(logits))
    assert_allclose(loss(name, truth, logits), expected, rtol=1e-12)


PLAIN = {
    "binary_focal_cross_entropy": ("binary_cross_entropy", {}),
    "sigmoid_focal_cross_entropy_with_logits": ("sigmoid_cross_entropy_with_logits", {}),
    "categorical_focal_cross_entropy": ("categorical_cross_entropy", {"alpha": 1}),
    "softmax_focal_cross_entropy_with_logits": ("softmax_cross_entropy_with_logits", {"alpha": 1}),
}


@pytest.mark.parametrize("focal", PLAIN)
@given(data=st.data())
def test_a_focal_loss_with_gamma_0_is_cross_entropy(focal, data):
    plain, options = PLAIN[focal]
    truth, prediction = data.draw(extreme_arguments(focal))
    for function in (loss, gradient):
        values = function(focal, truth, prediction, gamma=0, **options)
        assert_allclose(values, function(plain, truth, prediction), rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
def test_a_larger_gamma_never_costs_more(name, data):
    truth, prediction = data.draw(extreme_arguments(name))
    costs = [loss(name, truth, prediction, gamma=gamma) for gamma in (0, 0.5, 1, 2, 5)]
    for more, less in itertools.pairwise(costs):
        assert (less <= more * (1 + 1e-14)).all()


def test_pos_weight_1_is_sigmoid_cross_entropy():
    truth, logits = arguments("sigmoid_cross_entropy_with_logits", shape=(40, 5))
    for function in (loss, gradient):
        weighted = function("weighted_cross_entropy_with_logits", truth, logits, pos_weight=1.0)
        plain = function("sigmoid_cross_entropy_with_logits", truth, logits)
        assert_allclose(weighted, plain, rtol=1e-14)


def test_both_conventions_of_binary_labels_are_one_loss():
    y, f = arguments("hinge_loss", shape=(40,))
    for name in ("hinge_loss", "squared_hinge_loss"):
        for function in (loss, gradient):
            values = function(name, (y + 1) / 2, f, label_values=(0, 1))
            assert_array_equal(values, function(name, y, f))


def test_cross_entropy_is_entropy_plus_divergence():
    truth, prediction = arguments("kl_divergence", shape=(40, 5))
    entropy = losses.categorical_cross_entropy(truth, truth)
    divergence = losses.kl_divergence(truth, prediction)
    assert (divergence > 0).all()
    values = losses.categorical_cross_entropy(truth, prediction)
    assert_allclose(values, entropy + divergence, rtol=1e-13)


def test_huber_is_between_the_square_and_the_line():
    residual = np.linspace(-9, 9, 1001)
    zero = np.zeros_like(residual)
    for delta in (0.1, 1.0, 4.0):
        huber = losses.huber_loss(zero, residual, delta=delta)
        pseudo = losses.pseudo_huber_loss(zero, residual, delta=delta)
        line = delta * np.abs(residual)
        assert (huber <= np.minimum(residual**2 / 2, line) + 1e-15).all()
        assert ((pseudo <= huber + 1e-15) & (pseudo >= line - delta**2 - 1e-14)).all()


def test_a_large_delta_is_half_the_square_and_a_small_one_the_line():
    y, p = arguments("squared_error", shape=(40,))
    for name in ("huber_loss", "pseudo_huber_loss"):
        assert_allclose(loss(name, y, p, delta=1e9), losses.squared_error(y, p) / 2, rtol=1e-12)
        line = losses.absolute_error(y, p)
        assert_allclose(loss(name, y, p, delta=1e-9) / 1e-9, line, rtol=1e-5)


def test_the_hinge_is_never_below_the_mistakes():
    margin = np.linspace(-5, 5, 2001)
    ones = np.ones_like(margin)
    for name in ("hinge_loss", "squared_hinge_loss"):
        assert (loss(name, ones, margin) >= (margin <= 0)).all()


@given(
    values=hnp.arrays(np.float64, (5, 3), elements=st.floats(0, 1e6, allow_subnormal=False)),
    weights=hnp.arrays(np.float64, (5,), elements=st.sampled_from([0.0, 0.5, 1.0, 3.0])),
)
def test_reductions_agree_with_one_another(values, weights):
    total = reduce_loss(values, weights, reduction="sum")
    assert_allclose(reduce_loss(values, weights) * values.size, total, rtol=1e-12)
    each = reduce_loss(values, weights, reduction=None)
    assert_allclose(each.sum(), total, rtol=1e-12)
    mean = reduce_loss(values, weights, reduction="mean_with_sample_weight")
    assert_allclose(mean * weights.sum() * 3, total, rtol=1e-12)
    assert_allclose(reduce_loss(each), reduce_loss(values, weights), rtol=1e-12)
    nonzero = np.count_nonzero(weights) * 3
    assert_allclose(sum_by_nonzero_weights(values, weights) * nonzero, total, rtol=1e-12)
    if weights.any():
        assert values.min() * (1 - 1e-12) <= mean <= values.max() * (1 + 1e-12)
        mask = weights > 0
        masked = reduce_loss(values, mask, reduction="mean_with_sample_weight")
        assert_allclose(masked, values[mask].mean(), rtol=1e-12)
        assert_allclose(sum_by_nonzero_weights(values, mask), values[mask].mean(), rtol=1e-12)


@given(
    labels=hnp.arrays(np.float64, (4, 5), elements=st.floats(0, 1)),
    smoothing=st.floats(0, 1),
)
def test_label_smoothing_keeps_what_it_must(labels, smoothing):
    smooth = losses.smooth_labels(labels, smoothing)
    total = labels.sum(axis=-1)
    assert_allclose(
        smooth.sum(axis=-1), total * (1 - smoothing) + smoothing, rtol=1e-13, atol=1e-13
    )
    assert_array_equal(losses.smooth_labels(labels, 0.0), labels)
    assert_allclose(losses.smooth_labels(labels, 1.0), 0.2)
