"""What stands for a chapter where pages are listed: its title, its minutes and its first picture.

All of it comes from the chapter: the minutes from its card *In this chapter*, the picture from its
first figure or explorer. The words of a figure are left out, because nobody can read them so small.
"""

import hashlib
import io
import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import vl_convert
from docutils import nodes
from PIL import Image, ImageChops

from website import toc

PARTS = ("Foundations", "Regression", "Classification", "Practice")
CHAPTERS = [page for part in PARTS for page in toc.PARTS[part]]
SIZE = (320, 160)
MINUTES = re.compile(r"(\d+) minutes")
WORDS = re.compile("(text|legend)_")  # what Matplotlib calls them
POINTER = re.compile(r"[Mm][^A-Za-z]*[Qq][^A-Za-z]*")  # the line from words to what they are about
SVG = "{http://www.w3.org/2000/svg}"


class Cover(NamedTuple):
    """What stands for a chapter."""

    page: str
    title: str
    minutes: int | None = None
    picture: str | None = None  # the name of a file in `_images`
    alternative: str = ""


def all_covers(app):
    """Return the covers of the chapters by part, in the order of the book; write their pictures."""
    known = {part: [page for page in toc.PARTS[part] if page in app.env.titles] for part in PARTS}
    return {part: [cover(app, page) for page in pages] for part, pages in known.items()}


def cover(app, page):
    """Return the cover of a page, and write its picture."""
    doctree, title = app.env.get_doctree(page), app.env.titles[page].astext()
    minutes, figure = minutes_of(doctree), first_figure(app, doctree)
    if figure is None:
        return Cover(page, title, minutes)
    picture = drawn(Path(app.srcdir, figure["uri"]))
    name = write(app, picture, "cover", "webp", quality=50, method=6)
    return Cover(page, title, minutes, name, figure.get("alt", ""))


def minutes_of(doctree):
    """Return how many minutes a chapter says that it takes, or None."""
    cards = (node for node in doctree.findall(nodes.Admonition) if "in-this-chapter" in
             node.get("classes", []))  # fmt: skip
    match = MINUTES.search(next((card.astext() for card in cards), ""))
    return int(match[1]) if match else None


def first_figure(app, doctree):
    """Return the first drawing of a page, or None."""
    images = doctree.findall(nodes.image)
    drawings = (image for image in images if image["uri"].endswith(".svg"))
    return next((image for image in drawings if Path(app.srcdir, image["uri"]).exists()), None)


def drawn(path, size=SIZE):
    """Return a drawing without its words and margins, on white paper of this size."""
    svg = without_words(path.read_text(encoding="utf-8"))
    png = vl_convert.svg_to_png(svg, scale=size[0] / 250)
    picture = on_white(Image.open(io.BytesIO(png)))
    picture = picture.crop(ImageChops.invert(picture).getbbox())
    picture.thumbnail((size[0] - 16, size[1] - 16), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", size, "white")
    place = [(whole - part) // 2 for whole, part in zip(size, picture.size, strict=True)]
    paper.paste(picture, tuple(place))
    return paper


def without_words(svg):
    """Return a drawing of Matplotlib or of Vega without letters."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        children = list(parent)
        for before, child in zip([None, *children], children, strict=False):
            if child.tag == f"{SVG}text" or WORDS.match(child.get("id", "")):
                parent.remove(child)
                if before is not None and is_pointer(before):
                    parent.remove(before)
    return ElementTree.tostring(root, encoding="unicode")


def is_pointer(part):
    """Tell whether a part of a drawing is the line that Matplotlib draws to an annotation."""
    path = part.find(f"{SVG}path")
    return len(part) == 1 and path is not None and bool(POINTER.fullmatch(path.get("d").strip()))


def on_white(picture):
    """Return a picture on white paper."""
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def write(app, picture, kind, form, **options):
    """Write a picture beside the figures of the site; return its name, a hash of its content."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    name = f"{kind}-{hashlib.sha256(file.getvalue()).hexdigest()[:16]}.{form}"
    folder = Path(app.outdir, "_images")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(file.getvalue())
    return name
