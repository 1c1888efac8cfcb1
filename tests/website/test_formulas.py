"""Formulas are MathML: each formula of each page, whole, in the book's font, and said aloud."""

import functools
import html
import pickle
import re
import subprocess
import sys
import unicodedata

import pytest
from docutils import nodes
from math_core import LatexError

from website import built, math_font, toc
from website.extension import formulas

DOCTREES = toc.ROOT / "_build" / ".doctrees"
CONF = 'extensions = ["myst_parser", "website.extension.formulas"]\n'
CONF += 'myst_enable_extensions = ["dollarmath"]\n'
# TeX that nothing has read: in a formula, and in a sentence.
TEX = re.compile(r"\\[a-zA-Z]|[$^&]|_\{")
TEX_IN_TEXT = re.compile(r"\\[(\[a-z]\S*|\$\S[^$\n]*\S\$")
NO_TEXT = re.compile(r"<(math|pre|code|script|style)[ >].*?</\1>", re.DOTALL)


def elements(tex, **options):
    """Return the names of the elements of a formula, in their order."""
    return re.findall(r"<(\w+)", formulas.mathml(tex, **options))


def test_a_fraction_a_root_and_a_power_are_elements_of_their_own():
    assert elements(r"\frac{a}{\sqrt{b}}") == ["math", "mfrac", "mi", "msqrt", "mi"]
    assert elements("e^{x}_i") == ["math", "msubsup", "mi", "mi", "mi"]


def test_only_a_formula_on_its_own_line_is_a_block():
    assert formulas.mathml("x", display=True).startswith('<math display="block">')
    assert formulas.mathml("x").startswith("<math>")


def test_lines_are_rows_that_are_aligned():
    assert elements(r"a &= b \\ c &= d", display=True).count("mtr") == 2


def test_formulas_side_by_side_are_drawn_one_by_one():
    assert formulas.side_by_side(r"a = 1, \qquad b = 2.") == ["a = 1,", "b = 2."]
    steps = r"s = \begin{cases} 0 \\ 1 \end{cases} \qquad t"
    assert formulas.side_by_side(steps) == [r"s = \begin{cases} 0 \\ 1 \end{cases}", "t"]


def test_a_long_formula_breaks_where_its_source_says():
    pieces = formulas.side_by_side(r"a \hspace{0em} {} = b", formulas.BREAK)
    assert pieces == ["a", "{} = b"]
    assert elements(pieces[1], display=True) == ["math", "mrow", "mo", "mi"]


@pytest.mark.parametrize(
    "tex", [r"a \\ b \qquad c", r"\text{a \qquad b}", r"\left( a \qquad b \right)"]
)
def test_what_belongs_together_is_drawn_as_one(tex):
    assert formulas.side_by_side(tex) == [tex]


def test_a_prime_stands_beside_its_symbol():
    assert elements("f'(x)")[:4] == ["math", "mrow", "mi", "mo"]
    assert elements("e^{-z_c'}") == [
        "math",
        "msup",
        "mi",
        "mrow",
        "mo",
        "mrow",
        "msub",
        "mi",
        "mi",
        "mo",
    ]


@pytest.mark.parametrize("tex", [r"\unknown", r"\frac{1}", "a & b", "{"])
def test_an_error_is_not_drawn_but_raised(tex):
    with pytest.raises(LatexError):
        formulas.mathml(tex)


def test_an_error_ends_a_build_and_names_page_and_command(tmp_path):
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    (tmp_path / "index.md").write_text("# Title\n\nIt is $1 + \\unknown < 2$.\n", encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-qW", "--keep-going", tmp_path, tmp_path / "out"]
    done = subprocess.run(command, cwd=toc.ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "index.md:3" in done.stderr
    assert r'Unknown command "\unknown"' in done.stderr
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert r"<code>1 + \unknown &lt; 2</code>" in page


@functools.cache
def article(page):
    """Return the content of a built page as HTML."""
    text = (built.folder() / f"{page}.html").read_text(encoding="utf-8")
    return text.partition("<article")[2].partition("</article>")[0]


def drawn(page):
    """Return the formulas of a page."""
    return re.findall("<math[ >].*?</math>", article(page), re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("page", toc.PAGES)
def test_every_formula_of_a_page_is_drawn(page):
    """Sphinx has read as many formulas as the page has, and none is left as TeX."""
    doctree = pickle.loads((DOCTREES / f"{page}.doctree").read_bytes())
    read_by_sphinx = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
    places = re.findall('<(?:div|span) class="math ', article(page))
    marks = r"\qquad", formulas.BREAK
    beside = sum(node.astext().count(mark) for node in read_by_sphinx for mark in marks)
    assert len(drawn(page)) - beside == len(read_by_sphinx) == len(places)
    assert re.findall('<merror|class="math[^>]*><code>', article(page)) == []
    assert [one for one in map(words, drawn(page)) if not one or TEX.search(one)] == []
    assert TEX_IN_TEXT.findall(words(NO_TEXT.sub("", article(page)))) == []


def words(markup):
    """Return the text of a piece of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()


@pytest.mark.slow
def test_the_book_has_formulas():
    """Without them, no formula at all would be in order."""
    text = "".join(map(article, toc.PAGES))
    assert text.count("<math") > 1500
    assert text.count('<math display="block"') > 120
    assert text.count('<span class="eqno">') > 60


def letters(page):
    """Return the characters of the formulas of a page as browsers draw them."""
    italic = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in math_font.ITALIC}
    characters = set()
    for kind, text in re.findall("<(m[ion]|mtext)[^>]*>([^<]*)<", "".join(drawn(page))):
        text = html.unescape(text)
        characters |= {italic.get(text, text)} if kind == "mi" and len(text) == 1 else set(text)
    return characters


SAID = """all => all.filter((e) => e.checkVisibility({ visibilityProperty: true })
  && !e.closest("[inert], [aria-hidden=true]")).length"""
# Where the book's font lacks a character, that of the fallback decides on its width.
FOREIGN = """async (characters) => {
  await document.fonts.load("100px 'Book Math'");
  const pen = document.createElement("canvas").getContext("2d");
  const width = (character, fallback) => {
    pen.font = `100px ${fallback}`;
    return pen.measureText(character).width;
  };
  return characters.filter((character) =>
    width(character, "'Book Math', monospace") !== width(character, "'Book Math', serif"));
}"""


@pytest.mark.slow
def test_the_font_has_every_character_of_every_formula(browser, address):
    invisible = {"\N{FUNCTION APPLICATION}", "\N{VARIATION SELECTOR-1}"}
    characters = sorted(set().union(*map(letters, toc.PAGES)) - invisible)
    assert len(characters) > 100
    page = browser.new_page()
    page.goto(f"{address}/book/softmax.html")
    assert page.evaluate(FOREIGN, ["ж"]) == ["ж"], "the test cannot tell fonts apart"
    assert page.evaluate(FOREIGN, characters) == []
    page.close()


@pytest.mark.slow
def test_a_screen_reader_meets_a_formula_as_mathematics(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/book/softmax.html")
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    for name, role in (("math", "MathMLMath"), ("mfrac", "MathMLFraction")):
        assert roles.count(role) == page.locator(name).evaluate_all(SAID) > 3
    page.close()


@pytest.mark.slow
def test_a_root_ends_where_its_line_ends(page, address):
    page.goto(f"{address}/book/where-the-digits-go.html", wait_until="load")
    page.wait_for_function("document.querySelector('article msqrt').style.marginRight")
    spare = page.locator("article msqrt").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right"
        " + parseFloat(getComputedStyle(e).marginRight)"
        " - e.lastElementChild.getBoundingClientRect().right)"
    )
    assert len(spare) > 3
    assert max(map(abs, spare)) <= 1


@pytest.mark.slow
def test_a_root_in_a_folded_proof_ends_there_too_once_it_is_opened(page, address):
    page.goto(f"{address}/book/mistakes/shapes-and-reductions.html", wait_until="load")
    page.evaluate("document.fonts.ready")
    proof = page.locator("details.proof:has(msqrt)").first
    assert not proof.locator("msqrt").first.is_visible()
    proof.evaluate("proof => proof.open = true")
    page.wait_for_function("document.querySelector('details.proof msqrt').style.marginRight")


@pytest.mark.slow
def test_formulas_side_by_side_fit_a_phone(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/book/what-is-a-loss.html", wait_until="load")
    pairs = page.locator("div.formula:has(math + math)")
    assert pairs.count() == 3
    assert pairs.evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")


@pytest.mark.slow
def test_a_wide_formula_scrolls_and_can_be_reached_by_the_keyboard(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{address}/book/several-losses.html", wait_until="load")
    page.locator("div.formula[tabindex]").first.wait_for(state="attached")
    boxes = page.locator("div.formula").evaluate_all(
        "all => all.map(e => [e.scrollWidth > e.clientWidth, e.tabIndex === 0])"
    )
    assert {(True, True), (False, False)} == set(map(tuple, boxes))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
