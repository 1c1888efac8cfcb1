"""Find the names that a cell gives a value, without running it."""

import ast
import re

from grader.run import stray_text

# Lines of IPython. Its blanks are of one line: `\s` would read all blank lines from each of them.
NO_PYTHON = re.compile(r"^[^\S\n]*[%!?].*$", re.MULTILINE)
# What IPython understands and Python does not, or is too long to be parsed: the line decides.
GIVES = re.compile(
    r"^[^\S\n]*(?:(?:async +)?(?:def|class) +(\w+)|(\w+)[^\S\n]*(?::[^=\n]*)?=(?!=))", re.MULTILINE
)
SPACES = {"globals", "locals", "vars", "user_ns"}  # whose items are names of the cells
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def defined(source):
    """Return the names that a cell gives a value.

    Examples
    --------
    >>> sorted(defined("%matplotlib inline\\na, b = 1, 2\\ndef f(x):\\n    y = x"))
    ['a', 'b', 'f']
    >>> sorted(defined("files = !ls\\ndef f(x): return x\\nf?"))
    ['f', 'files']
    >>> sorted(defined("try:\\n    from x import g\\nexcept ImportError:\\n    def f(): global a"))
    ['a', 'f', 'g']
    """
    left = list(stray_text.parsed(NO_PYTHON.sub("", source)))
    names = set() if left else {each for pair in GIVES.findall(source) for each in pair if each}
    while left:
        node = left.pop()
        names |= _given(node)
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):  # its own names are not the cell's
            inside = (each for each in ast.walk(node) if isinstance(each, ast.Global))
            names.update(*(each.names for each in inside))
        else:
            left += ast.iter_child_nodes(node)
    return names


def _given(node):
    """Return the names that one node of a cell's syntax tree gives a value."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(each.asname or each.name).split(".")[0] for each in node.names}
    if isinstance(node, (ast.MatchAs, ast.MatchStar)):
        return {node.name} - {None}
    is_stored = isinstance(getattr(node, "ctx", None), ast.Store)
    return _stored(node) if is_stored else set()


def _stored(node):
    """Return the name that is given a value: by itself, or as an item or part of what holds all."""
    if isinstance(node, ast.Name):
        return {node.id}
    holder = getattr(node, "value", None)
    if isinstance(node, ast.Attribute):
        return {node.attr} if getattr(holder, "id", None) == "__main__" else set()
    space = getattr(holder, "func", holder)
    name = getattr(space, "id", getattr(space, "attr", None))
    key = getattr(getattr(node, "slice", None), "value", None)
    return {key} if name in SPACES and isinstance(key, str) else set()
