"""The self-check file as students run it: in their own folder, beside any notebook."""

import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from plain_shell import Shell, submission

from grader.checks import last_cell
from grader.run import assemble
from grader.sandbox.launcher import Limits
from grader.self_check import archive, local, program, public
from grader.source import derive

pytestmark = pytest.mark.classroom

FILE = "softmax-v1-check.pyz"


@pytest.fixture
def student(released, tmp_path):
    """Make a student's folder: the right notebook with the last cell, and the file."""
    folder = tmp_path / "student"
    folder.mkdir()
    shutil.copy(released.folder("release") / FILE, folder)
    write(folder, right(released))
    return folder


def right(released):
    """Return the released notebook with the right answers."""
    given = nbformat.read(released.folder("release") / "softmax-v1.ipynb", 4)
    solved = derive.solution(released.source, released.seed(), 1)
    given.cells[:-1] = solved.cells
    return given


def write(folder, notebook, name="my own name.ipynb"):
    nbformat.write(notebook, folder / name)


def run(folder, *arguments):
    """Run the file as a student does, where nothing of this project can be imported."""
    done = subprocess.run([sys.executable, "-E", FILE, *arguments], cwd=folder,
                          capture_output=True, encoding="utf-8")  # fmt: skip
    return done.returncode, done.stdout


def test_the_last_cell_checks_the_saved_notebook(student):
    code = nbformat.read(student / "my own name.ipynb", 4).cells[-1].source
    done = subprocess.run([sys.executable, "-c", code], cwd=student, capture_output=True,
                          encoding="utf-8", check=True)  # fmt: skip
    assert "my own name.ipynb, as you saved it at" in done.stdout
    assert "The notebook is complete." in done.stdout
    assert "9 of 9 checks of your functions are right." in done.stdout
    assert "not yet" not in done.stdout
    assert "  written  probabilities\n" in done.stdout
    assert done.stderr == ""


def test_a_mistake_is_named_with_the_page_that_explains_it(released, student):
    notebook = right(released)
    cell = next(cell for cell in notebook.cells if cell.id == "log-softmax")
    cell.source = cell.source.replace("np.log(", "np.log10(")
    write(student, notebook)
    status, text = run(student)
    assert status == 1, text
    assert "7 of 9 checks" in text
    assert ("  not yet  ordinary logits: the shape is right, the numbers are not; this is the "
            "logarithm to base 10; losses use the natural one; "
            "see https://example.org/losses/book/cross-entropy.html\n") in text  # fmt: skip
    assert "  not yet  the visible tests: this is not true: assert np.allclose(log_softmax" in text


def without_a_cell(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "loss"]


def with_a_cell_twice(notebook):
    cell = next(cell for cell in notebook.cells if cell.id == "loss").copy()
    cell.id = "a-copy"
    notebook.cells.append(cell)


def with_a_changed_test(notebook):
    cell = next(cell for cell in notebook.cells if cell.id == "loss-tests")
    cell.source = "pass"


def with_an_error(notebook):
    notebook.cells.append(nbformat.v4.new_code_cell("1 / 0"))


CHANGES = {
    without_a_cell: "  the cell loss is missing\n",
    with_a_cell_twice: "  the cell loss occurs 2 times\n",
    with_a_changed_test: "  the cell loss-tests was changed; the original counts\n",
    with_an_error: "raises ZeroDivisionError: division by zero\n",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_notebook_is_named(released, student, change):
    notebook = right(released)
    change(notebook)
    write(student, notebook)
    text = run(student)[1]
    assert CHANGES[change] in text
    assert "The notebook is complete." not in text


def of_another_variant(notebook):
    notebook.metadata.loss_book.variant = 2


def of_another_round(notebook):
    notebook.metadata.loss_book.round = 7


def of_another_assignment(notebook):
    notebook.metadata.loss_book.assignment = "labels"


def without_metadata(notebook):
    del notebook.metadata["loss_book"]


FOREIGN = {
    of_another_variant: "the notebook is of variant 2, this file of 1",
    of_another_round: "the notebook is of round 7, this file of 1",
    of_another_assignment: "the notebook is of assignment 'labels', this file of 'softmax'",
    without_metadata: "the notebook no longer says which assignment it is of; "
    "copy your answers into a fresh one",
}


@pytest.mark.parametrize("change", FOREIGN)
def test_a_foreign_notebook_is_refused_in_one_sentence(released, student, change):
    notebook = right(released)
    change(notebook)
    write(student, notebook)
    status, text = run(student, "my own name.ipynb")
    assert status == 2
    assert text.splitlines()[-1] == f"This cannot be checked: {FOREIGN[change]}."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b'{"cells": [', "the file is not a notebook (not JSON)"),
        (b"[]", "the file is not a notebook (it has no cells)"),
    ],
)
def test_a_damaged_notebook_is_one_sentence(student, content, sentence):
    (student / "my own name.ipynb").unlink()
    (student / "softmax-v1.ipynb").write_bytes(content)
    status, text = run(student)
    assert (status, text.splitlines()[-1]) == (2, f"This cannot be checked: {sentence}.")


def test_a_missing_notebook_is_one_sentence(student):
    (student / "my own name.ipynb").unlink()
    sentence = "This cannot be checked: there is no notebook softmax-v1.ipynb in this folder, "
    assert run(student) == (2, sentence + "under any name.\n")
    assert run(student, "other.ipynb")[1] == (
        "This cannot be checked: other.ipynb cannot be read: No such file or directory.\n"
    )


def test_a_missing_or_damaged_file_is_one_sentence(student):
    code = nbformat.read(student / "my own name.ipynb", 4).cells[-1].source
    (student / FILE).unlink()
    done = subprocess.run([sys.executable, "-c", code], cwd=student, capture_output=True)
    assert done.stdout.decode() == (
        f"Put {FILE} into the folder of this notebook; you received both together.\n"
    )
    assert done.stderr == b""
    with zipfile.ZipFile(student / FILE, "w") as packed:
        packed.writestr(program.DATA, "{")
    with pytest.raises(program.CannotGrade, match="is damaged; download it again"):
        program.read_data(student / FILE)


@pytest.mark.parametrize("package", ["lossutils", "tensorflow"])
def test_what_the_grader_does_not_have_cannot_be_imported(released, student, package):
    notebook = right(released)
    notebook.cells.append(nbformat.v4.new_code_cell(f"import {package}"))
    write(student, notebook)
    assert f"raises ModuleNotFoundError: import of {package} halted" in run(student)[1]


def edited(source):
    return source.replace("capture_output", "capture_input")


def with_code_around(source):
    return f"before = 1\n{source}\nafter = 2"


def replaced(_):
    return "raise ValueError('my own cell')"


@pytest.mark.parametrize("change", [str, edited, with_code_around, replaced, None])
def test_the_last_cell_costs_nothing_whatever_becomes_of_it(released, change):
    notebook = right(released)
    cell = notebook.cells.pop()
    assert cell.metadata.tags == ["self-check"]
    if change:
        cell.source = change(cell.source)
        notebook.cells.append(cell)
    plan = archive.Plans().plan(released.source, released.seed(), 1, public.SEED)
    assembled = assemble.assemble(submission(notebook), plan.release)
    assert assembled.notes == []
    assert "Check yourself" not in "".join(assembled.texts.values())
    assert "pyz" not in "".join(each.source for each in assembled.cells) or change is edited
    execution = local.LocalExecution(Shell(), plan, assembled)
    execution.run(Limits())
    assert all(outcome["passed"] for outcome in execution.outcomes())
    names = execution.template.shell.user_ns
    assert (names.get("before"), names.get("after")) == (
        (1, 2) if change is with_code_around else (None, None)
    )


def test_a_repeated_release_gives_the_same_file(released):
    path = released.folder("release") / FILE
    given = nbformat.read(path.with_name("softmax-v1.ipynb"), 4)
    assert given.cells[-1].source == last_cell.code({"assignment": "softmax", "variant": 1})
    given.cells.pop()
    book = "https://example.org/losses/"
    again = archive.archive(released.source, released.seed(), 1, given, book)
    assert path.read_bytes() == again
