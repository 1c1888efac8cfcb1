"""The buttons of an explorer: examples, a step, Play and Step, and a link to what is shown."""

import pytest
from rotation import one_in

from lossutils.book import explorers
from website.explorer_page import bare_page, bundle, open_bare, values

pytestmark = pytest.mark.slow

# How high the buttons are at rest and while it plays.
HEIGHTS = """buttons => ["Play", "Pause"].map((word) => {
  buttons.querySelector(".explorer-play").textContent = word;
  return buttons.offsetHeight;
})"""
SITE = "https://book.example/chapter.html"


@pytest.fixture(scope="module")
def pages(browser):
    """Open an explorer on the page of a desk; each is opened once."""
    opened = {}

    def open_once(name):
        if name not in opened:
            opened[name] = open_bare(browser, name)
        opened[name].evaluate("document.querySelector('figure > form').reset()")
        return opened[name]

    yield open_once
    problems = {name: page.problems for name, page in opened.items() if page.problems}
    for page in opened.values():
        page.close()
    assert problems == {}


def of(name):
    return getattr(explorers, name)()


PLAYED = [name for name in explorers.__all__ if of(name).play]


def starts(explorer):
    return {control[0]["name"]: control[0]["value"] for control in explorer.controls}


def place_of_controls(page):
    """Return how far below the top of the explorer they are: a press may scroll the page."""
    tops = (page.locator(part).bounding_box()["y"] for part in ("form", "figure.explorer"))
    return next(tops) - next(tops)


@pytest.mark.parametrize("name", one_in(6, explorers.__all__))
def test_each_explorer_has_examples_that_set_what_they_say(pages, name):
    """An example sets its controls and returns the others to the start."""
    explorer, page = of(name), pages(name)
    assert 2 <= len(explorer.presets) <= 3
    sentences, places = set(), {place_of_controls(page)}
    for label, given in explorer.presets.items():
        page.get_by_role("button", name=label, exact=True).click()
        assert values(page) == pytest.approx(starts(explorer) | given)
        sentences.add(page.locator(".explorer-seen").inner_text())
        places.add(place_of_controls(page))
    assert len(sentences) == len(explorer.presets), "two examples show the same"
    assert len(places) == 1, "the controls move"


def test_the_step_of_softmax_goes_down(pages):
    """At learning rate 2; a logit keeps to the steps of its slider, a tenth."""
    page = pages("softmax_cross_entropy")
    view = "document.querySelector('figure.explorer').view.signal"
    gradient, before = (page.evaluate(f"{view}('{key}')") for key in ("gradient", "loss"))
    logits = [values(page)[f"z{k}"] for k in range(3)]
    page.get_by_role("button", name="Take the step").click()
    expected = [z - 2 * g for z, g in zip(logits, gradient[:3], strict=True)]
    assert [values(page)[f"z{k}"] for k in range(3)] == pytest.approx(expected, abs=0.051)
    assert page.evaluate(f"{view}('loss')") < before


@pytest.mark.parametrize("name", PLAYED)
def test_step_moves_one_step_and_begins_again_at_the_end(pages, name):
    page, slider = pages(name), of(name).play
    step, before = page.get_by_role("button", name="Step", exact=True), values(page)
    step.click()
    assert values(page) == before | {slider: before[slider] + 1}
    page.locator(f"[name={slider}]").press("End")
    step.click()
    assert values(page)[slider] == 0


def test_play_runs_to_the_end_and_is_quiet_until_then(pages):
    page = pages("descent")
    page.get_by_role("button", name="Play").click()
    seen = page.locator(".explorer-seen")
    assert seen.get_attribute("aria-live") == "off"
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("document.querySelector('[name=steps]').value === '30'")
    page.get_by_role("button", name="Play").wait_for()
    assert seen.get_attribute("aria-live") is None


@pytest.mark.parametrize("name", PLAYED)
def test_nothing_moves_on_a_phone_while_it_plays(browser, name):
    """Pause is the longer word; the buttons stay in their lines, whatever the width."""
    page = open_bare(browser, name)
    for width in range(320, 431, 10):
        page.set_viewport_size({"width": width, "height": 900})
        heights = page.locator(".explorer-buttons").evaluate(HEIGHTS)
        assert heights[0] == heights[1], width
    page.close()


@pytest.mark.parametrize("touched", ["Pause", "Step", "Reset", "slider"])
def test_play_stops_when_something_is_touched(pages, touched):
    page = pages("descent")
    page.locator("[name=steps]").press("Home")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('[name=steps]').valueAsNumber > 1")
    if touched == "slider":
        page.locator("[name=rate]").press("ArrowRight")
    else:
        page.get_by_role("button", name=touched, exact=True).click()
    page.get_by_role("button", name="Play").wait_for()
    stopped = values(page)["steps"]
    page.wait_for_timeout(400)  # three steps of the running descent
    assert values(page)["steps"] == stopped


@pytest.mark.parametrize("name", PLAYED)
def test_with_reduced_motion_there_is_only_step(browser, name):
    page = open_bare(browser, name, reduced_motion="reduce")
    assert page.locator(".explorer-play").is_hidden()
    assert page.get_by_role("button", name="Step", exact=True).is_visible()
    page.close()


def served(browser, address, permissions=()):
    """Open an explorer at an address, as a page of a site."""
    context = browser.new_context(permissions=list(permissions))
    html = bare_page("sigmoid_cross_entropy")
    context.route(f"{SITE}*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page = context.new_page()
    page.goto(address)
    page.evaluate("document.querySelector('figure.explorer').fitted")
    return page


def test_a_link_shows_the_same_elsewhere(browser):
    page = served(browser, SITE, ["clipboard-read", "clipboard-write"])
    for name, key in {"z": "ArrowLeft", "y": "ArrowDown", "clip": "Space"}.items():
        page.locator(f"[name={name}]").press(key)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("The link is copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert link == f"{SITE}?explorer=sigmoid-cross-entropy&z=11.9&y=0&clip=true"
    elsewhere = served(browser, link)
    assert values(elsewhere) == values(page) == {"z": 11.9, "y": 0, "clip": True}
    seen = [where.locator(".explorer-seen").inner_text() for where in (page, elsewhere)]
    assert seen[0] == seen[1]
    for where in (page, elsewhere):
        where.context.close()


def test_where_nothing_can_be_copied_the_address_is_the_link(browser):
    page = served(browser, SITE)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.locator("[name=z]").press("Home")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("The address of this page is the link; copy it from there.").wait_for()
    assert page.url == f"{SITE}?explorer=sigmoid-cross-entropy&z=-30"
    page.context.close()


@pytest.mark.parametrize(
    ("asked", "z"),
    [
        ("z=far&y=7&clip=maybe&no=1", 12),
        ("z=1e9", 30),
        ("z=&clip=<script>", 12),
        ("explorer=descent&z=3", 12),
    ],
)
def test_a_link_that_was_damaged_does_no_harm(browser, asked, z):
    """An invalid value leaves its control where it was; one too large moves it to the end."""
    name = "" if asked.startswith("explorer") else "explorer=sigmoid-cross-entropy&"
    page = served(browser, f"{SITE}?{name}{asked}")
    assert values(page) == {"z": z, "y": 1, "clip": False}
    page.context.close()


def test_a_stored_explorer_keeps_the_order_of_its_examples():
    """Notebooks sort the keys of what they store."""
    spec = next(value for key, value in bundle("descent").items() if "vega" in key)
    assert [label for label, _ in spec["usermeta"]["explorer"]["presets"]] == list(
        explorers.descent().presets
    )
