"""Rules about labels outside of [0, 1], where a cross-entropy has no lower bound."""

from dataclasses import replace

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.scores import cross_entropy
from lossutils.diagnosis.shapes import whole


def outside_of_unit(rows):
    """Yield findings when labels lie outside [0, 1] and the loss has no lower bound for them."""
    y = rows.truth
    if rows.indices or rows.loss not in (*names.BINARY, *names.DENSE, *names.OVERLAPS):
        return
    beyond = (y < -1e-4) | (y > 1 + 1e-4)
    if not beyond.any():
        return
    if rows.loss in names.DENSE and _like_advantages(rows):
        return
    if rows.loss in names.DENSE and y.min() >= -1e-4:
        yield _heavy(rows)
    else:
        yield from _beyond(rows, beyond)


def _beyond(rows, beyond):
    y = rows.truth
    evidence = f"{count(beyond, 'labels')} lie outside [0, 1] ({span(y)}); {rows.loss} of them"
    low = "may be below 0" if rows.loss in names.OVERLAPS else "has no lower bound"
    evidence += f" {low}{_value(rows)}."
    if _nearly_inside(rows):
        yield found("negative-loss", evidence, "np.clip(y_true, 0, 1)", certain=False)
        return
    instead, mistake, why = _repair(rows)
    negative = found("negative-loss", evidence, instead)
    if mistake is None:
        yield negative
        return
    special = found(mistake, why, instead, certain=False)  # what they mean is not in the batch
    yield replace(negative, link=special.link) if mistake in _OWN_SECTION else negative
    yield special


# Where the section on a negative loss does not hold the fix.
_OWN_SECTION = ("mask-255", "mask-ignored", "unknown-labels")


def _like_advantages(rows):
    """Tell whether each row has one number, as a policy gradient weighs actions.

    They have both signs; or they are several weights above 0, and the loss is one of probabilities.
    """
    y = rows.truth
    if y.shape[1] < 2 or np.any(np.count_nonzero(y, axis=1) > 1):
        return False
    weights = y.min() >= 0 and not rows.from_logits and np.unique(y[y > 0]).size > 2
    return bool(weights or y.min() < 0 < y.max())


def advantages_note(rows):
    """Yield a note where labels look like those of a policy gradient."""
    of_rows = rows.loss in names.DENSE and not rows.indices and rows.complete
    beyond = of_rows and (rows.truth.min() < -1e-4 or rows.truth.max() > 1 + 1e-4)
    if not beyond or not _like_advantages(rows):
        return
    note = f"Each row of y_true holds one number, {span(rows.truth)}, as advantages do. The loss"
    if rows.truth.min() >= 0:
        yield f"{note} of a row is multiplied by it."
    else:
        note = f"{note} has no lower bound then, and its value says nothing about the policy."
        if rows.from_logits:
            note += " TensorFlow's gradient, softmax - labels, is that of a different loss."
        yield note


def _nearly_inside(rows):
    """Tell whether labels leave [0, 1] as those of a resized mask do, or of negative smoothing."""
    y = rows.truth
    sums_to_1 = rows.classes > 1 and rows.loss in names.DENSE
    if sums_to_1 and np.all(np.abs(y.sum(axis=1) - 1) < 1e-3):
        return True
    return bool(y.min() > -0.2 and y.max() < 1.2 and not whole(y) and len(np.unique(y)) > 2)


def _heavy(rows):
    """Return a finding about rows of labels that sum to something else than 1."""
    sums = rows.truth.sum(axis=1)
    evidence = (
        f"the rows of y_true have sums {span(sums)}. TensorFlow's gradient of a cross-entropy"
    )
    evidence += " of logits, softmax - labels, is that of the loss only where a row sums to 1."
    instead = (
        "y_true / y_true.sum(axis=-1, keepdims=True); the sums are sample_weight, if they count"
    )
    of_logits = rows.from_logits and rows.loss == "categorical_crossentropy"
    certain = of_logits and bool(np.all(np.abs(sums - 1) > 0.1))
    return fault("rows of labels that do not sum to 1", evidence, instead, certain=certain)


def _repair(rows):
    """Return what to write instead, the mistake behind it, and its evidence."""
    y = rows.truth
    values = np.unique(y[:100_000])
    if np.isin(values, (-1, 1)).all() and 1 in values:
        evidence = f"all {y.size} labels are -1 or 1; a cross-entropy counts with 0 and 1."
        return "(y_true + 1) / 2", "label-convention", evidence
    mark = _mark(values)
    if mark is not None:
        return _masked(rows, mark), *_left_out(y == mark, mark)
    if np.isin(values, (0, 255)).all():
        return "y_true / 255", "mask-255", "all labels are 0 or 255, as a picture stores a mask."
    if values.max() == 255 and values.min() >= 0:
        return "y_true / 255", None, None
    return _by_value(rows, values)


def _mark(values):
    """Return what marks the unknown among labels 0 and 1; 255 alone with 0 is a mask's white."""
    for mark in set(_MARKS) & set(values):
        known = np.isin(values, (0, 1)).sum() == len(values) - 1
        if known and (mark < 0 or 1 in values):
            return int(mark)
    return None


def _left_out(marked, mark):
    """Return the mistake behind marked labels among 0 and 1, and its evidence."""
    evidence = f"{count(marked, 'labels')} are {mark} among labels 0 and 1"
    apart = marked.any(axis=1) & ~marked.all(axis=1)
    if apart.any():
        evidence += f"; in {count(apart, 'rows')} the other labels are known."
        return "unknown-labels", evidence
    return "mask-ignored", f"{evidence}, as padding is often marked."


def _by_value(rows, values):
    if len(values) == 2:
        evidence = f"the labels have two values, {values[0]:g} and {values[1]:g}."
        return f"labels 0 and 1: (y_true {_larger(values)})", "label-convention", evidence
    if values.min() < 0 or values.max() >= 1000 or not whole(values):
        return _QUANTITIES, None, None
    if len(values) > _MOST_CLASSES and values.max() <= 255 and _pixels(rows):
        return f"y_true / 255, if these are grey values; {_QUANTITIES}", None, None
    if rows.classes > 1:
        return _QUANTITIES, None, None
    evidence = f"the labels are whole numbers {span(rows.truth)}, as classes are; y_pred has"
    instead = _classes(values)
    if len(values) > _MOST_CLASSES:
        instead = f"{_QUANTITIES}; {instead}, if these are classes"
    return instead, "binary-for-many-classes", f"{evidence} one column."


_MARKS = (-1, -100, 255)
_QUANTITIES = "labels in [0, 1]; mean_squared_error for quantities"
_MOST_CLASSES = 20  # with more whole numbers than that, they may as well be ages or grey values


def _pixels(rows):
    """Tell whether the batch may hold pictures: by its axes, or by its many columns."""
    return len(rows.arrays[1].shape) > 3 or rows.classes > 15


def _larger(values):
    """Return the comparison that picks the larger of two values, though fractions are rounded."""
    low, high = values
    return f"== {high:g}" if whole(values) and high < 1e6 else f"> {(low + high) / 2:g}"


def _masked(rows, mark):
    """Return how to leave out marked labels; with several columns Keras needs an axis more."""
    if rows.loss in names.OVERLAPS:  # its weights are those of examples, not of pixels
        known = f"(y_true != {mark})"
        return f"y_true * {known} and y_pred * {known}, in a loss of your own around {rows.loss}"
    axis = "[..., None]" if rows.classes > 1 else ""
    zeros = "np.maximum(y_true, 0)" if mark < 0 else f"np.where(y_true == {mark}, 0, y_true)"
    mask = f"{zeros}{axis}, y_pred{axis}" if axis else zeros
    return f"{mask} and sample_weight=(y_true != {mark})"


def _classes(values):
    first = "" if values.min() == 0 else f" and y_true - {values.min():.0f}"
    outputs = values.max() - values.min() + 1
    return f"{outputs:.0f} outputs, softmax and sparse_categorical_crossentropy{first}"


def _value(rows):
    if (
        rows.loss not in (*names.BINARY, *names.DENSE)
        or "focal" in rows.loss
        or (rows.outside.any() and not rows.from_logits)
    ):
        return ""
    value = cross_entropy(rows, rows.prediction, from_logits=rows.from_logits)
    return f"; it is {value}" if value else ""
