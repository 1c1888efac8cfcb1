"""What only the program shows: its loss in a different order, its layers and its features."""

import contextlib

import keras
import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found
from lossutils.diagnosis.reading import mask_of

_SAME = 1e-5  # a relative difference that rounding explains
_APART = 3  # how many times the loss in training the loss of the same batch is afterwards
_FAR = 0.2  # of the first loss, below which the difference does not matter
_BATCHES = 5  # of which each holds one class
_FEWEST = 16  # examples, for a column that is equal to the target by chance
_FIRST = 8  # rows: a loss that takes them for columns or outputs seldom takes more
_SAME_SHAPE = "the same shape for both in the loss: y_pred[:, :1] for labels (N, 1), or"
_SAME_SHAPE += " tf.reshape(y_true, tf.shape(y_pred))"


def unpaired(model, x, y, y_pred):
    """Return a suspicion when a loss is the same whichever label belongs to which prediction.

    The labels are tried in the order of the predictions, in the opposite order and in a random one:
    labels of classes may be as alike in both directions. A loss that compares each with each cannot
    tell them apart; it can tell labels that are all the same.
    """
    if mask_of(y_pred) is not None or any(map(keras.tree.is_nested, (y, y_pred))):
        return None
    labels, predictions = np.asarray(y), np.asarray(y_pred, np.float64)
    orders = _orders(labels, predictions)
    if orders is None:
        return None
    reordered = [keras.ops.convert_to_tensor(labels[order]) for order in orders]
    losses = [float(model.compute_loss(x, y, y_pred, None)) for y in reordered]
    like, unlike, mixed, constant = losses
    same = np.allclose((unlike, mixed), like, rtol=_SAME, atol=0)
    if not same or np.isclose(like, constant, rtol=1e-3):
        return None
    evidence = f"the loss of a batch is {like:.6g} with labels in the order of the predictions, and"
    evidence += f" {unlike:.6g} in the opposite order: {_each_with_each(labels, predictions)}"
    return found("broadcast", evidence, _SAME_SHAPE, certain=False)


def _each_with_each(labels, predictions):
    return f"each label {labels.shape} is compared with each prediction {predictions.shape}."


def _orders(labels, predictions):
    """Return orders of the labels: like the predictions, opposite, random, and one label only."""
    if labels.ndim < 1 or predictions.ndim < 1 or not 4 <= len(labels) == len(predictions):
        return None
    y, p = (_widest(array) for array in (labels, predictions))
    if not np.isfinite(y).all() or not np.isfinite(p).all():
        return None
    if np.ptp(y) == 0 or p.std() <= 1e-3 * np.abs(p).max():
        return None
    ranks, sorted_labels = np.argsort(np.argsort(p)), np.argsort(y)
    mixed = np.random.default_rng(0).permutation(len(y))
    return sorted_labels[ranks], sorted_labels[::-1][ranks], mixed, np.zeros(len(y), int)


def _widest(array):
    """Return the column that varies most."""
    columns = array.reshape(len(array), -1).astype(np.float64)
    return columns[:, columns.std(axis=0).argmax()]


def first_rows_only(model, x, y, y_pred):
    """Return a suspicion when a loss depends on nothing but the first rows of a batch.

    The predictions of the other rows are turned around, then those of all rows. Labels that are
    all the same may mark rows that are left out.
    """
    labels = [np.asarray(values) for values in keras.tree.flatten(y)]
    if mask_of(y_pred) is not None or not all(map(_many_and_varied, labels)):
        return None
    tried = y_pred, _turned(y_pred, _FIRST), _turned(y_pred, 0)
    given, others, whole = (float(model.compute_loss(x, y, p, None)) for p in tried)
    if not np.isclose(others, given, rtol=_SAME, atol=0) or np.isclose(whole, given, rtol=1e-3):
        return None
    evidence = f"the loss of a batch is {given:.6g}, and {others:.6g} with the predictions of all"
    evidence += f" rows but the first {_FIRST} in the opposite order; with all of them in the"
    evidence += f" opposite order it is {whole:.6g}. Only the first rows count."
    instead = "y_true[:, 0] for a column; for several outputs, a loss for each in compile"
    return found("rows-for-columns", evidence, instead, certain=False)


def _many_and_varied(labels):
    return len(labels) >= _FEWEST and np.ptp(labels[_FIRST:]) > 0


def _turned(predictions, start):
    """Return predictions whose rows from `start` on are in the opposite order."""
    ops = keras.ops
    return keras.tree.map_structure(
        lambda p: ops.concatenate([p[:start], ops.flip(p[start:], axis=0)]), predictions
    )


def normalised_apart(model, data, first_loss):
    """Return a suspicion when a batch is far worse with the moving averages than in training."""
    layers = [layer for layer in model._flatten_layers() if _normalises(layer)]
    if not layers:
        return None
    with _kept(model.non_trainable_variables):
        training = _loss(model, *data, training=True)
    afterwards = _loss(model, *data, training=False)
    if not afterwards > max(_APART * training, _FAR * abs(first_loss)):
        return None
    evidence = f"the loss of a batch is {training:.4g} in training and {afterwards:.4g} afterwards,"
    evidence += f" with the moving averages of {len(layers)} BatchNormalization layers; their"
    evidence += f" momentum is {float(layers[0].momentum):g}."
    instead = "more steps, or BatchNormalization(momentum=0.9) in a short run"
    return found("fit-and-evaluate", evidence, instead, certain=False)


def _normalises(layer):
    return isinstance(layer, keras.layers.BatchNormalization) and layer.trainable


def _loss(model, x, y, weight, *, training):
    return float(model.compute_loss(x, y, model(x, training=training), weight))


@contextlib.contextmanager
def _kept(variables):
    """Give variables back the values that they have now."""
    values = [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


def beyond_embedding(model, x):
    """Yield a finding for each embedding that has no row for some of the indices."""
    for layer in model._flatten_layers():
        indices = _indices_of(layer, model, x)
        if indices is None or not indices.size:
            continue
        beyond = (indices < 0) | (indices >= layer.input_dim)
        if beyond.any():
            evidence = f"{count(beyond, 'indices')} of a batch are outside [0, {layer.input_dim}),"
            evidence += f" the rows of {layer.name}; they go from {indices.min():.0f} to"
            evidence += f" {indices.max():.0f}. TensorFlow raises, on a GPU it takes zeros."
            instead = f"Embedding({max(indices.max(), 0) + 1:.0f}, ...) or more: the largest index"
            instead += " of all data, and 1 more"
            yield fault("an index without a row in the embedding", evidence, instead)


def _indices_of(layer, model, x):
    """Return what an embedding is asked for, where it is an input of the model as it is."""
    if not isinstance(layer, keras.layers.Embedding):
        return None
    try:
        names = [tensor.name for tensor in model.inputs]
        given = x if isinstance(x, dict) else dict(zip(names, keras.tree.flatten(x), strict=True))
        return np.asarray(given[layer.input.name], np.float64)
    except (AttributeError, KeyError, TypeError, ValueError):  # a model without such a graph
        return None


def _varies(y, count):
    return _FEWEST <= y.size == count and np.isfinite(y).all() and np.ptp(y) > 0


def target_among_features(x, y):
    """Return a suspicion when a column, or the last step of a series, is the target itself."""
    if keras.tree.is_nested(x) or keras.tree.is_nested(y) or x is None or y is None:
        return None
    x, y = np.asarray(x), np.asarray(y, np.float64)
    if x.dtype.kind != "f" or x.ndim not in (2, 3) or x.shape[1] < 3 or not _varies(y, len(x)):
        return None
    columns = (x if x.ndim == 2 else x[:, -1]).astype(np.float64)
    equal = (np.abs(columns - y.reshape(-1, 1)) <= 1e-6 * np.abs(y).max()).all(axis=0)
    if not equal.any():
        return None
    what = "column" if x.ndim == 2 else "feature of the last step, column"
    evidence = f"the {what} {int(equal.argmax())} is equal to the target in all {len(x)} examples"
    evidence += " of a batch."
    instead = "features without the target; a window of a series that ends before it"
    return fault("the target is among the features", evidence, instead, certain=False)


def feature_scale(x):
    """Return the mean size of the largest feature; 0 where there are no fractions."""
    sizes = [0.0]
    for array in map(np.asarray, keras.tree.flatten(x)):
        if array.dtype.kind == "f" and array.ndim > 1 and array.size:
            sizes.append(float(np.abs(array.reshape(-1, array.shape[-1])).mean(axis=0).max()))
    return max(filter(np.isfinite, sizes))


def classes_in(y, y_pred, loss):
    """Return the classes of a batch of 32 examples or more; none where there are fewer than 3."""
    y, columns = np.asarray(y), np.shape(y_pred)[-1]
    if loss not in (*names.SPARSE, *names.DENSE) or columns < 3 or len(y) < 32:
        return ()
    indices = y if y.shape != np.shape(y_pred) else y.argmax(axis=-1)
    return tuple(np.unique(indices)[:2])


def one_class_at_a_time(batches):
    """Return a suspicion when each of the first batches holds a single class."""
    if len(batches) < _BATCHES or any(len(classes) != 1 for classes in batches):
        return None
    evidence = f"each of the first {len(batches)} batches holds examples of a single class: they"
    evidence += " are sorted by it."
    instead = "shuffled examples: shuffle=True in fit, or dataset.shuffle(len(y)) before batch"
    return fault("batches of one class", evidence, instead, certain=False)
