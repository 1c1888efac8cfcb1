"""The explorers in the built book: on which pages they are, and how large their script is."""

import gzip
import json
import re
from pathlib import Path

import pytest

from lossutils.book import explorers
from lossutils.book.explorers import core, site
from website.explorer_page import bundle

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
FIGURE = re.compile(
    r'<figure class="explorer"[^>]*data-explorer="([^"]*)".*?'
    r'<script type="application/json">(.*?)</script>',
    re.DOTALL,
)
SCRIPT = re.compile(r"<script[^>]*explorers\.js")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages():
    """Return the text of each page of the built book."""
    assert (SITE / "index.html").exists(), "there is no built book; run: make book"
    return {
        str(path.relative_to(SITE)): path.read_text(encoding="utf-8")
        for path in SITE.rglob("*.html")
        if "_static" not in path.parts
    }


def test_the_script_is_loaded_only_where_there_are_explorers(pages):
    with_script = {name for name, text in pages.items() if SCRIPT.search(text)}
    with_explorer = {name for name, text in pages.items() if FIGURE.search(text)}
    assert with_script == with_explorer != set()


@pytest.mark.parametrize("name", explorers.__all__)
def test_each_explorer_is_on_a_page_as_it_was_tested(pages, name):
    spec = bundle(name)[core.MIME]
    title = spec["usermeta"]["explorer"]["name"]
    shown = [data for text in pages.values() for key, data in FIGURE.findall(text) if key == title]
    assert shown, f"no page shows {title}"
    expected = json.loads(json.dumps(site.on_page(spec)))
    assert all(json.loads(data) == expected for data in shown)


def test_the_script_is_small():
    script = (ROOT / "book" / "assets" / "explorers.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 150_000
    assert (SITE / "_static" / "explorers.js").read_bytes() == script
