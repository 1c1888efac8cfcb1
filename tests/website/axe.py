"""What axe-core, and a few measurements beside it, find wrong with a page in one of its modes."""

from axe_playwright_python.sync_playwright import Axe

# The width of the window and the colour scheme.
MODES = [(1440, "light"), (360, "dark"), (1440, "dark"), (360, "light")]

# axe-core need not fetch style sheets again, and reports only what is wrong.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
# The text of buttons is judged against their names too.
RULES = {"label-content-name-mismatch": {"enabled": True}}
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
# axe-core takes seconds for the thousands of coloured pieces of code: while it runs, those that are
# not judged are plain text.
JUDGE = """async (options) => {
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-judged]" }] });
  const kept = (e) => !e.matches?.("span") || e.matches("[data-judged], :has([data-judged])");
  const plain = (e) => (kept(e) ? e : e.textContent);
  const code = [...document.querySelectorAll(".highlight pre")].map((e) => [e, [...e.childNodes]]);
  for (const [pre, pieces] of code) pre.replaceChildren(...pieces.map(plain));
  const report = await axe.run(options);
  for (const [pre, pieces] of code) pre.replaceChildren(...pieces);
  return report;
}"""

# Formulas whose end nobody can see.
CUT = """() => [...document.querySelectorAll("span.math, div.formula")]
  .filter((e) => e.clientWidth && getComputedStyle(e).overflowX !== "auto")
  .filter((e) => e.querySelector("math").getBoundingClientRect().width > e.clientWidth + 2)
  .map((e) => `cuts ${e.textContent.slice(0, 60)}`)"""

# The theme lets the keyboard reach what scrolls, a moment after the width has changed.
REACHABLE = """() => [...document.querySelectorAll(
    "pre, .cell_output > .output, .jp-RenderedHTMLCommon, .pst-scrollable-table-container")]
  .every((e) => (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight)
    === (e.tabIndex === 0))"""


def turn(page, width, scheme):
    """Turn the page into that of another width and colour scheme."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function(
        "scheme => document.documentElement.dataset.theme === scheme", arg=scheme
    )
    page.wait_for_function(REACHABLE)


def violations(page):
    """Return what axe-core finds on a page as sentences."""
    page.evaluate(ONE_OF_A_KIND)
    page.evaluate(Axe().axe_script)
    report = page.evaluate(JUDGE, OPTIONS | {"rules": RULES})
    judged = {rule["id"] for outcome in ("passes", "violations") for rule in report[outcome]}
    assert "color-contrast" in judged, "axe-core judged no contrast"
    assert len(judged) > 10, "axe-core found little to judge"
    return [
        f"{rule['id']}: {node['html'][:150]} ({node['failureSummary'][:200]})"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]


def faults(page, width, scheme):
    """Return all that is wrong with a page in a mode, also what is too wide or cut off."""
    turn(page, width, scheme)
    shown = page.evaluate("document.documentElement.scrollWidth")
    too_wide = [f"is {shown} px wide"] if shown > width else []
    return violations(page) + too_wide + page.evaluate(CUT)
