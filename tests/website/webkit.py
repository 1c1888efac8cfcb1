"""WebKit, the engine of Safari, as GTK's small browser, driven by WebKitWebDriver under Xvfb."""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from grader import programs

NO_BROWSER = "no WebKitGTK; install it (apt install webkit2gtk-driver xvfb)"
PATIENCE = 120  # seconds until an answer is too late, on a busy machine too
SCREEN = "1600x1200x24"
# Otherwise the toolbar would be wider than a phone.
NARROW = (
    "* { min-width: 0; padding: 0; margin: 0; font-size: 1px; -gtk-icon-transform: scale(0.1); }"
)
# A promise answers the driver in a function that stands last among the arguments.
AWAIT = """const answer = arguments[arguments.length - 1];
(async () => [await (%s)])().catch((error) => [null, String(error)]).then(answer);"""


class WebKit:
    """One window of WebKit."""

    name = "WebKit"

    def __init__(self, driver):
        self.session = f"{driver}/session"
        started = self.send("POST", "", capabilities={})
        self.session += f"/{started['sessionId']}"
        limits = {"script": 1000 * PATIENCE, "pageLoad": 1000 * PATIENCE}
        self.send("POST", "/timeouts", **limits)

    def send(self, verb, path, **parameters):
        """Send a command; return its result."""
        body = json.dumps(parameters).encode() if verb == "POST" else None
        request = urllib.request.Request(self.session + path, body, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise RuntimeError(f"{path}: {json.load(problem)['value']['message']}") from None

    def close(self):
        """Close the window, and with it the browser."""
        self.send("DELETE", "")

    def open(self, address):
        """Open a page, and wait until it has loaded."""
        self.send("POST", "/url", url=address)

    def evaluate(self, expression):
        """Return the string, or nothing, that an expression promises."""
        value, *error = self.send("POST", "/execute/async", script=AWAIT % expression, args=[])
        if error:
            raise RuntimeError(error[0])
        return value

    def act(self, actions):
        """Press and release keys and buttons, as the standard describes them."""
        self.send("POST", "/actions", actions=actions)

    def resize(self, width, height):
        """Make the page this wide and high: the window is larger by its frame."""
        inner = json.loads(self.evaluate("JSON.stringify([innerWidth, innerHeight])"))
        outer = self.send("GET", "/window/rect")
        size = {
            "width": width + outer["width"] - inner[0],
            "height": height + outer["height"] - inner[1],
        }
        self.send("POST", "/window/rect", **size)


@contextlib.contextmanager
def launch():
    """Start WebKit on a screen of its own; a `LookupError` says what is missing."""
    driver, screen = programs.find("WebKitWebDriver"), programs.find("Xvfb")
    if not driver or not screen:
        raise LookupError(NO_BROWSER)
    with contextlib.ExitStack() as stack:
        command = [screen, "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]
        display = stack.enter_context(running(command)).stdout.readline().strip()
        home = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        port = free_port()
        settings = of_its_own(Path(home)) | {"DISPLAY": f":{display}", "GDK_BACKEND": "x11"}
        stack.enter_context(running([driver, f"--port={port}"], **settings))
        wait_for(f"http://127.0.0.1:{port}/status")
        yield stack.enter_context(contextlib.closing(WebKit(f"http://127.0.0.1:{port}")))


def of_its_own(home):
    """Return settings with which the browser begins anew, and can be as narrow as a phone."""
    style = home / "gtk-3.0" / "gtk.css"
    style.parent.mkdir()
    style.write_text(NARROW, encoding="utf-8")
    return {f"XDG_{kind}_HOME": str(home) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}


@contextlib.contextmanager
def running(command, **settings):
    """Run a program with these values in its environment; end it afterwards."""
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def free_port():
    """Return a port that no other program uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(address):
    """Wait until a program answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(address, timeout=PATIENCE).close()
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {address}")
