"""Other versions: what strict nbval computes in a run, and what is said about it."""

import json
import shutil
import sys

import nbformat
import pytest
from rotation import one_commit_in
from small_notebooks import ROOT, code, write

from tools.drift import __main__ as drift
from tools.drift import changes, environment, published


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return a function that writes a book of one page with these cells, in the current folder."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    toc = "root: book/intro\nparts:\n  - chapters:\n      - file: book/small\n"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    (tmp_path / "_build" / "drift").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def of(*sources):
        cells = [
            code(source, printed=printed, count=number)
            for number, (source, printed) in enumerate(sources, 1)
        ]
        write(tmp_path / "book" / "small.ipynb", *cells)

    return of


PACKAGES = {"tensorflow": "2.18.1", "keras": "3.5.0", "numpy": "2.0.2", "h5py": "3.14.0"}
CELLS = [
    ("print('the same')", "the same\n"),
    ("print('loss', 0.25)", "loss 0.5\n"),
    ("print('version 3.5.0')", "version 3.15.1\n"),
    ("print('other words')", "these words\n"),
    ("import math\nx = math.tau_squared", None),
    ("print(x)", "1\n"),
    ("1 / 0", None),
]


def ran(capsys, monkeypatch, *arguments, jobs=0):
    """Run the command with this Python as the environment; return status and what it printed.

    Without jobs, pytest starts no worker, and no process that imports TensorFlow in advance.
    """
    monkeypatch.setattr(environment, "make", lambda versions: (sys.executable, PACKAGES))
    status = drift.main(["--tensorflow", "2.18", "--jobs", str(jobs), *arguments])
    return status, capsys.readouterr().out


@one_commit_in(3, skip=2)
def test_every_changed_cell_has_its_kind_and_reason(book, capsys, monkeypatch):
    book(*CELLS)
    status, shown = ran(capsys, monkeypatch, jobs=1)
    result = json.loads((environment.FOLDER / "tf2.18-kerasnewest.json").read_text("utf-8"))
    cells = [(cell["cell"], cell["kind"], cell["reason"]) for cell in result["different"]]
    assert cells == [
        (2, "number", "loss 0.5 → loss 0.25"),
        (3, "version print", "version 3.15.1 → version 3.5.0"),
        (4, "message", "these words → other words"),
        (
            5,
            "missing name",
            "tau_squared does not exist: AttributeError: module 'math' has no attribute "
            "'tau_squared'",
        ),
        (6, "follows", "x was not set, since a cell above raised"),
        (7, "error", "ZeroDivisionError: division by zero"),
    ]
    counts = {name: result[name] for name in ("cells", "same", "changed", "raised")}
    assert counts == {"cells": 7, "same": 1, "changed": 3, "raised": 3}
    assert {name: result[name] for name in environment.NAMES} == {
        name: PACKAGES[name] for name in environment.NAMES
    }
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    start = lines.index("book/small.ipynb, code cell 2: number")
    assert lines[start + 1 : start + 3] == ["stored | loss 0.5", "computed | loss 0.25"]
    assert lines[lines.index("notebook cells same changed raised") + 1] == (
        "book/small.ipynb 7 1 3 3"
    )
    assert lines[-2] == (
        "TensorFlow 2.18.1, Keras 3.5.0, NumPy 2.0.2, Python "
        f"{sys.version.split()[0]}: 7 cells, 1 same, 3 changed, 3 raised"
    )
    assert status == 1


def test_nothing_changes_and_the_exit_status_is_0(book, capsys, monkeypatch):
    book(("print(1 + 1)", "2\n"), ("x = 3", None))
    status, shown = ran(capsys, monkeypatch)
    assert "2 cells, 2 same, 0 changed, 0 raised" in shown
    assert status == 0


def test_a_kernel_that_dies_is_an_error_and_not_a_change(book, capsys, monkeypatch):
    monkeypatch.setattr(drift.kernel, "TIMEOUT", 3)  # as long as strict nbval waits for it
    book(("import os\nos._exit(1)", None), ("print(1)", "1\n"))
    status, shown = ran(capsys, monkeypatch)
    assert "2 cells, 0 same, 0 changed, 2 raised" in shown
    assert status == 1


def test_an_environment_without_a_working_pytest_gives_one_sentence(book, monkeypatch, capsys):
    book(("print(1)", "1\n"))
    earlier = environment.FOLDER / "tf2.18-kerasnewest.jsonl"
    earlier.write_text('{"a record": "of an earlier run"}\n', encoding="utf-8")
    (environment.FOLDER.parents[1] / "conftest.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        ran(capsys, monkeypatch)
    sentence = "error: expected 1 cells to run, but 0 did; pytest says why in _build"
    assert str(stop.value).startswith(sentence)


def test_publishing_replaces_the_run_with_the_same_versions(book, capsys, monkeypatch, tmp_path):
    path = tmp_path / "drift.json"
    old = {"tensorflow": "2.18.1", "keras": "3.5.0", "numpy": "2.0.2", "cells": 99}
    newer = old | {"keras": "3.10.0"}
    path.write_text(json.dumps({"runs": [newer, old], "reasons": []}), encoding="utf-8")
    monkeypatch.setattr(published, "DATA", path)
    book(*CELLS)
    ran(capsys, monkeypatch, "--publish")
    text = path.read_text(encoding="utf-8")
    runs = json.loads(text)["runs"]
    assert [(run["keras"], run["cells"]) for run in runs] == [("3.5.0", 7), ("3.10.0", 99)]
    assert '{"notebook": "book/small.ipynb", "cell": 2, "raised": false, "kind": "number", ' in text


def raised(ename, evalue):
    """Return the change of a cell that raises an error."""
    output = {"output_type": "error", "ename": ename, "evalue": evalue}
    record = {"notebook": "x", "cell": 1, "problem": "y", "stored": [], "computed": [output]}
    (cell,) = changes.changes([record])
    return cell


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("AttributeError: module 'keras.losses' has no attribute 'Tversky'", "Tversky"),
        ("ImportError: cannot import name 'Circle' from 'keras.losses' (x.py)", "Circle"),
        ("ModuleNotFoundError: No module named 'keras.saving'", "keras.saving"),
        ("AttributeError: type object 'Reduction' has no attribute 'AUTO'", "AUTO"),
        ("TypeError: __init__() got an unexpected keyword argument 'axis'", "axis"),
    ],
)
def test_a_missing_name_is_named(error, name):
    cell = raised(*error.split(": ", 1))
    assert (cell["kind"], cell["reason"]) == ("missing name", f"{name} does not exist: {error}")


@pytest.mark.parametrize(
    "spelled", ["`reduction`. Expected one of {'sum'}", "reduction. Known: []"]
)
def test_a_reduction_that_keras_does_not_know_is_a_missing_name(spelled):
    evalue = f"Invalid value for argument {spelled}. Received: reduction=mean"
    cell = raised("ValueError", evalue)
    assert cell["kind"] == "missing name"
    assert cell["reason"].startswith("mean does not exist: ")


def test_an_object_that_a_failed_cell_should_have_made_is_not_a_missing_name():
    evalue = "'list' object has no attribute 'shape'"
    cell = raised("AttributeError", evalue)
    assert (cell["kind"], cell["reason"]) == ("error", f"AttributeError: {evalue}")


def test_a_number_of_an_explorer_that_changes_is_a_number():
    stored, computed = (
        [nbformat.v4.new_output("display_data", data={changes.notebooks.EXPLORER: {"loss": x}})]
        for x in (1.5, 1.25)
    )
    problem = changes.DIFFERS
    record = {"notebook": "x", "cell": 1, "problem": problem}
    (cell,) = changes.changes([record | {"stored": stored, "computed": computed}])
    assert (cell["kind"], cell["reason"]) == ("number", '"loss": 1.5 → "loss": 1.25')
