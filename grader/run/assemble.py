"""Decide which cells of a submission run, and which of its texts a person reads."""

from dataclasses import dataclass, field

from grader.checks import cells
from grader.run.submission import CannotGrade

LONGEST_TEXT = 20_000  # characters


@dataclass
class Assembled:
    """The cells to run, in order, the free texts, and remarks on the notebook."""

    cells: list = field(default_factory=list)  # (position in the notebook or None, code)
    texts: dict = field(default_factory=dict)  # grade_id: what the student wrote
    notes: list = field(default_factory=list)


def assemble(submission, release):
    """Return the parts of a submission that are run and read.

    Cells with tests are left out. Cells that students may not change are taken from the release:
    those before the first answer run first, missing ones run last. All other cells run in the
    student's order.

    Parameters
    ----------
    submission : `grader.run.submission.Submission`
    release : notebook
        What the student received.
    """
    submitted = submission.cells
    released = {cells.grade_id(cell): cell for cell in release["cells"] if cells.marks(cell)}
    known = {cell.grade_id for cell in submitted} & set(released)
    _refuse_others(submission.about.get("assignment"), known, release)
    opening = _opening(release)
    missing = [name for name in _locked(released) if name not in known and name not in opening]
    return Assembled(
        _from_release(opening, released)
        + _runnable(submitted, released, opening)
        + _from_release(missing, released),
        _texts(submitted, released),
        _notes(submitted, released),
    )


def _refuse_others(name, known, release):
    """Refuse the notebook of a different assignment, and one that has nothing to do with any."""
    assignment = release["metadata"].get("loss_book", {}).get("assignment", "")
    if isinstance(name, str) and name != assignment:
        raise CannotGrade(f"this is the notebook of {name[:50]!r}, not of {assignment!r}")
    if not known and not name:
        raise CannotGrade(f"this is a different notebook: it has no cell of {assignment!r}")


def _from_release(names, released):
    return [(None, released[name]["source"]) for name in names]


def _runnable(submitted, released, opening):
    """Return the student's code cells; locked ones have the code of the release."""
    runnable = []
    for position, (kind, grade_id, source) in enumerate(submitted, 1):
        cell = released.get(grade_id)
        if kind != "code" or grade_id in opening or (cell is not None and cells.is_tests(cell)):
            continue
        locked = cell is not None and not cells.is_answer(cell)
        runnable.append((position, cell["source"] if locked else source))
    return runnable


def _locked(released):
    """Return the names of the code cells that run but that students may not change."""
    return [name for name, cell in released.items()
            if cell["cell_type"] == "code" and not cells.is_tests(cell)
            and not cells.is_answer(cell)]  # fmt: skip


def _opening(release):
    """Return the names of the locked code cells before the first answer."""
    names = []
    for cell in release["cells"]:
        if cells.is_answer(cell):
            break
        if cell["cell_type"] == "code" and cells.grade_id(cell) and not cells.is_tests(cell):
            names.append(cells.grade_id(cell))
    return names


def _texts(submitted, released):
    """Return the answers to the questions that a person grades."""
    written = {cell.grade_id: cell.source for cell in reversed(submitted)}
    return {name: written.get(name, "")[:LONGEST_TEXT]
            for name, cell in released.items() if cells.is_manual(cell)}  # fmt: skip


def _notes(submitted, released):
    """Return a sentence for each difference from the release."""
    names = [cell.grade_id for cell in submitted]
    sources = {cell.grade_id: cell.source for cell in submitted}
    notes = []
    for name, cell in released.items():
        if name not in sources:
            notes.append(f"the cell {name} is missing")
        elif names.count(name) > 1:
            notes.append(f"the cell {name} occurs {names.count(name)} times")
        elif not cells.is_answer(cell) and sources[name].strip() != cell["source"].strip():
            notes.append(f"the cell {name} was changed; the original counts")
    return notes
