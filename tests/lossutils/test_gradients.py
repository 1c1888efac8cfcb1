"""Gradients of the losses: by their definitions, at the edges, and by central differences."""

import math

import numpy as np
import pytest
from examples import AXIS, ELEMENTWISE, FLOATING, LOSSES, OTHERS, ROWWISE, arguments, gradient, loss

from lossutils import gradients, losses
from lossutils.book import checks

LOG2 = math.log(2.0)
E = math.e
INF = math.inf


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


# Expected values are the derivatives, written out for arguments where they are short.
DEFINITIONS = [
    ("squared_error", [3.0], [1.5], {}, [-3.0]),
    ("absolute_error", [3.0, 0.0, 1.0], [1.5, 2.0, 1.0], {}, [-1.0, 1.0, 0.0]),
    ("huber_loss", [0.0, 0.0, 0.0], [0.5, -1.0, -3.0], {}, [0.5, -1.0, -1.0]),
    ("huber_loss", [0.0], [3.0], {"delta": 2.0}, [2.0]),
    ("pseudo_huber_loss", [0.0, 0.0], [0.75, -2.4], {}, [3 / 5, -12 / 13]),
    ("pseudo_huber_loss", [0.0], [1.5], {"delta": 2.0}, [1.5 / (5 / 4)]),
    ("log_cosh", [1.0], [3.0], {}, [math.tanh(2.0)]),
    ("pinball_loss", [1.0, 3.0, 2.0], [3.0, 1.0, 2.0], {"quantile": 0.75}, [0.25, -0.75, 0.0]),
    ("absolute_percentage_error", [2.0, -4.0, 5.0], [3.0, -8.0, 5.0], {}, [50.0, -25.0, 0.0]),
    ("squared_logarithmic_error", [3.0, 0.0], [1.0, 7.0], {}, [-LOG2, 6 * LOG2 / 8]),
    ("log_poisson_loss", [3.0, 0.0], [LOG2, -LOG2], {}, [-1.0, 0.5]),
    ("poisson_loss", [0.0, 3.0], [0.5, 2.0], {}, [1.0, -0.5]),
    ("contrastive_loss", [0.0, 1.0, 1.0], [2.0, 0.25, 2.0], {}, [2.0, -0.75, 0.0]),
    (
        "categorical_generalized_cross_entropy",
        [0],
        [[0.0625, 0.9375]],
        {"q": 0.25},
        [[-8.0, 0.0]],
    ),
    ("binary_cross_entropy", [1.0, 0.0, 0.25], [0.25, 0.25, 0.5], {}, [-4.0, 4 / 3, 1.0]),
    ("binary_focal_cross_entropy", [1.0], [0.25], {}, [9 / 16 * -4 - 2 * 3 / 4 * 2 * LOG2]),
    (
        "binary_focal_cross_entropy",
        [0.0],
        [0.25],
        {"gamma": 1.0, "alpha": 0.25},
        [0.75 * (math.log(4 / 3) + 0.25 * 4 / 3)],
    ),
    ("hinge_loss", [-1, 1, 1, 1], [-0.5, -1.5, 1.0, 2.0], {}, [1.0, -1.0, 0.0, 0.0]),
    ("squared_hinge_loss", [-1, 1, 1], [-0.5, -1.5, 2.0], {}, [1.0, -5.0, 0.0]),
    ("sigmoid_cross_entropy_with_logits", [1.0, 0.25], [0.0, 2.0], {}, [-0.5, sigmoid(2) - 0.25]),
    (
        "weighted_cross_entropy_with_logits",
        [1.0, 0.0, 0.25],
        [0.0, 0.0, 2.0],
        {"pos_weight": 5.0},
        [-2.5, 0.5, 0.75 * sigmoid(2) - 1.25 * sigmoid(-2)],
    ),
    (
        "sigmoid_focal_cross_entropy_with_logits",
        [1.0, 0.0],
        [0.0, 0.0],
        {"gamma": 1.0, "alpha": 0.75},
        [-0.75 * (LOG2 / 4 + 1 / 4), 0.25 * (LOG2 / 4 + 1 / 4)],
    ),
    ("categorical_cross_entropy", [[0.5, 0.5, 0.0]], [[0.5, 0.25, 0.25]], {}, [[-1.0, -2.0, 0.0]]),
    ("sparse_categorical_cross_entropy", [2], [[0.5, 0.25, 0.25]], {}, [[0.0, 0.0, -4.0]]),
    (
        "softmax_cross_entropy_with_logits",
        [[0.0, 1.0]],
        [[0.0, 1.0]],
        {},
        [[sigmoid(-1), -sigmoid(-1)]],
    ),
    ("softmax_cross_entropy_with_logits", [[2.0, 1.0]], [[0.0, 0.0]], {}, [[-0.5, 0.5]]),
    (
        "sparse_softmax_cross_entropy_with_logits",
        [1],
        [[0.0, 0.0, math.log(2.0)]],
        {},
        [[0.25, -0.75, 0.5]],
    ),
    ("kl_divergence", [[0.5, 0.5]], [[0.25, 0.75]], {}, [[-2.0, -2 / 3]]),
    ("cosine_similarity", [[3.0, 4.0]], [[2.0, 0.0]], {}, [[0.0, -0.4]]),
    ("cosine_distance", [[3.0, 4.0]], [[4.0, 3.0]], {}, [[-3.0, -4.0]]),
    # The residuals 1, 2 and 6, whose mean is 3.
    ("mean_pairwise_squared_error", [[1.0] * 3], [[2.0, 3.0, 7.0]], {}, [[-4.0, -2.0, 6.0]]),
    (
        "categorical_hinge",
        [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
        [[0.5, 1.0, -3.0], [3.0, 1.0, 0.0], [1.0, 1.0, 0.0]],
        {},
        [[1.0, -1.0, 0.0], [0.0, 0.0, 0.0], [0.5, 0.5, -1.0]],
    ),
    (
        "categorical_focal_cross_entropy",
        [[0.0, 1.0]],
        [[0.75, 0.25]],
        {},
        [[0.0, 0.25 * (9 / 16 * -4 - 2 * 3 / 4 * 2 * LOG2)]],
    ),
    (
        "softmax_focal_cross_entropy_with_logits",
        [[0.0, 1.0]],
        [[0.0, 0.0]],
        {"gamma": 1.0, "alpha": 0.5},
        [[0.5 * (LOG2 / 4 + 1 / 4), -0.5 * (LOG2 / 4 + 1 / 4)]],
    ),
]


@pytest.mark.parametrize(("name", "truth", "prediction", "options", "expected"), DEFINITIONS)
def test_gradients_are_the_derivative(name, truth, prediction, options, expected):
    slopes = gradient(name, truth, prediction, **options)
    np.testing.assert_allclose(slopes, expected, rtol=1e-11, atol=0)


def test_every_gradient_has_a_definition_here():
    assert {case[0] for case in DEFINITIONS} == set(LOSSES) == set(gradients.__all__) - set(OTHERS)


def test_the_gradient_of_l2_loss_is_its_argument():
    t = np.array([[1.0, -2.0], [0.0, 4.0]])
    slopes = gradients.l2_loss(t)
    assert np.array_equal(slopes, t)
    assert not np.shares_memory(slopes, t)
    assert gradients.l2_loss([1, 2]).dtype == np.float64
    assert gradients.l2_loss(np.float16(3)) == 3


OPTIONS = {
    "huber_loss": [{"delta": 0.5}],
    "pseudo_huber_loss": [{"delta": 0.5}, {"delta": 20.0}],
    "weighted_cross_entropy_with_logits": [{"pos_weight": 0.25}, {"pos_weight": 0.0}],
    "hinge_loss": [{"label_values": (-1, 1)}],
    **{
        name: [{"gamma": gamma, "alpha": 0.3} for gamma in (0.0, 0.5, 1.0, 3.5)]
        for name in LOSSES
        if "focal" in name
    },
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_agree_with_central_differences(name, seed):
    truth, prediction = arguments(name, seed=seed)
    for options in [{}, *OPTIONS.get(name, [])]:
        slopes = gradient(name, truth, prediction, **options)
        numerical = checks.numerical_gradient(lambda p: loss(name, truth, p, **options), prediction)  # noqa: B023
        np.testing.assert_allclose(slopes, numerical, rtol=1e-7, atol=1e-8)


def test_gradients_agree_with_central_differences_along_another_axis():
    for name in AXIS:
        truth, prediction = arguments(name, shape=(3, 4, 2))
        truth, prediction = np.moveaxis(truth, -1, 0), np.moveaxis(prediction, -1, 0)
        slopes = gradient(name, truth, prediction, axis=0)
        numerical = checks.numerical_gradient(lambda p: loss(name, truth, p, axis=0), prediction)  # noqa: B023
        np.testing.assert_allclose(slopes, numerical, rtol=1e-7, atol=1e-8)


def test_l2_loss_agrees_with_central_differences():
    t = np.array([[1.0, -2.0], [0.5, 4.0]])
    numerical = checks.numerical_gradient(losses.l2_loss, t)
    np.testing.assert_allclose(gradients.l2_loss(t), numerical, rtol=1e-7)


EDGES = [
    ("binary_cross_entropy", [0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], {}, [1, -1, INF, -INF]),
    ("binary_cross_entropy", [0.5, 0.5], [0.0, 1.0], {}, [-INF, INF]),
    ("binary_cross_entropy", [1.0], [-0.0], {}, [-INF]),
    (
        "binary_focal_cross_entropy",
        [0.0, 1.0, 0.0, 1.0],
        [0.0, 1.0, 1.0, 0.0],
        {},
        [0, 0, INF, -INF],
    ),
    ("binary_focal_cross_entropy", [0.0, 1.0, 1.0], [0.0, 1.0, 0.0], {"gamma": 0.0}, [1, -1, -INF]),
    (
        "binary_focal_cross_entropy",
        [0.2, 0.8, 0.2, 0.8],
        [0.0, 0.0, 1.0, 1.0],
        {},
        [-INF, -INF, INF, INF],
    ),
    (
        "categorical_cross_entropy",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.0]] * 2,
        {},
        [[-1, 0], [0, -INF]],
    ),
    ("sparse_categorical_cross_entropy", [0, 1], [[1.0, 0.0]] * 2, {}, [[-1, 0], [0, -INF]]),
    (
        "categorical_focal_cross_entropy",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.0]] * 2,
        {},
        [[0, 0], [0, -INF]],
    ),
    ("binary_focal_cross_entropy", [1e-300], [0.0], {}, [-INF]),
    ("binary_focal_cross_entropy", [1.0, 0.0], [0.0, 1.0], {"alpha": 0.0}, [0, INF]),
    ("binary_focal_cross_entropy", [1.0, 0.0], [0.0, 1.0], {"alpha": 1.0}, [-INF, 0]),
    ("categorical_focal_cross_entropy", [[0.0, 1.0]], [[1.0, 0.0]], {"alpha": 0.0}, [[0, 0]]),
    ("categorical_focal_cross_entropy", [[0.0, 1.0]], [[1.0, 0.0]], {"gamma": 0.0}, [[0, -INF]]),
    ("kl_divergence", [[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0]] * 2, {}, [[-1, 0], [0, -INF]]),
    ("poisson_loss", [0.0, 1.0], [0.0, 0.0], {}, [1, -INF]),
    ("sigmoid_cross_entropy_with_logits", [1.0, 0.0, 1.0], [1e4, 1e4, -1e4], {}, [0, 1, -1]),
    ("weighted_cross_entropy_with_logits", [1.0, 0.0, 1.0], [1e4, 1e4, -1e4], {}, [0, 1, -3]),
    ("sigmoid_focal_cross_entropy_with_logits", [1.0, 0.0, 1.0], [1e4, 1e4, -1e4], {}, [0, 1, -1]),
    (
        "softmax_cross_entropy_with_logits",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1e4, -1e4]] * 2,
        {},
        [[0, 0], [1, -1]],
    ),
    ("softmax_cross_entropy_with_logits", [[1 / 3] * 3], [[1e6] * 3], {}, [[0, 0, 0]]),
    ("sparse_softmax_cross_entropy_with_logits", [0, 1], [[1e4, -1e4]] * 2, {}, [[0, 0], [1, -1]]),
    (
        "softmax_focal_cross_entropy_with_logits",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1e4, -1e4]] * 2,
        {"alpha": 1},
        [[0, 0], [1, -1]],
    ),
    ("softmax_focal_cross_entropy_with_logits", [[0.1] * 10], [[3.0] * 10], {}, [[0] * 10]),
    ("cosine_similarity", [[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [0.0, 0.0]], {}, [[0, 0], [0, 0]]),
    ("cosine_similarity", [[0.1, 0.2, 0.3]], [[0.1, 0.2, 0.3]], {}, [[0, 0, 0]]),
    ("cosine_similarity", [[0.1], [-3.0]], [[0.7], [0.3]], {}, [[0], [0]]),
    ("absolute_error", [1.0], [1.0], {}, [0]),
    ("categorical_generalized_cross_entropy", [1], [[1.0, 0.0]], {}, [[0, -INF]]),
    ("contrastive_loss", [0.0, 1.0, 1.0], [0.0, 1.0, 0.0], {}, [0, 0, -1]),
    ("absolute_percentage_error", [0.0] * 3, [0.0, -1.0, 1.0], {}, [0, -INF, INF]),
    ("log_poisson_loss", [1.0, 1e308, 0.0], [1e4, 1e4, -1e4], {}, [INF, INF, 0]),
    ("log_poisson_loss", [1e308], [-1.0], {}, [-1e308]),
    ("mean_pairwise_squared_error", [[0.0] * 3], [[0.1] * 3], {}, [[0, 0, 0]]),
    ("pinball_loss", [1e308], [-1e308], {"quantile": 0.75}, [-0.75]),
    ("log_cosh", [0.0], [1e150], {}, [1]),
    ("pseudo_huber_loss", [1e308], [-1e308], {}, [-1]),
    ("huber_loss", [1e308], [-1e308], {}, [-1]),
    ("categorical_hinge", [[1.0]], [[-5.0]], {}, [[0]]),
]


@pytest.mark.parametrize(("name", "truth", "prediction", "options", "expected"), EDGES)
def test_edges_are_exact(name, truth, prediction, options, expected):
    slopes = gradient(name, truth, prediction, **options)
    assert slopes.tolist() == expected
    assert not np.signbit(slopes[slopes == 0]).any()


SCORED = [name for name in ROWWISE if ROWWISE[name][1] == "number" and "cosine" not in name]


@pytest.mark.parametrize("name", SCORED)
def test_one_class_is_not_pulled(name):
    kind = ROWWISE[name][0]
    truth = np.zeros(2, int) if kind == "class" else np.ones((2, 1))
    assert gradient(name, truth, np.array([[7.0], [-1e4]])).tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_have_the_shape_and_precision_of_the_prediction(name):
    for shape in [(5, 4), (0, 3), (2, 3, 4), (4,)]:
        truth, prediction = arguments(name, shape=shape)
        assert gradient(name, truth, prediction).shape == shape
    for dtype in FLOATING[:-1]:
        truth, prediction = arguments(name)
        truth = truth if truth.dtype.kind == "i" else truth.astype(dtype)
        slopes = gradient(name, truth, prediction.astype(dtype))
        double = truth if truth.dtype.kind == "i" else truth.astype(float)
        exact = gradient(name, double, prediction.astype(dtype).astype(float)).astype(dtype)
        assert slopes.dtype == dtype
        np.testing.assert_array_equal(slopes.astype(float), exact.astype(float))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_scalars_give_a_scalar(name):
    truth, prediction = arguments(name)
    value = gradient(name, truth[0, 0], prediction[0, 0])
    assert np.ndim(value) == 0
    assert value == gradient(name, truth, prediction)[0, 0]


@pytest.mark.parametrize("name", LOSSES)
def test_inputs_are_never_modified(name):
    truth, prediction = arguments(name)
    before = truth.copy(), prediction.copy()
    truth.flags.writeable = prediction.flags.writeable = False
    gradient(name, truth, prediction)
    assert np.array_equal(truth, before[0])
    assert np.array_equal(prediction, before[1])
