"""How accurate the losses of several arrays are: batches by range, and the worst errors.

The exact gradient is a central difference of the exact sum. With 150 digits and a step of 1e-30, a
derivative of 1e-90 beside a loss of 100 keeps 30 digits.
"""

import mpmath
import numpy as np
from mpmath import mpf

from lossutils import gradients, losses
from tools.bench import exact_batches

DIGITS, STEP = 150, mpf(10) ** -30
SCALES = {"ordinary": 1.0, "large": 30.0}
# What is counted: these are not rounded to the dtype that is measured.
COUNTS = ("true_expected_count", "sampled_expected_count")
WITH_RESPECT_TO = {
    "l2_loss": ["t"],
    "gaussian_negative_log_likelihood": ["y_pred", "variance"],
    "triplet_margin_loss": ["anchors", "positives", "negatives"],
    "info_nce": ["queries", "keys"],
}


def batches(rng):
    """Return loss -> range -> the arguments of a batch in float64."""
    embeddings = {"ordinary": 1.0, "large": 1e4}
    return {
        "gaussian_negative_log_likelihood": {
            name: _gaussian(rng, scale) for name, scale in {"ordinary": 1.0, "large": 50.0}.items()
        },
        "ordinal_cross_entropy_with_logits": {
            name: {"labels": np.array([0, 2, 4]), "logits": scale * rng.normal(size=(3, 4))}
            for name, scale in SCALES.items()
        },
        "dice": _masks(rng, axis=1),
        "tversky": _masks(rng, axis=1, alpha=0.3, beta=0.7),
        "triplet_margin_loss": {
            name: {"margin": scale} | _vectors(rng, scale, "anchors", "positives", "negatives")
            for name, scale in embeddings.items()
        },
        "batch_hard_triplet_loss": {
            name: {"y_true": LABELS, "margin": scale} | _vectors(rng, scale, "y_pred")
            for name, scale in embeddings.items()
        },
        "info_nce": {
            name: {"temperature": temperature} | _unit(rng, "queries", "keys", shape=(4, 3))
            for name, temperature in (("ordinary", 0.5), ("cold", 0.01))
        },
        "circle": {
            name: {"y_true": LABELS, "gamma": gamma} | _unit(rng, "y_pred")
            for name, gamma in (("ordinary", 2.0), ("steep", 80.0))
        },
        "ctc_loss": {name: _sequences(rng, scale) for name, scale in SCALES.items()},
        "sampled_softmax_loss": {name: _samples(rng, scale) for name, scale in SCALES.items()},
        "nce_loss": {name: _samples(rng, scale) for name, scale in SCALES.items()},
    }


LABELS = np.array([3, 1, 3, 1, 1, 2])


def _gaussian(rng, scale):
    truth = scale * rng.normal(size=8)
    variance = scale**2 * rng.uniform(0.1, 4.0, 8)
    return {"y_true": truth, "y_pred": truth + scale * rng.normal(size=8), "variance": variance}


def _masks(rng, **options):
    hard = rng.integers(0, 2, (3, 9)) * 1.0
    predictions = {
        "ordinary": rng.random((3, 9)),
        "nearly right": np.clip(hard + 1e-4 * rng.normal(size=(3, 9)), 0, 1),
        "nearly empty": 10.0 ** rng.uniform(-7, -3, (3, 9)),
    }
    return {name: {"y_true": hard, "y_pred": p} | options for name, p in predictions.items()}


def _vectors(rng, scale, *names, shape=(6, 4)):
    return {name: scale * rng.normal(size=shape) for name in names}


def _unit(rng, *names, shape=(6, 4)):
    arrays = _vectors(rng, 1.0, *names, shape=shape)
    return {name: a / np.linalg.norm(a, axis=1, keepdims=True) for name, a in arrays.items()}


def _sequences(rng, scale):
    return {
        "labels": np.array([[1, 2], [1, 1]]),
        "logits": scale * rng.normal(size=(2, 4, 3)),
        "label_length": np.array([2, 2]),
        "logit_length": np.array([4, 4]),
    }


def _samples(rng, scale):
    return {
        "labels": np.array([2, 0, 7]),
        "logits": scale * rng.normal(size=(3, 8)),
        "sampled_classes": np.array([2, 3, 5, 6]),
        "true_expected_count": rng.uniform(0.01, 2.0, 3),
        "sampled_expected_count": rng.uniform(0.01, 2.0, 4),
    }


def rounded_to(dtype, arguments):
    """Return the arguments with the arrays of numbers in a dtype."""
    numbers = [
        name
        for name, value in arguments.items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and name not in COUNTS
    ]
    return arguments | {name: arguments[name].astype(dtype) for name in numbers}


@mpmath.workdps(DIGITS)
def exact(name, arguments):
    """Return the exact values of a batch, and their derivatives one after another."""
    function = getattr(exact_batches, name)
    given = {key: in_mpmath(value) for key, value in arguments.items()}
    slopes = []
    for argument in with_respect_to(name, arguments):
        for place in np.ndindex(arguments[argument].shape):
            ahead, behind = (
                mpmath.fsum(function(**given | {argument: moved(given[argument], place, step)}))
                for step in (STEP, -STEP)
            )
            slopes.append((ahead - behind) / (2 * STEP))
    return function(**given), slopes


def with_respect_to(name, arguments):
    """Return the arguments that the gradient of a loss is with respect to."""
    return WITH_RESPECT_TO.get(name, ["logits" if "logits" in arguments else "y_pred"])


def in_mpmath(value):
    """Return an argument with its numbers as they are, in mpmath, and integers as integers."""
    if np.ndim(value):
        return [in_mpmath(one) for one in value]
    return int(value) if isinstance(value, int | np.integer) else mpf(float(value))


def moved(numbers, place, step):
    """Return nested lists with one number moved."""
    first, *rest = place
    changed = moved(numbers[first], rest, step) if rest else numbers[first] + step
    return [*numbers[:first], changed, *numbers[first + 1 :]]


def computed(name, arguments):
    """Return the values and the derivatives of lossutils, one after another."""
    values, slopes = (getattr(module, name)(**arguments) for module in (losses, gradients))
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    return values, np.concatenate([np.ravel(slope) for slope in slopes])
