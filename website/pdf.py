"""Print the built book as one tagged PDF. Usage: python -m website.pdf FOLDER FILE.pdf

The chapters are the pages of the site, put one after the other; a Chromium prints them. Each name
that a link leads to is given its page's name as well, since all chapters have a "quiz".
"""

import argparse
import base64
import contextlib
import html
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import vl_convert
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from website import built, chromium, citation, toc

STYLE = Path(__file__).with_suffix(".css")
STYLES = ("pygments.css", "formulas.css")  # of those that pages load
MARGIN = {"top": "20mm", "bottom": "20mm", "left": "20mm", "right": "20mm"}
WIDTH = round((210 - 2 * 20) / 25.4 * 96)  # pixels of CSS between the margins of A4
FOOTER = """<div style="width: 100%; text-align: center; font: 8pt sans-serif">
<span class="pageNumber"></span></div>"""
ON_SCREEN = (
    ".headerlink, .viewcode-link, .toctree-wrapper, .predict, script, button, link, noscript"
    ", .cell > details.hide"  # the code of checks, figures and explorers
    ", .pst-js-only, .landing-actions, .on-page-tools, .quiz-link"
)
CARDS = (
    "The cards are on the book’s website. Each mistake has its section on the pages that follow."
)
INK = {"var(--explorer-text)": "#000", "var(--explorer-line)": "#999"}
# Pieces of code that print in black: each would be an element of the PDF.
BLACK = re.compile(r'<span class="(?:n|p|o|w|pre)">((?:[^<]|<wbr/?>)*)</span>')

READY = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map(image => image.decode()));
}"""
# A wide table or formula is drawn smaller, though not so small that it cannot be read.
FIT = """() => document.querySelectorAll('table, .formula, span.math > math').forEach(box => {
    const room = box.parentElement.clientWidth / box.scrollWidth;
    if (room > 0 && room < 1) box.style.zoom = Math.max(room * 0.99, 0.6);
})"""
# What a page of paper would cut off: boxes that reach beyond their right margin.
WIDER = """width => [...document.querySelectorAll("article *")]
    .filter(box => box.getBoundingClientRect().right > width + 1)
    .map(box => `${box.closest("article").id}: ${box.tagName} ${box.textContent.slice(0, 60)}`)"""
NUMBER = """numbers => document.querySelectorAll("[data-number]").forEach(
    place => { place.textContent = numbers[place.dataset.number]; })"""


def read(folder, page):
    """Return a built page as a tree, without the marks of code that prints in black."""
    text = (folder / f"{page}.html").read_text(encoding="utf-8")
    return BeautifulSoup(BLACK.sub(r"\1", text), "html.parser")


def chapter(folder, page, tree, pages):
    """Return the article of a page as it stands in the printed book."""
    article = tree.select_one("article.bd-article")
    for explorer in article.select("figure.explorer"):
        _draw(explorer)
    for drawing in article.select("figure.landing-explorer"):
        drawing.name = "div"  # see below
    for cards in article.select(".mistake-cards"):
        cards.name, cards.attrs, cards.string = "p", {}, CARDS
    for element in article.select(ON_SCREEN):
        element.decompose()
    for details in article.select("details"):
        details["open"] = ""
    seen = set()
    for element in article.select("[id]"):
        name = element["id"]
        element["id"] = f"{page}:{name}"
        if name in seen:  # a name that the theme gives to every exercise
            del element["id"]
        seen.add(name)
    for narrow in article.select("picture source"):  # the drawing for phones
        narrow.decompose()
    for image in article.select("img[src]:not([src^='data:'])"):
        image["src"] = (folder / page).parent.joinpath(unquote(image["src"])).resolve().as_uri()
        image.attrs.pop("loading", None)  # on paper nothing is loaded late
    for link in article.select("a[href]"):
        _point(link, folder.resolve(), page, pages)
    article["id"], article["class"] = page, ["bd-article", "chapter"]
    return str(article)


def _draw(explorer):
    """Replace an explorer's chart and controls by a picture of how it starts."""
    chart = explorer.select_one(".explorer-chart")
    vega = explorer.select_one("script[type='application/json']").string
    for name, colour in INK.items():
        vega = vega.replace(name, colour)
    picture = base64.b64encode(vl_convert.vega_to_svg(vega).encode()).decode()
    image = BeautifulSoup("", "html.parser").new_tag("img", alt=chart["aria-label"])
    image["src"] = f"data:image/svg+xml;base64,{picture}"
    chart.replace_with(image)
    explorer.form.decompose()
    explorer.name = "div"  # Chromium tags a figure as a picture of its own, without words


def _point(link, folder, page, pages):
    """Let a link lead to its place in the printed book; one that leaves the book stays."""
    parts = urlsplit(link["href"])
    if parts.scheme:
        return
    path = (folder / f"{page}.html").parent / unquote(parts.path) if parts.path else None
    target = path.resolve().relative_to(folder).with_suffix("").as_posix() if path else page
    if target not in pages:  # the index and the source code are on the site only
        link.unwrap()
        return
    link["href"] = f"#{target}:{unquote(parts.fragment)}" if parts.fragment else f"#{target}"


def contents(listed, titles):
    """Return the table of contents, with a place for the number of each chapter's first page."""
    lines = [_line(listed["root"], titles)]
    for part in listed["parts"]:
        lines.append(f'<li class="part">{html.escape(part["caption"])}</li>')
        for entry in part["chapters"]:
            lines.append(_line(entry["file"], titles))
            below = toc.names(entry.get("sections", []))
            lines += [_line(page, titles, "below") for page in below]
    body = "\n".join(lines)
    return f'<nav class="contents"><h1>Contents</h1><ul>{body}</ul></nav>'


def _line(page, titles, style=""):
    return (
        f'<li class="{style}"><a href="#{page}">{html.escape(titles[page])}</a>'
        f'<span class="leader"></span><span data-number="{page}">000</span></li>'
    )


def head(folder, page, tree):
    """Return what paper needs of the head of a built page: the style of code and formulas."""
    lines = []
    for element in tree.select("head link[rel=stylesheet]"):
        path = (folder / page).parent.joinpath(urlsplit(element["href"]).path).resolve()
        if path.name in STYLES:
            element["href"] = path.as_uri()
            lines.append(str(element))
    return "\n".join(lines)


def book(folder):
    """Return the whole book as one page."""
    listed = yaml.safe_load((toc.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    trees = {page: read(folder, page) for page in toc.names(listed)}
    first = next(page for page, tree in trees.items() if tree.select_one("article .math"))
    style = head(folder, first, trees[first])  # of a page with formulas
    chapters = [chapter(folder, page, tree, set(trees)) for page, tree in trees.items()]
    titles = {page: tree.select_one("article h1").get_text() for page, tree in trees.items()}
    cited = citation.read()
    cover = f"""<div class="cover"><p class="title">{html.escape(cited["title"])}</p>
<p class="author">{html.escape(citation.authors(cited))}</p>
<p>{html.escape(citation.sentence(cited))}</p><p>{citation.LICENCE}</p></div>"""
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>{html.escape(cited["title"])}</title>
{style}<style>{STYLE.read_text(encoding="utf-8")}</style></head>
<body>{cover}{contents(listed, titles)}{"".join(chapters)}</body></html>
"""


def lay_out(tab, source):
    """Open the book as it will be printed; end where something is too wide for it."""
    tab.goto(source.resolve().as_uri())
    tab.emulate_media(media="print")
    tab.evaluate(READY)
    tab.evaluate(FIT)
    if wide := tab.evaluate(WIDER, WIDTH):
        sys.exit("error: this is wider than a printed page:\n" + "\n".join(wide))


def write(tab, target, tagged=True):
    """Print the book; return the numbers of the pages where its chapters begin."""
    options = {"tagged": tagged, "outline": tagged, "display_header_footer": True, "margin": MARGIN}
    tab.pdf(path=target, format="A4", header_template="<p></p>", footer_template=FOOTER, **options)
    reader = PdfReader(target)
    places = reader.named_destinations
    return {page: reader.get_destination_page_number(places[f"/{page}"]) + 1 for page in toc.PAGES}


def print_once(browser, source, target, numbers=None):
    """Print the book from a new tab: a second print from the same breaks its pages elsewhere."""
    viewport = {"width": WIDTH, "height": 1000}
    with chromium.tab(browser, "file://", viewport=viewport) as tab:
        lay_out(tab, source)
        if numbers:
            tab.evaluate(NUMBER, numbers)
        numbers = write(tab, target, tagged=numbers is not None)
    if tab.problems:
        sys.exit("error: " + "; ".join(tab.problems))
    return numbers


def main(arguments=None):
    """Print twice: the first time, without tags, to learn on which pages the chapters begin."""
    parser = argparse.ArgumentParser(prog="python -m website.pdf", description=__doc__)
    parser.add_argument("folder", type=built.folder)
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium.launch())
        except LookupError as problem:
            sys.exit(f"error: {problem}")
        source = options.file.with_suffix(".html")
        source.write_text(book(options.folder), encoding="utf-8")
        numbers = print_once(browser, source, options.file)
        print_once(browser, source, options.file, numbers)
    print(f"The book is in {options.file}")


if __name__ == "__main__":
    main()
