"""The NumPy version in the page: Pyodide in a worker, from files of the site, on a press only.

Real Pyodide from its npm package, a real page of the built book and a real browser.
**Not proved without its wheel:** NumPy inside Pyodide, because no package index has it; the
environment variable NUMPY names the wheel for a run that proves it too. That the cells need nothing
but NumPy and lossutils is proved by `test_pyodide_cells.py`, with the same runner in CPython.
"""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_book import cell, press, run, wait_for, write
from playwright.sync_api import expect
from rotation import one_commit_in, one_in

from grader import programs
from website import built, cells, chromium, pyodide, serve
from website.toc import ROOT

pytestmark = pytest.mark.slow
PAGE = "book/hinge.html"
NUMPY = re.compile("No module named 'numpy'")


@pytest.fixture(scope="module")
def files():
    """Bring Pyodide by npm, unless an earlier run did."""
    if not pyodide.PACKED.exists() and not programs.find("npm"):
        pytest.skip(f"not run: {pyodide.NO_NPM}")
    return pyodide.pack()


@pytest.fixture(scope="module")
def wheels():
    """Build the wheel of lossutils."""
    return pyodide.own_wheel()


@pytest.fixture(scope="module")
def site(tmp_path_factory, files, wheels):
    """Copy a part of the built book and put Pyodide into it, without NumPy."""
    source = built.folder()
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(source / "_static", folder / "_static")
    (folder / "book").mkdir()
    for name in (PAGE, "book/intro.html"):
        shutil.copy(source / name, folder / name)
    assert pyodide.put(folder, files, wheels) == [folder / PAGE]
    return folder


@pytest.fixture(scope="module")
def address(site):
    """Serve the site as its host does: with dates, and kept by the browser for ten minutes."""
    with serve.hosted(site) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open the page; `requests` and `problems` hold what it asks and what goes wrong."""
    context = browser.new_context(viewport={"width": 360, "height": 700})
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    page.requests, page.problems = [], []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    context.on("request", lambda request: page.requests.append(request.url))
    page.goto(f"{address}/{PAGE}", wait_until="networkidle")
    yield page
    hosts = {
        urlsplit(url).netloc for url in page.requests if not url.startswith(("data:", "blob:"))
    }
    assert hosts == {urlsplit(address).netloc}
    assert page.problems == []
    context.close()


def test_a_press_runs_it_and_nothing_is_loaded_before(page, site):
    """Before a press nothing of Pyodide is asked for; then files of this site give the output."""
    assert not any("pyodide" in url for url in page.requests)
    # The cells that need TensorFlow have none.
    expect(page.locator(".cells-tools")).to_have_count(1, timeout=chromium.PATIENCE)
    button = page.locator(".cells-tools button").first
    loaded = (site / "_static" / "pyodide").iterdir()
    size = sum(path.stat().st_size for path in loaded) / 1e6
    (megabytes,) = re.findall(r"in this page \((\d+) MB, once\)", button.inner_text())
    assert size - 1.5 < int(megabytes) < size + 0.5  # the two scripts are compressed on the way
    assert "TensorFlow" in cell(page, 1).locator(".cells-note a").inner_text()
    assert page.locator(".cells-bar").is_hidden()
    assert run(page, 1, "print('one')\n6 * 7") == "one\n\n42"
    assert any("pyodide.asm.wasm.packed" in url for url in page.requests)
    assert button.inner_text() == "Run"
    assert page.locator(".cells-bar").is_visible()
    assert page.locator("progress").is_hidden()
    assert page.evaluate("document.querySelector('.cells-bar progress').value") == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    check_lossutils(page)
    check_error(page)


def check_lossutils(page):
    """Check that the wheel of this repository is installed, with its data."""
    code = "from importlib import metadata, resources\nmetadata.version('lossutils')"
    assert run(page, 1, code) == f"'{version()}'"
    data = "diagnosis/mistakes.json"
    code = f"len(resources.files('lossutils').joinpath('{data}').read_bytes())"
    assert run(page, 1, code) == str((ROOT / "lossutils" / data).stat().st_size)


def check_error(page):
    """Check that the cell itself says, in a way to be read, that NumPy is not there."""
    press(page, 1, "Back to the book")
    assert cell(page, 1).locator(".cell_output").last.is_visible()
    press(page, 1)
    wait_for(page, "Cell 1 raised an error")
    error = cell(page, 1).locator(".cells-error")
    assert NUMPY.search(error.locator("p").first.inner_text())
    assert error.locator("p").nth(1).inner_text() == "Line 1: import numpy as np"
    own = [[".cells-tools"], [".cells-output"], [".cells-bar"]]
    violations = Axe().run(page, context={"include": own}).response["violations"]
    assert [(rule["id"], rule["nodes"]) for rule in violations] == []


def test_the_cell_gives_what_is_stored_with_the_official_numpy(page, site, files, wheels):
    """With the NumPy of Pyodide's release the cell prints on the page what its notebook stores."""
    if "NUMPY" not in os.environ:
        name = pyodide.numpy_entry(files)["file_name"]
        pytest.skip(f"not run: Pyodide's NumPy is in no package index; NUMPY can name a {name}")
    official = pyodide.checked_numpy(Path(os.environ["NUMPY"]), files)
    try:
        pyodide.put(site, files, official | wheels)
        page.reload()
        stored = cell(page, 1).locator(".cell_output pre").inner_text()
        press(page, 1)
        wait_for(page, "Cell 1 has run")
        assert cell(page, 1).locator(".cells-output pre").inner_text() == stored
    finally:
        pyodide.put(site, files, wheels)


def version():
    """Return the version that pyproject.toml gives to lossutils."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "(.+)"', text, re.MULTILINE)[1]


@one_commit_in(2, skip=1)
def test_stop_and_restart(page):
    """An endless loop can be stopped, with the keyboard alone; a restart forgets all variables."""
    run(page, 1, "kept = 1\nprint(kept)")
    assert run(page, 1, "print(kept + 1)") == "2"
    write(page, 1, "print('begun')\nwhile True:\n    pass")
    cell(page, 1).locator("textarea").press("Control+Enter")
    wait_for(page, "Cell 1 is running")
    page.get_by_role("button", name="Stop the running cell").focus()
    page.keyboard.press("Enter")
    wait_for(page, "Stopped, and Python forgot its variables")
    assert run(page, 1, "print('kept' in globals())", "ready") == "False"
    assert run(page, 1, "other = 1\nprint('here')") == "here"
    page.get_by_role("button", name="Restart Python").click()
    wait_for(page, "^Python is ready")
    assert run(page, 1, "print('other' in globals())") == "False"
    shown = run(page, 1, "for i in range(100_000): print('x' * 10)")
    assert "more was printed" in shown


def cut(content):
    """Return the first half of a file, as a broken upload leaves it."""
    return content[: len(content) // 2]


def write_as_if_unchanged(path, content):
    """Write a file, or remove it for None, and give it the date of the folder's first files."""
    if content is None:
        path.unlink()
        return
    path.write_bytes(content)
    os.utime(path, (DATE, DATE))


def hold_until(context, name, other):
    """Hold the requests for one file until the other has arrived."""
    held, arrived = [], []

    def release(request):
        if request.url.endswith(other):
            arrived.append(other)
            while held:
                held.pop().continue_()

    context.route(f"**/{name}", lambda route: route.continue_() if arrived else held.append(route))
    context.on("requestfinished", release)


DATE = 1_700_000_000  # in seconds, as the header Last-Modified counts
WASM = f"pyodide/{pyodide.WASM}.packed"
STDLIB, LOCK = f"pyodide/{pyodide.STDLIB}", f"pyodide/{pyodide.LOCK}"
SCRIPT, OTHER_SCRIPT = (f"pyodide/{name}" for name in pyodide.SCRIPTS)


@pytest.mark.parametrize(
    "fault",
    one_in(
        5,
        [
            (WASM, None, None),
            (WASM, None, STDLIB),
            (WASM, cut, None),
            (STDLIB, None, WASM),
            (LOCK, cut, None),
            (SCRIPT, None, None),
            (OTHER_SCRIPT, cut, None),
            ("cells/browser.js", None, None),
            ("cells/worker.js", cut, None),
            ("cells/runner.py", None, None),
        ],
    ),
)
def test_a_missing_or_broken_file_is_reported_and_loaded_anew(page, site, fault):
    """The reader sees the error and may try again once the file is back, with the same date."""
    name, change, after = fault
    path = site / "_static" / name
    content = path.read_bytes()
    write_as_if_unchanged(path, content)
    if after:
        hold_until(page.context, name, after)
    try:
        write_as_if_unchanged(path, change(content) if change else None)
        write(page, 1, "print(1)")
        press(page, 1)
        wait_for(page, r"Python could not be loaded \(.+\)\. Press Restart")
    finally:
        write_as_if_unchanged(path, content)
    page.problems.clear()  # the console may say what went wrong
    page.get_by_role("button", name="Restart Python").click()
    wait_for(page, "^Python is ready")
    assert run(page, 1, "print(1)") == "1"


def test_from_a_file_there_is_no_button(browser, site):
    """Opened from disk, where browsers start no worker, the page has no dead button."""
    page = browser.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((site / PAGE).as_uri())
    assert page.locator(".tag_in-page").count() == 1
    assert page.locator(".cells-tools").count() == 0
    assert problems == []
    page.close()


def test_a_site_without_these_files_has_no_button():
    """The built book itself names no script of cells."""
    text = (built.SITE / PAGE).read_text(encoding="utf-8")
    assert "tag_in-page" in text
    assert cells.without_script(text) == text or (built.SITE / "_static" / "pyodide").exists()


def test_only_the_numpy_of_the_lock_file_is_taken(files, tmp_path):
    """A wheel with another SHA-256 than Pyodide's lock file names is refused, in one sentence."""
    entry = pyodide.numpy_entry(files)
    wheel = tmp_path / entry["file_name"]
    with pytest.raises(SystemExit, match=r"error: there is no file .* Pyodide's release"):
        pyodide.checked_numpy(wheel, files)
    wheel.write_bytes(b"not the wheel")
    with pytest.raises(SystemExit, match=r"error: .* is not numpy-.*whl: its SHA-256 is"):
        pyodide.checked_numpy(wheel, files)
    digest = hashlib.sha256(b"not the wheel").hexdigest()
    lock = {"packages": {"numpy": {**entry, "sha256": digest}}}
    right = files | {pyodide.LOCK: json.dumps(lock).encode()}
    assert pyodide.checked_numpy(wheel, right) == {entry["file_name"]: b"not the wheel"}


def test_putting_it_twice_is_putting_it_once(site, files, wheels):
    """The command may run again after a build: the page names one script."""
    before = (site / PAGE).read_bytes()
    pyodide.put(site, files, wheels)
    assert (site / PAGE).read_bytes() == before
    assert before.count(b"cells/start.js") == 1
    scripts = {path.name for path in Path(site, "_static", "cells").iterdir()}
    assert scripts == {*cells.BROWSER_FILES, *cells.EXERCISE_FILES, "exercises"}
