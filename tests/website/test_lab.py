"""The notebooks in JupyterLab, opened as `make lab` does, in a browser.

Exercises and notes are directives of MyST, which plain JupyterLab shows as raw text.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from urllib.error import URLError

import pytest
import websocket
from rotation import one_commit_in

from website import chromium, toc

pytestmark = pytest.mark.slow
CHAPTER = "double-softmax"
TOKEN = "for-this-test-only"


def recipe(folder):
    """Return the command of `make lab`, as make would run it, for a folder."""
    shown = subprocess.run(
        ["make", "--dry-run", "lab", f"DIR={folder}"],
        cwd=toc.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return re.search(r"cd [^\n]*PYTHONPATH=.*jupyter lab .*", shown.stdout, re.DOTALL)[0].strip()


def free_port():
    """Return a port of this machine that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the book, without a user's settings; stop it after."""
    folder = shutil.copytree(toc.ROOT / "book", tmp_path_factory.mktemp("lab") / "book")
    home = {"HOME": str(folder.parent), "JUPYTER_CONFIG_DIR": "none", "JUPYTER_TOKEN": TOKEN}
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = f"{recipe(folder)} --no-browser --ServerApp.port={port}"
    with subprocess.Popen(
        command, shell=True, cwd=toc.ROOT, env=os.environ | home, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        wait_for(f"{address}/api")
        yield address
        os.killpg(server.pid, signal.SIGTERM)


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


def test_a_terminal_finds_the_command_of_the_grader(lab):
    """The page for teachers says that its commands can be typed there."""
    if not (toc.ROOT / ".venv-grader" / "bin" / "grader").exists():
        pytest.skip("not run: make grader-envs has not been run")
    request = urllib.request.Request(f"{lab}/api/terminals?token={TOKEN}", method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        name = json.load(response)["name"]
    place = f"{lab.replace('http', 'ws')}/terminals/websocket/{name}?token={TOKEN}"
    terminal = websocket.create_connection(place, timeout=60)
    terminal.send(json.dumps(["stdin", "grader --help; echo the e''nd\r"]))
    shown = ""
    while "the end" not in shown:
        kind, *text = json.loads(terminal.recv())
        shown += text[0] if kind == "stdout" else ""
    terminal.close()
    assert "new-course" in shown, shown
