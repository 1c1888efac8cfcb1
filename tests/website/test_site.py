"""Every page of the built book in a browser: it is whole, light, and fit to be used by everyone.

The tests of a page share one visit, which begins with an empty cache. What a visit weighs is what
Chromium counts, compressed; the limits are those the project sets itself.
"""

import functools

import nbformat
import pytest
from axe import MODES, faults
from rotation import one_in

from tools.bench import pages
from tools.rotation import turn
from website import chromium
from website.toc import PAGES, ROOT

pytestmark = pytest.mark.slow
EVERY_PAGE = [*PAGES, "search", "genindex"]
# Choose the first answer of each question, and return what is then to be read below it.
ANSWER = """questions => questions.map((question) => {
  const button = question.querySelector(".quiz-choice button");
  if (button.ariaPressed !== "true") button.click();
  const feedback = question.querySelector(".quiz-choice [aria-live]");
  return feedback.checkVisibility() ? feedback.innerText : "";
})"""
FIRST, AGAIN = 300_000, 85_000  # bytes: with nothing of the site in the cache, and with a page


@pytest.fixture(scope="module", params=one_in(3, EVERY_PAGE))
def name(request):
    """Return the name of the page."""
    return request.param


@pytest.fixture(scope="module")
def page(browser, address, name):
    """Visit the page with an empty cache and read it to its end."""
    with chromium.tab(browser, address, reduced_motion="reduce") as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/{name}.html")
        yield tab


@pytest.fixture(scope="module")
def shared(browser, address):
    """Return the addresses of the files that a chapter leaves in the cache."""
    with chromium.tab(browser, address) as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/book/double-softmax.html")
        return set(tab.arrived)


@functools.cache
def source(name):
    """Return the cells of a page as one text, which is empty if it is not a notebook."""
    path = ROOT / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells if path.exists() else []
    return "\n".join(cell.source for cell in cells)


def count(name, text='<fieldset class="quiz"'):
    """Return how often a text, or a quiz question, stands in the source of a page."""
    return source(name).count(text)


def test_page_is_whole_and_alone(page):
    """A page has one main heading and its figures, and makes no external requests."""
    assert page.problems == []
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1:visible").count() == 1
    unloaded = "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    assert page.locator("article img").evaluate_all(unloaded) == []
    bare = "images => images.filter(i => !i.alt || i.alt.startsWith('_images')).map(i => i.src)"
    assert page.locator("article img").evaluate_all(bare) == [], "a figure has no text alternative"


def test_visit_is_light(page, name, shared):
    """On a first visit, and when the reader comes from a chapter."""
    first = sum(page.arrived.values())
    again = sum(size for url, size in page.arrived.items() if url not in shared)
    assert 40_000 < first <= FIRST
    assert again <= AGAIN


@pytest.mark.parametrize("name", one_in(6, EVERY_PAGE), indirect=True)
def test_axe_finds_no_violation_and_nothing_is_too_wide(page, name):
    """Each commit judges a sixth of the pages, each in one of the modes, chosen by its hash."""
    mode = MODES[(EVERY_PAGE.index(name) + turn()) % len(MODES)]
    assert faults(page, *mode) == []


@pytest.mark.proof
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_no_violation_in_any_mode(page, mode):
    assert faults(page, *mode) == []


def test_quiz_works_on_the_page(page, name):
    """Each question of a chapter shows feedback when an answer is chosen, without a kernel."""
    questions = page.locator("fieldset.quiz")
    assert questions.count() == count(name)
    if questions.count():
        questions.first.locator(".quiz-choice button").first.click()
    assert [words for words in questions.evaluate_all(ANSWER) if len(words.split()) <= 3] == []


def test_solutions_are_folded_and_open(page, name):
    """The solutions of a page are hidden until they are opened."""
    solutions = page.locator(".solution.dropdown")
    assert solutions.count() == count(name, "{solution-start}")
    for solution in solutions.all():
        output = solution.locator("pre").first
        assert not output.is_visible()
        solution.locator("summary, .toggle-button").first.click()
        assert output.is_visible()


def test_proofs_of_the_atlas_are_folded_and_open(page, name):
    """The values, gradients and witnesses of a mistake wait until the reader asks for them."""
    proofs = page.locator("details.proof")
    assert proofs.count() == count(name, "**Proof.**")
    numbers = ".tag_check .cell_output :is(pre, .check-table)"
    assert page.locator(f"details.proof {numbers}").filter(visible=True).count() == 0
    for proof in proofs.all():
        proof.locator("summary").first.click()
        assert proof.locator(numbers).filter(visible=True).count()
        assert not proof.get_by_text("Where it comes from.").count()


@pytest.mark.parametrize("text", ['<fieldset class="quiz"', "{solution-start}", "**Proof.**"])
def test_chapters_have_quizzes_and_exercises(text):
    """The tests above have something to look at."""
    assert len([name for name in PAGES if count(name, text) >= 3]) > 10
