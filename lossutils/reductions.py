"""From a vector of losses to one number: the only place that sums or averages."""

import numpy as np

from lossutils._arguments import as_numbers, reject, result_dtype, rounded, silent

REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight", None)


@silent
def reduce_loss(values, sample_weight=None, *, reduction="sum_over_batch_size"):
    """Return the weighted losses as one number, or as they are when reduction is None."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"reduction: expected one of {', '.join(map(repr, REDUCTIONS))}, got {reduction!r}"
        )
    values, weights, dtype = _weighted(
        "sample_weight", values, 1.0 if sample_weight is None else sample_weight
    )
    weighted = np.where(weights == 0, 0.0, values * weights)
    if reduction is None:
        return rounded(weighted, dtype)
    counts = {
        "sum": 1.0,
        "sum_over_batch_size": values.size,
        "mean_with_sample_weight": weights.sum(),
    }
    return rounded(_divide(weighted.sum(), counts[reduction]), dtype)


@silent
def sum_by_nonzero_weights(values, weights=1.0):
    """Return the sum of the weighted losses divided by the number of weights that are not 0, as TensorFlow 1 did."""
    values, weights, dtype = _weighted("weights", values, weights)
    weighted = np.where(weights == 0, 0.0, values * weights)
    return rounded(_divide(weighted.sum(), np.count_nonzero(weights)), dtype)


def _divide(total, count):
    # Nothing to average (an empty batch, or weights that are all 0) is 0.
    return total / count if count else 0.0


def _weighted(name, values, weights):
    values, weights = as_numbers("values", values, finite=False), as_numbers(name, weights)
    dtype = result_dtype(values)
    values, weights = values.astype(np.float64), weights.astype(np.float64)
    reject("values", values, np.isnan(values), "losses")
    reject(name, weights, weights < 0, "weights of at least 0")
    if weights.ndim == values.ndim and all(
        w in (1, v) for w, v in zip(weights.shape, values.shape, strict=True)
    ):
        return values, np.broadcast_to(weights, values.shape), dtype
    if weights.shape != values.shape[: weights.ndim]:
        raise ValueError(
            f"{name}: expected one weight, or one per example or per value of values with shape {values.shape}, "
            f"got shape {weights.shape}"
        )
    weights = weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))
    return values, np.broadcast_to(weights, values.shape), dtype
