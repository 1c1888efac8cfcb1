"""What a visit to a chapter weighs, compressed, as Chromium counts the bytes that arrive.

The limits are those the project sets itself: 600 kB for a reader who has seen nothing of the site,
150 kB for one who has. Every chapter is read to its end, so figures that load late are counted.
"""

import pytest

from tools.bench import pages
from website import serve
from website.toc import PAGES, ROOT

pytestmark = pytest.mark.slow
CHAPTERS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
FIRST, AGAIN = 600_000, 150_000


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_first_visit_is_light(browser, address, name):
    with pages.reader(browser) as tab:
        assert 50_000 < pages.visit(tab, f"{address}/{name}.html") <= FIRST


def test_the_next_chapter_is_light(browser, address):
    """What the chapters share is not asked for again: not by the next one, not by another visit."""
    with pages.reader(browser) as tab:
        pages.visit(tab, f"{address}/book/double-softmax.html")
        sizes = {name: pages.visit(tab, f"{address}/{name}.html") for name in CHAPTERS}
    assert min(sizes.values()) < AGAIN / 3
    assert {name: size for name, size in sizes.items() if size > AGAIN} == {}


def test_the_theme_alone_weighs_more(browser, tmp_path):
    """The benchmark builds the same chapter with the theme's default settings, and weighs both."""
    sizes = []
    for default in (False, True):
        folder = pages.build(tmp_path / str(default), pages.CHAPTER, default=default)
        with serve.hosted(folder) as address, pages.reader(browser) as tab:
            sizes.append(pages.visit(tab, f"{address}/{pages.CHAPTER}.html"))
            shown = tab.locator("article").inner_text()
        assert "Regression losses" in shown
    assert sizes[0] < FIRST < 2 * FIRST < sizes[1]
