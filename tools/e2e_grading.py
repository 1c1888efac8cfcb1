"""Grade made-up students end to end: release, collect, grade, feedback, export, and check.

Usage: python -m tools.e2e_grading [--students 200] [--assignment NAME] [--jobs N] [--seed N]
                                   [--kills N] [--slurm] [--engine "--executor slurm …"]

The points of every student are known beforehand: right answers, blank ones and declared mistakes.
A tenth of the submissions is hostile or broken. The exported points must match, and those of broken
notebooks must be blank, not 0. With --kills, the grading is killed with -9 as often, and repeated.
With --slurm, a Slurm that is set up for it on this machine runs the jobs.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import nbformat

from grader.course import course_folder
from grader.source import answers, derive
from tools import hostile_answers, killed_grading, slurm

BAD_SHARE = 0.1
FIRST = (
    "Ada",
    "Zoë",
    "Łukasz",
    "小明",
    "Grace",
    "Ωmega",
    "Jürgen",
    "François",
    "O’Neill",
    "Ana-María",
)
LAST = ("Lovelace", "Ångström", "王", "Hopper", "d'Alembert", "Müller-Lüdenscheidt", "Ibn_Sina")
EVIL = "<script>alert(1)</script> {{ 7 * 7 }} =cmd|' /C calc'!A0"


class Submitted(NamedTuple):
    """The submission of one student: its bytes, and its expected points or None."""

    name: str
    kind: str
    data: bytes
    points: float | None


def students(round_, count, seed):
    """Return the submissions of made-up students; the same seed gives the same ones."""
    rng = random.Random(seed)
    variants = range(1, course_folder.settings(round_.course)["variants"] + 1)
    banks = {number: bank(round_, number) for number in variants}
    # Every kind occurs once before any is drawn twice.
    submissions = []
    for place in range(count):
        good, bad = banks[rng.choice(variants)]
        once = [*good[:2], *bad[:5], *good[2:], *bad[5:]]
        drawn = rng.choice(bad if rng.random() < BAD_SHARE else good)
        kind, data, points = once[place] if place < len(once) else drawn
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        submissions.append(Submitted(name, kind, signed(data, f"{name}, number {place}"), points))
    return submissions


def signed(data, text):
    """Return a submission with a text of the student, so that no two are the same."""
    try:
        # In a list: a text of its own would be an answer that a person has to read.
        return with_cell(data, f"signed = [{text!r}]")
    except ValueError:
        return data + text.encode()


def bank(round_, number):
    """Return the good and the bad notebooks of one variant: (kind, bytes, expected points)."""
    good = []
    for answer in answers.answers(round_.source, round_.seed(), number):
        with_text = _with_text(answer.notebook, derive.manual(round_.source))
        good.append((answer.words, nbformat.writes(with_text).encode(), float(answer.points)))
    _, right, points = good[0]
    other = next(name for name in derive.topics() if name != round_.assignment)
    wrong = nbformat.writes(derive.release(other, "a different round", 1)).encode()
    bad = [
        ("cut off while it was saved", right[: len(right) // 2], None),
        ("not a notebook", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None),
        ("a different assignment", wrong, None),
        ("hostile text in its answer", signed(right, EVIL), points),
    ]
    cells = hostile_answers.CELLS.items()
    return good, bad + [(kind, with_cell(right, code), points) for kind, code in cells]


def with_cell(data, code):
    """Return a notebook with another cell of code at its end."""
    notebook = json.loads(data)  # nbformat would check all cells again, ten thousand times
    cell = nbformat.v4.new_code_cell(code.strip("\n"), id=f"added-{len(notebook['cells'])}")
    notebook["cells"].append(cell)
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def _with_text(notebook, manual):
    """Leave free text blank, so that its points are known: none."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in manual:
            cell.source = derive.TEXT_STUB
    return notebook


def moodle_zip(round_, submissions, path):
    """Pack submissions as Moodle does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(submissions, start=1001):
            folder = f"{each.name}_{number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{round_.assignment}-v1.ipynb", each.data)


def words(folder, name, *arguments):
    """Return one of the teacher's commands."""
    whole = [sys.executable, "-m", "grader", name, *arguments, "--course", folder]
    return list(map(str, whole))


def command(folder, name, *arguments):
    """Run one of the teacher's commands; return how long it took."""
    start = time.perf_counter()
    if subprocess.run(words(folder, name, *arguments)).returncode:
        sys.exit(f"error: {name} failed")
    return time.perf_counter() - start


def all_commands(folder, options):
    """Run all commands once; return the times, what grading took, and the differences."""
    assignment, count = options.assignment, options.students
    times = {"new-course": command(folder, "new-course")}
    times["release"] = command(folder, "release", assignment)
    round_ = course_folder.find_round(folder, assignment)
    submissions = students(round_, count, options.seed)
    moodle_zip(round_, submissions, folder / "moodle.zip")
    times["collect"] = command(folder, "collect", assignment, folder / "moodle.zip")
    grade = words(folder, "grade", assignment, "--jobs", options.jobs, f"--engine={options.engine}")
    took = killed_grading.run(grade, round_, options.kills, count)
    times["grade"] = took.seconds
    times["feedback"] = command(folder, "feedback", assignment)
    times["export"] = command(folder, "export", assignment, "--to", "moodle")
    times["summary"] = command(folder, "summary", assignment)
    return times, took, took.sentences + differences(round_, submissions)


def differences(round_, submissions):
    """Return a sentence for each exported grade that differs from the expected one."""
    text = (round_.course / "export" / f"{round_.name}-moodle.csv").read_text(encoding="utf-8")
    grades = {line["Identifier"]: line["Grade"] for line in csv.DictReader(io.StringIO(text))}
    count = len(submissions)
    results = len(list(round_.folder("results").glob("[!.]*.json")))
    sentences = [f"{results} results for {count} students"] * (results != count)
    sentences += [f"{len(grades)} lines for {count} students"] * (len(grades) != count)
    for number, each in enumerate(submissions, start=1001):
        expected = "" if each.points is None else f"{each.points:.6g}"
        grade = grades.get(f"Participant {number}")
        if grade != expected:
            sentences.append(f"Participant {number} ({each.kind}): {grade!r}, not {expected!r}")
    return sentences


def main(arguments=None):
    """Run all commands and print how long they took."""
    parser = argparse.ArgumentParser(prog="python -m tools.e2e_grading", description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--assignment", default="softmax", choices=derive.topics())
    parser.add_argument(
        "--jobs", type=int, default=0, help="number of workers; by default one per core"
    )
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--engine", default="", help="options for Snakemake, as in grade")
    parser.add_argument("--kills", type=int, default=0, help="how often it is killed with -9")
    parser.add_argument("--slurm", action="store_true", help="set up Slurm here, and use it")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="grading-") as place, contextlib.ExitStack() as stack:
        folder = Path(place) / "course"
        if options.slurm:
            options.engine = slurm.OPTIONS
            os.environ.update(stack.enter_context(slurm.cluster()))
        times, took, sentences = all_commands(folder, options)
        size = killed_grading.disk(folder)
    print("Seconds:", ", ".join(f"{name} {seconds:.1f}" for name, seconds in times.items()))
    rate = 60 * options.students / took.seconds
    print(
        f"Grading: {rate:.0f} a minute, {took.kills} kills, at most {took.memory:.0f} MB at once;"
    )
    print(f"the course folder takes {size:.0f} MB.")
    print("\n".join(sentences) or f"All {options.students} grades are as expected.")
    sys.exit(bool(sentences))


if __name__ == "__main__":
    main()
