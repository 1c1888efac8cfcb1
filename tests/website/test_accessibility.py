"""Every page can be read and worked by everyone: axe-core's rules, the keyboard, a phone."""

import pytest

from website import chromium
from website.toc import PAGES

pytestmark = pytest.mark.slow
EVERY_PAGE = [*PAGES, "search", "genindex"]
# Every page is judged in both of the first, which have the two widths and the two colours between
# them; pages with all that others have, figures, tables, quizzes, forms, in the other two as well.
MODES = [(1440, "light"), (360, "dark")]
CROSSED = [(1440, "dark"), (360, "light")]
SAMPLE = {"book/double-softmax", "book/mistakes/index", "book/diagnosis", "book/notation", "search"}
# Asks for no style sheets a second time, tells no more than what is wrong.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
# The text of buttons is judged against their names too.
RULES = {"label-content-name-mismatch": {"enabled": True}, "color-contrast": {"enabled": False}}
# A page has thousands of words, and axe-core takes half a minute for their contrast. Of all that
# have the same place in the page's structure, colour, background, size and weight, one is judged:
# that nearest to the left, which a phone shows.
ONE_OF_A_KIND = """() => {
  const path = (e) => (e ? `${path(e.parentElement)} ${e.tagName}.${e.className}` : "");
  const clear = (e) => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)";
  const ground = (e) => (e && clear(e) ? ground(e.parentElement) : e);
  const written = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  for (const e of document.querySelectorAll("[data-judged]")) delete e.dataset.judged;
  const texts = [...document.body.querySelectorAll("*")]
    .filter((e) => written(e) && e.checkVisibility())
    .map((e) => [e.getBoundingClientRect().right, e]);
  const seen = new Set();
  for (const [, e] of texts.sort(([a], [b]) => a - b)) {
    const { color, fontSize, fontWeight } = getComputedStyle(e);
    const below = ground(e) && getComputedStyle(ground(e)).backgroundColor;
    const kind = [path(e), color, fontSize, fontWeight, below].join();
    if (!seen.has(kind)) e.dataset.judged = "";
    seen.add(kind);
  }
}"""


def violations(page):
    """Return what axe-core finds on a page as sentences."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(ONE_OF_A_KIND)
    found = [
        Axe().run(page, options=OPTIONS | {"rules": RULES}).response,
        Axe()
        .run(
            page,
            context={"include": [["[data-judged]"]]},
            options=OPTIONS | {"runOnly": ["color-contrast"]},
        )
        .response,
    ]
    assert all(part["passes"] for part in found), "axe-core found nothing to judge"
    return [
        f"{rule['id']}: {node['html'][:150]} ({node['failureSummary'][:200]})"
        for part in found
        for rule in part["violations"]
        for node in rule["nodes"]
    ]


# Formulas whose end nobody can see.
CUT = """() => [...document.querySelectorAll("span.math, div.math mjx-container")]
  .filter((e) => e.clientWidth && getComputedStyle(e).overflowX !== "auto")
  .filter((e) => e.querySelector("mjx-math").getBoundingClientRect().width > e.clientWidth + 2)
  .map((e) => `cuts ${e.textContent.slice(0, 60)}`)"""


def turn(page, width, mode):
    """Turn the page into that of another width and colour."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=mode, reduced_motion="reduce")
    page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=mode)
    page.wait_for_timeout(500)  # then the theme lets the keyboard reach what scrolls now


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_no_violation_and_nothing_is_too_wide(browser, address, name):
    found = {}
    with chromium.tab(browser, address, reduced_motion="reduce") as page:
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        for width, mode in MODES + CROSSED * (name in SAMPLE):
            turn(page, width, mode)
            found[width, mode] = violations(page)
            shown = page.evaluate("document.documentElement.scrollWidth")
            found[width, mode] += [f"is {shown} px wide"] if shown > width else []
            found[width, mode] += page.evaluate(CUT)
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.problems == []
    wrong = [f"{mode}: {sentence}" for mode, some in found.items() for sentence in some]
    assert not wrong, "\n".join(wrong)


def test_the_sample_is_of_pages():
    assert set(EVERY_PAGE) > SAMPLE


def test_axe_sees_what_is_wrong(page, address):
    """The check can fail: a picture without words, grey on grey and faint code are found."""
    page.goto(f"{address}/book/intro.html")
    page.evaluate(
        "document.querySelector('article').innerHTML += "
        '\'<img src="x.png"><p style="color:#999;background:#aaa">faint</p>\''
    )
    page.add_style_tag(content=".highlight pre .faint { color: #999; background: #aaa; }")
    code = '<span class="faint">one</span> <span class="faint">two</span>'
    page.locator(".highlight pre").first.evaluate("(pre, code) => (pre.innerHTML = code)", code)
    found = violations(page)
    assert [text for text in found if text.startswith("image-alt: ")]
    faint = sorted(text for text in found if text.startswith("color-contrast: "))
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


def test_the_first_key_skips_to_the_text(page, address):
    page.goto(f"{address}/book/double-softmax.html", wait_until="networkidle")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)  # it slides in
    first = page.evaluate(FOCUSED)
    assert (first["text"], first["seen"]) == ("Skip to main content", True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [1440, 360])
def test_every_control_is_reached_by_tab_and_shows_it(browser, address, width):
    """The focus goes through the page in its order, and is to be seen wherever it stands."""
    where = f"{address}/book/double-softmax.html"
    with chromium.tab(browser, address, viewport={"width": width, "height": 900}) as page:
        page.goto(where, wait_until="networkidle")
        assert (
            page.locator("[tabindex]").evaluate_all("all => all.filter(e => e.tabIndex > 0)") == []
        )
        stops = []
        page.add_style_tag(content="* { transition: none !important; }")
        while len(stops) < 400:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops.append(page.evaluate(FOCUSED))
    assert 30 < len(stops) < 400
    hidden = [str(stop) for stop in stops if not (stop["seen"] and stop["marked"])]
    assert not hidden, "\n".join(hidden)
    assert {"A", "BUTTON", "SUMMARY"} <= {stop["name"] for stop in stops}
