"""Which modules of the project a piece of Python imports: at the top, in functions, in programs.

A program is a text in the code: the name of a module (as in `python -m lossutils`) or lines that
import something. Nothing is run; the code is only read.
"""

import ast
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple


class Import(NamedTuple):
    """One imported name, with dots, and the line of the code that names it."""

    name: str
    line: int


@lru_cache(maxsize=1024)
def parsed(source):
    """Return the tree of a source, parsed once; nobody may change it."""
    return ast.parse(source)


@lru_cache(maxsize=4096)
def of_source(source, package=""):
    """Return the imports of a source; `package` is where relative imports start."""
    return list(_of_nodes(ast.walk(parsed(source)), package))


def statements(source, package=""):
    """Return what the import statements of a source import, at its top and in functions."""
    tree = parsed(source)
    return [each for node in ast.walk(tree) for each in _of_statement(node, package)]


def at_the_top(source, package=""):
    """Return what the statements of a module import at its top, but not in a function or block."""
    return [each for node in parsed(source).body for each in _of_statement(node, package)]


@lru_cache(maxsize=1024)
def of_module(source, package=""):
    """Return the imports of a module, and those that happen on demand.

    These are the imports of its `__getattr__`, and those under `if TYPE_CHECKING`, which say to
    type checkers what `__getattr__` will find.
    """
    on_demand = [node for node in parsed(source).body if _is_on_demand(node)]
    others = [node for node in parsed(source).body if node not in on_demand]
    return tuple(
        [each for node in nodes for each in _of_nodes(ast.walk(node), package)]
        for nodes in (others, on_demand)
    )


def _is_on_demand(node):
    is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return is_for_types or getattr(node, "name", "") == "__getattr__"


def _of_nodes(nodes, package):
    for node in nodes:
        yield from _of_statement(node, package)
        if isinstance(node, ast.Attribute) and (name := _dotted(node)):
            yield Import(name, node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (Import(name, node.lineno) for name in _in_text(node.value))
        for name in _commands(node):
            yield from (Import(name, node.lineno), Import(f"{name}.__main__", node.lineno))


def _of_statement(node, package):
    """Yield what an import statement imports; another node imports nothing."""
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, package)
        yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _dotted(node):
    """Return `a.b.c` as a text, or None for another expression."""
    if isinstance(node, ast.Name):
        return node.id
    whole = _dotted(node.value) if isinstance(node, ast.Attribute) else None
    return f"{whole}.{node.attr}" if whole else None


def _commands(node):
    """Yield the modules that a list of arguments runs: what follows "-m"."""
    parts = getattr(node, "elts", getattr(node, "args", None))
    texts = (
        [getattr(part, "value", None) for part in parts if part] if isinstance(parts, list) else []
    )
    yield from (name for flag, name in pairwise(texts) if flag == "-m" and isinstance(name, str))


def _base(node, package):
    """Return the absolute name of what `from … import` names."""
    parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return ".".join([*parents, *([node.module] if node.module else [])])


def _in_text(text):
    """Yield what a text imports: it is the name of a module, or it holds lines of code."""
    if all(part.isidentifier() for part in text.split(".")):
        yield text
    for line in text.splitlines():
        if line.lstrip().startswith(("import ", "from ")):
            try:
                yield from (each.name for each in of_source(line.strip()))
            except SyntaxError:
                continue  # a sentence


def file_of(name, root="."):
    """Return the file below `root` of the longest part of a name that is a module, or None."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = Path(root, *parts[:length])
        for file in (path.with_name(path.name + ".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def packages_of(file, root="."):
    """Yield the `__init__.py` of the packages that importing a module's file imports as well."""
    for folder in Path(file).relative_to(root).parents:
        init = Path(root, folder, "__init__.py")
        if folder != Path() and init.is_file() and init != Path(file):
            yield init


def package_of(file, root="."):
    """Return the name of the package that holds a module's file, or is it."""
    return ".".join(Path(file).relative_to(root).parent.parts)
