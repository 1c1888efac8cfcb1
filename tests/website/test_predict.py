"""Predictions in a browser: the answer is covered until the reader has guessed or asks for it.

The page is built from a small notebook, by the extensions and with the assets of the real book.
"""

import re
import shutil
from io import BytesIO

import predictions_page
import pytest
from axe import violations
from bs4 import BeautifulSoup
from page_state import STORAGE_BLOCKED
from pypdf import PdfReader

from website import chromium, pdf, toc

ANSWERS = (
    ["[2.303 4.605] 2.0", "checked: yes", "Twice as much", "Documents in a list", "table row"],
    ["the MAE and so on", "Outliers count once."],
    ["stored: -0.5", "It is minus a half."],
)
OPEN = ["How many times", "Which loss is hurt", "After the heading", "Another cell"]
SEEN = """text => [...document.querySelectorAll("article *")]
  .filter((e) => e.textContent.replace(/\\s+/g, " ").includes(text)).at(-1)
  .checkVisibility({ visibilityProperty: true })"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Build the page; return the folder of the site."""
    return predictions_page.build(tmp_path_factory.mktemp("predictions"))


@pytest.fixture
def open_page(browser, folder):
    """Return a function that opens the page from disk."""
    contexts = []

    def open_with(*, fragment="", before="", site=folder, **options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(chromium.PATIENCE)
        page = contexts[-1].new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.add_init_script(before)
        page.goto((site / "page.html").as_uri() + fragment)
        settle(page)
        return page

    yield open_with
    for context in contexts:
        context.close()


def settle(page):
    """Wait until the answers are covered in the way that lets the browser find them."""
    if page.evaluate("document.documentElement.dataset.answers === 'covered'"):
        part = ".predict-answer:is([hidden], .predict-shown)"
        page.wait_for_function(f"document.querySelectorAll('{part}').length === 6")


KEEP = """document.addEventListener("readystatechange", () => {
  window.article ??= document.querySelector("article").innerHTML; })"""


def begin_again(page):
    """Put the text as it was before the script ran, and run it: faster than to load the page."""
    page.evaluate("document.querySelector('article').innerHTML = window.article")
    page.add_script_tag(path=toc.ROOT / "book" / "assets" / "predict.js")
    settle(page)


def form(page, number):
    """Return the form of a prediction, counted from 0."""
    return page.locator(".predict-form").nth(number)


def message(page, number):
    """Return what a form says, with plain spaces."""
    return form(page, number).locator("[role=status]").inner_text().replace("\xa0", " ")


def guess(page, number, text):
    """Enter a number."""
    form(page, number).locator("[type=text]").fill(text)
    form(page, number).get_by_role("button", name="Check").click()


def choose(page, number, choice):
    """Choose an answer."""
    form(page, number).get_by_label(choice).check()
    form(page, number).get_by_role("button", name="Check").click()


def seen(page):
    """Return which of the three answers are seen; of an answer, all is seen or nothing is."""
    whole = [{page.evaluate(SEEN, text) for text in texts} for texts in ANSWERS]
    assert all(len(values) == 1 for values in whole), whole
    return [value for values in whole for value in values]


def heard(page):
    """Return the words in the browser's own accessibility tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [node.get("name", {}).get("value", "") for node in nodes if not node["ignored"]]
    return re.sub(r"\s+", " ", " ".join(names))


def top(locator):
    """Return where a part stands on the page."""
    return locator.evaluate("e => e.getBoundingClientRect().y + scrollY")


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


# Guesses


@pytest.mark.parametrize(
    ("number", "guesses"),
    [
        (
            0,
            {
                "3": "You said 3 times; it is 2 times: 50 % too high.",
                "2": "Right: it is 2 times.",
                "2,1": "Right: you said 2.1 times; it is 2 times.",
                "2.11": "You said 2.11 times; it is 2 times: 5.5 % too high.",
                " .5 ": "You said 0.5 times; it is 2 times: 75 % too low.",
                "0": "You said 0 times; it is 2 times: 100 % too low.",
                "−2": "You said -2 times; it is 2 times: the sign is wrong.",
                "1e-3": "You said 0.001 times; it is 2 times: too low by a factor of 2000.",
                "200 %": "Right: it is 2 times.",
                "2 times": "Right: it is 2 times.",
            },
        ),
        (
            2,
            {
                "-0,505": "Right: you said -0.505; it is -0.5.",
                "-0.51": "You said -0.51; it is -0.5: 2 % too low.",
                "-1E-1": "You said -0.1; it is -0.5: 80 % too high.",
            },
        ),
    ],
)
def test_a_number_shows_the_answer_and_how_far_off_it_was(open_page, number, guesses):
    page = open_page(before=KEEP)
    said = {}
    for text in guesses:
        begin_again(page)
        guess(page, number, text)
        said[text] = message(page, number)
    assert said == guesses
    assert seen(page) == [number == 0, False, number == 2]
    assert all(text in heard(page) for text in ANSWERS[number])


def test_what_is_no_number_gets_one_sentence_and_shows_nothing(open_page):
    page = open_page()
    bad = ["abc", "1.000,5", "1e999", "--2", "2 2", "nan", "<b>2", "%", "0x10"]
    for text in bad:
        guess(page, 0, text)
        sentence = f"“{text}” is not a number: write it like 2, 0.5, 1e-3 or 40 %."
        assert message(page, 0) == sentence
    guess(page, 0, "  ")
    assert message(page, 0) == "Enter a number, or press Show."
    field = form(page, 0).locator("[type=text]")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.evaluate("e => e === document.activeElement")
    assert seen(page) == [False, False, False]
    guess(page, 0, "2")
    assert field.get_attribute("aria-invalid") is None
    assert seen(page) == [True, False, False]


@pytest.mark.parametrize(
    ("choice", "said", "marks"),
    [
        ("the MSE", "You said “the MSE”; it is “the MAE < 1”.", ["false", "true", None]),
        ("the MAE < 1", "Right: it is “the MAE < 1”.", [None, "true", None]),
    ],
)
def test_a_choice_shows_the_answer_and_which_one_is_right(open_page, choice, said, marks):
    page = open_page()
    form(page, 1).get_by_role("button", name="Check").click()
    assert message(page, 1) == "Choose one of the answers, or press Show."
    assert seen(page) == [False, False, False]
    choose(page, 1, choice)
    assert message(page, 1) == said
    labels = form(page, 1).locator(".predict-choice").all()
    assert [label.get_attribute("data-right") for label in labels] == marks
    assert seen(page) == [False, True, False]


def test_show_shows_the_answer_and_moves_the_focus_to_it(open_page):
    page = open_page()
    form(page, 0).get_by_role("button", name="Show").click()
    assert message(page, 0) == "It is 2 times."
    assert seen(page) == [True, False, False]
    focused = page.locator(":focus")
    assert focused.get_attribute("aria-label") == "Answer"
    assert "[2.303 4.605] 2.0" in focused.inner_text()


def test_keyboard(open_page):
    """Tab goes from the switch through the form to the next one; what is covered has no stop."""
    page = open_page()
    page.locator(".predict-switch input").focus()
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({value, textContent: t, type}) => t || value || type)(document.activeElement)"
            )
        )
    assert stops == ["text", "Check", "Show", "0"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert message(page, 1) == "Right: it is “the MAE < 1”."
    form(page, 0).locator("[type=text]").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    assert message(page, 0) == "Right: it is 2 times."
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Documents"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_covered_answer_leaves_no_gap_in_the_text(open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    assert {part.bounding_box()["height"] for part in page.locator(".predict-answer").all()} == {56}


@pytest.mark.parametrize("width", [390, 1440])
def test_an_answer_opens_below_the_form_which_stays_in_place(open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    last = page.get_by_text("Another cell")
    before, below = top(form(page, 1)), top(last)
    choose(page, 1, "both")
    assert top(form(page, 1)) == pytest.approx(before, abs=1)
    assert top(last) > below
    assert seen(page) == [False, True, False]


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


# For everyone


def test_phone(open_page):
    page = open_page(viewport={"width": 390, "height": 800}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    targets = page.locator(".predict :is(button, label, [type=text])").all()
    assert len(targets) == 14
    assert [t.inner_text() for t in targets if t.bounding_box()["height"] < 44] == []
    form(page, 1).get_by_text("the MSE").tap()
    form(page, 1).get_by_role("button", name="Check").tap()
    assert seen(page) == [False, True, False]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_no_violation(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    guess(page, 0, "two")
    choose(page, 1, "both")
    assert page.locator("html").get_attribute("data-theme") == scheme
    assert [text for text in violations(page) if "predict" in text] == []
