"""The metrics that a model was compiled with, each beside the batch of its output."""

import keras
import numpy as np

from lossutils.diagnosis.metric_rules import RULES, Measured
from lossutils.diagnosis.reading import mask_of

_MOST = 100_000  # numbers that are looked at
_M = keras.metrics
_AS_FUNCTIONS = {
    "binary_accuracy": _M.BinaryAccuracy,
    "categorical_accuracy": _M.CategoricalAccuracy,
    "sparse_categorical_accuracy": _M.SparseCategoricalAccuracy,
    "mean_absolute_error": _M.MeanAbsoluteError,
    "mean_squared_error": _M.MeanSquaredError,
}


def metric_findings(model, name, batch, arguments):
    """Yield what is wrong with the metrics of an output.

    `batch` is its truth and prediction, `arguments` is what is known of its loss.
    """
    y, p = _without_padding(*batch[:2])
    if y is None or not y.size or not p.size:
        return
    loss, from_logits = arguments.get("loss"), bool(arguments.get("from_logits"))
    for given in _metrics_of(model, name):
        metric = _resolved(given, y, p)
        if metric is not None:
            measured = Measured(metric, _shown(given, metric), y, p, loss, from_logits)
            finding = next(filter(None, (rule(measured) for rule in RULES)), None)
            if finding is not None:
                yield finding


def _without_padding(y, p):
    """Return both as arrays without what a mask leaves out; None where they hold no numbers."""
    mask = mask_of(p)
    try:
        y, p = np.asarray(y, np.float64), np.asarray(p, np.float64)
    except (TypeError, ValueError):
        return None, None
    if not y.ndim or not p.ndim or len(y) != len(p):
        return None, None
    if mask is not None and mask.shape == y.shape[: mask.ndim] == p.shape[: mask.ndim]:
        return y[mask], p[mask]
    rows = max(1, _MOST // max(y[0].size, p[0].size, 1)) if len(y) else 0
    return y[:rows], p[:rows]


def _metrics_of(model, name):
    """Return the metrics that `compile` was given for an output, weighted ones included."""
    compiled = getattr(model, "_compile_metrics", None)
    given = [getattr(compiled, f"_user_{kind}", None) for kind in ("metrics", "weighted_metrics")]
    return [metric for each in given if each for metric in _of_output(each, model, name)]


def _of_output(given, model, name):
    outputs = list(getattr(model, "output_names", None) or [])
    if isinstance(given, dict):
        return keras.tree.flatten(given.get(name, given if name == "output" else []))
    if len(outputs) < 2 or name == "output":
        return keras.tree.flatten(given)
    chosen = dict(zip(outputs, given, strict=False)).get(name) if len(given) == len(outputs) else []
    return keras.tree.flatten(chosen)


def _resolved(given, y, p):
    """Return the metric that Keras makes of what `compile` was given; None for other code."""
    try:
        if str(given).lower() in ("accuracy", "acc"):
            return _accuracy(y, p)
        metric = keras.metrics.get(given)
    except (TypeError, ValueError):
        return None
    if not type(metric).__module__.startswith("keras."):
        known = str(getattr(metric, "__module__", "")).startswith("keras.")
        cls = _AS_FUNCTIONS.get(getattr(metric, "__name__", None)) if known else None
        return cls() if cls else None
    return metric


def _accuracy(y, p):
    """Return the accuracy that Keras chooses by the shapes."""
    if p.shape[-1] == 1 or p.ndim == 1:
        return _M.BinaryAccuracy(name="accuracy")
    sparse = y.ndim < p.ndim or y.shape[-1] == 1
    return _M.SparseCategoricalAccuracy() if sparse else _M.CategoricalAccuracy()


def _shown(given, metric):
    return repr(given) if isinstance(given, str) else type(metric).__name__
