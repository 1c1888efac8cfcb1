"""Rules about the truth: its range, its convention, its sums."""

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.beyond import outside_of_unit
from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.shapes import one_hot, whole

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


def padding_as_class(rows):
    """Yield a suspicion when the label 0 stands at the ends of sequences only, and counts."""
    labels = _of_steps(rows)
    if labels is None:
        return
    for y in (labels, labels[:, ::-1]):
        zero = y == 0
        lengths = np.logical_and.accumulate(zero[:, ::-1], axis=1).sum(axis=1)
        at_the_end = lengths.sum() == zero.sum()
        if at_the_end and np.mean(lengths > 0) >= 0.5 and np.unique(lengths).size > 2:
            evidence = f"{count(zero, 'labels')} are 0, all of them in one run at the end of a"
            evidence += f" sequence, of {lengths.min()} to {lengths.max()} steps, as padding is;"
            evidence += " they have a weight."
            instead = "Embedding(..., mask_zero=True), or sample_weight=(y_true != 0)"
            yield found("mask-ignored", evidence, instead, certain=False)
            return


def _of_steps(rows):
    """Return the classes of sequences, (N, T), where nothing of them is left out; or None."""
    truth, prediction = rows.arrays
    shape, y = prediction.shape, truth.values
    if rows.loss not in (*names.SPARSE, *names.DENSE) or len(shape) != 3 or len(rows) != rows.total:
        return None
    if prediction.values.shape != shape or len(rows) != shape[0] * shape[1]:
        return None  # sampled
    classes = y.reshape(shape[:2]) if rows.indices else y.argmax(axis=-1)
    several = shape[0] >= 8 and shape[1] >= 5 and np.unique(classes).size > 2
    return classes if several and (rows.indices or rows.one_hot_truth) else None


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
        yield from _of_whole_examples(rows) or _empty_rows(empty)
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


def _of_whole_examples(rows):
    """Return a finding where each example has one 1 among all its rows, as a move on a board."""
    truth, prediction = rows.arrays
    shape = prediction.shape
    if len(shape) < 3 or truth.values.shape != shape or len(rows) * rows.classes != np.prod(shape):
        return None
    if len(rows) < 2 * shape[0] or not one_hot(truth.values.reshape(shape[0], -1)):
        return None
    evidence = f"each of {shape[0]} examples has one 1 among {np.prod(shape[1:])} labels"
    evidence += f" {shape[1:]}, and {rows.loss} compares rows of {shape[-1]}: most of them are all"
    evidence += " zeros, and a softmax makes each of them sum to 1."
    instead = "Flatten() before the softmax, and y_true.reshape(len(y_true), -1)"
    return [fault("rows of labels that do not sum to 1", evidence, instead, certain=False)]


def _empty_rows(empty):
    evidence = f"{count(empty, 'rows')} of y_true are all zeros, and have a weight."
    instead = "sample_weight 0 for what is padding, so that it can be left out of the mean"
    yield found("mask-ignored", evidence, instead, certain=False)
    evidence += " tf.one_hot makes such rows of labels that are out of range."
    yield found("labels-out-of-range", evidence, "labels in [0, classes)", certain=False)


RULES = (
    class_indices,
    padding_as_class,
    outside_of_unit,
    one_class_each,
    several_labels,
    hinge_labels,
    negative_rows,
    sums_of_labels,
)
