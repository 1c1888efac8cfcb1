"""The landing page: an explorer, three entrances, the chapters, and one number with its witnesses.

Its text is in `book/intro.md`, which says with the directive `landing` where a template goes. The
chapters' cards are rebuilt every time, because any chapter may have changed.
"""

import html

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lossutils.book import experiments
from website.extension import atlas, covers, markup, opening


class Landing(SphinxDirective):
    """The place of a part of the landing page, `templates/landing-NAME.html`."""

    required_arguments = 1

    def run(self):
        """Return a mark, which is replaced when the page is written."""
        self.env.metadata[self.env.docname]["landing"] = True
        return [nodes.raw("", mark(self.arguments[0]), format="html")]


class Witnesses(SphinxDirective):
    """A table of one number: what a document published, what TensorFlow and NumPy compute."""

    required_arguments = 1

    def run(self):
        """Return the nodes of the table."""
        row = experiments.get(self.arguments[0])
        return self.parse_text_to_nodes("\n".join(in_markdown(row)))


def in_markdown(row):
    """Return the first number of a row as the lines of a Markdown table."""
    name, published = next(iter(row.published.items()))
    values = row.with_tensorflow()[name], row.with_numpy()[name]
    first = (f"{float(value.ravel()[0]):.5g}" for value in values)
    return [
        f"| [published](row-{row.id}) | TensorFlow | NumPy |",
        "|---|---|---|",
        f"| {published[0]} | {' | '.join(first)} |",
    ]


def mark(name):
    """Return the markup that marks the place of a template in the page."""
    return f"<!-- landing: {name} -->"


def unbroken(title):
    """Return the title of a card, in which a number and its sign stay in one line.

    Examples
    --------
    >>> unbroken("When 1 % & less matters")
    'When <span class="text-nowrap">1 %</span> &amp; less matters'
    """
    return markup.NUMBER.sub(markup.WHOLE, html.escape(title))


def pages(env):
    """Return the landing page; a book without one has none."""
    return [page for page, about in env.metadata.items() if about.get("landing")]


def fill(app, pagename, templatename, context, doctree):
    """Put the templates in their places, and load what they need."""
    if doctree is None or pagename not in pages(app.env):
        return
    own = {"drawing": opening.context(), "parts": covers.all_covers(app), "chips": atlas.CHIPS}
    own["unbroken"] = unbroken
    for name in ("actions", "explorer", "entrances", "chapters"):
        part = app.builder.templates.render(f"landing-{name}.html", context | own)
        context["body"] = context["body"].replace(mark(name), part)
    app.add_css_file("landing.css")
    app.add_js_file("landing.js")


def note(app, pagename, templatename, context, doctree):
    """Let a chapter note that it was opened."""
    if pagename in covers.CHAPTERS:
        app.add_js_file("opened.js")


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("landing", Landing)
    app.add_directive("witnesses", Witnesses)
    app.connect("env-updated", lambda app, env: pages(env))
    app.connect("html-page-context", fill, priority=850)  # before scripts are deferred
    app.connect("html-page-context", note)
