"""Rules about the metric of an output: does it fit what the model returns, and the labels?"""

from dataclasses import dataclass

import keras
import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, found, span
from lossutils.diagnosis.shapes import fits_as_indices, one_hot, whole

_FEW = 0.05  # a share of the labels or rows that is passed over
_M = keras.metrics
_RATES = (
    _M.Precision, _M.Recall, _M.TruePositives, _M.TrueNegatives, _M.FalsePositives,
    _M.FalseNegatives,
)  # fmt: skip
_CURVES = (
    _M.AUC, _M.PrecisionAtRecall, _M.RecallAtPrecision, _M.SensitivityAtSpecificity,
    _M.SpecificityAtSensitivity,
)  # fmt: skip
_ROWS = (_M.CategoricalAccuracy, _M.TopKCategoricalAccuracy)
_SPARSE = (_M.SparseCategoricalAccuracy, _M.SparseTopKCategoricalAccuracy)
_TOP = (_M.TopKCategoricalAccuracy, _M.SparseTopKCategoricalAccuracy)
_F = (_M.FBetaScore, _M.F1Score)
_ENTROPIES = (
    _M.BinaryCrossentropy, _M.CategoricalCrossentropy, _M.SparseCategoricalCrossentropy,
)  # fmt: skip
_ERRORS = (_M.MeanAbsoluteError, _M.MeanSquaredError, _M.RootMeanSquaredError, _M.R2Score)


@dataclass(frozen=True)
class Measured:
    """A metric of Keras, and the batch that it measures."""

    metric: keras.metrics.Metric
    name: str
    y: np.ndarray
    p: np.ndarray
    loss: str | None
    from_logits: bool

    def is_a(self, *classes):
        """Tell whether the metric is exactly one of these: a subclass may measure differently."""
        return type(self.metric) in classes

    @property
    def columns(self):
        """The length of the last axis of the predictions."""
        return self.p.shape[-1] if self.p.ndim > 1 else 1

    @property
    def of_scores(self):
        """Whether the predictions are scores, for which the threshold is 0."""
        return (self.from_logits and self.loss in names.ENTROPIES) or self.loss in names.HINGES


def _mismatch(evidence, instead):
    return found("metric-mismatch", evidence, instead, certain=False)


def cut_at_half(m):
    """Return a suspicion when logits are cut at 0.5, or taken for probabilities."""
    if not m.of_scores or not _takes_probabilities(m):
        return None
    what = "the loss takes logits" if m.loss in names.ENTROPIES else f"{m.loss} takes scores"
    evidence = f"{what} (here {span(m.p)}), and {m.name} counts numbers above 0.5 as 1; the logit"
    evidence += " of the probability 0.5 is 0."
    if m.is_a(*_CURVES):
        evidence = f"{what} (here {span(m.p)}), and {m.name} tries thresholds from 0 to 1."
    return found("accuracy-of-logits", evidence, _of_logits(m), certain=False)


def _takes_probabilities(m):
    """Tell whether the metric cuts at 0.5, or at several thresholds from 0 to 1."""
    if m.is_a(*_RATES):
        return list(m.metric.thresholds) == [0.5] and getattr(m.metric, "top_k", None) is None
    if m.is_a(*_CURVES):
        return not getattr(m.metric, "_from_logits", False)
    return m.is_a(_M.BinaryAccuracy, _M.BinaryIoU, *_F) and m.metric.threshold == 0.5


def _of_logits(m):
    last = "softmax" if m.loss not in (*names.BINARY, *names.HINGES) else "sigmoid"
    if last == "softmax" or m.is_a(*_F, *_CURVES[1:]):
        return f"a {last} as the last layer, and from_logits=False in the loss"
    name = type(m.metric).__name__
    option = "thresholds" if m.is_a(*_RATES) else "threshold"
    argument = "from_logits=True" if m.is_a(_M.AUC) else f"{option}=0.0"
    return f"keras.metrics.{name}({argument})"


def no_labels_of_it(m):
    """Return a suspicion when an accuracy counts 0 and 1, and the labels are something else."""
    if not m.is_a(_M.BinaryAccuracy, *_RATES, *_CURVES, _M.BinaryIoU):
        return None
    other = ~np.isin(m.y, (0, 1))
    beyond = m.loss in names.BINARY and (m.y.min() < 0 or m.y.max() > 1)  # a mistake of its own
    if other.mean() < _FEW or _indices(m) or beyond:
        return None
    evidence = f"{m.name} compares decisions of 0 and 1 with the labels, and"
    evidence += f" {count(other, 'labels')} are neither ({span(m.y)})."
    return _mismatch(evidence, _of_labels(m))


def _of_labels(m):
    """Return the metric of labels other than 0 and 1: of an error, or of signs."""
    if set(np.unique(m.y)) <= {-1, 1}:
        return "labels 0 and 1 in the metric; or the share of equal signs, in a metric of your own"
    return "metrics=['mae'], the mean absolute error"


def rows_of_several(m):
    """Return a suspicion when an argmax is taken of labels other than classes or their shares."""
    if not m.is_a(*_ROWS) or m.y.shape != m.p.shape or m.columns < 2:
        return None
    y = m.y.reshape(-1, m.columns)
    off = (np.abs(y.sum(axis=1) - 1) > 0.05) | (y < -1e-3).any(axis=1)
    off &= y.any(axis=1)
    if off.mean() < _FEW:
        return None
    evidence = f"{m.name} compares the largest number of each row, and {count(off, 'rows')} of"
    if whole(y) and np.isin(y, (0, 1)).all():
        cut = "threshold=0.0" if m.of_scores else ""
        evidence += " y_true hold several ones: it looks at one of them."
        return _mismatch(evidence, f"keras.metrics.BinaryAccuracy({cut})")
    evidence += f" y_true are not shares of classes ({span(y)})."
    return _mismatch(evidence, "metrics=['mae'], the mean absolute error")


def one_column(m):
    """Return a suspicion when the largest of a single column is looked for."""
    by_row = m.is_a(*_ROWS, *_SPARSE, *_F) or (m.is_a(_M.MeanIoU, _M.IoU) and not _sparse(m))
    if m.columns > 1 or not by_row or getattr(m.metric, "threshold", None) is not None:
        return None
    evidence = f"{m.name} looks for the largest column of each row, and y_pred has one column: the"
    evidence += " answer is the same for every example."
    if not np.isin(m.y, (0, 1)).mean() > 1 - _FEW:
        return _mismatch(evidence, "metrics=['mae'], the mean absolute error")
    return _mismatch(evidence, f"keras.metrics.BinaryAccuracy({'threshold=0.0' * m.of_scores})")


def exactly_equal(m):
    """Return a suspicion when fractions are asked to be equal to labels."""
    fractions = m.p != np.floor(m.p)
    if not m.is_a(_M.Accuracy) or fractions.mean() < 0.5:
        return None
    evidence = "keras.metrics.Accuracy counts predictions that are equal to the label, and"
    evidence += f" {count(fractions, 'numbers')} of y_pred are fractions."
    labels = whole(m.y) and m.loss not in names.DISTANCES
    return _mismatch(evidence, "metrics=['accuracy']" if labels else "metrics=['mae']")


def classes_or_rows(m):
    """Return a suspicion when a metric of class indices gets rows, or the other way round."""
    if m.is_a(*_SPARSE) and m.y.shape == m.p.shape and m.columns > 1:
        evidence = f"{m.name} takes class indices, and y_true has rows of {m.columns} numbers."
        name = type(m.metric).__name__.removeprefix("Sparse")
        return _mismatch(evidence, f"keras.metrics.{name}()")
    if not _indices(m) or not m.is_a(*_ROWS, *_ERRORS):
        return None
    evidence = f"y_true holds one class index for each row of {m.columns} outputs, and {m.name}"
    evidence += " compares rows."
    return _mismatch(evidence, "keras.metrics.SparseCategoricalAccuracy()")


def _indices(m):
    return fits_as_indices(m.y.shape, m.p.shape) and whole(m.y) and m.y.max() < m.columns


def overlap_of_fractions(m):
    """Return a suspicion when the overlap of classes is computed of probabilities."""
    fractions = m.p != np.floor(m.p)
    if not m.is_a(_M.IoU, _M.MeanIoU) or not _sparse(m) or fractions.mean() < 0.5:
        return None
    evidence = f"{m.name} takes class numbers, and {count(fractions, 'numbers')} of y_pred are"
    evidence += f" fractions ({span(m.p)}), which it rounds down."
    if m.columns > 1:
        return _mismatch(evidence, f"{type(m.metric).__name__}(..., sparse_y_pred=False)")
    threshold = "0.0" if m.of_scores else "0.5"
    return _mismatch(evidence, f"keras.metrics.BinaryIoU(threshold={threshold})")


def _sparse(m):
    return getattr(m.metric, "sparse_y_pred", True)


def share_of_variance(m):
    """Return a suspicion when the share of the explained variance is asked of classes."""
    if not m.is_a(_M.R2Score) or m.loss not in names.ENTROPIES:
        return None
    evidence = f"R2Score is a measure of a regression, and {m.loss} is the loss of a classifier."
    return _mismatch(evidence, "metrics=['accuracy']")


def entropy_of_logits(m):
    """Return a suspicion when a cross-entropy as metric takes the logits for probabilities."""
    of_logits = m.is_a(*_ENTROPIES) and m.from_logits and m.loss in names.ENTROPIES
    if not of_logits or getattr(m.metric, "from_logits", True):
        return None
    evidence = f"the loss takes logits, and {m.name} takes the same numbers ({span(m.p)}) for"
    evidence += " probabilities."
    name = type(m.metric).__name__
    return _mismatch(evidence, f"keras.metrics.{name}(from_logits=True)")


def both_columns(m):
    """Return a suspicion when precision and recall count the two columns of a softmax at once."""
    if not m.is_a(_M.Precision, _M.Recall) or m.of_scores or m.columns != 2:
        return None
    options = list(m.metric.thresholds), m.metric.top_k, m.metric.class_id
    if options != ([0.5], None, None) or m.y.shape != m.p.shape:
        return None
    if not one_hot(m.y.reshape(-1, 2)) or np.abs(m.p.sum(axis=-1) - 1).max() > 1e-2:
        return None
    evidence = f"{m.name} counts both columns of rows that sum to 1: a row that is right is a true"
    evidence += " positive, any other a false positive and a false negative. Precision and recall"
    evidence += " are the accuracy."
    return _mismatch(evidence, f"keras.metrics.{type(m.metric).__name__}(class_id=1)")


def as_many_as_classes(m):
    """Return a suspicion when the right class is always among the best ones."""
    k = getattr(m.metric, "_fn_kwargs", {}).get("k", 0)
    if not m.is_a(*_TOP) or not 1 < m.columns <= k:
        return None
    evidence = f"{m.name} looks for the right class among the best {k}, and there are {m.columns}."
    return _mismatch(evidence, f"k below {m.columns}, or metrics=['accuracy']")


RULES = (
    cut_at_half,
    one_column,
    exactly_equal,
    classes_or_rows,
    no_labels_of_it,
    rows_of_several,
    overlap_of_fractions,
    share_of_variance,
    entropy_of_logits,
    both_columns,
    as_many_as_classes,
)
