"""Fingerprints that a command keeps give the next one the same keys, and never outdated ones."""

import json
from types import SimpleNamespace

import pytest
import sample_course

from grader.course import gradebook
from grader.run import fingerprints, job
from grader.run.fingerprints import Fingerprints

SEED = "a seed"


@pytest.fixture
def submitted(tmp_path):
    """Return the path of a submission of the softmax assignment."""
    path = tmp_path / "softmax.ipynb"
    path.write_text('{"cells": [], "metadata": {"loss_book": {"variant": 1}}}')
    return path


def new_job(submitted, kept=None):
    """Return a job with plans made anew."""
    return job.Job(job.Plans(kept), "softmax", submitted, SEED)


def drew(each):
    """Tell whether a job has drawn the plan of its submission."""
    return "plan" in vars(each)


def test_the_next_command_finds_the_same_key_without_drawing(submitted, tmp_path):
    first = Fingerprints(tmp_path / "kept.json", "1")
    before = new_job(submitted, first)
    first.save()
    after = new_job(submitted, Fingerprints(tmp_path / "kept.json", "1"))
    assert after.key == before.key == new_job(submitted).key
    assert (drew(before), drew(after)) == (True, False)
    assert (tmp_path / "kept.json").stat().st_mode & 0o077 == 0


def test_a_different_submission_is_drawn(submitted, tmp_path):
    kept = Fingerprints(tmp_path / "kept.json", "1")
    before = new_job(submitted, kept)
    submitted.write_text(submitted.read_text() + " ")
    after = new_job(submitted, kept)
    assert drew(after)
    assert after.key == new_job(submitted).key != before.key


@pytest.mark.parametrize("text", ["", "{", "[]", '{"code": 1}', '{"known": {"x": "y"}}'])
def test_a_damaged_file_counts_as_missing(submitted, tmp_path, text):
    (tmp_path / "kept.json").write_text(text)
    each = new_job(submitted, Fingerprints(tmp_path / "kept.json", "1"))
    assert drew(each)
    assert each.key == new_job(submitted).key


@pytest.mark.parametrize("known", [[], "x", None, {"x": 1}])
def test_invalid_stored_fingerprints_do_not_stop_a_command(submitted, tmp_path, known):
    content = {"code": fingerprints.code("1"), "known": known}
    (tmp_path / "kept.json").write_text(json.dumps(content))
    assert drew(new_job(submitted, Fingerprints(tmp_path / "kept.json", "1")))


def test_nothing_is_kept_when_a_file_of_lossutils_changes(tmp_path, monkeypatch):
    package = tmp_path / "lossutils"
    (package / "data").mkdir(parents=True)
    place = SimpleNamespace(submodule_search_locations=[str(package)])
    monkeypatch.setattr(fingerprints.importlib.util, "find_spec", lambda name: place)
    hashes = [fingerprints.code("1"), fingerprints.code("2")]
    for name in ("losses.py", "data/numbers.json"):
        (package / name).write_text("1")
        hashes.append(fingerprints.code("1"))
    kept = Fingerprints(tmp_path / "kept.json", "1")
    assert kept.of(["about"], lambda: "first") == kept.of(["about"], lambda: "second") == "first"
    kept.save()
    (package / "losses.py").write_text("2")
    hashes.append(fingerprints.code("1"))
    assert len(set(hashes)) == 5
    assert Fingerprints(tmp_path / "kept.json", "1").of(["about"], lambda: "third") == "third"


def test_the_commands_keep_them_in_the_secret_folder(tmp_path):
    round_ = sample_course.new(tmp_path / "course")
    sample_course.hand_in(round_, tmp_path)
    before = gradebook.jobs(round_, {})
    path = round_.folder("secret") / "work" / "fingerprints.json"
    assert len(json.loads(path.read_text())["known"]) == 3
    stamp = path.stat().st_mtime_ns
    assert gradebook.jobs(round_, {}) == before
    assert path.stat().st_mtime_ns == stamp
