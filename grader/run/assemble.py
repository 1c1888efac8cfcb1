"""Decide which cells of a submission run, and which of its texts a person reads."""

import ast
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.checks import cells, last_cell
from grader.run import stray_text
from grader.run.definitions import defined
from grader.run.submission import CannotGrade

NO_ANSWER = set(stray_text.in_code(last_cell.CODE))  # though a student has changed that cell
SHORT = 15  # characters: every notebook may hold them
# Each part ends where the next could begin: otherwise "[[[[" would take quadratic time.
LINK = re.compile(r"\[([^\[\]]+)\]\([^()\[\]\s]+\)")


class Runnable(NamedTuple):
    """A cell to run: its number among the code cells, or None; its code; its grade_id."""

    number: int | None
    source: str
    grade_id: str


@dataclass
class Assembled:
    """The cells to run, in order, the free texts, and remarks on the notebook."""

    cells: list = field(default_factory=list)  # of Runnable
    own: dict = field(default_factory=dict)  # question: the places of its answers in `cells`
    texts: dict = field(default_factory=dict)  # grade_id: what the student wrote
    notes: list = field(default_factory=list)


def assemble(submission, release):
    """Return the parts of a submission that are run and read.

    Cells with tests are left out. Cells that students may not change are taken from the release:
    those before the first answer run first, missing ones run last. All other cells run in the
    student's order. What a student wrote in a cell that is not for it runs too, and the original
    after it. A stub does not run where the student defined its names before.

    Parameters
    ----------
    submission : `grader.run.submission.Submission`
    release : notebook
        What the student received.
    """
    released = {cells.grade_id(cell): cell for cell in release["cells"] if cells.marks(cell)}
    named = _named(submission.cells, release)
    whole = [_as_released(cell, released) for cell in named]
    submitted = _without_self_check(whole, release)
    known = {cell.grade_id for cell in submitted} & set(released)
    _refuse_others(submission.about.get("assignment"), known, submitted, release)
    opening = _opening(release)
    missing = [name for name in _locked(released) if name not in known and name not in opening]
    run = (
        _from_release(opening, released)
        + _runnable(submitted, released, opening)
        + _from_release(missing, released)
    )
    own = _own(release, run)
    texts = _texts(submitted, released, _plain_texts(release))
    return Assembled(run, own, texts, _notes(named, released))


def _named(submitted, release):
    """Return the cells, named again where a program removed the metadata of all of them."""
    if any(cell.grade_id for cell in submitted):
        return submitted
    names = {cell.get("id"): cells.grade_id(cell) for cell in release["cells"]}
    names |= {plain_text(cell["source"]): cells.grade_id(cell) for cell in release["cells"]}
    return [
        cell._replace(grade_id=names.get(cell.id) or names.get(plain_text(cell.source)) or "")
        for cell in submitted
    ]


def _as_released(cell, released):
    """Return a cell as code if the student received code: one key turns it into text in Jupyter."""
    return cell._replace(kind="code") if _is_no_code(cell, released) else cell


def _is_no_code(cell, released):
    original = released.get(cell.grade_id)
    return original is not None and original["cell_type"] == "code" != cell.kind


def _without_self_check(submitted, release):
    """Return the cells without the self-check, wherever it was copied."""
    about = release["metadata"].get("loss_book", {})
    return [
        cell if cell.grade_id else cell._replace(source=last_cell.without(cell.source, about))
        for cell in submitted
    ]


def _refuse_others(name, known, submitted, release):
    """Refuse the notebook of a different assignment, and one that has nothing to do with any."""
    assignment = release["metadata"].get("loss_book", {}).get("assignment", "")
    if isinstance(name, str) and name != assignment:
        raise CannotGrade(f"this is the notebook of {name[:50]!r}, not of {assignment!r}")
    if not known and not name and not _has_texts(submitted, release):
        raise CannotGrade(f"this is a different notebook: it has no cell of {assignment!r}")


def _has_texts(submitted, release):
    """Tell whether a notebook that lost its metadata still holds texts of the release."""
    received = {text for text in _plain_texts(release) if len(text) > SHORT}
    return bool(received & {plain_text(cell.source) for cell in submitted})


def _from_release(names, released):
    return [Runnable(None, released[name]["source"], name) for name in names]


def _own(release, run):
    """Return the places of each question's answers; a question ends with its tests.

    Returns
    -------
    dict of str to list of int
        The grade_id of the tests -> places in `run`.
    """
    own, names = {}, set()
    for cell in release["cells"]:
        if cells.is_answer(cell):
            names.add(cells.grade_id(cell))
        elif cells.is_tests(cell):
            own[cells.grade_id(cell)] = [n for n, each in enumerate(run) if each.grade_id in names]
            names = set()
    return own


def _runnable(submitted, released, opening):
    """Return the student's code cells, and the originals of those that were not for answers."""
    runnable, earlier = [], []
    code = [cell for cell in submitted if cell.kind == "code"]
    for number, cell in enumerate(code, 1):
        original = released.get(cell.grade_id)
        if original is None or not _is_same(cell.source, original):
            earlier.append(_definitions(cell, original))
            runnable += _with_original(number, cell, original)
        elif cells.is_answer(original):
            done = _is_defined(original, earlier)
            runnable += [] if done else [Runnable(number, cell.source, cell.grade_id)]
        elif not cells.is_tests(original) and cell.grade_id not in opening:
            runnable.append(Runnable(number, original["source"], cell.grade_id))
    return runnable


def _with_original(number, cell, original):
    """Return a cell that the student wrote; where that was not expected, the original follows."""
    free = original is None or cells.is_answer(original) or cells.is_tests(original)
    later = [] if free else [Runnable(None, original["source"], cell.grade_id)]
    return [Runnable(number, cell.source, cell.grade_id), *later]


def _definitions(cell, original):
    """Return the names that a cell defines, and those of them that the original does not."""
    names = defined(cell.source)
    return cell.grade_id, names, names - defined(original["source"] if original else "")


def _is_defined(stub, earlier):
    """Tell whether earlier cells define what a stub would undo.

    Cells of other questions count for what is not theirs: two questions may ask for one name.
    """
    names, own = defined(stub["source"]), cells.grade_id(stub)
    return any(names & (every if name == own else others) for name, every, others in earlier)


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


def _plain_texts(release):
    return {plain_text(cell["source"]) for cell in release["cells"]}


def plain_text(source):
    """Return the text of a cell without links: their addresses depend on the course."""
    return LINK.sub(r"*\1*", source).strip()


def _texts(submitted, released, received):
    """Return the answers to the questions that a person grades.

    A cell that was split or copied counts with all its parts. Where nothing is written in the
    cell itself, the texts in cells that the student added or changed are read instead.
    """
    extra = "\n\n".join(filter(None, (_extra_text(cell, released, received) for cell in submitted)))
    texts = {}
    for name, cell in released.items():
        if cells.is_manual(cell):
            own = dict.fromkeys(each.source for each in submitted if each.grade_id == name)
            stub = cell["source"].strip()
            own = [text for text in own if text.strip() not in ("", stub)]
            texts[name] = ("\n\n".join(own) or extra or stub)[: stray_text.LONGEST_TEXT]
    return texts


def _extra_text(cell, released, received):
    """Return the text of a cell that the student added, or added to a different cell, or ""."""
    original = released.get(cell.grade_id)
    if original is None:
        return "" if plain_text(cell.source) in received else _own_text(cell)
    if cells.is_manual(original):
        return ""
    if cell.kind != "code":
        source, before = plain_text(cell.source), plain_text(original["source"])
        return "\n".join(stray_text.added_lines(source, before))
    known = stray_text.in_code(original["source"])
    texts = stray_text.in_code(cell.source, stray_text.OUTER_COMMENT)
    return "\n".join(text for text in texts if text not in known)


def _own_text(cell):
    """Return the text of a student's own cell: all of it, or the text in its code."""
    if cell.kind != "code" or not _is_code(cell.source):
        return cell.source.strip()
    return "\n".join(text for text in stray_text.in_code(cell.source) if text not in NO_ANSWER)


def _is_code(source):
    """Tell whether Python could run a cell and it does more than hold text."""
    if len(source) > stray_text.LONGEST_TEXT:
        return True  # nobody would read it, and to parse it takes long
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.lstrip().startswith(("%", "!", "?"))
    return any(not _is_only_text(statement) for statement in body)


def _is_only_text(statement):
    value = getattr(statement, "value", None)
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return isinstance(statement, ast.Expr) and is_text


def _notes(submitted, released):
    """Return a sentence for each difference from the release."""
    names = [cell.grade_id for cell in submitted]
    sources = {cell.grade_id: cell.source for cell in submitted}
    texts = dict.fromkeys(cell.grade_id for cell in submitted if _is_no_code(cell, released))
    notes = [f"the cell {name} is no longer a code cell; it was run as one" for name in texts
             if not cells.is_tests(released[name])]  # fmt: skip
    for name, cell in released.items():
        if name not in sources:
            notes.append(f"the cell {name} is missing")
        elif names.count(name) > 1:
            notes.append(f"the cell {name} occurs {names.count(name)} times")
        elif not cells.is_answer(cell) and not _is_same(sources[name], cell):
            notes.append(f"the cell {name} was changed; the original counts")
    return notes


def _is_same(source, cell):
    """Tell whether a cell was left as it was; links lead to the book of the course."""
    if cell["cell_type"] == "markdown":
        return plain_text(source) == plain_text(cell["source"])
    return source.strip() == cell["source"].strip()
