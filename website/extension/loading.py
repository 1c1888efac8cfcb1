"""What a page loads: only what it needs, and nothing that holds up the text.

The theme's own page loads 530 KB of a script that draws icons the fonts draw already, and the
search index before anybody searches. `templates/layout.html` leaves both out; here a page gets the
scripts and style sheets of what is on it, and scripts wait.
"""

import itertools
import re

CLASS = re.compile(r'class="([^"]*)"')

# Scripts written into the page need it at once.
AT_ONCE = ("documentation_options.js",)

# What a page needs only if its text has elements of these classes.
USED = {
    r"formulas\.(js|css)": "math",
    r"quiz\.(js|css)": "quiz",
    r"explorers\.css": "explorer",
    r"exercise\.css": "exercise|solution",
    r"mystnb\.\w+\.css": "cell",
    r"(copybutton|clipboard\.min)\.(js|css)": "highlight",
    r"togglebutton\.(js|css)|[tT]oggle(Hint|OpenOnPrint|buttonSelector)": "toggle|dropdown",
    r"sphinx-design": r"sd-\w+",
    r"design-tabs": "sd-tab-set",
    # For Sphinx's own search, for arrow keys, which are off, and for parts that are never folded.
    "doctools|sphinx_highlight": "never",
}


def setup(app):
    """Connect the settings with Sphinx."""
    app.connect("html-page-context", _only_what_is_used, priority=890)
    app.connect("html-page-context", _scripts_wait, priority=900)


def _only_what_is_used(app, pagename, templatename, context, doctree):
    classes = set(itertools.chain(*map(str.split, CLASS.findall(context.get("body", "")))))
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if _is_used(file, classes)]


def _is_used(file, classes):
    """Return whether a page with elements of these classes needs a script or a style sheet."""
    name = str(getattr(file, "filename", "") or "") or file.attributes.get("body", "")
    marks = [mark for names, mark in USED.items() if re.search(names, name)]
    return all(any(re.fullmatch(mark, one) for one in classes) for mark in marks)


def _scripts_wait(app, pagename, templatename, context, doctree):
    for script in context["script_files"]:
        name = str(getattr(script, "filename", "") or "")
        if name and not name.endswith(AT_ONCE):
            script.attributes.setdefault("defer", "defer")
