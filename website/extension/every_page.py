"""What every page says: how to cite the book and its licence; and the page for wrong addresses.

The page 404.html is sent for an address at any depth, so its links cannot be relative: they begin
with the path of BOOK_URL, or with a slash where the book stands at the root of its host.
"""

import re
from urllib.parse import urlsplit

from website import citation, toc
from website.extension import addresses

MISSING = "404"


def configure(app, config):
    """Add the page for wrong addresses, and the text at the foot of every page."""
    config.html_additional_pages |= {MISSING: "404.html"}
    config.html_theme_options["footer_content_items"] = ["cite.html"]
    cited = citation.read()
    config.html_context |= {"cited": citation.sentence(cited), "licence": citation.LICENCE}


def add_chapters(app, pagename, templatename, context, doctree):
    """Tell the page for wrong addresses which pages exist."""
    if pagename == MISSING:
        titles = app.env.titles
        context["base"] = urlsplit(addresses.site()).path or "/"
        context["pages"] = [(page, titles[page].astext()) for page in toc.PAGES if page in titles]


def drop_half_addresses(app, pagename, templatename, context, doctree):
    """Leave out the address of a page where its first half is not known."""
    if "metatags" in context and not addresses.site():
        context["metatags"] = re.sub(r'<meta property="og:url".*\n?', "", context["metatags"])


def setup(app):
    """Connect to Sphinx."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_chapters)
    app.connect("html-page-context", drop_half_addresses, priority=900)
