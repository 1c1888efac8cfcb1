"""Cut a built page into the sections that the search finds: heading, prose, code, symptoms.

A section has the stable name that the source gives it, such as `mistake-softmax-twice`; one without
has the name that Sphinx made of its heading.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup, Comment

# Not text of the page: buttons, scripts, drawings, signs beside headings, answers to questions; and
# not what a reader looks for: the folded code of checks and figures, cards of other sections.
CHROME = (
    "script, style, svg, button, nav, .headerlink, .explorer form, .choosing, .viewcode-link, "
    ".linenos, .row-note, .tag_hide-input .cell_input, details.hide > summary, .mistake-cards, "
    ".quiz-link, .not-searched"
)
CODE = "pre, .check-table, div.math, span.math"
# What stands between the parts of a formula in one line.
SIGNS = {"mfrac": "/", "msub": "_", "msup": "^", "msubsup": "_^", "munder": "_", "munderover": "_^"}
GREEK = re.compile("[α-ωϵϕΑ-Ω]")
# Sections of every chapter, whose words belong to the chapter as a whole.
OPENING = re.compile(r"^(What you |In this chapter)")
SYMPTOMS = "what you see"
MADE = re.compile(r"id\d+$")
# What can be looked for in code and in what it prints.
NAME = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+|\d{3,}|[^\W\d]\w{2,}")


@dataclass
class Section:
    """What the search knows of a section."""

    page: str
    id: str
    heading: str
    level: int
    prose: str = ""
    code: str = ""
    quotes: list = field(default_factory=list)  # sentences that people say
    kind: str = "section"


@dataclass
class Symptom:
    """A row of the symptom index: what one sees, and the sections it leads to, likeliest first."""

    text: str
    targets: list


def of_page(page, html):
    """Return the sections and the symptoms of a page."""
    article = BeautifulSoup(html, "html.parser").select_one("article")
    for part in [*article.select(CHROME), *article.find_all(string=lambda s: type(s) is Comment)]:
        part.extract()
    symptoms = list(_symptoms(page, article))
    signs = {"td, th, li": " ·", "dt:not([id], [class])": ":", "dt, dd, summary": " "}
    for marks, sign in signs.items():
        for part in article.select(marks):
            part.append(sign)
    definitions = [_definition(page, dt) for dt in reversed(article.select("dt[id]"))][::-1]
    outer = [_section(page, tag) for tag in reversed(article.select("section"))]
    return _merged([section for section in reversed(outer) if section] + definitions), symptoms


def _merged(sections):
    """Give the openings of a chapter to the chapter itself."""
    kept = []
    for section in sections:
        if kept and OPENING.match(section.heading):
            kept[0].prose += f" {section.prose}"
        else:
            kept.append(section)
    return kept


def _section(page, tag):
    """Take a section out of its page and return it; those inside it were taken out before."""
    tag.extract()
    heading = tag.find(re.compile("h[1-6]"), recursive=False)
    if heading is None:
        return None
    spans = tag.find_all("span", id=True, recursive=False)
    names = [name for name in (*(span["id"] for span in spans), tag["id"]) if not MADE.match(name)]
    heading.extract()
    quotes = [
        text(quote.extract()) for quote in tag.select("blockquote") if "“" in quote.get_text()
    ]
    code = _take(tag, CODE)
    level = int(heading.name[1])
    return Section(page, names[0], text(heading), level, text(tag), code, quotes)


def _definition(page, dt):
    """Return an entry of the glossary or of the reference, and take it out of its page."""
    body = dt.find_next_sibling()
    body = body.extract() if body and body.name == "dd" else None
    kind = "entry" if dt.find_parent("dl", class_="glossary") else "api"
    name = dt.select_one(".descname")
    code = _take(body, CODE) if body else ""
    code += f" {dt['id']}" if kind == "api" else ""
    return Section(page, dt["id"], text(name or dt.extract()), 3, text(body), code, kind=kind)


def _symptoms(page, article):
    """Yield the rows of the tables that lead from what one sees to sections."""
    for table in article.select("table"):
        head = table.find("th")
        if head and head.get_text().strip() == SYMPTOMS:
            for row in table.select("tbody tr"):
                seen, links = row.find_all("td")[:2]
                addresses = [urljoin(f"/{page}.html", link["href"]) for link in links.select("a")]
                targets = [tuple(urldefrag(address)) for address in addresses]
                yield Symptom(
                    text(seen), [(path[1:].removesuffix(".html"), name) for path, name in targets]
                )


def _take(tag, selector):
    """Take the parts out of their place; return their names and numbers, each once."""
    words = {}
    for part in tag.select(selector):
        words_of_part = _formula(part.math) if part.math else part.get_text()
        words |= dict.fromkeys(NAME.findall(GREEK.sub(_letter, words_of_part)))
        part.replace_with(f" {words_of_part} " if part.name == "span" else " ")
    return " ".join(words)


def _formula(math):
    """Return a formula in one line, such as 1/2 log p_k."""
    for element in math.find_all(list(SIGNS)):
        for part, sign in zip(element.find_all(recursive=False), SIGNS[element.name], strict=False):
            part.insert_after(sign)
    for word in math.find_all(["mi", "mtext"]):
        if len(word.get_text()) > 1:
            word.string = f" {word.get_text()} "
    return " ".join(math.get_text().replace("\N{FUNCTION APPLICATION}", "").split())


def _letter(match):
    """Return the name of a Greek letter, which is how people type it."""
    letter = unicodedata.normalize("NFKC", match[0])  # the two forms of epsilon are one
    return f" {unicodedata.name(letter).split()[-1].lower()} "


def text(tag):
    """Return the words of a part of a page in one line."""
    line = " ".join(tag.get_text().split()) if tag else ""
    return re.sub(r"\s+([.,;:!?)])", r"\1", line).removesuffix(" ·")
