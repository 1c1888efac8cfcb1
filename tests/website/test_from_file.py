"""The built book opened from a folder, without a server: file:// addresses.

Browsers forbid a page of a folder to read other files of it by script; nothing here needs to.
"""

import pytest
from rotation import one_in

from website import built, chromium
from website.toc import PAGES

pytestmark = pytest.mark.slow
FONTS = """async () => {
  await document.fonts.ready;
  return [...document.fonts].filter((f) => f.family.includes("Book Math")).map((f) => f.status);
}"""
FIGURES = "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"


@pytest.fixture
def page(browser):
    """Open a tab that reads files of this machine, and makes no requests."""
    with chromium.tab(browser, built.folder().as_uri()) as tab:
        yield tab


@pytest.mark.parametrize("name", one_in(6, PAGES))
def test_a_page_is_whole(page, name):
    page.goto((built.SITE / f"{name}.html").as_uri(), wait_until="load")
    article = page.locator("article")
    assert article.locator("h1").count() == 1
    if article.locator("math").count():
        assert page.evaluate(FONTS) == ["loaded"]
    for switch in article.get_by_role("switch").all():  # answers of predictions may hold explorers
        switch.uncheck()
    for explorer in article.locator("figure.explorer").all():
        explorer.scroll_into_view_if_needed()
        explorer.locator(".explorer-chart svg").first.wait_for()
    assert article.locator("img").evaluate_all(FIGURES) == []
    assert page.problems == []


def test_a_quiz_a_solution_and_an_explorer_work(page):
    page.goto((built.SITE / "book/double-softmax.html").as_uri())
    choice = page.locator(".quiz-choice").first
    choice.locator("button").click()
    assert len(choice.locator("[aria-live]").inner_text().split()) > 3
    solution = page.locator(".solution.dropdown").first
    solution.locator("summary, .toggle-button").first.click()
    assert solution.locator("pre").first.is_visible()
    explorer = page.locator("figure.explorer").first
    before = explorer.locator(".explorer-chart svg").first.inner_html()
    explorer.locator("[type=range]").first.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.explorer-chart svg').innerHTML !== before", arg=before
    )
    assert page.problems == []


def test_search_finds_a_section(page):
    page.goto((built.SITE / "search.html").as_uri() + "?q=from_logits")
    result = page.locator(".search-hit[href*='double-softmax.html']").first
    result.wait_for()
    result.click()
    assert page.locator("h1").first.inner_text().startswith("Softmax twice")
    assert page.problems == []


def test_the_panel_finds_a_section(page):
    page.goto((built.SITE / "book/hinge.html").as_uri(), wait_until="load")
    page.wait_for_function("Boolean(document.querySelector('.search-button__button').onclick)")
    page.keyboard.press("/")
    page.keyboard.type("softmax twice")
    page.locator("dialog .search-hit[href$='#double-softmax']").click()
    assert page.locator("h1").first.inner_text().startswith("Softmax twice")
    assert page.problems == []
