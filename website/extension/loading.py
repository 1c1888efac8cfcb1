"""What a page loads: only what it needs, and nothing that holds up the text.

The theme's own page loads 530 KB of a script that draws icons the fonts draw already, the search
index before anybody searches, and all of MathJax with its menu. `templates/layout.html` leaves the
first two out; here MathJax is loaded in parts, on pages with formulas, and scripts wait.
"""

# Of MathJax: TeX in, HTML out, and MathML beside it for screen readers; no menu, no other input.
MATHJAX = ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]

# Scripts written into the page need these at once.
AT_ONCE = ("documentation_options.js", "doctools.js")


def setup(app):
    """Connect the settings with Sphinx."""
    app.connect("config-inited", _settings, priority=900)
    app.connect("html-page-context", _scripts_wait, priority=900)


def _settings(app, config):
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = (config.mathjax3_config or {}) | {"loader": {"load": MATHJAX}}


def _scripts_wait(app, pagename, templatename, context, doctree):
    for script in context["script_files"]:
        name = str(getattr(script, "filename", "") or "")
        if name and not name.endswith(AT_ONCE):
            script.attributes.setdefault("defer", "defer")
