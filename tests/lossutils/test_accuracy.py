"""How many digits hold: every loss and gradient against mpmath at 60 digits, regime by regime.

float16, bfloat16, float32: within 1 unit in the last place, everywhere. float64: values within 4,
gradients within 8, and where terms cancel an allowance: a share of the terms, which
`digits.allowance` states. No warning, no overflow, no nan from finite input.
"""

import numpy as np
import pytest
from digits import BOUNDS, DTYPES, check, exact, hold
from examples import ELEMENTWISE, LOSSES, OTHERS, ROWWISE
from mpmath import mpf
from regimes import (
    class_labels,
    fractions,
    logarithms,
    logit_rows,
    magnitudes,
    pair_distances,
    probability_rows,
    rates,
    residuals,
    scores,
    sigmoid_logits,
    sizes,
    vectors,
)
from rotation import one_in

from lossutils import gradients, losses
from tools.bench import exact_losses

OPTIONS = {
    "contrastive_loss": [{"same_label": 0}, {"same_label": 1, "margin": 0.3}],
    "pinball_loss": [{"quantile": 0.1}, {"quantile": 0.999}],
    "huber_loss": [{"delta": 1.0}, {"delta": 0.3}],
    "pseudo_huber_loss": [{"delta": 1.0}, {"delta": 0.3}],
    "weighted_cross_entropy_with_logits": [{"pos_weight": 0.5}, {"pos_weight": 100.0}],
    "hinge_loss": [{"label_values": (-1, 1)}],
    "squared_hinge_loss": [{"label_values": (-1, 1)}],
    "binary_focal_cross_entropy": [{}, {"gamma": 0.5, "alpha": 0.25}],
    "sigmoid_focal_cross_entropy_with_logits": [{}, {"gamma": 3.0, "alpha": 0.25}],
}


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_losses_of_elements_keep_their_digits(name, dtype):
    rng = np.random.default_rng(20)
    regimes = {"number": residuals, "sign": scores, "count": rates, "fraction": fractions}
    regimes |= {"rate": sizes, "binary": pair_distances}
    regime = sigmoid_logits if name.endswith("_with_logits") else regimes[LOSSES[name][0]]
    regime = logarithms if name == "log_poisson_loss" else regime
    for truth, prediction in regime(rng, 12):
        for options in OPTIONS.get(name, [{}]):
            hold(name, dtype, truth, prediction, **options)


FROM_LOGITS = [name for name in ROWWISE if name.endswith("_with_logits")]
VECTORS = ["cosine_similarity", "cosine_distance", "mean_pairwise_squared_error"]
FROM_PROBABILITIES = [name for name in ROWWISE if LOSSES[name][1] == "distribution"]


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
@pytest.mark.parametrize("name", FROM_LOGITS)
def test_losses_of_logits_keep_their_digits(name, dtype):
    rng = np.random.default_rng(21)
    for n, k in [(2, 1), (3, 2), (3, 10)]:
        for right, logits in logit_rows(rng, n, k):
            if "sparse" in name:
                hold(name, dtype, right, logits)
                continue
            for labels in class_labels(rng, right, logits):
                hold(name, dtype, labels, logits)


MANY_CLASSES = [(name, dtype) for dtype in ("float32", "float64") for name in FROM_LOGITS]


@pytest.mark.parametrize("name_and_dtype", one_in(3, MANY_CLASSES), ids="-".join)
def test_losses_of_many_classes_keep_their_digits(name_and_dtype):
    name, dtype = name_and_dtype
    rng = np.random.default_rng(22)
    regimes = list(logit_rows(rng, 1, 1000))
    for right, logits in [*regimes, next(logit_rows(rng, 1, 10_000))]:
        if "sparse" in name:
            hold(name, dtype, right, logits)
            continue
        every = list(class_labels(rng, right, logits))
        for labels in every if logits is regimes[1][1] else every[:1]:
            hold(name, dtype, labels, logits)


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
@pytest.mark.parametrize("name", FROM_PROBABILITIES)
def test_losses_of_probabilities_keep_their_digits(name, dtype):
    rng = np.random.default_rng(23)
    for n, k in [(2, 1), (3, 2), (3, 10), (1, 300)]:
        for labels, probabilities in probability_rows(rng, n, k):
            sparse = LOSSES[name][0] == "class"
            hold(name, dtype, labels.argmax(axis=-1) if sparse else labels, probabilities)


def test_small_terms_beside_a_large_one_keep_their_part():
    """Each of them alone is less than half a unit of the sum, and would be rounded away."""
    probabilities = np.array([[0.36, *[0.64 / 127] * 127]])
    labels = np.array([[1.0, *[2.0**-53 / 5.4] * 127]])
    hold("categorical_cross_entropy", "float64", labels, probabilities)


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
@pytest.mark.parametrize("name", VECTORS)
def test_losses_of_vectors_keep_their_digits(name, dtype):
    rng = np.random.default_rng(24)
    sizes = (1.0, 1e-8, 1e-20, 1e20, 1e-160, 1e160)
    for n, k in [(3, 1), (3, 2), (3, 10), (1, 300)]:
        for y_true, y_pred in vectors(rng, n, k, sizes if dtype == "float64" else sizes[:4]):
            hold(name, dtype, y_true, y_pred)


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
def test_categorical_hinge_keeps_its_digits(dtype):
    rng = np.random.default_rng(25)
    for k in (1, 2, 10):
        labels = np.eye(k)[rng.integers(k, size=5)]
        for size in (1e-8, 1.0, 1e4):
            for values in (rng.normal(size=(5, k)), -rng.random((5, k)), labels - 1e-9):
                hold("categorical_hinge", dtype, labels, size * values)


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
def test_l2_loss_keeps_its_digits(dtype):
    rng = np.random.default_rng(26)
    for low, high in [(-30, -8), (-2, 2), (4, 15)]:
        with np.errstate(over="ignore"):
            t = magnitudes(rng, 1000, low, high).astype(DTYPES[dtype])
        t = t[np.isfinite(t.astype(float))]
        check(dtype, BOUNDS[dtype][0], losses.l2_loss(t), exact_losses.l2_loss(exact(t))[0])
        assert np.array_equal(gradients.l2_loss(t), t)


def test_every_loss_is_measured():
    measured = {*ELEMENTWISE, *FROM_LOGITS, *FROM_PROBABILITIES, *VECTORS}
    elsewhere = {"categorical_hinge", "smooth_labels", *OTHERS}
    assert set(losses.__all__) - measured == elsewhere


@pytest.mark.parametrize("dtype", one_in(2, DTYPES))
def test_label_smoothing_keeps_its_digits(dtype):
    labels = np.random.default_rng(27).dirichlet(np.ones(5), 20).astype(DTYPES[dtype])
    smooth = losses.smooth_labels(labels, 0.1)
    for label, smoothed in zip(labels.ravel(), smooth.ravel(), strict=True):
        check(dtype, BOUNDS[dtype][0], smoothed, exact(label) * (1 - mpf(0.1)) + mpf(0.1) / 5)
