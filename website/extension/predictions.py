"""Predictions: a form for the reader's guess, and the answer, which a script covers until then.

A code cell with the metadata `predict` says what the right guess is. Its output, and everything up
to the end of the next Markdown cell, is the answer. A heading and the next prediction end it too.
The page holds the whole answer: only book/assets/predict.js and predict.css cover it.
"""

import json

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from website.extension import markup

PROMPT = "Predict."
LINES_PER_CELL = 10_000  # MyST-NB numbers the lines of the first cell from here, and so on

# It runs before the answers are read, so that they never flash up. Where storage is blocked, they
# are covered; where predict.js does not arrive, they are uncovered again.
COVER = """{
  const page = document.documentElement;
  let answers = null;
  try { answers = localStorage.getItem("losses-answers"); } catch {}
  page.dataset.answers = answers === "open" ? "open" : "covered";
  addEventListener("load", () => page.dataset.predictions || delete page.dataset.answers);
}"""


class Prediction(nodes.container):
    """A code cell whose output the reader predicts."""


class Guess(nodes.Element):
    """The form in which the reader enters a guess."""


class Answer(nodes.Element):
    """A part of the answer."""


class MarkAnswers(SphinxPostTransform):
    """Mark the answers, and put the forms before them."""

    default_priority = 900  # after MyST-NB has folded cells
    formats = ("html",)

    def run(self, **options):
        """Change the cells with a prediction."""
        cells = [cell for cell in self.document.findall(nodes.container) if _settings(cell)]
        for number, cell in enumerate(cells, start=1):
            _mark(cell, number)


def _settings(cell):
    return cell.get("cell_metadata", {}).get("predict")


def _mark(cell, number):
    if rest := _rest_of_answer(cell):
        for node in rest:
            cell.parent.remove(node)
        cell.parent.insert(cell.parent.index(cell) + 1, Answer("", *rest))
    prompt = _name_prompt(cell, f"predict-{number}")
    source, shown = _split(cell)
    guess = Guess("", number=number, prompt=prompt, settings=_settings(cell))
    cell.replace_self(Prediction("", *source, guess, Answer("", *shown), **cell.attributes))


def _split(cell):
    """Return the part of a cell with its code, and the part with its output."""
    parts = {True: [], False: []}
    for child in cell.children:
        names = {part.get("nb_element") for part in child.findall(nodes.container)}
        parts["cell_code_output" in names].append(child)
    return parts[False], parts[True]


def _name_prompt(cell, name):
    """Return the id of the paragraph that asks; it gets this name if it has none."""
    before = cell.parent.children[: cell.parent.index(cell)]
    prompt = next((node for node in reversed(before) if markup.lead(node) == PROMPT), None)
    if prompt is None:
        return ""
    prompt["ids"] = prompt["ids"] or [name]
    return prompt["ids"][0]


def _rest_of_answer(cell):
    """Return what follows a cell, to the end of the first Markdown cell."""
    rest, place, explanation = [], cell["cell_index"], None
    for node in cell.parent.children[cell.parent.index(cell) + 1 :]:
        place = _place(node, place)
        if explanation is None and "cell_index" not in node.attributes:
            explanation = place
        after = explanation is not None and place > explanation
        if after or markup.lead(node) == PROMPT or isinstance(node, nodes.section):
            break
        rest.append(node)
    while rest and isinstance(rest[-1], nodes.Invisible):  # the label of a heading
        rest.pop()
    return rest


def _place(node, before):
    """Return the number of the cell that a node comes from; one that has no line stays there."""
    line = node.line or 0
    return line // LINES_PER_CELL - 1 if line >= LINES_PER_CELL else before


def visit_prediction(self, node):
    """Open the cell; it says what the right guess is."""
    settings = {key: value for key, value in _settings(node).items() if key != "choices"}
    data = {"data-predict": json.dumps(settings)}  # the form has the choices
    self.body.append(self.starttag(node, "div", CLASS="docutils container", **data))


def visit_guess(self, node):
    """Write the form."""
    self.body.append(self.builder.templates.render("predict.html", dict(node.attributes)))
    raise nodes.SkipNode


def visit_answer(self, node):
    """Open a part of the answer."""
    self.body.append('<div class="predict-answer">\n')


def depart(self, node):
    """Close what was opened."""
    self.body.append("</div>\n")


def load(app, pagename, templatename, context, doctree):
    """Load the script and the style on pages with predictions."""
    if doctree is not None and next(doctree.findall(Prediction), None):
        app.add_css_file("predict.css")
        app.add_js_file(None, body=COVER)
        app.add_js_file("predict.js")


def setup(app):
    """Connect to Sphinx."""
    app.add_node(Prediction, html=(visit_prediction, depart))
    app.add_node(Guess, html=(visit_guess, None))
    app.add_node(Answer, html=(visit_answer, depart))
    app.add_post_transform(MarkAnswers)
    app.connect("html-page-context", load)
