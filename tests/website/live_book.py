"""What the tests of pages that run share: the server of `make live`, pages, and their buttons."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from urllib.parse import urlsplit

import pytest

from website import built, chromium
from website.toc import ROOT

STATUS = ".cells-bar [role=status]"
SOURCE = "sources/softmax-experiments"  # its first cells are in sight, and the second one prints


class Server:
    """The process of `make live`, as a person starts it."""

    def __init__(self):
        built.folder()  # no test builds the book
        command = [shutil.which("make"), "-s", "-o", "_build/html/built", "live", "PORT=0"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.line = self.process.stdout.readline()
        match = re.search(r"(http://127\.0\.0\.1:(\d+))/\?token=(\S+)", self.line)
        assert match, self.line + self.stop()
        self.address, self.port, self.token = match[1], int(match[2]), match[3]

    def stop(self):
        """End it as Ctrl-C in a terminal does; return what else it printed."""
        if os.name == "nt":
            self.process.terminate()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=120)[0]


@pytest.fixture(scope="module")
def server():
    """Start `make live` once for all tests of a module that do not end it."""
    with served() as running:
        yield running


@pytest.fixture
def context(browser, server):
    """Log a browser in, as the printed address does."""
    with logged_in(browser, server) as logged_in_browser:
        yield logged_in_browser


@pytest.fixture
def page(context, server):
    """Open pages of the live book; `problems` holds errors and requests to other hosts."""
    with tab(context, server) as opened:
        yield opened


@contextlib.contextmanager
def served():
    """Start `make live`, and end it."""
    running = Server()
    yield running
    log = running.stop()
    assert "Traceback" not in log, log


@contextlib.contextmanager
def logged_in(browser, server):
    """Log a browser in, as the printed address does."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    page.goto(f"{server.address}/?token={server.token}")
    page.wait_for_url("**/site/book/*.html")
    page.close()
    yield context
    context.close()


@contextlib.contextmanager
def tab(context, server):
    """Open pages of the live book; `problems` holds errors and requests to other hosts."""
    page = context.new_page()
    page.problems = []
    hosts = {urlsplit(server.address).netloc, ""}  # data: has no host

    def judge(request):
        if urlsplit(request.url).netloc not in hosts:
            page.problems.append(request.url)

    page.on("request", judge)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.go = lambda name: page.goto(f"{server.address}/site/book/{name}.html")
    yield page
    assert page.problems == [], page.problems
    page.close()


def cell(page, number):
    """Return the cell of a page with this number."""
    return page.locator("div.cell", has=page.locator(f"#cell-{number}"))


def wait_for(page, words):
    """Wait until the bar says these words."""
    page.locator(STATUS, has_text=re.compile(words)).wait_for()


def write(page, number, code):
    """Put other code in a cell."""
    if not cell(page, number).locator("textarea").count():
        cell(page, number).get_by_role("button", name="Edit").click()
    cell(page, number).locator("textarea").fill(code)


def press(page, number, button="Run"):
    """Press a button of a cell."""
    cell(page, number).locator(".cells-tools").get_by_role("button", name=button).click()


def run(page, number, code, until="ready"):
    """Run other code in a cell; return what it shows."""
    write(page, number, code)
    page.locator(STATUS).evaluate("element => (element.textContent = '')")
    press(page, number)
    wait_for(page, f"Cell {number} .*{until}")
    return cell(page, number).locator(".cells-output").inner_text().strip()
