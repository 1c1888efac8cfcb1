"""The explorers in the built book: where they are, and what they weigh."""

import gzip
import json
import re
from pathlib import Path

import pytest

from lossutils.book import explorers
from lossutils.book.explorers import core, site
from website import built
from website.explorer_page import bundle

ROOT = Path(__file__).parents[2]
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
    return {
        str(path.relative_to(built.SITE)): path.read_text(encoding="utf-8")
        for path in built.folder().rglob("*.html")
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
    drawn = [vega for text in pages.values() for key, vega in FIGURE.findall(text) if key == title]
    assert drawn, f"no page shows {title}"
    expected = site.short(spec)
    assert all(json.loads(vega) == expected for vega in drawn)


def test_without_script_there_is_a_picture(pages):
    """It shows what the figure shows at the start, and its text alternative says so."""
    shown = {}
    for name, text in pages.items():
        for figure in re.findall(r'<figure class="explorer".*?</figure>', text, re.DOTALL):
            picture = re.search(r"<noscript>\s*<img[^>]*>\s*</noscript>", figure)[0]
            source = re.search(r'src="([^"]*)"', picture)[1]
            assert (built.SITE / name).parent.joinpath(source).is_file()
            assert re.search(r'alt="([^"]{40,})"', picture)
            shown[re.search(r'data-explorer="([^"]*)"', figure)[1]] = source
    assert len(shown) == len(explorers.__all__)


def test_the_script_is_small():
    script = (ROOT / "book" / "assets" / "explorers.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 150_000
    assert (built.SITE / "_static" / "explorers.js").read_bytes() == script
