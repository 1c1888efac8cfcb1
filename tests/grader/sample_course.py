"""A course folder with one round, and submissions, for the tests of the grader."""

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat

from grader import __main__ as commands
from grader import files
from grader.course import collect, course_folder, gradebook
from grader.course.release import release
from grader.source import derive

ROOT = Path(__file__).parents[2]
GRADER = ROOT / ".venv-grader" / "bin" / "python"


def new(folder, settings="", variants=2):
    """Make a course folder with the softmax assignment released; return the round."""
    course_folder.new_course(folder, "Losses")
    file = folder / "course.toml"
    text = file.read_text(encoding="utf-8").replace("variants = 4", f"variants = {variants}")
    file.write_text(settings + text, encoding="utf-8")
    return release(folder, "softmax")[0]


def notebook(round_, text="", number=1):
    """Return the bytes of a right notebook; `text` makes it different from others."""
    right = derive.solution(round_.source, round_.seed(), number)
    right.cells.append(nbformat.v4.new_markdown_cell(text, id="own"))
    return nbformat.writes(right).encode()


def zipped(path, entries):
    """Write a zip file; an entry is a name or a ZipInfo, and its bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def hand_in(round_, tmp_path, names=("Ada Lovelace", "Eve", "王 小明"), number=1001):
    """Collect one right notebook per name, as Moodle packs them."""
    entries = []
    for place, name in enumerate(names, start=number):
        path = f"{name}_{place}_assignsubmission_file_/softmax-v1.ipynb"
        entries.append((path, notebook(round_, name)))
    archive = zipped(tmp_path / "m.zip", entries)
    collect.collect(round_, archive, print)


def table(round_):
    """Return the rows of the gradebook."""
    return gradebook.rows(round_, gradebook.jobs(round_, {}))


def moment(text):
    """Return a time."""
    return datetime.fromisoformat(text)


def result(key, points=10.0, **other):
    """Return a result as the grader writes it."""
    graded = {"key": key, "state": "graded", "reason": "", "points": points, "max_points": 18.0}
    empty = {name: [] for name in ("checks", "manual", "cells", "notes")}
    return graded | empty | {"open_points": 0.0, "output": ""} | other


def give(round_, make):
    """Write a result for everything that was collected; `make` takes the attempt and the key."""
    for attempt, (key, _) in gradebook.jobs(round_, {}).items():
        files.write(round_.folder("results") / f"{key}.json", json.dumps(make(attempt, key)))


def inherited():
    """Return an environment in which a process finds the packages of this project."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def command(folder, *arguments, python=None, **environment):
    """Run one of the teacher's commands; return its status, its output and its errors.

    It runs in this process, unless it is for another Python or needs an environment of its own.
    """
    whole = [*map(str, arguments), "--course", str(folder)]
    if python is None and not environment:
        return _called(whole)
    done = subprocess.run(
        [str(python or sys.executable), "-m", "grader", *whole],
        capture_output=True,
        text=True,
        env=inherited() | environment,
        timeout=600,
    )
    return done.returncode, done.stdout, done.stderr


def _called(arguments):
    """Return what running the command in this process gives."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in "oe")
    status = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            commands.main(arguments)
        except SystemExit as stopped:
            status = stopped.code
            if isinstance(status, str):
                print(status, file=errors)
                status = 1
    texts = (stream.buffer.getvalue().decode() for stream in (output, errors))
    return status or 0, *texts
