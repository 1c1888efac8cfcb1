"""The exercises that check themselves: what the files of `book/exercises` declare."""

import functools
from typing import NamedTuple

from website.cells import checking
from website.toc import ROOT

FOLDER = ROOT / "book" / "exercises"


class Exercise(NamedTuple):
    """What the file of an exercise declares; CONTRIBUTING says what each name means."""

    source: str
    function: str
    start: str
    hint: str
    solution: str
    cases: list
    expected: object
    mistakes: list


def names():
    """Return the names of the exercises."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


@functools.cache
def read(name):
    """Return an exercise by its name."""
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    own = checking.load(source)
    start, solution = own["START"].strip("\n"), own["SOLUTION"].strip("\n")
    mistakes = [tuple(mistake) for mistake in own["MISTAKES"]]
    rest = (own["CASES"], own["expected"], mistakes)
    return Exercise(source, own["FUNCTION"], start, own["HINT"].strip(), solution, *rest)
