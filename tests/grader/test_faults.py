"""Killed workers, killed engines, power cuts and full disks: no result is lost or duplicated.

The processes are real and are killed with -9 at seeded moments. Only the grading itself is
replaced, by a moment of sleep.
"""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sample_course
import stub_grading
from rotation import one_commit_in, one_in

from grader import files, programs
from grader.course import collect, gradebook
from tools.rotation import PROOF

pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(sys.platform != "linux", reason="not run: /proc is needed"),
    pytest.mark.skipif(
        not sample_course.GRADER.exists(), reason="not run: run make grader-envs first"
    ),
]
# make proof: fifty kills among many students; otherwise four among a few.
STUDENTS, RUNS, KILLS = (40, 5, 10) if PROOF else (10, 1, 4)
JOBS = 2
PATIENCE = 600  # seconds, for what happens at once on an idle machine
MARK = "FAULT_TEST"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Make a round with submissions."""
    round_ = sample_course.new(tmp_path_factory.mktemp("fault") / "course", variants=1)
    base = sample_course.notebook(round_)
    place = tmp_path_factory.mktemp("in")
    for number in range(STUDENTS):
        (place / f"student{number:02}").mkdir()
        text = base.replace(b"\n  ]", b"\n  ]".rjust(5 + number), 1) + b" " * number
        (place / f"student{number:02}" / "softmax-v1.ipynb").write_bytes(text)
    collect.collect(round_, place, print)
    assert len(expected_results(round_)) == STUDENTS
    return round_


def expected_results(round_):
    """Return the results that a round must have in the end, by file."""
    return {
        f"{key}.json": stub_grading.stub_result(key, attempt.path.read_bytes())
        for attempt, (key, _) in gradebook.jobs(round_, {}).items()
    }


@pytest.fixture
def fresh(collected, tmp_path):
    """Return a copy of the round in which nothing is graded, and the results it must have."""
    shutil.copytree(collected.course, tmp_path / "course")
    copy = type(collected)(tmp_path / "course", collected.assignment, collected.number)
    return copy, expected_results(copy)


def start(round_, mark, **variables):
    """Start grading as a teacher does; all of its processes carry a mark."""
    command = [sample_course.GRADER, Path(stub_grading.__file__), "grade", "softmax"]
    command += ["--jobs", JOBS, "--no-sandbox", "--course", round_.course]
    return subprocess.Popen(
        list(map(str, command)),
        env=sample_course.inherited() | {MARK: mark} | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes(mark, word=""):
    """Return the processes with a mark whose command line contains a word."""
    pids = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARK}={mark}\0".encode() in (place / "environ").read_bytes()
            if marked and word.encode() in (place / "cmdline").read_bytes():
                pids.append(int(place.name))
        except OSError:
            continue
    return pids


def kill(mark, word=""):
    """Kill all of them at once, as a power cut does; return how many there were."""
    victims = processes(mark, word)
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(victims)


def results(round_):
    """Return the existing results, by file; half a result raises an error."""
    folder = round_.folder("results")
    names = [path for path in folder.glob("*") if not path.name.startswith(".")]
    return {path.name: json.loads(path.read_bytes()) for path in names}


def wait_for(count, round_, process, seconds=PATIENCE):
    """Wait until there are `count` results, or the command has ended."""
    end = time.monotonic() + seconds
    while _count(round_) < count and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)


def _count(round_):
    return len(list(round_.folder("results").glob("*.json")))


def finish(round_, wanted, mark):
    """Repeat the command; everything must then be as if nothing had happened."""
    process = start(round_, mark)
    errors = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0, errors
    assert results(round_) == wanted
    assert not processes(mark)
    work = round_.folder("secret") / "work"
    # What may stay: the lock, and what later commands need not compute again.
    assert {path.name for path in work.iterdir()} <= {".lock", "fingerprints.json"}


def exported(round_):
    """Export; return the points by student."""
    status, _, errors = sample_course.command(round_.course, "export", "softmax")
    assert status == 0, errors
    path = round_.course / "export" / "softmax-1-plain.csv"
    lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(lines) == STUDENTS
    return {line["student"]: line["points"] for line in lines}


def expected_export(round_):
    """Return the points that the export must contain, from the submissions alone."""
    return {
        each.student.key: f"{stub_grading.stub_result('', each.path.read_bytes())['points']:g}"
        for each in collect.attempts(round_)
    }


@pytest.mark.parametrize("seed", range(RUNS))
def test_power_cuts_at_random_moments(fresh, seed):
    round_, wanted = fresh
    rng = random.Random(seed)
    for number in range(KILLS):
        mark = f"{os.getpid()}-{seed}-{number}"
        process = start(round_, mark)
        wait_for(_count(round_) + rng.choice([0, 0, 1, 2, 4]), round_, process)
        time.sleep(rng.uniform(0, 0.3))
        # Everything at once, or the command alone, which must take the others with it.
        kill(mark, rng.choice(["", "", "stub_grading"]))
        process.communicate(timeout=PATIENCE)
        _gone(mark)
        assert results(round_).items() <= wanted.items()
    finish(round_, wanted, f"{os.getpid()}-{seed}-end")
    assert exported(round_) == expected_export(round_)


def _gone(mark):
    end = time.monotonic() + PATIENCE
    while processes(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert not processes(mark), "something still runs after the command was killed"


# After the engine was killed, the rest is graded one by one: a small rest is enough.
@pytest.mark.parametrize(
    "word_and_count",
    one_in(4, [("batch-", 3), ("snakemake", STUDENTS // 2)]),
    ids=["worker", "engine"],
)
def test_a_killed_worker_or_engine_is_replaced_at_once(fresh, word_and_count):
    round_, wanted = fresh
    word, count = word_and_count
    mark = f"{os.getpid()}-{word}"
    process = start(round_, mark, STUB_SECONDS="0.5")
    wait_for(count, round_, process)
    assert kill(mark, word)
    errors = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0, errors
    assert results(round_) == wanted


@one_commit_in(4)
def test_a_second_command_at_the_same_time_is_refused(fresh):
    round_, _ = fresh
    mark = f"{os.getpid()}-twice"
    first = start(round_, mark, STUB_SECONDS="2")
    wait_for(1, round_, first)
    second = start(round_, mark)
    errors = second.communicate(timeout=PATIENCE)[1]
    *warned, error = errors.splitlines()
    assert second.returncode == 1
    assert "already being graded" in error
    assert all(line.startswith("warning: --no-sandbox") for line in warned), errors
    kill(mark)
    first.communicate(timeout=PATIENCE)


@one_commit_in(4, skip=1)
def test_a_damaged_result_is_made_again(fresh):
    round_, wanted = fresh
    for name, result in wanted.items():
        files.write(round_.folder("results") / name, json.dumps(result))
    names = list(wanted)
    cut = json.dumps(wanted[names[1]]).encode()[:1000]
    damaged = dict(zip(names, (b"", cut, b'{"key": "another"}', bytes(5000)), strict=False))
    for name, data in damaged.items():
        (round_.folder("results") / name).write_bytes(data)
    finish(round_, wanted, f"{os.getpid()}-damaged")


FULL = """
set -e
cp -r "$1" "$2/course"
head -c 100M /dev/zero > "$2/filler" 2>/dev/null || true
truncate -s "-$3" "$2/filler"
grade() { "$4" "$5" grade softmax --jobs 2 --no-sandbox --course "$2/course"; }
if grade "$@" 2> "$6/errors"; then exit 9; fi
rm "$2/filler"
grade "$@"
cp -r "$2/course/results" "$6/results"
"""


@pytest.mark.skipif(not programs.find("bwrap"), reason="not run: bubblewrap is not installed")
@pytest.mark.parametrize("free", one_in(4, [2_000, 200_000, 60_000, 350_000]))
def test_a_full_disk_is_reported_in_one_sentence_and_nothing_is_lost(fresh, tmp_path, free):
    round_, wanted = fresh
    full, out = tmp_path / "full", tmp_path / "out"
    full.mkdir()
    out.mkdir()
    command = [programs.find("bwrap"), "--dev-bind", "/", "/", "--size", 4_000_000]
    command += [
        "--tmpfs",
        full,
        "bash",
        "-c",
        FULL,
        "full",
        round_.course,
        full,
        free,
        sample_course.GRADER,
    ]
    command += [stub_grading.__file__, out]
    environment = sample_course.inherited() | {"STUB_SECONDS": "0.01"}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    output = (out / "errors").read_text()
    assert done.returncode == 0, (done.stderr, output)
    errors = [line for line in output.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "No space left on device" in errors[0]
    assert "Traceback" not in output
    paths = (out / "results").glob("*/*.json")
    points = {path.name: json.loads(path.read_bytes())["points"] for path in paths}
    assert sorted(points.values()) == sorted(each["points"] for each in wanted.values())
    assert len(points) == STUDENTS


@one_commit_in(4, skip=2)
def test_a_grader_that_changes_while_it_works_is_reported(fresh):
    """Its results then have different names, and the requested ones do not exist."""
    round_, wanted = fresh
    process = start(round_, "changed", STUB_SECONDS="0.01", STUB_CHANGED="new-")
    errors = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 1
    assert f"{STUDENTS} of {STUDENTS} have no result" in errors
    assert errors.rstrip().endswith("The files of the grader were changed while it worked")
    for path in round_.folder("results").iterdir():
        path.unlink()
    finish(round_, wanted, "changed")
