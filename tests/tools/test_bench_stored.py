"""The committed verdicts of the benchmark: they meet the targets, with oneDNN and without."""

import json

import pytest

pytest.importorskip("tensorflow")

from tools.bench.programs import healthy, page, stored, tables
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
    faults = {id_: BOTH[name][f"faulty {id_}"] for id_ in FAULTS}
    in_batch = [row for id_, row in faults.items() if FAULTS[id_].seen in tables.IN_BATCH]
    attributed = [row[1] in ("named", "right family") for row in faults.values()]
    assert sum(row[0] == "named" for row in in_batch) >= tables.NAMED * len(in_batch)
    assert sum(attributed) >= tables.ATTRIBUTED * len(attributed)
    good = [said for id_, said in BOTH[name].items() if not id_.startswith("faulty")]
    assert [said for said in good if any(not one.endswith("?") for one in said)] == []
    assert sum(map(bool, good)) <= tables.SUSPICIOUS * len(good)


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
    said = {verdict for row in rows for verdict in row.split(" | ")[3:5]}
    assert said <= {"named", "right family", "other", "nothing"}


def test_the_page_shows_the_stored_verdicts():
    notebook = json.loads(page.PAGE.read_text(encoding="utf-8"))
    source = "".join(page.cell(notebook)["source"])
    assert page.filled(source) == source.rstrip("\n")
    for table in ("\n".join(page.figures()), stored.markdown(BOTH).rstrip("\n")):
        assert source.count(table) == 1, table.splitlines()[0]


def test_the_first_verdicts_on_the_fresh_faults_are_kept():
    first = json.loads(page.FIRST.read_text(encoding="utf-8"))
    counted = page.counted(first, page.FRESH)
    assert counted["faults that a batch can show, named from a batch"] == "13 of 14"
    assert counted["all faults, named or attributed"] == "16 of 20"
    assert counted["repaired programs with a certain finding"] == "0 of 20"


def test_a_table_is_replaced_up_to_its_end():
    text = "one\n| a |\n| old |\n| old |\ntwo\n| b |\n"
    assert page._replaced(text, ["| a |", "| new |"]) == "one\n| a |\n| new |\ntwo\n| b |"


def test_a_row_that_begins_like_the_table_is_not_its_head():
    text = "| on |\n| faults that |\ntwo\n| fault | x |\n| old | y |"
    assert page._replaced(text, ["| fault | x |", "| new | y |"]) == text.replace("old", "new")
