"""What other packages say of the same histories: how they are asked, and the stored answers."""

import csv
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from tools.bench.programs import other_tools, tables
from tools.bench.programs.faulty import FAULTS
from tools.bench.programs.healthy import HEALTHY

RUN = {"history": [{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.4}], "steps": [0.6, 0.4]}
REFUSED = {"history": [], "steps": []}


def test_the_stored_answers_are_those_of_the_pinned_versions():
    answers = other_tools.answers()
    assert answers["versions"] == other_tools.pinned()
    assert set(other_tools.pinned()) == set(other_tools.NAMES)


def test_each_package_answers_about_every_program_that_trains():
    answers = other_tools.answers()
    refused = set(FAULTS) - set(answers["faulty"])
    of_runs = {id_ for id_ in refused if FAULTS[id_].seen in ("run", "nowhere")}
    assert of_runs == {"third-rounded-dice"}  # no gradient: Keras raises before the first step
    assert set(answers["repaired"]) == set(FAULTS)
    assert set(answers["healthy"]) == set(HEALTHY)
    for kind in ("faulty", "repaired", "healthy"):
        assert all(set(findings) == set(other_tools.NAMES) for findings in answers[kind].values())
    assert set(answers["faulty"]) <= set(FAULTS)
    assert len(answers["faulty"]) >= 85


def test_new_answers_are_added_to_those_that_are_stored(tmp_path, monkeypatch):
    before = {kind: {"old": {}} for kind in ("faulty", "repaired", "healthy")}
    monkeypatch.setattr(other_tools, "ANSWERS", tmp_path / "answers.json")
    other_tools.ANSWERS.write_text(json.dumps(before), encoding="utf-8")
    monkeypatch.setattr(other_tools, "versions", lambda _: {"losslint": "1"})
    monkeypatch.setattr(other_tools, "of_kind", lambda runs, _: {key: {} for key in runs})
    monkeypatch.setattr(other_tools, "summary", lambda _: [])
    (tmp_path / "results.json").write_text(
        json.dumps({kind: {"new": RUN} for kind in before}), encoding="utf-8"
    )
    other_tools.main([str(tmp_path / "results.json"), "bin"])
    expected = {"versions": {"losslint": "1"}} | {key: {"old": {}, "new": {}} for key in before}
    assert other_tools.answers() == expected


def test_each_package_gets_its_form_of_the_history(monkeypatch):
    seen = {}

    def answer(command, given=None):
        name = Path(command[0]).name
        if given is not None:
            seen[name] = given
            return [["spike"] for _ in given]
        seen[name] = list(csv.reader(command[-1].read_text(encoding="utf-8").splitlines()))
        findings = [{"level": "WARN", "id": "B", "check": "b"}, {"level": "PASS", "id": "A"}]
        findings[1]["check"] = "a"
        return {"findings": findings, "reports": [{"findings": findings}]}

    monkeypatch.setattr(other_tools, "answer", answer)
    answers = other_tools.of_kind({"one": RUN, "refused": REFUSED}, Path("bin"))
    assert answers == {
        "one": {"losslint": ["a", "b"], "trainproof": ["B"], "trainscope": ["spike"]}
    }
    assert seen["python"] == [[0.6, 0.4]]
    assert seen["losslint"] == [["step", "loss"], ["0", "0.6"], ["1", "0.4"]]
    assert seen["trainproof"] == [["epoch", "loss"], ["0", "0.5"], ["1", "0.4"]]


def test_a_version_that_is_not_pinned_ends_the_command(monkeypatch):
    monkeypatch.setattr(other_tools, "answer", lambda _: {"losslint": "0.1"})
    with pytest.raises(SystemExit, match=r"error: expected .*0\.4\.1.*, got .*'0\.1'"):
        other_tools.versions(Path("bin"))


def test_a_package_that_fails_is_one_sentence():
    with pytest.raises(SystemExit, match=r"^error: python.* fails: ZeroDivisionError: "):
        other_tools.answer([sys.executable, "-c", "1 / 0"])
    with pytest.raises(SystemExit, match=r"^error: python.* fails: it printed nothing$"):
        other_tools.answer([sys.executable, "-c", ""])


def test_the_summary_counts_programs_with_a_finding():
    nothing = {name: [] for name in other_tools.NAMES}
    answers = {"faulty": {"a": nothing | {"losslint": ["x"]}, "b": nothing}}
    lines = list(other_tools.summary(answers | {"repaired": {}, "healthy": {}}))
    assert lines[0].endswith("losslint    says something about   1 of   2")
    assert lines[1].endswith("trainproof  says something about   0 of   2")


def test_the_table_of_the_page_shows_the_answers():
    id_ = next(iter(other_tools.answers()["faulty"]))
    (*_, row) = tables.markdown({id_: {"batch": "named", "all": "named"}}).splitlines()
    last = [
        ", ".join(findings) or "nothing"
        for findings in other_tools.answers()["faulty"][id_].values()
    ]
    assert row.strip("| ").split(" | ")[-3:] == last


def test_the_answers_can_be_read_by_anyone():
    text = other_tools.ANSWERS.read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), indent=1) + "\n" == text
