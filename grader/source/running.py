"""Run notebooks that the teacher wrote, in this process. No student's code runs here."""

import copy
import io
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from typing import NamedTuple

import numpy as np

from grader.checks import cells, plans
from grader.source.form import MAGIC

ONLY_IN_JUPYTER = ("get_ipython", "display")  # this process is no Jupyter


class Trial(NamedTuple):
    """How to try a notebook: a function for its outcomes, one for the cells that fail.

    The first returns the outcome of every check, the second pairs of a cell's text and its error.
    """

    outcomes: Callable
    failures: Callable


@contextmanager
def in_process(plan):
    """Give a `Trial` of trusted notebooks."""

    def outcomes(notebook):
        with np.errstate(all="ignore"):
            return plans.outcomes(plan, run(notebook))

    yield Trial(outcomes, lambda notebook: run(notebook).get("__errors__", []))


def run(notebook):
    """Run the code of a notebook as far as possible, and return its names."""
    names = {"__name__": "__main__", "__errors__": []}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cells.is_graded(cell):
            try:
                # Neither its output nor its print options leave this cell.
                with redirect_stdout(io.StringIO()), np.printoptions():
                    exec(compile(MAGIC.sub("", cell.source), cell.id, "exec"), names)
            except Exception as error:
                if not _needs_jupyter(error):
                    names["__errors__"].append((cell.source, f"{type(error).__name__}: {error}"))
    return names


def _needs_jupyter(error):
    """Tell whether a cell may well run in Jupyter."""
    named = isinstance(error, NameError) and error.name in ONLY_IN_JUPYTER
    return named or isinstance(error, SyntaxError)  # such as files = !ls


def with_visible_tests(notebook):
    """Return a notebook in which the visible tests are cells like any other."""
    changed = copy.deepcopy(notebook)
    for cell in filter(cells.is_tests, changed.cells):
        del cell.metadata["nbgrader"]
    return changed
