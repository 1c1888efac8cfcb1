"""What a visit to a chapter weighs, compressed, as Chromium counts the bytes that arrive.

What a single page weighs is tested in test_site.py; here, that the browser's cache is used.
"""

import pytest

from tools.bench import pages
from website import chromium, serve
from website.toc import PAGES, ROOT

pytestmark = pytest.mark.slow
CHAPTERS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
FIRST, AGAIN = 300_000, 67_000


def visits(browser, address, names):
    """Return what a visit to each of the pages weighs for a reader of another chapter."""
    with chromium.tab(browser, address) as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/book/double-softmax.html")
        return {name: pages.visit(tab, f"{address}/{name}.html") for name in names}


def test_the_next_chapter_is_light(browser, address):
    """What chapters share is loaded once, and nothing is loaded on a second visit."""
    sizes = visits(browser, address, ["book/hinge", "book/double-softmax"])
    assert 0 < sizes["book/hinge"] <= AGAIN
    assert sizes["book/double-softmax"] < AGAIN / 3


@pytest.mark.proof
def test_every_next_chapter_is_light(browser, address):
    sizes = visits(browser, address, CHAPTERS)
    assert min(sizes.values()) < AGAIN / 3
    assert {name: size for name, size in sizes.items() if size > AGAIN} == {}


@pytest.mark.proof
def test_the_theme_alone_weighs_more(browser, tmp_path):
    """The benchmark builds the same chapter with the theme's default settings, and weighs both."""
    sizes = []
    for default in (False, True):
        folder = pages.build(tmp_path / str(default), pages.CHAPTER, default=default)
        with serve.hosted(folder) as address, chromium.tab(browser, address) as tab:
            pages.watch(tab)
            sizes.append(pages.visit(tab, f"{address}/{pages.CHAPTER}.html"))
            shown = tab.locator("article").inner_text()
        assert "Regression losses" in shown
    assert sizes[0] < FIRST < 2 * FIRST < sizes[1]
