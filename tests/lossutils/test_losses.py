"""Values of the losses: by their definitions, and at the edges."""

import math

import numpy as np
import pytest
from examples import LOSSES, OTHERS, loss

from lossutils import losses

LOG2 = math.log(2.0)
E = math.e
SIGMOID2 = 1 / (1 + math.exp(-2.0))


def near(value):
    return pytest.approx(value, rel=1e-11, abs=0)


# Expected values are the definitions, written out for arguments where they are short.
DEFINITIONS = [
    ("squared_error", [3.0], [1.5], {}, [2.25]),
    ("absolute_error", [3.0], [1.5], {}, [1.5]),
    ("huber_loss", [0.0, 0.0, 0.0], [0.5, -1.0, 3.0], {}, [1 / 8, 1 / 2, 3 - 1 / 2]),
    ("huber_loss", [0.0, 0.0], [0.5, -3.0], {"delta": 2.0}, [1 / 8, 2 * (3 - 1)]),
    ("huber_loss", [1.0], [4.0], {"delta": 0.25}, [0.25 * (3 - 0.125)]),
    ("pseudo_huber_loss", [0.0, 0.0], [0.75, -2.4], {}, [5 / 4 - 1, 13 / 5 - 1]),
    ("pseudo_huber_loss", [0.0], [1.5], {"delta": 2.0}, [4 * (5 / 4 - 1)]),
    ("log_cosh", [0.0, 1.0], [1.0, -1.0], {}, [math.log(math.cosh(1)), math.log(math.cosh(2))]),
    ("pinball_loss", [1.0, 3.0], [3.0, 1.0], {"quantile": 0.75}, [0.25 * 2, 0.75 * 2]),
    ("absolute_percentage_error", [2.0, -4.0], [3.0, 4.0], {}, [50.0, 200.0]),
    ("squared_logarithmic_error", [3.0, 0.0], [1.0, 7.0], {}, [LOG2**2, 9 * LOG2**2]),
    ("log_poisson_loss", [3.0, 0.0], [LOG2, -LOG2], {}, [2 - 3 * LOG2, 0.5]),
    ("poisson_loss", [0.0, 3.0], [0.5, 2.0], {}, [0.5, 2 - 3 * LOG2]),
    ("contrastive_loss", [0.0, 1.0, 1.0], [2.0, 0.25, 2.0], {}, [2.0, 9 / 32, 0.0]),
    ("contrastive_loss", [1.0, 0.0], [3.0, 3.0], {"same_label": 1, "margin": 5.0}, [4.5, 2.0]),
    (
        "categorical_generalized_cross_entropy",
        [0, 1],
        [[0.0625, 0.9375], [1.0, 0.0]],
        {"q": 0.25},
        [2.0, 4.0],
    ),
    ("binary_cross_entropy", [1.0, 0.0], [0.25, 0.25], {}, [2 * LOG2, math.log(4 / 3)]),
    ("binary_cross_entropy", [0.25], [0.5], {}, [LOG2]),
    (
        "binary_focal_cross_entropy",
        [1.0, 0.0],
        [0.25, 0.25],
        {},
        [9 / 16 * 2 * LOG2, math.log(4 / 3) / 16],
    ),
    (
        "binary_focal_cross_entropy",
        [1.0, 0.0],
        [0.5, 0.5],
        {"gamma": 3.0, "alpha": 0.25},
        [LOG2 / 32, 3 * LOG2 / 32],
    ),
    ("binary_focal_cross_entropy", [0.25], [0.5], {}, [LOG2 / 4]),
    ("hinge_loss", [-1, 1, 1], [-0.5, -1.5, 2.0], {}, [0.5, 2.5, 0.0]),
    ("hinge_loss", [0, 1], [-0.5, -1.5], {"label_values": (0, 1)}, [0.5, 2.5]),
    ("squared_hinge_loss", [-1, 1, 1], [-0.5, -1.5, 2.0], {}, [0.25, 6.25, 0.0]),
    ("sigmoid_cross_entropy_with_logits", [1.0, 0.0], [0.0, 2.0], {}, [LOG2, math.log(1 + E**2)]),
    ("sigmoid_cross_entropy_with_logits", [0.25], [2.0], {}, [math.log(1 + E**2) - 0.5]),
    (
        "weighted_cross_entropy_with_logits",
        [1.0, 0.0],
        [0.0, 0.0],
        {"pos_weight": 5.0},
        [5 * LOG2, LOG2],
    ),
    (
        "weighted_cross_entropy_with_logits",
        [0.25],
        [2.0],
        {"pos_weight": 5.0},
        [-5 / 4 * math.log(SIGMOID2) - 3 / 4 * math.log(1 - SIGMOID2)],
    ),
    ("sigmoid_focal_cross_entropy_with_logits", [1.0, 0.0], [0.0, 0.0], {}, [LOG2 / 4, LOG2 / 4]),
    (
        "sigmoid_focal_cross_entropy_with_logits",
        [1.0],
        [2.0],
        {"gamma": 1.0, "alpha": 0.75},
        [-0.75 * (1 - SIGMOID2) * math.log(SIGMOID2)],
    ),
    ("categorical_cross_entropy", [[0.5, 0.25, 0.25]], [[0.5, 0.25, 0.25]], {}, [1.5 * LOG2]),
    ("sparse_categorical_cross_entropy", [2, 0], [[0.5, 0.25, 0.25]] * 2, {}, [2 * LOG2, LOG2]),
    (
        "softmax_cross_entropy_with_logits",
        [[0.0, 1.0, 0.0]],
        [[0.0, 1.0, 2.0]],
        {},
        [math.log(1 + E + E**2) - 1],
    ),
    ("softmax_cross_entropy_with_logits", [[0.5, 0.5]], [[0.0, 1.0]], {}, [math.log(1 + E) - 0.5]),
    ("softmax_cross_entropy_with_logits", [[2.0, 1.0]], [[0.0, 0.0]], {}, [3 * LOG2]),
    (
        "sparse_softmax_cross_entropy_with_logits",
        [1],
        [[0.0, 1.0, 2.0]],
        {},
        [math.log(1 + E + E**2) - 1],
    ),
    ("kl_divergence", [[0.5, 0.5]], [[0.25, 0.75]], {}, [0.5 * math.log(4 / 3)]),
    (
        "cosine_similarity",
        [[3.0, 4.0], [1.0, 0.0]],
        [[4.0, 3.0], [1.0, 1.0]],
        {},
        [-24 / 25, -math.sqrt(0.5)],
    ),
    ("cosine_distance", [[3.0, 4.0]], [[4.0, 3.0]], {}, [1 - 24]),
    # The residuals 1, 2 and 5: pairs that differ by 1, 4 and 3.
    ("mean_pairwise_squared_error", [[1.0, 1.0, 1.0]], [[2.0, 3.0, 6.0]], {}, [(1 + 16 + 9) / 3]),
    (
        "categorical_hinge",
        [[0, 1, 0], [1, 0, 0]],
        [[0.5, 1.0, -3.0], [3.0, 1.0, 0.0]],
        {},
        [0.5, 0.0],
    ),
    ("categorical_focal_cross_entropy", [[0.0, 1.0]], [[0.75, 0.25]], {}, [9 / 64 * 2 * LOG2]),
    (
        "softmax_focal_cross_entropy_with_logits",
        [[0.0, 1.0]],
        [[0.0, 0.0]],
        {"gamma": 3.0, "alpha": 0.5},
        [LOG2 / 16],
    ),
]


@pytest.mark.parametrize(("name", "truth", "prediction", "options", "expected"), DEFINITIONS)
def test_values_are_the_definition(name, truth, prediction, options, expected):
    assert loss(name, truth, prediction, **options) == near(np.array(expected))


def test_every_loss_has_a_definition_here():
    assert (
        {case[0] for case in DEFINITIONS}
        == set(LOSSES)
        == set(losses.__all__) - {*OTHERS, "smooth_labels"}
    )


def test_l2_loss_is_half_the_sum_of_squares():
    assert losses.l2_loss([[1.0, 2.0], [3.0, 4.0]]) == 15.0
    assert losses.l2_loss(3.0) == 4.5
    assert losses.l2_loss(np.zeros((0, 3))) == 0.0
    assert losses.l2_loss([2**0.5 * 1e154]) == near(1e308)  # the square alone would overflow


def test_smooth_labels_mixes_with_the_uniform_distribution():
    assert losses.smooth_labels([[1, 0, 0, 0]], 0.2) == near(np.array([[0.85, 0.05, 0.05, 0.05]]))
    assert losses.smooth_labels([0.0, 1.0], 0.2, num_classes=2) == near(np.array([0.1, 0.9]))
    assert losses.smooth_labels([[1.0], [0.0]], 1.0, num_classes=2) == near(
        np.array([[0.5], [0.5]])
    )
    assert losses.smooth_labels(1.0, 0.5, num_classes=2) == 0.75
    assert losses.smooth_labels(np.float32([0, 1]), 0.1).dtype == np.float32


INF = math.inf
EDGES = [
    (
        "binary_cross_entropy",
        [0.0, 1.0, 0.0, 1.0],
        [0.0, 1.0, 1.0, 0.0],
        {},
        [0, 0, INF, INF],
    ),
    ("binary_cross_entropy", [0.5, 0.5], [0.0, 1.0], {}, [INF, INF]),
    (
        "binary_focal_cross_entropy",
        [0.0, 1.0, 0.0, 1.0],
        [0.0, 1.0, 1.0, 0.0],
        {},
        [0, 0, INF, INF],
    ),
    ("binary_focal_cross_entropy", [0.0, 1.0], [0.0, 1.0], {"gamma": 0.0}, [0, 0]),
    ("binary_focal_cross_entropy", [1e-300], [0.0], {}, [INF]),
    ("binary_focal_cross_entropy", [1.0, 0.0], [0.0, 1.0], {"alpha": 0.0}, [0, INF]),
    ("binary_focal_cross_entropy", [1.0, 0.0], [0.0, 1.0], {"alpha": 1.0}, [INF, 0]),
    ("categorical_focal_cross_entropy", [[0.0, 1.0]], [[1.0, 0.0]], {"alpha": 0.0}, [0]),
    ("categorical_cross_entropy", [[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0]] * 2, {}, [0, INF]),
    ("sparse_categorical_cross_entropy", [0, 1], [[1.0, 0.0]] * 2, {}, [0, INF]),
    (
        "categorical_focal_cross_entropy",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.0]] * 2,
        {},
        [0, INF],
    ),
    ("kl_divergence", [[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0]] * 2, {}, [0, INF]),
    ("poisson_loss", [0.0, 1.0], [0.0, 0.0], {}, [0, INF]),
    ("sigmoid_cross_entropy_with_logits", [1.0, 0.0, 1.0], [1e4, 1e4, -1e4], {}, [0, 1e4, 1e4]),
    ("weighted_cross_entropy_with_logits", [1.0, 0.0, 1.0], [1e4, 1e4, -1e4], {}, [0, 1e4, 3e4]),
    (
        "sigmoid_focal_cross_entropy_with_logits",
        [1.0, 0.0, 1.0],
        [1e4, 1e4, -1e4],
        {},
        [0, 1e4, 1e4],
    ),
    (
        "softmax_cross_entropy_with_logits",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1e4, -1e4]] * 2,
        {},
        [0, 2e4],
    ),
    ("sparse_softmax_cross_entropy_with_logits", [0, 1], [[1e4, -1e4]] * 2, {}, [0, 2e4]),
    (
        "softmax_focal_cross_entropy_with_logits",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1e4, -1e4]] * 2,
        {"alpha": 1},
        [0, 2e4],
    ),
    ("absolute_percentage_error", [0.0, 0.0, 1e-300], [0.0, -1.0, 1e300], {}, [0, INF, INF]),
    ("pinball_loss", [-1.7e308], [1.7e308], {"quantile": 0.75}, [0.85e308]),
    ("squared_logarithmic_error", [1e300], [1e300], {}, [0]),
    ("log_poisson_loss", [1.0, 1e308, 0.0], [1e4, 1e4, -1e4], {}, [INF, INF, 0]),
    ("log_poisson_loss", [0.0], [710.0], {}, [INF]),
    ("cosine_distance", [[0.0, 0.0], [1e300, 0.0]], [[1.0, 2.0], [-1e300, 0.0]], {}, [1, INF]),
    ("mean_pairwise_squared_error", [[0.0] * 3], [[0.1] * 3], {}, [0]),
    ("cosine_similarity", [[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [0.0, 0.0]], {}, [0, 0]),
    ("log_cosh", [0.0], [1e150], {}, [1e150]),
    ("squared_error", [0.0], [1e200], {}, [INF]),
    ("pseudo_huber_loss", [1e308], [-1e308], {}, [math.inf]),
    ("pseudo_huber_loss", [1e308], [-1e308], {"delta": 0.5}, [1e308]),
    ("huber_loss", [-1.7e308], [1.7e308], {"delta": 0.5}, [1.7e308]),
    ("categorical_hinge", [[1.0]], [[-5.0]], {}, [0]),
]


@pytest.mark.parametrize(("name", "truth", "prediction", "options", "expected"), EDGES)
def test_edges_are_exact(name, truth, prediction, options, expected):
    values = loss(name, truth, prediction, **options)
    assert values.tolist() == expected
    assert not np.signbit(values).any()
