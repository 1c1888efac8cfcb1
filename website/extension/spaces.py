"""Lines of a page begin at their first sign: the indentation of templates is not sent.

Where text keeps its spaces, nothing changes.
"""

import re

from sphinx.jinja2glue import BuiltinTemplateLoader

KEPT = "pre|script|style|textarea"
BREAK = re.compile(rf"(<({KEPT})\b.*?</\2>)|\s*\n\s*", re.DOTALL)


def without_indents(page):
    r"""Return a page without spaces around the breaks of lines, and without empty lines.

    Examples
    --------
    >>> without_indents("<p>\n  a \n\n  b</p>\n<pre>c\n  d</pre>")
    '<p>\na\nb</p>\n<pre>c\n  d</pre>'
    """
    return BREAK.sub(lambda place: place[1] or "\n", page)


class Templates(BuiltinTemplateLoader):
    """The templates of Sphinx."""

    def render(self, template, context):
        """Return what a template makes, without its indentation."""
        return without_indents(super().render(template, context))


def setup(app):
    """Let Sphinx write its pages so."""
    app.config.template_bridge = f"{__name__}.{Templates.__name__}"
