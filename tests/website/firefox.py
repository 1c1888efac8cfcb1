"""Firefox as it is installed, driven over WebDriver BiDi: no other program stands between.

Playwright would drive it too, but needs commands that the long-term release does not have yet.
"""

import contextlib
import itertools
import json
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

from grader import programs

BROWSERS = ("firefox-esr", "firefox")
NO_BROWSER = "no Firefox; install it (apt install firefox-esr)"
PATIENCE = 120  # seconds until an answer is too late, on a busy machine too
# A proxy that does not exist: Firefox reaches no host but this machine.
ALONE = """user_pref("network.proxy.type", 1);
user_pref("network.proxy.socks", "127.0.0.1");
user_pref("network.proxy.socks_port", 9);
"""


class Firefox:
    """One window of Firefox."""

    name = "Firefox"

    def __init__(self, socket):
        self.socket, self.numbers = socket, itertools.count()
        self.send("session.new", capabilities={})
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **parameters):
        """Send a command; return its result, and skip the events that arrive meanwhile."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps(command))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            pass
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, address):
        """Open a page, and wait until it has loaded."""
        self.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression):
        """Return the string, or nothing, that an expression promises."""
        answer = self.send(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def act(self, actions):
        """Press and release keys and buttons, as the standard describes them."""
        self.send("input.performActions", context=self.context, actions=actions)

    def resize(self, width, height):
        """Make the page this wide and high."""
        size = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self.context, viewport=size)


@contextlib.contextmanager
def launch():
    """Start Firefox without a window; a `LookupError` says that there is none."""
    path = programs.find(*BROWSERS)
    if not path:
        raise LookupError(NO_BROWSER)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "user.js").write_text(ALONE, encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--profile", folder]
        command += ["--remote-debugging-port", "0"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                yield Firefox(connect(process, Path(folder, "WebDriverBiDiServer.json")))
            finally:
                process.terminate()


def connect(process, file):
    """Connect to the address that Firefox writes into its profile."""
    end = time.monotonic() + PATIENCE
    while not (file.exists() and file.stat().st_size):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("Firefox ended, or did not say where it listens")
        time.sleep(0.05)
    where = json.loads(file.read_text(encoding="utf-8"))
    address = f"ws://{where['ws_host']}:{where['ws_port']}/session"
    return websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
