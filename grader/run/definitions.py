"""Find the names that a cell gives a value, without running it."""

import ast
import re

from grader.run import stray_text

# Lines of IPython. Its blanks are of one line: `\s` would read all blank lines from each of them.
NO_PYTHON = re.compile(r"^[^\S\n]*[%!?].*$", re.MULTILINE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def defined(source):
    """Return the names that a cell gives a value.

    Examples
    --------
    >>> sorted(defined("%matplotlib inline\\na, b = 1, 2\\ndef f(x):\\n    y = x"))
    ['a', 'b', 'f']
    >>> sorted(defined("try:\\n    from x import g\\nexcept ImportError:\\n    def f(): global a"))
    ['a', 'f', 'g']
    """
    names, left = set(), list(stray_text.parsed(NO_PYTHON.sub("", source)))
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
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
