"""Which loss is it? A loss written by hand is recognised by its value on the first batch."""

import numpy as np

from lossutils import losses
from lossutils.diagnosis.call import batch_rows
from lossutils.diagnosis.constant import mean_loss
from lossutils.diagnosis.findings import found
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


def broadcast_finding(batch, value):
    """Return a finding when the value is that of every label against every prediction."""
    try:
        y, p = (np.asarray(array, np.float64) for array in batch[:2])
    except (TypeError, ValueError):
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
