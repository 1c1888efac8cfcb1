"""Several outputs in one batch: dictionaries and lists of arrays, however deep."""

from collections.abc import Mapping
from dataclasses import replace

from lossutils.diagnosis.loss_options import is_one_loss


def outputs_of(y_true, y_pred, loss):
    """Return the names of the outputs, or None for a batch of one output.

    A list of arrays is a list of outputs where its members have two axes or more, and the shapes
    differ or the losses are a list; a list of rows is one array. The name of an output within
    another output is the path to it, a tuple.
    """
    names = _names(y_true, y_pred, loss)
    if names is None:
        return None
    paths = []
    for position, name in enumerate(names):
        parts = (of_output(value, name, position) for value in (y_true, y_pred, loss))
        within = outputs_of(*parts)
        paths += [name] if within is None else [(name, *_path(inner)) for inner in within]
    return paths


def _names(y_true, y_pred, loss):
    if isinstance(y_pred, Mapping) and isinstance(y_true, Mapping):
        return [name for name in y_pred if name in y_true] or None
    both = isinstance(y_pred, list | tuple) and isinstance(y_true, list | tuple)
    if not both or len(y_pred) != len(y_true) or not y_pred:
        return None
    if any(isinstance(value, Mapping) for value in y_pred):
        return list(range(len(y_pred)))
    shapes = [getattr(value, "shape", None) for value in y_pred]
    if any(shape is None or len(shape) < 2 for shape in shapes):
        return None
    if len({shape[0] for shape in shapes}) > 1:
        return None
    several = not is_one_loss(loss) or len(set(map(tuple, shapes))) > 1
    return list(range(len(y_pred))) if several else None


def enumerated(outputs):
    """Yield the name of each output and its position."""
    return [(name, position) for position, name in enumerate(outputs)]


def of_output(value, name, position):
    """Return what belongs to one output: of a dictionary or list its own, otherwise the same."""
    if is_one_loss(value):
        return value
    if isinstance(name, tuple):
        for part in name:
            value = of_output(value, part, part if isinstance(part, int) else 0)
        return value
    if isinstance(value, Mapping):
        return value.get(name)
    several = isinstance(value, list | tuple) and position < len(value)
    return value[position] if several else value


def named(finding, name):
    """Return a finding that says to which output it belongs."""
    return replace(finding, evidence=f"Output {shown(name)!a}: {finding.evidence}")


def shown(name):
    """Return the name of an output; that of a path is joined by dots."""
    return ".".join(map(str, name)) if isinstance(name, tuple) else name


def _path(name):
    return name if isinstance(name, tuple) else (name,)
