"""A page can be used with the keyboard alone; and the checks of test_site.py can fail."""

import pytest
from axe import REACHABLE, violations

from website import chromium

pytestmark = pytest.mark.slow


def test_axe_sees_what_is_wrong(page, address):
    """The check can fail: a picture without words, grey on grey and faint code are found."""
    page.goto(f"{address}/book/intro.html")
    page.evaluate(
        "document.querySelector('article').innerHTML += "
        '\'<img src="data:,"><p style="color:#999;background:#aaa">faint</p>\''
    )
    page.add_style_tag(content=".highlight pre .faint { color: #999; background: #aaa; }")
    code = '<span class="faint">one</span> <span class="faint">two</span>'
    page.locator(".highlight pre").first.evaluate("(pre, code) => (pre.innerHTML = code)", code)
    sentences = violations(page)
    assert [text for text in sentences if text.startswith("image-alt: ")]
    faint = sorted(text for text in sentences if text.startswith("color-contrast: "))
    assert [text[16:20] for text in faint] == ["<p s", "<spa"]  # one of the two words


FOCUSED = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.tagName,
    text: (element.textContent || element.ariaLabel || "").trim().slice(0, 40),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    marked: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none",
  };
}"""
STILL = "* { transition: none !important; }"


def test_the_first_key_skips_to_the_text(page, address):
    page.goto(f"{address}/book/double-softmax.html", wait_until="load")
    page.add_style_tag(content=STILL)
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUSED)
    assert (first["text"], first["seen"]) == ("Skip to main content", True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [1440, 360])
def test_every_control_is_reached_by_tab_and_shows_it(browser, address, width):
    """The focus goes through the page in its order, and is to be seen wherever it stands."""
    where = f"{address}/book/double-softmax.html"
    positive = "all => all.filter(e => e.tabIndex > 0).map(e => e.outerHTML)"
    with chromium.tab(browser, address, viewport={"width": width, "height": 900}) as page:
        page.goto(where, wait_until="networkidle")
        page.add_style_tag(content=STILL)
        assert page.locator("[tabindex]").evaluate_all(positive) == []
        stops = []
        while len(stops) < 400:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops.append(page.evaluate(FOCUSED))
    assert 30 < len(stops) < 400
    hidden = [str(stop) for stop in stops if not (stop["seen"] and stop["marked"])]
    assert not hidden, "\n".join(hidden)
    assert {"A", "BUTTON", "SUMMARY"} <= {stop["name"] for stop in stops}


LATE_FONT = """@font-face { font-family: late; src: url(%s); }
pre, pre * { font-family: late !important; font-size: 60px !important; }"""


def test_what_scrolls_is_reached_after_a_late_font_and_when_it_is_opened(page, address):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/book/double-softmax.html", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.wait_for_function(REACHABLE)
    files = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    page.add_style_tag(content=LATE_FONT % next(one for one in files if ".woff2" in one))
    page.wait_for_function(REACHABLE)
    assert page.evaluate("document.querySelector('pre').tabIndex") == 0
