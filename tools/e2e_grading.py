"""The full circle with made-up students: release, collect, grade, feedback, export, and check.

Usage: python -m tools.e2e_grading [--students 200] [--assignment NAME] [--jobs N] [--seed N]
                              [--engine "--executor slurm …"]

Every student's points are known before: right ones, blank ones and those with a declared mistake.
The exported points must be these, and the broken notebooks must be blank, not 0.
"""

import argparse
import csv
import io
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


class Handed(NamedTuple):
    """What one student hands in: the notebook's bytes, and the points it must get, or None."""

    name: str
    kind: str
    data: bytes
    points: float | None


def students(round_, count, seed):
    """Return made-up students with what they hand in; the same seed gives the same ones."""
    rng = random.Random(seed)
    variants = range(1, course_folder.settings(round_.course)["variants"] + 1)
    banks = {number: bank(round_, number) for number in variants}
    # Every kind is there once before any is drawn twice.
    made = []
    for place in range(count):
        kinds = banks[rng.choice(variants)]
        kind, data, points = kinds[place] if place < len(kinds) else rng.choice(kinds)
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        made.append(Handed(name, kind, signed(data, f"{name}, number {place}"), points))
    return made


def signed(data, text):
    """Return what is handed in with a text of the student's own, so that no two are the same."""
    try:
        notebook = nbformat.reads(data.decode(), as_version=4)
    except ValueError:
        return data + text.encode()
    notebook.cells.append(nbformat.v4.new_markdown_cell(text, id=f"signed-{len(notebook.cells)}"))
    return nbformat.writes(notebook).encode()


def bank(round_, number):
    """Return the kinds of notebooks of one variant: (kind, bytes, points that it must get)."""
    kinds = []
    for answer in answers.answers(round_.source, round_.seed(), number):
        with_text = _with_text(answer.notebook, derive.manual(round_.source))
        kinds.append((answer.words, nbformat.writes(with_text).encode(), float(answer.points)))
    right = kinds[0][1]
    other = next(name for name in derive.topics() if name != round_.assignment)
    wrong = nbformat.writes(derive.release(other, "another round", 1)).encode()
    kinds.insert(2, ("cut off while it was saved", right[: len(right) // 2], None))
    kinds.insert(3, ("no notebook at all", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None))
    kinds.insert(4, ("another assignment", wrong, None))
    kinds.insert(5, ("hostile text in its answer", signed(right, EVIL), kinds[0][2]))
    return kinds


def _with_text(notebook, manual):
    """Leave free text blank, so that its points are known: none."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in manual:
            cell.source = derive.TEXT_STUB
    return notebook


def moodle_zip(round_, handed, path):
    """Pack what was handed in as Moodle does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(handed, start=1001):
            folder = f"{each.name}_{number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{round_.assignment}-v1.ipynb", each.data)


def command(folder, name, *arguments):
    """Run one of the teacher's commands as a teacher does; return how long it took."""
    start = time.perf_counter()
    told = [sys.executable, "-m", "grader", name, *map(str, arguments), "--course", folder]
    result = subprocess.run(list(map(str, told)))
    if result.returncode:
        sys.exit(f"error: {name} failed")
    return time.perf_counter() - start


def circle(folder, assignment, count, jobs, seed, engine):
    """Go through all commands once; return the times, and the differences found at the end."""
    times = {"new-course": command(folder, "new-course")}
    times["release"] = command(folder, "release", assignment)
    round_ = course_folder.find_round(folder, assignment)
    handed = students(round_, count, seed)
    moodle_zip(round_, handed, folder / "moodle.zip")
    times["collect"] = command(folder, "collect", assignment, folder / "moodle.zip")
    times["grade"] = command(folder, "grade", assignment, "--jobs", jobs, f"--engine={engine}")
    times["feedback"] = command(folder, "feedback", assignment)
    times["export"] = command(folder, "export", assignment, "--to", "moodle")
    times["summary"] = command(folder, "summary", assignment)
    return times, differences(round_, handed)


def differences(round_, handed):
    """Return a sentence for each exported grade that is not what the notebook must get."""
    text = (round_.course / "export" / f"{round_.name}-moodle.csv").read_text(encoding="utf-8")
    found = {line["Identifier"]: line["Grade"] for line in csv.DictReader(io.StringIO(text))}
    said = [f"{len(found)} lines for {len(handed)} students"] * (len(found) != len(handed))
    for number, each in enumerate(handed, start=1001):
        wanted = "" if each.points is None else f"{each.points:.6g}"
        got = found.get(f"Participant {number}")
        if got != wanted:
            said.append(f"Participant {number} ({each.kind}): {got!r}, and it must get {wanted!r}")
    return said


def main(arguments=None):
    """Run the circle and say what it took."""
    parser = argparse.ArgumentParser(prog="python -m tools.e2e_grading", description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--assignment", default="softmax", choices=derive.topics())
    parser.add_argument(
        "--jobs", type=int, default=0, help="how many at once; all cores without it"
    )
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--engine", default="", help="more for Snakemake, as in grade")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="circle-") as place:
        folder = Path(place) / "course"
        told = (options.assignment, options.students, options.jobs, options.seed)
        times, said = circle(folder, *told, options.engine)
    print("Seconds:", ", ".join(f"{name} {seconds:.1f}" for name, seconds in times.items()))
    print("\n".join(said) or f"All {options.students} grades are what they must be.")
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
