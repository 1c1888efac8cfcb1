"""A hash of a plan: of what is asked and what is right, wherever these numbers come from.

Expected values come from hidden cells and from the loss functions that these call. So the computed
numbers themselves are hashed: a loss that is corrected changes the hash of exactly those plans that
use it, and a docstring changes none. Numbers count to eight significant digits. That is finer than
the default tolerances, and coarse enough that two processors, whose exponentials may differ in
the last bit, agree.
"""

import hashlib
import json

import numpy as np

from grader.checks import cells
from grader.sandbox import values

DIGITS = 8
NEGLIGIBLE = 1e-12  # relative to the largest number of an array: what cancellation leaves
LIMIT = 2**30  # bytes; larger than anything in a plan
TEXTS = ("kind", "words", "target", "points", "parts", "relative", "within", "because", "tensors")


def fingerprint(plan):
    """Return the hash of a plan as hexadecimal digits.

    Parameters
    ----------
    plan : `grader.checks.plans.Plan`
    """
    about = plan.assignment, plan.environment, plan.variant
    released = [[cell["cell_type"], cell["source"], cells.marks(cell)]
                for cell in plan.release["cells"]]  # fmt: skip
    content = [about, released, [_item(item) for item in plan.items]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _item(item):
    check = [getattr(item.check, name) for name in TEXTS]
    return [item.question, check, [_case(case) for case in item.cases]]


def _case(case):
    """Return a case as JSON; the order of arguments and of mistakes matters."""
    inputs = [_rounded(tree) for tree in case.inputs.get("positional", [])]
    named = [[name, _rounded(tree)] for name, tree in case.inputs.get("named", {}).items()]
    mistakes = [[words, _value(value)] for words, value in case.mistakes]
    return [inputs, named, _value(case.expected), mistakes, sorted(case.familiar)]


def _value(value):
    return _rounded(values.encode(value, LIMIT))


def _rounded(tree):
    """Return an encoded value with its numbers as rounded text."""
    ((kind, content),) = tree.items()
    if kind == "plain":
        return [kind, type(content).__name__, _numbers(content) if _is_float(content) else content]
    if kind == "array":
        return [kind, *content[:2], _numbers(values.decode(tree))]
    if kind == "dict":
        return [kind, [[name, _rounded(item)] for name, item in content]]
    if kind in ("list", "tuple"):
        return [kind, [_rounded(item) for item in content]]
    return [kind, content]


def _is_float(number):
    return isinstance(number, float)


def _numbers(array):
    """Return numbers as text, floats to `DIGITS` significant digits.

    Examples
    --------
    >>> _numbers(np.array([0.1 + 0.2, -0.0, 1e-17]))
    '0.3 0 0'
    >>> _numbers(np.array([1, 2])), _numbers(np.array([np.nan, -np.inf]))
    ('1 2', 'nan -inf')
    """
    array = np.ravel(array)
    if array.dtype.kind != "f":
        return " ".join(map(str, array.tolist()))
    array = array.astype(float)
    largest = np.abs(array[np.isfinite(array)]).max(initial=0.0)
    array = np.where(np.abs(array) <= NEGLIGIBLE * largest, 0.0, array)
    return " ".join(f"{number:.{DIGITS}g}" for number in array.tolist())
