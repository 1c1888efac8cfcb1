"""What stays together in a line, what is a link, and what a folded cell is called."""

import re

import pytest
from page_trees import read

from website import built, toc
from website.extension import markup

pytestmark = pytest.mark.slow
CHAPTERS = [name for name in toc.PAGES if (toc.ROOT / f"{name}.ipynb").exists()]
TOGETHER = re.compile(
    r"[0-9] %|[0-9] × [0-9]|\b[0-9]{3}-[0-9]{1,2}\b|\([0-9N]+, [0-9K]+\)"
    r"|\w \[[0-9.]+, [0-9.]+\]|\b\w{1,10} = [0-9.]+(?![0-9.]| [%×])"
)


@pytest.fixture(params=CHAPTERS, scope="module")
def article(request):
    """Return the text of a chapter as it was built."""
    return read(built.folder() / f"{request.param}.html").select_one("article")


def test_a_number_and_its_sign_stay_in_one_line(article):
    texts = [text for p in article.select("section > p") for text in p.find_all(string=TOGETHER)]
    assert [str(text) for text in texts if "text-nowrap" not in text.parent.get("class", ())] == []


def test_the_link_of_a_solution_begins_with_a_word(article):
    links = article.select(".solution > p.admonition-title > a")
    assert [link.get_text() for link in links if link.get_text()[:1].isspace()] == []
    assert all(link.previous_sibling == "Solution to " for link in links)


def test_only_what_draws_is_called_a_figure(article):
    folded = article.select(".cell:has(> details.hide)")
    called = [cell for cell in folded if "Code of this figure" in cell.summary.get_text()]
    assert [cell.summary for cell in called if not cell.img] == []


LINES = """all => all.filter((e) => {
  const before = e.offsetHeight;
  e.querySelector("a.quiz-link").style.display = "none";
  return e.offsetHeight < before;
}).map((e) => e.textContent)"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_address_of_a_question_takes_no_line_of_its_own(page, address, width):
    page.set_viewport_size({"width": width, "height": 844})
    for name in ("a-loss-is-a-likelihood", "regression-losses", "sparse-labels"):
        page.goto(f"{address}/book/{name}.html")
        page.locator("a.quiz-link").first.wait_for(state="attached")
        assert page.locator(".quiz legend").evaluate_all(LINES) == []


def test_a_short_command_stays_in_one_line(article):
    short = [code for code in article.select("code.literal") if re.search("[ -]", code.get_text())]
    short = [code for code in short if len(code.get_text()) < markup.LONG]
    assert [str(code) for code in short if "text-nowrap" not in code["class"]] == []


BROKEN = re.compile("cross-entropy|[0-9]e-[0-9]")


def test_a_heading_breaks_between_words(article):
    titles = article.select("section > :is(h1, h2, h3)")
    torn = [text for title in titles for text in title.find_all(string=BROKEN)]
    assert [str(text) for text in torn if "text-nowrap" not in text.parent.get("class", ())] == []


def test_names_in_a_quiz_are_code(article):
    texts = article.select("fieldset.quiz")
    plain = [text for quiz in texts for text in quiz.find_all(string=re.compile(r"tf\.|\w_\w|'"))]
    assert [str(text) for text in plain if not text.find_parent(["code", "math"])] == []


def test_lines_of_code_and_of_output_have_no_place_to_break(article):
    assert article.select(".cell pre wbr") == []


@pytest.mark.parametrize("name", ["book/mistakes/saving-and-old-code"])
def test_the_wrong_and_the_right_program_end_at_one_height(page, address, name):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/{name}.html", wait_until="load")
    pairs = page.locator(".pair").evaluate_all(
        "pairs => pairs.map(pair => [...pair.querySelectorAll('.cell_input pre')].map("
        "(code) => [code.innerText.split('\\n').length, code.getBoundingClientRect().bottom]))"
    )
    assert any(wrong[0] != right[0] for wrong, right in pairs)
    assert [wrong[1] for wrong, _ in pairs] == [right[1] for _, right in pairs]


def test_paper_asks_for_no_click(page, address):
    page.goto(f"{address}/book/softmax.html", wait_until="load")
    buttons = page.locator(".toggle-button")
    assert buttons.filter(visible=True).count() > 2
    page.emulate_media(media="print")
    assert buttons.filter(visible=True).count() == 0


CUT = """all => all.filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.textContent.trim().slice(0, 60))"""


def test_on_paper_no_table_and_no_output_is_cut_off(page, address):
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 with its margins
    page.emulate_media(media="print")
    for name in ("accuracy", "sources/index", "notation", "mistakes/shapes-and-reductions"):
        page.goto(f"{address}/book/{name}.html")
        boxes = page.locator(".pst-scrollable-table-container, .cell_output, .cell_output pre")
        assert boxes.evaluate_all(CUT) == [], name
