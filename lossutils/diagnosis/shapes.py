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
        yield from _without_axis(truth, prediction, loss)
    elif loss is None:
        yield from _by_hand(truth, prediction)
    elif loss == "circle":
        yield from _labels_of_vectors(truth, prediction)
    elif one_label_for_a_sequence(t, p, loss):
        yield _every_step(truth, prediction, loss)
    elif loss in names.INDEXED:
        yield from _sparse(truth, prediction)
    elif loss != "ctc" and len(set(aligned(t, p))) > 1:
        yield from _unequal(truth, prediction, loss)


def fits_as_indices(t, p):
    """Tell whether the shape of the truth is that of one class index per row."""
    return len(p) > 1 and p[-1] > 1 and t in (p[:-1], (*p[:-1], 1))


def is_column(t, p):
    """Tell whether one shape is the other with a last axis of 1."""
    return (*t, 1) == p or (*p, 1) == t


def aligned(t, p):
    """Return both shapes as Keras' losses align them: a last axis of 1 is added or taken away."""
    if len(t) == len(p) + 1 and t[-1] == 1:
        return (t, (*p, 1)) if len(p) == 1 else (t[:-1], p)
    if len(p) == len(t) + 1 and p[-1] == 1:
        return ((*t, 1), p) if len(t) == 1 else (t, p[:-1])
    return t, p


def whole(values):
    """Tell whether all numbers are whole ones."""
    return bool(np.all(values == np.floor(values)))


def one_hot(values):
    """Tell whether each row has one 1, and zeros."""
    return bool(np.all((values == 0) | (values == 1)) and np.all(values.sum(axis=-1) == 1))


def _both(truth, prediction):
    return f"y_true has shape {truth.shape}, y_pred has shape {prediction.shape}"


def _without_axis(truth, prediction, loss):
    one = [array.name for array in (truth, prediction) if array.shape == ()]
    evidence = f"{' and '.join(one)} is a single number; {_both(truth, prediction)}."
    if len(one) == 2:
        title, instead = "there is no axis for the batch", "y[None], one row per example"
        yield fault(title, evidence, instead, certain=loss is not None)
    else:
        evidence += " It is compared with every number of the other."
        instead = "one label for each example, of the same shape"
        yield found("broadcast", evidence, instead, certain=False)  # one label for all may be meant


def _by_hand(truth, prediction):
    """Yield a suspicion for a loss that was not named, and may be a formula written by hand."""
    if is_column(truth.shape, prediction.shape):
        evidence = f"{_both(truth, prediction)}. Keras' losses align the two; a formula written"
        evidence += f" by hand compares each with each{_both_means(truth, prediction)}."
        instead = f"tf.reshape(y_true, tf.shape(y_pred)), shape {prediction.shape}"
        yield found("broadcast", evidence, instead, certain=False)


def _labels_of_vectors(truth, prediction):
    if truth.shape == prediction.shape or (len(truth.shape) == 2 and truth.shape[1] > 1):
        evidence = f"{_both(truth, prediction)}; the circle loss takes one class index for each"
        evidence += " row of y_pred."
        yield found("sparse-or-one-hot", evidence, "y_true.argmax(-1), shape (N,)")


def one_label_for_a_sequence(t, p, loss):
    """Tell whether there is one label for each example, and a prediction for each of its steps."""
    if len(p) != 3 or p[1] < 2 or not t or t[0] != p[0] or loss == "ctc":
        return False
    one_hot_label = loss in names.ROWWISE and t == (p[0], p[2]) and p[2] > 1
    return t in ((p[0],), (p[0], 1)) or one_hot_label


def _every_step(truth, prediction, loss):
    t, p = truth.shape, prediction.shape
    evidence = f"{_both(truth, prediction)}: one label for each example, and {p[1]} predictions."
    compared = _computed(t, p, loss)
    if compared:
        evidence += f" Keras compares each of the {p[1]} with it."
    instead = "return_sequences=False in the last recurrent layer, or a pooling or Flatten layer"
    return found("return-sequences", evidence, instead, certain=not compared)


def _sparse(truth, prediction):
    t, p = truth.shape, prediction.shape
    if t == p and len(p) > 1 and p[-1] > 1:
        evidence = f"{_both(truth, prediction)}: a row for each example, and the sparse loss"
        evidence += " takes one class index for each"
        evidence += "; the rows of y_true are one-hot." if one_hot(truth.values) else "."
        yield found("sparse-or-one-hot", evidence, "categorical_crossentropy, or y_true.argmax(-1)")
    elif fits_as_indices(p, t) and whole(prediction.values):
        yield _swapped(truth, prediction)
    elif t == p and len(p) == 1 and prediction.dtype.kind in "iub":
        evidence = f"{_both(truth, prediction)}; y_pred holds whole numbers ({_range(prediction)}),"
        evidence += " as argmax returns: decisions have no gradient."
        yield found("no-gradient", evidence, "the scores of all classes, before argmax")
    elif len(p) < 2 or t not in (p[:-1], (*p[:-1], 1)):
        evidence = f"{_both(truth, prediction)}; the sparse loss needs (N,) and (N, classes)."
        instead = f"y_true of shape {p[:-1]}" if len(p) > 1 else "y_pred of shape (N, classes)"
        yield fault("the shapes do not fit", evidence, instead)


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
    elif fits_as_indices(t, p) and not whole(truth.values):
        yield from _one_unit_missing(truth, prediction, loss)
    elif fits_as_indices(t, p) and (
        loss in names.ROWWISE or t == p[:-1] or _classes_of_shares(truth, prediction, loss)
    ):
        yield _indices(truth, prediction, loss)
    elif loss in names.BINARY and fits_as_indices(t, p):
        evidence = f"{_both(truth, prediction)}: y_true holds {_range(truth)}, one class for each"
        evidence += f" row of {p[-1]} outputs, and {loss} compares column by column."
        instead = "sparse_categorical_crossentropy for exactly one class per example"
        yield found("binary-for-many-classes", evidence, instead)
    else:
        yield from _broadcast(truth, prediction, loss)


def _indices(truth, prediction, loss):
    evidence = f"{_both(truth, prediction)}: y_true holds one whole number for each example"
    if loss not in (*names.ENTROPIES, *names.ROWWISE) and not _shares(prediction.values):
        return _classes_or_quantities(truth, prediction, loss, evidence)
    evidence += f", {_range(truth)}, and {loss} compares rows."
    instead = f"sparse_categorical_crossentropy, or tf.one_hot(y_true, {prediction.shape[-1]})"
    mistake = "binary-for-many-classes" if loss in names.BINARY else "sparse-or-one-hot"
    certain = loss in names.ENTROPIES or not _comparable(truth.shape, prediction.shape)
    return found(mistake, evidence, instead, certain=certain)


def _classes_of_shares(truth, prediction, loss):
    """Tell whether a column of whole numbers may be the classes of rows that a softmax returns."""
    y, columns = truth.values, prediction.shape[-1]
    indices = loss not in names.BINARY and y.min() >= 0 and y.max() < columns and whole(y)
    return bool(indices and _shares(prediction.values))


def _shares(values):
    """Tell whether the rows are those of a softmax."""
    return bool(values.min() >= 0 and np.all(np.abs(values.sum(axis=-1) - 1) < 1e-3))


def _classes_or_quantities(truth, prediction, loss, evidence):
    columns = prediction.shape[-1]
    evidence += f" ({span(truth.values)}), and {columns} outputs that {loss} compares with it."
    instead = "a last layer with one unit, Dense(1), for a quantity"
    if truth.values.min() >= 0 and truth.values.max() < columns:
        instead += f"; tf.one_hot(y_true, {columns}) for classes"
    certain = not _comparable(truth.shape, prediction.shape)
    return fault("the shapes do not fit", evidence, instead, certain=certain)


def _comparable(t, p):
    """Tell whether two shapes broadcast: Keras' losses but for the cross-entropies let them."""
    try:
        return bool(np.broadcast_shapes(t, p))
    except ValueError:
        return False


def _computed(t, p, loss):
    """Tell whether Keras computes a loss of such shapes; class indices become rows first."""
    t, p = aligned(t, p)
    rows = (*t, p[-1]) if loss in names.INDEXED else t
    return loss not in names.EQUAL and _comparable(rows, p)


def _one_unit_missing(truth, prediction, loss):
    columns = prediction.shape[-1]
    evidence = f"{_both(truth, prediction)}: one number for each example ({span(truth.values)}),"
    evidence += f" and {columns} outputs. Fractions are not class indices."
    instead = "a last layer with one unit, Dense(1)"
    # Several outputs may be meant for one label, as in an ensemble.
    certain = loss in names.ENTROPIES or not _comparable(truth.shape, prediction.shape)
    if truth.shape == prediction.shape[:-1]:
        yield fault("the shapes do not fit", evidence, instead, certain=certain)
    else:
        yield found("broadcast", evidence, instead, certain=certain)


def _broadcast(truth, prediction, loss):
    t, p = aligned(truth.shape, prediction.shape)
    if not _comparable(t, p):
        evidence, instead = _both(truth, prediction), f"y_true of shape {truth.shape[:1] + p[1:]}"
        yield fault("the shapes do not fit", f"{evidence}; they cannot be compared.", instead)
        return
    together = np.broadcast_shapes(t, p)
    evidence = f"{_both(truth, prediction)}: by the rules of broadcasting they make"
    evidence += f" {together}, {math.prod(together)} comparisons instead of {math.prod(p)}."
    instead = f"y_true.reshape(y_pred.shape), shape {p}"
    if math.prod(t) != math.prod(p):
        instead = f"y_true of shape {p}, one label for each output"
    # Several labels for one output may be meant, as of several annotators.
    yield found("broadcast", evidence, instead, certain=loss in names.EQUAL)


def _both_means(truth, prediction):
    """Say what broadcasting makes of the mean squared error, for a batch of usual size."""
    t, p = truth.values, prediction.values
    if t.shape != truth.shape or not is_column(t.shape, p.shape) or max(t.size, p.size) > 2000:
        return ""
    if not (np.isfinite(t).all() and np.isfinite(p).all()) or t.ndim + p.ndim != 3:
        return ""
    broadcast = losses.squared_error(*np.broadcast_arrays(t, p)).mean()
    right = losses.squared_error(t.ravel(), p.ravel()).mean()
    return f": a mean squared error of {broadcast:.4g} instead of {right:.4g}"


_ALIGNED = "Keras' losses align them; a formula written by hand compares each with each."


def alignment_note(truth, prediction, loss):
    """Yield a note when Keras aligns the shapes of the batch, or the loss was not named."""
    t, p = truth.shape, prediction.shape
    if t == p or () in (t, p):
        return
    if loss is None and not (is_column(t, p) or fits_as_indices(t, p)):
        yield f"{_both(truth, prediction)}. Whether they fit depends on the loss: name it."
    elif loss not in (None, *names.INDEXED) and len(set(aligned(t, p))) == 1:
        yield f"{_both(truth, prediction)}. {_ALIGNED}"
