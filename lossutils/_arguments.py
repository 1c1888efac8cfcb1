"""Arguments as the formulas need them: float64 arrays of agreeing shape, or an error that names the argument."""

import functools
import inspect

import numpy as np

# A decorator: a limit such as log 0 = -inf or exp(-1000) = 0 is a result here, not a reason to warn.
silent = np.errstate(all="ignore")


def keywords_only(function):
    """Say how to write a call whose arguments were given by position."""
    names = [
        name for name, p in inspect.signature(function).parameters.items() if p.default is p.empty
    ]
    example = f"{function.__name__}({', '.join(f'{name}=...' for name in names)})"

    @functools.wraps(function)
    def call(*positional, **keywords):
        if positional:
            raise TypeError(
                f"{function.__name__}: expected keywords only, got {len(positional)} positional argument(s); "
                f"write {example}, so that labels and logits cannot be swapped"
            )
        return function(**keywords)

    return call


def as_numbers(name, value, *, finite=True):
    """Return `value` as an array of real numbers in the dtype it came in."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name}: expected an array without a mask, got a masked array; pass the mask as sample_weight"
        )
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: expected a rectangular array of numbers, got {_brief(value)}: {error}"
        ) from error
    if (
        array.dtype not in _FLOATS
        and array.dtype.kind not in "iub"
        and array.dtype.name != "bfloat16"
    ):
        raise TypeError(
            f"{name}: expected numbers (float16, bfloat16, float32, float64, integer or bool), "
            f"got {_brief(value)} of dtype {array.dtype}"
        )
    if finite and array.dtype.kind not in "iub":
        reject(name, array, ~np.isfinite(array), "finite numbers")
    return array


_FLOATS = tuple(np.dtype(name) for name in ("float16", "float32", "float64"))


def is_floating(array):
    """Tell whether the dtype is one of the four floating ones; bfloat16 is known by its name."""
    return array.dtype in _FLOATS or array.dtype.name == "bfloat16"


def as_prediction(name, value):
    """Return `value` as numbers that a model can have produced: not bool."""
    array = as_numbers(name, value)
    if array.dtype.kind == "b":
        raise TypeError(
            f"{name}: expected scores or probabilities, got bool (a decision already taken)"
        )
    return array


def reject(name, array, wrong, expected):
    """Raise a ValueError with the first offender when anything is wrong."""
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise ValueError(f"{name}: expected {expected}, got {array[index]}{where}")


def result_dtype(*arrays):
    """Return the promoted dtype of the floating arrays; integers do not promote."""
    floating = [array.dtype for array in arrays if is_floating(array)]
    return np.result_type(*floating) if floating else np.dtype(np.float64)


def rounded(values, dtype):
    """Round float64 values to the dtype of the inputs, once; zero has no sign."""
    return np.asarray(values + 0.0).astype(dtype)[()]


def pair(**truth_and_prediction):
    """Return truth and prediction in float64, of one shape, and the dtype of the result."""
    (true_name, truth), (name, prediction) = truth_and_prediction.items()
    truth, prediction = as_numbers(true_name, truth), as_prediction(name, prediction)
    if truth.shape != prediction.shape:
        raise ValueError(
            f"{true_name} and {name}: expected the same shape, got {truth.shape} and {prediction.shape}"
            + _shape_hint(truth.shape, prediction.shape, true_name)
        )
    dtype = result_dtype(truth, prediction)
    return truth.astype(np.float64, copy=False), prediction.astype(np.float64, copy=False), dtype


def rows(axis=-1, **truth_and_prediction):
    """Return `pair` with the class axis last and contiguous."""
    truth, prediction, dtype = pair(**truth_and_prediction)
    return class_last("y_true", truth, axis), class_last("y_pred", prediction, axis), dtype


def sparse(**truth_and_prediction):
    """Return class indices, the scores in float64 with the class axis last, and the dtype of the result."""
    (true_name, labels), (name, scores) = truth_and_prediction.items()
    labels, scores = as_numbers(true_name, labels), as_prediction(name, scores)
    dtype = result_dtype(scores)
    scores = class_last(name, scores.astype(np.float64, copy=False), -1)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{true_name}: expected integer class indices, got dtype {labels.dtype}")
    if labels.shape != scores.shape[:-1]:
        raise ValueError(
            f"{true_name} and {name}: expected class indices of shape {scores.shape[:-1]} for {name} of shape "
            f"{scores.shape}, got {labels.shape}"
            + (" (one-hot?)" if labels.shape == scores.shape else "")
        )
    num_classes = scores.shape[-1]
    reject(
        true_name,
        labels,
        (labels < 0) | (labels >= num_classes),
        f"class indices in [0, {num_classes})",
    )
    return labels.astype(np.intp)[..., np.newaxis], scores, dtype


def class_last(name, array, axis):
    """Move the class axis to the end; a contiguous last axis is what NumPy sums pairwise."""
    if not isinstance(axis, (int, np.integer)) or isinstance(axis, bool):
        raise TypeError(f"axis: expected an integer, got {axis!r}")
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(
            f"axis: expected an axis of {name}, which has shape {array.shape}, got {axis}"
        )
    if array.shape[axis] == 0:
        raise ValueError(
            f"{name}: expected at least one class on axis {axis}, got shape {array.shape}"
        )
    return np.ascontiguousarray(np.moveaxis(array, axis, -1))


def check_probabilities(name, array):
    """Refuse numbers outside [0, 1]."""
    reject(name, array, (array < 0) | (array > 1), "probabilities in [0, 1]")


def check_parameter(name, value, *, low, high=np.inf, open_low=False):
    """Return a scalar option as float; refuse it outside its range."""
    number = as_numbers(name, value)
    ok = (
        number.ndim == 0
        and number.dtype.kind != "b"
        and low <= number <= high
        and not (open_low and number == low)
    )
    if not ok:
        bounds = f"{'(' if open_low else '['}{low}, {high}{')' if high == np.inf else ']'}"
        raise ValueError(f"{name}: expected one number in {bounds}, got {_brief(value)}")
    return float(number)


def signed_labels(labels, label_values):
    """Return binary labels as -1 and +1, from the convention that was named."""
    try:
        known = tuple(label_values) in ((-1, 1), (0, 1))
    except TypeError:
        known = False
    if not known:
        raise ValueError(f"label_values: expected (-1, 1) or (0, 1), got {label_values!r}")
    reject(
        "y_true",
        labels,
        ~np.isin(labels, label_values),
        f"labels from label_values={tuple(label_values)}",
    )
    return np.where(labels == 1, 1.0, -1.0)


def _shape_hint(truth, prediction, true_name):
    if truth + (1,) == prediction or prediction + (1,) == truth:
        return "; they would broadcast to a matrix: reshape one of them"
    if len(truth) + 1 == len(prediction) and truth == prediction[:-1]:
        return f"; class indices in {true_name} belong to the sparse form"
    return ""


def _brief(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{type(value).__name__} {text[:40]}..."
