"""Check a saved notebook: the program in the file that students receive.

It runs the notebook from the top, as the grader does, in a process of its own.
"""

import json
import os
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

from grader.run.assemble import assemble
from grader.run.submission import CannotGrade, Submission
from grader.sandbox.shell import warm
from grader.self_check import public, report
from grader.self_check.local import LocalExecution, silence

DATA = "self_check.json"
ABSENT = (
    "lossutils",
    "tensorflow",
)  # what the grader does not have, unless the assignment needs it


def main(arguments):
    """Check the notebook that is named, or the one beside this file; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        data = read_data(arguments[0])
        path = find(data, Path(arguments[0]).parent, arguments[1:])
        submission = opened(path, data)
        saved = time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
        print(f"{path.name}, as you saved it at {saved}, is being run from the top …\n", flush=True)
        lines, words = check(data, submission, shell(data["plan"]["environment"]))
    except CannotGrade as problem:
        print(f"This cannot be checked: {problem}.")
        return 2
    print(words)
    return int(any(line.state == report.WRONG for line in lines))


def read_data(path):
    """Return the data in the file that runs."""
    try:
        with zipfile.ZipFile(path) as packed:
            return json.loads(packed.read(DATA))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise CannotGrade("the file of the self-check is damaged; download it again") from None


def find(data, folder, named):
    """Return the path of the notebook: the one that is named, or the newest of this variant."""
    if named:
        return Path(named[0])
    ours = [path for path in sorted(folder.glob("*.ipynb")) if _is_ours(path, data)]
    if not ours:
        name = f"{data['plan']['assignment']}-v{data['plan']['variant']}.ipynb"
        raise CannotGrade(f"there is no notebook {name} in this folder, under any name")
    return max(ours, key=lambda path: path.stat().st_mtime)


def _is_ours(path, data):
    try:
        about = read(path).about
    except CannotGrade:
        return path.name.startswith(f"{data['plan']['assignment']}-v{data['plan']['variant']}")
    ours = data["notebook"]["metadata"]["loss_book"]
    return all(about.get(name) == ours[name] for name in ("assignment", "variant"))


def read(path):
    """Return the submission in a file."""
    try:
        return Submission(path, path.read_bytes())
    except OSError as problem:
        raise CannotGrade(f"{path.name} cannot be read: {problem.strerror}") from None


def opened(path, data):
    """Return the submission in a file; refuse that of another variant or round."""
    submission, ours = read(path), data["notebook"]["metadata"]["loss_book"]
    for name in ("assignment", "variant", "round"):
        its = submission.about.get(name)
        if its is None:
            raise CannotGrade(f"the notebook no longer says which {name} it is of; copy your "
                              "answers into a fresh one")  # fmt: skip
        if its != ours.get(name):
            raise CannotGrade(f"the notebook is of {name} {its!r}, this file of {ours.get(name)!r}")
    return submission


def shell(environment):
    """Return the shell that runs the cells, with the packages that the grader has."""
    os.environ.setdefault("MPLBACKEND", "agg")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ABSENT:
        if name != environment:
            sys.modules[name] = None
    try:
        with silence():
            return warm(environment)
    except ImportError as problem:
        raise CannotGrade(f"a package is missing where this runs: {problem}") from None


def check(data, submission, shell):
    """Check a notebook; return the lines of the report, and all of it as text."""
    release, plan = data["notebook"], public.unpack(data["plan"], data["notebook"])
    assembled = assemble(submission, release)
    execution = LocalExecution(shell, plan, assembled)
    execution.run(SimpleNamespace(**data["limits"]))
    judged = [item["judged"] for item in data["plan"]["items"]]
    outcomes = report.checked(execution.outcomes(), judged)
    lines = report.lines(release, outcomes, execution.visible, assembled.texts, data["see"])
    notes = assembled.notes + [
        f"code cell {cell['number']} raises {cell['reason']}" for cell in execution.failed_cells()
    ]
    return lines, report.text(lines, notes, outcomes, judged)
