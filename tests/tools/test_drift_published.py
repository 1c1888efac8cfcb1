"""Other versions: the tables on the page are those of the data, and the data hold together."""

import re

import nbformat
import pytest
from small_notebooks import ROOT

from tools.drift import published

PAGE = (ROOT / "book" / "testing.md").read_text(encoding="utf-8")
DATA = published.load()
RUNS = [run for run in DATA["runs"] if "problem" not in run]
RAISED = {
    (cell["notebook"], DATA["reasons"][number]["before"]["keras"])
    for run in RUNS
    for cell in run["different"]
    if cell["raised"]
    for number in published.reasons_of(cell, DATA)
}


@pytest.mark.parametrize("table", [published.runs_table, published.reasons_table])
def test_the_page_shows_the_table(table):
    assert table(DATA) in PAGE, f"python -m tools.drift.published prints:\n{table(DATA)}"


@pytest.mark.parametrize(("notebook", "version"), sorted(RAISED))
def test_a_chapter_says_from_which_version_a_line_works(notebook, version):
    cells = nbformat.read(ROOT / notebook, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.search(rf"since Keras {re.escape(version)}\b", prose)


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
