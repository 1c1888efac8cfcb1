"""The built book in a real browser: it needs no other host, its quizzes work.

Run by `make site`, after `make book`.
"""

import nbformat
import pytest

from website.toc import PAGES, ROOT

pytestmark = pytest.mark.slow


def count(page, text='<fieldset class="quiz">'):
    """Return how often a text, or a quiz question, stands in the source of a page."""
    path = ROOT / f"{page}.ipynb"
    if not path.exists():
        return 0
    return sum(cell.source.count(text) for cell in nbformat.read(path, as_version=4).cells)


QUIZZES = [name for name in PAGES if count(name)]
EXERCISES = [name for name in PAGES if count(name, "{solution-start}")]


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_whole_and_alone(page, address, name):
    """A page has a title, one main heading and its figures, and asks no other host."""
    page.goto(f"{address}/{name}.html", wait_until="networkidle")
    assert page.problems == []
    assert page.locator("article h1").count() == 1
    unloaded = "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    assert page.locator("article img").evaluate_all(unloaded) == []
    bare = "images => images.filter(i => !i.alt || i.alt.startsWith('_images')).map(i => i.src)"
    assert page.locator("article img").evaluate_all(bare) == [], "a figure has no text alternative"


@pytest.mark.parametrize("name", QUIZZES)
def test_quiz_works_on_the_page(page, address, name):
    """Each question of a chapter shows feedback when an answer is chosen, without a kernel."""
    page.goto(f"{address}/{name}.html")
    questions = page.locator("fieldset.quiz")
    assert questions.count() == count(name)
    for number in range(questions.count()):
        choice = questions.nth(number).locator(".quiz-choice").first
        choice.locator("button").click()
        assert len(choice.locator("[aria-live]").inner_text().split()) > 3


@pytest.mark.parametrize("name", EXERCISES)
def test_solutions_are_folded_and_open(page, address, name):
    """The solution of an exercise is hidden until it is opened."""
    page.goto(f"{address}/{name}.html")
    solutions = page.locator(".solution.dropdown")
    assert solutions.count() == count(name, "{solution-start}") >= 3
    output = solutions.first.locator("pre").first
    assert not output.is_visible()
    solutions.first.locator("summary, .toggle-button").first.click()
    assert output.is_visible()
