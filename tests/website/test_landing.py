"""The landing page: what is seen at once, what moves, what it remembers and weighs.

What its explorer shows is compared with formulas that are written here.
"""

import math

import pytest
from axe import MODES, faults
from page_state import STORAGE_BLOCKED
from playwright.sync_api import expect
from rotation import one_in

from tools.bench import pages
from website import built, chromium
from website.extension import covers

pytestmark = pytest.mark.slow
ROOT = "book/intro"
MOST = 200_000  # bytes of a first visit, compressed
SCREENS = [(1440, 900), (390, 844)]
OPENED = "losses-opened"


@pytest.fixture
def landing(page, address):
    """Open the landing page."""
    page.goto(f"{address}/{ROOT}.html", wait_until="load")
    return page


def losses_at(logit):
    """Return the probability of the true class, and the loss with one softmax and with two."""
    p = math.exp(logit) / (math.exp(logit) + 2)
    q = (1 - p) / 2
    return p, -math.log(p), math.log(math.exp(p) + 2 * math.exp(q)) - p


def shown(page):
    """Return the logit that the slider is at, and the probability and the loss that are shown."""
    slider = page.locator(".landing-slider input")
    numbers = page.locator(".landing-seen b").all_inner_texts()
    return float(slider.get_attribute("aria-valuetext").replace("−", "-")), *map(float, numbers)


# What is seen at once


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_picture_a_control_and_two_buttons_are_above_the_fold(browser, address, width, height):
    size = {"width": width, "height": height}
    with chromium.tab(browser, address, viewport=size) as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/{ROOT}.html")
        assert tab.evaluate("window.shifts") < 0.01
        tab.evaluate("window.scrollTo(0, 0)")
        parts = tab.locator(".landing-actions a, .landing-explorer svg, .landing-explorer input")
        boxes = [part.bounding_box() for part in parts.all()]
        assert len(boxes) == 5
        assert max(box["y"] + box["height"] for box in boxes) <= height
        assert min(box["height"] for box in boxes) >= 24
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("mode", one_in(4, MODES))
def test_axe_finds_no_violation(landing, mode):
    assert faults(landing, *mode) == []


def test_a_first_visit_is_light(browser, address):
    with chromium.tab(browser, address) as tab:
        pages.watch(tab)
        assert 50_000 < pages.visit(tab, f"{address}/{ROOT}.html") <= MOST
        assert [url for url in tab.arrived if "math" in url.lower()] == []
        assert tab.problems == []


def test_without_scripts_there_are_a_picture_and_plain_links(browser, address):
    with chromium.tab(browser, address, java_script_enabled=False) as tab:
        tab.goto(f"{address}/{ROOT}.html")
        assert tab.locator(".landing-explorer svg .landing-point").is_visible()
        assert tab.locator(".landing-seen b").all_inner_texts()[1] == f"{losses_at(4)[2]:.4f}"
        inputs = tab.locator("article :is(input, button, select)")
        assert [one.is_visible() for one in inputs.all() if one.is_visible()] == []
        links = tab.locator(".landing-entrances a").evaluate_all("all => all.map(a => a.pathname)")
        wanted = {"mistakes/index", "diagnosis", "how-to-read", "choosing-a-loss", "teaching"}
        assert set(links) == {f"/book/{name}.html" for name in wanted}


def test_every_place_of_the_slider_shows_what_the_formulas_give(landing):
    slider = landing.locator(".landing-slider input")
    switch = landing.get_by_role("switch", name="Softmax twice")
    for twice in (True, False):
        switch.set_checked(twice)
        slider.press("Home")
        seen = {shown(landing)}
        while len(seen) < 65:
            slider.press("ArrowRight")
            seen.add(shown(landing))
        assert [min(seen)[0], max(seen)[0]] == [-6, 10]
        for logit, probability, loss in seen:
            p, once, two = losses_at(logit)
            assert (probability, loss) == pytest.approx((p, two if twice else once), abs=5.1e-5)


def test_the_point_stands_at_its_loss(landing):
    """The ticks of the chart say where a loss stands."""
    height = """loss => {
      const ticks = [...document.querySelectorAll(".landing-grid path")];
      const y = (tick) => tick.getPointAtLength(0).y;
      return y(ticks[0]) + loss / 6 * (y(ticks[3]) - y(ticks[0]));
    }"""
    for twice, logit in ((True, 4), (False, 4)):
        landing.get_by_role("switch").set_checked(twice)
        loss = losses_at(logit)[2 if twice else 1]
        y = float(landing.locator(".landing-point").get_attribute("cy"))
        assert y == pytest.approx(landing.evaluate(height, loss), abs=0.15)


def test_the_point_follows_a_finger(landing):
    box = landing.locator(".landing-explorer svg").bounding_box()
    landing.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    landing.mouse.down()
    landing.mouse.move(box["x"] + 2, box["y"] + 50)
    assert shown(landing)[0] == -6
    landing.mouse.move(box["x"] + box["width"] - 2, box["y"] + 60)
    landing.mouse.up()
    assert shown(landing)[0] == 10
    landing.mouse.move(box["x"] + 2, box["y"] + 50)
    assert shown(landing)[0] == 10, "it moves only while it is held"


# A symptom


def test_a_symptom_leads_to_its_mistake(landing):
    landing.evaluate("window.scrollTo(0, 0)")
    field = landing.get_by_role("combobox", name="Find a mistake by what you see")
    below = landing.locator("#the-chapters").bounding_box()
    field.fill("softmax twice")
    first = landing.locator(".landing-entrances .search-hit").first
    first.wait_for()
    assert landing.locator("#the-chapters").bounding_box() == below, "the page moved"
    field.press("Escape")
    assert landing.locator(".landing-entrances .search-hit").count() == 0
    field.fill("softmax twice")
    first.wait_for()
    field.press("Enter")
    landing.wait_for_url("**/mistakes/logits-and-softmax.html#mistake-softmax-twice")
    assert landing.problems == []


def test_a_word_to_begin_with_finds_something(landing):
    landing.get_by_role("button", name="negative").click()
    landing.locator(".landing-entrances .search-hit[href*='/mistakes/']").first.wait_for()


# What the page remembers


def visit(tab, address, *names):
    """Open pages one after the other, and then the landing page."""
    for name in (*names, "intro"):
        tab.goto(f"{address}/book/{name}.html", wait_until="domcontentloaded")


def marked(tab):
    """Return the pages whose cards are marked as opened."""
    opened = tab.locator(".landing-opened")
    return opened.evaluate_all("all => all.map(card => card.dataset.page)")


def test_opened_chapters_are_marked_until_they_are_forgotten(page, address):
    visit(page, address)
    assert marked(page) == []
    line = page.locator(".landing-progress")
    before = line.bounding_box()["height"]
    visit(page, address, "softmax", "hinge", "glossary", "softmax")
    assert marked(page) == ["book/softmax", "book/hinge"]
    assert line.locator("[role=status]").inner_text() == f"2 of {len(covers.CHAPTERS)} opened."
    assert line.bounding_box()["height"] == before
    line.get_by_role("link").click()
    page.wait_for_url("**/softmax.html")
    page.go_back()
    line.get_by_role("button").click()
    assert marked(page) == []
    assert page.evaluate(f"localStorage.getItem('{OPENED}')") is None
    assert page.problems == []


def test_it_counts_what_was_answered_and_leads_back_to_the_section(page, address):
    visit(page, address)
    assert page.locator(".landing-progress a, .landing-progress button").evaluate_all(
        "all => all.map(one => one.checkVisibility())"
    ) == [False, False]
    page.goto(f"{address}/book/hinge.html", wait_until="domcontentloaded")
    page.locator("fieldset.quiz").first.locator("button").first.click()
    page.locator("#quiz").evaluate("section => section.scrollIntoView()")
    visit(page, address)
    line = page.locator(".landing-progress")
    answered = f"1 of {len(covers.CHAPTERS)} opened, 1 quiz question answered."
    assert line.locator("[role=status]").inner_text() == answered
    assert line.get_by_role("link").inner_text().startswith("Continue where you left off: ")
    line.get_by_role("link").click()
    page.wait_for_url("**/hinge.html#quiz")
    pressed = page.locator("fieldset.quiz [aria-pressed=true]")
    expect(pressed).to_have_count(1, timeout=chromium.PATIENCE)


def test_everything_is_forgotten(page, address):
    visit(page, address, "softmax")
    page.evaluate("""() => {
      for (const name of ["exercises", "quiz", "answers", "of-tomorrow"]) {
        localStorage.setItem(`losses-${name}`, "{}");
      }
      localStorage.setItem("of-another", "1");
    }""")
    page.get_by_role("button", name="Forget everything").click()
    assert page.get_by_role("button", name="Forget everything").is_hidden()
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key.startswith("losses-")] == []
    assert "of-another" in kept


@pytest.mark.parametrize("stored", ["3", "{", '["book/no-longer-there", 5]'])
def test_damaged_storage_does_no_harm(page, address, stored):
    visit(page, address)
    page.evaluate(f"text => localStorage.setItem('{OPENED}', text)", stored)
    visit(page, address)
    assert (marked(page), page.problems) == ([], [])
    visit(page, address, "softmax")
    assert (marked(page), page.problems) == (["book/softmax"], [])


def test_where_storage_is_blocked_the_page_works(page, address):
    page.add_init_script(STORAGE_BLOCKED)
    visit(page, address, "softmax")
    assert marked(page) == []
    page.get_by_role("switch", name="Softmax twice").uncheck()
    assert shown(page)[2] == pytest.approx(losses_at(4)[1], abs=5.1e-5)
    assert page.problems == []


def test_it_works_from_a_folder(browser):
    folder = built.folder().as_uri()
    with chromium.tab(browser, folder) as tab:
        visit(tab, folder, "softmax")
        assert marked(tab) == ["book/softmax"]
        tab.locator(".landing-slider input").press("End")
        assert shown(tab)[0] == 10
        tab.get_by_role("combobox", name="Find a mistake by what you see").fill("nan")
        tab.locator(".landing-entrances .search-hit").first.wait_for()
        assert tab.problems == []
