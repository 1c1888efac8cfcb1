"""What the tests of pages that run share: the server of `make live`, and buttons to press."""

import contextlib
import os
import re
import shutil
import signal
import subprocess

from website import built
from website.toc import ROOT

STATUS = ".cells-bar [role=status]"


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
