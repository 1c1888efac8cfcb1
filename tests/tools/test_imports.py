"""Imports point in one direction: what a package builds on never imports the package."""

import sys

import pytest
from small_notebooks import ROOT

from tools import imports

# From the bottom to the top; each may import itself and what stands before it.
ORDER = [
    "lossutils",
    "lossutils.diagnosis",
    "lossutils.checking",
    "lossutils.book",
    "grader",
    "website",
    "tools",
    "tests",
]
# Each is a step of its own: the book's helpers and these do not know each other.
APART = {
    pair
    for package in ("lossutils.checking", "lossutils.diagnosis")
    for pair in [(package, "lossutils.book"), ("lossutils.book", package)]
}
# The front doors of the package offer what is above them, and only when it is asked for.
DOORS = {"lossutils/__init__.py", "lossutils/__main__.py", "lossutils/keras.py"}

# What works with Keras imports it; the rest of the library gets by with NumPy, and reaches these
# modules only when a loss is checked or the callback is used.
FOR_KERAS = {
    "lossutils.keras",
    *(
        f"lossutils.diagnosis.{name}"
        for name in ("callback", "compiled", "eager", "formula", "layers")
    ),
    *(
        f"lossutils.diagnosis.{name}"
        for name in ("metric_rules", "metrics", "probes", "tried", "units")
    ),
    *(f"lossutils.checking.{name}" for name in ("choice", "run", "subject")),
    *(f"lossutils.checking.rules_{name}" for name in ("slopes", "training", "values")),
}


def layer(name):
    """Return the layer that a dotted name belongs to, or None for a library."""
    return max((one for one in ORDER if f"{name}.".startswith(f"{one}.")), key=len, default=None)


def violations(root):
    """Yield a sentence for each import below `root` that points upwards."""
    tops = [one for one in ORDER if "." not in one and one != "tests"]
    files = [file for top in tops for file in sorted((root / top).rglob("*.py"))]
    for file in [*files, *root.glob("conftest.py")]:
        path = file.relative_to(root).as_posix()
        package = imports.package_of(file, root)
        own = layer(f"{package}.{file.stem}") or "tools"  # pytest reads conftest.py for all
        statements = imports.statements(file.read_text(encoding="utf-8"), package)
        for name, line in statements if path not in DOORS else ():
            other = layer(name)
            if other and ((own, other) in APART or ORDER.index(other) > ORDER.index(own)):
                yield f"{path}:{line} imports {name}, but {own} must not import {other}"


def test_imports_point_downwards():
    assert list(violations(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "source", "sentence"),
    [
        (
            "lossutils/losses.py",
            "from lossutils.book import checks",
            ":1 imports lossutils.book.checks, but lossutils must not import lossutils.book",
        ),
        (
            "lossutils/losses.py",
            "def f():\n    from . import diagnosis",
            ":2 imports lossutils.diagnosis, but lossutils must not import lossutils.diagnosis",
        ),
        (
            "lossutils/book/checks.py",
            "from ..diagnosis import call",
            ":1 imports lossutils.diagnosis.call, "
            "but lossutils.book must not import lossutils.diagnosis",
        ),
        (
            "grader/run.py",
            "import os\nimport website.pdf",
            ":2 imports website.pdf, but grader must not import website",
        ),
        (
            "website/pdf.py",
            "from tools import notebooks",
            ":1 imports tools.notebooks, but website must not import tools",
        ),
        (
            "tools/bench/accuracy.py",
            "from tests import examples",
            ":1 imports tests.examples, but tools must not import tests",
        ),
        (
            "conftest.py",
            "from tests import rotation",
            ":1 imports tests.rotation, but tools must not import tests",
        ),
    ],
)
def test_an_import_that_points_upwards_is_named(tmp_path, file, source, sentence):
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    assert list(violations(tmp_path)) == [file + sentence]


def test_imports_that_point_downwards_are_accepted(tmp_path):
    (tmp_path / "tools").mkdir()
    source = "import numpy\nfrom grader import run\nfrom lossutils.book import checks"
    (tmp_path / "tools" / "good.py").write_text(source, encoding="utf-8")
    assert list(violations(tmp_path)) == []


def more_than_numpy(root):
    """Yield a sentence for each import of the library that needs more than NumPy."""
    for file in sorted((root / "lossutils").rglob("*.py")):
        path, package = file.relative_to(root).as_posix(), imports.package_of(file, root)
        own = f"{package}.{file.stem}"
        if f"{own}.".startswith("lossutils.book.") or own in FOR_KERAS:
            continue
        for name, line in imports.at_the_top(file.read_text(encoding="utf-8"), package):
            library = name.partition(".")[0]
            known = library in {*sys.stdlib_module_names, "numpy", "lossutils"}
            if not known or name in FOR_KERAS or name.rpartition(".")[0] in FOR_KERAS:
                yield f"{path}:{line} imports {name}; the library needs NumPy only"


def test_the_library_needs_numpy_only():
    assert list(more_than_numpy(ROOT)) == []


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("import keras", ["keras"]),
        ("import os\nfrom tensorflow import nn", ["tensorflow.nn"]),
        ("from lossutils.checking.run import report_of", ["lossutils.checking.run.report_of"]),
        ("from lossutils.checking import run", ["lossutils.checking.run"]),
        ("import numpy as np\nfrom lossutils.checking import check_loss", []),
        ("def check():\n    import keras", []),
    ],
)
def test_a_module_that_needs_more_than_numpy_is_named(tmp_path, source, named):
    (tmp_path / "lossutils").mkdir()
    (tmp_path / "lossutils" / "losses.py").write_text(source, encoding="utf-8")
    line = len(source.splitlines())
    assert list(more_than_numpy(tmp_path)) == [
        f"lossutils/losses.py:{line} imports {name}; the library needs NumPy only" for name in named
    ]
