"""The role of each cell, read from its text: a source can be written without editing metadata.

=====================================  ==========================================================
a cell whose first line is             ``### AUTHOR``: a note or a tool for its author
a code cell whose first line is        ``### VARIANT``: it draws the numbers of a variant
a code cell with                       ``### BEGIN SOLUTION``: students write here
a code cell with                       ``### BEGIN HIDDEN TESTS``: it earns the points
a text cell with                       ``### BEGIN SOLUTION``: free text, graded manually
any other cell                         a task, or code that is given
=====================================  ==========================================================

The heading above a question names it and states its points: ``## 2. The pinball loss (3 points)``.
Where two cells under one heading earn points, each says how many in its first marker, as in
``### BEGIN HIDDEN TESTS (1 point)``.
Cells that have the tag ``variant`` or nbgrader's metadata keep the role that these give them.
"""

import re
from collections import Counter

import nbformat

from grader.checks.cells import marks

VARIANT, AUTHOR = "variant", "author"  # tags; as the first line of a cell, in capital letters
VARIANT_LINE = "### VARIANT"
HEADING = re.compile(r"^#{1,6} +(?!BEGIN |END )(.+)$", re.MULTILINE)
POINTS = re.compile(r"\((\d+(?:\.\d+)?) points?\b[^)]*\)")
BEGIN = re.compile(r"^ *### BEGIN .*$", re.MULTILINE)
NUMBER = re.compile(r"^\d+\. *")


def give(notebook):
    """Give each cell without a role the one that its text states.

    Parameters
    ----------
    notebook : notebook
        A source; it is changed.

    Examples
    --------
    >>> cells = [nbformat.v4.new_markdown_cell("## 1. The mean (2 points)"),
    ...          nbformat.v4.new_code_cell("### BEGIN SOLUTION\\nx = 1\\n### END SOLUTION")]
    >>> notebook = nbformat.v4.new_notebook(cells=cells)
    >>> give(notebook)
    >>> notebook.cells[1].metadata.nbgrader.grade_id
    'the-mean'
    """
    question, points, count = "opening", None, Counter()
    for cell in notebook.cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading and not has(cell, AUTHOR):
            question, points = name_of(heading[1]), points_of(heading[1])
        if not (_tagged(cell) or marks(cell)):
            kind = _kind(cell)
            count[question, kind] += 1
            name = "-".join(filter(None, [question, kind]))
            number = count[question, kind]
            name += f"-{number}" if number > 1 else ""
            cell.metadata["nbgrader"] = nbformat.from_dict(_marks(cell, kind, name, points))


def name_of(heading):
    """Return the name of a question, from its heading.

    Examples
    --------
    >>> name_of("2. The pinball loss (3 points)")
    'the-pinball-loss'
    """
    words = NUMBER.sub("", POINTS.sub("", heading)).lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "question"


def points_of(heading):
    """Return the points that a heading states, or None.

    Examples
    --------
    >>> points_of("2. The pinball loss (3 points)"), points_of("Data")
    (3, None)
    """
    match = POINTS.search(heading)
    number = float(match[1]) if match else None
    return int(number) if number is not None and number.is_integer() else number


def has(cell, role):
    """Tell whether a cell is one of the author's, or draws a variant."""
    tagged = role in cell.metadata.get("tags", [])
    return tagged or cell.source.split("\n", 1)[0].strip() == f"### {role.upper()}"


def _tagged(cell):
    return has(cell, VARIANT) or has(cell, AUTHOR)


def _kind(cell):
    """Return the end of the name of a cell, which says what it is; an answer has none."""
    if cell.cell_type == "code" and "### BEGIN HIDDEN TESTS" in cell.source:
        return "tests"
    if "### BEGIN SOLUTION" in cell.source:
        return ""
    return "text" if cell.cell_type == "markdown" else "given"


def _marks(cell, kind, name, points):
    """Return nbgrader's metadata of a cell; `points` are those of its heading."""
    own = BEGIN.search(cell.source)
    points = points if own is None or points_of(own[0]) is None else points_of(own[0])
    answer, manual = kind == "", kind == "" and cell.cell_type == "markdown"
    graded = kind == "tests" or manual
    metadata = {"grade": graded, "grade_id": name, "locked": not answer, "schema_version": 3}
    metadata |= {"solution": answer, "task": False}
    return metadata | ({"points": points} if graded and points is not None else {})
