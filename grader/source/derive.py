"""Derive what is handed out from the one notebook that is written by hand.

Each assignment is one notebook, `assignments/<topic>.ipynb`, in nbgrader's format. From it
and a seed come the release (what students get), the solution, the hidden part of each question, and
the declared wrong answers. Nothing derived is stored.
"""

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "assignments"
STUB = 'raise NotImplementedError("your code goes here")'
TEXT_STUB = "YOUR ANSWER HERE"
PLACEHOLDER = re.compile(r"\{\{ ?(\w+) ?\}\}")
BOOK_LINK = re.compile(r"\[([^\]]+)\]\(\.\./book/([\w/-]+)\.(?:ipynb|md)(#[\w-]+)?\)")
KEY = "loss_book"  # of the metadata


class Manual(NamedTuple):
    """A question that a person grades: its points, and what to give them for."""

    points: float
    rubric: str


def topics():
    """Return the names of the assignments, in the order of the book.

    Examples
    --------
    >>> topics()[:2]
    ['regression', 'softmax']
    """
    names = [path.stem for path in SOURCES.glob("*.ipynb")]
    return sorted(names, key=lambda name: read(name).metadata[KEY]["order"])


def read(topic):
    """Return the source of an assignment as it stands.

    Parameters
    ----------
    topic : str or Path
        One of `topics()`, or the path of a source elsewhere.
    """
    path = Path(topic) if str(topic).endswith(".ipynb") else SOURCES / f"{topic}.ipynb"
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise ValueError(f"there is no assignment {topic}; there are {topics()}") from None
    if not {"assignment", "order", "environment"} <= set(notebook.metadata.get(KEY, {})):
        raise ValueError(
            f"{path}: expected the metadata {KEY} with assignment, order and environment"
        )
    return notebook


def release(topic, seed, number, book=None):
    """Return the notebook that students get.

    Parameters
    ----------
    topic : str or Path
        As in `read`.
    seed : str, int or bytes
        Seed of the round: another one gives other numbers.
    number : int
        Number of the variant in this round.
    book : str, optional
        Address of the built book, to which the links then point. Without it they are plain names.
    """
    notebook = source(topic, seed, number)
    for cell in notebook.cells:
        cell.source = _without_hidden(_with_stub(cell)).strip("\n")
        cell.source = BOOK_LINK.sub(lambda link: _link(link, book), cell.source)
        _lock(cell)
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def solution(topic, seed, number):
    """Return the same notebook with the right answers, as if a student had written them."""
    notebook = release(topic, seed, number)
    answers = {cell.id: cell for cell in source(topic, seed, number).cells if _is_answer(cell)}
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = "\n".join(_unmarked(answers[cell.id].source, "SOLUTION")).strip("\n")
    return notebook


def source(topic, seed, number):
    """Return the source with the numbers of one variant, solution and hidden part in place."""
    notebook, values = read(topic), variant(topic, seed, number)
    notebook.metadata[KEY]["variant"] = number
    notebook.cells = [cell for cell in notebook.cells if not _is_variant(cell)]
    for cell in notebook.cells:
        cell.source = PLACEHOLDER.sub(lambda found: _value(values, found, topic), cell.source)
    return notebook


def hidden(topic, seed, number):
    """Return the hidden part of each question: its grade_id -> the code."""
    cells = source(topic, seed, number).cells
    parts = {_grade_id(cell): _part(cell.source, "HIDDEN TESTS") for cell in cells}
    return {name: code for name, code in parts.items() if code}


def questions(topic):
    """Return what can be earned: grade_id -> points, questions graded by hand included."""
    graded = [cell.metadata.nbgrader for cell in read(topic).cells if _is_graded(cell)]
    return {mark.grade_id: mark.points for mark in graded}


def manual(topic):
    """Return the questions that a person grades: grade_id -> Manual(points, rubric)."""
    cells = [cell for cell in read(topic).cells if _is_graded(cell) and _is_answer(cell)]
    return {
        _grade_id(cell): Manual(
            cell.metadata.nbgrader.points, _part(cell.source, "SOLUTION").split("**Rubric**")[-1]
        )
        for cell in cells
    }


def variant(topic, seed, number):
    """Return the numbers of one variant: name -> value, as plain Python."""
    code = "\n".join(cell.source for cell in read(topic).cells if _is_variant(cell))
    text = f"{_text_of(seed)}/{read(topic).metadata[KEY]['assignment']}/{number}"
    seeded = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    given = {"np": np, "rng": np.random.default_rng(seeded)}
    names = dict(given)
    exec(compile(code, f"the variant of {topic}", "exec"), names)
    drawn = {name: value for name, value in names.items() if name not in given}
    return {name: _plain(value) for name, value in drawn.items() if _is_value(name, value)}


def _value(values, found, topic):
    name = found.group(1)
    if name not in values:
        raise ValueError(f"{topic}: {{{{{name}}}}} is not drawn by the variant cell")
    return str(values[name])


def _plain(value):
    """Return lists of Python's numbers for arrays, so that they print as they are typed."""
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
    """Yield the lines but the markers, each with whether it stands between them."""
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
    """Return the text of a cell with a stub in place of the solution."""
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


@functools.cache
def places():
    """Return what a sentence may send a learner to with "see PLACE": pages, and mistakes.

    Returns
    -------
    dict of str to (str, str)
        For each place the page's address below the book's own, and the words of a link to it.

    Examples
    --------
    >>> places()["softmax"]
    ('book/softmax.html', 'softmax')
    >>> places()["mistake-softmax-twice"]
    ('book/mistakes/logits-and-softmax.html#mistake-softmax-twice', 'Softmax twice')
    """
    book = ROOT / "book"
    pages = [path for kind in ("*.md", "*.ipynb") for path in book.rglob(kind)]
    names = sorted(path.relative_to(book).with_suffix("").as_posix() for path in pages)
    mistakes = json.loads((ROOT / "lossutils/diagnosis/mistakes.json").read_text("utf-8"))
    return {name: (f"book/{name}.html", name) for name in names} | {
        f"mistake-{m['id']}": (f"book/mistakes/{m['page']}.html#mistake-{m['id']}", m["title"])
        for m in mistakes
    }


def _link(found, book):
    text, page, anchor = found.groups()
    return f"[{text}]({book.rstrip('/')}/book/{page}.html{anchor or ''})" if book else f"*{text}*"


def _lock(cell):
    """Protect a cell as nbgrader's LockCells does."""
    mark = cell.metadata.get("nbgrader")
    if mark and (mark.locked or mark.grade or mark.solution):
        cell.metadata["deletable"] = False
    if mark and not mark.solution:
        cell.metadata["editable"] = False


def _grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _is_variant(cell):
    return "variant" in cell.metadata.get("tags", [])


def _is_answer(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def _is_graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)
