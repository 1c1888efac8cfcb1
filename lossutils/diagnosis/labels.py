"""Rules about the truth: its range, its convention, its sums."""

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.scores import cross_entropy
from lossutils.diagnosis.shapes import whole

_PADDING = (-1, -100, 255)  # what usually marks positions that do not count


def class_indices(rows):
    """Yield findings about class indices that are none."""
    if rows.loss not in names.INDEXED or not rows.indices or rows.classes < 2:
        return
    if not rows.complete:
        return
    y, classes = rows.truth, rows.classes
    broken, beyond = y != np.floor(y), (y < 0) | (y >= classes)
    if broken.any():
        evidence = f"{count(broken, 'labels')} are not whole numbers ({span(y)})."
        yield found("labels-out-of-range", evidence, f"whole numbers in [0, {classes})")
    if beyond.any():
        evidence = f"{count(beyond, 'labels')} are not in [0, {classes}) ({span(y)});"
        evidence += f" y_pred has {classes} classes."
        yield found("labels-out-of-range", evidence, _from_zero(y, classes))
        yield from _padding(y, beyond)


def _from_zero(y, classes):
    if y.min() == 1:
        return "y_true - 1: count from 0"
    from_zero = f"labels in [0, {classes})"
    if y.min() < 0 and np.ptp(y) < classes:
        from_zero += ": where the classes start below 0, subtract the smallest of them"
    return from_zero


def _padding(y, beyond):
    for mark in filter(set(y[beyond]).__contains__, _PADDING):
        evidence = f"{count(y == mark, 'labels')} are {mark}, a usual mark for padding, and they"
        evidence += " have a weight."
        instead = f"ignore_class={mark}, or sample_weight=(y_true != {mark}) and any class"
        yield found("mask-ignored", evidence, instead, certain=False)  # or it is a class


def outside_of_unit(rows):
    """Yield findings when labels lie outside [0, 1] and the loss has no lower bound for them."""
    y = rows.truth
    if rows.indices or rows.loss not in (*names.BINARY, *names.DENSE, *names.OVERLAPS):
        return
    beyond = (y < -1e-4) | (y > 1 + 1e-4)
    if not beyond.any():
        return
    if rows.loss in names.DENSE and y.min() >= -1e-4:
        yield _heavy(rows)
        return
    if not (rows.loss in names.DENSE and _like_advantages(y)):
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
    yield found("negative-loss", evidence, instead)
    if mistake:  # what the labels mean is not in the batch
        yield found(mistake, why, instead, certain=False)


def _like_advantages(y):
    """Tell whether each row has one number, above or below 0, as a policy gradient weighs acts."""
    one_each = np.all(np.count_nonzero(y, axis=1) <= 1)
    return bool(y.shape[1] > 1 and one_each and y.min() < 0 < y.max())


def advantages_note(rows):
    """Yield a note where labels look like those of a policy gradient."""
    of_rows = rows.loss in names.DENSE and not rows.indices and rows.complete
    if of_rows and _like_advantages(rows.truth):
        yield (
            f"Each row of y_true holds one number, {span(rows.truth)}, as advantages do. The loss"
            " has no lower end then, and its value says nothing about the policy."
        )


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
    if np.isin(values, (-1, 1)).all():
        evidence = f"all {y.size} labels are -1 or 1; a cross-entropy counts with 0 and 1."
        return "(y_true + 1) / 2", "label-convention", evidence
    if np.isin(values, (-1, 0, 1)).all():
        return _masked(rows), *_left_out(y == -1)
    if values.max() == 255 and values.min() >= 0:
        return "y_true / 255", None, None
    return _by_value(rows, values)


def _left_out(marked):
    """Return the mistake behind labels of -1 among 0 and 1, and its evidence."""
    evidence = f"{count(marked, 'labels')} are -1 among labels 0 and 1"
    apart = marked.any(axis=1) & ~marked.all(axis=1)
    if apart.any():
        evidence += f"; in {count(apart, 'rows')} the other labels are known."
        return "unknown-labels", evidence
    return "mask-ignored", f"{evidence}, as padding is often marked."


def _by_value(rows, values):
    if len(values) == 2:
        evidence = f"the labels have two values, {values[0]:g} and {values[1]:g}."
        return f"labels 0 and 1: (y_true {_larger(values)})", "label-convention", evidence
    if rows.classes == 1 and values.min() >= 0 and values.max() < 1000 and whole(values):
        evidence = f"the labels are whole numbers {span(rows.truth)}, as classes are; y_pred has"
        return _classes(values), "binary-for-many-classes", f"{evidence} one column."
    return "labels in [0, 1]; mean_squared_error for quantities", None, None


def _larger(values):
    """Return the comparison that picks the larger of two values, though fractions are rounded."""
    low, high = values
    return f"== {high:g}" if whole(values) and high < 1e6 else f"> {(low + high) / 2:g}"


def _masked(rows):
    """Return how to leave out labels of -1; with several columns Keras needs an axis more."""
    axis = "[..., None]" if rows.classes > 1 else ""
    mask = f"np.maximum(y_true, 0){axis}, y_pred{axis}" if axis else "np.maximum(y_true, 0)"
    return f"{mask} and sample_weight=(y_true != -1)"


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


def one_class_each(rows):
    """Yield a suspicion when the columns of one-hot rows are compared one by one."""
    if rows.loss in names.BINARY and rows.classes > 2 and rows.one_hot_truth:
        evidence = f"all {len(rows)} rows of y_true have exactly one 1 among {rows.classes}: one"
        evidence += " class for each example, and the mean is taken over all columns."
        if rows.distributions.all():
            evidence += f" The rows of y_pred sum to 1 ({span(rows.sums)})."
        instead = "categorical_crossentropy, if an example has exactly one class"
        yield found("binary-for-many-classes", evidence, instead, certain=False)


def hinge_labels(rows):
    """Yield findings when labels of a hinge are neither -1 and 1 nor 0 and 1."""
    y = rows.truth
    if rows.loss not in names.HINGES:
        return
    if not np.all(np.isin(y, (-1, 0, 1))):
        evidence = f"the labels of a hinge are -1 and 1, and these lie {span(y)}; Keras repairs 0"
        evidence += " and 1 only where all labels of the batch are."
        yield found("label-convention", evidence, "labels -1 and 1", certain=False)
        if y.min() > 0 and y.max() < 1:
            evidence = f"the labels lie inside of (0, 1) ({span(y)}), as smoothed ones do."
            yield found("label-smoothing", evidence, "hard labels in a hinge", certain=False)
    elif (y == 0).any() and (y == -1).any():
        evidence = f"{count(y == 0, 'labels')} are 0 and {count(y == -1, 'labels')} -1: of 0"
        evidence += " the hinge is 1 whatever the score."
        yield found("label-convention", evidence, "labels -1 and 1", certain=False)


def negative_rows(rows):
    """Yield a finding when the categorical hinge gets negative labels."""
    negative = rows.truth < 0
    if rows.loss == "categorical_hinge" and not rows.indices and negative.any():
        evidence = (
            f"{count(negative, 'labels')} are negative ({span(rows.truth)}); this hinge takes"
        )
        evidence += " rows of 0 and 1."
        yield found("label-convention", evidence, "(y_true + 1) / 2", certain=False)


def hinge_note(rows):
    """Yield a note when Keras will turn labels 0 and 1 into -1 and 1."""
    y = rows.truth
    if rows.loss in names.HINGES and np.all((y == 0) | (y == 1)) and (y == 0).any():
        yield "The labels are 0 and 1; Keras' hinge turns the zeros of such a batch into -1."


def sums_of_labels(rows):
    """Yield findings when rows of labels are not distributions."""
    y = rows.truth
    if rows.indices or not rows.complete or rows.classes < 2 or rows.loss not in names.DENSE:
        return
    if y.min() < -1e-4 or y.max() > 1 + 1e-4:
        return
    distance, empty = np.abs(y.sum(axis=1) - 1), ~y.any(axis=1)
    off = (distance > 2e-3) & ~empty
    several = whole(y) and bool(np.any(y.sum(axis=1) > 1))
    if empty.any() and not several:
        yield from _empty_rows(empty)
    if off.any():
        yield _no_sum(y, off)


_SIGMOIDS = "binary_crossentropy with one sigmoid for each label"


def several_labels(rows):
    """Yield a finding when labels of which several may hold meet the outputs of a softmax."""
    y = rows.truth
    if rows.loss not in names.BINARY or rows.from_logits or not rows.distributions.all():
        return
    several = np.isin(y, (0, 1)).all(axis=1) & (y.sum(axis=1) > 1)
    if several.any() and np.ptp(rows.prediction) > 0:  # two sigmoids start at a half each
        evidence = f"{count(several, 'rows')} of y_true hold several ones, and all rows of y_pred"
        evidence += f" sum to 1 ({span(rows.sums)}), as the outputs of a softmax do."
        yield found("softmax-multi-label", evidence, _SIGMOIDS, certain=False)


def _no_sum(y, off):
    if whole(y[off]):
        evidence = f"{count(off, 'rows')} of y_true hold several ones: several labels for one"
        evidence += " example, and a softmax shares 1 among them."
        instead = _SIGMOIDS
        return found("softmax-multi-label", evidence, instead, certain=False)
    evidence = f"{count(off, 'rows')} of y_true do not sum to 1 (sums {span(y[off].sum(axis=1))})."
    instead = "y * (1 - e) + e / classes, or label_smoothing=e in the loss"
    return found("label-smoothing", evidence, instead, certain=False)


def _empty_rows(empty):
    evidence = f"{count(empty, 'rows')} of y_true are all zeros, and have a weight."
    instead = "sample_weight 0 for what is padding, so that it can be left out of the mean"
    yield found("mask-ignored", evidence, instead, certain=False)
    evidence += " tf.one_hot makes such rows of labels that are out of range."
    yield found("labels-out-of-range", evidence, "labels in [0, classes)", certain=False)


RULES = (
    class_indices,
    outside_of_unit,
    one_class_each,
    several_labels,
    hinge_labels,
    negative_rows,
    sums_of_labels,
)
