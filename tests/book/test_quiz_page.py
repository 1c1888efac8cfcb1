"""The quizzes in a browser, with the real assets: on a page of two questions."""

import re
import shutil

import pytest
from quiz_parts import BOOK, GOOD, built

from website import chromium

PAGE = built(f"""<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Quiz</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="quiz.css"><script src="quiz.js"></script></head>
<body><main>{GOOD}
<fieldset class="quiz">
<legend>Which numbers are even?</legend>
<details data-right><summary>Two.</summary>Right: it is twice one.</details>
<details><summary>Three.</summary>No: it leaves a remainder of one.</details>
<details data-right><summary>Four.</summary>Right: it is twice two.</details>
</fieldset></main></body></html>""")


@pytest.fixture
def open_page(browser, tmp_path):
    """Return a function that opens the page from disk, with the real assets."""
    for name in ("quiz.js", "quiz.css"):
        shutil.copy(BOOK / "assets" / name, tmp_path)
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    contexts = []

    def open_with(**options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(chromium.PATIENCE)
        page = contexts[-1].new_page()
        page.requests, page.problems = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_with
    for context in contexts:
        context.close()


def choice(page, question, answer):
    """Return one answer of one question, both counted from 0."""
    return page.locator("fieldset.quiz").nth(question).locator(".quiz-choice").nth(answer)


def test_without_script_the_answers_unfold(open_page):
    """Without JavaScript, an answer unfolds and shows its feedback."""
    page = open_page(java_script_enabled=False)
    answer = page.locator("details", has_text="that is one more than a pair")
    closed = answer.bounding_box()["height"]
    answer.locator("summary").click()
    assert answer.bounding_box()["height"] > closed + 10
    assert page.locator("button").count() == 0


def test_feedback_is_immediate_marked_and_announced(open_page):
    """A chosen answer shows a mark and its feedback at once, in a live region."""
    page = open_page()
    assert page.locator("details").count() == 0
    wrong, right = choice(page, 0, 1), choice(page, 0, 0)
    assert not wrong.get_by_text("No: that is").is_visible()
    wrong.locator("button").click()
    live = wrong.locator("[aria-live=polite]")
    assert live.inner_text() == "No: that is one more than a pair."
    assert "✗" in wrong.locator("button").inner_text()
    assert wrong.locator("button").get_attribute("aria-pressed") == "true"
    assert not right.get_by_text("Right: two").is_visible()
    right.locator("button").click()
    assert "✓" in right.locator("button").inner_text()
    assert page.problems == []
    assert all(url.startswith("file:") for url in page.requests)


def test_score_counts_first_tries(open_page):
    """Only first tries count, and a question with several right answers needs all of them."""
    page = open_page()
    score = page.locator(".quiz-score")
    assert score.get_attribute("aria-live") == "polite"
    assert score.inner_text() == "0 of 2 right at the first try, 2 to go"
    choice(page, 0, 1).locator("button").click()
    choice(page, 0, 0).locator("button").click()
    assert score.inner_text() == "0 of 2 right at the first try, 1 to go"
    assert "2 answers are right" in page.locator("fieldset.quiz").nth(1).inner_text()
    choice(page, 1, 0).locator("button").click()
    assert score.inner_text() == "0 of 2 right at the first try, 1 to go"
    choice(page, 1, 2).locator("button").click()
    assert score.inner_text() == "1 of 2 right at the first try"
    choice(page, 1, 1).locator("button").click()
    assert score.inner_text() == "1 of 2 right at the first try"


def test_start_again(open_page):
    """The reset hides all feedback and clears the score."""
    page = open_page()
    choice(page, 0, 1).locator("button").click()
    page.get_by_role("button", name="Start again").click()
    assert page.locator(".quiz-score").inner_text() == "0 of 2 right at the first try, 2 to go"
    assert page.locator("[aria-pressed=true]").count() == 0
    assert not page.get_by_text("No: that is").is_visible()
    choice(page, 0, 0).locator("button").click()
    assert page.locator(".quiz-score").inner_text() == "1 of 2 right at the first try, 1 to go"


def pressed(page):
    """Return the words of the answers that are chosen."""
    words = "all => all.map((button) => button.firstChild.textContent)"
    return page.locator("[aria-pressed=true]").evaluate_all(words)


def test_answers_are_remembered_until_the_quiz_starts_again(open_page):
    page = open_page()
    choice(page, 0, 1).locator("button").click()
    choice(page, 0, 0).locator("button").click()
    choice(page, 1, 0).locator("button").click()
    page.reload()
    assert pressed(page) == ["Two.", "Three.", "Two."]
    assert choice(page, 0, 1).locator("[aria-live]").inner_text().startswith("No: that is one more")
    assert page.locator(".quiz-score").inner_text() == "0 of 2 right at the first try, 1 to go"
    choice(page, 1, 2).locator("button").click()
    page.reload()
    assert page.locator(".quiz-score").inner_text() == "1 of 2 right at the first try"
    page.get_by_role("button", name="Start again").click()
    page.reload()
    assert pressed(page) == []
    assert page.evaluate("localStorage.getItem('losses-quiz')") == "{}"
    assert page.problems == []


@pytest.mark.parametrize(
    "stored",
    ["3", "{", "null", '{"question-what-is-one-plus-one": 5}',
     '{"question-what-is-one-plus-one": ["Five.", 7], "question-of-old": ["Two."]}'],
)  # fmt: skip
def test_damaged_stored_answers_do_no_harm(open_page, stored):
    page = open_page()
    page.evaluate("text => localStorage.setItem('losses-quiz', text)", stored)
    page.reload()
    assert (pressed(page), page.problems) == ([], [])
    choice(page, 0, 0).locator("button").click()
    page.reload()
    assert (pressed(page), page.problems) == (["Two."], [])


def test_where_storage_is_blocked_the_quiz_works(open_page):
    page = open_page()
    page.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("blocked", "SecurityError"); } });""")
    page.reload()
    choice(page, 0, 0).locator("button").click()
    assert pressed(page) == ["Two."]
    assert page.locator(".quiz-score").inner_text() == "1 of 2 right at the first try, 1 to go"
    page.get_by_role("button", name="Start again").click()
    page.reload()
    assert (pressed(page), page.problems) == ([], [])


def test_keyboard(open_page):
    """Tab reaches every answer and the reset; space and enter choose; focus is visible."""
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#question-what-is-one-plus-one"
    for key, answer in (("Space", 0), ("Enter", 1)):
        page.keyboard.press("Tab")
        page.keyboard.press(key)
        button = choice(page, 0, answer).locator("button")
        assert button.get_attribute("aria-pressed") == "true"
        assert button.evaluate("b => b === document.activeElement")
        assert button.evaluate("b => getComputedStyle(b).outlineStyle") == "solid"
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Start again"


def test_print_shows_all_feedback(open_page):
    """In print, all feedback is visible, with and without JavaScript."""
    page = open_page()
    page.emulate_media(media="print")
    texts = page.locator(".quiz-text")
    assert texts.count() == 5
    assert all(text.is_visible() for text in texts.all())
    assert not page.locator(".quiz-end").is_visible()
    plain = open_page(java_script_enabled=False)
    plain.emulate_media(media="print")
    assert all(d.bounding_box()["height"] > 60 for d in plain.locator("details").all())


def test_phone(open_page):
    """On a phone, nothing is wider than the screen, and each answer is at least 44 px high."""
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True)
    choice(page, 0, 1).locator("button").tap()
    assert choice(page, 0, 1).get_by_text("No: that is").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert all(b.bounding_box()["height"] >= 44 for b in page.locator("button").all())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(open_page, theme):
    """All text has a contrast of at least 4.5:1, chosen or not (WCAG 2, AA)."""
    page = open_page()
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    choice(page, 0, 0).locator("button").click()
    choice(page, 0, 1).locator("button").click()
    for selector in (
        "legend",
        ".quiz-answer",
        ".quiz-text",
        ".quiz-hint",
        ".quiz-end :is(button, a)",
    ):
        for element in page.locator(selector).all():
            assert contrast(*element.evaluate(COLOURS)) >= 4.5, selector


COLOURS = """element => {
  const behind = (node) => getComputedStyle(node).backgroundColor;
  let parent = element;
  while (behind(parent) === "rgba(0, 0, 0, 0)") parent = parent.parentElement;
  return [getComputedStyle(element).color, behind(parent)];
}"""


def contrast(*colours):
    """Return the contrast ratio of two colours, by the formula of WCAG 2."""
    low, high = sorted(map(_luminance, colours))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour):
    channels = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast_of_black_and_white():
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
