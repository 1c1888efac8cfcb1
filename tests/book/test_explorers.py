"""Every explorer in a browser: by keyboard, on a phone, in dark mode, for a screen reader, printed.

The pages hold only the explorer, so no built book is needed.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from lossutils.book import explorers
from website.explorer_page import bundle, open_bare

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("name", explorers.__all__)]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
KEYS = {"range": ["End", "Home"], "checkbox": [" "], "select-one": ["ArrowDown", "ArrowUp"]}
VALUES = """f => Object.fromEntries([...f.querySelectorAll('form [name]')].map(
  c => [c.name, c.type === 'checkbox' ? c.checked : c.value]))"""

SHOWN = "c => (c.type === 'checkbox' ? c.checked : c.value)"
SAYS = "text => document.querySelector('.explorer-seen').innerText === text"

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


@pytest.fixture
def opened(browser, name):
    """Open pages with the explorer; at the end, check that they reported no problems."""
    pages = []

    def open_one(**options):
        pages.append(open_bare(browser, name, **options))
        pages[-1].locator(".explorer-chart svg").wait_for()
        return pages[-1]

    yield open_one
    for page in pages:
        assert page.problems == []
        page.close()


def values(page):
    return page.locator("figure.explorer").evaluate(VALUES)


def seen(page):
    return page.locator(".explorer-seen").inner_text()


def test_its_text_is_the_one_stored_in_the_notebook(opened, name):
    explorer = getattr(explorers, name)()
    stored = bundle(name)["text/plain"].splitlines()[-len(explorer.seen) :]
    assert seen(opened()) == " ".join(sentence.strip() for sentence in stored)


def test_every_control_works_by_keyboard(opened, name):
    page = opened()
    controls = page.locator("form .explorer-control:not([hidden]) [name]")
    for number in range(controls.count()):
        page.keyboard.press("Tab")
        control = controls.nth(number)
        assert control.evaluate("c => c === document.activeElement"), "Tab does not reach it next"
        label = page.locator(f"label[for='{control.get_attribute('id')}']")
        assert label.inner_text().strip()
        start, text, changed = values(page), seen(page), set()
        key = control.get_attribute("name")
        for press in KEYS[control.evaluate("c => c.type")]:
            page.keyboard.press(press)
            if values(page)[key] != start[key]:
                changed.add(seen(page))
        assert changed - {text}, f"{key}: the text line does not depend on it"
        page.locator("figure > form").evaluate("form => form.reset()")
        page.wait_for_function(SAYS, arg=text)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "reset"


def test_reset_returns_to_the_start(opened, name):
    page = opened()
    start, text = values(page), seen(page)
    signals = page.locator("figure.explorer").evaluate("f => f.view.getState().signals")
    for control in page.locator("form .explorer-control:not([hidden]) [name]").all():
        shown = control.evaluate(SHOWN)
        for key in KEYS[control.evaluate("c => c.type")]:
            if control.evaluate(SHOWN) == shown:  # it may start at the end to which a key moves it
                control.press(key)
        assert control.evaluate(SHOWN) != shown
    page.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_function(SAYS, arg=text)
    assert values(page) == start
    assert page.locator("figure.explorer").evaluate("f => f.view.getState().signals") == signals


def test_sliders_show_their_value_and_announce_it(opened, name):
    page = opened()
    for control in page.locator("form input[type=range]").all():
        shown = control.locator("xpath=../*[contains(@class, 'explorer-value')]").text_content()
        assert shown == control.get_attribute("aria-valuetext") != ""


def test_it_fits_a_phone(opened, name):
    page = opened(**PHONE)
    page.wait_for_timeout(100)  # until the drawing fills the width
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    drawn = page.locator(".explorer-chart svg")
    box, column = drawn.bounding_box(), page.locator(".explorer-chart").bounding_box()
    assert column["width"] - 12 <= box["width"] <= column["width"] + 1
    shrunk = drawn.evaluate("s => s.getBoundingClientRect().width / s.getAttribute('width')")
    assert shrunk > 0.95, "the text of the drawing is too small"
    for control in page.locator("form :is(input, select, button):visible").all():
        size = control.bounding_box()
        assert min(size["width"], size["height"]) >= 24, control.get_attribute("name")


def test_touching_a_slider_moves_it(opened, name):
    page = opened(**PHONE)
    slider = page.locator("form input[type=range]:visible").first
    slider.scroll_into_view_if_needed()
    box, after = slider.bounding_box(), []
    for part in (0.05, 0.95):
        page.touchscreen.tap(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        after.append((slider.input_value(), seen(page)))
    low, high = (slider.get_attribute(end) for end in ("min", "max"))
    middle = (float(low) + float(high)) / 2
    assert float(after[0][0]) < middle < float(after[1][0])
    assert after[0][1] != after[1][1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_theme(opened, name, theme):
    page = opened()
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    colour = "e => getComputedStyle(e)"
    ground = page.locator("figure.explorer").evaluate(f"{colour}.backgroundColor")
    texts = page.locator(".explorer-chart svg text:visible").all()
    assert texts
    for colour_of in {text.evaluate(f"{colour}.fill") for text in texts}:
        assert page.evaluate(CONTRAST, [colour_of, ground]) >= 4.5, (colour_of, ground)
    violations = Axe().run(page, context="figure.explorer").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []


def test_its_drawing_has_a_text_alternative_and_its_text_is_live(opened, name):
    page, explorer = opened(), getattr(explorers, name)()
    image = page.get_by_role("img", name=explorer.alternative)
    assert image.locator("svg").count() == 1
    assert page.get_by_role("figure").count() == 1
    assert page.locator(".explorer-seen[role=status]").count() == 1
    assert explorer.question.endswith("?")
    assert explorer.question in page.locator("figcaption").inner_text()
    assert page.evaluate("document.getAnimations().length") == 0, "something moves by itself"


def test_print_shows_the_values_of_the_controls(opened, name):
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("form input[type=range]:visible").count() == 0
    assert page.get_by_role("button").count() == 0
    assert page.locator(".explorer-value").first.is_visible()
    assert page.locator(".explorer-chart svg").is_visible()
