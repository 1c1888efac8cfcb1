"""Arguments for the tests of accuracy, by regime: from tiny to huge, and where terms cancel."""

import numpy as np


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
