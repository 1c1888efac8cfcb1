"""What a visit to a chapter weighs, compressed, as Chromium counts the bytes that arrive.

What a single page weighs is tested in test_site.py; here, that the browser's cache is used.
"""

import pytest

from tools.bench import pages
from website import chromium, serve
from website.toc import PAGES, ROOT

pytestmark = pytest.mark.slow
CHAPTERS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
FIRST = 300_000
# A page after another: when it is opened, and when it has been read to its end.
OPENED, READ = 40_000, 45_000
HEAVIER = {"book/choosing-a-loss": (OPENED, 47_000)}  # 28 losses, each with its code


def weights(browser, address, names):
    """Return the two weights of each of the pages, for a reader of another chapter."""
    with chromium.tab(browser, address) as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/book/double-softmax.html")
        return {
            name: (pages.opened(tab, f"{address}/{name}.html"), pages.read_on(tab))
            for name in names
        }


def too_heavy(sizes):
    """Return the pages above a limit."""
    limits = {name: HEAVIER.get(name, (OPENED, READ)) for name in sizes}
    return {
        name: pair
        for name, pair in sizes.items()
        if any(size > limit for size, limit in zip(pair, limits[name], strict=True))
    }


def test_the_next_chapter_is_light(browser, address):
    """What chapters share is loaded once, and nothing is loaded on a second visit."""
    names = ["hinge", "choosing-a-loss", "embeddings", "weighted-cross-entropy", "double-softmax"]
    sizes = weights(browser, address, [f"book/{name}" for name in names])
    *others, again = sizes.values()
    assert min(others) > (15_000, 15_000)
    assert too_heavy(sizes) == {}
    assert max(again) < OPENED / 3


@pytest.mark.proof
def test_every_next_chapter_is_light(browser, address):
    sizes = weights(browser, address, CHAPTERS)
    assert sum(opened > 0 for opened, _ in sizes.values()) == len(CHAPTERS) - 1
    assert too_heavy(sizes) == {}


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
