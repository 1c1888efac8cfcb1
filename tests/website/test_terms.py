"""Terms of the glossary: the first one on a page, in its running text, leads to the glossary."""

import re

import pytest
from page_trees import read
from rotation import one_in

from website import built
from website.extension import terms
from website.toc import PAGES

READ = [name for name in PAGES if name.rpartition("/")[2] not in terms.WITHOUT]
# What is not running text: headings, code, mathematics, quizzes, what cells print, the parts of the
# landing page, the questions of *Choosing a loss*, and the cards of mistakes, which quote sections.
OTHER = "h1, h2, h3, h4, .admonition-title, pre, code, .math, fieldset, .cell, script, nav"
OTHER += ", .headerlink, figcaption, [class*=landing], [class*=choosing], .mistake-cards"


def running_text(name):
    """Return the text of a built page as pairs: a piece of it, and the link around it."""
    article = read(built.folder() / f"{name}.html").article
    for other in article.select(OTHER):
        other.decompose()
    for piece in article.find_all(string=True):
        link = piece.find_parent("a", href=True)
        yield str(piece), link["href"] if link else ""


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(3, READ))
def test_the_first_use_of_a_term_leads_to_the_glossary(name):
    pieces = list(running_text(name))
    for term in set(terms.of_glossary()) - terms.EVERYDAY:
        entry = f"#term-{term.replace(' ', '-')}"
        pattern = re.compile(terms.pattern(term), re.IGNORECASE)
        uses = (link for text, link in pieces if pattern.search(text) or link.endswith(entry))
        first = next((link for link in uses if not link or "glossary" in link), entry)
        assert first, f"{term} is used before it leads to the glossary"


def test_the_terms_are_read_from_the_glossary():
    assert {"cross-entropy", "logits", "one-hot"} <= set(terms.of_glossary())
    assert set(terms.of_glossary()) >= terms.EVERYDAY


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("the cross-entropy and its entropy", ["cross-entropy", "entropy"]),
        ("Softmax, softmax and a logit", ["Softmax", "logit"]),
        ("a class and a classifier", []),
    ],
)
def test_a_text_is_split_at_the_first_use_of_each_term(text, links):
    parts = terms.split(text, set(terms.EVERYDAY), "page")
    assert "".join(part.astext() for part in parts) == text
    assert [part.astext() for part in parts if terms.is_term(part)] == links
