"""A source that has changed or cannot be used is not released."""

import json

import nbformat
import pytest

from grader import files
from grader.course import course_folder
from grader.course import release as releasing
from grader.source import audit, derive

pytestmark = pytest.mark.classroom


def test_a_changed_source_is_not_released_as_if_it_were_the_old_one(tmp_path):
    own = tmp_path / "mine.ipynb"
    text = (derive.SOURCES / "softmax.ipynb").read_text(encoding="utf-8")
    own.write_text(text.replace('"assignment": "softmax"', '"assignment": "mine"'))
    course_folder.new_course(tmp_path / "course")
    round_, _ = releasing.release(tmp_path / "course", own)
    assert releasing.release(tmp_path / "course", own)[0] == round_
    own.write_text(own.read_text().replace("softmax", "softmaxes", 1))
    with pytest.raises(files.Problem, match="the source has changed since mine-1 was released"):
        releasing.release(tmp_path / "course", own)


def changed_source(tmp_path, change):
    """Write a copy of a source with one change; return its path."""
    notebook = nbformat.read(derive.SOURCES / "softmax.ipynb", as_version=4)
    change(notebook)
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    return path


def marked(notebook, **marks):
    cell = nbformat.v4.new_code_cell("x = 1")
    cell.metadata["nbgrader"] = marks
    notebook.cells.insert(3, cell)


def twice(notebook):
    notebook.cells.append(nbformat.from_dict(dict(notebook.cells[6], id="again")))


UNUSABLE = {
    "cell 4 (“x = 1”) lacks nbgrader's grade, solution, locked": lambda n: marked(n, grade_id="q"),
    "occurs twice": twice,
    "expected the environment": lambda n: n.metadata.loss_book.update(environment="julia"),
    "expected a name of small letters": lambda n: n.metadata.loss_book.update(assignment="../../x"),
    "states no points; write, for example: ## 1. The mean (2 points)": lambda n: n.cells.insert(
        2, nbformat.v4.new_code_cell("### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")),
}  # fmt: skip


@pytest.mark.parametrize("words", UNUSABLE)
def test_a_source_that_cannot_be_used_is_refused_by_audit_and_release(words, tmp_path):
    path = changed_source(tmp_path, UNUSABLE[words])
    (sentence,) = audit.problems(path)
    assert words in sentence
    course_folder.new_course(tmp_path / "course")
    with pytest.raises(files.Problem, match="was not released"):
        releasing.release(tmp_path / "course", path)
    assert not list((tmp_path / "course").rglob("x-v*.ipynb"))
