"""Names in the code say what they hold or do, not what happened to it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VAGUE = {"said", "told", "found", "made", "got"}
IN_SCRIPTS = VAGUE | {"it", "stuff", "thing"}
NAME = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")
# Comments and texts of a script.
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"[^"\n]*"|'[^'\n]*'|`[^`]*`""", re.DOTALL)
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


def sources(*kinds):
    """Return the texts of all files of the project with such names, by path."""
    paths = subprocess.check_output(["git", "ls-files", *kinds], cwd=ROOT, text=True).splitlines()
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}


def test_every_name_says_what_it_holds():
    texts = sources("*.py")
    assert len(texts) > 400
    assert [line for path, text in texts.items() for line in vague(path, text)] == []


def vague_in_script(path, text):
    """Yield each line of a script that uses a vague name, comments and texts aside."""
    code = NOT_CODE.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(code.splitlines(), start=1):
        yield from (f"{path}:{number}: {name}" for name in NAME.findall(line) if name in IN_SCRIPTS)


def test_every_name_in_a_script_says_what_it_holds():
    texts = sources("*.js", "*.mjs")
    own = {path: text for path, text in texts.items() if max(map(len, text.split("\n"))) < 1000}
    assert len(own) > 20
    assert [line for path, text in own.items() for line in vague_in_script(path, text)] == []


@pytest.mark.parametrize("text", ["const found = 1;", "({ it }) => 1", "f(`${1}`, thing)"])
def test_a_vague_name_in_a_script_is_named(text):
    assert len(list(vague_in_script("a.js", text))) == 1
    assert list(vague_in_script("a.js", "a.found(\"it\"); // it found 'it'")) == []


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
