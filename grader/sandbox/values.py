"""Encode values for the way between the grader and the student's process, in both directions.

Numbers, strings, None, arrays of numbers, and lists, tuples and dicts of these become JSON; nothing
executable does. This file is copied into the sandbox and imports only NumPy.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from inspect import signature
from numbers import Real

import numpy as np

OWN = (list, tuple, str, bytes, bytearray, np.generic)
DEPTH = 6
ITEMS = 10_000
KINDS = {"bool", "float16", "float32", "float64"}
KINDS |= {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
# The only descriptions of values that cannot be encoded.
UNREADABLE = {
    "nothing yet",  # the three dots of a stub
    *("a function", "a generator", "a map", "a zip", "a set", "a complex", "a module", "an object"),
    *("an array that is too large", "a text that is too long", "too many items"),
    *("lists within lists, too deep", "a dict with keys that are not short strings"),
}


class Unreadable(ValueError):  # noqa: N818, it is what the value is
    """A value that cannot be encoded, or data that cannot be decoded."""


def arguments(function, positional, named):
    """Return the arguments as a function takes them: in order where its names are different.

    Examples
    --------
    >>> arguments(lambda y, z: 0, [], {"labels": 1, "logits": 2})
    ([], {'y': 1, 'z': 2})
    >>> arguments(lambda logits, y: 0, [], {"labels": 1, "logits": 2})
    ([], {'logits': 2, 'y': 1})
    """
    with suppress(Exception):  # in C there may be no signature, and a student may refuse to tell
        form = signature(function)
        names = [name for name in form.parameters if name not in named]
        known = {name: value for name, value in named.items() if name in form.parameters}
        others = [*positional, *(named[name] for name in named if name not in known)]
        by_name = known | dict(zip(names, others, strict=False))
        in_order = [*positional, *named.values()]
        for given in ((positional, named), ([], by_name), (in_order, {})):
            with suppress(TypeError):
                if len(given[0]) + len(given[1]) == len(in_order):
                    form.bind(*given[0], **given[1])
                    return given
    return positional, named


def encode(value, limit, depth=0):
    """Return a value as JSON: objects with one key, which names the kind.

    Parameters
    ----------
    limit : int
        How many bytes one array or text may have.

    Examples
    --------
    >>> from fractions import Fraction
    >>> encode(Fraction(1, 4), 1000), encode(range(2), 1000) == encode([0, 1], 1000)
    ({'plain': 0.25}, True)
    """
    if depth > DEPTH:
        raise Unreadable("lists within lists, too deep")
    value = _simple(value)
    if value is None or type(value) in (bool, float):
        return {"plain": value}
    if type(value) is int:
        return {"plain": value if abs(value) < 2**63 else float(value)}
    if type(value) is str:
        return _text("text", value, limit)
    if type(value).__name__ == "Function":
        return _text("function", value, limit)
    if isinstance(value, Mapping):
        pairs = _few(list(value.items()))
        if not all(isinstance(key, str) and len(key) < 200 for key, _ in pairs):
            raise Unreadable("a dict with keys that are not short strings")
        return {"dict": [[str(key), encode(item, limit, depth + 1)] for key, item in pairs]}
    return _array(value, limit) or _sequence(value, limit, depth)


def _simple(value, depth=0):
    """Return numbers and sequences of any other type as Python's own: they are answers too."""
    if type(value) in (list, tuple) and len(value) <= ITEMS and depth <= DEPTH:
        return type(value)(_simple(item, depth + 1) for item in value)
    if type(value) in (bool, int, float) or isinstance(value, OWN):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, (Real, Decimal)):
        return float(value)
    return _simple(list(_few(value)), depth) if isinstance(value, Sequence) else value


def _text(kind, value, limit):
    """Return a text unless it is too long."""
    if len(value) > limit // 4:
        raise Unreadable("a text that is too long")
    return {kind: str.__str__(value)}  # a member of an Enum would print its name


def _few(items):
    """Return a list unless it is too long."""
    if len(items) > ITEMS:
        raise Unreadable("too many items")
    return items


def _array(value, limit):
    """Return an array, a tensor or a list of numbers; None if it is something else."""
    if isinstance(value, (list, tuple)) and not all(map(_is_numeric, value[:ITEMS])):
        return None
    if callable(getattr(value, "numpy", None)):
        value = value.numpy()
    elif not isinstance(value, (np.ndarray, np.generic, list, tuple)):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # np.longdouble
        array = array.astype(np.float64)
    name = array.dtype.name
    if name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.name not in KINDS:
        return None
    if array.nbytes > limit:
        raise Unreadable("an array that is too large")
    data = b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"array": [name, list(array.shape), data]}


def _is_numeric(item):
    """Tell whether np.asarray may turn a value into one array of numbers."""
    return isinstance(item, (bool, int, float, list, tuple, np.ndarray, np.generic)) or callable(
        getattr(item, "numpy", None)
    )


def _sequence(value, limit, depth):
    """Return a list or tuple of mixed items."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
        return encode(value.tolist(), limit, depth + 1)
    if isinstance(value, (set, frozenset)) and all(isinstance(item, str) for item in value):
        value = sorted(value)
    if isinstance(value, str):
        return _text("text", value, limit)
    if not isinstance(value, (list, tuple)):
        raise Unreadable(_known_kind(value))
    kind = "tuple" if isinstance(value, tuple) else "list"
    return {kind: [encode(item, limit, depth + 1) for item in _few(value)]}


def _known_kind(value):
    """Name a common kind of value that is not data; never by a name from the student."""
    if value is ...:
        return "nothing yet"
    if callable(value):
        return "a function"
    name = f"a {type(value).__name__}"
    return name if name in UNREADABLE else "an object"


def decode(tree, depth=0):
    """Return the value that `encode` encoded; anything else is `Unreadable`.

    Examples
    --------
    >>> decode(encode({"loss": [1.0, 2.0], "why": "b"}, 1000))
    {'loss': array([1., 2.]), 'why': 'b'}
    >>> decode({"array": ["object", [1], ""]})
    Traceback (most recent call last):
    ...
    grader.sandbox.values.Unreadable: not a value
    """
    if depth > DEPTH or not isinstance(tree, dict) or len(tree) != 1:
        raise Unreadable("not a value")
    ((kind, content),) = tree.items()
    if kind == "plain" and (content is None or isinstance(content, (bool, int, float))):
        return content if not isinstance(content, int) or abs(content) < 2**63 else float("inf")
    if kind == "text" and isinstance(content, str):
        return content
    if kind == "array" and isinstance(content, list) and len(content) == 3:
        return _decode_array(*content)
    if not isinstance(content, list) or len(content) > ITEMS:
        raise Unreadable("not a value")
    if kind in ("list", "tuple"):
        items = [decode(item, depth + 1) for item in content]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict" and all(isinstance(pair, list) and len(pair) == 2 for pair in content):
        names = [key for key, _ in content]
        if all(isinstance(name, str) for name in names):
            return {name: decode(item, depth + 1) for name, item in content}
    raise Unreadable("not a value")


def _decode_array(name, shape, data):
    """Return an array after checking its parts; bfloat16 is returned as `Coarse`."""
    coarse = name == "bfloat16"
    if not isinstance(name, str) or (name not in KINDS and not coarse):
        raise Unreadable("not a value")
    dtype = np.dtype("float32" if coarse else name)
    if not isinstance(shape, list) or len(shape) > 16 or not isinstance(data, str):
        raise Unreadable("not a value")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise Unreadable("not a value")
    try:
        raw = b64decode(data, validate=True)
        size = dtype.itemsize
        for length in shape:
            size *= length
        if size != len(raw):
            raise Unreadable("not a value")
        array = np.frombuffer(raw, dtype).reshape(shape).copy()
    except (binascii.Error, ValueError, OverflowError, MemoryError) as problem:
        raise Unreadable("not a value") from problem
    return array.view(Coarse) if coarse else array


class Coarse(np.ndarray):
    """An array that was bfloat16 and is stored as float32."""
