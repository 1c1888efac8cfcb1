"""Terms: where a page first uses a word of the glossary, the word links there.

A page may link a word itself, with {term}. This adds the links that it leaves out, so that no term
is used before a reader can look it up.
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref

BOOK = Path(__file__).parents[2] / "book"
# Words of the glossary that also have an everyday meaning; only a page can tell which one is meant.
EVERYDAY = {"class", "cost", "eager", "link", "margin", "mask", "objective", "temperature"}
# In these a word stays as it is: links, code, headings, and what a cell prints.
KEPT = (nodes.reference, nodes.literal, nodes.title, nodes.math, nodes.FixedTextElement, nodes.raw)
CELL = "cell"
# Pages that explain the terms, or list names.
WITHOUT = {"glossary", "notation", "api", "bibliography", "contributing", "testing"}
GAP = r"[\s\u00a0-]+"


@cache
def of_glossary():
    """Return the terms of the glossary, the longest first."""
    entries = (BOOK / "glossary.md").read_text(encoding="utf-8").partition(":sorted:")[2]
    terms = re.findall(r"^(\S.*)\n(?=  \S)", entries, re.MULTILINE)
    return sorted(terms, key=len, reverse=True)


def pattern(term):
    r"""Return a regular expression for a term in the singular or plural, with hyphen or space.

    Examples
    --------
    >>> bool(re.search(pattern("one-hot"), "a one-hot row"))
    True
    >>> re.findall(pattern("logits"), "the logit of 3, logits, logits2")
    ['logit', 'logits']
    """
    words = [re.escape(word) for word in re.split(r"[\s-]+", term.removesuffix("s"))]
    return rf"(?<![\w-]){GAP.join(words)}(?:s|es)?(?![\w-])"


@cache
def any_term():
    """Return a regular expression that has a group for each term."""
    groups = [f"({pattern(term)})" for term in of_glossary()]
    return re.compile("|".join(groups), re.IGNORECASE)


def is_term(node):
    """Tell whether a node is a link to the glossary."""
    return isinstance(node, pending_xref) and node.get("reftype") == "term"


def is_running_text(text):
    """Tell whether a word in this text may become a link."""
    parent = text.parent
    while parent is not None:
        if isinstance(parent, (*KEPT, pending_xref)) or CELL in parent.get("classes", ()):
            return False
        parent = parent.parent
    return True


def add_links(app, doctree):
    """Make the first use of each term of the glossary a link to it."""
    page = app.env.docname
    if page.rpartition("/")[2] in WITHOUT:
        return
    seen = set(EVERYDAY)
    for node in list(doctree.findall(lambda node: isinstance(node, nodes.Text) or is_term(node))):
        if is_term(node):
            seen.add(node["reftarget"].lower())
        elif is_running_text(node):
            parts = split(str(node), seen, page)
            if len(parts) > 1:
                node.parent.replace(node, parts)


def split(text, seen, page):
    """Return a text as nodes, the terms in it that were not seen before as links."""
    parts, end = [], 0
    for match in any_term().finditer(text):
        term = of_glossary()[match.lastindex - 1]
        if term.lower() not in seen:
            seen.add(term.lower())
            parts += [nodes.Text(text[end : match.start()]), link(term, match[0], page)]
            end = match.end()
    return [*parts, nodes.Text(text[end:])]


def link(term, words, page):
    """Return the words as a link to a term, as the role {term} would."""
    options = {"refdomain": "std", "reftype": "term", "reftarget": term, "refdoc": page}
    text = nodes.inline(words, words, classes=["xref", "std", "std-term"])
    return pending_xref(words, text, refexplicit=True, refwarn=True, **options)


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", add_links)
