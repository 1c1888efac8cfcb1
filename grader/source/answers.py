"""The answers that a source declares: right, blank and wrong, as notebooks of students.

A wrong answer is declared in a hidden part: ``wrong("softmax twice", loses=2,
cross_entropy=_twice)`` says that the right solution loses exactly 2 points if `_twice`, a function
of the hidden part, replaces `cross_entropy`. Numbers and letters are replaced likewise.
"""

import ast
import copy
import math
import re
from typing import NamedTuple

from grader.checks import cells
from grader.checks import hidden as hidden_cells
from grader.source import derive


class Answer(NamedTuple):
    """A student's notebook, and its points without those of manual grading."""

    words: str
    notebook: object
    points: float
    max_points: float


def answers(topic, seed, number):
    """Yield the right, the blank and every declared wrong answer of one variant.

    Parameters
    ----------
    topic, seed, number
        As in `derive.release`.

    Yields
    ------
    Answer
    """
    hidden = derive.hidden(topic, seed, number)
    declared = hidden_cells.run(hidden)
    most = sum(check.points for checks in declared.checks.values() for check in checks)
    right = derive.solution(topic, seed, number)
    yield Answer("right", right, most, most)
    yield Answer("blank", derive.release(topic, seed, number), 0, most)
    for wrong in declared.wrong_answers:
        notebook = _replaced(right, wrong, "\n".join(hidden.values()))
        yield Answer(wrong.words, notebook, most - wrong.loses, most)


def _replaced(right, wrong, hidden):
    """Return the right notebook with each replacement after the cell that it replaces."""
    notebook = copy.deepcopy(right)
    for name, value in wrong.replaced.items():
        pattern = re.compile(rf"^((def|class) {name}\(|{name} = )", re.MULTILINE)
        candidates = filter(cells.is_answer, notebook.cells)
        cell = next((cell for cell in candidates if pattern.search(cell.source)), None)
        if cell is None:
            raise ValueError(f"{wrong.words}: the solution does not define {name}")
        cell.source += f"\n\n\n{_text_of(name, value, hidden)}"
    return notebook


def _text_of(name, value, hidden):
    """Return the code that replaces a name of the solution."""
    if not callable(value):
        return f"{name} = {_code(name, derive.plain(value))}"
    for statement in ast.parse(hidden).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == value.__name__:
            return f"{ast.get_source_segment(hidden, statement)}\n\n\n{name} = {value.__name__}"
    raise ValueError(f"{name}: {value.__name__} is not defined with def in the hidden part")


def _code(name, value):
    """Return code for a value: arrays become lists, which are compared alike.

    Examples
    --------
    >>> import numpy as np
    >>> _code("loss", {"a": [np.float64(0.5), np.array([1, 2])], "b": float("nan")})
    "{'a': [0.5, [1, 2]], 'b': float('nan')}"
    """
    value = derive.plain(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_code(name, each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_code(name, each) for each in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if value is None or value is ... or isinstance(value, (bool, int, float, str, set)):
        return repr(value)
    raise ValueError(f"wrong(..., {name}=...) cannot be a {type(value).__name__}; use numbers, "
                     "text, arrays, lists of these, or a function with def")  # fmt: skip
