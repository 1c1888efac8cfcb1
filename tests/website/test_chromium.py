"""A tab reports what goes wrong on a page; a check that could not do so would prove nothing."""

import pytest

from website import chromium, serve

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><title>One page</title><body>
<img src="http://example.org/a.png"><img src="missing.png">
<script>console.error("one error"); throw new Error("another error");</script>"""


@pytest.fixture
def problems(browser, tmp_path):
    """Return the problems that a tab reports for the page."""
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    with serve.hosted(tmp_path) as address, chromium.tab(browser, address) as tab:
        tab.goto(address, wait_until="load")
        yield tab.problems


@pytest.mark.parametrize(
    "problem",
    [
        "asked another host: http://example.org/a.png",
        "console: Failed to load resource: net::ERR_NAME_NOT_RESOLVED",
        "/missing.png",
        "console: one error",
        "another error",
    ],
)
def test_a_tab_reports(problems, problem):
    assert [text for text in problems if problem in text]
