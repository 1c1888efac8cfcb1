"""What is drawn of every explorer can be read: colours, symbols of legends, words that fit."""

import pytest
from rotation import one_in
from test_explorers import CONTRAST

from lossutils.book import explorers
from lossutils.book.explorers import core
from website.explorer_page import open_bare

WIDTHS = [1440, 1000, 900, 780, 390]
# The colours of all marks and of the symbols of legends; rules and words have those of the text.
COLOURS = """() => [...new Set(
  [...document.querySelectorAll(".explorer-chart svg :is(.role-mark, .role-legend-symbol) > *")]
    .filter((mark) => mark.matches("path, line, rect"))
    .flatMap((mark) => [getComputedStyle(mark).fill, getComputedStyle(mark).stroke])
    .filter((colour) => colour.startsWith("rgb(")))]"""
GROUND = "getComputedStyle(document.querySelector('figure.explorer')).backgroundColor"
# Words of the drawing that are cut off, lie on others, or are nearly those beside them on an axis.
UNREADABLE = """() => {
  const svg = document.querySelector(".explorer-chart svg"), room = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll("text")]
    .filter((text) => text.textContent.trim() && text.checkVisibility({ opacityProperty: true }))
    .map((text) => ({ text: text.textContent, of: text.closest("[class*=role-]"),
                      box: text.getBoundingClientRect() }));
  const cut = words.filter(({ box }) => box.left < room.left - 1 || box.right > room.right + 1
    || box.top < room.top - 1 || box.bottom > room.bottom + 1).map(({ text }) => `${text} is cut`);
  const free = words.filter(({ of }) => !of.matches(".role-mark"));
  const near = free.flatMap((one, place) => free.slice(0, place).filter((other) => {
    const [a, b] = [one.box, other.box];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const up = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return up > 6 && across > (one.of === other.of ? -3 : 1);
  }).map((other) => `${other.text} | ${one.text}`));
  return [...cut, ...near];
}"""
# Sliders whose value is not beside their label but below it.
BELOW = """() => [...document.querySelectorAll(".explorer-value")].filter((value) => {
  const label = value.parentElement.querySelector("label");
  return value.checkVisibility()
    && value.getBoundingClientRect().top > label.getBoundingClientRect().bottom - 4;
}).map((value) => value.parentElement.textContent)"""
# How far from the left the frame of each chart begins.
LEFT = """() => {
  const all = (group) => [...document.querySelectorAll(`${group} > g > path.background`)];
  const frames = all("[class*=concat_][class*=_group]");
  return (frames.length ? frames : all(".root"))
    .map((frame) => Math.round(frame.getBoundingClientRect().left));
}"""


@pytest.fixture(scope="module")
def pages(browser):
    """Return a function that opens an explorer, each once, with the text light or dark."""
    opened = {}

    def open_once(name, theme="light", width=1440):
        if name not in opened:
            opened[name] = open_bare(browser, name)
        page = opened[name]
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        # The observer of the width waits for a frame, and the drawing for another.
        page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
        page.evaluate("document.querySelector('figure.explorer').fitted")
        return page

    yield open_once
    for page in opened.values():
        page.close()


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "least"), [("light", 3), ("dark", 4.5)])
@pytest.mark.parametrize("name", one_in(6, explorers.__all__))
def test_marks_stand_out_from_the_ground(pages, name, theme, least):
    """In the light as WCAG 2.2 wants it of graphics, in the dark as it wants it of text."""
    page = pages(name, theme)
    ground, colours = page.evaluate(GROUND), page.evaluate(COLOURS)
    assert colours
    low = {c: page.evaluate(CONTRAST, [c, ground]) for c in colours}
    assert {colour: ratio for colour, ratio in low.items() if ratio < least} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(6, explorers.__all__))
def test_words_fit_and_do_not_touch(pages, name):
    for width in WIDTHS:
        page = pages(name, width=width)
        assert (width, page.evaluate(UNREADABLE)) == (width, [])
        assert (width, page.evaluate(BELOW)) == (width, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(6, explorers.__all__))
def test_on_a_phone_charts_begin_at_the_left(pages, name):
    """Those below each other at the same place, and none is indented by more than numbers need."""
    page = pages(name, width=390)
    lefts = page.evaluate(LEFT)
    assert len(set(lefts)) == 1
    assert lefts[0] - page.locator(".explorer-chart").bounding_box()["x"] <= 70


def legends(vega):
    """Yield the legends of a specification in Vega, wherever they are."""
    if isinstance(vega, dict):
        yield from vega.get("legends", [])
        vega = list(vega.values())
    for part in vega if isinstance(vega, list) else []:
        yield from legends(part)


@pytest.mark.parametrize("name", explorers.__all__)
def test_a_legend_shows_lines_as_they_are_drawn(name):
    """Where dashes or thickness tell lines apart, its symbols are pieces of these lines."""
    for legend in legends(core.compiled(getattr(explorers, name)().spec())):
        if {"strokeDash", "strokeWidth"} & legend.keys():
            assert legend["symbolType"] == "stroke"
            assert "stroke" in legend, "a legend of its own, without the colours"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["focal", "hinge"])
def test_a_control_that_does_not_apply_is_seen_and_idle(pages, name):
    """Not a hole above the buttons; what the reader switches on makes it work."""
    page = pages(name)
    idle = page.locator(".explorer-idle")
    assert idle.locator("label").is_visible()
    assert idle.locator("input").is_disabled()
    height = page.locator("figure.explorer").bounding_box()["height"]
    if name == "focal":
        page.locator("[name=balancing]").check()
    else:
        page.locator("[name=kind]").select_option("tf.keras.losses.hinge")
    assert idle.count() == 0
    assert page.locator("form [name]:disabled").count() == 0
    assert page.locator("figure.explorer").bounding_box()["height"] == height
