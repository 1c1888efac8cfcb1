"""A submitted file: read once, parsed, and identified by what its notebook says about itself."""

import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

# Whatever takes time or memory for each character or cell is limited: many commands read notebooks,
# outside the sandbox. Data in outputs, as pictures hold them, have few commas and brackets.
MOST_CELLS, LONGEST_CELL, LONGEST_NOTEBOOK = 2_000, 200_000, 1_000_000  # the rest in characters
MOST_VALUES = 3_000_000


class CannotGrade(ValueError):  # noqa: N818, it is a state of its own
    """The file is not a notebook of this assignment; the text says why in one sentence."""


class Cell(NamedTuple):
    """One cell of a submission; its parts are empty if it is not a cell at all."""

    kind: str
    grade_id: str
    source: str
    id: str = ""


@dataclass(frozen=True)
class Submission:
    """The content of a submitted file, or the reason why it could not be read.

    Attributes
    ----------
    data : bytes or None
    problem : str
        Why there are no data; "" if there are.
    """

    path: Path
    data: bytes | None = field(default=None, repr=False)
    problem: str = ""

    @property
    def sha256(self):
        """The hash of the file; None if it could not be read."""
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()

    @cached_property
    def notebook(self):
        """The notebook in the file, a dict with a list of cells; raises `CannotGrade`."""
        if self.data is None:
            raise CannotGrade(self.problem)
        return _parsed(self.data)

    @property
    def about(self):
        """What the notebook says about itself: its assignment and variant, if it does.

        Examples
        --------
        >>> text = b'{"cells": [], "metadata": {"loss_book": {"variant": 3}}}'
        >>> Submission("x.ipynb", text).about
        {'variant': 3}
        """
        return _inside(self.notebook, "metadata", "loss_book")

    @property
    def cells(self):
        """The cells of the notebook, in order; raises `CannotGrade`."""
        cells = [_cell(cell) for cell in self.notebook["cells"]]
        lengths = [len(cell.source) for cell in cells]
        for number, length in enumerate(lengths, 1):
            if length > LONGEST_CELL:
                raise CannotGrade(f"cell {number} has more than {LONGEST_CELL:,} characters")
        if sum(lengths) > LONGEST_NOTEBOOK:
            raise CannotGrade(f"its cells have more than {LONGEST_NOTEBOOK:,} characters together")
        return cells

    @property
    def variant(self):
        """The number of the variant that the notebook names; None if it names none."""
        try:
            number = self.about.get("variant")
        except CannotGrade:
            return None
        return number if type(number) is int and 0 <= number < 10**6 else None


def read(path, limit_mb):
    """Return the `Submission` in a file: a regular file, no link, not too large."""
    try:
        return Submission(path, _bytes(path, limit_mb))
    except CannotGrade as problem:
        return Submission(path, None, str(problem))


def _bytes(path, limit_mb):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise CannotGrade(f"the file cannot be read: {problem.strerror}") from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CannotGrade("this is not a file")
    with open(descriptor, "rb") as file:
        try:
            data = file.read(int(limit_mb * 2**20) + 1)
        except OSError as problem:
            raise CannotGrade(f"the file cannot be read: {problem.strerror}") from problem
    if len(data) > limit_mb * 2**20:
        raise CannotGrade(f"the file is larger than {limit_mb:g} MB")
    return data


def _parsed(data):
    """Return the notebook in a file."""
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise CannotGrade("the notebook holds too many values: clear its outputs, and try again")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as problem:
        words = "the file is empty" if not data.strip() else "the file is not a notebook (not JSON)"
        raise CannotGrade(words) from problem
    if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
        if len(notebook["cells"]) > MOST_CELLS:
            raise CannotGrade(f"the notebook has more than {MOST_CELLS:,} cells")
        return notebook
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise CannotGrade("the notebook has an old format; open it in Jupyter and save it again")
    raise CannotGrade("the file is not a notebook (it has no cells)")


def _cell(cell):
    if not isinstance(cell, dict):
        return Cell("", "", "")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    grade_id = _inside(cell, "metadata", "nbgrader").get("grade_id", "")
    # A lone surrogate is not text: it cannot be sent to the sandbox or stored in a result.
    text = source.encode(errors="replace").decode() if isinstance(source, str) else ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as a program on Windows may save it
    kind, name, own_id = cell.get("cell_type"), grade_id, cell.get("id")
    return Cell(*(part if isinstance(part, str) else "" for part in (kind, name, text, own_id)))


def _inside(tree, *keys):
    """Return a dict within dicts; an empty one if there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}
