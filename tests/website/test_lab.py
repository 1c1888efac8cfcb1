"""The notebooks in JupyterLab, opened as `make lab` does, in a browser.

Exercises and notes are directives of MyST, which plain JupyterLab shows as raw text.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import URLError

import pytest
from rotation import one_commit_in

from website import chromium, toc

pytestmark = pytest.mark.slow
CHAPTER = "double-softmax"
TOKEN = "for-this-test-only"


def flags():
    """Return the settings of `make lab`, as make would run it, but for the folder."""
    shown = subprocess.run(
        ["make", "--dry-run", "lab"], cwd=toc.ROOT, capture_output=True, text=True, check=True
    )
    recipe = re.search(r"jupyter lab (.*)", shown.stdout)[1]
    return [flag for flag in recipe.split() if "root_dir" not in flag]


def free_port():
    """Return a port of this machine that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the book, without settings of this machine; stop it after."""
    folder = shutil.copytree(toc.ROOT / "book", tmp_path_factory.mktemp("lab") / "book")
    home = {"HOME": str(folder.parent), "JUPYTER_TOKEN": TOKEN, "JUPYTER_NO_CONFIG": "1"}
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "jupyterlab", *flags(), "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", f"--ServerApp.port={port}"]
    with subprocess.Popen(
        command, env=os.environ | home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        wait_for(f"{address}/api")
        yield address
        server.terminate()


def wait_for(address):
    """Wait until a server answers, at most four minutes."""
    for _ in range(960):
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.25)
    raise TimeoutError(f"{address} does not answer")


@one_commit_in(3)
def test_exercises_are_rendered_and_no_other_host_is_asked(browser, lab):
    source = (toc.ROOT / "book" / f"{CHAPTER}.ipynb").read_text(encoding="utf-8")
    with chromium.tab(browser, lab) as tab:
        tab.goto(f"{lab}/lab/tree/{CHAPTER}.ipynb?reset&token={TOKEN}")
        exercises = "count => document.querySelectorAll('.myst-exercise-title').length >= count"
        tab.wait_for_function(exercises, arg=source.count("{exercise}"))
        first = tab.locator(".myst-exercise", has_text="Read the floor backwards").first
        assert "How many classes does the model have?" in first.text_content()
        shown = tab.locator(".jp-RenderedMarkdown").all_inner_texts()
        assert [text for text in shown if "{exercise" in text or "{term}" in text] == []
        assert [problem for problem in tab.problems if "another host" in problem] == []


def test_lab_asks_for_no_news_and_no_updates(lab):
    """It would ask the Python package index and Jupyter's site when it starts."""
    for path, answer in {"news": '"news": []', "update": '"notification": null'}.items():
        with urllib.request.urlopen(f"{lab}/lab/api/{path}?token={TOKEN}", timeout=30) as response:
            assert answer in response.read().decode()
