"""Broken and changed files: each gets a result with a reason, never 0 points."""

import json
import os
import shutil

import nbformat
import pytest
from hostile import demo
from test_grading import LIMITS, graded, grader, lost, place, release, sentences  # noqa: F401

from grader.checks import plans
from grader.checks.hidden import WrongSource
from grader.run.result import COULD_NOT, GRADED
from grader.source import derive

pytestmark = pytest.mark.classroom

BROKEN = {
    "not JSON": (b"this is not a notebook", "not JSON"),
    "cut in the middle": (b'{"cells": [{"cell_type": "code", "sou', "not JSON"),
    "empty": (b"", "empty"),
    "bytes that are not text": (bytes(range(256)) * 10, "not JSON"),
    "a list": (b"[]", "has no cells"),
    "a number that never ends": (b"9" * 100_000, "not JSON"),
    "too deep": (b"[" * 200_000, "not JSON"),
    "no cells": (b"{}", "has no cells"),
    "cells that are text": (b'{"cells": "x"}', "has no cells"),
    "cells that are not cells": (b'{"cells": [1, null, {"source": 3}]}', "different notebook"),
    "an old format": (b'{"worksheets": [], "nbformat": 3}', "old format"),
    "different notebook": (b'{"cells": [], "metadata": {}}', "different notebook"),
    "a different assignment": (b'{"cells": [], "metadata": {"loss_book": {"assignment": "x"}}}',
                           "the notebook of 'x'"),
    "30 MB": (b" " * 30 * 2**20, "larger than 25 MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_could_not_be_graded(name, grader, place):  # noqa: F811
    """A file that is not a notebook of the assignment has no points: null, not 0."""
    data, reason = BROKEN[name]
    result = graded(grader, place, name, data)
    assert result["state"] == COULD_NOT
    assert reason in result["reason"]
    assert result["points"] is None
    assert result["max_points"] == demo.MAX_POINTS


def test_links_and_pipes_are_not_read(grader, place):  # noqa: F811
    """A link to a secret, a pipe and a folder are not submissions."""
    folder = place / "submitted"
    folder.mkdir(exist_ok=True)
    (folder / "link.ipynb").symlink_to(place / "secret")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "folder.ipynb").mkdir()
    for name in ("link", "pipe", "folder", "missing"):
        path = folder / f"{name}.ipynb"
        written = grader.grade(place / "demo.ipynb", path, place / "results", demo.SEED, LIMITS,
                             variant=0)  # fmt: skip
        assert json.loads(written.read_text())["state"] == COULD_NOT


def changed(release, change):  # noqa: F811
    """Return the right submission after a change of its list of cells."""
    notebook = demo.submission(release, demo.RIGHT)
    notebook.cells = change(notebook.cells)
    return notebook


def without(*names):
    """Return a change that deletes cells."""
    return lambda cells: [cell for cell in cells if cell["id"] not in names]


def turned(kind, *names):
    """Return a change that turns cells into a different kind, as M and R do in Jupyter."""
    return lambda cells: [
        nbformat.from_dict(dict(cell, cell_type=kind)) if cell["id"] in names else cell
        for cell in cells
    ]


CHANGES = {
    "cells reordered": (lambda cells: cells[::-1], {}),
    "answers deleted": (without("square", "number"), {"square": 2, "number": 1}),
    "the setup deleted": (without("setup"), {}),
    "tests deleted": (without(*demo.POINTS), {}),
    "all but the answers deleted": (without(*demo.POINTS, "setup", "title", "words"), {}),
    "everything twice": (lambda cells: [*cells, *cells], {}),
    "an answer twice, the second wrong": (
        lambda cells: [*cells, nbformat.from_dict(next(
            dict(cell, source="answer = 3") for cell in cells if cell["id"] == "number"))],
        {"number": 1}),
    "cell ids lost": (lambda cells: [
        nbformat.from_dict({k: v for k, v in cell.items() if k != "id"}) for cell in cells], {}),
    "the setup changed": (lambda cells: [
        nbformat.from_dict(dict(cell, source="np = None")) if cell["id"] == "setup" else cell
        for cell in cells], {}),
    "tests changed": (lambda cells: [
        nbformat.from_dict(dict(cell, source="import os; os._exit(1)"))
        if cell["id"] in demo.POINTS else cell for cell in cells], {}),
    "answers turned into text by a key": (turned("markdown", "square", "loss-tests"), {}),
    "an answer and the setup turned into raw text": (turned("raw", "number", "setup"), {}),
    "no metadata of cells": (lambda cells: [
        nbformat.from_dict(dict(cell, metadata=None)) for cell in cells], {}),
    "one id for all cells": (lambda cells: [
        nbformat.from_dict(dict(cell, id="same")) for cell in cells], {}),
    "names that are lists": (lambda cells: [
        nbformat.from_dict(dict(cell, metadata={"nbgrader": {"grade_id": [cell["id"]]}}))
        for cell in cells], {}),
    "attachments and lists of lines": (lambda cells: [nbformat.from_dict(dict(
        cell, attachments={"a.png": {}}, source=cell["source"].splitlines(True)))
        for cell in cells], {}),
    "20 MB of outputs": (lambda cells: [*cells, nbformat.v4.new_code_cell("1", outputs=[
        nbformat.v4.new_output("stream", text="x" * 20 * 2**20)])], {}),
    "a thousand cells": (lambda cells: [*cells, *[nbformat.v4.new_code_cell("1")] * 1000], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_changed_notebooks(name, grader, place, release):  # noqa: F811
    """The teacher's cells are restored; the student's cells count as they are."""
    change, expected = CHANGES[name]
    notebook = changed(release, change)
    result = graded(grader, place, name, json.dumps(notebook).encode())
    assert result["state"] == GRADED, result["reason"]
    assert lost(result) == expected, sentences(result)


def test_a_cell_that_is_no_longer_code_is_pointed_out(grader, place, release):  # noqa: F811
    """It is run as code, and its code is not taken for free text."""
    notebook = changed(release, turned("markdown", "square", "loss-tests"))
    result = graded(grader, place, "turned", json.dumps(notebook).encode())
    assert result["notes"] == ["the cell square is no longer a code cell; it was run as one"]
    assert result["manual"][0]["blank"]


ENCODED = {
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-32 without a mark": lambda text: text.encode("utf-32-le"),
    "line endings of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "a format of the future": lambda text: text.replace(
        '"nbformat": 4', '"nbformat": NaN'
    ).encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_notebook_may_be_stored_in_any_encoding(name, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"square": "# é\n" + demo.RIGHT["square"]})
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    result = graded(grader, place, name, ENCODED[name](text))
    assert (result["state"], lost(result)) == (GRADED, {}), result["reason"]


@pytest.mark.parametrize(
    "name", ["mit Leerzeichen und ü", "作业 一", "'quotes' \"two\"", "-rf", "$(x)"]
)
def test_names_of_files(name, grader, place, release):  # noqa: F811
    """The name of a file has no effect."""
    result = graded(grader, place, name, demo.submission(release, demo.RIGHT))
    assert result["points"] == demo.MAX_POINTS


def test_a_lone_surrogate(grader, place, release):  # noqa: F811
    """A lone surrogate in a cell affects only its own line."""
    notebook = json.dumps(demo.submission(release, demo.RIGHT)).replace("minus", "\\ud800")
    assert graded(grader, place, "surrogate", notebook.encode())["points"] == demo.MAX_POINTS


def test_free_text_is_for_a_person(grader, place, release):  # noqa: F811
    """Its points stay open, and the result contains the answer."""
    blank = graded(grader, place, "blank text", demo.submission(release, {}))
    assert (blank["open_points"], blank["manual"][0]["blank"]) == (3, True)
    written = graded(grader, place, "text", demo.submission(release, {"words": "It cancels."}))
    assert written["manual"] == [
        {"grade_id": "words", "max_points": 3, "answer": "It cancels.", "blank": False}
    ]


def test_a_variant_that_is_no_number(grader, place, release):  # noqa: F811
    """A notebook that does not say which variant it is cannot be graded."""
    notebook = demo.submission(release, demo.RIGHT)
    notebook.metadata["loss_book"]["variant"] = "1"
    result = graded(grader, place, "variant 1", notebook)
    assert result["state"] == COULD_NOT
    assert "which variant" in result["reason"]


def test_a_template_that_was_killed(grader, place, release):  # noqa: F811
    """The next submission starts a new one."""
    graded(grader, place, "before", demo.submission(release, demo.RIGHT))
    for template in filter(None, (template.process for template in grader.templates.values())):
        template.kill()
        template.wait()
    shutil.rmtree(place / "results")
    result = graded(grader, place, "after", demo.submission(release, demo.RIGHT))
    assert result["points"] == demo.MAX_POINTS


def test_a_wrong_source_is_reported_to_the_teacher(release):  # noqa: F811
    """A source that cannot be used for grading is not the fault of a submission."""
    for code, words in {
        "1 / 0": "raises ZeroDivisionError",
        "x = 1": "declares no check",
        'check_value("a", name="b", expected=1, points=9)': "has 1 points",
        'check_value("", name="b", expected=1, points=1)': "begins with words",
        'check("a", call="b c", inputs=[], expected=1, points=1)': "the name",
    }.items():
        with pytest.raises(WrongSource, match=words):
            plans.prepare(release, {**demo.HIDDEN, "number-tests": code}, "seed")


def test_in_process_outcomes_are_the_same(place, release):  # noqa: F811
    """The audit decides as the grader does."""
    hidden = derive.hidden(place / "demo.ipynb", demo.SEED, 0)
    plan = plans.prepare(release, hidden, demo.SEED)
    namespace = {"np": __import__("numpy")}
    for code in demo.RIGHT.values():
        exec(code, namespace)
    assert all(outcome["passed"] for outcome in plans.outcomes(plan, namespace))
