"""Which loss is it? A loss written by hand is recognised by its value on the first batch."""

import numpy as np

from lossutils import losses
from lossutils.diagnosis.call import batch_rows
from lossutils.diagnosis.constant import mean_loss
from lossutils.diagnosis.findings import fault, found
from lossutils.diagnosis.shapes import is_column

_KNOWN = (
    ("mean_squared_error", False),
    ("mean_absolute_error", False),
    ("binary_crossentropy", False),
    ("binary_crossentropy", True),
    ("categorical_crossentropy", False),
    ("categorical_crossentropy", True),
    ("sparse_categorical_crossentropy", False),
    ("sparse_categorical_crossentropy", True),
)
_CLOSE = 1e-4  # relative: the loss was computed in float32


def recognised(batch, value):
    """Return the one known loss, and whether of logits, that has this value; None otherwise."""
    fitting = []
    for loss, from_logits in _KNOWN:
        rows = batch_rows(*batch, loss, from_logits)
        mean = None if rows is None else mean_loss(rows)
        if mean is not None and np.isclose(mean, value, rtol=_CLOSE, atol=0):
            fitting.append((loss, from_logits))
    return fitting[0] if len(fitting) == 1 else None


def by_value(batch, value):
    """Return what the value of a loss written by hand shows on the first batch, or None."""
    rules = (broadcast_finding, upside_down, cancelling, similarity)
    return next(filter(None, (rule(batch, value) for rule in rules)), None)


def upside_down(batch, value):
    """Return a suspicion when the value is minus a known loss, its mean or its sum."""
    if not value < 0:
        return None
    for loss, from_logits in _KNOWN:
        rows = batch_rows(*batch, loss, from_logits)
        mean = None if rows is None else mean_loss(rows)
        if mean is None or not np.isclose((mean, mean * rows.total), -value, rtol=_CLOSE).any():
            continue
        evidence = f"the loss of the first batch is {value:.4g}, minus the {loss} of it: each step"
        evidence += " makes the predictions worse."
        return found("negative-loss", evidence, _MINUS, certain=False)
    return None


_MINUS = "a minus sign before it, as in -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)"


def cancelling(batch, value):
    """Return a suspicion when the value is the mean difference of labels and predictions."""
    y, p = _numbers(batch)
    if batch[2] is not None or y is None or y.size != p.size or not y.size:
        return None
    difference = float(np.mean(y) - np.mean(p))
    if not np.isclose(abs(difference), abs(value), rtol=_CLOSE, atol=0) or _one_sided(y, p):
        return None
    evidence = f"the loss of the first batch is {value:.4g}, the mean difference of labels and"
    evidence += " predictions. Differences of both signs cancel in it, and it has no lower bound."
    instead = "tf.square(y_true - y_pred), or tf.abs(y_true - y_pred)"
    return found("negative-loss", evidence, instead, certain=False)


def similarity(batch, value):
    """Return a suspicion when the value is the overlap of masks, which is largest where all fit."""
    y, p = _numbers(batch)
    if batch[2] is not None or y is None or y.shape != p.shape or y.ndim < 2 or not y.size:
        return None
    if not np.isin(y, (0, 1)).all() or p.min() < 0 or p.max() > 1 or abs(value - 0.5) < 1e-3:
        return None
    if not np.isclose(_overlaps(y, p), value, rtol=_CLOSE, atol=0).any():
        return None
    evidence = f"the loss of the first batch is {value:.4g}, the overlap of labels and predictions"
    evidence += " itself (Dice, Jaccard). It is 1 where all is right, and training makes it small."
    return fault("a similarity as the loss", evidence, "1 minus the overlap", certain=False)


def _overlaps(y, p):
    """Return the coefficients of Dice and Jaccard, with the sums that people write."""
    values = []
    for axes in (None, tuple(range(1, y.ndim))):
        both = np.sum(y * p, axis=axes)
        for size in (np.sum(y + p, axis=axes), np.sum(y * y + p * p, axis=axes)):
            for smooth in (1e-7, 1):
                values.append(np.mean((2 * both + smooth) / (size + smooth)))
                values.append(np.mean((both + smooth) / (size - both + smooth)))
    return values


def _one_sided(y, p):
    """Tell whether all differences may have one sign: then it is the mean absolute error."""
    return y.min() >= p.max() or y.max() <= p.min()


def _numbers(batch):
    """Return labels and predictions as arrays; None where they cannot be read."""
    try:
        y, p = (np.asarray(array, np.float64) for array in batch[:2])
    except (TypeError, ValueError):
        return None, None
    return y, p


def broadcast_finding(batch, value):
    """Return a finding when the value is that of every label against every prediction."""
    y, p = _numbers(batch)
    if y is None:
        return None
    columns = y.shape == p.shape == (len(p), 1) if p.ndim else False
    if batch[2] is not None or not (columns or is_column(y.shape, p.shape)):
        return None
    if y.size != p.size or y.ndim > 2 or p.ndim > 2 or not 1 < y.size <= 2000:
        return None
    for name, formula in (("squared", losses.squared_error), ("absolute", losses.absolute_error)):
        table = formula(*np.broadcast_arrays(y.reshape(1, -1), p.reshape(-1, 1))).mean()
        right = formula(y.ravel(), p.ravel()).mean()
        if np.isclose(table, value, rtol=_CLOSE) and not np.isclose(right, value, rtol=_CLOSE):
            evidence = f"the loss of the first batch is {value:.4g}, which is the mean {name} error"
            evidence += f" of all {y.size}**2 pairs of labels {y.shape} and predictions {p.shape};"
            evidence += f" of the {y.size} that belong together it is {right:.4g}."
            return found("broadcast", evidence, _RESHAPE)
    return None


_RESHAPE = "y_true = tf.reshape(y_true, tf.shape(y_pred)) as the first line of the loss"
