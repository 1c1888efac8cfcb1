"""The search: what its script knows of the built pages, written once the pages are there.

`sections.py` cuts the pages, `answers.toml` beside it says what people see and what the book does
not cover. The result is a script and not JSON: a page opened from a folder may load only scripts.
The index proper is made in the browser, at the reader's first key, by `book/assets/search-*.js`.
"""

import hashlib
import json
import pickle
import re
import tomllib
from collections import defaultdict
from pathlib import Path

from website.extension import sections
from website.toc import ROOT

ANSWERS = Path(__file__).with_name("answers.toml")
# Words that the script passes over, in the index and in a query alike: they need not be stored.
SCRIPT = (ROOT / "book/assets/search-words.js").read_text("utf-8")
PASSED_OVER = set(re.search(r"stopWords = new Set\(\s*`([^`]*)`", SCRIPT)[1].split())
FILE = "search-index.js"
# Pages for reference or about the book, and parts of a chapter, that stand back behind what a
# reader came for.
ABOUT = (
    "all-losses",
    "testing",
    "contributing",
    "teaching",
    "bibliography",
    "intro",
    "notation",
    "sources/",
)
BEGINNING = 400  # letters that are kept of these
TEXT = 560  # letters of any other section that can be shown; of the rest, the words are kept
PRACTICE = ("Quiz", "Exercises", "Further reading", "In NumPy alone", "Errata")


def configure(app):
    """Leave out Sphinx's own index and its page; ours is a page beside the others."""
    app.builder.search = False
    app.config.html_additional_pages |= {"search": "search.html"}


def write(app, exception):
    """Write what the search knows, at the end of a build."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    pages = {page: folder / f"{page}.html" for page in sorted(app.env.found_docs)}
    texts = {p: f.read_text(encoding="utf-8") for p, f in pages.items() if f.exists()}
    known = collect(cut(texts, Path(app.doctreedir)))
    script = f"bookSearch.load({json.dumps(known, ensure_ascii=False, separators=(',', ':'))});\n"
    (folder / "_static" / FILE).write_text(script, encoding="utf-8")


def cut(pages, folder):
    """Cut pages, given as HTML by their names; what is as in the last build is kept in a folder."""
    code = hashlib.sha256(Path(sections.__file__).read_bytes()).hexdigest()
    file = folder / f"sections-{code[:12]}.pickle"
    kept = pickle.loads(file.read_bytes()) if file.exists() else {}
    keys = {page: (page, hashlib.sha256(html.encode()).digest()) for page, html in pages.items()}
    parts = {k: kept.get(k) or sections.of_page(p, pages[p]) for p, k in keys.items()}
    file.write_bytes(pickle.dumps(parts))
    return list(parts.values())


def collect(pages):
    """Return what the search knows of pages that are cut."""
    parts = [section for own, _ in pages for section in own]
    first, later = _by_target([symptom for _, own in pages for symptom in own])
    titles = {section.page: section.heading for section in reversed(parts) if section.level == 1}
    rows = [_row(section, first, later) for section in parts if is_of_use(section)]
    return {"titles": titles, "sections": rows, **tomllib.loads(ANSWERS.read_text("utf-8"))}


def is_of_use(section):
    """Return whether a reader may look for a section: not for what draws the book's figures."""
    return bool(section.heading) and not section.id.startswith("lossutils.book.")


def _by_target(symptoms):
    """Return the symptoms that lead to each section in the first place, and in a later one."""
    first, later = defaultdict(list), defaultdict(list)
    for symptom in symptoms:
        for place, target in enumerate(symptom.targets):
            (later if place else first)[target].append(symptom.text)
    return first, later


def _row(section, first, later):
    """Return a section as a list; the script names its places."""
    key = section.page, section.id
    quotes = [*section.quotes, *first.get(key, [])]
    shown, words = _shown_and_words(section)
    heading = section.page, section.id, section.heading, kind_of(section)
    return [*heading, quotes, later.get(key, []), shown, words]


def _shown_and_words(section):
    """Return the text that results can show, and once each the other words that find the section.

    These are those of the text beyond and the names in its code.
    """
    prose, code = section.prose.strip(), section.code.strip()
    if kind_of(section) in ("about", "practice", "api"):
        return prose[:BEGINNING], code[:BEGINNING]
    shown = prose[:TEXT].rpartition(" ")[0] if len(prose) > TEXT else prose
    words = re.findall(r"\w[\w.+-]*\w|\w", f"{prose[len(shown) :]} {code}")
    known = PASSED_OVER | {word.lower() for word in re.findall(r"\w+", shown)}
    rest = {word.lower(): word for word in words}
    return shown, " ".join(word for key, word in rest.items() if key not in known)


def kind_of(section):
    """Return what sort of thing a section is: the script ranks by it."""
    page = section.page.removeprefix("book/")
    if section.kind != "section":
        return section.kind
    if page.startswith(ABOUT):
        return "about"
    if section.heading.startswith(PRACTICE):
        return "practice"
    if section.level == 1:
        return "page"
    return "mistake" if section.id.startswith("mistake-") else "section"


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", configure)
    app.connect("build-finished", write)
