"""Arguments as the formulas need them, or an error: the name, what was expected, what came."""

import math

import numpy as np

from lossutils._numerics import in_float64, is_floating, result_dtype

# What to do with class indices where a row of numbers is expected.
SPARSE = "; class indices belong to the sparse form"
ONE_HOT = "; write class indices as one-hot rows first"


def _rectangular(name, value):
    try:
        return np.asarray(value)
    except ValueError as error:
        wanted = f"{name}: expected a rectangular array of numbers"
        raise ValueError(f"{wanted}, got {brief(value)}") from error


def as_numbers(name, value, *, finite=True):
    """Return `value` as an array of real numbers, in the dtype it came in."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name}: expected an array, got a masked one; a mask is a sample_weight")
    array = _rectangular(name, value)
    if not is_floating(array) and array.dtype.kind not in "iub":
        raise TypeError(
            f"{name}: expected numbers (float16, bfloat16, float32, float64, integer or bool), "
            f"got {brief(value)} of dtype {array.dtype}"
        )
    if finite and is_floating(array):
        reject(name, array, ~np.isfinite(array), "finite numbers", hint=_mask_hint(name, array))
    return array


def as_prediction(name, value):
    """Return `value` as numbers that a model predicts; bool would be a decision already taken."""
    array = as_numbers(name, value)
    if array.dtype.kind == "b":
        raise TypeError(f"{name}: expected scores or probabilities, got bool")
    return array


def reject(name, array, wrong, expected, hint=""):
    """Raise a ValueError that names the first wrong number, if there is one."""
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise ValueError(f"{name}: expected {expected}, got {array[index]}{where}{hint}")


def pair(*, class_indices="", **truth_and_prediction):
    """Return truth and prediction of one shape in float64, and the dtype of the result.

    `class_indices` says what to do if the truth holds class indices.
    """
    (true_name, truth), (name, prediction) = truth_and_prediction.items()
    truth, prediction = as_numbers(true_name, truth), as_prediction(name, prediction)
    if truth.shape != prediction.shape:
        raise ValueError(
            f"{true_name} and {name}: expected the same shape, got {truth.shape} and "
            f"{prediction.shape}{_hint(truth.shape, prediction.shape, class_indices)}"
        )
    dtype = result_dtype(**{true_name: truth, name: prediction})
    return in_float64(truth), in_float64(prediction), dtype


def together(**arrays):
    """Return arrays of one shape, the truth first, in float64, and the dtype of the result."""
    (true_name, truth), *others = arrays.items()
    for name, prediction in others:
        pair(**{true_name: truth, name: prediction})
    numbers = {name: as_numbers(name, array) for name, array in arrays.items()}
    return *map(in_float64, numbers.values()), result_dtype(**numbers)


def rows(axis=-1, *, class_indices=ONE_HOT, **truth_and_prediction):
    """Return what `pair` returns, with the class axis last."""
    truth, prediction, dtype = pair(class_indices=class_indices, **truth_and_prediction)
    _, name = truth_and_prediction
    return class_axis_last(name, truth, axis), class_axis_last(name, prediction, axis), dtype


def sparse(**truth_and_prediction):
    """Return class indices with an axis for the class, scores in float64, the result's dtype."""
    (true_name, labels), (name, scores) = truth_and_prediction.items()
    labels, scores, dtype = _class_per_row(true_name, labels, name, scores)
    check_classes(true_name, labels, scores.shape[-1])
    return labels.astype(np.intp)[..., np.newaxis], scores, dtype


def ordinal(**truth_and_prediction):
    """Return which thresholds lie below the class, their logits in float64, the result's dtype."""
    (true_name, labels), (name, scores) = truth_and_prediction.items()
    labels, scores, dtype = _class_per_row(true_name, labels, name, scores)
    thresholds = scores.shape[-1]
    check_classes(true_name, labels, thresholds + 1)
    return np.arange(thresholds) < labels.astype(np.intp)[..., np.newaxis], scores, dtype


def labelled_vectors(**truth_and_prediction):
    """Return a label for each vector, the vectors in float64, and the dtype of the result."""
    (true_name, labels), (name, vectors) = truth_and_prediction.items()
    labels, vectors = as_numbers(true_name, labels), as_prediction(name, vectors)
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise ValueError(f"{name}: expected shape [batch_size, dimension], got {vectors.shape}")
    if labels.shape != vectors.shape[:1]:
        raise ValueError(
            f"{true_name} and {name}: expected one label per row, shape {vectors.shape[:1]}, "
            f"got {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{true_name}: expected integer labels, got {labels.dtype}")
    return labels, in_float64(vectors), result_dtype(**{name: vectors})


def check_classes(name, labels, classes):
    """Refuse what is not an index of a class."""
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integer class indices, got {labels.dtype}")
    reject(name, labels, (labels < 0) | (labels >= classes), f"a class in [0, {classes})")


def _class_per_row(true_name, labels, name, scores):
    labels, scores = as_numbers(true_name, labels), as_prediction(name, scores)
    dtype = result_dtype(**{name: scores})
    scores = class_axis_last(name, in_float64(scores), -1)
    if labels.shape != scores.shape[:-1]:
        raise ValueError(
            f"{true_name} and {name}: expected one class index per row, shape "
            f"{scores.shape[:-1]}, got {labels.shape}{_sparse_hint(labels.shape, scores.shape)}"
        )
    return labels, scores, dtype


def class_axis_last(name, array, axis):
    """Move the class axis to the end, contiguous: there NumPy sums in pairs, with small errors."""
    if not isinstance(axis, int | np.integer) or isinstance(axis, bool):
        raise TypeError(f"axis: expected an integer, got {brief(axis)}")
    if array.ndim == 0:
        raise ValueError(f"{name}: expected at least one axis, got a single number, of shape ()")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"axis: expected an axis of {name}, shape {array.shape}, got {axis}")
    if array.shape[axis] == 0:
        raise ValueError(f"{name}: expected at least one class, got shape {array.shape}")
    return np.ascontiguousarray(np.moveaxis(array, axis, -1))


def summed_axes(axis, ndim):
    """Return the axes that `axis` names, without a sign; None names all."""
    axes = tuple(range(ndim)) if axis is None else axis if np.iterable(axis) else (axis,)
    for one in axes:
        if not isinstance(one, int | np.integer) or isinstance(one, bool):
            raise TypeError(f"axis: expected None, an integer or integers, got {brief(axis)}")
        if not -ndim <= one < ndim:
            raise ValueError(f"axis: expected axes of {ndim} dimensions, got {brief(axis)}")
    axes = tuple(int(one) % ndim for one in axes)
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis: expected each axis once, got {brief(axis)}")
    return axes


def masks(array, axis):
    """Return an array with the axes that are summed over in one, the last."""
    axes = summed_axes(axis, array.ndim)
    kept = [one for one in range(array.ndim) if one not in axes]
    size = math.prod(array.shape[one] for one in axes)
    return array.transpose(*kept, *axes).reshape(*(array.shape[one] for one in kept), size)


def unmasked(array, shape, axis):
    """Return what `masks` was given, of that shape, from what it returned."""
    axes = summed_axes(axis, len(shape))
    order = [*(one for one in range(len(shape)) if one not in axes), *axes]
    return array.reshape([shape[one] for one in order]).transpose(np.argsort(order))


def check_probabilities(name, array):
    """Refuse numbers outside [0, 1]."""
    reject(name, array, (array < 0) | (array > 1), "probabilities in [0, 1]")


def positive(name, value):
    """Return an option as a float greater than 0."""
    return _option(name, value, lambda number: number > 0, "greater than 0")


def not_negative(name, value):
    """Return an option as a float of at least 0."""
    return _option(name, value, lambda number: number >= 0, "of at least 0")


def not_negative_per_label(name, value, shape):
    """Return an option as a float of at least 0, or one for each label of the last axis."""
    numbers = as_numbers(name, value)
    if numbers.ndim == 0:
        return not_negative(name, value)
    if numbers.shape != shape[-1:] or numbers.dtype.kind == "b":
        raise ValueError(
            f"{name}: expected one number of at least 0, or one for each label of the last axis, "
            f"shape {shape[-1:]}, got {numbers.dtype} of shape {numbers.shape}"
        )
    reject(name, numbers, numbers < 0, "numbers of at least 0")
    return in_float64(numbers)


def fraction(name, value):
    """Return an option as a float in [0, 1]."""
    return _option(name, value, lambda number: 0 <= number <= 1, "in [0, 1]")


def open_fraction(name, value):
    """Return an option as a float between 0 and 1."""
    return _option(name, value, lambda number: 0 < number < 1, "between 0 and 1")


def option_among(name, value, choices):
    """Return an option that is one of a few numbers."""
    expected = " or ".join(map(str, choices))
    return _option(name, value, lambda number: number in choices, expected)


def index_below(name, value, size):
    """Return an option that is an index of one of so many classes."""
    number = as_numbers(name, value)
    if number.ndim != 0 or number.dtype.kind not in "iu" or not 0 <= number < size:
        raise ValueError(f"{name}: expected an integer in [0, {size}), got {brief(value)}")
    return int(number)


def signed(y_true, label_values):
    """Return binary labels as -1 and +1, from the convention that was named."""
    try:
        convention = tuple(label_values)
    except TypeError:
        convention = None
    if convention not in ((-1, 1), (0, 1)):
        raise ValueError(f"label_values: expected (-1, 1) or (0, 1), got {brief(label_values)}")
    low, high = convention
    wrong = (y_true != low) & (y_true != high)
    reject("y_true", y_true, wrong, f"labels {low} and {high}, as label_values says")
    return np.where(y_true == 1, 1.0, -1.0)


def _option(name, value, fits, expected):
    number = as_numbers(name, value)
    if number.ndim != 0 or number.dtype.kind == "b" or not fits(number):
        raise ValueError(f"{name}: expected one number {expected}, got {brief(value)}")
    return float(number)


def _mask_hint(name, array):
    if name not in ("logits", "x") or not np.isneginf(array).any():
        return ""
    return "; to mask a logit, use a large negative number such as -1e9 (in float16, -6e4)"


def _hint(truth, prediction, class_indices):
    if (*truth, 1) == prediction or truth == (*prediction, 1):
        matrix = "they would broadcast to a matrix: " if len(truth) + len(prediction) == 3 else ""
        return f"; {matrix}reshape one of them"
    return class_indices if truth == prediction[:-1] and prediction else ""


def _sparse_hint(labels, scores):
    if labels == scores:
        return "; one-hot labels belong to the dense form"
    return "; drop the last axis" if labels == (*scores[:-1], 1) else ""


def brief(value):
    """Return a value as an error shows it: in one line, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:50]}..."
