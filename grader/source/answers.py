"""The answers that a source declares: right, blank and wrong, as notebooks of students.

A wrong answer stands in the hidden part of the source: ``wrong("softmax twice", loses=2,
cross_entropy=_twice)`` says that the right solution with `_twice`, a function of the hidden part,
in place of `cross_entropy` loses exactly 2 points. Numbers and letters are replaced likewise.
"""

import ast
import copy
import re
from typing import NamedTuple

import numpy as np

from grader.checks import declare
from grader.source import derive

NAMES = ("check", "check_value", "check_choice", "Function")  # that a hidden part may use


class Wrong(NamedTuple):
    """A declared wrong answer: what is wrong, how many points it loses, what it replaces."""

    words: str
    loses: float
    replaced: dict


class Answer(NamedTuple):
    """A student's notebook, and the points that it must get without those given by hand."""

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
    declared, found = declarations(hidden)
    most = sum(check.points for check in found)
    right = derive.solution(topic, seed, number)
    yield Answer("right", right, most, most)
    yield Answer("blank", derive.release(topic, seed, number), 0, most)
    for wrong in declared:
        notebook = _replaced(right, wrong, "\n".join(hidden.values()))
        yield Answer(wrong.words, notebook, most - wrong.loses, most)


def declarations(hidden):
    """Run the hidden parts; return the wrong answers and the checks that they declare."""
    found = []

    def wrong(words, *, loses, **replaced):
        found.append(Wrong(words, loses, replaced))

    names = {name: getattr(declare, name) for name in NAMES} | {"np": np, "wrong": wrong}
    with declare.collecting() as collected:
        for question, code in hidden.items():
            exec(compile(code, f"the hidden part of {question}", "exec"), names)
    return found, list(collected)


def _replaced(right, wrong, hidden):
    """Return the right notebook with each replacement behind the cell that it replaces."""
    notebook = copy.deepcopy(right)
    for name, value in wrong.replaced.items():
        pattern = re.compile(rf"^(def {name}\(|{name} = )", re.MULTILINE)
        cells = [cell for cell in notebook.cells if cell.metadata.nbgrader.solution]
        cell = next((cell for cell in cells if pattern.search(cell.source)), None)
        if cell is None:
            raise ValueError(f"{wrong.words}: the solution does not define {name}")
        cell.source += f"\n\n\n{_text_of(name, value, hidden)}"
    return notebook


def _text_of(name, value, hidden):
    if not callable(value):
        return f"{name} = {value!r}"
    for statement in ast.parse(hidden).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == value.__name__:
            return f"{ast.get_source_segment(hidden, statement)}\n\n\n{name} = {value.__name__}"
    raise ValueError(f"{name}: {value.__name__} is not defined in the hidden part with def")
