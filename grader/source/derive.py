"""Derive everything about an assignment from its one source notebook.

Each assignment is one notebook, `assignments/TOPIC.ipynb`, in nbgrader's format. The release (what
students receive), the solution, the hidden part of each question and the declared wrong answers
follow from it and a seed. Nothing derived is stored.
"""

import copy
import functools
import hashlib
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np

from grader.checks.cells import grade_id, is_answer, is_graded, is_manual
from grader.command import call
from grader.source import roles

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "assignments"
STUB = 'raise NotImplementedError("your code goes here")'
TEXT_STUB = "YOUR ANSWER HERE"
PLACEHOLDER = re.compile(r"\{\{ ?(\w+) ?\}\}")
BOOK_LINK = re.compile(r"\[([^\]]+)\]\(\.\./book/([\w/-]+)\.(?:ipynb|md)(#[\w-]+)?\)")
KEY = "loss_book"  # of the metadata
LAST = 1000  # a place in the order, for assignments that state none


class Manual(NamedTuple):
    """A question that a person grades: its points, its rubric, its task and the model answer."""

    points: float
    rubric: str
    task: str = ""
    answer: str = ""


def topics():
    """Return the names of the assignments, in the order of the book.

    Examples
    --------
    >>> topics()[:2]
    ['regression', 'softmax']
    """
    names = [file.stem for file in SOURCES.glob("*.ipynb")]
    return sorted(names, key=lambda name: (read(name).metadata[KEY].get("order", LAST), name))


def path(topic):
    """Return the path of a source, which may also be given by its topic."""
    return Path(topic) if str(topic).endswith(".ipynb") else SOURCES / f"{topic}.ipynb"


def read(topic):
    """Return the source of an assignment without outputs; each cell has its role.

    Parameters
    ----------
    topic : str or Path
        One of `topics()`, or the path of a source elsewhere.
    """
    try:
        notebook = copy.deepcopy(_parsed(path(topic).read_text(encoding="utf-8")))
    except FileNotFoundError:
        known = ", ".join(topics())
        raise ValueError(f"there is no assignment {topic}; the book has {known}") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError):
        raise ValueError(f"{path(topic)} is not a notebook; open it in JupyterLab") from None
    if not {"assignment", "environment"} <= set(notebook.metadata.get(KEY, {})):
        raise ValueError(
            f"{path(topic)}: expected the metadata {KEY} with assignment and environment; "
            f"{call('new-assignment NAME')} makes a notebook that has them"
        )
    return notebook


def content(topic):
    """Return what a source consists of, to compare two: not outputs, nor how it was stored."""
    notebook = read(topic)
    cells = [(cell.id, cell.cell_type, cell.source, dict(cell.metadata.get("nbgrader", {})))
             for cell in notebook.cells]  # fmt: skip
    return dict(notebook.metadata[KEY]), cells


@functools.lru_cache(maxsize=16)
def _parsed(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about ids: the audit says what to do
        notebook = nbformat.reads(text, as_version=4)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")  # older programs write none
        if cell.cell_type == "code":  # JupyterLab stores what the author ran
            cell.outputs, cell.execution_count = [], None
    roles.give(notebook)
    return notebook


def release(topic, seed, number, book=None):
    """Return the notebook that students receive.

    Parameters
    ----------
    topic : str or Path
        As in `read`.
    seed : str, int or bytes
        Seed of the round: a different seed gives different numbers.
    number : int
        Number of the variant in this round.
    book : str, optional
        Address of the built book, for links. Without it, links become plain names.
    """
    notebook = source(topic, seed, number)
    for cell in notebook.cells:
        cell.source = _without_hidden(_with_stub(cell)).strip("\n")
        cell.source = BOOK_LINK.sub(lambda match: _link(match, book), cell.source)
        _lock(cell)
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def solution(topic, seed, number):
    """Return the same notebook with the right answers, as if a student had written them."""
    notebook = release(topic, seed, number)
    answers = {cell.id: cell for cell in filter(is_answer, source(topic, seed, number).cells)}
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = "\n".join(_unmarked(answers[cell.id].source, "SOLUTION")).strip("\n")
    return notebook


def source(topic, seed, number):
    """Return the source with the numbers of one variant, including solution and hidden parts."""
    notebook, values = read(topic), variant(topic, seed, number)
    notebook.metadata[KEY]["variant"] = number
    notebook.cells = [cell for cell in notebook.cells if not _is_private(cell)]
    for cell in notebook.cells:
        cell.source = PLACEHOLDER.sub(lambda match: _value(values, match[1], topic), cell.source)
    return notebook


def hidden(topic, seed, number):
    """Return the hidden part of each question: its grade_id -> the code."""
    cells = source(topic, seed, number).cells
    parts = {grade_id(cell): _part(cell.source, "HIDDEN TESTS") for cell in cells}
    return {name: code for name, code in parts.items() if code}


def questions(topic):
    """Return the points of each question, manually graded ones included: grade_id -> points."""
    graded = [cell.metadata.nbgrader for cell in read(topic).cells if is_graded(cell)]
    return {marks.grade_id: marks.points for marks in graded}


def manual(topic):
    """Return the questions that a person grades: grade_id -> Manual."""
    asked, task = {}, []
    for cell in read(topic).cells:
        if is_manual(cell):
            answer, _, rubric = _part(cell.source, "SOLUTION").partition("**Rubric**")
            words = PLACEHOLDER.sub("…", "\n\n".join(task))
            points = cell.metadata.nbgrader.points
            asked[grade_id(cell)] = Manual(points, rubric or answer, words, answer.strip())
        if cell.cell_type == "markdown" and not (is_answer(cell) or _is_private(cell)):
            begins = roles.HEADING.search(cell.source)
            task = [*([] if begins else task), cell.source]
    return asked


def variant(topic, seed, number):
    """Return the numbers of one variant: name -> value, as plain Python."""
    notebook = read(topic)
    code = "\n".join(cell.source for cell in notebook.cells if _is_variant(cell))
    text = f"{_text_of(seed)}/{notebook.metadata[KEY]['assignment']}/{number}"
    seeded = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    given = {"np": np, "rng": np.random.default_rng(seeded)}
    names = dict(given)
    try:
        exec(compile(code, f"the variant of {topic}", "exec"), names)
    except Exception as problem:
        raise ValueError(f"the variant cell raises {type(problem).__name__}: {problem}") from None
    drawn = {name: value for name, value in names.items() if name not in given}
    return {name: plain(value) for name, value in drawn.items() if _is_value(name, value)}


def _value(values, name, topic):
    if name not in values:
        raise ValueError(f"{topic}: {{{{{name}}}}} is not drawn by the variant cell")
    return str(values[name])


def plain(value):
    """Return arrays as lists of Python numbers, which print as they are typed."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _is_value(name, value):
    plain = np.ndarray | np.generic | int | float | str | list | tuple
    return not name.startswith("_") and isinstance(value, plain)


def _text_of(seed):
    return seed.hex() if isinstance(seed, bytes) else str(seed)


def _part(source, marker):
    """Return the lines between the markers, or an empty text."""
    return "\n".join(line for line, inside in _marked(source, marker) if inside)


def _without_hidden(source):
    lines = _marked(source, "HIDDEN TESTS")
    return "\n".join(line for line, inside in lines if not inside)


def _unmarked(source, marker):
    return [line for line, _ in _marked(source, marker)]


def _marked(source, marker):
    """Yield the lines without the markers, each with whether it is between them."""
    inside = False
    for line in source.split("\n"):
        if f"### BEGIN {marker}" in line or f"### END {marker}" in line:
            if inside == (f"BEGIN {marker}" in line):
                raise ValueError(f"the markers of {marker} do not come in pairs: {line.strip()}")
            inside = not inside
        else:
            yield line, inside
    if inside:
        raise ValueError(f"### BEGIN {marker} has no ### END {marker}")


def _with_stub(cell):
    """Return the text of a cell with a stub instead of the solution."""
    if not _part(cell.source, "SOLUTION"):
        return cell.source
    if cell.cell_type == "markdown":
        return TEXT_STUB
    lines, open_region = [], False
    for line, inside in _marked(cell.source, "SOLUTION"):
        if not inside:
            lines.append(line)
        elif not line.startswith(" "):
            lines += [f"{name} = ..." for name in re.findall(r"^([a-z]\w*) = ", line)]
        elif not open_region:
            lines.append(line[: len(line) - len(line.lstrip())] + STUB)
        open_region = inside and (open_region or line.startswith(" "))
    return "\n".join(lines)


def _link(match, book):
    text, page, anchor = match.groups()
    return f"[{text}]({book.rstrip('/')}/book/{page}.html{anchor or ''})" if book else f"*{text}*"


def _lock(cell):
    """Protect a cell as nbgrader's LockCells does."""
    mark = cell.metadata.get("nbgrader")
    if mark and (mark.locked or mark.grade or mark.solution):
        cell.metadata["deletable"] = False
    if mark and not mark.solution:
        cell.metadata["editable"] = False


def _is_variant(cell):
    return cell.cell_type == "code" and roles.has(cell, roles.VARIANT)


def _is_private(cell):
    """Tell whether a cell is for the author only."""
    return roles.has(cell, roles.VARIANT) or roles.has(cell, roles.AUTHOR)
