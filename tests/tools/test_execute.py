"""Strict nbval and the execution for the build: what they say, and that nothing runs twice."""

import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from rotation import one_commit_in
from small_notebooks import ROOT, code, run, write

from tools import execute, fingerprint, notebooks
from website.extension.executed import executed_file


@pytest.fixture
def nbval(tmp_path):
    """Return a function that runs strict nbval, with the project's settings, over some cells."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def check(*cells):
        write(tmp_path / "book" / "small.ipynb", *cells)
        return run(sys.executable, "-m", "pytest", "-q", "--nbval", "book", cwd=tmp_path)

    return check


def test_a_number_that_no_longer_holds_stands_beside_the_computed_one(nbval):
    shown = nbval(
        code("print('loss')\nprint(0.25 * 2)", printed="loss\n0.51\n"),
        code("1 / 0", count=2),
        code("print('x')", printed="x\n", count=3),
    )
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    notebook = str(Path("book/small.ipynb"))
    first = lines.index(f"{notebook}, code cell 1: print('loss')")
    assert lines[first + 2] == f"python -m tools.notebooks write {notebook}"
    assert lines[first + 3 : first + 5] == ["stored | computed", "0.51 | 0.5"]
    second = lines.index(f"{notebook}, code cell 2: 1 / 0")
    assert lines[second + 1] == "raised ZeroDivisionError: division by zero"
    assert "2 failed, 1 passed" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert shown.returncode == 1


def test_an_output_that_is_no_longer_stored_is_shown(nbval):
    shown = nbval(code("print(1 + 1)"))
    assert re.search(r"stored +\| +computed\n +\| +2\n", shown.stdout)
    assert shown.returncode == 1


def test_what_goes_to_stderr_is_not_compared(nbval):
    noisy = "import sys\nprint('noise', file=sys.stderr)\nprint(2)"
    shown = nbval(code(noisy, printed="2\n"))
    assert shown.returncode == 0, shown.stdout


# tools.execute

PACKAGE = {
    "__init__.py": "import importlib\nfrom typing import TYPE_CHECKING\n\n"
    "if TYPE_CHECKING:\n    from lossutils.diagnosis import diagnose\n\nNAME = 0\n\n\n"
    "def __getattr__(name):\n"
    "    return getattr(importlib.import_module('lossutils.diagnosis'), name)\n",
    "__main__.py": "print(1)\n",
    "one.py": '"""One."""\nfrom . import base\n\nVALUE = 1\n',
    "two.py": 'VALUE = 2\nFILE = "data.json"\n',
    "base.py": "def nothing():\n    return 0\n",
    "diagnosis.py": "def diagnose():\n    return 1\n",
    "data.json": "1\n",
}


@pytest.fixture
def tiny_book(tmp_path, monkeypatch):
    """A book of two notebooks and a page of text, with a `lossutils` and versions of its own."""
    write(tmp_path / "book" / "first.ipynb", code("print(1 + 1)", printed="2\n"))
    write(
        tmp_path / "book" / "second.ipynb",
        code("from lossutils import two\nprint(4)", printed="4\n"),
    )
    write(tmp_path / "book" / "not-in-the-book.ipynb", code("1 / 0"))
    (tmp_path / "book" / "intro.md").write_text("# A book\n", encoding="utf-8")
    (tmp_path / "lossutils").mkdir()
    for name, text in PACKAGE.items():
        (tmp_path / "lossutils" / name).write_text(text, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("numpy==1\n", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "root: book/intro\nparts:\n  - chapters:\n      - file: book/first\n"
        "        sections:\n          - file: book/second\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", "")  # what the tool sets ends with the test
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # where kernels find lossutils
    return tmp_path


def executed(capsys, *arguments):
    """Run tools.execute; return its exit status and how many notebooks it executed."""
    status = execute.main([*arguments])
    shown = capsys.readouterr()
    return status, shown.out.count("executed book"), shown.err


def change(path, old, new):
    """Replace a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def fingerprints(book):
    """Return the fingerprint of each notebook of the book, by its name."""
    return {path.stem: fingerprint.of_notebook(path, book) for path in execute.pages(book)}


def test_nothing_is_executed_twice_unless_its_code_or_a_module_changed(tiny_book, capsys):
    assert executed(capsys) == (0, 2, "")
    assert executed(capsys) == (0, 0, "")
    change(tiny_book / "lossutils" / "one.py", '"""One."""', '"""The first."""  # a comment')
    assert executed(capsys) == (0, 0, "")
    write(tiny_book / "book" / "first.ipynb", code("from lossutils import one\nprint(3)"))
    assert executed(capsys) == (0, 1, "")
    change(tiny_book / "lossutils" / "two.py", "VALUE = 2", "VALUE = 3")
    assert executed(capsys, "--jobs", "1") == (0, 1, "")


@pytest.mark.parametrize(
    ("file", "old", "new", "names"),
    [
        ("lossutils/one.py", '"""One."""', '"""The first."""', set()),
        ("lossutils/one.py", "VALUE = 1", "VALUE = 1  # a comment", set()),
        ("lossutils/one.py", "VALUE = 1", "VALUE = 2", {"first", "on-demand"}),
        ("lossutils/base.py", "return 0", "return 1", {"first", "on-demand"}),  # indirectly
        ("lossutils/two.py", "VALUE = 2", "VALUE = 3", {"second"}),
        ("lossutils/__init__.py", "NAME", "OTHER_NAME", {"first", "second", "on-demand"}),
        ("lossutils/data.json", "1", "2", {"second"}),
        ("lossutils/diagnosis.py", "return 1", "return 2", {"on-demand"}),
        ("lossutils/__main__.py", "print(1)", "print(2)", {"command"}),
        ("requirements.txt", "numpy==1", "numpy==2", {"first", "second", "on-demand", "command"}),
    ],
)
def test_a_change_concerns_the_notebooks_that_use_what_was_changed(
    tiny_book, file, old, new, names
):
    shows_one = "def f():\n    from lossutils import one\nprint('import lossutils.nothing')"
    write(tiny_book / "book" / "first.ipynb", code(shows_one))
    write(tiny_book / "book" / "second.ipynb", code("import lossutils.two as two"))
    write(tiny_book / "book" / "on-demand.ipynb", code("from lossutils import one, diagnose"))
    write(tiny_book / "book" / "command.ipynb", code('run = ["python", "-m", "lossutils"]'))
    toc = tiny_book / "_toc.yml"
    more = "".join(f"      - file: book/{name}\n" for name in ("on-demand", "command"))
    toc.write_text(toc.read_text(encoding="utf-8") + more, encoding="utf-8")
    before = fingerprints(tiny_book)
    assert fingerprints(tiny_book) == before
    change(tiny_book / file, old, new)
    changed = {name for name, value in fingerprints(tiny_book).items() if before[name] != value}
    assert changed - {"command"} == names - {"command"}
    assert ("command" in changed) == ("command" in names or file.endswith("__init__.py"))


@pytest.mark.parametrize("shown", ["one.__doc__", "help(one)", "inspect.getdoc(one)"])
def test_a_docstring_counts_where_a_cell_shows_it(tiny_book, shown):
    write(tiny_book / "book" / "first.ipynb", code(f"from lossutils import one\nprint({shown})"))
    before = fingerprints(tiny_book)
    change(tiny_book / "lossutils" / "one.py", '"""One."""', '"""The first."""')
    after = fingerprints(tiny_book)
    assert after["first"] != before["first"]
    assert after["second"] == before["second"]


def test_what_lossutils_imports_on_demand_belongs_to_the_pages_that_use_it():
    tools = {"diagnosis": "diagnosis/call.py", "write-your-own-loss": "checking/call.py"}
    for path in execute.pages(ROOT):
        sources = fingerprint.code_of(notebooks.read(ROOT / path))
        files = {file.as_posix() for file in fingerprint.dependencies(sources, ROOT)}
        for page, file in tools.items():
            depends = (ROOT / "lossutils" / file).as_posix() in files
            assert not depends or path.stem in tools, f"{path}: {file}"
            assert depends or path.stem != page, f"{path}: {file}"


def test_no_notebook_of_the_book_shows_a_docstring_of_lossutils():
    showing = [
        path
        for path in execute.pages(ROOT)
        for source in fingerprint.code_of(notebooks.read(ROOT / path))
        if fingerprint.reads_docstrings(source)
    ]
    assert showing == []


def test_a_chapter_that_raises_is_one_sentence_and_the_others_are_executed(tiny_book, capsys):
    cells = code("x = []"), code("# the last\nx[0]", count=2)
    path = write(tiny_book / "book" / "first.ipynb", *cells).relative_to(tiny_book)
    status, count, message = executed(capsys)
    assert (status, count) == (1, 1)
    assert message == (
        f"error: {path}, code cell 2 (“# the last”) raised IndexError: list index out of range\n"
    )


def test_a_page_depends_on_its_executed_notebook(tiny_book, capsys):
    text = (tiny_book / "book" / "second.ipynb").read_text(encoding="utf-8")
    assert executed_file(execute.CACHE, text) is None
    executed(capsys)
    file = executed_file(execute.CACHE, text)
    first = file.stat().st_mtime_ns
    executed(capsys)
    assert file.stat().st_mtime_ns == first
    change(tiny_book / "lossutils" / "two.py", "VALUE = 2", "VALUE = 3")
    executed(capsys)
    assert file == executed_file(execute.CACHE, text)
    assert file.stat().st_mtime_ns > first


@one_commit_in(3, skip=1)
def test_what_strict_nbval_has_compared_is_not_executed_again(tiny_book, capsys):
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tiny_book)
    shown = "<Figure size 640x480 with 1 Axes>"
    drawn = code("import matplotlib.pyplot as plt\n\nplt.figure().subplots()\nplt.show()")
    drawn.outputs = [nbformat.v4.new_output("display_data", data={"text/plain": shown})]
    write(tiny_book / "book" / "first.ipynb", drawn)
    write(tiny_book / "book" / "second.ipynb", code("print(2 + 2)", printed="5\n"))
    pages = [path.as_posix() for path in execute.pages()]
    nbval = [sys.executable, "-m", "pytest", "-q", "--nbval", "--for-build", *pages]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    shown_text = run(*nbval, cwd=tiny_book, env=environment).stdout
    assert "1 failed, 1 passed" in shown_text, shown_text
    kept = get_cache(execute.CACHE).match_cache_notebook(notebooks.read(Path(pages[0])))
    cell = get_cache(execute.CACHE).get_cache_bundle(kept.pk).nb.cells[0]
    assert cell.outputs[0].data.keys() == {"text/plain", "image/svg+xml"}
    again = run(*nbval, "-n1", "--only-changed", "-rs", cwd=tiny_book, env=environment).stdout
    assert "1 failed, 1 skipped" in again, again
    assert "not run: compared in this folder before" in again
    assert executed(capsys) == (0, 1, "")
