"""The landing page as it is built: its numbers, and a card for every chapter."""

import html
import math
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from page_trees import article, plain
from PIL import Image

from website import built, toc
from website.extension import covers

pytestmark = pytest.mark.slow
ROOT = "book/intro"


@pytest.fixture(scope="module")
def texts():
    """Return all built pages as HTML."""
    site = built.folder()
    return {page: (site / f"{page}.html").read_text(encoding="utf-8") for page in toc.PAGES}


@pytest.fixture(scope="module")
def tree(texts):
    """Return the landing page as a tree."""
    return BeautifulSoup(texts[ROOT], "html.parser")


# The explorer


def test_the_lowest_loss_is_that_of_a_perfect_prediction(tree):
    label = tree.select_one(".landing-floor-label").get_text()
    assert label == f"{math.log(math.e + 2) - 1:.4f}" == "0.5514"


# The chapters


def source(page):
    """Return the text of a chapter's source."""
    path = toc.ROOT / f"{page}.ipynb"
    if not path.exists():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def first_alternative(text):
    """Return what is said about the first figure or explorer of a page, or None."""
    figures = r'<img [^>]*?alt="([^"]*)"|class="explorer-chart"[^>]*? aria-label="([^"]*)"'
    match = re.search(figures, article(text))
    return html.unescape(match[1] or match[2]) if match else None


def test_every_chapter_has_a_card_with_its_minutes_and_its_picture(tree, texts):
    shown = {card["data-page"]: card for card in tree.select(".landing-card")}
    parts = ("Foundations", "Regression", "Classification", "Practice")
    assert list(shown) == [page for part in parts for page in toc.PARTS[part]]
    for page, card in shown.items():
        heading = re.search(r"<h1>(.*?)<a class=.headerlink", article(texts[page]))
        assert card.a.get_text() == plain(heading[1])
        minutes = re.search(r"In this chapter\n.*\n\*\*(\d+) minutes", source(page))
        words = card.select_one(".landing-minutes").get_text()
        assert words == (f"{minutes[1]} min" if minutes else ""), page
        assert (card.img["alt"] if card.img else None) == first_alternative(texts[page]), page


def test_a_card_shows_a_drawing(tree):
    pictures = [tag["src"] for tag in tree.select(".landing-card img")]
    assert len(pictures) == len(set(pictures)) > 10
    for name in pictures:
        with Image.open(built.folder() / "book" / name) as picture:
            assert picture.size == covers.SIZE
            dark = sum(picture.convert("L").histogram()[:230])
        assert dark > 0.004 * math.prod(covers.SIZE), f"{name} is nearly empty"


def test_a_picture_leaves_words_out():
    svg = """<svg xmlns="http://www.w3.org/2000/svg"><g id="text_1"><path d="M0 0"/></g>
    <text>word</text><g id="line2d_1"><path d="M1 1"/></g></svg>"""
    kept = covers.without_words(svg)
    assert ("M1 1" in kept, "M0 0" in kept, "word" in kept) == (True, False, False)


def test_the_line_from_a_word_to_its_place_goes_with_the_word():
    svg = """<svg xmlns="http://www.w3.org/2000/svg"><g><path d="m2 2l0 9"/></g>
    <g><path d="m3 3q0 5.6 0 11.2"/></g><g id="text_1"><path d="M0 0"/></g></svg>"""
    kept = covers.without_words(svg)
    assert ("m2 2" in kept, "m3 3" in kept, "M0 0" in kept) == (True, False, False)


# One number


def test_the_witnesses_agree(tree):
    """The published number is that of row 001-6, and the others are the same to five digits."""
    table = tree.select_one("#three-witnesses table")
    published, *others = (cell.get_text().strip() for cell in table.select("tbody td"))
    assert published == "0.56551915"
    assert others == ["0.56552", "0.56552"]
    assert table.a["href"].endswith("softmax-experiments.html#row-001-6")
