"""Predictions in a browser: the answer is covered until the reader has guessed or asks for it.

The page is built from a small notebook, by the extensions and with the assets of the real book.
"""

import shutil
from io import BytesIO

import predictions_tab
import pytest
from axe import violations
from bs4 import BeautifulSoup
from page_state import STORAGE_BLOCKED
from predictions_tab import (
    ANSWERS,
    OPEN,
    SEEN,
    choose,
    form,
    guess,
    heard,
    message,
    seen,
    settle,
)
from pypdf import PdfReader

from website import pdf

folder, open_page = predictions_tab.folder, predictions_tab.open_page


# What the page holds


def test_an_answer_goes_to_the_end_of_the_next_markdown_cell(folder):
    tree = BeautifulSoup((folder / "page.html").read_text(encoding="utf-8"), "html.parser")
    cells = tree.select(".cell[data-predict]")
    assert len(cells) == len(ANSWERS)
    for cell, texts in zip(cells, ANSWERS, strict=True):
        parts = [cell.select_one(".predict-answer"), cell.find_next_sibling("div")]
        assert [part["class"] for part in parts] == [["predict-answer"]] * 2
        covered = " ".join(" ".join(part.get_text().split()) for part in parts)
        assert [text for text in texts if text not in covered] == []
        assert [text for text in OPEN if text in covered] == []


def test_only_pages_with_predictions_load_the_script(folder):
    with_it, without = ((folder / f"{name}.html").read_text() for name in ("page", "genindex"))
    for file in ("predict.js", "predict.css", "dataset.answers"):
        assert file in with_it
        assert file not in without


def test_the_printed_book_has_the_answers_and_no_form(folder):
    chapter = pdf.chapter(folder, "page", pdf.read(folder, "page"), {"page"})
    assert "Twice as much" in chapter
    assert "Your guess" not in chapter
    assert "hidden" not in chapter


# Covered


def test_answers_are_neither_seen_nor_heard(open_page):
    page = open_page()
    assert seen(page) == [False, False, False]
    words = heard(page)
    assert [text for text in OPEN if text not in words] == []
    assert [text for texts in ANSWERS for text in texts if text in words] == []
    assert page.problems == []


def test_an_answer_is_covered_before_the_script_runs(open_page):
    """The document is complete and the script waits: that is what the first picture may show."""
    early = f"""document.addEventListener("readystatechange", () => {{
      if (document.readyState === "interactive") window.early = ({SEEN})("Twice as much"); }})"""
    assert open_page(before=early).evaluate("window.early") is False


def test_without_javascript_everything_is_seen_and_no_form(open_page, folder):
    page = open_page(java_script_enabled=False)
    shown = page.locator("article").inner_text()
    assert [
        text for texts in ANSWERS for text in texts if text not in " ".join(shown.split())
    ] == []
    assert not page.locator(".predict").first.is_visible()


def test_if_the_script_does_not_arrive_everything_is_seen(open_page, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "site", ignore=shutil.ignore_patterns("predict.js"))
    page = open_page(site=tmp_path / "site")
    page.wait_for_function("!document.documentElement.dataset.answers")
    assert seen(page) == [True, True, True]
    assert not page.locator(".predict").first.is_visible()


def test_print_shows_everything_and_no_form(open_page):
    page = open_page()
    paper = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages)
    paper = " ".join(paper.split())
    assert [text for texts in ANSWERS for text in texts if text not in paper] == []
    assert "Your guess" not in paper
    assert "Cover answers" not in paper


# Other ways to an answer


def test_a_link_to_a_place_in_an_answer_shows_it(open_page):
    page = open_page()
    page.get_by_role("link", name="a table").click()
    page.wait_for_function("document.querySelector('.predict-message').textContent")
    assert message(page, 0) == "It is 2 times."
    assert seen(page) == [True, False, False]
    assert page.locator("#a-table").evaluate("e => e.getBoundingClientRect().top") < 700
    assert seen(open_page(fragment="#a-table")) == [True, False, False]
    assert seen(open_page(fragment="#next-one")) == [False, False, False]


def test_what_the_browser_finds_is_shown(open_page):
    """A browser announces a match in the same way for its search and for a link; this is a link."""
    deaf = "addEventListener('hashchange', event => event.stopImmediatePropagation())"
    page = open_page(before=deaf)
    style = """part => [part.hidden, getComputedStyle(part).contentVisibility,
      ...[...part.querySelectorAll("*")].map(e => getComputedStyle(e).visibility)]"""
    for part in page.locator(".predict-answer").all():
        assert set(part.evaluate(style)) == {"until-found", "hidden", "visible"}
        assert part.locator("xpath=ancestor-or-self::*[@inert]").count() == 0
    page.get_by_role("link", name="a table").click()
    page.wait_for_function("document.querySelector('.predict-message').textContent")
    assert message(page, 0) == "It is 2 times."
    assert seen(page) == [True, False, False]


# The switch


def test_the_switch_uncovers_all_answers_and_is_remembered(open_page):
    page = open_page()
    guess(page, 2, "-0.5")
    switch = page.get_by_role("switch", name="Cover answers until I have guessed")
    switch.press("Space")
    assert seen(page) == [True, True, True]
    assert not form(page, 0).is_visible()
    page.reload()
    assert not switch.is_checked()
    assert seen(page) == [True, True, True]
    switch.click()
    assert seen(page) == [False, False, False]
    page.reload()
    assert switch.is_checked()
    settle(page)
    assert seen(page) == [False, False, False]


def test_the_switch_leaves_shown_what_was_guessed(open_page):
    page = open_page()
    guess(page, 2, "-0.5")
    switch = page.get_by_role("switch")
    switch.click()
    switch.click()
    assert seen(page) == [False, False, True]
    assert message(page, 2) == "Right: it is -0.5."


def test_where_storage_is_blocked_all_works_for_the_page(open_page):
    page = open_page(before=STORAGE_BLOCKED)
    assert seen(page) == [False, False, False]
    page.get_by_role("switch").click()
    assert seen(page) == [True, True, True]
    page.get_by_role("switch").click()
    guess(page, 0, "2")
    assert seen(page) == [True, False, False]
    assert [problem for problem in page.problems if "predict" in problem] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_no_violation(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    guess(page, 0, "two")
    choose(page, 1, "both")
    assert page.locator("html").get_attribute("data-theme") == scheme
    assert [text for text in violations(page) if "predict" in text] == []
