"""Notebooks as programs save them, or as somebody changed them in an editor of text."""

import json

import nbformat
import pytest
from hostile import demo
from test_grading import graded, grader, lost, place, release, sentences  # noqa: F401

from grader.run.result import GRADED

pytestmark = pytest.mark.classroom


def cell(notebook, name):
    """Return a cell by its name."""
    return next(each for each in notebook.cells if each["id"] == name)


def colab(notebook):
    """Save as Colab does: without ids, with a badge and a cell for its drive."""
    notebook.metadata["colab"] = {"provenance": [], "name": "Copy of demo.ipynb"}
    for each in notebook.cells:
        each.metadata["id"] = each.pop("id")
    mount = "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive"
    notebook.cells[:0] = [
        nbformat.v4.new_markdown_cell('<a href="x">Open in Colab</a>'),
        nbformat.v4.new_code_cell(mount),
    ]
    notebook.nbformat_minor = 0


def vs_code(notebook):
    """Save as VS Code does."""
    for each in notebook.cells:
        each.metadata["vscode"] = {"languageId": "python"}
        each["source"] = each["source"].splitlines(keepends=True)


def other_order(notebook):
    """Move the last question to the top."""
    notebook.cells[2:] = notebook.cells[:1:-1]


def split(notebook):
    """Move a helper to a cell of its own, below the cell of the question."""
    both = cell(notebook, "square")
    both.source = "def mean_squared_error(a, b):\n    return late(a - b)"
    helper = "import numpy as jnp\ndef late(x):\n    return jnp.mean((y := x) * y)"
    notebook.cells.append(nbformat.v4.new_code_cell(helper))


def timed(notebook):
    """Measure the cells of two answers."""
    for name in ("loss", "number"):
        cell(notebook, name).source = f"%%time\n{cell(notebook, name).source}"


def other_kernel(notebook):
    """Say that it is a notebook in R, of a format that does not exist, with widgets."""
    notebook.metadata["kernelspec"] = {"name": "ir", "language": "R"}
    state = {str(number): {"model_name": "X"} for number in range(20_000)}
    kind = "application/vnd.jupyter.widget-state+json"
    notebook.metadata["widgets"] = {kind: {"state": state}}
    notebook["nbformat"] = 5


def odd_numbers(notebook):
    """Write numbers that JSON does not have, or that no program can hold."""
    notebook.metadata["a"] = float("nan")
    for each in notebook.cells:
        each["execution_count"] = 10**400


def more_points(notebook):
    """Write other points into the notebook, and answer nothing."""
    for each in notebook.cells:
        if "nbgrader" in each.metadata:
            each.metadata.nbgrader |= {"points": 1e9, "grade": True, "solution": True}
    cell(notebook, "square").source = "def mean_squared_error(a, b):\n    return 0"


def exchanged_names(notebook):
    """Call the answer tests, and the tests the answer."""
    names = [cell(notebook, name).metadata.nbgrader for name in ("square", "square-tests")]
    names[0].grade_id, names[1].grade_id = names[1].grade_id, names[0].grade_id


def other_environment(notebook):
    """Ask for the environment of a different assignment."""
    notebook.metadata["loss_book"] |= {"environment": "tensorflow", "order": ["1"]}


# What is changed, and the points that are lost.
SAVED = {
    colab: {}, vs_code: {}, other_order: {}, split: {}, timed: {}, other_kernel: {},
    odd_numbers: {}, exchanged_names: {}, other_environment: {}, more_points: {"square": 2},
}  # fmt: skip


@pytest.mark.parametrize("change", SAVED, ids=lambda change: change.__name__)
def test_a_notebook_counts_however_it_was_saved(change, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT)
    change(notebook)
    result = graded(grader, place, f"saved {change.__name__}", json.dumps(notebook).encode())
    assert result["state"] == GRADED, result["reason"]
    assert lost(result) == SAVED[change], sentences(result)
    assert result["points"] == demo.MAX_POINTS - sum(SAVED[change].values())


# In JSON, the last of two equal keys counts, as in Jupyter.
DEEP = "[" * 900 + "]" * 900
ODD = {
    "cells": ('"cells": [', '"cells": [], "cells": [', {}),
    "an answer": ('"source": "answer = 0.693"', '"source": "answer = 0.693", "source": "x = 1"',
                  {"number": 1}),
    "metadata that are deep": ('"metadata": {', f'"metadata": {{"deep": {DEEP}, ', {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_json_is_read_as_jupyter_reads_it(name, grader, place, release):  # noqa: F811
    old, new, expected = ODD[name]
    text = json.dumps(demo.submission(release, demo.RIGHT))
    assert old in text
    result = graded(grader, place, f"odd {name}", text.replace(old, new, 1).encode())
    assert (result["state"], lost(result)) == (GRADED, expected), result["reason"]
