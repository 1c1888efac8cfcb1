"""From a vector of losses to one number: the only place that sums or averages."""

from typing import Literal, get_args, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_numbers, reject
from lossutils._calls import checked
from lossutils._numerics import in_float64, result_dtype, rounded, scaled, silent, summed

Reduction = Literal["sum_over_batch_size", "sum", "mean_with_sample_weight"]
REDUCTIONS = (*get_args(Reduction), None)


@overload
def reduce_loss(
    values: ArrayLike, sample_weight: ArrayLike | None = None, *, reduction: Reduction = ...
) -> np.floating: ...
@overload
def reduce_loss(
    values: ArrayLike, sample_weight: ArrayLike | None = None, *, reduction: None
) -> NDArray[np.floating]: ...
@checked
@silent
def reduce_loss(
    values: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    reduction: Reduction | None = "sum_over_batch_size",
) -> np.floating | NDArray[np.floating]:
    r"""Return losses as one number, weighted and summed or averaged as Keras names it.

    Parameters
    ----------
    values : array_like
        Losses: one per example, shape [batch_size], or one per element, shape [batch_size, ...].
        They may be infinite, but not `nan`.
    sample_weight : array_like, optional
        One weight for all; or one per example, shape [batch_size], also for losses per element;
        or as many axes as `values`, each of the same length or 1. At least 0.
    reduction : {"sum_over_batch_size", "sum", "mean_with_sample_weight", None}
        What to divide the sum of the weighted losses by: the number of losses (those of weight 0
        included); 1; the sum of the weights. None returns the weighted losses as they are.

    Returns
    -------
    scalar, or ndarray when `reduction` is None
        In the floating dtype of `values`, computed in float64. Nothing to average, as in an empty
        batch or with weights that are all 0, gives 0.

    See Also
    --------
    ``tf.keras.losses.Loss`` reduces in the same way, but for these (Keras 3.15): weights of shape
    [batch_size] on losses of shape [batch_size, n] go along the last axis, to the elements instead
    of the examples; "mean_with_sample_weight" divides by the sum of the weights before they are
    broadcast, so that one weight for all does not cancel out; an infinite loss of weight 0 gives
    `nan`; an empty batch gives an empty array.

    Notes
    -----
    "sum_over_batch_size" is the mean over all losses, whatever the shape:
    :math:`\sum_i w_i l_i / n`. "mean_with_sample_weight" is :math:`\sum_i w_i l_i / \sum_i w_i`.
    A loss of weight 0 counts as 0.

    Examples
    --------
    >>> for name in ["sum_over_batch_size", "sum", "mean_with_sample_weight"]:
    ...     print(reduce_loss([1.0, 9.0], [0.0, 10.0], reduction=name))
    45.0
    90.0
    9.0
    """
    if not isinstance(reduction, str | None) or reduction not in REDUCTIONS:
        known = ", ".join(repr(name) for name in REDUCTIONS)
        raise ValueError(f"reduction: expected one of {known}, got {reduction!r}")
    weight = 1.0 if sample_weight is None else sample_weight
    values, weights, dtype = _spread_out(values, sample_weight=weight)
    if reduction is None:
        return rounded(_weighted(values, weights), dtype)
    (weights, of_weights), count = scaled(weights.ravel()), values.size
    total, exponent = _sum(values.ravel(), weights, dtype)
    if reduction == "mean_with_sample_weight":  # the scale of the weights cancels
        return rounded(_divide(total, summed(weights, dtype), exponent), dtype)
    divisor = 1.0 if reduction == "sum" else count
    return rounded(_divide(total, divisor, exponent + of_weights[0]), dtype)


@checked
@silent
def sum_by_nonzero_weights(values: ArrayLike, weights: ArrayLike = 1.0) -> np.floating:
    r"""Return the sum of the weighted losses over the number of weights that are not 0.

    Parameters
    ----------
    values : array_like
        Losses, as in `reduce_loss`.
    weights : array_like, default 1.0
        Weights, as `sample_weight` in `reduce_loss`.

    Returns
    -------
    scalar
        In the floating dtype of `values`; 0 when no weight is different from 0.

    See Also
    --------
    ``tf.compat.v1.losses.compute_weighted_loss`` with its default, SUM_BY_NONZERO_WEIGHTS, is the
    same function; it refuses weights of shape [batch_size] for losses per element. No reduction of
    Keras 3 does this for weights other than 0 and 1.

    Notes
    -----
    :math:`\sum_i w_i l_i / |\{i : w_i \ne 0\}|`, counted after broadcasting. The default reduction
    of TensorFlow 1.

    Examples
    --------
    >>> print(sum_by_nonzero_weights([1.0, 2.0, 3.0], [0.0, 2.0, 2.0]))
    5.0
    """
    values, weights, dtype = _spread_out(values, weights=weights)
    count, (weights, of_weights) = np.count_nonzero(weights), scaled(weights.ravel())
    total, exponent = _sum(values.ravel(), weights, dtype)
    return rounded(_divide(total, count, exponent + of_weights[0]), dtype)


def _weighted(values, weights):
    return np.where(weights == 0, 0.0, values * weights)


def _sum(values, weights, dtype):
    """Return the sum of the weighted values without a power of 2, and its exponent.

    Their mean may be finite where their sum is not.
    """
    values, exponent = scaled(values)
    return summed(_weighted(values, weights), dtype), exponent[0]


def _divide(total, count, exponent):
    return np.ldexp(total / count, exponent) if count else 0.0


def _spread_out(values, **named_weights):
    ((name, weights),) = named_weights.items()
    values, weights = as_numbers("values", values, finite=False), as_numbers(name, weights)
    reject("values", values, np.isnan(values), "losses")
    reject(name, weights, weights < 0, "weights of at least 0")
    dtype = result_dtype(values=values)
    return in_float64(values), _spread(name, in_float64(weights), values.shape), dtype


def _spread(name, weights, shape):
    same_rank = weights.ndim == len(shape)
    if same_rank and all(w in (1, n) for w, n in zip(weights.shape, shape, strict=True)):
        return np.broadcast_to(weights, shape)
    if weights.shape != shape[: weights.ndim]:
        raise ValueError(
            f"{name}: expected one weight, or one for each of the first axes of values, shape "
            f"{shape}, got shape {weights.shape}"
        )
    return np.broadcast_to(
        weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim)), shape
    )
