"""Choosing a loss by questions, in a browser: clicks, keys, addresses, and without scripts."""

import json
import re

import pytest
from axe import faults
from bs4 import BeautifulSoup

from tools.bench import pages
from website import built, chromium
from website.extension import choosing, sections

pytestmark = pytest.mark.slow
ROWS = choosing.TABLE["rows"]
STEPS = {step["path"]: step for step in choosing.steps()}
PAGE = "book/choosing-a-loss"
SHOWN = ".choosing-shown"


@pytest.fixture(scope="module")
def html():
    """Return the built page."""
    return (built.folder() / f"{PAGE}.html").read_text(encoding="utf-8")


@pytest.fixture
def chooser(page, address):
    """Open the page."""
    page.goto(f"{address}/{PAGE}.html", wait_until="load")
    return page


# The step of the address, if it names one, is the one that is seen.
OBEYED = f"""() => {{
  const asked = decodeURIComponent(location.hash.slice(1));
  return !asked.startsWith("choose/") || document.querySelector("{SHOWN}").id === asked;
}}"""


def wait_for_steps(tab):
    """Wait until all steps are there: they come when the first one is about to be seen."""
    tab.locator(".choosing").scroll_into_view_if_needed()
    wait_where_it_is(tab)


def wait_where_it_is(tab):
    """Wait for the steps without scrolling."""
    tab.locator(".choosing-step").nth(len(STEPS) - 1).wait_for(state="attached")
    tab.wait_for_function(OBEYED)


def title(tab):
    """Return the title of the step that is seen, once all steps are there."""
    wait_for_steps(tab)
    return tab.locator(f"{SHOWN} .choosing-title").inner_text()


def answer(tab, path):
    """Follow the links of a path of answers."""
    keys = path.split("/")
    for number in range(len(keys)):
        place = "/".join(keys[: number + 1])
        tab.locator(f'{SHOWN} .choosing-choices a[href="#choose/{place}"]').click()


def test_every_row_is_reached_by_clicks(chooser):
    ends = {step["row"]: path for path, step in STEPS.items() if "row" in step}
    assert set(ends) == set(ROWS)
    for key, path in ends.items():
        answer(chooser, path)
        shown = chooser.locator(SHOWN)
        assert title(chooser).lower() == ROWS[key]["loss"].lower()
        lines = [pre.inner_text().strip() for pre in shown.locator("pre").all()]
        assert lines == [ROWS[key]["keras"].strip(), ROWS[key]["tensorflow"].strip()]
        facts = shown.locator("dl").inner_text()
        assert ROWS[key]["layer"] in facts
        assert ROWS[key]["shape"] in facts
        assert shown.locator(f'a[href^="mistakes/"][href$="#{ROWS[key]["mistake"]}"]').count() == 1
        assert shown.locator("svg path.curve").is_visible()
        shown.get_by_role("link", name="Start").click()
    assert chooser.problems == []


def test_an_answer_has_an_address_and_the_back_button_works(chooser, address):
    answer(chooser, "number/any/outliers")
    shared = chooser.url
    assert shared == f"{address}/{PAGE}.html#choose/number/any/outliers"
    chooser.go_back()
    assert title(chooser) == "What makes it difficult?"
    chooser.go_back()
    chooser.go_back()
    assert title(chooser) == "What do you want to know?"
    chooser.go_forward()
    assert title(chooser) == "What is the truth made of?"
    with chromium.tab(chooser.context.browser, address) as friend:
        friend.goto(shared, wait_until="load")
        assert title(friend) == "Huber, or absolute error"
        box = friend.locator(".choosing").bounding_box()
        assert 0 <= box["y"] < 300, "the page opens at the answer"
        friend.evaluate("location.hash = '#choosing-noise'")
        assert title(friend) == "Huber, or absolute error", "other places leave it alone"


def test_the_answers_come_before_their_place_is_seen(browser, address):
    """They are not loaded with the page; when they come, nothing moves that is on the screen."""
    with chromium.tab(browser, address, viewport={"width": 1280, "height": 720}) as tab:
        tab.add_init_script(pages.SHIFTS)
        tab.goto(f"{address}/{PAGE}.html", wait_until="networkidle")
        assert tab.locator(".choosing-step").count() == 1
        before = tab.evaluate("window.shifts")
        tab.mouse.move(640, 360)
        for _ in range(12):
            tab.mouse.wheel(0, 100)
            tab.wait_for_timeout(100)
        assert tab.locator(".choosing-step").count() == len(STEPS)
        assert tab.locator(".choosing").evaluate("box => box.getBoundingClientRect().top") < 400
        assert tab.evaluate("window.shifts") == pytest.approx(before, abs=1e-3)


# A browser may tell of several changes at once, the oldest first.
AT_ONCE = """window.IntersectionObserver = class {
  constructor(tell) { this.tell = tell; }
  observe() { this.tell([{ isIntersecting: false }, { isIntersecting: true }]); }
};"""


def test_the_answers_come_if_their_place_was_passed_between_two_frames(browser, address):
    with chromium.tab(browser, address) as tab:
        tab.add_init_script(AT_ONCE)
        tab.goto(f"{address}/{PAGE}.html", wait_until="load")
        wait_where_it_is(tab)


def test_a_click_waits_for_the_answers(chooser):
    chooser.evaluate("document.querySelector('.choosing-choices a[href$=level]').click()")
    chooser.get_by_role("heading", name="Pinball").wait_for()
    assert chooser.evaluate("document.activeElement.textContent") == "Pinball"


def test_code_of_an_answer_can_be_copied(browser, address):
    with chromium.tab(browser, address, permissions=["clipboard-read", "clipboard-write"]) as tab:
        tab.goto(f"{address}/{PAGE}.html#choose/direction", wait_until="load")
        wait_for_steps(tab)
        shown = tab.locator(SHOWN)
        shown.locator("pre").first.hover()
        shown.locator(".copybtn").first.click()
        copied = tab.evaluate("navigator.clipboard.readText()")
        assert copied.strip() == ROWS["direction"]["keras"].strip()


def test_it_works_with_the_keyboard(chooser):
    wait_for_steps(chooser)
    chooser.locator(".choosing-choices a").first.focus()
    chooser.keyboard.press("Enter")
    chooser.keyboard.press("Tab")
    chooser.keyboard.press("Tab")
    chooser.keyboard.press("Enter")
    assert title(chooser) == "Poisson"
    assert chooser.evaluate("document.activeElement.textContent") == "Poisson"
    chooser.keyboard.press("Shift+Tab")
    chooser.keyboard.press("Enter")
    assert title(chooser) == "What is the truth made of?"


PATHS = ("number/counts", "class/one/too-sure", "margin")


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_nothing_is_cut(browser, address, width):
    size = {"width": width, "height": 844}
    with chromium.tab(browser, address, viewport=size) as tab:
        tab.goto(f"{address}/{PAGE}.html#choose", wait_until="load")
        wait_for_steps(tab)
        for path in PATHS:
            answer(tab, path)
            wide = tab.locator(f"{SHOWN} :is(pre, dd, svg, p)").evaluate_all(
                "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
            )
            assert wide == 0
            tab.locator(SHOWN).get_by_role("link", name="Start").click()
        links = tab.locator(f"{SHOWN} .choosing-choices a").all()
        assert min(link.bounding_box()["height"] for link in links) >= 44
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves(browser, address):
    with chromium.tab(browser, address, viewport={"width": 1440, "height": 844}) as tab:
        tab.goto(f"{address}/{PAGE}.html#choose", wait_until="load")
        wait_for_steps(tab)
        height = tab.locator(".choosing").bounding_box()["height"]
        place = "document.querySelector('.choosing').nextElementSibling.offsetTop"
        below = tab.evaluate(place)
        for path in PATHS:
            answer(tab, path)
            assert tab.locator(".choosing").bounding_box()["height"] == height
            assert tab.evaluate(place) == below
            tab.locator(SHOWN).get_by_role("link", name="Start").click()


def test_on_a_phone_the_box_ends_with_what_it_shows(browser, address):
    size = {"width": 390, "height": 844}
    with chromium.tab(browser, address, viewport=size) as tab:
        for path in ("", *(f"/{path}" for path in PATHS)):
            tab.goto("about:blank")
            tab.goto(f"{address}/{PAGE}.html#choose{path}", wait_until="load")
            wait_where_it_is(tab)
            box, step = (tab.locator(part).bounding_box() for part in (".choosing", SHOWN))
            assert 0 < box["y"] + box["height"] - step["y"] - step["height"] < 32
            assert 0 <= tab.locator(f"{SHOWN} .choosing-title").bounding_box()["y"] < 844


@pytest.mark.parametrize("mode", [(1440, "light"), (390, "dark")])
def test_axe_finds_no_violation(browser, address, mode):
    with chromium.tab(browser, address, reduced_motion="reduce") as tab:
        tab.goto(f"{address}/{PAGE}.html#choose/class/one/nothing", wait_until="load")
        # The rest of the page has a test of its own.
        tab.locator("article").evaluate(
            """page => page.replaceChildren(
                ...page.querySelectorAll("h1, #the-table > h2, .choosing"))"""
        )
        assert title(tab) == "Softmax cross-entropy"
        assert faults(tab, *mode) == []


def test_it_works_from_a_folder(browser):
    folder = built.folder().as_uri()
    with chromium.tab(browser, folder) as tab:
        tab.goto(f"{folder}/{PAGE}.html", wait_until="load")
        answer(tab, "level")
        assert title(tab) == "Pinball"
        tab.go_back()
        assert title(tab) == "What do you want to know?"
        tab.goto(f"{folder}/{PAGE}.html#choose/direction")
        assert title(tab) == "Cosine"
        assert tab.problems == []


def test_without_scripts_there_is_the_table_alone(browser, address):
    with chromium.tab(browser, address, java_script_enabled=False) as tab:
        tab.goto(f"{address}/{PAGE}.html")
        assert not tab.locator(".choosing").is_visible()
        rows = tab.locator("#the-table table").first.locator("tbody tr")
        assert rows.count() == len(ROWS)


def test_the_search_reads_the_table_and_not_the_answers(html):
    parts, _ = sections.of_page(PAGE, html)
    (table,) = [section for section in parts if section.heading == "The table"]
    assert "A number, with outliers" in table.prose
    assert "Last layer" not in table.prose


def test_the_page_has_the_first_step_and_a_script_has_the_others(html):
    script = (built.folder() / choosing.OTHERS).read_text(encoding="utf-8")
    others = json.loads(re.search(r'insertAdjacentHTML\("beforeend", (".*")\);', script)[1])
    steps = [
        [step["id"] for step in BeautifulSoup(text, "html.parser").select(".choosing-step")]
        for text in (html, others)
    ]
    assert steps == [["choose"], [step["id"] for step in STEPS.values()][1:]]
