"""Strict nbval and the execution for the build: what they say, and that nothing runs twice."""

import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from small_notebooks import ROOT, code, run, write

from tools import execute, notebooks


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


@pytest.fixture
def tiny_book(tmp_path, monkeypatch):
    """A book of two notebooks and a page of text, with a `lossutils` and versions of its own."""
    write(tmp_path / "book" / "first.ipynb", code("print(1 + 1)", printed="2\n"))
    write(tmp_path / "book" / "second.ipynb", code("print(2 + 2)", printed="4\n"))
    write(tmp_path / "book" / "not-in-the-book.ipynb", code("1 / 0"))
    (tmp_path / "book" / "intro.md").write_text("# A book\n", encoding="utf-8")
    (tmp_path / "lossutils").mkdir()
    (tmp_path / "lossutils" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "root: book/intro\nparts:\n  - chapters:\n      - file: book/first\n"
        "        sections:\n          - file: book/second\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", "")  # what the tool sets ends with the test
    return tmp_path


def executed(capsys, *arguments):
    """Run tools.execute; return its exit status and how many notebooks it executed."""
    status = execute.main([*arguments])
    shown = capsys.readouterr()
    return status, shown.out.count("executed book"), shown.err


def test_nothing_is_executed_twice_unless_its_code_or_lossutils_changed(tiny_book, capsys):
    assert executed(capsys) == (0, 2, "")
    assert executed(capsys) == (0, 0, "")
    write(tiny_book / "book" / "first.ipynb", code("print(3 + 3)", printed="6\n"))
    assert executed(capsys) == (0, 1, "")
    (tiny_book / "lossutils" / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    assert executed(capsys, "--jobs", "1") == (0, 2, "")


def test_a_chapter_that_raises_is_one_sentence_and_the_others_are_executed(tiny_book, capsys):
    cells = code("x = []"), code("# the last\nx[0]", count=2)
    path = write(tiny_book / "book" / "first.ipynb", *cells).relative_to(tiny_book)
    status, count, said = executed(capsys)
    assert (status, count) == (1, 1)
    assert said == (
        f"error: {path}, code cell 2 (“# the last”) raised IndexError: list index out of range\n"
    )


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
    said = run(*nbval, cwd=tiny_book, env=os.environ | {"PYTHONPATH": str(ROOT)}).stdout
    assert "1 failed, 1 passed" in said, said
    kept = get_cache(execute.CACHE).match_cache_notebook(notebooks.read(Path(pages[0])))
    cell = get_cache(execute.CACHE).get_cache_bundle(kept.pk).nb.cells[0]
    assert cell.outputs[0].data.keys() == {"text/plain", "image/svg+xml"}
    assert executed(capsys) == (0, 1, "")
