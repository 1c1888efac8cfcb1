"""The icons of the theme, without the two thousand that no page shows.

The theme's font of icons weighs 157 KB and its style sheet 66 KB, of which the names of the icons
are a third. Both are cut down to what the built pages, the theme's styles and its scripts name.
"""

import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
STYLE = "styles/pydata-sphinx-theme.css"
FONT = "vendor/fontawesome/webfonts/fa-solid-900"
RULE = re.compile(r'((?:\.fa-[\w-]+:{1,2}before,?)+)\{content:"(\\[0-9a-f]+|[^"]*)"\}')
WHOLE = re.compile(
    r'url\(([^)]*)fa-solid-900\.woff2\) format\("woff2"\),'
    r'url\([^)]*\.ttf\) format\("truetype"\)'
)
NAME = re.compile(r"\bfa-[a-z0-9-]+")


def setup(app):
    """Cut the icons down when the pages are written."""
    app.connect("build-finished", _cut)


def _cut(app, exception):
    static = Path(app.outdir, "_static")
    if exception or app.builder.format != "html" or not (static / STYLE).exists():
        return
    style = (STATIC / STYLE).read_text(encoding="utf-8")
    style, signs = without_unused(style, _named(Path(app.outdir)))
    font = static / f"{FONT}.woff"
    cut_font(STATIC / f"{FONT}.ttf", font, signs | _signs(style, static))
    for kind in ("woff2", "ttf"):
        (static / f"{FONT}.{kind}").unlink(missing_ok=True)
    (static / STYLE).write_text(_pointing_to(style, font.name), encoding="utf-8")


def _named(folder):
    """Return the names of icons in the pages and in the scripts."""
    files = [*folder.rglob("*.html"), *(folder / "_static").glob("*.js")]
    files += (folder / "_static/scripts").glob("*theme.js")
    return {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}


def without_unused(style, names):
    """Return a style sheet without the icons that are not named, and the signs of the others."""
    signs = set()

    def keep(match):
        if not names & set(NAME.findall(match[1])):
            return ""
        signs.add(_sign(match[2]))
        return match[0]

    return RULE.sub(keep, style), signs


def _sign(content):
    return chr(int(content[1:], 16)) if content.startswith("\\") else content


def _signs(style, static):
    """Return the signs that the styles draw themselves, without an icon's name."""
    own = "".join(path.read_text(encoding="utf-8") for path in static.glob("*.css"))
    book = (static / "styles/sphinx-book-theme.css").read_text(encoding="utf-8")
    return {chr(int(code, 16)) for code in re.findall(r"\\(f[0-9a-f]{3})\b", style + own + book)}


def cut_font(source, target, signs):
    """Write the part of a font that draws these signs, as WOFF."""
    options = subset.Options(flavor="woff", desubroutinize=True)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(signs)))
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def _pointing_to(style, font):
    """Return the style sheet with the cut font instead of the whole one."""
    pointed, count = WHOLE.subn(rf'url(\1{font}) format("woff")', style)
    if count != 1:
        raise ValueError(f"expected one font of solid icons in {STYLE}, found {count}")
    return pointed
