"""Check the form of a source: its name, environment, cells, ids and points.

Every sentence says what is wrong and what to change. A source with a wrong form is never released.
"""

import ast
import json
import re
import sys

from grader.checks import cells, hidden
from grader.command import call
from grader.source import derive

SEED = "make assignments"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PACKAGES = {"numpy": ["numpy", "matplotlib", "IPython"]}
PACKAGES |= {"tensorflow": [*PACKAGES["numpy"], "tensorflow", "keras"]}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS[^\n]*\n.*?### END HIDDEN TESTS", re.DOTALL)
MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)  # of IPython; no Python
MARKS = ("grade_id", "grade", "solution", "locked")
METADATA = "in JupyterLab: Property Inspector, Advanced Tools, Notebook Metadata"


def form(topic):
    """Return a sentence for each thing that is wrong with the form of a source.

    Parameters
    ----------
    topic : str or Path
        As in `derive.read`.
    """
    source = derive.read(topic)
    about = source.metadata[derive.KEY]
    sentences = _name(about["assignment"], derive.path(topic)) + _environment(about["environment"])
    sentences += _cells(source) + _ids(source, derive.path(topic))
    return sentences or _imports(source) + _points(topic)


def is_name(name):
    """Tell whether an assignment may have this name: it becomes part of file names.

    Examples
    --------
    >>> is_name("two-means"), is_name("Two means"), is_name("../x")
    (True, False, False)
    """
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def _name(name, path):
    """The name can be that of a file, and in a folder of assignments it is that of its file."""
    if not is_name(name):
        return [f"expected a name of small letters, digits and hyphens, got {name!r} ({METADATA})"]
    if path.parent.name != "assignments" or path.stem == name:
        return []
    return [
        f"the file is called {path.name}, its assignment {name}; rename the file to {name}.ipynb, "
        f"or start a new one from it: {call(f'new-assignment NEW-NAME --from {path.stem}')}"
    ]


def _environment(environment):
    """Students' code has an environment."""
    wanted = " or ".join(PACKAGES)
    known = environment in PACKAGES
    return [] if known else [f"expected the environment {wanted}, got {environment!r} ({METADATA})"]


def _cells(source):
    """Each cell has all of nbgrader's marks, and each question its points."""
    sentences = []
    for number, cell in enumerate(source.cells, 1):
        marks = cells.marks(cell)
        missing = [name for name in MARKS if name not in marks] if marks else []
        if missing:
            sentences.append(
                f"{_place(number, cell)} lacks nbgrader's {', '.join(missing)}; complete its "
                "metadata, or remove them, and its text states its role"
            )
        elif marks.get("grade") and "points" not in marks:
            sentences.append(
                f"{_place(number, cell)} is graded, but the heading above it states no points; "
                "write, for example: ## 1. The mean (2 points)"
            )
    if not any(map(cells.is_graded, source.cells)):
        sentences.append("no cell earns points; write ### BEGIN HIDDEN TESTS and checks in one")
    return sentences


def _ids(source, path):
    """No two cells have the same id or the same name."""
    names = [cells.grade_id(cell) for cell in source.cells if cells.marks(cell)]
    sentences = [
        f"the grade_id {name!r} occurs twice; change one, or remove nbgrader's metadata of a cell"
        for name in _twice(names)
    ]
    # As stored: reading a notebook gives one of two equal ids a random value.
    stored = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in stored["cells"] if "id" in cell]
    if len(ids) < len(stored["cells"]):
        sentences.append("cells have no ids; open the notebook in JupyterLab and save it")
    return sentences + [
        f"the cell id {each!r} occurs twice; cut one of the two cells and paste it again"
        for each in _twice(ids)
    ]


def _twice(names):
    return sorted({str(name) for name in names if names.count(name) > 1})


def _imports(source):
    """What students' code imports is installed where it runs."""
    environment, sentences = source.metadata[derive.KEY]["environment"], []
    for number, cell in enumerate(source.cells, 1):
        if cell.cell_type == "code" and cells.marks(cell):
            for name in sorted(imported(HIDDEN.sub("", cell.source))):
                sentences += _lacking(_place(number, cell), name, environment)
    return sentences


def _lacking(place, name, environment):
    """Say what to do if an environment lacks a package."""
    if name in sys.stdlib_module_names or name in PACKAGES[environment]:
        return []
    start = f"{place} imports {name}, which the environment {environment} does not have"
    if name in PACKAGES["tensorflow"]:
        return [f'{start}; change it to "tensorflow" ({METADATA})']
    return [f"{start}; use only {', '.join(PACKAGES[environment])}, and Python's own modules"]


def imported(code):
    """Return the top-level names of the packages that code imports; none if it is not Python.

    Examples
    --------
    >>> sorted(imported("import numpy.linalg as la\\nfrom keras import ops"))
    ['keras', 'numpy']
    """
    try:
        nodes = list(ast.walk(ast.parse(MAGIC.sub("", code))))
    except SyntaxError:
        return set()
    names = [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def _points(topic):
    """The points of each question are those of its checks."""
    declared, sentences = hidden.run(derive.hidden(topic, SEED, 0)).checks, []
    for question, points in derive.questions(topic).items():
        earned = sum(check.points for check in declared.get(question, []))
        if question not in derive.manual(topic) and earned != points:
            sentences.append(
                f"{question} has {points:g} points, its checks have {earned:g}; make them equal"
            )
    return sentences


def _place(number, cell):
    """Return the number of a cell with the beginning of its text."""
    return f"cell {number} (“{cell.source.strip().split(chr(10), 1)[0][:30]}”)"
