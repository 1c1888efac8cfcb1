"""The picture that a link to a page shows elsewhere, and the icon of the site for phones.

A picture has the title of the page and its first figure. It is drawn only where the address of the
site is known, because other hosts find it by its whole address.
"""

import io
import textwrap
from pathlib import Path

import matplotlib
import vl_convert
from PIL import Image, ImageDraw, ImageFont

from website.extension import addresses, covers

SIZE, FIGURE = (1200, 630), (1072, 320)
INK, BLUE = "#1f2328", "#0072b2"
MARGIN = 64
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
MARK = Path(__file__).parents[2] / "book" / "assets" / "favicon.svg"
ICON = "apple-touch-icon.png"


def mark(size):
    """Return the mark of the book as a square picture."""
    png = vl_convert.svg_to_png(MARK.read_text(encoding="utf-8"), scale=size / 32)
    return Image.open(io.BytesIO(png)).convert("RGBA").resize((size, size))


def font(name, size):
    """Return one of the fonts that come with Matplotlib."""
    return ImageFont.truetype(FONTS / f"{name}.ttf", size)


def _paste_mark(picture, size, left):
    own = mark(size)
    picture.paste(own, (left, SIZE[1] - 24 - size), own)


def card(title, book, figure=None):
    """Return the picture of a page: its title, its figure, and the book that it belongs to."""
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 16), fill=BLUE)
    lines = textwrap.wrap(title, 30 if figure else 24)[: 2 if figure else 4]
    words = font("DejaVuSans-Bold", 56 if figure else 72)
    draw.multiline_text((MARGIN, 56), "\n".join(lines), fill=INK, font=words, spacing=14)
    if figure:
        picture.paste(figure, ((SIZE[0] - figure.width) // 2, 210))
    else:
        _paste_mark(picture, 180, SIZE[0] - MARGIN - 180)
    _paste_mark(picture, 56, MARGIN)
    draw.text((MARGIN + 76, SIZE[1] - 52), book, fill=INK, font=font("DejaVuSans", 30), anchor="lm")
    return picture


def add(app, pagename, templatename, context, doctree):
    """Draw the picture of a page, and name it to the extension that writes the meta tags."""
    if doctree is None or not addresses.site() or app.builder.name != "html":
        return
    title = app.env.titles[pagename].astext()
    figure = covers.first_figure(app, app.env.get_doctree(pagename))
    drawing = covers.drawn(Path(app.srcdir, figure["uri"]), FIGURE) if figure else None
    picture = card(title, app.config.project, drawing)
    name = covers.write(app, picture, "card", "png", optimize=True)
    image = {"og:image": f"_images/{name}", "og:image:alt": title}
    context["meta"] = (context["meta"] or {}) | image


def write_icon(app, exception):
    """Write the icon that phones show for a page on their screen."""
    if not exception and app.builder.name == "html":
        mark(180).save(Path(app.outdir, "_static", ICON))


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", add, priority=400)  # before the meta tags are written
    app.connect("build-finished", write_icon)
