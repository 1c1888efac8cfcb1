"""How many digits hold: every loss and gradient against mpmath at 60 digits, regime by regime.

float16, bfloat16, float32: within 1 unit in the last place, everywhere. float64: values within 4,
gradients within 8, and where terms cancel an allowance: a share of the terms, named in NOISE.
No warning, no overflow, no nan from finite input.
"""

import ml_dtypes
import numpy as np
import pytest
from examples import ELEMENTWISE, LOSSES, OTHERS, ROWWISE, gradient, loss
from mpmath import isinf, mpf
from rotation import one_in

from lossutils import gradients, losses
from tools.bench import exact_losses
from tools.bench.exact_losses import rounded, spacing

DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}
BOUNDS = {"float16": (1, 1), "bfloat16": (1, 1), "float32": (1, 1), "float64": (4, 8)}
# Of float64 alone: what cancellation may leave of the terms, beside the units in the last place.
TWICE_THE_PRECISION = 2.0**-94


def magnitudes(rng, n, low, high):
    return rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(low, high, n)


def powers(rng, n, low, high):
    return 10.0 ** rng.uniform(low, high, n)


def residuals(rng, n):
    """Yield truth and prediction: residuals from 1e-30 to 1e150, and pairs of like size."""
    for low, high in [(-30, -8), (-8, -2), (-2, 1), (1, 4), (4, 30), (30, 150)]:
        yield np.zeros(n), magnitudes(rng, n, low, high)
    truth = rng.normal(size=n)
    yield truth, truth + rng.normal(size=n)
    yield truth, truth * (1 + 1e-12)
    yield truth, truth


def sizes(rng, n):
    """Yield truths and predictions of at least 0: of all sizes, near each other, and 0."""
    for low, high in [(-300, -30), (-30, -8), (-3, 1), (1, 30), (30, 300)]:
        size = 10.0 ** rng.uniform(low, high, n)
        yield size, 10.0 ** rng.uniform(-3, 3, n)
        yield 10.0 ** rng.uniform(low, high, n), size
        for distance in (1e-15, 1e-9, 1e-3):
            yield size, size * (1 + distance * rng.normal(size=n))
    yield np.zeros(n), np.zeros(n)


def pair_distances(rng, n):
    """Yield labels and distances: of all sizes, and near the margin."""
    label = rng.integers(0, 2, n) * 1.0
    for low, high in [(-30, -8), (-8, -2), (-2, 1), (1, 150)]:
        yield label, powers(rng, n, low, high)
    yield label, 1 + magnitudes(rng, n, -16, -1)
    yield label, np.ones(n)


def logarithms(rng, n):
    """Yield counts, or reals, and logarithms of rates; and those near a root of the loss."""
    for low, high in [(-30, -8), (-3, 1), (1, 2.8)]:
        yield rng.poisson(3.0, n) * 1.0, magnitudes(rng, n, low, high)
        yield 10.0 ** rng.uniform(-3, 300, n), magnitudes(rng, n, low, high)
    x = rng.uniform(0.2, 9.0, n)
    yield np.exp(x) / x, x
    yield np.exp(x), x
    yield np.full(n, 1.7e308), rng.uniform(709.0, 711.0, n)


def scores(rng, n):
    """Yield signs and scores: margins both ways, and near 1."""
    sign = rng.choice([-1.0, 1.0], n)
    yield sign, magnitudes(rng, n, -8, 4)
    yield sign, sign * (1 + magnitudes(rng, n, -16, -1))
    yield sign, sign


def rates(rng, n):
    """Yield counts, or reals, and rates of all sizes; and rates near a root of the loss."""
    for low, high in [(-30, -8), (-3, 1), (1, 6)]:
        yield rng.poisson(3.0, n) * 1.0, 10.0 ** rng.uniform(low, high, n)
        yield 10.0 ** rng.uniform(-3, 3, n), 10.0 ** rng.uniform(low, high, n)
    rate = rng.uniform(1.2, 2.6, n)
    yield rate / np.log(rate), rate
    yield np.float32(rate / np.log(rate)).astype(float), np.float32(rate).astype(float)


def fractions(rng, n):
    """Yield labels and probabilities: exactly 0 and 1, 1e-300, 1 - 1e-16, and between."""
    edges = rng.choice([0.0, 1.0, 1e-300, 1.0 - 2.0**-53], n)
    for p in (rng.uniform(0.01, 0.99, n), 10.0 ** rng.uniform(-300, -3, n), edges):
        for probabilities in (p, 1.0 - p):
            yield rng.integers(0, 2, n) * 1.0, probabilities
            yield rng.uniform(0, 1, n), probabilities


def sigmoid_logits(rng, n):
    """Yield labels and logits: tiny to 1e4; hard, soft, smoothed labels, and the sigmoid."""
    for low, high in [(-30, -8), (-8, -2), (-2, 1), (1, 2), (2, 4)]:
        logits = magnitudes(rng, n, low, high)
        yield rng.integers(0, 2, n) * 1.0, logits
        yield rng.uniform(0, 1, n), logits
        yield 0.05 + 0.9 * rng.integers(0, 2, n), logits
        yield np.full(n, 0.5), logits
        yield np.exp(-np.logaddexp(0, -logits)), logits
    yield rng.integers(0, 2, n) * 1.0, np.zeros(n)


def one_hot(right, k):
    """Return the labels of k classes, without the k times k numbers of np.eye."""
    return 1.0 * (right[:, np.newaxis] == np.arange(k))


def logit_rows(rng, n, k):
    """Yield classes and logits: 1e-8 to 1e4, margins both ways, offsets up to 1e6."""
    right = rng.integers(k, size=n)
    own = one_hot(right, k)
    noise = rng.normal(size=(n, k))
    yield right, 3 * noise
    yield right, noise * 10.0 ** rng.uniform(-8, -2, (n, 1))
    yield right, noise * 10.0 ** rng.uniform(1, 4, (n, 1))
    for margin in (rng.uniform(6, 80), rng.uniform(80, 1e4), -rng.uniform(10, 1e4)):
        yield right, noise + margin * own
    for offset in (1e3, -1e4, 1e6):
        yield right, 3 * noise + 12 * own + offset
    yield right, np.full((n, k), 0.3)


def class_labels(rng, right, logits):
    """Yield label distributions for logits: one-hot, soft, smoothed, uniform, and the softmax."""
    n, k = logits.shape
    own = one_hot(right, k)
    yield own
    yield rng.dirichlet(np.ones(k), n)
    yield 0.9 * own + 0.1 / k
    yield np.full((n, k), 1 / k)
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    yield exponentials / exponentials.sum(axis=-1, keepdims=True)


def probability_rows(rng, n, k):
    """Yield label distributions and probabilities: ordinary, of all sizes, near and equal."""
    for labels in (np.eye(k)[rng.integers(k, size=n)], rng.dirichlet(np.ones(k), n)):
        yield labels, rng.dirichlet(np.ones(k), n)
        yield labels, 10.0 ** rng.uniform(-300, 0, (n, k))
        yield labels, labels
    p = rng.dirichlet(np.ones(k), n)
    for distance in (1e-3, 1e-7, 1e-15):
        yield p, np.clip(p * (1 + distance * rng.normal(size=(n, k))), 0, 1)


def vectors(rng, n, k, sizes):
    """Yield vectors: norms of all sizes, at right angles, parallel and nearly so."""
    a, b = rng.normal(size=(2, n, k))
    for size in sizes:
        yield a, size * b
        yield size * a, b
    along = np.sum(a * b, axis=-1, keepdims=True) / np.sum(a * a, axis=-1, keepdims=True) * a
    yield a, b - along
    for distance in (1e-3, 1e-7, 1e-13, 0):
        yield a, 3 * a + distance * b
    yield a, a


def check(dtype, bound, computed, exact, noise=0.0):
    """Check one number: how far it is from the exact one, in units in the last place."""
    nearest, value = rounded(exact, dtype), float(computed)
    if isinf(nearest) or exact == 0 or not np.isfinite(value):
        assert value == nearest
    else:
        distance = abs(mpf(value) - exact) - mpf(noise)
        assert distance <= bound * spacing(exact, dtype), f"{value} instead of {float(exact)!r}"


def allowance(name, dtype, truth, prediction):
    """Return what cancellation may leave in float64, of the value and of the gradient."""
    soft = "sparse" not in name and not np.isin(truth, (0, 1)).all()
    if dtype != "float64":
        return 0.0, 0.0
    if name == "binary_focal_cross_entropy":
        with np.errstate(all="ignore"):
            slopes = np.where(truth == 0, 0, truth / prediction) + 1 / (1 - prediction)
        return 0.0, TWICE_THE_PRECISION * soft * np.where(np.isfinite(slopes), slopes, 0.0)
    if name == "categorical_focal_cross_entropy":
        return 0.0, 0.0
    if name == "cosine_similarity":
        size = np.maximum(np.abs(prediction).max(axis=-1, keepdims=True), 1e-300)
        return TWICE_THE_PRECISION, TWICE_THE_PRECISION * np.abs(prediction) / size / size
    if name == "kl_divergence":
        return TWICE_THE_PRECISION, 0.0
    if name == "cosine_distance":
        with np.errstate(over="ignore"):
            size = np.abs(truth * prediction).sum(axis=-1)
        return TWICE_THE_PRECISION * np.where(np.isfinite(size), size, 0), 0.0
    if name == "mean_pairwise_squared_error":
        size = np.maximum(np.abs(truth), np.abs(prediction)).max(axis=-1, keepdims=True)
        size = np.minimum(size, 1e150)
        return TWICE_THE_PRECISION * size[..., 0] ** 2, TWICE_THE_PRECISION * size
    if name == "log_poisson_loss":
        with np.errstate(over="ignore"):
            size = np.minimum(np.exp(prediction) + truth * (1 + np.abs(prediction)), 1e308)
        return TWICE_THE_PRECISION * size, TWICE_THE_PRECISION * size
    if name == "poisson_loss":
        return TWICE_THE_PRECISION * prediction, 0.0
    if name.endswith("_with_logits") and soft:
        return 0.0, TWICE_THE_PRECISION * np.abs(truth)
    return 0.0, 0.0


def hold(name, dtype, truth, prediction, **options):
    """Check the values and gradients of a loss for one set of arguments, in one precision."""
    with np.errstate(all="ignore"):
        sparse = truth.dtype.kind == "i"
        truth = truth if sparse else truth.astype(DTYPES[dtype])
        prediction = prediction.astype(DTYPES[dtype])
    fits = np.isfinite(prediction.astype(float))
    if name in ELEMENTWISE:
        fits &= np.isfinite(truth.astype(float))
        truth, prediction = truth[fits], prediction[fits]
    elif not fits.all() or not np.isfinite(truth.astype(float)).all():
        return  # 1e20 is infinite in float16
    with np.errstate(all="raise"):
        values = loss(name, truth, prediction, **options)
        slopes = gradient(name, truth, prediction, **options)
    options.pop("label_values", None)
    if name == "categorical_generalized_cross_entropy":
        options.setdefault("q", 0.7)
    reference = getattr(exact_losses, name)
    noise = allowance(name, dtype, truth.astype(float), prediction.astype(float))
    noises = np.broadcast_to(noise[0], values.shape), np.broadcast_to(noise[1], slopes.shape)
    for row, (t, p) in enumerate(zip(truth, prediction, strict=True)):
        exact_value, exact_slopes = reference(t if sparse else exact(t), exact(p), **options)
        check(dtype, BOUNDS[dtype][0], values[row], exact_value, noises[0][row])
        exact_slopes = exact_slopes if isinstance(exact_slopes, list) else [exact_slopes]
        found = np.atleast_1d(slopes[row]), np.atleast_1d(noises[1][row])
        for slope, slope_noise, exact_slope in zip(*found, exact_slopes, strict=True):
            check(dtype, BOUNDS[dtype][1], slope, exact_slope, slope_noise)


def exact(numbers):
    """Return numbers as they are, in mpmath."""
    return mpf(float(numbers)) if np.ndim(numbers) == 0 else [mpf(float(x)) for x in numbers]


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


@pytest.mark.parametrize("dtype", DTYPES)
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


@pytest.mark.parametrize("dtype", DTYPES)
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


@pytest.mark.parametrize("dtype", DTYPES)
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


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", VECTORS)
def test_losses_of_vectors_keep_their_digits(name, dtype):
    rng = np.random.default_rng(24)
    sizes = (1.0, 1e-8, 1e-20, 1e20, 1e-160, 1e160)
    for n, k in [(3, 1), (3, 2), (3, 10), (1, 300)]:
        for y_true, y_pred in vectors(rng, n, k, sizes if dtype == "float64" else sizes[:4]):
            hold(name, dtype, y_true, y_pred)


@pytest.mark.parametrize("dtype", DTYPES)
def test_categorical_hinge_keeps_its_digits(dtype):
    rng = np.random.default_rng(25)
    for k in (1, 2, 10):
        labels = np.eye(k)[rng.integers(k, size=5)]
        for size in (1e-8, 1.0, 1e4):
            for values in (rng.normal(size=(5, k)), -rng.random((5, k)), labels - 1e-9):
                hold("categorical_hinge", dtype, labels, size * values)


@pytest.mark.parametrize("dtype", DTYPES)
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


@pytest.mark.parametrize("dtype", DTYPES)
def test_label_smoothing_keeps_its_digits(dtype):
    labels = np.random.default_rng(27).dirichlet(np.ones(5), 20).astype(DTYPES[dtype])
    smooth = losses.smooth_labels(labels, 0.1)
    for label, found in zip(labels.ravel(), smooth.ravel(), strict=True):
        check(dtype, BOUNDS[dtype][0], found, exact(label) * (1 - mpf(0.1)) + mpf(0.1) / 5)
