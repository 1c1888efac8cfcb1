"""Where losses lose digits: seeded inputs by range, for each loss of `lossutils.losses`.

`input_ranges(name, rng, n)` returns range -> (truth, prediction) in float64; the caller rounds them
to the dtype that it measures and drops what is not finite there.
"""

import numpy as np

from lossutils import losses

RESIDUALS = [
    "squared_error",
    "absolute_error",
    "pinball_loss",
    "huber_loss",
    "pseudo_huber_loss",
    "log_cosh",
]
PROBABILITIES = ["binary_cross_entropy", "binary_focal_cross_entropy"]
SIGMOID = [
    "sigmoid_cross_entropy_with_logits",
    "weighted_cross_entropy_with_logits",
    "sigmoid_focal_cross_entropy_with_logits",
]
SOFTMAX = [
    "sparse_softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "softmax_focal_cross_entropy_with_logits",
]
CATEGORICAL = [
    "sparse_categorical_cross_entropy",
    "categorical_cross_entropy",
    "categorical_focal_cross_entropy",
    "categorical_generalized_cross_entropy",
]
SPARSE = ("sparse_categorical_cross_entropy", "categorical_generalized_cross_entropy")
OTHERS = ["poisson_loss", "hinge_loss", "squared_hinge_loss", "categorical_hinge"]
LAST = ["kl_divergence", "cosine_similarity"]
RELATIVE = ["absolute_percentage_error", "squared_logarithmic_error"]
LATER = ["log_poisson_loss", "contrastive_loss"]
VECTORS = ["cosine_distance", "mean_pairwise_squared_error"]
ELEMENTWISE = {*RESIDUALS, *PROBABILITIES, *SIGMOID, *OTHERS[:3], *RELATIVE, *LATER}
NAMES = [*SOFTMAX, *SIGMOID, *CATEGORICAL, *PROBABILITIES, *RESIDUALS, *RELATIVE, *OTHERS]
NAMES += [*LATER, *LAST, *VECTORS]
OPTIONS = {
    "pinball_loss": {"quantile": 0.9},
    "contrastive_loss": {"same_label": 0},
    "categorical_generalized_cross_entropy": {"q": 0.7},
    "weighted_cross_entropy_with_logits": {"pos_weight": 0.5},
    "hinge_loss": {"label_values": (-1, 1)},
    "squared_hinge_loss": {"label_values": (-1, 1)},
}
# What takes other arrays than a truth and a prediction is measured by `tools.bench.batches`.
ELSEWHERE = {
    "batch_hard_triplet_loss",
    "circle",
    "ctc_loss",
    "dice",
    "gaussian_negative_log_likelihood",
    "info_nce",
    "nce_loss",
    "ordinal_cross_entropy_with_logits",
    "sampled_softmax_loss",
    "triplet_margin_loss",
    "tversky",
}
IN_TESTS = {"l2_loss", "smooth_labels"}  # measured by the tests of their accuracy alone
assert {*NAMES, *ELSEWHERE, *IN_TESTS} == set(losses.__all__), "every loss has its ranges"


def input_ranges(name, rng, n, *, many=True):
    """Return range -> (truth, prediction) for a loss; `many` adds 1,000 and 10,000 classes."""
    if name in RESIDUALS:
        return residuals(rng, 2 * n)
    if name in SIGMOID:
        return sigmoid_logits(rng, 2 * n)
    if name in PROBABILITIES:
        return fractions(rng, 2 * n)
    if name in SOFTMAX:
        return softmax_logits(rng, n, many, sparse=name.startswith("sparse"))
    if name in CATEGORICAL:
        return class_probabilities(rng, n, sparse=name in SPARSE)
    return {
        "absolute_percentage_error": relatives,
        "squared_logarithmic_error": relatives,
        "poisson_loss": rates,
        "log_poisson_loss": logarithms,
        "contrastive_loss": distances,
        "hinge_loss": scores,
        "squared_hinge_loss": scores,
        "categorical_hinge": class_scores,
        "kl_divergence": distributions,
        "cosine_similarity": vectors,
        "cosine_distance": vectors,
        "mean_pairwise_squared_error": outputs,
    }[name](rng, n)


def sizes(rng, n, low, high):
    """Return numbers of either sign, their sizes uniform in the exponent of ten."""
    return rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(low, high, n)


def residuals(rng, n):
    bounds = [(-30, -8), (-8, -2), (-2, 1), (1, 4), (4, 30), (30, 150)]
    ranges = {f"1e{low}..1e{high}": (np.zeros(n), sizes(rng, n, low, high)) for low, high in bounds}
    return ranges | {"zero": (np.ones(1), np.ones(1))}


def sigmoid_logits(rng, n):
    hard, sign = rng.integers(0, 2, n) * 1.0, rng.choice([-1.0, 1.0], n)
    return {
        "ordinary": (hard, sign * rng.uniform(0.1, 10, n)),
        "soft labels": (rng.uniform(0, 1, n), sign * rng.uniform(0.1, 10, n)),
        "tiny": (hard, sizes(rng, n, -8, -2)),
        "zero": (np.array([0.0, 1.0]), np.zeros(2)),
        "right": (hard, (2 * hard - 1) * rng.uniform(10, 80, n)),
        "wrong": (hard, (1 - 2 * hard) * rng.uniform(10, 80, n)),
        "huge": (hard, sign * rng.uniform(120, 1e4, n)),
    }


def fractions(rng, n):
    hard, soft = rng.integers(0, 2, n) * 1.0, rng.uniform(0, 1, n)
    near_1 = 1 - 10.0 ** rng.uniform(-16, -3, n)
    return {
        "ordinary": (hard, rng.uniform(0.01, 0.99, n)),
        "soft labels": (soft, rng.uniform(0.01, 0.99, n)),
        "1e-30..1e-8": (hard, 10.0 ** rng.uniform(-30, -8, n)),
        "1e-300..1e-30": (hard, 10.0 ** rng.uniform(-300, -30, n)),
        "near 1": (hard, near_1),
        "0 and 1": (np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])),
    }


def softmax_logits(rng, n, many, *, sparse):
    right, noise = rng.integers(10, size=n), rng.normal(size=(n, 10))
    own, margins = np.eye(10)[right], rng.uniform(6, 80, (n, 1))
    labels = right if sparse else own
    ranges = {
        "ordinary": (labels, 3 * noise),
        "tiny": (labels, noise * 10.0 ** rng.uniform(-8, -2, (n, 1))),
        "right": (labels, noise + margins * own),
        "wrong": (labels, noise - rng.uniform(10, 1e4, (n, 1)) * own),
        "+1e3, right": (labels, noise + 12 * own + 1e3),
        "+1e4": (labels, 3 * noise + 1e4),
        "+1e6": (labels, 3 * noise + 1e6),
        "huge": (labels, 1e4 * noise),
    }
    if not sparse:
        ranges["soft labels"] = rng.dirichlet(np.ones(10), n), 3 * noise
    for k in (1000, 10_000) if many else ():
        label = rng.integers(k, size=1)
        logits = 3 * rng.normal(size=(1, k))
        ranges[f"K = {k:,}"] = label if sparse else np.eye(k)[label], logits
    return ranges


def class_probabilities(rng, n, *, sparse):
    right = rng.integers(10, size=n)
    own = np.eye(10)[right]
    labels = right if sparse else own

    def of_truth(p):
        """Return rows with probability p for the true class and the rest spread evenly."""
        return own * p + (1 - own) * (1 - p) / 9

    return {
        "ordinary": (labels, rng.dirichlet(np.full(10, 2.0), n)),
        "1e-30..1e-8": (labels, of_truth(10.0 ** rng.uniform(-30, -8, (n, 1)))),
        "near 1": (labels, of_truth(1 - 10.0 ** rng.uniform(-12, -3, (n, 1)))),
        "1": (labels, own.copy()),
        "0": (labels, np.roll(own, 1, axis=-1)),
    }


def rates(rng, n):
    counts = rng.poisson(3.0, n) * 1.0
    bounds = [(-30, -8), (-3, 1), (1, 6)]
    return {f"1e{a}..1e{b}": (counts, 10.0 ** rng.uniform(a, b, n)) for a, b in bounds}


def relatives(rng, n):
    """Return truths and predictions of at least 0: apart, near each other, small and 0."""
    truth, small = rng.uniform(0.5, 100, n), 10.0 ** rng.uniform(-30, -8, n)
    return {
        "ordinary": (truth, rng.uniform(0.5, 100, n)),
        "1e-3 apart": (truth, truth * (1 + 1e-3 * rng.normal(size=n))),
        "1e-6 apart": (truth, truth * (1 + 1e-6 * rng.normal(size=n))),
        "1e-30..1e-8": (small, 2 * small),
        "0": (np.zeros(1), np.ones(1)),
    }


def logarithms(rng, n):
    counts = rng.poisson(3.0, n) * 1.0
    bounds = [(-30, -8), (-3, 1), (1, 1.9)]
    return {f"1e{a}..1e{b}": (counts, sizes(rng, n, a, b)) for a, b in bounds}


def distances(rng, n):
    label = rng.integers(0, 2, n) * 1.0
    return {
        "ordinary": (label, rng.uniform(0, 2, n)),
        "1e-30..1e-8": (label, 10.0 ** rng.uniform(-30, -8, n)),
        "near the margin": (label, 1 - 10.0 ** rng.uniform(-6, -1, n)),
    }


def scores(rng, n):
    sign = rng.choice([-1.0, 1.0], n)
    return {
        "1e-8..1e4": (sign, sizes(rng, n, -8, 4)),
        "near the margin": (sign, sign * (1 - 10.0 ** rng.uniform(-6, -1, n))),
    }


def class_scores(rng, n):
    own, noise = np.eye(10)[rng.integers(10, size=n)], rng.normal(size=(n, 10))
    return {
        "ordinary": (own, noise),
        "1e-8": (own, 1e-8 * noise),
        "1e4": (own, 1e4 * noise),
        "all negative": (own, -1 - np.abs(noise)),
    }


def distributions(rng, n):
    p, q = rng.dirichlet(np.full(10, 2.0), (2, n))
    zeros = np.where(np.arange(10) < 4, 0.0, p)
    return {
        "ordinary": (p, q),
        "zeros": (zeros, q),
        "to 1e-20": (p, q * 10.0 ** rng.uniform(-20, 0, (n, 10))),
        "1e-3 apart": (p, p * (1 + 1e-3 * rng.normal(size=(n, 10)))),
        "1e-6 apart": (p, p * (1 + 1e-6 * rng.normal(size=(n, 10)))),
        "equal": (p, p),
    }


def vectors(rng, n):
    a, b = rng.normal(size=(2, n, 8))
    norms = ["1", "1e-8", "1e-20", "1e20", "1e-160", "1e160"]
    return {f"norm {size}": (a, float(size) * b) for size in norms}


def outputs(rng, n):
    """Return several outputs per example, which all have an error of the same size in common."""
    truth, prediction = rng.normal(size=(2, n, 8))
    return {
        "ordinary": (truth, prediction),
        "off by 1e3": (truth, prediction + 1e3),
        "1e-8": (1e-8 * truth, 1e-8 * prediction),
        "1e8": (1e8 * truth, 1e8 * prediction),
    }
