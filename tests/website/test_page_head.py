"""What every page is called and loads, how it cites, and what links to it show elsewhere."""

import io
import math
import re

import pytest
from page_trees import article, plain
from PIL import Image

from website import built, toc
from website.extension import cards, covers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def texts():
    """Return all built pages as HTML."""
    site = built.folder()
    return {page: (site / f"{page}.html").read_text(encoding="utf-8") for page in toc.PAGES}


def test_titles_say_everything_once(texts):
    titles = {page: re.search("<title>(.*?)</title>", text)[1] for page, text in texts.items()}
    book = "Loss Functions in TensorFlow"
    assert titles[toc.PAGES[0]] == book
    assert {title.count(book) for title in titles.values()} == {1}
    assert len(set(titles.values())) == len(titles)


def test_documents_are_cited_by_name(texts):
    for page, text in texts.items():
        cited = re.findall(r'<a class="reference internal" href="[^"]*#id\d+"[^>]*>(.*?)</a>', text)
        ugly = [one for one in map(plain, cited) if re.search(r"Document 00\d|n\.d\.", one)]
        assert ugly == [], page
    named = {"function-tour": "LZXandTM, 2018", "loss-curves": "Yang Xi"}
    for page, name in named.items():
        assert f">{name}</a>" in texts[f"book/sources/{page}"]


def test_a_page_loads_only_what_it_uses(texts):
    loaded = {
        "formulas.js": "math",
        "formulas.css": "math",
        "quiz.js": "quiz",
        "quiz.css": "quiz",
        "togglebutton.js": "toggle|dropdown",
        "copybutton.js": "highlight",
        "sphinx-design.min.css": r"sd-\w+",
        "mystnb.": "cell",
    }
    for file, mark in loaded.items():
        used = set()
        for page, text in texts.items():
            uses = bool(re.search(rf'class="([^"]* )?({mark})[ "]', article(text)))
            assert (f"_static/{file}" in text) == uses, (page, file)
            used.add(uses)
        assert used == {True, False}, f"{file} is loaded everywhere or nowhere"


# The colours of pieces of code of these classes, and that of a piece without any.
COLOURS = """(names) => {
  const pre = document.querySelector(".highlight-python pre");
  return ["", ...names].map((name) => {
    const piece = pre.appendChild(document.createElement("span"));
    piece.className = name;
    return getComputedStyle(piece).color;
  });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_is_marked_up_where_it_has_a_colour_of_its_own(browser, address, texts, theme):
    usual = ["n", "nn", "p", "w"]
    page = browser.new_page(color_scheme=theme)
    page.goto(f"{address}/book/softmax.html")
    assert len(set(page.evaluate(COLOURS, usual))) == 1
    assert len(set(page.evaluate(COLOURS, ["k", "s"]))) == 3
    page.close()
    written = set(re.findall(r'<span class="(\w{1,3})">[^<]*</span>', "".join(texts.values())))
    assert {"k", "m", "s"} <= written
    assert written.isdisjoint([*usual, "o"])


def test_every_page_has_the_mark_of_the_book(texts):
    site = built.folder()
    for page, text in texts.items():
        marks = re.findall(r'<img src="([^"]*)" class="logo__image', text)
        icons = re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="([^"?]*)', text)
        assert (len(marks), len(icons)) == (2, 2), page
        files = [(site / page).parent / name for name in (*marks, *icons)]
        assert [file for file in files if not file.exists()] == []
    with Image.open(site / "_static" / cards.ICON) as icon:
        assert icon.size == (180, 180)


def test_a_card_for_other_hosts_shows_the_figure():
    figure = Image.new("RGB", covers.SIZE, "#123456")
    with_figure, without = cards.card("A title", "A book", figure), cards.card("A title", "A book")
    assert with_figure.size == without.size == (1200, 630)
    colours = [{c: n for n, c in one.getcolors(10**6)} for one in (with_figure, without)]
    blues = [counts.get((0x12, 0x34, 0x56), 0) for counts in colours]
    assert blues == [math.prod(covers.SIZE), 0], "the figure is not whole"
    file = io.BytesIO()
    with_figure.save(file, "PNG")
    assert len(file.getvalue()) < 100_000


def test_explanations_of_a_quiz_are_printed(page, address):
    page.goto(f"{address}/book/softmax.html", wait_until="load")
    texts = page.locator(".quiz-text")
    assert texts.count() > 5
    assert not texts.first.is_visible()
    page.emulate_media(media="print")
    assert [text for text in texts.all() if not text.is_visible()] == []
