"""Print the built book as one tagged PDF. Usage: python -m website.pdf FOLDER FILE.pdf

The chapters are the pages of the site, put one after the other; a Chromium prints them. Each name
that a link leads to is given its page's name as well, since all chapters have a "quiz".

The PDF is the same on every machine: its fonts are those of website/fonts.
"""

import argparse
import contextlib
import html
import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import vl_convert
from bs4 import BeautifulSoup
from pypdf import PdfReader

from lossutils.book.explorers import site
from website import built, chromium, citation, cover, toc

STYLE = Path(__file__).with_suffix(".css")
STYLES = ("pygments.css", "formulas.css")  # of those that pages load
WIDTH = round((210 - 2 * 16) / 25.4 * 96)  # pixels of CSS between the margins in pdf.css
# What is not for paper, and why. The contents say where it is.
OMITTED = {
    "book/api": "looked up by name, with links to the source code",
    "book/testing": "about the commands of the repository",
    "book/contributing": "about the commands of the repository",
}
PAGES = [page for page in toc.PAGES if page not in OMITTED]
ON_SCREEN = (
    ".viewcode-link, .toctree-wrapper, .predict, script, button, link, noscript"
    ", .cell > details.hide"  # the code of checks, figures and explorers
    ", .pst-js-only, .landing-actions, .on-page-tools, .quiz-link, .sd-summary-state-marker"
)
CARDS = (
    "The cards are on the book’s website. Each mistake has its section on the pages that follow."
)
SCALE = 0.519  # of a figure: with one panel it fits a column; letters of 10.5 points have 5.4
COLUMN = 325  # pixels, as pdf.css has it; a wider figure spans both columns
# Pieces of code that print in black: each would be an element of the PDF.
BLACK = re.compile(r'<span class="(?:n|p|s|w|pre)">((?:[^<]|<wbr/?>)*)</span>')

EMPTY = re.compile(r"\n{3,}")  # two lines left empty in code: paper has one

READY = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map(image => image.decode()));
}"""
FIT = STYLE.with_name("pdf_fit.js").read_text(encoding="utf-8")
# What would be cut off, or would lie over the other column.
WIDER = """width => {
  const across = "h1, .pair, .explorer, .spans, .landing-explorer";
  const inColumn = box => box.matches(".chapter :is(table, pre, math, img, svg)")
    && !box.closest(`${across}, .chapter:has(.landing-cards)`);
  const isWide = box => [...box.getClientRects()].some(piece => piece.right > width + 1
    || piece.width > width / 2 && inColumn(box));
  return [...document.querySelectorAll("article *")].filter(isWide)
    .map(box => `${box.closest("article").id}: ${box.tagName} ${box.textContent.slice(0, 60)}`);
}"""
NUMBER = """numbers => document.querySelectorAll("[data-number]").forEach(
    place => { place.textContent = numbers[place.dataset.number]; })"""


def read(folder, page):
    """Return a built page as a tree, without the marks of code that prints in black."""
    source = (folder / f"{page}.html").read_text(encoding="utf-8")
    tree = BeautifulSoup(BLACK.sub(r"\1", source), "html.parser")
    for mark in tree.select(".headerlink"):
        mark.decompose()
    for text in tree.select_one("article").find_all(string=EMPTY):
        if text.find_parent("pre"):
            text.replace_with(EMPTY.sub("\n\n", text))
    return tree


def chapter(folder, page, tree, pages):
    """Return the article of a page as it stands in the printed book."""
    article = tree.select_one("article.bd-article")
    for explorer in article.select("figure.explorer"):
        _draw(explorer, page)
    for drawing in article.select("figure.landing-explorer"):
        drawing.name = "div"  # see below
    for cards in article.select(".mistake-cards"):
        cards.name, cards.attrs, cards.string = "p", {}, CARDS
    for element in article.select(ON_SCREEN):
        element.decompose()
    for question in article.select(".quiz > legend"):  # what floats is printed out of order
        question.parent.name, question.name, question["class"] = "div", "p", "question"
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
        path = (folder / page).parent.joinpath(unquote(image["src"])).resolve()
        image["src"] = outlined(path).as_uri()
        image.attrs.pop("loading", None)  # on paper nothing is loaded late
        width = float(image["width"]) * SCALE
        image["style"] = f"width: {width:.0f}px"
        output = image.find_parent(class_="cell_output")
        if output and width > COLUMN:
            output["class"].append("spans")
    for link in article.select("a[href]"):
        _point(link, folder.resolve(), page, pages)
    article["id"], article["class"] = page, ["bd-article", "chapter"]
    article["style"] = f"page: {sheet(page)}"
    return str(article)


def outlined(path):
    """Return a figure as it was executed, with the outlines of its letters, which need no font."""
    folder = path.parents[2] / "jupyter_execute"  # beside the site
    names = path.name, f"{path.stem}{'?' * 48}{path.suffix}"  # figures.py shortens a hash
    return next((file for name in names for file in folder.glob(name)), path)


def sheet(page):
    """Return what the style calls the sheets of a chapter, which have its title at their top."""
    return "sheet-" + page.replace("/", "-")


def _draw(explorer, page):
    """Replace an explorer's chart and controls by a picture of how it starts."""
    chart = explorer.select_one(".explorer-chart")
    vega = site.whole(json.loads(explorer.select_one("script[type='application/json']").string))
    name = explorer["id"]
    picture = BeautifulSoup(vl_convert.vega_to_svg(vega), "html.parser").svg
    for element in picture.select("*"):
        for label in ("role", "aria-label", "aria-roledescription", "font-family"):
            element.attrs.pop(label, None)
    for element in picture.select("[id]"):
        element["id"] = f"{name}-{element['id']}"
    for element in picture.select("[clip-path]"):
        element["clip-path"] = element["clip-path"].replace("#", f"#{page}:{name}-")
    picture["role"], picture["aria-label"] = "img", chart["aria-label"]
    chart.replace_with(picture)
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
            pages = [page for page in toc.names(entry) if page in PAGES]
            lines += [_line(each, titles, "below" if each in pages[1:] else "") for each in pages]
    body = "\n".join(lines)
    return f"""<nav class="contents"><h1>Contents</h1><ul>{body}</ul>{_online(titles)}</nav>"""


def _online(titles):
    """Return a paragraph that says where the pages are that are not in the printed book."""
    names = [f"<em>{html.escape(titles[page])}</em> ({why})" for page, why in OMITTED.items()]
    return f"""<p class="online">On the book’s website, not here: {"; ".join(names)}.
There the figures move, code runs, and the code of checks and figures can be read.</p>"""


def _line(page, titles, style=""):
    return (
        f'<li class="{style}"><a href="#{page}">{html.escape(titles[page])}</a>'
        f'<span class="leader"></span><span data-number="{page}">000</span></li>'
    )


def heads(listed, titles):
    """Return the style of the top of each sheet: the part of the book and the chapter."""
    parts = {page: part["caption"] for part in listed["parts"] for page in toc.names(part)}
    return "\n".join(
        f"""@page {sheet(page)} {{
  @top-left {{ content: "{_quoted(parts.get(page, ""))}"; }}
  @top-right {{ content: "{_quoted(titles[page])}"; }}
}}"""
        for page in PAGES
    )


def _quoted(text):
    """Return a text as it may stand in a string of CSS, within a page of HTML."""
    return re.sub(r'[\\"<&]', lambda sign: f"\\{ord(sign[0]):06x}", text)


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
    listed = toc.CONTENTS
    trees = {page: read(folder, page) for page in toc.PAGES}
    first = next(page for page, tree in trees.items() if tree.select_one("article .math"))
    titles = {page: tree.select_one("article h1").get_text() for page, tree in trees.items()}
    chapters = [chapter(folder, page, trees[page], PAGES) for page in PAGES]
    style = head(folder, first, trees[first])  # of a page with formulas
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>{html.escape(citation.read()["title"])}</title>
{style}<link rel="stylesheet" href="{STYLE.as_uri()}"><style>{heads(listed, titles)}</style></head>
<body>{cover.draw()}{contents(listed, titles)}{"".join(chapters)}</body></html>
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
    paper = {"prefer_css_page_size": True, "print_background": True}
    tab.pdf(path=target, tagged=tagged, outline=tagged, **paper)
    reader = PdfReader(target)
    places = reader.named_destinations
    return {page: reader.get_destination_page_number(places[f"/{page}"]) + 1 for page in PAGES}


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
