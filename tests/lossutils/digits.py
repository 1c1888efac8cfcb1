"""How many digits must hold, and the comparison with mpmath; test_accuracy says which bounds."""

import ml_dtypes
import numpy as np
from examples import ELEMENTWISE, gradient, loss
from mpmath import isinf, mpf

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


def check(dtype, bound, computed, exact, noise=0.0):
    """Check one number: how far it is from the exact one, in units in the last place."""
    nearest, value = rounded(exact, dtype), float(computed)
    if isinf(nearest) or exact == 0 or not np.isfinite(value):
        assert value == nearest, f"{value} instead of {nearest}"
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
        slopes_and_noises = np.atleast_1d(slopes[row]), np.atleast_1d(noises[1][row])
        for slope, slope_noise, exact_slope in zip(*slopes_and_noises, exact_slopes, strict=True):
            check(dtype, BOUNDS[dtype][1], slope, exact_slope, slope_noise)


def exact(numbers):
    """Return numbers as they are, in mpmath."""
    return mpf(float(numbers)) if np.ndim(numbers) == 0 else [mpf(float(x)) for x in numbers]
