"""Rules about connectionist temporal classification, whose labels are sequences."""

import numpy as np

from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.shapes import whole


def ctc_findings(truth, prediction, weight, loss):
    """Yield what is wrong with labels (N, S) and logits (N, T, classes); 0 is the blank.

    Sequences of weight 0 are passed over.
    """
    if loss != "ctc":
        return
    t, p = truth.shape, prediction.shape
    if len(t) != 2 or len(p) != 3 or t[0] != p[0]:
        evidence = (
            f"y_true has shape {t}, y_pred has shape {p}; CTC needs (N, S) and (N, T, classes)."
        )
        yield fault("the shapes do not fit", evidence, "labels (N, S) and logits (N, T, classes)")
        return
    counts = truth.values[_counts(weight, len(truth.values))]
    yield from _labels(counts, p[2])
    yield from _blank_as_label(counts)
    yield from _too_long(counts, p[1])
    yield from _probabilities(prediction.values)


def _counts(weight, sequences):
    """Tell which sequences have a weight; all of them, where there is not one for each."""
    if weight is None or weight.values.size != sequences:
        return np.ones(sequences, bool)
    return weight.values.reshape(-1) != 0


def _probabilities(p):
    """Yield a suspicion when the logits are the outputs of a softmax."""
    sums = p.sum(axis=-1)
    at_1 = np.abs(sums - 1) < 1e-3
    if p.shape[-1] > 1 and p.min() >= 0 and at_1.mean() >= 0.9:
        evidence = f"{count(at_1, 'steps')} of y_pred sum to 1 ({span(sums[at_1])}), and all"
        evidence += " numbers lie in [0, 1]: Keras' CTC loss takes logits, and computes the softmax"
        evidence += " itself."
        yield found("softmax-twice", evidence, "a last layer without activation", certain=False)


def _labels(y, classes):
    negative, beyond = y < 0, (y >= classes) | (y != np.floor(y))
    if negative.any():
        evidence = (
            f"{count(negative, 'labels')} are negative ({span(y)}). Keras takes the length of"
        )
        evidence += " a sequence from the labels that are not 0, so these count as labels."
        yield found("ctc-padding", evidence, "np.maximum(y_true, 0): padding is 0")
    if beyond.any():
        evidence = f"{count(beyond, 'labels')} are not whole numbers below {classes}, the number of"
        evidence += f" classes with the blank ({span(y)})."
        yield found("labels-out-of-range", evidence, f"labels in [1, {classes}), 0 for padding")


def _blank_as_label(y):
    """Yield a finding for zeros that are followed by a label: 0 is the blank, and pads at the end.

    Keras takes as many labels from the start of a sequence as it has labels other than 0.
    """
    later = np.logical_or.accumulate((y != 0)[:, ::-1], axis=1)[:, ::-1]
    zeros = (y == 0) & later
    if zeros.any():
        evidence = f"{count(zeros.any(axis=1), 'sequences')} hold a 0 before other labels. 0 is the"
        evidence += " blank of Keras' CTC loss: it is no label, and counts only as padding at the"
        evidence += " end. The length is the number of labels that are not 0, so the last ones of"
        evidence += " these sequences are cut off."
        instead = "labels from 1, a class more in the last layer; 0 at the end for padding"
        yield found("ctc-padding", evidence, instead)


def _too_long(y, steps):
    """Yield a finding for labels that have no alignment: repeated ones need a blank between."""
    if not whole(y):
        return
    repeats = np.sum((y[:, 1:] == y[:, :-1]) & (y[:, 1:] != 0), axis=1)
    needed = np.sum(y != 0, axis=1) + repeats
    if (needed > steps).any():
        evidence = f"{count(needed > steps, 'sequences')} need up to {needed.max()} steps, repeated"
        evidence += f" labels included, and y_pred has {steps}: the loss is infinite,"
        evidence += " and Keras returns about 707."
        instead = "more steps before the last layer, or shorter labels"
        yield found("ctc-frames", evidence, instead)
