"""The places of the book that a sentence can name with "see PLACE": pages, and mistakes."""

import functools
import json
import re

from grader.source.derive import ROOT

SEE = re.compile(r"\bsee ([a-z0-9]+(?:[-/][a-z0-9]+)*)")
HEAD = 20_000  # characters of a page, with its title
TITLE = re.compile(r"""^(?:# (?P<md>.+)|\s*"# (?P<ipynb>.+?)(?:\\n)?",?)$""", re.MULTILINE)


@functools.cache
def places():
    """Return all places.

    Returns
    -------
    dict of str to (str, str)
        For each place, its address relative to the book's, and the words of a link to it.

    Examples
    --------
    >>> places()["intervals-and-counts"]
    ('book/intervals-and-counts.html', 'Intervals, counts, ranks and proportions')
    >>> places()["mistake-softmax-twice"]
    ('book/mistakes/logits-and-softmax.html#mistake-softmax-twice', 'Softmax twice')
    """
    book = ROOT / "book"
    pages = sorted(page for kind in ("*.md", "*.ipynb") for page in book.rglob(kind))
    names = {page.relative_to(book).with_suffix("").as_posix(): page for page in pages}
    mistakes = json.loads((ROOT / "lossutils/diagnosis/mistakes.json").read_text("utf-8"))
    return {name: (f"book/{name}.html", _title(page, name)) for name, page in names.items()} | {
        f"mistake-{m['id']}": (f"book/mistakes/{m['page']}.html#mistake-{m['id']}", m["title"])
        for m in mistakes
    }


def titled(text):
    """Return text that names pages by their titles.

    Examples
    --------
    >>> titled("too high; see hinge"), titled("see nowhere")
    ('too high; see “Hinge losses: right by enough”', 'see nowhere')
    """
    known = places()
    return SEE.sub(lambda see: f"see “{known[see[1]][1]}”" if see[1] in known else see[0], text)


def _title(page, name):
    """Return the first heading of a page, or its name."""
    with open(page, encoding="utf-8") as file:
        match = TITLE.search(file.read(HEAD))
    words = re.sub(r"[`*$]", "", match["md"] or match["ipynb"]) if match else name
    return words.replace('\\"', '"').strip()
