"""Predictions in a browser: what a guess shows and says, with keys, mouse and fingers."""

import predictions_tab
import pytest
from predictions_tab import ANSWERS, choose, form, guess, heard, message, seen, settle

from website import toc

KEEP = """document.addEventListener("readystatechange", () => {
  window.article ??= document.querySelector("article").innerHTML; })"""


folder, open_page = predictions_tab.folder, predictions_tab.open_page


def begin_again(page):
    """Put the text as it was before the script ran, and run it: faster than to load the page."""
    page.evaluate("document.querySelector('article').innerHTML = window.article")
    page.add_script_tag(path=toc.ROOT / "book" / "assets" / "predict.js")
    settle(page)


def top(locator):
    """Return where a part stands on the page."""
    return locator.evaluate("e => e.getBoundingClientRect().y + scrollY")


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
    messages = {}
    for text in guesses:
        begin_again(page)
        guess(page, number, text)
        messages[text] = message(page, number)
    assert messages == guesses
    assert seen(page) == [number == 0, False, number == 2]
    assert all(text in heard(page) for text in ANSWERS[number])


def test_a_guess_that_is_not_a_number_gets_one_sentence_and_shows_nothing(open_page):
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
    ("choice", "words", "marks"),
    [
        ("the MSE", "You said “the MSE”; it is “the MAE < 1”.", ["false", "true", None]),
        ("the MAE < 1", "Right: it is “the MAE < 1”.", [None, "true", None]),
    ],
)
def test_a_choice_shows_the_answer_and_which_one_is_right(open_page, choice, words, marks):
    page = open_page()
    form(page, 1).get_by_role("button", name="Check").click()
    assert message(page, 1) == "Choose one of the answers, or press Show."
    assert seen(page) == [False, False, False]
    choose(page, 1, choice)
    assert message(page, 1) == words
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
