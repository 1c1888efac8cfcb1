"""A part of the built book with Pyodide in it, for tests of exercises that a reader solves."""

import shutil

import pytest

from grader import programs
from website import built, cells, pyodide

LANDING = "book/intro.html"


def with_pyodide(folder, page):
    """Copy a page with exercises and the landing page into a folder; put Pyodide there."""
    if not pyodide.PACKED.exists() and not programs.find("npm"):
        pytest.skip(f"not run: {pyodide.NO_NPM}")
    source = built.folder()
    for name in ("_static", "_images"):
        shutil.copytree(source / name, folder / name)
    (folder / "book").mkdir()
    for name in (page, LANDING):
        text = (source / name).read_text(encoding="utf-8")
        (folder / name).write_text(cells.without_script(text), encoding="utf-8")
    assert pyodide.put(folder, pyodide.pack(), {}) == [folder / page]
    return folder
