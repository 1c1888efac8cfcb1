"""Do the shapes of truth, prediction and weights fit the loss, and each other?"""

import math

import numpy as np

from lossutils import losses
from lossutils.diagnosis import names
from lossutils.diagnosis.findings import fault, found, span


def shape_findings(truth, prediction, loss):
    """Yield what the shapes show; the arrays hold at least one number each."""
    t, p = truth.shape, prediction.shape
    if () in (t, p):
        yield from _without_axis(truth, prediction)
    elif loss in names.SPARSE:
        yield from _sparse(truth, prediction)
    elif t != p:
        yield from _unequal(truth, prediction, loss)


def fits_as_indices(t, p):
    """Tell whether the shape of the truth is that of one class index per row."""
    return len(p) > 1 and p[-1] > 1 and t in (p[:-1], (*p[:-1], 1))


def is_column(t, p):
    """Tell whether one shape is the other with a last axis of 1."""
    return (*t, 1) == p or (*p, 1) == t


def whole(values):
    """Tell whether all numbers are whole ones."""
    return bool(np.all(values == np.floor(values)))


def one_hot(values):
    """Tell whether each row has one 1, and zeros."""
    return bool(np.all((values == 0) | (values == 1)) and np.all(values.sum(axis=-1) == 1))


def _both(truth, prediction):
    return f"y_true has shape {truth.shape}, y_pred has shape {prediction.shape}"


def _without_axis(truth, prediction):
    one = [array.name for array in (truth, prediction) if array.shape == ()]
    evidence = f"{' and '.join(one)} is a single number; {_both(truth, prediction)}."
    if len(one) == 2:
        yield fault("there is no axis for the batch", evidence, "y[None], one row per example")
    else:
        evidence += " It is compared with every number of the other."
        yield found("broadcast", evidence, "one label for each example, of the same shape")


def _sparse(truth, prediction):
    t, p = truth.shape, prediction.shape
    if t == p and len(p) > 1 and p[-1] > 1:
        evidence = f"{_both(truth, prediction)}: a row for each example, and the sparse loss"
        evidence += " takes one class index for each"
        evidence += "; the rows of y_true are one-hot." if one_hot(truth.values) else "."
        yield found("sparse-or-one-hot", evidence, "categorical_crossentropy, or y_true.argmax(-1)")
    elif fits_as_indices(p, t) and whole(prediction.values):
        yield _swapped(truth, prediction)
    elif t == p and len(p) == 1 and whole(prediction.values):
        evidence = f"{_both(truth, prediction)}; y_pred holds whole numbers ({_range(prediction)}),"
        evidence += " as argmax returns: decisions have no gradient."
        yield found("no-gradient", evidence, "the scores of all classes, before argmax")
    elif len(p) < 2 or t not in (p[:-1], (*p[:-1], 1)):
        evidence = f"{_both(truth, prediction)}; the sparse loss needs (N,) and (N, classes)."
        yield fault("the shapes do not fit", evidence, f"y_true of shape {p[:-1]}")


def _swapped(truth, prediction):
    evidence = f"{_both(truth, prediction)}; y_pred holds whole numbers, as labels do,"
    evidence += f" and y_true {_range(truth)}, as scores do."
    return found("swapped-by-position", evidence, "loss(y_true, y_pred): the truth comes first")


def _range(array):
    return f"numbers {span(array.values)}"


def _unequal(truth, prediction, loss):
    t, p = truth.shape, prediction.shape
    if loss in names.ROWWISE and fits_as_indices(p, t) and whole(prediction.values):
        yield _swapped(truth, prediction)
    elif loss in names.ROWWISE and fits_as_indices(t, p):
        evidence = f"{_both(truth, prediction)}: y_true holds one number for each example"
        evidence += f", {_range(truth)}, and {loss} compares rows."
        instead = f"sparse_categorical_crossentropy, or tf.one_hot(y_true, {p[-1]})"
        yield found("sparse-or-one-hot", evidence, instead)
    elif loss in names.BINARY and fits_as_indices(t, p):
        evidence = f"{_both(truth, prediction)}: y_true holds {_range(truth)}, one class for each"
        evidence += f" row of {p[-1]} outputs, and {loss} compares column by column."
        instead = "sparse_categorical_crossentropy for exactly one class per example"
        yield found("binary-for-many-classes", evidence, instead)
    elif loss is not None or not fits_as_indices(t, p):
        yield from _broadcast(truth, prediction)


def _broadcast(truth, prediction):
    t, p = truth.shape, prediction.shape
    try:
        together = np.broadcast_shapes(t, p)
    except ValueError:
        yield _not_together(truth, prediction)
        return
    evidence = f"{_both(truth, prediction)}: by the rules of broadcasting they make"
    evidence += f" {together}, {math.prod(together)} comparisons in place of {math.prod(p)}"
    evidence += f"{_both_means(truth, prediction)}."
    instead = f"y_true.reshape(y_pred.shape), shape {p}"
    if math.prod(t) != math.prod(p):
        instead = f"y_true of shape {p}"
    # One example makes the same number; and Keras' own losses repair a missing last axis of 1.
    yield found("broadcast", evidence, instead, certain=math.prod(together) > math.prod(p))


def _not_together(truth, prediction):
    evidence, instead = _both(truth, prediction), f"y_true of shape {prediction.shape}"
    if not is_column(truth.shape, prediction.shape):
        return fault("the shapes do not fit", f"{evidence}; they cannot be compared.", instead)
    evidence += ". Keras repairs this; in a formula of your own it raises."
    return found("broadcast", evidence, instead, certain=False)


def _both_means(truth, prediction):
    """Say what broadcasting makes of the mean squared error, for a batch of usual size."""
    t, p = truth.values, prediction.values
    if t.shape != truth.shape or not is_column(t.shape, p.shape) or max(t.size, p.size) > 2000:
        return ""
    if not (np.isfinite(t).all() and np.isfinite(p).all()) or t.ndim + p.ndim != 3:
        return ""
    broadcast = losses.squared_error(*np.broadcast_arrays(t, p)).mean()
    right = losses.squared_error(t.ravel(), p.ravel()).mean()
    return f": a mean squared error of {broadcast:.4g} in place of {right:.4g}"


def weight_findings(weight, losses_shape):
    """Yield what is wrong with the weights; `losses_shape` is None where it is not known."""
    values = weight.values
    if not np.isfinite(values).all():
        count = int(np.sum(~np.isfinite(values)))
        evidence = f"{count} of {values.size} weights are nan or infinite; the loss becomes nan."
        yield found("sample-weight", evidence, "finite weights of at least 0")
    if (values < 0).any():
        evidence = f"{int(np.sum(values < 0))} of {values.size} weights are negative, the smallest"
        evidence += f" {np.min(values):.4g}: the loss of those examples is made as large as can be."
        yield found("sample-weight", evidence, "weights of at least 0")
    if values.size and (values == 0).all():
        evidence = f"all {values.size} weights are 0: the loss is 0 and nothing is learned."
        yield found("sample-weight", evidence, "weights above 0 for what shall count")
    if losses_shape is not None and weight.shape != ():
        yield from _weight_shape(weight.shape, losses_shape)


def _weight_shape(w, per_example):
    if w == per_example or (len(w) == len(per_example) and _repeats(w, per_example)):
        return
    evidence = f"sample_weight has shape {w}, and there are losses of shape {per_example}"
    instead = f"weights of shape {per_example}, one for each loss"
    if len(per_example) > len(w) and w == per_example[: len(w)]:
        evidence += f": {w} is repeated along the last axis, not the first."
        instead = "sample_weight[:, None], one weight for each example"
        yield found("sample-weight", evidence, instead)
    elif w == (*per_example, 1):
        evidence += ". Keras repairs this; in a formula of your own the two broadcast."
        yield found("sample-weight", evidence, instead, certain=False)
    elif len(w) > len(per_example) or not _repeats(w, per_example[-len(w) :]):
        yield found("sample-weight", f"{evidence}; they do not fit.", instead)


def _repeats(w, per_example):
    return all(mine in (1, other) for mine, other in zip(w, per_example, strict=True))
