"""Rules about nan and infinity in an array: what is certain, and what the cause may be."""

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found

NO_LABELS = "the labels are not finite"
NOT_FINITE = "the predictions are not finite"
COMPLETE = "x without missing values: x[np.isfinite(x).all(axis=1)], or values filled in"
_FIRST = "look for the first batch with such a number: tf.debugging.check_numerics"


def not_finite(array, loss, from_logits, options):
    """Yield findings about numbers that are nan or infinite."""
    bad = ~np.isfinite(array.values)
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    what = f"nan ({np.isnan(array.values).sum()}) or infinite ({np.isinf(array.values).sum()})"
    evidence = f"{count(bad, 'numbers')} of {array.name} are {what}, the first read at {index}."
    if array.name == "y_true":
        instead = "y_true without missing values; a weight of 0 does not help, 0 * nan is nan"
        yield fault(NO_LABELS, evidence, instead, certain=loss is not None)
    elif _may_be_a_mask(array.values[bad], loss, from_logits):
        evidence += " Logits of classes that are impossible look alike."
        instead = "a large negative number, such as -1e9, for what is impossible"
        yield found("overflow", evidence, instead, certain=False)
    else:
        certain = _spoils_the_loss(array.values[bad], loss, options)
        yield fault(NOT_FINITE, evidence, _FIRST, certain=certain)
        yield _cause(bad, evidence, np.isnan(array.values[bad]).all())


def _spoils_the_loss(bad, loss, options):
    """Tell whether no loss can be meant of such numbers; without a name it may leave them out."""
    if loss is None or options.ignore_class is not None:
        return False
    # A hinge of a score that is infinitely right is 0; infinite probabilities are none.
    return bool(np.isnan(bad).any() or loss not in (*names.HINGES, "categorical_hinge"))


def _cause(bad, evidence, all_nan):
    """Return a suspicion about where such predictions come from."""
    if all_nan and _whole_examples(bad):
        examples = bad.reshape(len(bad), -1).any(axis=1)
        evidence += f" They fill {count(examples, 'examples')}, and all others are finite: so are"
        evidence += " the weights. The features of these examples may hold nan."
        return found("nan-in-data", evidence, COMPLETE, certain=False)
    evidence += " Features, weights or the layers before may be the cause."
    return found("overflow", evidence, "finite features; " + _FIRST, certain=False)


def _may_be_a_mask(bad, loss, from_logits):
    """Tell whether logits of minus infinity may be meant: the softmax of such a class is 0."""
    return bool(np.all(bad == -np.inf) and (loss is None or from_logits))


def _whole_examples(bad):
    """Tell whether a few examples are wholly affected and all others not at all."""
    if bad.ndim == 0 or len(bad) < 2:
        return False
    each = bad.reshape(len(bad), -1).mean(axis=1)
    return bool(np.isin(each, (0, 1)).all() and each.mean() <= 0.5)


def nan_features(x, y_pred):
    """Return a finding where the predictions of exactly those examples are nan whose features are.

    None where the features are finite, or where one example may spoil the others.
    """
    x, y_pred = np.asarray(x), np.asarray(y_pred)
    if x.dtype.kind != "f" or not x.ndim or len(x) != len(y_pred):
        return None
    of_x, of_y = (np.isnan(a.reshape(len(a), -1)).any(axis=1) for a in (x, y_pred))
    if not of_x.any() or of_x.all() or not np.array_equal(of_x, of_y):
        return None
    evidence = f"{count(of_x, 'examples')} of the batch hold nan in their features, and the"
    return found("nan-in-data", f"{evidence} predictions of exactly these are nan.", COMPLETE)


def has_broken_weights(model):
    """Tell whether a weight of a model is nan or infinite."""
    return not all(np.isfinite(np.asarray(weight)).all() for weight in model.trainable_weights)
