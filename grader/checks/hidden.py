"""Run the hidden cells of an assignment and return what they declare."""

from typing import NamedTuple

import numpy as np

from grader.checks import declare

NAMES = ("check", "check_value", "check_choice", "wrong", "Function")  # known to a hidden cell


class WrongSource(ValueError):  # noqa: N818, the teacher's text is wrong, not the program
    """The source of an assignment cannot be used for grading."""


class Declared(NamedTuple):
    """The checks of each question, and the declared wrong answers."""

    checks: dict
    wrong_answers: list


def run(hidden):
    """Run hidden cells; they share their names.

    Parameters
    ----------
    hidden : dict of str to str
        The hidden part of each tests cell, by its grade_id.

    Returns
    -------
    Declared

    Raises
    ------
    WrongSource
        If a cell raises an exception.
    """
    namespace = {name: getattr(declare, name) for name in NAMES} | {"np": np}
    declared = {question: _run_cell(question, hidden[question], namespace) for question in hidden}
    everything = [each for declarations in declared.values() for each in declarations]
    return Declared(
        {question: _of(declare.Check, declared[question]) for question in hidden},
        _of(declare.WrongAnswer, everything),
    )


def _run_cell(question, code, namespace):
    try:
        with declare.collecting() as declarations:
            exec(compile(code, f"<hidden cell {question}>", "exec"), namespace)
    except Exception as problem:
        raise WrongSource(f"the hidden cell {question} raises {sentence(problem)}") from problem
    return declarations


def _of(kind, declarations):
    return [each for each in declarations if isinstance(each, kind)]


def sentence(problem):
    """Return an exception in one line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())
