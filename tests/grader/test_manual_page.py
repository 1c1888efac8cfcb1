"""Manual grading in a real browser: keys, ticks, two graders, hostile answers, a phone."""

import re

import manual_round
import pytest
from manual_round import served

from grader.course import manual_grading
from tests.website import axe
from website import chromium

pytestmark = pytest.mark.classroom


@pytest.fixture
def server(round_, tmp_path):
    manual_round.hand_in(round_, tmp_path)
    with served(round_) as running:
        yield running


@pytest.fixture
def page(browser, server):
    with chromium.tab(browser, server.url) as tab:
        tab.goto(server.url)
        yield tab
        assert tab.problems == []


def open_answer(page, server, start):
    place = next(n for n, each in enumerate(server.answers) if each.text.startswith(start))
    page.goto(server.url.split("/?")[0] + server.address(place, False))


def follow(page, key):
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def progress(page):
    return page.locator("main > p").first.inner_text()


def stored(server):
    lines = manual_grading.stored(server.round).values()
    return {line["name"]: (line["points"], line["comment"]) for line in lines}


def test_everything_can_be_graded_with_keys_alone(page, server):
    assert "token" not in page.url
    for key, place in (("n", 2), ("p", 1)):
        follow(page, key)
        assert f"answer {place} of 3" in page.locator("h2").first.inner_text()
    for number in range(3):
        assert progress(page).startswith(f"{number} of 3")
        assert page.locator("[name=points]").input_value() == ""
        page.keyboard.press("1")
        page.keyboard.press("3")
        assert page.locator("[name=points]").input_value() == "2"
        page.keyboard.press("1")
        assert page.locator("[name=points]").input_value() == "1"
        page.keyboard.press("c")
        page.keyboard.type(f"s{number}")  # in a field, the key s is a letter
        follow(page, "Control+Enter")
    assert page.get_by_text("All answers have points.").is_visible()
    assert page.locator("progress").get_attribute("value") == "3"
    assert {points for points, _ in stored(server).values()} == {1.0, 0.0}
    assert {comment for _, comment in stored(server).values()} >= {"s0", "s1", "s2"}


def test_keys_can_be_switched_off(page, server):
    page.uncheck("#keys")
    page.reload()
    page.locator("h1").click()
    page.keyboard.press("1")
    assert page.locator("[name=item]:checked").count() == 0
    page.check("#keys")
    page.locator("h1").click()
    page.keyboard.press("1")
    assert page.locator("[name=item]:checked").count() == 1


def test_two_graders_do_not_overwrite_each_other(browser, page, server):
    open_answer(page, server, "=1+1")
    with chromium.tab(browser, server.url) as other:
        other.goto(server.url)
        open_answer(other, server, "=1+1")
        other.fill("[name=points]", "1")
        other.fill("[name=comment]", "from Ben")
        other.fill("[name=grader]", "Ben")
        other.click("button")
        other.get_by_text("1 of 3 different answers").wait_for()
        assert other.locator("[name=grader]").input_value() == "Ben"
    page.fill("[name=points]", "3")
    page.fill("[name=comment]", "from Ann")
    page.click("button")
    page.get_by_role("alert").wait_for()
    assert "Nothing was overwritten" in page.get_by_role("alert").inner_text()
    assert page.get_by_text("1 of 3 points, by Ben: from Ben").is_visible()
    assert page.locator("[name=comment]").input_value() == "from Ann"
    assert stored(server)["Ida"] == (1.0, "from Ben")
    assert any(problem.startswith("409 ") for problem in page.problems)
    page.problems.clear()  # that of the refused save
    page.click("button")
    page.get_by_role("alert").wait_for(state="detached")
    assert stored(server)["Ida"] == (3.0, "from Ann")


def test_a_hostile_answer_is_shown_as_it_was_written(page, server):
    open_answer(page, server, "</pre>")
    assert page.locator("#answer").inner_text() == manual_round.HOSTILE
    assert "hacked" not in page.title()
    assert page.locator("img").count() == 0


def test_names_are_shown_only_on_request(page, server):
    open_answer(page, server, "A probability")
    assert not re.search(r"\b(Ada|Bob)\b", page.locator("body").inner_text())
    page.get_by_role("link", name="Show names").click()
    page.get_by_text("Ada, Bob").wait_for()
    page.get_by_role("link", name="Hide names").click()
    page.get_by_role("link", name="Show names").wait_for()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "dark")])
def test_the_page_is_accessible_and_fits_a_phone(page, server, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    open_answer(page, server, "A probability")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe.violations(page) == []
