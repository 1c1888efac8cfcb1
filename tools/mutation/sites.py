"""Where the project can be mutated, by kind, and what a mutated file looks like."""

import ast
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from tools import notebooks
from tools.execute import pages
from tools.mutation import operators

NUMBER = re.compile(r"\d+(?:\.\d+)?")
PRINTED = re.compile(r"-?\d[\d.]*(?:e[+-]?\d+)?")
NUMERIC = {"losses", "gradients", "activations", "reductions"}


class Site(NamedTuple):
    """One mutation: the characters `start` to `end` of a text become `new`.

    `where` is the way to the text inside of a notebook; it is empty for a file of text. What is
    not a text is replaced as a whole.
    """

    kind: str
    path: str
    where: tuple
    start: int
    end: int
    new: object


def mutated(site, text):
    """Return the text of the file with the mutation."""
    if not site.where:
        return text[: site.start] + site.new + text[site.end :]
    notebook = nbformat.reads(text, as_version=4)
    *way, last = site.where
    holder = notebook
    for step in way:
        holder = holder[step]
    old = holder[last]
    is_text = isinstance(old, str)
    new = old[: site.start] + site.new + old[site.end :] if is_text else list(site.new)
    holder[last] = new
    return notebooks.text_of(notebook)


def description_of(site, text):
    """Return where the change is, and that part of the line before and after it."""
    before, after = text.splitlines(), mutated(site, text).splitlines()
    pairs = enumerate(zip(before, after, strict=False))
    number, (old, new) = next(pair for pair in pairs if pair[1][0] != pair[1][1])
    first = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    start, end = max(first - 60, 0), first + 40
    return f"{site.path}:{number + 1}: {old[start:end].strip()} → {new[start:end].strip()}"


def order(site, seed):
    """Return a key that shuffles: it depends on the site and the seed, not on other sites."""
    return hashlib.sha256(repr((seed, *site)).encode()).hexdigest()


def modules(root):
    """Return the modules of lossutils that compute something in Python."""
    package = Path(root, "lossutils")
    drawn = set(
        package.joinpath("book", "explorers").iterdir()
    )  # a browser computes their formulas
    worded = {package / "diagnosis" / "findings.py"}  # it says what others computed
    paths = sorted(set(package.rglob("*.py")) - drawn - worded)
    names = [path.relative_to(root).as_posix() for path in paths if path.name != "__init__.py"]
    return [name for name in names if any(in_module(name, Path(root, name).read_text("utf-8")))]


def data(root):
    """Return the modules that hold what the documents printed."""
    paths = sorted(Path(root, "lossutils", "book", "experiments").glob("document_*.py"))
    return [path.relative_to(root).as_posix() for path in paths]


def find(root):
    """Return every site of the project, file by file."""
    paths = {*modules(root), *data(root), *(path.as_posix() for path in pages(root))}
    return [site for path in sorted(paths) for site in in_file(root, path)]


def in_file(root, path):
    """Return the sites of one file, each once."""
    text = Path(root, path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        candidates = (*in_module(path, text), *published(path, text))
    else:
        notebook = nbformat.reads(text, as_version=4)
        finders = (stored_outputs, swapped_arguments, solutions, form, targets)
        candidates = (site for finder in finders for site in finder(path, notebook))
    return list(dict.fromkeys(candidates))


def in_module(path, source):
    """Yield what can be changed in a module of lossutils."""
    returns = bool(NUMERIC & set(Path(path).with_suffix("").parts))
    for edit in operators.in_module(source, returns=returns):
        yield Site("lossutils", path, (), *edit)


def published(path, source):
    """Yield each number that a document printed, its last digit or its first one changed."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and operators.name_of(node) == "Number":
            start, end = operators.offsets(source, node.args[1])
            for number in PRINTED.finditer(source, start, end):
                yield from _digits("published number", path, (), number)


def stored_outputs(path, notebook):
    """Yield each number in a stored output, its last digit or its first one changed."""
    for index, cell in enumerate(notebook.cells):
        for number, output in enumerate(cell.get("outputs", [])):
            way = ("text",) if "text" in output else ("data", "text/plain")
            where = ("cells", index, "outputs", number, *way)
            text = output["text"] if "text" in output else output["data"].get("text/plain", "")
            for match in [] if text.startswith("<Figure") else NUMBER.finditer(text):
                yield from _digits("stored output", path, where, match)


def _digits(kind, path, where, match):
    """Yield the last digit one up or down, and the first one changed."""
    digits = [match.start() + i for i, char in enumerate(match[0]) if char.isdigit()]
    for site in {digits[0], digits[-1]}:
        digit = int(match.string[site])
        up = digit + 1 if digit < 9 else digit - 1
        yield Site(kind, path, where, site, site + 1, str(up))


def swapped_arguments(path, notebook):
    """Yield the calls in a chapter's cells whose truth and prediction can be swapped."""
    for index, node, source in _shown(notebook):
        for edit in operators.swapped(source, node):
            yield Site("swapped arguments", path, ("cells", index, "source"), *edit)


def solutions(path, notebook):
    """Yield what can be changed in the code of the exercises' solutions."""
    inside, cells = False, set()
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            marks = re.findall(r"\{solution-(start|end)\}", cell.source)
            inside = marks[-1] == "start" if marks else inside
        elif inside:
            cells.add(index)
    for index, node, source in _shown(notebook):
        for edit in operators.arithmetic(source, node) if index in cells else ():
            yield Site("solution", path, ("cells", index, "source"), *edit)
    for index in cells:
        source = notebook.cells[index].source
        for node in ast.walk(ast.parse(source)):
            for edit in (
                operators.comparison(source, node.test) if isinstance(node, ast.Assert) else ()
            ):
                yield Site("solution", path, ("cells", index, "source"), *edit)


def _shown(notebook):
    """Yield the expressions that reach a printed number: cell, expression, source of the cell."""
    cells = [(i, cell.source) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    nodes = operators.shown([ast.parse(source) for _, source in cells])
    for (index, source), in_cell in zip(cells, nodes, strict=True):
        yield from ((index, node, source) for node in in_cell)


def form(path, notebook):
    """Yield the cells whose outputs, or whose figure's text alternative, can be lost."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and notebooks.prints(cell.source):
            yield Site("canonical form", path, ("cells", index, "outputs"), 0, 0, ())
        if cell.cell_type == "code" and notebooks.alternative(cell):
            where = ("cells", index, "metadata", "mystnb", "image", "alt")
            yield Site("canonical form", path, where, 0, len(notebooks.alternative(cell)), "")


def targets(path, notebook):
    """Yield the targets of catalogue rows on a source page."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for match in re.finditer(r"^\(row-[\w-]+\)=\n", cell.source, re.MULTILINE):
                where = ("cells", index, "source")
                yield Site("catalogue row", path, where, *match.span(), "")
