"""What a page loads: only what it needs, and nothing that holds up the text.

The theme's own page loads 530 KB of a script that draws icons the fonts draw already, the search
index before anybody searches, and all of MathJax with its menu. `templates/layout.html` leaves the
first two out; here MathJax is loaded in parts, on pages with formulas, and scripts wait.
"""

import re

# Of MathJax: TeX in, HTML out, and MathML beside it for screen readers; no menu, no other input.
MATHJAX = ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]

# Scripts written into the page need these at once.
AT_ONCE = ("documentation_options.js", "doctools.js")

# What a page needs only if this stands in it. Sphinx would load MathJax on a page without formulas
# as well if there is one on a page that is listed below it.
USED = {
    re.compile(r"mathjax/startup\.js|formulas\.js|^window\.MathJax ="): re.compile(
        r'class="[^"]*\bmath\b'
    ),
    re.compile(r"quiz\.(js|css)"): re.compile(r"<fieldset[^>]*\bquiz\b"),
}


def setup(app):
    """Connect the settings with Sphinx."""
    app.connect("config-inited", _settings, priority=900)
    app.connect("html-page-context", _only_what_is_used, priority=890)
    app.connect("html-page-context", _scripts_wait, priority=900)


def _settings(app, config):
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = (config.mathjax3_config or {}) | {"loader": {"load": MATHJAX}}


def _only_what_is_used(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if _is_used(file, body)]


def _is_used(file, body):
    """Return whether a page needs a script or a style sheet."""
    name = str(getattr(file, "filename", "") or "") or file.attributes.get("body", "")
    return all(mark.search(body) for names, mark in USED.items() if names.search(name))


def _scripts_wait(app, pagename, templatename, context, doctree):
    for script in context["script_files"]:
        name = str(getattr(script, "filename", "") or "")
        if name and not name.endswith(AT_ONCE):
            script.attributes.setdefault("defer", "defer")
