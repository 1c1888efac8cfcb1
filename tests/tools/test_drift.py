"""Other versions: the environment, what changes in a run, and the tables on the page."""

import json
import re
import shutil
import sys
import zipfile

import nbformat
import pytest
from small_notebooks import ROOT, code, write

from tools.drift import __main__ as drift
from tools.drift import changes, environment, published

NEWEST = dict.fromkeys(environment.NAMES, "")
PAGE = (ROOT / "book" / "testing.md").read_text(encoding="utf-8")
DATA = published.load()


# A run: what strict nbval computes, and what is said about it.


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


def test_a_kernel_that_dies_is_an_error_and_no_change(book, capsys, monkeypatch):
    monkeypatch.setattr(drift.kernel, "TIMEOUT", 3)  # as long as strict nbval waits for it
    book(("import os\nos._exit(1)", None), ("print(1)", "1\n"))
    status, shown = ran(capsys, monkeypatch)
    assert "2 cells, 0 same, 0 changed, 2 raised" in shown
    assert status == 1


def test_an_environment_in_which_pytest_does_not_start_is_one_sentence(book, monkeypatch, capsys):
    book(("print(1)", "1\n"))
    earlier = environment.FOLDER / "tf2.18-kerasnewest.jsonl"
    earlier.write_text('{"a record": "of an earlier run"}\n', encoding="utf-8")
    (environment.FOLDER.parents[1] / "conftest.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        ran(capsys, monkeypatch)
    said = "error: expected 1 cells to run, but 0 did; pytest says why in _build"
    assert str(stop.value).startswith(said)


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
    ename, evalue = error.split(": ", 1)
    output = {"output_type": "error", "ename": ename, "evalue": evalue}
    record = {"notebook": "x", "cell": 1, "problem": "y", "stored": [], "computed": [output]}
    (cell,) = changes.changes([record])
    assert (cell["kind"], cell["reason"]) == ("missing name", f"{name} does not exist: {error}")


@pytest.mark.parametrize(
    "spelled", ["`reduction`. Expected one of {'sum'}", "reduction. Known: []"]
)
def test_a_reduction_that_keras_does_not_know_is_a_missing_name(spelled):
    evalue = f"Invalid value for argument {spelled}. Received: reduction=mean"
    output = {"output_type": "error", "ename": "ValueError", "evalue": evalue}
    record = {"notebook": "x", "cell": 1, "problem": "y", "stored": [], "computed": [output]}
    (cell,) = changes.changes([record])
    assert cell["kind"] == "missing name"
    assert cell["reason"].startswith("mean does not exist: ")


def test_an_object_that_a_cell_above_failed_to_make_is_no_missing_name():
    evalue = "'list' object has no attribute 'shape'"
    output = {"output_type": "error", "ename": "AttributeError", "evalue": evalue}
    record = {"notebook": "x", "cell": 1, "problem": "y", "stored": [], "computed": [output]}
    (cell,) = changes.changes([record])
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


# The environment: uv itself, with wheels that are made here and no network.

WHEELS = {
    ("tensorflow", "2.17.1"): ["keras>=3.2", "numpy<2"],
    ("tensorflow", "2.18.1"): ["keras>=3.5", "numpy<2.1"],
    ("tensorflow", "2.21.0"): ["keras>=3.12", "numpy>=1.26"],
    ("keras", "3.3.3"): ["numpy"],
    ("keras", "3.5.0"): ["numpy"],
    ("keras", "3.15.1"): ["numpy"],
    ("numpy", "1.26.4"): [],
    ("numpy", "2.0.2"): [],
    ("numpy", "2.4.6"): [],
    ("altair", "6.0.0"): [],
    ("altair", "6.3.0"): [],
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Make a project that depends on a few packages, all of them in a folder of wheels."""
    monkeypatch.chdir(tmp_path)
    for (package, version), needs in WHEELS.items():
        _wheel(tmp_path / "wheels", package, version, needs)
    (tmp_path / "requirements.in").write_text("altair\nnumpy<2.4\ntensorflow\n", encoding="utf-8")
    pins = "altair==6.0.0\nkeras==3.15.1\nnumpy==2.0.2\ntensorflow==2.18.1\n"
    (tmp_path / "requirements.txt").write_text(pins, encoding="utf-8")
    project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["numpy>=2"]\n'
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))  # knows no other package


def _wheel(folder, package, version, needs):
    """Write a wheel that holds nothing but its name, version and requirements."""
    folder.mkdir(exist_ok=True)
    about = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    info = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", about + "".join(f"Requires-Dist: {n}\n" for n in needs))
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def resolved(**versions):
    """Return the versions that uv chooses."""
    text = environment.resolve(NEWEST | versions).read_text(encoding="utf-8")
    return dict(line.split("==") for line in text.split())


def test_the_other_packages_stay_as_they_are_pinned(index):
    wanted = {"altair": "6.0.0", "keras": "3.5.0", "numpy": "2.0.2", "tensorflow": "2.18.1"}
    assert resolved(tensorflow="2.18", keras="3.5") == wanted


def test_what_is_not_named_is_the_newest_in_spite_of_pins_and_bounds(index):
    wanted = {"altair": "6.0.0", "keras": "3.15.1", "numpy": "2.4.6", "tensorflow": "2.21.0"}
    assert resolved() == wanted


def test_a_numpy_that_is_named_may_be_older_than_lossutils_needs(index):
    assert resolved(tensorflow="2.17", keras="3.3", numpy="1.26")["numpy"] == "1.26.4"


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        (
            {"tensorflow": "9.9"},
            "expected a version of TensorFlow that can be installed with this Python, "
            "but received 9.9, which does not exist here",
        ),
        (
            {"tensorflow": "2.18", "keras": "3.77"},
            "expected a version of Keras that can be installed with this Python, "
            "but received 3.77, which does not exist here",
        ),
        (
            {"tensorflow": "2.17"},
            "TensorFlow 2.17 cannot be installed with NumPy 2, which lossutils needs",
        ),
        (
            {"tensorflow": "2.18", "keras": "3.3"},
            "TensorFlow 2.18 with Keras 3.3 cannot be installed: "
            "the requirements contradict each other",
        ),
        (
            {"tensorflow": "2.17", "numpy": "2.0"},
            "TensorFlow 2.17 with NumPy 2.0 cannot be installed: "
            "the requirements contradict each other",
        ),
        (
            {"keras": "new"},
            "expected a version of Keras, such as 2.18 of TensorFlow, but received new",
        ),
    ],
)
def test_versions_that_cannot_be_installed_are_one_sentence(index, versions, sentence):
    arguments = [part for name, value in versions.items() for part in (f"--{name}", value)]
    with pytest.raises(SystemExit) as stop:
        drift.main(arguments)
    assert str(stop.value) == f"error: {sentence}"


def test_a_uv_that_fails_otherwise_is_quoted(index, monkeypatch):
    monkeypatch.setenv("UV_FIND_LINKS", "no-such-folder")
    with pytest.raises(environment.InstallError, match=r"^uv stopped with: .*no-such-folder"):
        environment.resolve(NEWEST)


# The page: its tables are those of the data, and the data hold together.

RUNS = [run for run in DATA["runs"] if "problem" not in run]
# Rewritten after these runs, without the lines that raised; the next runs make this unnecessary.
REWRITTEN = {"book/soft-labels.ipynb", "book/sparse-labels.ipynb"}
RAISED = {
    (cell["notebook"], DATA["reasons"][number]["before"]["keras"])
    for run in RUNS
    for cell in run["different"]
    if cell["raised"] and cell["notebook"] not in REWRITTEN
    for number in published.reasons_of(cell, DATA)
}


@pytest.mark.parametrize("table", [published.runs_table, published.reasons_table])
def test_the_page_shows_the_table(table):
    assert table(DATA) in PAGE, f"python -m tools.drift.published prints:\n{table(DATA)}"


@pytest.mark.parametrize(("notebook", "version"), sorted(RAISED))
def test_a_chapter_says_from_which_version_a_line_works(notebook, version):
    cells = nbformat.read(ROOT / notebook, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.search(rf"from Keras {re.escape(version)} on\b", prose)


def test_counts_are_those_of_the_cells():
    for run in RUNS:
        raised = sum(cell["raised"] for cell in run["different"])
        assert run["raised"] == raised
        assert run["changed"] == len(run["different"]) - raised
        assert run["same"] == run["cells"] - len(run["different"])


def test_every_change_has_exactly_one_reason():
    for run in RUNS:
        for cell in run["different"]:
            assert len(published.reasons_of(cell, DATA)) == 1, (run["keras"], cell)


@pytest.mark.parametrize("number", range(len(DATA["reasons"])))
def test_a_reason_holds_in_the_runs_with_older_versions_and_in_no_other(number):
    reason = DATA["reasons"][number]
    for run in RUNS:
        explained = [c for c in run["different"] if number in published.reasons_of(c, DATA)]
        assert bool(explained) == published.applies(reason, run), (run["keras"], run["numpy"])


def test_versions_are_compared_as_numbers():
    reason = {"before": {"keras": "3.9"}}
    assert published.applies(reason, {"keras": "3.8.1"})
    assert not published.applies(reason, {"keras": "3.10.0"})


def test_a_fault_that_came_and_went_has_two_versions():
    reason = {"before": {"keras": "3.14"}, "since": {"keras": "3.10"}}
    held = {
        version: published.applies(reason, {"keras": version})
        for version in ("3.9.2", "3.10.0", "3.15.1")
    }
    assert held == {"3.9.2": False, "3.10.0": True, "3.15.1": False}
    assert published.when(reason) == "Keras before 3.14, from 3.10 on"


def test_one_of_several_older_versions_is_enough():
    reason = {"before": {"tensorflow": "2.21", "keras": "3.15"}}
    assert published.applies(reason, {"tensorflow": "2.18.1", "keras": "3.15.1"})
    assert not published.applies(reason, {"tensorflow": "2.21.0", "keras": "3.15.1"})
    assert published.when(reason) == "TensorFlow before 2.21 or Keras before 3.15"


def test_why_there_is_no_run_is_published(index, monkeypatch, tmp_path):
    monkeypatch.setattr(published, "DATA", tmp_path / "drift.json")
    published.DATA.write_text('{"runs": [], "reasons": []}', encoding="utf-8")
    with pytest.raises(SystemExit):
        drift.main(["--tensorflow", "2.17", "--publish"])
    assert published.runs_table(published.load()).splitlines()[-1] == (
        "| 2.17 | – | – | cannot be installed with NumPy 2, which lossutils needs | – | – |"
    )
