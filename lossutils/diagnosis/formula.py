"""Why is a loss nan? The features without their nan, and the loss of numbers at their ends."""

import keras
import numpy as np

from lossutils.diagnosis.findings import count, found, span
from lossutils.diagnosis.finite import COMPLETE
from lossutils.diagnosis.reading import mask_of

_FAR_BELOW = 2.0  # a number below the ends of the logarithms that people write: log(p), log(1 + p)


def nan_in_all_features(model, x):
    """Return a finding where predictions become finite as soon as nan in the features is 0.

    It is asked before the weights are changed: where they are nan, the predictions stay nan.
    """
    x = np.asarray(x)
    bad = np.isnan(x) if x.dtype.kind == "f" else np.zeros(0, bool)
    if not bad.any() or _finite(model(x, training=False)):
        return None
    if not _finite(model(np.where(bad, 0, x), training=False)):
        return None
    evidence = f"{count(bad, 'features')} of a batch are nan, and so are predictions. With 0"
    evidence += f" instead of nan all predictions are finite.{_columns(bad)}"
    return found("nan-in-data", evidence, COMPLETE)


def _columns(bad):
    """Say which columns hold nan only."""
    whole = bad.all(axis=0) if bad.ndim == 2 else np.zeros(1, bool)
    if not whole.any():
        return ""
    return f" The columns {np.flatnonzero(whole)[:5].tolist()} hold nan only, as after 0 / 0."


def nan_at_the_ends(model, x, y, y_pred):
    """Return a suspicion where a loss that you wrote is not finite for numbers at their ends.

    The ends are those of an activation: 0 and 1 for numbers between them, 0 for numbers that are
    not negative. Other numbers may be far below 0.
    """
    if mask_of(y_pred) is not None or any(map(keras.tree.is_nested, (y, y_pred))):
        return None
    p = np.asarray(y_pred)
    if not p.size or not _finite(p) or not _finite(y):
        return None
    for end in _ends(p):
        same = keras.ops.full_like(y_pred, end)
        value = float(model.compute_loss(x, y, same, None))
        if not np.isfinite(value):
            return _at(end, value, p)
    return None


def wrong_order(model, x, y, y_pred):
    """Return a suspicion where a loss that you wrote is finite with its arguments exchanged only.

    The predictions are probabilities above 0, so no logarithm or division of them is nan.
    """
    if any(map(keras.tree.is_nested, (y, y_pred))) or np.shape(y) != np.shape(y_pred):
        return None
    p = np.asarray(y_pred, np.float64)
    if not p.size or not p.min() > 0 or not p.max() < 1 or not np.min(y) <= 0 or not _finite(y):
        return None
    y = keras.ops.cast(y, y_pred.dtype)
    given = float(model.compute_loss(x, y, y_pred, None))
    exchanged = float(model.compute_loss(x, y_pred, y, None))
    if np.isfinite(given) or not np.isfinite(exchanged):
        return None
    evidence = f"the loss of finite labels ({span(np.asarray(y))}) and predictions ({span(p)}) is"
    evidence += f" {given:g}; with the two exchanged it is {exchanged:.4g}."
    instead = "loss(y_true, y_pred): Keras hands over the truth first"
    return found("swapped-by-position", evidence, instead, certain=False)


def _at(end, value, p):
    evidence = f"the loss of finite labels is {value:g} where predictions are {end:g}; those of"
    evidence += f" the first batch are finite, {span(np.asarray(p, np.float64))}. A logarithm, a"
    evidence += " root or a division of the loss does not take such a number."
    instead = "a loss of logits; or the argument of the logarithm kept above 0:"
    instead += " tf.maximum(p, 1e-7), in float16 1e-3"
    if end < 0:
        instead = "a last layer with softplus, and labels above 0; or mean_squared_error"
    return found("log-of-zero", evidence, instead, certain=False)


def _ends(p):
    """Return the numbers that the activation of such predictions ends in."""
    if p.min() >= 0:
        return (0, 1) if p.max() <= 1 else (0,)
    return (-_FAR_BELOW,)


def _finite(values):
    values = (np.asarray(value) for value in keras.tree.flatten(values))
    return all(np.isfinite(v).all() for v in values if v.dtype.kind == "f")
