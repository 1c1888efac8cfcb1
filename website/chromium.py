"""Chromium: start it, and open tabs that record what goes wrong.

The browser tests, the benchmarks and the printed book use it.
"""

import contextlib
from urllib.parse import urlsplit

from grader import programs

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
INSTALLED = "chrome"  # Google Chrome where its installer puts it, on the path or not
# No name but that of this machine resolves, so no page reaches another host.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ALONE]
PATIENCE = 300_000  # milliseconds until a step has failed, on a busy machine too
INNER = {"data", "blob", "about"}  # schemes of addresses that lead to no host
NO_BROWSER = "no Chromium; install it (apt install chromium) or Google Chrome"


@contextlib.contextmanager
def launch():
    """Start the Chromium or Chrome of this machine; a `LookupError` says that there is none."""
    from playwright import sync_api

    path = programs.find(*BROWSERS)
    where = {"executable_path": path} if path else {"channel": INSTALLED}
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
    """Open a tab for the pages of `address`; its `problems` say what went wrong.

    A request to another host is a problem, and it fails.

    The settings are those of Playwright's `new_context`: the viewport, the colour scheme and so on.
    """
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.problems = []
    own = urlsplit(address)[:2]

    def judge_request(request):
        parts = urlsplit(request.url)
        if parts.scheme not in INNER and parts[:2] != own:
            page.problems.append(f"asked another host: {request.url}")

    def judge_response(response):
        if response.status >= 400:
            page.problems.append(f"{response.status} {response.url}")

    def judge_message(message):
        if message.type == "error":
            page.problems.append(f"console: {message.text}")

    # Requests are only watched: to route them would turn the browser's cache off.
    context.on("request", judge_request)
    page.on("response", judge_response)
    page.on("console", judge_message)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    try:
        yield page
    finally:
        context.close()
