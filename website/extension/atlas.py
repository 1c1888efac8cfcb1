"""The field on top of the symptom index: words, a number or an error message lead to mistakes."""

from website.extension.mistakes import INDEX

# What stands on a button, and the words that it looks for.
CHIPS = [
    ("nan", "loss is nan"),
    ("negative", "negative loss"),
    ("stuck", "loss stuck"),
    ("too good", "too good: accuracy high from the first epoch, better than anybody else's"),
    ("error", "error raises ValueError TypeError AttributeError"),
]


def add_filter(app, pagename, templatename, context, doctree):
    """Put the field below the title of the symptom index."""
    if pagename == INDEX and "body" in context:
        filled = app.builder.templates.render("atlas-filter.html", context | {"chips": CHIPS})
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{filled}", 1)


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", add_filter, priority=950)
