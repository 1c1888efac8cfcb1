"""The NumPy version in the page: Pyodide in a worker, from files of the site, on a press only.

Real Pyodide from its npm package, a real page of the built book and a real browser; run by
`make site`, after `make book`. **Not proved without its wheel:** NumPy inside of Pyodide, because
no package index has it; `make pages NUMPY=FILE` proves that too. That the cells need nothing but
NumPy and lossutils is proved by `test_in_page_cells.py`, with the same runner in CPython.
"""

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import live_book
import pytest
from axe_playwright_python.sync_playwright import Axe
from live_book import cell, press, run, wait_for, write

from website import cells, pyodide

pytestmark = pytest.mark.slow
PAGE = "book/hinge.html"
NUMPY = re.compile("No module named 'numpy'")


@pytest.fixture(scope="module")
def files():
    """Bring Pyodide by npm, unless an earlier run did."""
    if not pyodide.PACKED.exists() and not shutil.which("npm"):
        pytest.skip(f"not run: {pyodide.NO_NPM}")
    return pyodide.pack()


@pytest.fixture(scope="module")
def wheels():
    """Build the wheel of lossutils."""
    return pyodide.own_wheel()


@pytest.fixture(scope="module")
def site(tmp_path_factory, files, wheels):
    """Copy a part of the built book and put Pyodide into it, without NumPy."""
    source = live_book.SITE
    assert (source / PAGE).exists(), "there is no built book; run: make book"
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(source / "_static", folder / "_static")
    (folder / "book").mkdir()
    for name in (PAGE, "book/intro.html"):
        shutil.copy(source / name, folder / name)
    assert pyodide.put(folder, files, wheels) == [folder / PAGE]
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not log."""

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    """Serve the site as any web host does."""
    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser, address):
    """Open the page; `requests` and `problems` hold what it asks and what goes wrong."""
    context = browser.new_context(viewport={"width": 360, "height": 700})
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
    assert page.locator(".cells-tools").count() == 1  # the cells that need TensorFlow have none
    button = page.locator(".cells-tools button").first
    loaded = (site / "_static" / "pyodide").iterdir()
    size = sum(path.stat().st_size for path in loaded) / 1e6
    (told,) = re.findall(r"in this page \((\d+) MB, once\)", button.inner_text())
    assert size - 1.5 < int(told) < size + 0.5  # the two scripts are compressed on the way
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
    path = "book/data/accuracy.json"
    code = f"text = resources.files('lossutils').joinpath('{path}').read_text()\n"
    records = json.loads((live_book.ROOT / "lossutils" / path).read_text("utf-8"))
    assert run(page, 1, f"{code}import json\nlen(json.loads(text))") == str(len(records))


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
    found = Axe().run(page, context={"include": own}).response["violations"]
    assert [(rule["id"], rule["nodes"]) for rule in found] == []


def test_the_cell_gives_what_is_stored_with_the_official_numpy(page, site, files, wheels):
    """With the NumPy of Pyodide's release the cell prints on the page what its notebook stores."""
    if "NUMPY" not in os.environ:
        name = pyodide.numpy_entry(files)["file_name"]
        pytest.skip(f"not proved: NumPy in Pyodide, as no index has {name}; make pages NUMPY=FILE")
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
    text = (live_book.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "(.+)"', text, re.MULTILINE)[1]


def test_stop_and_restart(page):
    """An endless loop is stopped and said to be; a restart forgets; the keyboard is enough."""
    run(page, 1, "kept = 1\nprint(kept)")
    assert run(page, 1, "print(kept + 1)") == "2"
    write(page, 1, "print('begun')\nwhile True:\n    pass")
    cell(page, 1).locator("textarea").press("Control+Enter")
    wait_for(page, "Cell 1 runs")
    page.get_by_role("button", name="Stop what runs").focus()
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


WASM = f"{pyodide.WASM}.packed"


@pytest.mark.parametrize(
    ("name", "change", "late"),
    [
        (WASM, None, False),
        (WASM, None, True),
        (WASM, cut, False),
        (pyodide.STDLIB, None, True),
        (pyodide.LOCK, cut, False),
    ],
)
def test_a_file_that_is_missing_or_broken_is_told(page, site, name, change, late):
    """When the site lost a file, the reader reads so, and may try again when it is back."""
    path = site / "_static" / "pyodide" / name
    content = path.read_bytes()
    if late:  # when Pyodide waits for it already
        page.context.route(f"**/{name}", lambda route: (time.sleep(3), route.continue_()))
    try:
        path.write_bytes(change(content)) if change else path.unlink()
        write(page, 1, "print(1)")
        press(page, 1)
        wait_for(page, r"Python could not be loaded \(.+\)\. Press Restart")
    finally:
        path.write_bytes(content)
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
    text = (live_book.SITE / PAGE).read_text(encoding="utf-8")
    assert "tag_in-page" in text
    assert cells.without_script(text) == text or (live_book.SITE / "_static" / "pyodide").exists()


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
    assert scripts == set(cells.BROWSER_FILES)
