"""Every explorer as a reader meets it: by keyboard, on a phone, in the dark, read aloud, printed.

On bare pages in a real browser, without a built book. The tests of an explorer share its two pages;
each of them finds the explorer as it was opened. One commit tests one half of the explorers here
and what the other half computes in test_explorer_truths.py.
"""

import zlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from rotation import one_in
from test_explorer_truths import positions

from lossutils.book import explorers
from website.explorer_page import bundle, open_bare, values

pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
KEYS = {"range": ["End", "Home"], "checkbox": [" "], "select-one": ["ArrowDown", "ArrowUp"]}
SAYS = "text => document.querySelector('.explorer-seen').innerText === text"
# Put everything back, and the focus before the explorer.
AS_OPENED = """() => {
  document.documentElement.dataset.theme = "light";
  document.querySelector("figure > form").reset();
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
  return new Promise((done) => setTimeout(done)); // the explorer answers a reset a task later
}"""

# How high the explorer is at each of the positions of its controls.
HEIGHTS = """(figure, positions) => positions.map((position) => {
  const form = figure.querySelector("form");
  for (const [name, value] of Object.entries(position)) {
    const control = form.elements[name];
    if (control.type === "checkbox") control.checked = value;
    else control.value = control.type === "range" ? value : JSON.stringify(value);
  }
  form.dispatchEvent(new Event("input"));
  return figure.getBoundingClientRect().height;
})"""
FILLS = "texts => [...new Set(texts.map(t => getComputedStyle(t).fill))]"

# The contrast of two colours, by the formula of WCAG 2.2.
CONTRAST = """([one, other]) => {
  const light = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map(Number).map((v) => v / 255);
    const [r, g, b] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


@pytest.fixture(scope="module", params=one_in(6, explorers.__all__))
def name(request):
    """Return the name of the explorer."""
    return request.param


@pytest.fixture(scope="module")
def desk_page(browser, name):
    """Open the explorer on a page as wide as a desk's screen, once."""
    page = open_bare(browser, name)
    yield page
    page.close()


@pytest.fixture(scope="module")
def phone_page(browser, name):
    """Open the explorer on a page as wide as a phone, once."""
    page = open_bare(browser, name, **PHONE)
    yield page
    page.close()


@pytest.fixture
def page(desk_page):
    """Return the page with the explorer as it was opened; nothing may go wrong on it."""
    yield from unchanged(desk_page)


@pytest.fixture
def phone(phone_page):
    """Return the same on a phone."""
    yield from unchanged(phone_page)


def unchanged(page):
    """Yield a page as it was opened."""
    page.problems.clear()
    page.emulate_media(media="screen")
    page.evaluate(AS_OPENED)
    yield page
    assert page.problems == []


def seen(page):
    return page.locator(".explorer-seen").inner_text()


def test_it_says_what_the_notebook_stored(page, name):
    explorer = getattr(explorers, name)()
    stored = bundle(name)["text/plain"].splitlines()[-len(explorer.seen) :]
    assert seen(page) == " ".join(sentence.strip() for sentence in stored)


def test_every_control_works_by_keyboard(page):
    controls = page.locator("form .explorer-control [name]:visible:enabled")
    for number in range(controls.count()):
        page.keyboard.press("Tab")
        control = controls.nth(number)
        assert control.evaluate("c => c === document.activeElement"), "Tab reaches each in turn"
        label = page.locator(f"label[for='{control.get_attribute('id')}']")
        assert label.inner_text().strip()
        start, sentence, others = values(page), seen(page), set()
        key = control.get_attribute("name")
        for press in KEYS[control.evaluate("c => c.type")]:
            page.keyboard.press(press)
            if values(page)[key] != start[key]:
                others.add(seen(page))
        assert others - {sentence}, f"{key}: the text line says the same wherever it stands"
        page.locator("figure > form").evaluate("form => form.reset()")
        page.wait_for_function(SAYS, arg=sentence)
    for button in page.locator("form button:visible").all():
        page.keyboard.press("Tab")
        assert button.evaluate("b => b === document.activeElement")


def test_reset_returns_to_the_start(page):
    start, sentence = values(page), seen(page)
    signals = page.locator("figure.explorer").evaluate("f => f.view.getState().signals")
    visible = page.locator("form .explorer-control [name]:visible:enabled")
    for name in visible.evaluate_all("cs => cs.map(c => c.name)"):
        control = page.locator(f"form [name='{name}']")
        if not (control.is_visible() and control.is_enabled()):  # one before it has seen to that
            continue
        shown = values(page)[name]
        for key in KEYS[control.evaluate("c => c.type")]:
            if values(page)[name] == shown:  # it may start at the end that a key leads to
                control.press(key)
        assert values(page)[name] != shown
    page.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_function(SAYS, arg=sentence)
    assert values(page) == start
    assert page.locator("figure.explorer").evaluate("f => f.view.getState().signals") == signals


def test_sliders_show_their_value_and_say_it(page):
    for control in page.locator("form input[type=range]").all():
        shown = control.locator("xpath=../*[contains(@class, 'explorer-value')]").text_content()
        assert shown == control.get_attribute("aria-valuetext") != ""


def test_it_fits_a_phone(phone):
    check_fit(phone)
    for control in phone.locator("form :is(input, select, button):visible").all():
        size = control.bounding_box()
        assert min(size["width"], size["height"]) >= 24, control.get_attribute("name")


def test_it_fits_a_phone_with_a_wide_font(browser, name):
    """Letters a quarter wider than those of the fonts here: no reader's font breaks the layout."""
    page = open_bare(browser, name, font_size=15, **PHONE)
    check_fit(page)
    assert page.problems == []
    page.close()


def check_fit(page):
    """Check that the drawing fills the column, with letters of their full size."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    drawn = page.locator(".explorer-chart svg")
    box, column = drawn.bounding_box(), page.locator(".explorer-chart").bounding_box()
    assert column["width"] - 12 <= box["width"] <= column["width"] + 1
    scale = drawn.evaluate("s => s.getBoundingClientRect().width / s.getAttribute('width')")
    assert scale > 0.95, "the letters of the drawing are smaller than they should be"


def test_chart_sentence_and_first_control_share_the_screen_of_a_phone(phone):
    """Of a small phone, 360 by 740, below the bar of its browser."""
    top = phone.locator(".explorer-chart").bounding_box()["y"]
    control = phone.locator("form .explorer-control:visible").first.bounding_box()
    assert control["y"] + control["height"] - top <= 660


def test_touching_a_slider_moves_it(phone):
    slider = phone.locator("form input[type=range]:visible").first
    slider.scroll_into_view_if_needed()
    box, shown = slider.bounding_box(), []
    for part in (0.05, 0.95):
        phone.touchscreen.tap(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        shown.append((slider.input_value(), seen(phone)))
    low, high = (slider.get_attribute(end) for end in ("min", "max"))
    middle = (float(low) + float(high)) / 2
    assert float(shown[0][0]) < middle < float(shown[1][0])
    assert shown[0][1] != shown[1][1]


def test_nothing_below_it_moves(phone, name):
    """Wherever the controls stand, it is as high as at the start."""
    controls = [control[0] for control in getattr(explorers, name)().controls]
    chosen = positions(controls, 100, zlib.crc32(name.encode()))
    heights = phone.locator("figure.explorer").evaluate(HEIGHTS, chosen)
    assert [
        place for place, height in zip(chosen, heights, strict=True) if height != heights[0]
    ] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_theme(page, theme):
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    background = "e => getComputedStyle(e).backgroundColor"
    ground = page.locator("figure.explorer").evaluate(background)
    colours = page.locator(".explorer-chart svg text:visible").evaluate_all(FILLS)
    assert colours
    for colour in colours:
        assert page.evaluate(CONTRAST, [colour, ground]) >= 4.5, (colour, ground)
    violations = Axe().run(page, context="figure.explorer").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []


def test_its_drawing_has_a_text_alternative_and_its_text_is_live(page, name):
    explorer = getattr(explorers, name)()
    image = page.get_by_role("img", name=explorer.alternative)
    assert image.locator("svg").count() == 1
    assert page.get_by_role("figure").count() == 1
    assert page.locator(".explorer-seen[role=status]").count() == 1
    assert explorer.question.endswith("?")
    assert explorer.question in page.locator("figcaption").inner_text()
    assert page.evaluate("document.getAnimations().length") == 0, "nothing moves by itself"


def test_paper_shows_where_the_controls_stand(page):
    page.emulate_media(media="print")
    assert page.locator("form input[type=range]:visible").count() == 0
    assert page.get_by_role("button").count() == 0
    assert page.locator(".explorer-value").first.is_visible()
    assert page.locator(".explorer-chart svg").is_visible()
    # A chart that is narrower on paper is less high, and leaves no gap.
    kept = "chart => getComputedStyle(chart).minHeight"
    assert page.locator(".explorer-chart").evaluate(kept) == "0px"
