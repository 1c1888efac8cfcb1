"""Style sheets without what no page uses: unpruned, they serve every kind of site.

When all pages are written, `USED` is made of the theme's; `templates/static/webpack-macros.html`
names it. Those of other extensions keep their names: Sphinx copies them again in each build.
"""

import re
from pathlib import Path

import tinycss2

SHEET = "styles/pydata-sphinx-theme.css"
USED = "styles/pydata-sphinx-theme.used.css"
OTHERS = (
    "basic.css",
    "copybutton.css",
    "mystnb.*.css",
    "pygments.css",
    "sphinx-design.min.css",
    "styles/sphinx-book-theme.css",
    "togglebutton.css",
)
CELLS = Path(__file__).parents[1] / "cells"  # scripts that `make live` adds
BUNDLE = 100_000  # bytes: a larger script is a library, which names no class of the theme

COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
MARKED = re.compile(r'\b(?:class|id)="([^"]*)"')
NAME = re.compile(r"[.#]((?:[\w-]|\\.)+)")
EXCEPT = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")


def setup(app):
    """Connect with Sphinx."""
    app.connect("build-finished", _write)


def _write(app, problem):
    static = Path(app.outdir, "_static")
    if problem is None and app.builder.name == "html" and (static / SHEET).exists():
        known = names(Path(app.outdir))
        others = {file: file for pattern in OTHERS for file in static.glob(pattern)}
        for source, target in {static / SHEET: static / USED, **others}.items():
            rules = tinycss2.parse_stylesheet(source.read_text(encoding="utf-8"))
            target.write_text(used(rules, known), encoding="utf-8")
        for own in set(static.glob("*.css")) - set(others):
            text = COMMENT.sub("", own.read_text(encoding="utf-8"))
            own.write_text(text, encoding="utf-8")


def names(folder):
    """Return the classes and ids of all pages of a site, and all words of its scripts."""
    words = set()
    for page in folder.rglob("*.html"):
        for marks in MARKED.findall(page.read_text(encoding="utf-8")):
            words.update(marks.split())
    static = folder / "_static"
    for script in [*static.glob("*.js"), *static.glob("scripts/*theme.js"), *CELLS.glob("*.js")]:
        if script.stat().st_size < BUNDLE:
            words.update(re.findall(r"[\w-]+", script.read_text(encoding="utf-8")))
    return words


def used(rules, known):
    """Return the rules of a style sheet whose classes and ids are all known, as text.

    Examples
    --------
    >>> sheet = tinycss2.parse_stylesheet(".a, .b:hover { top: 0 } .c { top: 1px }")
    >>> used(sheet, {"b"})
    '.b:hover{ top: 0 }'
    """
    return "".join(
        _rule(rule, known) for rule in rules if rule.type not in ("comment", "whitespace")
    )


def _rule(rule, known):
    if rule.type == "qualified-rule":
        kept = ",".join(one for one in _selectors(rule.prelude) if _can_match(one, known))
        return f"{kept}{{{tinycss2.serialize(rule.content)}}}" if kept else ""
    if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
        inner = used(tinycss2.parse_rule_list(rule.content), known)
        head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
        return f"{head}{{{inner}}}" if inner else ""
    return rule.serialize()


def _selectors(prelude):
    """Return the selectors of a list that is separated by commas."""
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _can_match(selector, known):
    """Return whether all classes and ids that a selector asks for are known."""
    asked = NAME.findall(EXCEPT.sub("", selector))
    return all(name.replace("\\", "") in known for name in asked)
