"""What several test files share: settings of Hypothesis, the browser, the built book."""

import hypothesis
import pytest

from tools.rotation import PROOF
from website import built, chromium, serve

# The same examples in every run, more of them in `make proof`; how long one takes says nothing
# about the code.
hypothesis.settings.register_profile(
    "fixed", deadline=None, derandomize=True, max_examples=50 if PROOF else 20
)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium or Chrome of this machine; where there is none, the test is not run."""
    try:
        with chromium.launch() as running:
            yield running
    except LookupError as problem:
        pytest.skip(f"not run: {problem}")


@pytest.fixture(scope="session")
def address():
    """Serve the built book on a free port of this machine, compressed as a host would."""
    with serve.hosted(built.folder()) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open a tab that reaches no other host; its `problems` say what went wrong."""
    with chromium.tab(browser, address) as tab:
        yield tab
