"""What several test files share."""

import shutil

import hypothesis
import pytest

# The same examples in every run; how long one takes says nothing about the code.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("fixed")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium or Chrome of this machine; where there is none, the test is not run."""
    playwright = pytest.importorskip("playwright.sync_api", reason="run: make install")
    with playwright.sync_playwright() as play:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        where = {"executable_path": found} if found else {"channel": "chrome"}
        try:
            running = play.chromium.launch(args=QUIET, **where)
        except playwright.Error:
            pytest.skip("not run: no Chromium; install it (apt install chromium) or Google Chrome")
        yield running
        running.close()
