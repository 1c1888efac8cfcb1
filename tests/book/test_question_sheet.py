"""The sheet of questions for a class: all of a page's questions and exercises, and no answer."""

import html
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from quiz_parts import BOOK, GOOD, built
from rotation import one_in
from test_quiz import CHAPTERS, quizzes_of

from website import chromium
from website.extension.questions import typeset

EXERCISES = """
<div class="exercise admonition" id="two-sums"><p class="admonition-title">
<span class="caption-number">Exercise 7 </span> (Two sums)</p>
<section id="exercise-content"><p>Add one and two.</p></section></div>
<div class="dropdown admonition"><p class="admonition-title">Hint</p><p>Count.</p></div>
<div class="solution admonition"><p class="admonition-title">Solution</p><p>It is three.</p></div>
<section class="on-page" id="double"><p class="on-page-title" data-title="Twice">Twice</p>
<p>Write a function that doubles.</p><div class="on-page-start"><pre>def twice(x):</pre></div>
<div class="on-page-tools"><p>Copy it.</p></div>
<details class="on-page-fold"><summary>Solution</summary>return 2 * x</details></section>"""
PAGE = f"""<!doctype html>
<html lang="en" data-theme="dark"><head><meta charset="utf-8"><title>Sums</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="quiz.css"><script src="quiz.js"></script></head>
<body><main><h1>Sums</h1><p>A chapter.</p>{built(GOOD)}
<fieldset class="quiz" id="even"><legend>Which numbers are even?</legend>
<details data-right><summary>Four.</summary>Right: it is twice two.</details>
<details><summary>Five.</summary>No: it leaves a remainder.</details>
<details data-right><summary>Six.</summary>Right: it is twice three.</details>
</fieldset>{EXERCISES}</main></body></html>"""
ANSWERS = ["two ones make a pair", "one more than a pair", "twice two", "remainder", "twice three",
           "Count", "It is three", "return 2", "✓", "✗"]  # fmt: skip


@pytest.fixture
def page(browser, tmp_path):
    """Return the page as it is opened from disk, with the real assets."""
    for name in ("quiz.js", "quiz.css", "sheet.js", "sheet.css"):
        shutil.copy(BOOK / "assets" / name, tmp_path)
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(chromium.PATIENCE)
    page.goto((tmp_path / "page.html").as_uri())
    yield page
    page.close()


def follow(page):
    """Go from the quiz to the sheet."""
    page.get_by_role("link", name="Print the questions").click()
    page.locator(".sheet").wait_for()


def printed(page):
    """Return the words that paper shows, marks before and after elements included."""
    page.emulate_media(media="print")
    marks = """[...document.querySelectorAll("*")].filter((e) => e.checkVisibility()).flatMap(
        (e) => ["::before", "::after"].map((one) => getComputedStyle(e, one).content)).join(" ")"""
    return page.locator("body").inner_text() + page.evaluate(marks)


def test_the_sheet_has_all_questions_and_no_answer(page):
    page.get_by_role("button", name="Three.").click()  # what a reader chose is not on it
    follow(page)
    text = printed(page)
    for asked in ("What is one plus one?", "Two.", "Three.", "Which numbers are even?", "Four.",
                  "Five.", "Six.", "2 answers are right", "Two sums", "Add one and two.", "Twice",
                  "a function that doubles", "def twice(x):", "Name"):  # fmt: skip
        assert text.count(asked) == 1, asked
    assert [answer for answer in ANSWERS if answer in text] == []
    assert "A chapter." not in text
    right = page.locator(".sheet-choices").first.locator("li")
    looks = right.evaluate_all("all => all.map((e) => getComputedStyle(e).cssText + e.className)")
    assert len(set(looks)) == 1, "the right answer looks different"
    assert page.locator("button:visible").count() == 0


def test_a_sheet_leaves_room_to_write(page):
    follow(page)
    page.emulate_media(media="print")
    rooms = [room.bounding_box() for room in page.locator(".sheet-room").all()]
    assert len(rooms) == 4  # two questions, two exercises
    assert [room["height"] >= 24 for room in rooms] == [True] * 4
    assert [room["height"] >= 150 for room in rooms[2:]] == [True] * 2


def test_the_page_as_it_is_prints_the_answers(page):
    text = printed(page)
    assert all(words in text for words in ("two ones make a pair", "it is twice three", "✓"))
    assert not page.get_by_role("link", name="Print the questions").is_visible()
    assert page.locator(".sheet").count() == 0


def test_print_and_back(page):
    follow(page)
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_role("button", name="Print this sheet").click()
    assert page.evaluate("window.printed")
    page.get_by_role("link", name="Back to the chapter").click()
    page.get_by_text("A chapter.").wait_for()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_sheet_is_readable(page):
    """Black on white in the dark as well, no wider than a phone, and nothing that axe finds."""
    follow(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(e.bounding_box()["height"] >= 44 for e in page.locator(".sheet-buttons > *").all())
    assert page.evaluate("""() => {
      const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
      return ids.length === new Set(ids).size; }""")
    assert [v["id"] for v in Axe().run(page, context=".sheet").response["violations"]] == []


def test_without_script_nothing_offers_it(browser, page):
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(page.url + "?sheet")
    assert plain.get_by_text("Print the questions").count() == 0
    assert plain.get_by_text("A chapter.").is_visible()
    plain.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", one_in(6, [path for path in CHAPTERS if quizzes_of(path)]), ids=lambda path: path.stem
)
def test_every_chapter_has_a_sheet(browser, address, path):
    with chromium.tab(browser, address) as page:
        page.goto(f"{address}/{path.relative_to(BOOK.parent).with_suffix('.html')}?sheet")
        page.locator(".sheet").wait_for()
        text = " ".join(printed(page).split())
        source = quizzes_of(path)
        exercises = page.locator(".exercise.admonition, section.on-page").count()
        assert page.locator(".sheet-room-short").count() == len(source)
        assert page.locator(".sheet-room-long").count() == exercises
        for why in re.findall(r"</summary>(.*?)</details>", " ".join(source), re.DOTALL):
            assert plain(why) not in text
        for asked in re.findall(
            r"<(?:legend|summary)>(.*?)</(?:legend|summary)>", " ".join(source)
        ):
            assert plain(asked) in text
        assert page.problems == []


def plain(source):
    """Return the words of a piece of HTML, set as the page sets them."""
    return " ".join(html.unescape(re.sub("<[^>]*>", "", typeset(source))).split())
