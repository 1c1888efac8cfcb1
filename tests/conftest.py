"""What several test files share."""

import hypothesis
import pytest

from website import chromium, serve

# The same examples in every run; how long one takes says nothing about the code.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium or Chrome of this machine; where there is none, the test is not run."""
    pytest.importorskip("playwright.sync_api", reason="run: make install")
    try:
        with chromium.launch() as running:
            yield running
    except LookupError as problem:
        pytest.skip(f"not run: {problem}")


@pytest.fixture(scope="session")
def address():
    """Serve the built book on a free port of this machine, compressed as a host would."""
    assert (chromium.SITE / "index.html").exists(), "there is no built book; run: make book"
    with serve.hosted(chromium.SITE) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open a tab that reaches no other host; `problems` holds what went wrong."""
    with chromium.tab(browser, address) as tab:
        yield tab
