"""Grading with kills: what is lost, made twice or goes on must be reported."""

import sys
from types import SimpleNamespace

import pytest

from tools import killed_grading

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="not run: the grader needs Linux")

# Writes one result after the other, skips those that exist, and has a process of its own.
GRADER = """
import ctypes, pathlib, signal, subprocess, sys, time
folder, again, stay = pathlib.Path(sys.argv[1]), "again" in sys.argv, "stay" in sys.argv
die = (lambda: None) if stay else lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL)
child = subprocess.Popen(["sleep", "20"], preexec_fn=die)
for number in range(6):
    path = folder / f"{number}.json"
    if again or not path.exists():
        (folder / "new").write_text("{}")
        (folder / "new").replace(path)
        time.sleep(0.3)
child.kill()
"""


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """Return a function that grades with a kill, in a mode of the grader above."""
    monkeypatch.setattr(killed_grading, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(killed_grading, "PATIENCE", 0.5)
    round_ = SimpleNamespace(folder=lambda _: tmp_path)
    command = [sys.executable, "-c", GRADER, str(tmp_path)]
    return lambda *mode: killed_grading.run([*command, *mode], round_, 1, 6)


def test_grading_that_goes_on_where_it_was_killed_is_right(graded, tmp_path):
    measured = graded()
    assert measured.sentences == []
    assert measured.kills == 1
    assert 1 < measured.memory < 1000
    assert len(list(tmp_path.glob("*.json"))) == 6


def test_a_result_that_is_made_twice_is_reported(graded):
    assert "0.json was made twice" in graded("again").sentences


def test_a_process_that_outlives_its_command_is_reported(graded):
    (sentence,) = graded("stay").sentences
    assert "still runs after the command was killed" in sentence


def test_a_command_that_fails_is_reported(tmp_path):
    round_ = SimpleNamespace(folder=lambda _: tmp_path)
    measured = killed_grading.run([sys.executable, "-c", "raise SystemExit(3)"], round_, 0, 1)
    assert measured.sentences == ["the last run ended with 3"]


def test_the_size_of_a_folder_is_in_megabytes(tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    assert killed_grading.disk(tmp_path) == pytest.approx(3, abs=0.1)
