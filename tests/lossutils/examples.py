"""Arguments for every loss, and one way to call them all: what the other tests share."""

import inspect

import numpy as np

from lossutils import gradients, losses

try:
    from ml_dtypes import bfloat16
except ImportError:  # the wheel is tested beside NumPy alone
    bfloat16 = None

FLOATING = [dtype for dtype in (np.float16, bfloat16, np.float32, np.float64) if dtype]

# What truth and prediction are, and whether a value belongs to an element or to an example.
ELEMENTWISE = {
    "squared_error": ("number", "number"),
    "absolute_error": ("number", "number"),
    "huber_loss": ("number", "number"),
    "pseudo_huber_loss": ("number", "number"),
    "log_cosh": ("number", "number"),
    "pinball_loss": ("number", "number"),
    "absolute_percentage_error": ("number", "number"),
    "squared_logarithmic_error": ("rate", "rate"),
    "poisson_loss": ("count", "rate"),
    "log_poisson_loss": ("count", "number"),
    "binary_cross_entropy": ("fraction", "fraction"),
    "binary_focal_cross_entropy": ("fraction", "fraction"),
    "hinge_loss": ("sign", "number"),
    "squared_hinge_loss": ("sign", "number"),
    "contrastive_loss": ("binary", "rate"),
    "sigmoid_cross_entropy_with_logits": ("fraction", "number"),
    "weighted_cross_entropy_with_logits": ("fraction", "number"),
    "sigmoid_focal_cross_entropy_with_logits": ("fraction", "number"),
}
ROWWISE = {
    "categorical_cross_entropy": ("distribution", "distribution"),
    "sparse_categorical_cross_entropy": ("class", "distribution"),
    "softmax_cross_entropy_with_logits": ("distribution", "number"),
    "sparse_softmax_cross_entropy_with_logits": ("class", "number"),
    "categorical_generalized_cross_entropy": ("class", "distribution"),
    "categorical_hinge": ("one-hot", "number"),
    "kl_divergence": ("distribution", "distribution"),
    "cosine_similarity": ("number", "number"),
    "cosine_distance": ("number", "number"),
    "mean_pairwise_squared_error": ("number", "number"),
    "categorical_focal_cross_entropy": ("distribution", "distribution"),
    "softmax_focal_cross_entropy_with_logits": ("distribution", "number"),
}
LOSSES = ELEMENTWISE | ROWWISE
AXIS = [name for name in ROWWISE if "axis" in inspect.signature(getattr(losses, name)).parameters]
# What does not take a truth and a prediction of these kinds has its own tests, in this file.
OTHERS = {
    "l2_loss": "test_losses",
    "gaussian_negative_log_likelihood": "test_likelihoods",
    "ordinal_cross_entropy_with_logits": "test_ordinal",
    "dice": "test_overlap",
    "tversky": "test_overlap",
    "triplet_margin_loss": "test_embeddings",
    "batch_hard_triplet_loss": "test_embeddings",
    "info_nce": "test_embeddings",
    "circle": "test_embeddings",
    "ctc_loss": "test_ctc",
    "sampled_softmax_loss": "test_sampled",
    "nce_loss": "test_sampled",
}
REQUIRED = {
    "pinball_loss": {"quantile": 0.8},
    "contrastive_loss": {"same_label": 0},
    "categorical_generalized_cross_entropy": {"q": 0.7},
    "hinge_loss": {"label_values": (-1, 1)},
    "squared_hinge_loss": {"label_values": (-1, 1)},
    "weighted_cross_entropy_with_logits": {"pos_weight": 3.0},
}


def draw(kind, rng, shape):
    """Return random numbers of a kind, away from kinks and edges."""
    if kind == "class":
        return rng.integers(shape[-1], size=shape[:-1])
    if kind == "one-hot":
        return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]
    if kind == "distribution":
        return rng.dirichlet(np.full(shape[-1], 2.0), size=shape[:-1])
    return {
        "number": lambda: 2.0 * rng.normal(size=shape),
        "binary": lambda: rng.integers(0, 2, size=shape).astype(float),
        "count": lambda: rng.poisson(3.0, size=shape).astype(float),
        "rate": lambda: rng.uniform(0.1, 6.0, size=shape),
        "fraction": lambda: rng.uniform(0.05, 0.95, size=shape),
        "sign": lambda: rng.choice([-1.0, 1.0], size=shape),
    }[kind]()


def arguments(name, shape=(5, 4), seed=0):
    """Return a truth and a prediction for a loss."""
    rng = np.random.default_rng(seed)
    truth, prediction = LOSSES[name]
    return draw(truth, rng, shape), draw(prediction, rng, shape)


def call(function, truth, prediction, **options):
    """Call a loss, or its gradient, or a twin of the same signature, as its name asks for."""
    options = REQUIRED.get(function.__name__, {}) | options
    if function.__name__.endswith("_with_logits"):
        return function(labels=truth, logits=prediction, **options)
    return function(truth, prediction, **options)


def loss(name, truth, prediction, **options):
    """Return the values of a loss by its name."""
    return call(getattr(losses, name), truth, prediction, **options)


def gradient(name, truth, prediction, **options):
    """Return the gradient of a loss by its name."""
    return call(getattr(gradients, name), truth, prediction, **options)
