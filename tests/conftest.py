"""What several test files share."""

import hypothesis
import pytest

from tools import serve, site

# It runs in the environment of the grader, and is no test by itself.
collect_ignore = ["nbgrader_release.py"]

# The same examples in every run; how long one takes says nothing about the code.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium or Chrome of this machine; where there is none, the test is not run."""
    pytest.importorskip("playwright.sync_api", reason="run: make install")
    try:
        with site.chromium() as running:
            yield running
    except LookupError as problem:
        pytest.skip(f"not run: {problem}")


@pytest.fixture(scope="session")
def address():
    """Serve the built book on a free port of this machine, compressed as a host would."""
    assert (site.SITE / "index.html").exists(), "there is no built book; run: make book"
    with serve.hosted(site.SITE) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open a tab that reaches no other host; `problems` holds what went wrong."""
    with site.tab(browser, address) as tab:
        yield tab
