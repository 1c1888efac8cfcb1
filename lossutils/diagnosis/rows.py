"""A batch as rows: what the rules on its content look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lossutils._numerics import EPSILON
from lossutils.diagnosis import names
from lossutils.diagnosis.shapes import fits_as_indices, is_column, one_hot

_LARGEST = {"float16": 65504.0, "bfloat16": 3.4e38, "float32": 3.4e38}


@dataclass(frozen=True)
class Rows:
    """The examples that count: those with a weight and with finite numbers.

    `truth` has the shape of `prediction`, (n, k), or is one class index for each row, (n,).
    """

    truth: np.ndarray
    prediction: np.ndarray
    loss: str | None
    from_logits: bool
    dtype: np.dtype
    complete: bool

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
        """Where the prediction is no probability, rounding granted."""
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
    def hard_prediction(self):
        """Whether the prediction holds 0 and 1 only, and both of them."""
        return two_values(self.prediction, 0, 1)


def two_values(array, low, high):
    """Tell whether both values occur, and no other."""
    is_low, is_high = array == low, array == high
    return bool(np.all(is_low | is_high) and is_low.any() and is_high.any())


def losses_shape(p, loss):
    """Return the shape of the losses for predictions of shape `p`: one for each row."""
    return p if len(p) == 1 and loss not in (*names.ROWWISE, *names.SPARSE) else p[:-1]


def rows_of(truth, prediction, weight, loss, from_logits):
    """Return the rows that count, or None where truth and prediction do not belong together."""
    t, p = truth.shape, prediction.shape
    if not p or (loss in names.SPARSE and len(p) < 2):
        return None
    as_indices = loss in (*names.SPARSE, None) and t in (p[:-1], (*p[:-1], 1)) and len(p) > 1
    as_indices &= loss is not None or p[-1] > 1
    if not as_indices and t != p and not (is_column(t, p) and not fits_as_indices(t, p)):
        return None
    per_loss = losses_shape(prediction.values.shape, loss)
    z = prediction.values.reshape(int(np.prod(per_loss)), -1)
    y = truth.values.reshape(-1) if as_indices else truth.values.reshape(z.shape)
    counts = _weights(weight, losses_shape(p, loss), per_loss) != 0
    finite = np.isfinite(z).all(axis=1) & np.isfinite(y.reshape(len(z), -1)).all(axis=1)
    keep = counts.reshape(-1) & finite
    arguments = (loss, from_logits, prediction.dtype, prediction.whole_rows)
    return Rows(y[keep], z[keep], *arguments) if keep.any() else None


def _weights(weight, shape, read):
    """Return a weight for each loss that was read; those that do not fit are passed over."""
    if weight is None:
        return np.ones(read)
    values = weight.values
    if weight.shape == (*shape, 1):
        values = values[..., 0]
    same = values.ndim == len(read)
    fits = same and all(m in (1, n) for m, n in zip(values.shape, read, strict=True))
    return np.broadcast_to(values, read) if fits or values.ndim == 0 else np.ones(read)
