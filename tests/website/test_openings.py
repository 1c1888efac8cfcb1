"""Each chapter opens with a picture or an explorer, on the first screen."""

import pytest
from rotation import one_in

from website import chromium, toc

pytestmark = pytest.mark.slow
# The chapters; How to read this book explains a page, and needs no picture for that.
CHAPTERS = [name for name in toc.PAGES if name.count("/") == 1 and name != "book/how-to-read"]
CHAPTERS = [name for name in CHAPTERS if (toc.ROOT / f"{name}.ipynb").exists()]
# The top of the first figure; -1 where a page has none.
TOP = """() => {
  const seen = [...document.querySelectorAll(
    "article .cell_output img, article .cell_output svg, article .explorer, article figure img")];
  const tops = seen.map((e) => e.getBoundingClientRect()).filter((box) => box.height > 50)
  return tops.length ? Math.min(...tops.map((box) => box.top + window.scrollY)) : -1;
}"""


@pytest.fixture(scope="module")
def tab(browser, address):
    """Open one tab for all chapters, as wide and high as a screen."""
    with chromium.tab(browser, address) as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        yield page


@pytest.mark.parametrize("name", one_in(3, CHAPTERS))
def test_a_chapter_opens_with_a_picture_on_the_first_screen(tab, address, name):
    tab.goto(f"{address}/{name}.html", wait_until="load")
    top = tab.evaluate(TOP)
    assert 0 < top < 700, f"the first picture begins at {top:.0f} px"
