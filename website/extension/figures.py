"""Figures for phones: the kernel draws each figure twice, and a page shows the one that fits.

The drawing for phones comes in the SVG of the other one, see `tools/jupyter/two_widths.py`. Here it
gets a file of its own, so that no reader loads both.
"""

import base64
import re
import zlib
from pathlib import Path

import imagesize

from website.extension import figure_words, small_svg

PACKED = re.compile(r"<!-- for a phone: (\S+) -->\n?")
HASH = re.compile(r"^([0-9a-f]{16})[0-9a-f]{48}\b")
NARROW = "(max-width: 45rem)"  # of a page: there, a figure of two panels has letters of 10 pixels


def forget(app):
    """Forget what an older `small_svg` wrote: a drawing that is there is not written again."""
    written = Path(small_svg.__file__).stat().st_mtime
    for file in Path(app.outdir).parent.glob("jupyter_execute/*.svg"):
        if file.stat().st_mtime < written:
            file.unlink()


def split(app, doctree):
    """Give each figure of a page that is read a file for phones."""
    for image in doctree.findall(lambda node: node.tagname == "image"):
        path = Path(app.srcdir, image["uri"])
        phone = path.with_stem(f"{path.stem}-phone")
        if path.suffix == ".svg" and unpack(path, phone):
            image["phone"] = phone.relative_to(app.srcdir).as_posix()
            app.env.images.add_file(app.env.docname, image["phone"])


def shorten(app, doctree):
    """Give figures of the site names of 16 signs: a page names each of them three times."""
    for image in doctree.findall(lambda node: node.tagname == "image"):
        for address in filter(app.env.images.get, (image["uri"], image.get("phone"))):
            pages, name = app.env.images[address]
            app.env.images[address] = pages, HASH.sub(r"\1", name)


def unpack(path, phone):
    """Give the drawing for phones its own file; return whether there is one, also from before."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if packed := PACKED.search(text):
        narrow = zlib.decompress(base64.b64decode(packed[1])).decode()
        for file, drawing in {phone: narrow, path: text.replace(packed[0], "")}.items():
            file.write_text(small_svg.smaller(drawing), encoding="utf-8")
    return phone.exists()


def copy(app, doctree, docname):
    """Let Sphinx copy these files like those of other figures."""
    for image in doctree.findall(lambda node: "phone" in getattr(node, "attributes", ())):
        app.builder.images[image["phone"]] = app.env.images[image["phone"]][1]


def write_words(app, exception):
    """Let the figures of the site have their words as text; those that were executed stay."""
    if exception or app.builder.name != "html":
        return
    for path in Path(app.outdir, "_images").glob("*.svg"):
        drawing = path.read_text(encoding="utf-8")
        if (words := figure_words.as_text(drawing)) != drawing:
            path.write_text(words, encoding="utf-8")


def size(path):
    """Return the size of an image as attributes, nothing if it is not known."""
    width, height = imagesize.get(path) if path.exists() else (-1, -1)
    return f'width="{width:.0f}" height="{height:.0f}" ' if width > 0 else ""


def choosing(visitor, node, image):
    """Return the image of a figure as a picture that on a phone is the drawing for it."""
    if "phone" not in node or visitor.builder.name != "html":
        return image
    folder = visitor.builder.imgpath
    address = f"{folder}/{visitor.builder.images[node['phone']]}"
    attributes = size(Path(visitor.builder.srcdir, node["phone"]))
    source = f'<source media="{NARROW}" srcset="{address}" {attributes}>'
    return f"<picture>{source}{image.strip()}</picture>\n"


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", forget)
    app.connect("doctree-read", split, priority=600)  # when the images have been collected
    app.connect("doctree-read", shorten, priority=610)
    app.connect("doctree-resolved", copy)
    app.connect("build-finished", write_words)
