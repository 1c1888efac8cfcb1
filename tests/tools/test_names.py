"""Names in the code say what they hold or do, not what happened to it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VAGUE = {"said", "told", "found", "made", "got"}
# A test that a message comes says so; what is "said" or "told" could be anything.
INSIDE = re.compile(r"_(?:said|told)(?!_apart|_from)(?:_|$)")
# `found(mistake, ...)` returns the finding of a mistake; every rule of `diagnose` ends with it.
ALLOWED = ("lossutils/diagnosis/findings.py", "found")


def bound(tree):
    """Yield (line, name) of each variable, argument, function, class and attribute that is bound.

    Examples
    --------
    >>> [name for _, name in bound(ast.parse("def f(x, *y):\\n    for a.b, c in x:\\n        g"))]
    ['f', 'x', 'y', 'b', 'c']
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def vague(path, text):
    """Yield each line that binds a vague name, as `path:line: name`."""
    for line, name in bound(ast.parse(text)):
        is_vague = name.strip("_") in VAGUE or INSIDE.search(name)
        if is_vague and (path, name) != ALLOWED:
            yield f"{path}:{line}: {name}"


def sources():
    """Return the paths of all Python files of the project."""
    return subprocess.check_output(["git", "ls-files", "*.py"], cwd=ROOT, text=True).splitlines()


def test_every_name_says_what_it_holds():
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in sources()}
    assert len(texts) > 400
    assert [line for path, text in texts.items() for line in vague(path, text)] == []


@pytest.mark.parametrize(
    "text",
    ["found = 1", "for found in x: pass", "def found(): pass", "def f(found): pass", "x.found = 1",
     "_found = 1", "[x for found, x in y]", "with x as found: pass", "(found := 1)"],
)  # fmt: skip
def test_a_vague_name_is_named_with_its_line(text):
    assert list(vague("a.py", f"x = 1\n{text}")) == [f"a.py:2: {'_' * ('_' in text)}found"]


def test_a_test_says_what_is_expected():
    text = "def test_what_is_said(): pass\ndef test_colours_can_be_told_apart(): pass"
    assert list(vague("a.py", text)) == ["a.py:1: test_what_is_said"]


def test_names_of_others_are_free():
    assert list(vague("a.py", "x.found(found=1, y=z.found)['found']")) == []
