"""The self-check of students: it says what the grader says, and gives nothing away."""

import builtins
import json
import shutil
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from grader.checks import declare, last_cell, plans
from grader.run import assemble
from grader.run.submission import Submission
from grader.sandbox import values
from grader.sandbox.launcher import Limits
from grader.self_check import archive, local, program, public, report
from grader.source import derive
from grader.source.answers import answers

pytestmark = pytest.mark.classroom

SEED = "a secret seed"
TOLD = ("question", "name", "words", "points", "verdict", "message", "mistake")
FILE = "softmax-v1-check.pyz"


class Shell:
    """Runs cells as IPython does, but without IPython, which a process can have only once."""

    def __init__(self):
        self.user_ns = {"__name__": "__main__"}

    def run_cell(self, source, store_history):
        result = SimpleNamespace(error_before_exec=None, error_in_exec=None)
        try:
            with np.printoptions():
                builtins.exec(compile(source, "cell", "exec"), self.user_ns)
        except (Exception, KeyboardInterrupt) as problem:
            result.error_in_exec = problem
        return result


def self_check(data, notebook):
    """Check a notebook in this process; return the execution and the outcomes."""
    release, plan = data["notebook"], public.unpack(data["plan"], data["notebook"])
    assembled = assemble.assemble(submission(notebook), release)
    execution = local.LocalExecution(Shell(), plan, assembled)
    with np.errstate(all="ignore"):
        execution.run(Limits())
        judged = [item["judged"] for item in data["plan"]["items"]]
        return execution, report.checked(execution.outcomes(), judged)


def submission(notebook):
    return Submission("softmax.ipynb", nbformat.writes(notebook).encode())


def made(topic):
    """Return the data of one variant, as they come out of the file."""
    notebook = derive.release(topic, SEED, 1)
    data = archive.data(topic, SEED, 1, notebook, "https://example.org/losses/")
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("topic", derive.topics())
def test_on_public_inputs_the_verdict_is_that_of_the_grader(topic):
    data = made(topic)
    whole = archive.Plans().plan(topic, public.SEED, SEED, 1)
    judged = [item["judged"] for item in data["plan"]["items"]]
    failed = set()
    for words, notebook, points, most in answers(topic, SEED, 1):
        if words == "blank":
            continue
        execution, found = self_check(data, notebook)
        with np.errstate(all="ignore"):
            graded = plans.outcomes(whole, execution.template.shell.user_ns)
        for mine, its, known in zip(found, graded, judged, strict=True):
            if known:
                assert [mine[part] for part in TOLD] == [its[part] for part in TOLD], words
            else:
                assert mine["verdict"] == "open", (words, mine)
        lost = {one["words"] for one in found if one["verdict"] not in ("right", "open")}
        failed |= lost
        assert (words != "right") or (points == most and not lost)
        assert words != "right" or set(execution.visible.values()) == {""}
    assert failed == {item.check.words for item, known in zip(whole.items, judged, strict=True)
                      if known}  # fmt: skip


@pytest.mark.parametrize("topic", derive.topics())
def test_a_blank_notebook_has_nothing_right(topic):
    execution, found = self_check(made(topic), derive.release(topic, SEED, 1))
    assert {one["verdict"] for one in found} == {"missing"}
    assert all(execution.visible.values())


@pytest.mark.parametrize("topic", derive.topics())
def test_what_is_the_answer_itself_is_kept_only_in_its_form(topic):
    hidden = archive.Plans().plan(topic, SEED, SEED, 1)
    for packed, item in zip(made(topic)["plan"]["items"], hidden.items, strict=True):
        assert packed["judged"] == (item.check.kind == "call")
        assert not {"expected", "because", "mistakes"} & set(packed["check"])
        for mine, its in zip(packed["cases"], item.cases, strict=True):
            if packed["judged"]:
                assert mine["inputs"] != its.inputs
            else:
                assert says_nothing(values.decode(mine["expected"]))
                assert mine["mistakes"] == []
                assert packed["check"]["words"] == item.check.target


def says_nothing(value):
    """Tell whether a value is only a form: zeros, or a question mark."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return all(map(says_nothing, value))
    return value == public.UNKNOWN if isinstance(value, str) else not np.any(value)


def test_inputs_that_are_the_same_in_every_round_are_not_given_away():
    checks = [
        declare.check("the sum", call="f", inputs=[np.ones(3)], expected=np.sum, points=1,
                      mistakes={"the mean": np.mean}),
        declare.check("drawn", call="f", inputs=lambda rng: [rng.normal(size=3)],
                      expected=np.sum, points=1, mistakes={"the mean": np.mean}),
    ]  # fmt: skip
    plan, other = (plans.draw({"metadata": {}, "cells": []}, {"q": checks}, seed)
                   for seed in (public.SEED, public.OTHER))  # fmt: skip
    constant, drawn = public.pack(plan, other)["items"]
    assert values.decode(constant["cases"][0]["expected"]) == 0.0
    assert constant["cases"][0]["mistakes"] == []
    assert [words for words, _ in drawn["cases"][0]["mistakes"]] == ["the mean"]


def test_the_form_of_an_answer_is_compared_and_its_value_is_not():
    data = made("softmax")
    notebook = derive.solution("softmax", SEED, 1)
    notebook.cells.append(nbformat.v4.new_code_cell("probabilities = [0.5, 0.5]"))
    cell = next(cell for cell in notebook.cells if cell.id == "by-hand")
    cell.source += "\nprobabilities = [0.5, 0.5]\nloss = 17.0"
    messages = {one["name"]: one["message"] for one in self_check(data, notebook)[1]}
    assert messages["probabilities"] == "expected shape (3,), got a different shape"
    assert messages["loss"] == ""


def test_a_released_folder_holds_nothing_secret(released):
    texts = dict(contents(released.folder("release")))
    modules = "".join(
        text for place, text in texts.items() if place.endswith(".py") or place.endswith(".ipynb")
    )
    source = derive.source(released.source, released.seed(), 1)
    secret = [line.strip() for cell in source.cells for marker in ("SOLUTION", "HIDDEN TESTS")
              for line in derive._part(cell.source, marker).split("\n")]  # fmt: skip
    secret = [line for line in secret if len(line) > 20 and line not in modules]
    assert len(secret) > 150
    for place, text in texts.items():
        assert released.seed() not in text, place
        assert [line for line in secret if line in text] == [], place
        if place.endswith((".json", ".ipynb")):
            assert "BEGIN " not in text


def contents(folder):
    """Yield the name and the text of each file, also of those in the archives."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb":
            yield path.name, path.read_text(encoding="utf-8")
            continue
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield f"{path.name}/{name}", packed.read(name).decode()


def test_a_seed_in_the_folder_would_be_found(released, tmp_path):
    with zipfile.ZipFile(tmp_path / FILE, "w") as packed:
        packed.writestr("a.json", released.seed())
    assert any(released.seed() in text for _, text in contents(tmp_path))


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
    assert status == 1
    assert "7 of 9 checks" in text
    assert ("  not yet  ordinary logits: the shape is right, the numbers are not; this is the "
            "logarithm to base 10; losses use the natural one; "
            "see https://example.org/losses/book/cross-entropy.html\n") in text  # fmt: skip
    assert "  not yet  the visible tests: this is not true: assert np.allclose(log_softmax" in text


def without_a_cell(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "loss"]


def with_a_cell_twice(notebook):
    cell = next(cell for cell in notebook.cells if cell.id == "loss").copy()
    notebook.cells.append(cell | {"id": "a-copy"})


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
    assert CHANGES[change] in run(student)[1]


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


def test_a_function_that_does_not_end_is_interrupted():
    data, notebook = made("softmax"), derive.solution("softmax", SEED, 1)
    cell = next(cell for cell in notebook.cells if cell.id == "softmax")
    cell.source += "\n\n\ndef softmax(logits):\n    while True:\n        pass"
    release, plan = data["notebook"], public.unpack(data["plan"], data["notebook"])
    assembled = assemble.assemble(submission(notebook), release)
    execution = local.LocalExecution(Shell(), plan, assembled)
    execution.run(Limits(seconds_per_check=0.1, seconds_per_cell=0.2))
    outcomes = {one["name"]: one["message"] for one in execution.outcomes()}
    assert outcomes["softmax"] == "the function softmax did not end in time"
    assert outcomes["log_softmax"] == ""
    assert execution.visible["softmax-tests"] == "they took too long"


def test_names_of_visible_tests_are_no_answers():
    data, notebook = made("softmax"), derive.solution("softmax", SEED, 1)
    execution, _ = self_check(data, notebook)
    assert "certain" in next(c.source for c in notebook.cells if c.id == "loss-tests")
    assert "certain" not in execution.template.shell.user_ns


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
    plan = archive.Plans().plan(released.source, public.SEED, released.seed(), 1)
    assembled = assemble.assemble(submission(notebook), plan.release)
    assert assembled.notes == []
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
