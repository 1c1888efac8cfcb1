"""The committed verdicts of the benchmark: they meet the targets, with oneDNN and without."""

import json

import pytest

pytest.importorskip("tensorflow")

from tools.bench.programs import healthy, stored, tables
from tools.bench.programs.faulty import FAULTS

BOTH = stored.columns()
FINDING = {"mistake": "clipped", "title": "", "certain": False}


def results(**healthy):
    """Return results of one fault, of which nothing is said, and of healthy programs."""
    quiet = {"found": {}}
    return {"faulty": {"31880720": quiet}, "repaired": {"31880720": quiet}, "healthy": healthy}


@pytest.mark.parametrize("name", stored.COLUMNS)
def test_every_program_is_stored(name):
    expected = {f"{kind} {id_}" for kind in ("faulty", "repaired") for id_ in FAULTS}
    assert set(BOTH[name]) == expected | {f"healthy {name}" for name in healthy.HEALTHY}


@pytest.mark.parametrize("name", stored.COLUMNS)
def test_the_stored_verdicts_meet_the_targets(name):
    assert tables.missed(tables.totals(BOTH[name])) == []


def test_onednn_changes_no_finding():
    assert stored.differences(BOTH) == []


def test_a_difference_is_named():
    assert stored.differences({"oneDNN off": {"a": [], "b": []}, "oneDNN on": {"a": ["x"]}}) == [
        "a",
        "b",
    ]


def test_results_are_added_to_the_column_of_their_setting(tmp_path):
    file = tmp_path / "verdicts.json"
    stored.store(results(one={"found": {"end": [FINDING]}}), onednn=1, file=file)
    stored.store(results(two={"found": {}}), onednn=1, file=file)
    stored.store(results(), onednn=0, file=file)
    fault = {"faulty 31880720": ["nothing", "nothing", []], "repaired 31880720": []}
    assert stored.columns(file) == {
        "oneDNN off": fault,
        "oneDNN on": fault | {"healthy one": ["clipped?"], "healthy two": []},
    }
    assert list(json.loads(file.read_text(encoding="utf-8"))) == list(stored.COLUMNS)


def test_the_table_of_the_page_has_a_row_for_each_fault():
    rows = stored.markdown(BOTH).splitlines()[2:]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == list(FAULTS)
    verdicts = {verdict for row in rows for verdict in row.split(" | ")[3:5]}
    assert verdicts <= {"named", "right family", "other", "nothing"}
