"""Write the words of a figure as text, where Matplotlib draws the outline of each letter.

The outlines are more than half of what a figure weighs. The text is as long as it was drawn, in
whatever font the reader has; in Verdana and DejaVu Sans the letters have the same forms. The
printed book keeps the outlines: it looks the same on every machine.
"""

import html
import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from fontTools.ttLib import TTFont

from website.extension import small_svg

SIZE = 10.5  # of most words: that of the figures' style
FONT = f'<svg font-family="Verdana,DejaVu Sans,sans-serif" font-size="{SIZE}" '
LOOKS = {"": "", "Bold": ' font-weight="bold"', "Oblique": ' font-style="italic"'}
WORDS = re.compile(
    r'<g(?P<style>(?: style="[^"]*")?) transform="translate\((?P<at>[^)]*)\)'
    r'(?P<turn>(?: rotate\([^)]*\))?) scale\((?P<size>[\d.]+) -[\d.]+\)">\s*'
    r"(?:<defs>(?:(?!</defs>).)*</defs>\s*)?(?P<letters>(?:<use [^>]*/>\s*)+)</g>",
    re.DOTALL,
)
LETTER = re.compile(
    r'<use xlink:href="#DejaVuSans(?:-(?P<look>Bold|Oblique))?-(?P<glyph>[0-9a-f]+)"'
    r'(?: x="(?P<x>[^"]*)")?(?: y="(?P<y>[^"]*)")?'
    r'(?: transform="translate\((?P<at>[^)]*)\) scale\((?P<scale>[^)]*)\)")?/>'
)
OUTLINE = re.compile(r'<path id="([A-Z][\w-]+)"[^>]*/>\n')
LIGATURES = range(0xFB00, 0xFB07)
# Of markers with the same look, no one sees which is drawn last.
MARKERS = re.compile(
    r'<use (?P<mark>xlink:href="#\w+") x="[^"]*" y="[^"]*" (?P<look>style="[^"]*")/>'
    r'(?:<use (?P=mark) x="[^"]*" y="[^"]*" (?P=look)/>){2,}'
)
GROUP = re.compile(r"(<g(?: [^>]*)?(?<!/)>|</g>)")
EMPTY = re.compile(r"<g[^>]*/>")
BARE = re.compile(r'<g(?: id="(?:text|legend)_\d+")?>')


class Letters(NamedTuple):
    """Letters beside each other; places and lengths are in hundredths of the font's size."""

    look: str
    scale: float
    y: float
    text: str
    x: float
    end: float


def as_text(svg):
    """Return a figure of Matplotlib, as `small_svg` writes it, with its words as text."""
    outlines = {match[1]: match[0] for match in OUTLINE.finditer(svg)}
    words = WORDS.sub(_text, svg)
    if words == svg:
        return svg
    words = OUTLINE.sub("", words).replace("<defs>\n</defs>\n", "")
    left = "".join(path for name, path in outlines.items() if f'"#{name}"' in words)
    words = words.replace("<svg ", FONT, 1).replace("</style>\n", f"</style>\n{left}", 1)
    return MARKERS.sub(_together, without_bare_groups(words).replace("\n", ""))


def _together(markers):
    """Return markers that look the same as the corners of one path, from the top down."""
    places = re.findall(r' x="([^"]*)" y="([^"]*)"', markers[0])
    corners = "L".join(f"{x} {y}" for x, y in sorted(places, key=lambda at: float(at[1])))
    path, name = small_svg.relative(f"M{corners}", 0.1, 0.1), f"k{markers.start()}"
    return (
        f'<marker id="{name}" overflow="visible" markerUnits="userSpaceOnUse">'
        f"<use {markers['mark']} {markers['look']}/></marker>"
        f'<path d="{path}" style="fill:none;marker:url(#{name})"/>'
    )


def without_bare_groups(svg):
    """Return a drawing without groups that have nothing in common.

    Examples
    --------
    >>> without_bare_groups('<g><g/><g id="text_1"><g style="fill: red"><g>a</g></g></g></g>')
    '<g style="fill: red">a</g>'
    """
    parts, kept = [], []
    for part in GROUP.split(EMPTY.sub("", svg)):
        if part.startswith("<g") and GROUP.fullmatch(part):
            kept.append(not BARE.fullmatch(part))
        if not GROUP.fullmatch(part) or kept[-1]:
            parts.append(part)
        if part == "</g>":
            kept.pop()
    return "".join(parts)


def _text(group):
    """Return a line of letters as text, or as it is if a sign is in no font of text."""
    uses = group["letters"].split("\n")
    letters = [_letters(match) for match in map(LETTER.fullmatch, filter(None, uses)) if match]
    if len(letters) < len(list(filter(None, uses))) or not all(one.text for one in letters):
        return group[0]
    pieces = groupby(letters, key=lambda one: (one.look, one.scale, one.y))
    seen = (_stripped(list(piece)) for _, piece in pieces)
    return "".join(_written(group, piece) for piece in seen if piece)


def _stripped(piece):
    """Return letters without spaces at either end."""
    seen = [place for place, one in enumerate(piece) if one.text.strip()]
    return piece[seen[0] : seen[-1] + 1] if seen else []


def _letters(use):
    look, glyph = use["look"] or "", int(use["glyph"], 16)
    sign, width = _font(look).get(glyph, ("", 0))
    place = use["at"].split() if use["at"] else (use["x"] or 0, use["y"] or 0)
    x, y, scale = map(float, (*place, use["scale"] or 1))
    return Letters(look, scale, y, sign, x, x + scale * width)


def _written(group, piece):
    """Return letters as text at their place, as long as they were."""
    first, size = piece[0], float(group["size"])
    look = f"{group['style']}{LOOKS[first.look]}"
    if first.scale != 1:  # an exponent
        look += f' font-size="{100 * size * first.scale / SIZE:.2g}em"'
    elif (height := _short(100 * size)) != f"{SIZE}":
        look += f' font-size="{height}"'
    length = f'textLength="{_short((piece[-1].end - first.x) * size)}"'
    words = html.escape("".join(one.text for one in piece), quote=False)
    place = _place(group, first.x * size, -first.y * size)
    return f'<text{place}{look} {length} lengthAdjust="spacingAndGlyphs">{words}</text>'


def _place(group, across, down):
    """Return where text stands: in turned text along its line, otherwise in the figure."""
    turned = f' transform="translate({group["at"]}){group["turn"]}"' if group["turn"] else ""
    start = (0, 0) if turned else map(float, group["at"].split())
    place = zip("xy", start, (across, down), strict=True)
    places = ((axis, _short(begin + moved)) for axis, begin, moved in place)
    return turned + "".join(f' {axis}="{at}"' for axis, at in places if at not in {"0", "-0"})


def _short(number):
    return f"{number:.1f}".removesuffix(".0")


@cache
def _font(look):
    """Return the sign and the width of each glyph, by its number, as Matplotlib names it."""
    file = "-".join(filter(None, ("DejaVuSans", look)))
    font = TTFont(Path(mpl.get_data_path(), "fonts", "ttf", f"{file}.ttf"))
    widths, unit = font["hmtx"].metrics, font["head"].unitsPerEm / 100
    glyphs = {}
    for code, name in sorted(font.getBestCmap().items()):
        sign = unicodedata.normalize("NFKC", chr(code)) if code in LIGATURES else chr(code)
        glyphs.setdefault(font.getGlyphID(name), (sign, widths[name][0] / unit))
    return glyphs
