"""The theme's style sheet without what no page uses: pages look as with the whole one."""

import io

import pytest
import tinycss2
from PIL import Image, ImageChops
from rotation import one_in

from website import built, chromium
from website.extension import theme_css

SHEET = """
/* words */
.a, .b > .c { top: 0 }
.c:not(.other):hover { top: 1px }
@media print { .a { top: 2px } .unknown { top: 3px } }
@media (width > 1px) { .unknown { top: 4px } }
#place { top: 5px }
@font-face { font-family: x }
:root { --size: 6px }
.size\\:6 { top: 7px }
"""


def used(*known):
    """Return the places that are left of the sheet for a site with these classes and ids."""
    text = theme_css.used(tinycss2.parse_stylesheet(SHEET), set(known))
    return text, [n for n in range(8) if f": {n}px" in text or (n == 0 and "top: 0" in text)]


def test_rules_of_classes_that_no_page_has_are_left_out():
    assert used()[1] == [6]
    assert used("a")[1] == [0, 2, 6]
    assert used("c", "place", "size:6")[1] == [1, 5, 6, 7]
    assert used("b", "c")[1] == [0, 1, 6]


def test_what_belongs_to_no_class_stays():
    text = used()[0]
    assert "@font-face { font-family: x }" in text
    assert "words" not in text
    assert "@media" not in text
    assert used("a")[0].count("@media print {.a{") == 1


NOISE = 2  # of 255: round corners are not drawn twice the same
EXCHANGE = """async ([from, to]) => {
  const link = [...document.styleSheets].find((sheet) => sheet.href?.endsWith(from)).ownerNode;
  await new Promise((done) => {
    link.addEventListener("load", done, { once: true });
    link.href = link.href.replace(from, to);
  });
}"""


def seen_with(tab, sheet, instead_of):
    """Return a picture of what a tab shows with one sheet instead of the other."""
    tab.evaluate(EXCHANGE, [instead_of, sheet])
    tab.wait_for_timeout(500)
    return Image.open(io.BytesIO(tab.screenshot())).convert("RGB")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", one_in(2, ["book/double-softmax", "book/intro", "book/api", "search"])
)
@pytest.mark.parametrize("width", one_in(2, [1440, 390]))
def test_a_page_looks_as_with_the_whole_sheet(browser, address, name, width):
    viewport = {"width": width, "height": 3000}
    with chromium.tab(browser, address, viewport=viewport, reduced_motion="reduce") as tab:
        tab.goto(f"{address}/{name}.html")
        tab.evaluate("document.fonts.ready")
        tab.add_style_tag(content="*, ::before, ::after { transition: none !important }")
        for menu in tab.locator("[data-bs-toggle='dropdown']:visible").all():
            menu.click()
        tab.evaluate("scrollTo(0, 0)")
        # What was drawn while the page loaded has other edges than what is drawn anew.
        seen_with(tab, theme_css.SHEET, theme_css.USED)
        left = seen_with(tab, theme_css.USED, theme_css.SHEET)
        whole = seen_with(tab, theme_css.SHEET, theme_css.USED)
    assert max(high for _, high in ImageChops.difference(left, whole).getextrema()) <= NOISE


@pytest.mark.slow
def test_most_of_the_sheet_is_left_out():
    whole, left = (built.folder() / "_static" / one for one in (theme_css.SHEET, theme_css.USED))
    assert 20_000 < left.stat().st_size < whole.stat().st_size / 2
