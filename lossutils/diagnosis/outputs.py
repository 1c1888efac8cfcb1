"""Several outputs in one batch: dictionaries and lists of arrays."""

from collections.abc import Mapping
from dataclasses import replace


def outputs_of(y_true, y_pred, loss):
    """Return the names of the outputs, or None for a batch of one output.

    A list of arrays is a list of outputs where its members have two axes or more, and the shapes
    differ or the losses are a list; a list of rows is one array.
    """
    if isinstance(y_pred, Mapping) and isinstance(y_true, Mapping):
        return [name for name in y_pred if name in y_true] or None
    both = isinstance(y_pred, list | tuple) and isinstance(y_true, list | tuple)
    if not both or len(y_pred) != len(y_true) or not y_pred:
        return None
    shapes = [getattr(value, "shape", None) for value in y_pred]
    if any(shape is None or len(shape) < 2 for shape in shapes):
        return None
    if len({shape[0] for shape in shapes}) > 1:
        return None
    several = isinstance(loss, list | tuple | Mapping) or len(set(map(tuple, shapes))) > 1
    return list(range(len(y_pred))) if several else None


def of_output(value, name, position):
    """Return what belongs to one output: of a dictionary or list its own, otherwise the same."""
    if isinstance(value, Mapping):
        return value.get(name)
    several = isinstance(value, list | tuple) and position < len(value)
    return value[position] if several else value


def named(finding, name):
    """Return a finding that says to which output it belongs."""
    return replace(finding, evidence=f"Output {name!a}: {finding.evidence}")
