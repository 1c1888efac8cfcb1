"""Choosing a loss by three questions, which lead to the rows of the page's table.

`choosing.toml` holds the questions and the rows. A comment in the page says where they go: it shows
in no other place, and without scripts there is only the table. Every question and every answer has
an address of its own, such as `#choose/number/counts`. The page holds the first question; the other
steps are in a script of their own, which book/assets/choosing.js loads when they are needed.
"""

import hashlib
import json
import re
import tomllib
from pathlib import Path

from markupsafe import Markup, escape

from website.extension import choosing_curves, curves
from website.extension.markup import coloured

MARK = "<!-- three questions -->"
OTHERS = "_static/choosing-steps.js"
INSERT = 'document.querySelector(".choosing").insertAdjacentHTML("beforeend", %s);\n'
TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def name(path):
    """Return the id of the step at a path of answers."""
    return f"choose/{path}" if path else "choose"


def joined(path, key):
    """Return the path one answer further."""
    return f"{path}/{key}" if path else key


def steps():
    """Return every question, and every answer at the end of a path."""
    unnamed = []
    for question in TABLE["questions"]:
        at = question["at"]
        choices = [(name(joined(at, one["key"])), one["says"]) for one in question["choices"]]
        unnamed.append({"path": at, "asks": question["asks"], "choices": choices})
        ends = (one for one in question["choices"] if "row" in one)
        unnamed += [{"path": joined(at, one["key"]), "row": one["row"]} for one in ends]
    answers = trail_words()
    return [
        step | {"id": name(step["path"]), "trail": trail(step["path"], answers)} for step in unnamed
    ]


def trail_words():
    """Return what was answered at each path."""
    return {
        joined(question["at"], one["key"]): one["says"]
        for question in TABLE["questions"]
        for one in question["choices"]
    }


def trail(path, answers):
    """Return the answers up to a path, each with the id of its step; first of all the start."""
    keys = path.split("/") if path else []
    paths = ["/".join(keys[: n + 1]) for n in range(len(keys))]
    return [(name(""), "Start"), *((name(one), answers[one]) for one in paths)]


def with_code(text):
    """Return a text in which words between backticks are code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def rows(target, highlight):
    """Return the rows with what the template needs; `target` finds the address of a label."""
    return {key: _row(key, row, target, highlight) for key, row in TABLE["rows"].items()}


def _row(key, row, target, highlight):
    plain = "tf.nn" if "tf.nn." in row["tensorflow"] else "TensorFlow"
    return row | {
        "code": [("Keras", highlight(row["keras"])), (plain, highlight(row["tensorflow"]))],
        "beware": with_code(row["beware"]),
        "truth": with_code(TABLE["truths"][row["truth"]]),
        "section": target(row["section"]),
        "mistake": target(row["mistake"]),
        "curve": curves.drawn(choosing_curves.CURVES[key]),
    }


def fill(app, pagename, templatename, context, doctree):
    """Put the questions in their place."""
    if MARK not in context.get("body", ""):
        return

    def target(label):
        page, place, title = app.env.domaindata["std"]["labels"][label]
        return f"{app.builder.get_relative_uri(pagename, page)}#{place}", title

    def highlight(code):
        return app.builder.highlighter.highlight_block(code.strip(), "python")

    own = context | {"rows": rows(target, highlight), "size": curves}
    render, (first, *others) = app.builder.templates.render, steps()
    script = INSERT % json.dumps(coloured(render("choosing-steps.html", own | {"steps": others})))
    file = Path(app.outdir, OTHERS)
    file.parent.mkdir(exist_ok=True)
    file.write_text(script, encoding="utf-8")
    version = hashlib.sha256(script.encode()).hexdigest()[:8]
    own |= {"steps": [first], "others": f"{context['pathto'](OTHERS, 1)}?v={version}"}
    context["body"] = context["body"].replace(MARK, render("choosing.html", own))
    app.add_css_file("choosing.css")
    app.add_js_file("choosing.js")


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", fill, priority=850)  # before scripts are deferred
