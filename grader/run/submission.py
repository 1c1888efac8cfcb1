"""Read what a student handed in, whatever it is, and decide what of it is run."""

import json
import os
import stat
from dataclasses import dataclass, field

from grader.checks.plans import is_tests


class CannotGrade(ValueError):  # noqa: N818, it is a state of its own
    """A submission that is not a notebook of this assignment, with the reason in one sentence."""


@dataclass
class Submission:
    """The cells to run, in order, the free texts, and what there is to say of them."""

    cells: list = field(default_factory=list)  # (position in the notebook or None, code)
    texts: dict = field(default_factory=dict)  # grade_id: what was written
    notes: list = field(default_factory=list)


def read_bytes(path, limit_mb):
    """Return the bytes of a submitted file: a regular file, no link, not too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise CannotGrade(f"the file cannot be read: {problem.strerror}") from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CannotGrade("this is not a file")
    with open(descriptor, "rb") as file:
        data = file.read(int(limit_mb * 2**20) + 1)
    if len(data) > limit_mb * 2**20:
        raise CannotGrade(f"the file is larger than {limit_mb:g} MB")
    return data


def _parsed(data):
    """Return the notebook in a file."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as problem:
        words = "the file is empty" if not data.strip() else "the file is not a notebook (not JSON)"
        raise CannotGrade(words) from problem
    if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
        return notebook
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise CannotGrade("the notebook has an old format; open it in Jupyter and save it again")
    raise CannotGrade("the file is not a notebook (it has no cells)")


def about(data):
    """Return what a notebook says of itself: its assignment and variant, as far as it does.

    Examples
    --------
    >>> about(b'{"cells": [], "metadata": {"loss_book": {"variant": 3}}}')
    {'variant': 3}
    """
    return _inside(_parsed(data), "metadata", "loss_book")


def _cell(cell):
    """Return one cell as (kind, grade_id, source), empty where it is not one."""
    if not isinstance(cell, dict):
        return "", "", ""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    grade_id = _inside(cell, "metadata", "nbgrader").get("grade_id", "")
    kind = cell.get("cell_type")
    # A lone surrogate is no text: it could not be sent to the sandbox or kept in a result.
    text = source.encode(errors="replace").decode() if isinstance(source, str) else ""
    return kind, grade_id if isinstance(grade_id, str) else "", text


def _inside(tree, *keys):
    """Return a dict within dicts, an empty one where there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def assemble(data, release):
    """Return what of a submission is run and read.

    Cells of tests are left out. Cells that were not for the student to change are as released: the
    opening ones come first, missing ones are put back where they were. All else runs in the
    student's order.
    """
    given, name = [_cell(cell) for cell in _parsed(data)["cells"]], about(data).get("assignment")
    assignment = release["metadata"].get("loss_book", {}).get("assignment", "")
    marks = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in release["cells"]
             if "nbgrader" in cell["metadata"]}  # fmt: skip
    known = {grade_id for _, grade_id, _ in given} & set(marks)
    if isinstance(name, str) and name != assignment:
        raise CannotGrade(f"this is the notebook of {name[:50]!r}, not of {assignment!r}")
    if not known and not name:
        raise CannotGrade(f"this is another notebook: it has no cell of {assignment!r}")
    found = Submission(texts=_texts(given, marks), notes=_notes(given, marks))
    opening = _opening(release)
    found.cells = [(None, marks[grade_id]["source"]) for grade_id in opening]
    missing = [g for g in _locked(marks) if g not in known and g not in opening]
    for position, (kind, grade_id, source) in enumerate(given, 1):
        cell = marks.get(grade_id)
        if kind != "code" or grade_id in opening or (cell is not None and is_tests(cell)):
            continue
        locked = cell is not None and not cell["metadata"]["nbgrader"].get("solution")
        found.cells.append((position, cell["source"] if locked else source))
    found.cells += [(None, marks[grade_id]["source"]) for grade_id in missing]
    return found


def _locked(marks):
    """Return the names of the code cells that are not for the student to change, but run."""
    return [grade_id for grade_id, cell in marks.items()
            if cell["cell_type"] == "code" and not is_tests(cell)
            and not cell["metadata"]["nbgrader"].get("solution")]  # fmt: skip


def _opening(release):
    """Return the names of the locked code cells before the first answer."""
    found = []
    for cell in release["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution"):
            break
        if cell["cell_type"] == "code" and "grade_id" in about and not is_tests(cell):
            found.append(about["grade_id"])
    return found


def _texts(given, marks):
    """Return what was written where a person grades."""
    manual = [grade_id for grade_id, cell in marks.items() if is_manual(cell)]
    written = {grade_id: source for _, grade_id, source in reversed(given)}
    return {grade_id: written.get(grade_id, "")[:20_000] for grade_id in manual}


def is_manual(cell):
    """Tell a cell that a person grades."""
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade") and about.get("solution"))


def _notes(given, marks):
    """Return a sentence for each thing that is not as it was handed out."""
    names = [grade_id for _, grade_id, _ in given]
    sources = {grade_id: source for _, grade_id, source in given}
    notes = []
    for grade_id, cell in marks.items():
        about = cell["metadata"]["nbgrader"]
        if grade_id not in sources:
            notes.append(f"the cell {grade_id} is missing")
        elif names.count(grade_id) > 1:
            notes.append(f"the cell {grade_id} is there {names.count(grade_id)} times")
        elif not about.get("solution") and sources[grade_id].strip() != cell["source"].strip():
            notes.append(f"the cell {grade_id} was changed; it counts as it was handed out")
    return notes
