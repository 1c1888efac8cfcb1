"""The printed book against the pages of the site and the notebooks that it is made from.

What a person sees in a viewer is read from the PDF by pypdf: outline, links, tags, text. It takes
minutes to print the book and to read it: one commit in three does so, and reads a quarter of the
chapters. A PDF that was put into the site is always read, since it goes online with it.
"""

import functools
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import nbformat
import pytest
from pypdf import PdfReader
from rotation import one_in

from grader import programs
from website import built, chromium, pdf, toc

pytestmark = pytest.mark.slow
A_QUARTER = one_in(4, pdf.PAGES)
NAME = "loss-functions-in-tensorflow.pdf"  # Makefile
# The fonts in website/fonts and that of formulas, as they call themselves.
FONTS = ("STIXTwoText", "STIXTwoMath", "SourceSans3", "Iosevka", "NotoSansSC")
PARTS = {page: part for part, pages in toc.PARTS.items() for page in pages}
NOTEBOOKS = [page for page in A_QUARTER if (toc.ROOT / f"{page.values[0]}.ipynb").exists()]


def in_the_site():
    """Return the PDF that was put into the site since it was built, or None."""
    path, built_at = built.SITE / NAME, built.SITE / "built"
    is_new = path.exists() and path.stat().st_mtime >= built_at.stat().st_mtime
    return path if is_new else None


@pytest.fixture(
    scope="module", params=["in the site"] if in_the_site() else one_in(12, ["printed"])
)
def book(browser, tmp_path_factory):
    """Read the PDF of the site, or print the built book; without Chromium, `browser` skips it."""
    if in_the_site():
        return PdfReader(in_the_site())
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, "-m", "website.pdf", built.folder(), path]
    result = subprocess.run([*map(str, command)], cwd=toc.ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return PdfReader(path)


@pytest.fixture(scope="module")
def text(book):
    """Return a function that reads a page of the PDF, without spaces: it does not keep them all."""
    return functools.cache(lambda number: squeezed(book.pages[number].extract_text()))


@pytest.fixture(scope="module")
def articles():
    """Return the articles of the site by page."""
    return {page: pdf.read(built.SITE, page).select_one("article") for page in pdf.PAGES}


def squeezed(text):
    """Return a text without spaces."""
    return re.sub(r"[\s\0]", "", text)


def begins(book, page):
    """Return the place of a chapter's first page in the PDF."""
    return book.get_destination_page_number(book.named_destinations[f"/{page}"])


def numbers(book, page):
    """Return the range of a chapter's pages in the PDF."""
    following = pdf.PAGES[pdf.PAGES.index(page) + 1 :]
    return range(begins(book, page), begins(book, following[0]) if following else len(book.pages))


@pytest.fixture(params=A_QUARTER)
def page(request):
    """Return the name of a page of the site."""
    return request.param


@pytest.fixture
def chapter(book, text, articles, page):
    """Return the text of a chapter, without the heads and the numbers of its pages."""
    top = head(articles, page)
    return "".join(text(n).removeprefix(f"{top}{n + 1}") for n in numbers(book, page))


def head(articles, page):
    """Return what stands at the top of the sheets of a chapter: its part and its title."""
    return squeezed(PARTS.get(page, "") + title(articles[page]))


def title(article):
    """Return the title of a page of the site."""
    return article.select_one("h1").get_text()


def test_it_has_350_pages_at_most(book):
    assert 200 < len(book.pages) <= 350


def test_tags_title_and_language(book):
    root = book.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert book.metadata.title == "Loss Functions in TensorFlow"  # CITATION.cff, README


def test_outline_names_every_page_of_the_toc_in_order(book, articles):
    titles = [entry.title for entry in book.outline if not isinstance(entry, list)]
    assert titles == ["Contents", *map(title, articles.values())]


def test_sections_stand_below_their_chapters_in_the_outline(book, articles):
    below = [entry for entry in book.outline if isinstance(entry, list)]
    counts = [sum(not isinstance(entry, list) for entry in entries) for entries in below]
    sections = [len(article.select("h2")) for article in articles.values()]
    assert counts == [count for count in sections if count]


def test_contents_name_the_page_where_each_chapter_begins(book, text, articles):
    listed = "".join(text(number) for number in range(1, begins(book, pdf.PAGES[0])))
    for page, article in articles.items():
        place = begins(book, page)
        assert squeezed(title(article)) in text(place)
        assert f"{squeezed(title(article))}{place + 1}" in listed


def test_every_page_has_its_part_its_chapter_and_its_number(book, text, articles, page):
    assert numbers(book, page)
    for number in numbers(book, page):
        assert text(number).startswith(f"{head(articles, page)}{number + 1}")


def test_pages_left_out_are_pages_of_the_site_and_named_with_the_contents(book, text):
    assert set(pdf.OMITTED) < set(toc.PAGES)
    for page, why in pdf.OMITTED.items():
        name = title(pdf.read(built.SITE, page))
        assert squeezed(f"{name} ({why})") in text(2)


def test_all_fonts_are_those_of_the_book(book):
    """Then no page depends on the fonts of the machine that prints it."""
    fonts = {}
    for number, page in enumerate(book.pages, 1):
        for font in page["/Resources"].get("/Font", {}).values():
            name = str(font.get_object().get("/BaseFont", "a font without a name"))
            fonts.setdefault(name.split("+")[-1], number)
    assert len(fonts) >= 9
    assert {name: number for name, number in fonts.items() if not name.startswith(FONTS)} == {}


def annotations(book):
    """Yield the links of the PDF: the place of their page, and what they lead to."""
    for number, page in enumerate(book.pages):
        for annotation in page.get("/Annots", []):
            yield number, annotation.get_object()


def test_every_internal_link_leads_to_a_place(book):
    names = [link["/Dest"] for _, link in annotations(book) if "/Dest" in link]
    assert len(set(names)) > 200
    assert set(names) <= set(book.named_destinations)


def test_other_links_lead_to_the_web(book):
    others = [link["/A"] for _, link in annotations(book) if "/Dest" not in link]
    assert all(re.match(r"https?://", action["/URI"]) for action in others)


def test_links_between_chapters_are_those_of_the_site(book, articles):
    """The same name, "quiz" say, is on many pages: a link must lead to that of its page."""
    for page, article in articles.items():
        for link in article.select("a.reference.internal[href*='.html#']"):
            path, name = link["href"].split("#")
            target = (built.SITE / page).parent.joinpath(path).resolve()
            wanted = target.relative_to(built.SITE.resolve()).with_suffix("").as_posix()
            if wanted not in pdf.PAGES:
                continue  # on the site only, as the source code of lossutils is
            place = book.named_destinations[f"/{wanted}:{unquote(name)}"]
            first, number = begins(book, wanted), book.get_destination_page_number(place)
            following = pdf.PAGES[pdf.PAGES.index(wanted) + 1 :][:1]
            assert first <= number, link
            assert all(number <= begins(book, other) for other in following), link


@pytest.mark.parametrize("page", NOTEBOOKS, indirect=True)
def test_the_code_for_the_reader_is_printed_and_no_other(chapter, page):
    """Solutions too; from the notebooks, so nothing is cut or lost on the way."""
    cells = nbformat.read(toc.ROOT / f"{page}.ipynb", as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    folded = [cell for cell in code if "hide-input" in cell.metadata.get("tags", [])]
    assert [c.source for c in code if c not in folded and squeezed(c.source) not in chapter] == []
    assert [c.source for c in folded if squeezed(c.source) in chapter] == []


@pytest.mark.parametrize("page", NOTEBOOKS, indirect=True)
def test_quizzes_stand_open_with_their_answers_marked(chapter, articles, page):
    for answer in articles[page].select(".quiz details"):
        summary = answer.select_one("summary").extract()
        mark = "✓" if answer.has_attr("data-right") else "✗"
        assert mark + squeezed(summary.get_text()) in chapter
        assert squeezed(answer.get_text())[:30] in chapter


def test_formulas_are_typeset(chapter):
    assert r"\(" not in chapter
    assert r"\[" not in chapter


def figures(book):
    """Return the text alternatives of the pictures, as the tags of the PDF have them."""
    texts, waiting = [], [book.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            if element.get("/S") == "/Figure":
                texts.append(element.get("/Alt"))
            waiting += [element["/K"]] if "/K" in element else []
    return texts


def test_every_picture_has_its_text_alternative(book, articles):
    images = [image for article in articles.values() for image in article.select("img")]
    pictures = [image["alt"] for image in images if not image.find_parent("noscript")]
    explorers = [
        chart["aria-label"]
        for article in articles.values()
        for chart in article.select(".explorer-chart, .landing-explorer svg, section > .loss-curve")
    ]
    assert len(pictures) > 50
    assert explorers, "there is no explorer in the book"
    assert sorted(figures(book)) == sorted(pictures + explorers)


def test_nothing_is_printed_that_only_a_screen_can_do(chapter):
    chrome = ["Skip to main content", "Show code cell", "Hide code cell", "Click to", "[source]"]
    assert [words for words in chrome if squeezed(words) in chapter] == []


def test_cards_and_links_to_questions_are_left_to_the_screen():
    page = "book/mistakes/index"
    printed = pdf.chapter(built.SITE, page, pdf.read(built.SITE, page), pdf.PAGES)
    assert pdf.CARDS in printed
    assert "mistake-cards" not in printed
    page = "book/hinge"
    printed = pdf.chapter(built.SITE, page, pdf.read(built.SITE, page), pdf.PAGES)
    assert "question-" in printed
    assert "quiz-link" not in printed


def test_the_curves_of_an_explorer_are_within_a_frame_that_is_there(articles):
    """Where its frame is missing, a browser draws none of a curve."""
    page = next(page for page in pdf.PAGES if articles[page].select_one("figure.explorer"))
    printed = pdf.chapter(built.SITE, page, pdf.read(built.SITE, page), pdf.PAGES)
    frames = set(re.findall(r'clip-path="url\(#([^)]*)\)"', printed))
    assert frames
    assert frames <= set(re.findall(r'id="([^"]*)"', printed))


def test_the_colours_of_explorers_are_those_of_the_style(articles):
    """A colour without a value is not drawn."""
    charts = [str(chart) for a in articles.values() for chart in a.select("figure.explorer")]
    used = set(re.findall(r"var\((--explorer-[a-z]+)\)", "".join(charts)))
    assert used
    assert used <= set(re.findall(r"(--[a-z-]+):", pdf.STYLE.read_text(encoding="utf-8")))


# What goes wrong


def test_what_paper_would_cut_off_ends_in_a_sentence(browser, tmp_path):
    path = tmp_path / "page.html"
    body = "<article id='a'><div style='width: 700px'>wide</div></article>"
    path.write_text(body, encoding="utf-8")
    with (
        chromium.tab(browser, "file://", viewport={"width": pdf.WIDTH, "height": 900}) as tab,
        pytest.raises(SystemExit, match="error: this is wider than a printed page"),
    ):
        pdf.lay_out(tab, path)


def test_without_a_browser_one_sentence_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "FETCHED", tmp_path)
    monkeypatch.setattr(chromium, "INSTALLED", "no-such-channel")  # Chrome may be on this machine
    with ThreadPoolExecutor() as thread:  # Playwright refuses a thread with a running event loop
        ended = thread.submit(pdf.main, [str(built.SITE), str(tmp_path / "a.pdf")]).exception()
    assert isinstance(ended, SystemExit)
    assert str(ended).startswith("error: no Chromium; install it")
    assert len(str(ended).splitlines()) == 1
