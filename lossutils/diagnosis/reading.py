"""Data of any kind as arrays of float64, without a look at more of it than is needed.

What cannot be read is a finding, never an error.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np

from lossutils.diagnosis.findings import fault, found

LIMIT = 400_000  # numbers that are read of an array; a last axis is only cut at 16 times as many
_FEWEST = 4  # along an axis that is sampled, where that is enough
_WORDS = {"S": "text", "U": "text", "c": "complex numbers", "M": "dates", "m": "durations"}


@dataclass(frozen=True)
class Array:
    """An array as it was read: what it holds in float64, and what it was."""

    name: str
    values: np.ndarray
    shape: tuple
    dtype: np.dtype
    steps: tuple = ()

    @property
    def whole_rows(self):
        """Whether the last axis was read in full."""
        return len(self.shape) < 2 or self.steps[-1] == 1

    def __str__(self):
        return f"{self.name} {self.shape} {self.dtype.name}"


def read_all(given):
    """Return the arrays that could be read by name, the findings and the notes."""
    given, ragged = _laid_end_to_end(given)
    shapes = {name: shape_of(value) for name, value in given.items()}
    pair = [shapes[name] or () for name in ("y_true", "y_pred")]
    reference = max(pair, key=math.prod)
    arrays, findings = {}, []
    for name, value in given.items():
        steps = steps_like(reference, shapes[name] or ())
        arrays[name], found_here = read(name, value, steps, shapes[name])
        findings += found_here
    notes = [note for array in arrays.values() for note in sampled(array)]
    return arrays, findings, [*ragged, *notes]


def _laid_end_to_end(given):
    """Return two ragged tensors with the same row lengths as flat arrays, and a note about it."""
    pair = given["y_true"], given["y_pred"]
    try:
        lengths = [np.asarray(value.row_lengths()) for value in pair]
        flat = [value.flat_values for value in pair]
    except Exception:  # whatever an object of another kind raises
        return given, []
    if not np.array_equal(*lengths):
        return given, []
    note = f"y_true and y_pred are ragged; their {len(lengths[0])} rows were laid end to end."
    flat = {"y_true": flat[0], "y_pred": flat[1]} | _weights_of_ragged(given, lengths[0])
    return given | flat, [note]


def _weights_of_ragged(given, lengths):
    """Return the weights of ragged rows: ragged themselves, or one for each row."""
    weight = given.get("sample_weight")
    try:
        if weight is not None and np.array_equal(weight.row_lengths(), lengths):
            return {"sample_weight": weight.flat_values}
    except Exception:  # an array, or an object of another kind
        weight = np.asarray(weight)
    if weight is not None and np.shape(weight) in ((len(lengths),), (len(lengths), 1)):
        return {"sample_weight": np.repeat(np.ravel(weight), lengths)}
    return {}


def mask_of(value):
    """Return the mask that Keras has attached to a prediction, or None."""
    mask = getattr(value, "_keras_mask", None)
    try:
        return None if mask is None else np.asarray(mask) != 0
    except Exception:  # a mask without values, as of a symbolic tensor
        return None


def shape_of(value):
    """Return the shape without reading the numbers; None where it does not say."""
    try:
        if isinstance(value, list | tuple):
            return (len(value), *np.shape(value[0])) if len(value) > LIMIT // 100 else None
        shape = tuple(int(length) for length in value.shape)
        return shape if all(length >= 0 for length in shape) else None
    except Exception:  # whatever an object of an unknown kind raises when it is asked
        return None


def steps_like(reference, shape):
    """Return a step for each axis, the same for axes that two arrays share."""
    steps = _steps(reference)
    shared = tuple(
        steps[axis] if axis < len(reference) and length == reference[axis] else 1
        for axis, length in enumerate(shape)
    )
    return shared if _count(shape, shared) <= 16 * LIMIT else _steps(shape)


def _steps(shape):
    """Return how far apart the rows lie that are read; the last axis is cut when nothing helps."""
    steps = [1] * len(shape)
    for fewest in (_FEWEST, 1):
        for axis, length in enumerate(shape):
            last = axis == len(shape) - 1 > 0
            excess = -(-_count(shape, steps) // (16 * LIMIT if last or fewest == 1 else LIMIT))
            most = length if last else length // fewest
            steps[axis] = _odd(max(1, min(steps[axis] * excess, most)))
    return tuple(steps)


def _odd(step):
    """Return the next step that shares no period with 2, 3 and 5, as the data may have."""
    return next(larger for larger in range(step, step + 8) if math.gcd(larger, 30) == 1)


def _count(shape, steps):
    return math.prod(-(-length // step) for length, step in zip(shape, steps, strict=True))


def read(name, value, steps, shape):
    """Return an array and the findings about it; None and a finding where there is none."""
    if value is None:
        return None, [_unreadable(name, "is None", "pass the array itself")]
    try:
        part, array = _converted(value, steps)
    except Exception as error:  # whatever an object of an unknown kind raises
        because = ascii(" ".join(f"{type(error).__name__}: {error}".split())[:120])[1:-1]
        return None, [_unreadable(name, f"cannot become an array ({because})", _RECTANGLE)]
    shape = shape if any(step > 1 for step in steps) else array.shape
    steps = steps if len(steps) == array.ndim else (1,) * array.ndim
    if name == "y_pred" and isinstance(value, list | tuple) and array.dtype.kind in "iu":
        array = array.astype(float)  # 1 may have been typed for 1.0
    values, faults = _numbers(name, array)
    if isinstance(part, np.ma.MaskedArray):
        faults += _masked(name, part)
    return (None if values is None else Array(name, values, shape, array.dtype, steps)), faults


def _converted(value, steps):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        part = _part(value, steps)
        return part, np.asarray(part)


_RECTANGLE = "rows of one length, tf.convert_to_tensor(y); padding with sample_weight 0 fills rows"


def _part(value, steps):
    """Return the rows that the steps choose, sliced before anything is converted."""
    if all(step == 1 for step in steps):
        return value
    if all(step == 1 for step in steps[1:]):
        return value[:: steps[0]]
    return value[tuple(slice(None, None, step) for step in steps)]


def _numbers(name, array):
    """Return the array in float64, or None, and what is wrong with its dtype."""
    kind, numbers = array.dtype.kind, None
    if kind in "fiubO" or (kind == "V" and array.dtype.names is None):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                numbers = array.astype(np.float64)
        except Exception:  # an element that is not a number, of whatever kind
            numbers = None
    if numbers is not None and kind != "O":
        return numbers, []
    what = _WORDS.get(kind, "Python objects" if kind == "O" else f"the dtype {array.dtype}")
    evidence = f"holds {what}{_first(array)}, so TensorFlow cannot compute with it"
    return numbers, [_unreadable(name, evidence, _INSTEAD.get(what, _RECTANGLE))]


_INSTEAD = {
    "text": "numbers: class indices are np.unique(y, return_inverse=True)[1]",
    "complex numbers": "real numbers: tf.math.abs(y) or tf.math.real(y)",
    "Python objects": "an array of floats: np.asarray(y, dtype='float32')",
}


def _first(array):
    if not array.size:
        return ""
    try:
        text = ascii(array.reshape(-1)[0])
    except Exception:  # an object that cannot say what it is
        return ""
    return f", first {text if len(text) <= 40 else text[:30] + '...'}"


def _unreadable(name, evidence, instead):
    return fault(f"{name} is not an array of numbers", f"{name} {evidence}.", instead)


def _masked(name, part):
    count = int(np.count_nonzero(np.ma.getmaskarray(part)))
    evidence = f"{name} is a masked array; {count} of the {part.size} numbers read are masked."
    evidence += " TensorFlow does not look at the mask: they count as they are."
    instead = "weights instead of the mask: sample_weight=~np.ma.getmaskarray(y)"
    return [found("mask-ignored", evidence, instead)] if count else []


def sampled(array):
    """Yield what a person should know about an array that was read in part."""
    if array is not None and any(step > 1 for step in array.steps):
        axes = [f"one in {step:,} on axis {i}" for i, step in enumerate(array.steps) if step > 1]
        yield (
            f"{array.name} was sampled: {array.values.size:,} of its {math.prod(array.shape):,} "
            f"numbers were read ({', '.join(axes)})."
        )
