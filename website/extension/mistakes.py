"""The cards of the symptom index: what each section of the atlas says of its mistake.

Sentence, fix and what TensorFlow notices are taken from the sections. The curves are what their
Wrong and Right programs train; `python -m tools.mistake_curves` records them in `curves.json`. A
mistake without curves shows what its programs print.
"""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from markupsafe import Markup
from sphinx.util.docutils import SphinxDirective

from website import toc
from website.extension import markup, sparklines

ATLAS = "book/mistakes/"
INDEX = f"{ATLAS}index"
CURVES = Path(__file__).with_name("curves.json")
MARK = "<!-- mistake cards -->"
FIX, NOTICE = "The fix.", "Does TensorFlow notice?"
LONGEST = 170  # characters of what TensorFlow notices; the first sentence may be longer
MATH = "$"  # before a formula
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`<])")


class MistakeCards(SphinxDirective):
    """The place of the cards."""

    def run(self):
        """Return a mark, which is replaced when the page is written."""
        return [nodes.raw("", MARK, format="html")]


def cards(env):
    """Return the cards of all sections of the atlas, page by page in their order."""
    curves = json.loads(CURVES.read_text(encoding="utf-8"))
    return [
        card(page, name, section, curves.get(name))
        for page in toc.PAGES
        if page.startswith(ATLAS) and page in env.found_docs
        for name, section in sections(env.get_doctree(page))
    ]


def sections(doctree):
    """Yield the sections about a mistake, each with the name of the mistake."""
    for section in doctree.findall(nodes.section):
        for name in section["ids"]:
            if name.startswith("mistake-"):
                yield name.removeprefix("mistake-"), section


def card(page, name, section, curves):
    """Return what a card shows."""
    quote = next(section.findall(nodes.block_quote))
    return {
        "address": f"{page.removeprefix(ATLAS)}.html#mistake-{name}",
        "title": next(section.findall(nodes.title)).astext(),
        "said": quote.astext().replace("\n\n", " "),
        "fix": breaking(next(_after(section, FIX).findall(nodes.literal_block)).astext().strip()),
        "notice": Markup(first_sentences(marked_up(_paragraph(section, NOTICE)))),
        "curves": sparklines.drawn(curves) if curves else None,
        "printed": None if curves else printed(section),
    }


def breaking(code):
    """Return a line of code as HTML that may be broken at the joints of its names."""
    return Markup(markup.JOINT.sub(r"\g<0><wbr>", html.escape(code, quote=False)))


def _paragraph(section, words):
    """Return the paragraph that begins with these words in bold."""
    return next(one for one in section.findall(nodes.paragraph) if markup.lead(one) == words)


def _after(section, words):
    """Return what follows such a paragraph."""
    paragraph = _paragraph(section, words)
    return paragraph.parent[paragraph.parent.index(paragraph) + 1]


def marked_up(paragraph):
    """Return the words of a paragraph after its first ones, code as HTML."""
    _, *rest = (child for child in paragraph.children if child.astext())
    return "".join(map(_inline, rest)).strip()


def _inline(node):
    text = html.escape(node.astext(), quote=False)
    if isinstance(node, nodes.math):
        return MATH + text
    return f"<code>{text}</code>" if isinstance(node, nodes.literal) else text


def first_sentences(text):
    """Return the first sentence of a text, and more while they are short and stand for themselves.

    Examples
    --------
    >>> first_sentences("No. Nothing looks for it."), len(first_sentences("No. " + 170 * "A"))
    ('No. Nothing looks for it.', 3)
    """
    first, *others = SENTENCE.split(text)
    for sentence in others:
        refers = sentence.endswith(":") or MATH in sentence
        if refers or len(re.sub("<[^>]*>", "", f"{first} {sentence}")) > LONGEST:
            break
        first += f" {sentence}"
    return first


def printed(section):
    """Return the last lines that the first Wrong and the first Right program print."""
    cells = list(section.findall(nodes.container))
    return [
        (side, text.strip().splitlines()[-1])
        for side in ("wrong", "right")
        if (text := next((_output(c) for c in cells if f"tag_{side}" in c["classes"]), ""))
    ]


def _output(cell):
    outputs = [part for part in cell.findall(nodes.container)
               if part.get("nb_element") == "cell_code_output"]  # fmt: skip
    return "\n".join(part.astext() for part in outputs)


def fill(app, pagename, templatename, context, doctree):
    """Put the cards in their place."""
    if MARK in context.get("body", ""):
        own = {"cards": cards(app.env), "size": sparklines}
        part = app.builder.templates.render("mistake-cards.html", context | own)
        context["body"] = context["body"].replace(MARK, part)
        app.add_css_file("mistakes.css")
        app.add_js_file("mistakes.js")


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("mistake-cards", MistakeCards)
    app.connect("env-updated", lambda app, env: [INDEX] if INDEX in env.found_docs else [])
    app.connect("html-page-context", fill, priority=850)  # before scripts are deferred
