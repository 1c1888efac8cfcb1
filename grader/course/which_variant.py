"""Which assignment and variant a submitted notebook is of: by metadata, name, or what it holds."""

import json
import re

from grader.course import course_folder
from grader.run.assemble import plain_text
from grader.run.submission import CannotGrade, Submission, read
from grader.source import derive

LARGEST_MB = 25  # of a released notebook


def about(data):
    """Return what a notebook says about itself, or an empty dict."""
    try:
        stated = json.loads(data)["metadata"]["loss_book"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return stated if isinstance(stated, dict) else {}


def is_notebook(file):
    """Tell whether a file is meant to be a notebook, whatever its name ends with."""
    if file.parts[-1].lower().endswith(".ipynb"):
        return True
    try:
        return isinstance(json.loads(file.data)["cells"], list)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def is_stated(round_, file):
    """Tell whether a file says that it is a notebook of the assignment of a round."""
    return about(file.data).get("assignment") == round_.assignment


def assignment_of(round_, name):
    """Return the assignment that a name says, such as ``softmax-v1``, or None."""
    matches = _known(round_, name, r"(?![^\W_])")
    return max(matches, key=len, default=None)


def released(round_):
    """Return the variants that were released: number -> path; copies beside them do not count."""
    name = re.compile(rf"{re.escape(round_.assignment)}-v([1-9][0-9]{{0,3}})\.ipynb")
    paths = sorted(round_.folder("release").glob("*.ipynb"))
    matches = ((path, name.fullmatch(path.name)) for path in paths)
    return {int(match[1]): path for path, match in matches if match}


def of_file(round_, file):
    """Return the variant of a file that was handed in, or None if nothing says it."""
    its = about(file.data)
    if its.get("assignment", round_.assignment) != round_.assignment:
        return None
    if its and type(its.get("variant")) is int:
        return its["variant"]
    named = _of_name(round_, file.parts[-1])
    return _of_cells(round_, file.data) if named is None else named


def _of_name(round_, name):
    """Return the variant in the name of a file; the longest name of an assignment counts."""
    matches = _known(round_, name, r"-v(\d{1,4})(?!\d)")
    longest = max(matches, key=len, default=None)
    return int(matches[longest][1]) if longest == round_.assignment else None


def _known(round_, name, end):
    """Return the assignments that a name contains, each with what matched it and an end."""
    known = {each.assignment for each in course_folder.rounds(round_.course)}
    known |= {path.stem for path in derive.SOURCES.glob("*.ipynb")}
    matches = {each: re.search(rf"(?<![^\W_]){re.escape(each)}{end}", name) for each in known}
    return {each: match for each, match in matches.items() if match}


def _of_cells(round_, data):
    """Return the variant whose cells, with its numbers, a notebook holds, and no others."""
    texts = {number: _texts(read(path, LARGEST_MB)) for number, path in released(round_).items()}
    if not data or len(texts) < 2:
        return None
    # Two variants may have a cell in common.
    held = _texts(Submission(None, data)) - set.intersection(*texts.values())
    fits = {number: own & held for number, own in texts.items()}
    best = max(fits, key=lambda number: len(fits[number]))
    rest = [cells for number, cells in fits.items() if number != best]
    return best if all(cells < fits[best] for cells in rest) else None


def _texts(submission):
    """Return the texts of the cells of a notebook."""
    try:
        return {plain_text(cell.source) for cell in submission.cells}
    except CannotGrade:
        return set()
