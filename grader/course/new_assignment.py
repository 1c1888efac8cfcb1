"""Write an assignment of the teacher's own, which can be released as it is.

It belongs to the course folder: there she may write, it is kept with the rounds that come from it,
and an update of the book never touches it. In the folder of the book itself, it becomes one of the
book's assignments.
"""

import copy
from pathlib import Path

import nbformat

from grader import files
from grader.checks.cells import marks
from grader.command import call, program
from grader.source import derive, roles
from grader.source.form import is_name

EXAMPLE = Path(derive.__file__).with_name("example.ipynb")
NAME = "NAME-OF-THIS-ASSIGNMENT"  # in the example


def new_assignment(folder, name, start=None):
    """Write an assignment to start from; return its path.

    Parameters
    ----------
    folder : path
        The course folder.
    name : str
        The name of the assignment and of its file.
    start : str or path, optional
        The assignment to copy, as in `grader.source.derive.read`; by default a short example.

    Raises
    ------
    Problem
        If the folder or the name cannot be used, or the file exists.
    """
    folder = Path(folder)
    path = folder / "assignments" / f"{name}.ipynb"
    _refuse(folder, name, path)
    try:
        notebook = _example(name) if start is None else _copy(name, start)
    except ValueError as problem:
        raise files.Problem(str(problem)) from None
    files.write(path, nbformat.writes(notebook) + "\n")
    return path


def _refuse(folder, name, path):
    """Refuse a place or a name that cannot be used."""
    if not is_name(name):
        raise files.Problem(
            f"expected a name of small letters, digits and hyphens, such as two-means, got {name!r}"
        )
    if not (folder / "course.toml").is_file() and folder.resolve() != derive.ROOT:
        raise files.Problem(
            f"{folder} is not a course folder; make one: {call('new-course', folder)}"
        )
    if path.exists():
        raise files.Problem(f"{path} exists already; choose a different name")
    if name in derive.topics():
        raise files.Problem(f"the book has an assignment {name}; choose a name such as my-{name}")


def _example(name):
    """Return the example under a new name."""
    notebook = nbformat.read(EXAMPLE, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(NAME, name).replace("!grader", f"!{program()}")
    notebook.metadata[derive.KEY]["assignment"] = name
    return notebook


def _copy(name, start):
    """Return an assignment under a new name, with the example's cells for its author."""
    notebook, example = copy.deepcopy(derive.read(start)), _example(name)
    _state_roles(notebook)
    about = notebook.metadata[derive.KEY]
    notebook.metadata[derive.KEY] = {"assignment": name, "environment": about["environment"]}
    own = [cell for cell in notebook.cells if not roles.has(cell, roles.AUTHOR)]
    *first, last = [cell for cell in example.cells if roles.has(cell, roles.AUTHOR)]
    notebook.cells = [*first, *own, last]
    return notebook


def _state_roles(notebook):
    """Let the text of each cell state its role and its points, and remove the metadata."""
    points = [marks(cell).get("points") for cell in notebook.cells]
    for cell in notebook.cells:
        if roles.has(cell, roles.VARIANT) and not cell.source.startswith(roles.VARIANT_LINE):
            cell.source = f"{roles.VARIANT_LINE}\n{cell.source}"
        for name in ("nbgrader", "tags"):
            cell.metadata.pop(name, None)
    stated = copy.deepcopy(notebook)
    roles.give(stated)
    for cell, number, now in zip(notebook.cells, points, stated.cells, strict=True):
        if number != marks(now).get("points"):  # the heading states more than one cell's
            line = rf"\g<0> ({number:g} points)"
            cell.source = roles.BEGIN.sub(line, cell.source, count=1)
