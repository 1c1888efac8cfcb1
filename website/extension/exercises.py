"""Exercises that check themselves: the directive `checked-exercise`.

Its text is in the chapter, everything that runs in a file of `book/exercises`. The page holds the
start code, the hint and the solution. Where `make pyodide` has added Python, a script turns the
start code into an editor: website/cells/exercise.js.
"""

import json

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from website import exercises

NOTE = (
    "On the website of this book this exercise checks your answer. "
    "Where this sentence stays, copy the code into your own Python."
)


class Box(nodes.container):
    """An exercise that checks itself."""


class Fold(nodes.container):
    """A part of it that the reader opens."""


class Tools(nodes.Element):
    """Where its buttons go."""


class CheckedExercise(SphinxDirective):
    """An exercise: its title, its text, and with the option `name` the name of its file."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"name": directives.unchanged_required}  # noqa: RUF012, as docutils has it

    def run(self):
        """Return the nodes of the exercise."""
        name, title = self.options["name"], self.arguments[0]
        exercise = exercises.read(name)
        path = exercises.FOLDER / f"{name}.py"
        self.env.note_dependency(str(path))
        box = Box("", *self.parse_content_to_nodes(), name=name, title=title)
        box["sees"] = sorted({see for _, _, see in exercise.mistakes})
        box += [_code(exercise.start, "on-page-start"), Tools()]
        box += Fold("", *self.parse_text_to_nodes(exercise.hint), summary="Hint")
        box += Fold("", _code(exercise.solution, "on-page-solution"), summary="Solution")
        self.set_source_info(box)
        return [box]


def _code(text, name):
    block = nodes.literal_block(text, text, language="python")
    return nodes.container("", block, classes=[name])


def visit_box(self, node):
    """Open an exercise; its data say where its messages lead."""
    name = node["name"]
    data = {"data-exercise": name, "data-links": json.dumps(_links(self.builder, node["sees"]))}
    heading = f"{name}-title"
    self.body.append(
        self.starttag(node, "section", CLASS="on-page", ids=[name],
                      **data, **{"aria-labelledby": heading})
    )  # fmt: skip
    title = self.encode(node["title"])
    self.body.append(
        f'<p class="on-page-title" id="{heading}" data-title="{self.attval(node["title"])}">'
        f'<span class="on-page-kind">Exercise that checks itself</span> {title}</p>\n'
    )


def _links(builder, labels):
    """Return the address and the title of each label."""
    targets = builder.env.domaindata["std"]["labels"]
    page = builder.current_docname
    links = {}
    for label in labels:
        name, place, title = targets[label]
        links[label] = (f"{builder.get_relative_uri(page, name)}#{place}", title)
    return links


def depart_box(self, node):
    """Close an exercise."""
    self.body.append("</section>\n")


def visit_tools(self, node):
    """Write the sentence that a script replaces with buttons."""
    self.body.append(f'<div class="on-page-tools"><p class="on-page-note">{NOTE}</p></div>\n')
    raise nodes.SkipNode


def visit_fold(self, node):
    """Open a part that the reader unfolds."""
    self.body.append(f'<details class="on-page-fold"><summary>{node["summary"]}</summary>\n')


def depart_fold(self, node):
    """Close it."""
    self.body.append("</details>\n")


def load(app, pagename, templatename, context, doctree):
    """Load the style on pages with such an exercise."""
    if doctree is not None and next(doctree.findall(Box), None):
        app.add_css_file("on-page.css")


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("checked-exercise", CheckedExercise)
    app.add_node(Box, html=(visit_box, depart_box))
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_node(Tools, html=(visit_tools, None))
    app.connect("html-page-context", load)
