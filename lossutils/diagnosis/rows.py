"""A batch as rows: what the rules on its content look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lossutils._numerics import EPSILON
from lossutils.diagnosis import names
from lossutils.diagnosis.shapes import (
    aligned,
    fits_as_indices,
    is_column,
    one_hot,
    one_label_for_a_sequence,
)
from lossutils.diagnosis.weights import fitted, losses_shape

_LARGEST = {"float16": 65504.0, "bfloat16": 3.4e38, "float32": 3.4e38}


@dataclass(frozen=True)
class Options:
    """What else was said about the loss and the model."""

    ignore_class: int | None = None
    gamma: float | None = None
    pos_weight: np.ndarray | None = None
    trained: bool = False


@dataclass(frozen=True)
class Rows:
    """The examples that count: those with a weight and with finite numbers.

    `truth` has the shape of `prediction`, (n, k), or is one class index for each row, (n,).
    `arrays` are truth and prediction as they were read, all of them in their own shape.
    `weight` is the weight of each row, and `total` the number by which Keras divides their sum:
    that of all rows, those of weight 0 included, and those without that the mask leaves out.
    """

    truth: np.ndarray
    prediction: np.ndarray
    arrays: tuple
    loss: str | None
    from_logits: bool
    dtype: np.dtype
    complete: bool
    options: Options
    weight: np.ndarray
    total: int

    def __len__(self):
        return len(self.prediction)

    @property
    def classes(self):
        """The length of a row."""
        return self.prediction.shape[1]

    @property
    def indices(self):
        """Whether the truth is one class index for each row."""
        return self.truth.ndim == 1

    @property
    def epsilon(self):
        """The spacing of the prediction's dtype at 1."""
        return EPSILON.get(self.dtype.name, 2.0**-52)

    @property
    def largest(self):
        """The largest number of the prediction's dtype."""
        return _LARGEST.get(self.dtype.name, 1.7e308)

    @property
    def of_probabilities(self):
        """Whether the loss takes the logarithm of the predictions as they are."""
        return self.loss in names.ENTROPIES and not self.from_logits

    @cached_property
    def outside(self):
        """Where the prediction is not a probability, rounding granted."""
        slack = max(1e-4, 2 * self.epsilon)
        return (self.prediction < -slack) | (self.prediction > 1 + slack)

    @cached_property
    def sums(self):
        """The sum of each row of the prediction."""
        return self.prediction.sum(axis=1)

    @cached_property
    def distributions(self):
        """Which rows of the prediction sum to 1, rounding granted; none where others are seen."""
        if not self.complete or self.classes < 2 or self.outside.any():
            return np.zeros(len(self), bool)
        return np.abs(self.sums - 1) <= max(1e-3, self.epsilon)

    @cached_property
    def one_hot_truth(self):
        """Whether each row of the truth has one 1 and zeros."""
        return not self.indices and self.complete and one_hot(self.truth)

    @cached_property
    def saturated(self):
        """The prediction, in which the number before 1 is 1: TensorFlow's kernels differ in it."""
        if self.dtype.name != "float32":
            return self.prediction
        return np.where(self.prediction == 1 - self.epsilon / 2, 1.0, self.prediction)

    @cached_property
    def hard_prediction(self):
        """Whether the prediction holds 0 and 1 only, rounding granted, and both of them."""
        return two_values(self.saturated, 0, 1)


def two_values(array, low, high):
    """Tell whether both values occur, and no other."""
    is_low, is_high = array == low, array == high
    return bool(np.all(is_low | is_high) and is_low.any() and is_high.any())


def rows_of(arrays, loss, from_logits, options):
    """Return the rows that count, or None where truth and prediction do not belong together."""
    truth, prediction = arrays["y_true"], arrays["y_pred"]
    if not _belong_together(truth.shape, prediction.shape, loss):
        return None
    per_loss = losses_shape(prediction.values.shape, loss)
    if loss in names.OVERLAPS:
        per_loss = prediction.values.shape[:-1] or prediction.values.shape
    z = prediction.values.reshape(int(np.prod(per_loss)), -1)
    as_indices = _as_indices(truth.shape, prediction.shape, loss)
    y = truth.values.reshape(-1) if as_indices else truth.values.reshape(z.shape)
    shapes = losses_shape(prediction.shape, loss), per_loss
    weights, mask = (_weights(arrays.get(name), *shapes) for name in ("sample_weight", "mask"))
    finite = np.isfinite(z).all(axis=1) & np.isfinite(y.reshape(len(z), -1)).all(axis=1)
    ignored = _ignored(y, options) | (mask == 0)
    keep = (weights != 0) & finite & ~ignored
    description = (loss, from_logits, prediction.dtype, prediction.whole_rows, options)
    total, both = int(np.sum(~ignored)), (truth, prediction)
    return Rows(y[keep], z[keep], both, *description, weights[keep], total) if keep.any() else None


def _ignored(y, options):
    if options.ignore_class is None or y.ndim > 1:
        return np.zeros(len(y), bool)
    return y == options.ignore_class


def _as_indices(t, p, loss):
    fits = loss in (*names.INDEXED, None) and t in (p[:-1], (*p[:-1], 1)) and len(p) > 1
    return fits and (loss is not None or p[-1] > 1)


def _belong_together(t, p, loss):
    if not p or loss in ("ctc", "circle") or (loss in names.INDEXED and len(p) < 2):
        return False
    if loss is not None and one_label_for_a_sequence(t, p, loss):
        return False
    column = is_column(t, p) and len(set(aligned(t, p))) == 1 and not fits_as_indices(t, p)
    return _as_indices(t, p, loss) or t == p or column


def _weights(weight, shape, read):
    """Return a flat array of one weight for each loss that was read."""
    return _fitting(weight, shape, read).reshape(-1)


def _fitting(weight, shape, read):
    """Return a weight for each loss that was read; those that do not fit are passed over."""
    if weight is None:
        return np.ones(read)
    values = weight.values
    if values.ndim == 0:
        return np.broadcast_to(values, read)
    if len(shape) != len(read) or fitted(weight.shape, shape) is None:
        return np.ones(read)
    if values.ndim != len(read):
        values = values[..., 0] if values.ndim > len(read) else values[..., None]
    fits = all(mine in (1, other) for mine, other in zip(values.shape, read, strict=True))
    return np.broadcast_to(values, read) if fits else np.ones(read)
