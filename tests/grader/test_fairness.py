"""Honest students: a right answer keeps its points, whatever else the notebook holds."""

import json

import nbformat
import pytest
from hostile import demo
from test_grading import LIMITS, graded, grader, lost, place, release, sentences  # noqa: F401

from grader.run.result import GRADED

pytestmark = pytest.mark.classroom


def added(source, *, at, kind="code"):
    """Return a change that inserts a cell of the student's own after the cell `at`."""

    def change(notebook):
        at_cell = next(n for n, cell in enumerate(notebook.cells) if cell["id"] == at) + 1
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.insert(at_cell, make(source))

    return change


def without_metadata(notebook):
    """Remove all metadata, as some programs do."""
    notebook.metadata = nbformat.from_dict({})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})


def windows(notebook):
    """Save with the line endings of Windows."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


FAIR = {
    "a later experiment reuses a variable": (added("answer = 99", at="both"), {}, {}),
    "an experiment right after it": (added("answer = 99", at="number"), {}, {}),
    "a later experiment reuses a function": (added("masked_mean = 3", at="number"), {}, {}),
    "a variable in a new cell": (
        added("answer = 0.693", at="number"), {"number": "answer = ..."}, {}),
    "a function in a new cell": (
        added(demo.RIGHT["square"], at="number"), {"square": demo.STUBS["square"]}, {}),
    "no metadata at all": (without_metadata, {}, {}),
    "line endings of Windows": (windows, {}, {}),
    "a decimal comma": (lambda notebook: None, {"number": "answer = 0,693"}, {"number": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAIR)
def test_a_right_answer_keeps_its_points(name, grader, place, release):  # noqa: F811
    """Whatever else the notebook holds."""
    change, answers, expected = FAIR[name]
    notebook = demo.submission(release, demo.RIGHT | answers)
    change(notebook)
    path = place / "submitted" / "fair.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook))
    written = grader.grade(
        place / "demo.ipynb", path, place / "results", demo.SEED, LIMITS, variant=0
    )
    result = json.loads(written.read_text())
    assert result["state"] == GRADED, result["reason"]
    assert (lost(result), result["notes"]) == (expected, [])
    assert ("decimal point" in sentences(result)) == (name == "a decimal comma")


@pytest.mark.parametrize(
    ("kind", "text", "blank"),
    [("text", "It cancels.", False), ("code", "It cancels, since", False),
     ("code", "# It cancels.", False), ("code", "x = 1", True), ("text", "  ", True)],
)  # fmt: skip
def test_text_beside_the_stub_is_read_by_a_person(kind, text, blank, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT)
    added(text, at="words", kind=kind)(notebook)
    result = graded(grader, place, "beside", notebook)
    assert result["manual"][0]["blank"] == blank
    assert blank or text in result["manual"][0]["answer"]


def test_both_parts_of_a_split_text_are_read(grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"words": "The first part."})
    cell = nbformat.from_dict(notebook.cells[-1])
    notebook.cells.append(nbformat.from_dict(dict(cell, id="other", source="The second part.")))
    answer = graded(grader, place, "split", notebook)["manual"][0]["answer"]
    assert answer == "The first part.\n\nThe second part."


def test_a_missing_name_is_explained_by_its_cell(grader, place, release):  # noqa: F811
    """And what nobody has written yet is said to be unwritten; only code cells are counted."""
    answers = demo.RIGHT | {"square": "import tensorflow\ntensorflow.one\n" + demo.RIGHT["square"]}
    answers |= {"masked": demo.STUBS["masked"], "number": "answer = ..."}
    result = graded(grader, place, "explained", demo.submission(release, answers))
    messages = {check["name"]: check["message"] for check in result["checks"]}
    assert "its cell raised ModuleNotFoundError" in messages["mean_squared_error"]
    assert messages["masked_mean"] == "the function masked_mean is not written yet"
    assert messages["answer"] == "the variable answer is not written yet"
    assert [cell["number"] for cell in result["cells"]] == [4]
