"""The built book in Chromium: start it, and open tabs that record what goes wrong.

The browser tests, the screenshots, the benchmark and the printed book stand on it.
"""

import contextlib
import shutil
from urllib.parse import urlsplit

from website.toc import ROOT

SITE = ROOT / "_build" / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NO_BROWSER = "no Chromium; install it (apt install chromium) or Google Chrome"


@contextlib.contextmanager
def launch():
    """Start the Chromium or Chrome of this machine; a `LookupError` says that there is none."""
    from playwright import sync_api

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    where = {"executable_path": found} if found else {"channel": "chrome"}
    with sync_api.sync_playwright() as play:
        try:
            browser = play.chromium.launch(args=QUIET, **where)
        except sync_api.Error as problem:
            raise LookupError(NO_BROWSER) from problem
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def tab(browser, address, **settings):
    """Open a tab that reaches no host but that of `address`; `problems` says what went wrong.

    The settings are those of Playwright's `new_context`: the viewport, the colour scheme and so on.
    """
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings))
    page = context.new_page()
    page.problems = []
    own = urlsplit(address)[:2]

    def answer(route):
        if urlsplit(route.request.url)[:2] == own:
            return route.continue_()
        page.problems.append(f"asked another host: {route.request.url}")
        return route.abort()

    def judge(response):
        if response.status >= 400:
            page.problems.append(f"{response.status} {response.url}")

    def listen(message):
        if message.type == "error":
            page.problems.append(f"console: {message.text}")

    page.on("response", judge)
    page.on("console", listen)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    try:
        yield page
    finally:
        context.close()
