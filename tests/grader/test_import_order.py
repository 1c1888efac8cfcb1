"""Inside the grader, imports go one way: from the commands down to the sandbox."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDER = (
    "programs",
    "files",
    "command",
    "sandbox",
    "checks",
    "source",
    "run",
    "self_check",
    "course",
    "authoring",
    "hub",
    "__main__",
)


def part_of(module):
    """Return the part of the grader that a module belongs to: "grader.run.job" -> "run"."""
    return module.split(".")[1]


def imported(tree):
    """Yield the modules of the grader that a program imports, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "grader":
            yield from ((node.lineno, f"grader.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader."):
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names if alias.name.startswith("grader."))
            yield from ((node.lineno, name) for name in names)


def upward(path, text):
    """Return a sentence for each line of a module that imports a part further up."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    rank = ORDER.index(part_of(module))
    return [f"{path.relative_to(ROOT)}:{line}: imports {name}"
            for line, name in imported(ast.parse(text))
            if ORDER.index(part_of(name)) > rank]  # fmt: skip


MODULES = [path for path in sorted((ROOT / "grader").rglob("*.py")) if "/__init__" not in str(path)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_module_imports_only_downwards(path):
    assert upward(path, path.read_text(encoding="utf-8")) == []


def test_an_upward_import_is_named_with_its_line():
    path = ROOT / "grader/run/engine.py"
    for text in (
        "import os\nfrom grader.course import release",
        "import os\nimport grader.course.lms",
    ):
        (sentence,) = upward(path, text)
        assert sentence.startswith("grader/run/engine.py:2: imports grader.course")
    assert upward(path, "from grader import files\nfrom grader.checks import plans") == []
