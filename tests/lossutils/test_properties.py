"""What holds for each loss, whatever the numbers."""

import math

import numpy as np
import pytest
from examples import ELEMENTWISE, LOSSES, ROWWISE, arguments, draw, gradient, loss
from extreme_arguments import extreme_arguments, matrices
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from lossutils import activations, losses

SOFTMAX = [name for name in LOSSES if "softmax" in name]
SIGNED = {
    "poisson_loss",
    "log_poisson_loss",
    "cosine_similarity",
    "cosine_distance",
}  # the losses that may be negative

numbers = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("name", LOSSES)
@given(data=st.data())
def test_finite_input_gives_no_nan_and_no_warning(name, data):
    truth, prediction = data.draw(extreme_arguments(name))
    for dtype in (np.float64, np.float32, np.float16):
        with np.errstate(all="raise", over="ignore", under="ignore"):
            rough = prediction.astype(dtype)
            truth_like = truth if truth.dtype.kind == "i" else truth.astype(dtype)
        if not np.isfinite(rough).all() or not np.isfinite(truth_like).all():
            continue
        with np.errstate(all="raise"):
            values, slopes = loss(name, truth_like, rough), gradient(name, truth_like, rough)
        assert not np.isnan(values).any()
        assert not np.isnan(slopes).any()
        assert slopes.shape == rough.shape
        if name not in SIGNED and name != "kl_divergence":
            assert (values >= 0).all()


SIZES = [0.0, 5e-324, 1e-300, 1e-160, 1e-8, 0.5, 1 - 2.0**-53, 1.0]
EXTREMES = {
    "fraction": np.array(SIZES),
    "distribution": np.array(SIZES),
    "rate": np.array([*SIZES, 745.2, 1e154, np.finfo(float).max]),
    "number": np.array([s * x for s in (1, -1) for x in [*SIZES, 745.2, 1e154, 9e307]]),
    "sign": np.array([-1.0, 1.0]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_smallest_and_largest_numbers_give_no_nan_and_no_warning(name):
    rng = np.random.default_rng(0)
    truth_kind, kind = LOSSES[name]
    choices = EXTREMES.get("rate" if truth_kind == "count" else truth_kind)
    prediction = rng.choice(EXTREMES[kind], (2000, 3))
    drawn = draw(truth_kind, rng, (2000, 3))
    truth = drawn if choices is None else rng.choice(choices, (2000, 3))
    focal = [{"gamma": gamma, "alpha": alpha} for gamma in (0.0, 0.5, 1e3) for alpha in (0.0, 1.0)]
    for options in focal if "focal" in name else [{}]:
        with np.errstate(all="raise"):
            values = loss(name, truth, prediction, **options)
            slopes = gradient(name, truth, prediction, **options)
        assert not np.isnan(values).any()
        assert not np.isnan(slopes).any()


PERFECT = {
    **{name: lambda x: (x, x) for name in ELEMENTWISE if "_error" in name or "huber" in name},
    "log_cosh": lambda x: (x, x),
    "pinball_loss": lambda x: (x, x),
    "contrastive_loss": lambda x: (x > 0, np.where(x > 0, 1.0 + abs(x), 0.0)),
    "squared_logarithmic_error": lambda x: (abs(x), abs(x)),
    "binary_cross_entropy": lambda x: (x > 0, (x > 0) * 1.0),
    "binary_focal_cross_entropy": lambda x: (x > 0, (x > 0) * 1.0),
    "hinge_loss": lambda x: (np.where(x > 0, 1, -1), np.where(x > 0, 1.0, -1.0) * (1 + abs(x))),
    "squared_hinge_loss": lambda x: (np.where(x > 0, 1, -1), np.where(x > 0, 1.5, -1.5)),
    "sigmoid_cross_entropy_with_logits": lambda x: (x > 0, np.where(x > 0, 800.0, -800.0)),
    "weighted_cross_entropy_with_logits": lambda x: (x > 0, np.where(x > 0, 800.0, -800.0)),
    "sigmoid_focal_cross_entropy_with_logits": lambda x: (x > 0, np.where(x > 0, 800.0, -800.0)),
}


def one_hot(x):
    return np.eye(x.shape[-1])[x.argmax(axis=-1)]


PERFECT_ROWS = {
    "categorical_cross_entropy": lambda x: (one_hot(x), one_hot(x)),
    "sparse_categorical_cross_entropy": lambda x: (x.argmax(axis=-1), one_hot(x)),
    "categorical_generalized_cross_entropy": lambda x: (x.argmax(axis=-1), one_hot(x)),
    "softmax_cross_entropy_with_logits": lambda x: (one_hot(x), 800 * one_hot(x)),
    "sparse_softmax_cross_entropy_with_logits": lambda x: (x.argmax(axis=-1), 800 * one_hot(x)),
    "mean_pairwise_squared_error": lambda x: (x, x),
    "categorical_hinge": lambda x: (one_hot(x), x + 1e7 * one_hot(x)),
    "kl_divergence": lambda x: (activations.softmax(x), activations.softmax(x)),
    "categorical_focal_cross_entropy": lambda x: (one_hot(x), one_hot(x)),
    "softmax_focal_cross_entropy_with_logits": lambda x: (one_hot(x), 800 * one_hot(x)),
}


@pytest.mark.parametrize("name", sorted({**PERFECT, **PERFECT_ROWS}))
@given(x=hnp.arrays(np.float64, matrices, elements=numbers))
def test_a_perfect_prediction_costs_nothing(name, x):
    values = loss(name, *{**PERFECT, **PERFECT_ROWS}[name](x))
    assert not values.any()


def test_perfection_is_tested_for_all_losses_that_have_it():
    assert set(LOSSES) - set(PERFECT) - set(PERFECT_ROWS) == SIGNED


@given(x=hnp.arrays(np.float64, matrices, elements=numbers))
def test_the_right_direction_costs_minus_one(x):
    norms = np.abs(x).sum(axis=-1)
    expected = np.where(norms > 0, -1.0, 0.0)
    assert_allclose(losses.cosine_similarity(x, 3.0 * x), expected, rtol=1e-14)
    assert_allclose(losses.cosine_similarity(x, -x), -expected, rtol=1e-14)


def test_the_best_rate_is_the_count():
    count = np.arange(1.0, 20.0)
    best = losses.poisson_loss(count, count)
    for factor in (0.9, 0.999, 1.001, 1.1):
        assert (losses.poisson_loss(count, factor * count) > best).all()


@pytest.mark.parametrize("name", SOFTMAX)
@given(
    x=hnp.arrays(np.float64, matrices, elements=st.floats(-500, 500)),
    shift=st.integers(-(2**20), 2**20),
)
def test_softmax_losses_do_not_see_a_shift(name, x, shift):
    x = np.round(x * 1024.0) / 1024.0  # so that the shift itself is exact
    truth = draw(LOSSES[name][0], np.random.default_rng(0), x.shape)
    assert_array_equal(loss(name, truth, x), loss(name, truth, x + shift))
    assert_array_equal(gradient(name, truth, x), gradient(name, truth, x + shift))


@pytest.mark.parametrize("name", SOFTMAX)
@given(x=hnp.arrays(np.float64, matrices, elements=st.floats(-50, 50)))
def test_the_gradient_of_softmax_losses_sums_to_zero(name, x):
    truth = draw(LOSSES[name][0], np.random.default_rng(0), x.shape)
    slopes = gradient(name, truth, x)
    assert_allclose(slopes.sum(axis=-1), 0.0, atol=1e-14 * np.abs(slopes).max(initial=0.0))


@pytest.mark.parametrize("name", sorted(set(ROWWISE) - {"categorical_hinge"}))
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_classes_does_not_matter(name, seed):
    truth, prediction = arguments(name, shape=(6, 5), seed=seed)
    order = np.random.default_rng(seed).permutation(5)
    moved = np.argsort(order)[truth] if truth.dtype.kind == "i" else truth[:, order]
    assert_allclose(
        loss(name, moved, prediction[:, order]), loss(name, truth, prediction), rtol=1e-13
    )
    slopes = gradient(name, moved, prediction[:, order])
    assert_allclose(slopes, gradient(name, truth, prediction)[:, order], rtol=1e-12, atol=1e-16)


@given(x=hnp.arrays(np.float64, (4, 5), elements=st.integers(-3, 3).map(float)))
def test_the_order_of_tied_classes_does_not_matter_to_the_hinge(x):
    truth, order = np.eye(5)[[0, 1, 2, 4]], [3, 1, 4, 0, 2]
    args = (truth[:, order], x[:, order])
    assert_array_equal(loss("categorical_hinge", *args), loss("categorical_hinge", truth, x))
    expected = gradient("categorical_hinge", truth, x)[:, order]
    assert_array_equal(gradient("categorical_hinge", *args), expected)


@pytest.mark.parametrize("name", LOSSES)
def test_examples_do_not_see_each_other(name):
    truth, prediction = arguments(name, shape=(6, 5))
    order = np.random.default_rng(0).permutation(6)
    for function in (loss, gradient):
        together = function(name, truth, prediction)
        assert_array_equal(function(name, truth[order], prediction[order]), together[order])
        alone = [function(name, t, p) for t, p in zip(truth, prediction, strict=True)]
        assert_array_equal(alone, together)


@pytest.mark.parametrize("name", ["squared_error", "absolute_error", "huber_loss", "log_cosh"])
@given(r=st.floats(-1e6, 1e6), shift=st.integers(-1000, 1000))
def test_losses_of_a_residual_see_its_size_alone(name, r, shift):
    r = round(r * 1024) / 1024
    assert loss(name, 0.0, r) == loss(name, 0.0, -r) == loss(name, float(shift), shift + r)
    assert gradient(name, 0.0, r) == -gradient(name, 0.0, -r)


def best_constant(name, truth, lowest, highest, **options):
    """Return the constant prediction with the least mean loss, by halving on the slope."""

    def slope(constant):
        return np.sum(gradient(name, truth, np.full_like(truth, constant), **options))

    for _ in range(200):
        middle = (lowest + highest) / 2
        lowest, highest = (middle, highest) if slope(middle) < 0 else (lowest, middle)
    return (lowest + highest) / 2


@pytest.mark.parametrize("seed", range(3))
def test_the_best_constant_is_the_statistic_that_the_loss_stands_for(seed):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=25) ** 3
    ends = y.min(), y.max()
    assert best_constant("squared_error", y, *ends) == pytest.approx(y.mean())
    assert best_constant("absolute_error", y, *ends) == pytest.approx(np.median(y))
    assert best_constant("huber_loss", y, *ends, delta=1e6) == pytest.approx(y.mean())
    assert best_constant("huber_loss", y, *ends, delta=1e-9) == pytest.approx(
        np.median(y), abs=1e-6
    )
    huber = best_constant("huber_loss", y, *ends)
    assert np.clip(huber - y, -1, 1).sum() == pytest.approx(0.0, abs=1e-9)
    counts = rng.poisson(3.0, size=25).astype(float)
    assert best_constant("poisson_loss", counts, 0.01, 20) == pytest.approx(counts.mean())
    labels = rng.integers(0, 2, size=25).astype(float)
    rate = labels.mean()
    assert best_constant("binary_cross_entropy", labels, 0.001, 0.999) == pytest.approx(rate)
    odds = math.log(rate / (1 - rate))
    constant = best_constant("sigmoid_cross_entropy_with_logits", labels, -9, 9)
    assert constant == pytest.approx(odds, abs=1e-9)
    constant = best_constant("weighted_cross_entropy_with_logits", labels, -9, 9, pos_weight=3.0)
    assert constant == pytest.approx(odds + math.log(3.0), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_best_constant_distribution_is_the_frequency_of_the_classes(seed):
    frequency = np.random.default_rng(seed).dirichlet(np.ones(4))
    slopes = gradient("softmax_cross_entropy_with_logits", frequency, np.log(frequency))
    assert_allclose(slopes, 0.0, atol=1e-15)
    against = gradient("categorical_cross_entropy", frequency, frequency)
    assert_allclose(against, -1.0, rtol=1e-14)  # the same for all: no class can gain


@pytest.mark.parametrize("name", LOSSES)
def test_a_small_step_against_the_gradient_never_costs(name):
    truth, prediction = arguments(name, shape=(40, 5), seed=9)
    values, slopes = loss(name, truth, prediction), gradient(name, truth, prediction)
    step = 1e-6 * slopes
    after = loss(
        name, truth, np.clip(prediction - step, 0, 1) if is_share(name) else prediction - step
    )
    assert after.sum() < values.sum()


def is_share(name):
    return LOSSES[name][1] in ("fraction", "distribution")
