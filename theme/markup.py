"""How figures, tables and citations are marked up, where docutils or the theme leave gaps."""

import re
from pathlib import Path

import imagesize
from docutils import nodes
from myst_nb import sphinx_ as myst_nb

# Browsers break 2.06e-09 after its hyphen.
NUMBER = re.compile(r"-?[0-9.]+e-[0-9]+")


def setup(app):
    """Connect the visitors with Sphinx."""
    for node, visit in {nodes.image: visit_image, nodes.citation: visit_citation}.items():
        app.add_node(node, override=True, html=(visit, _departing(node)))
    app.add_node(nodes.entry, override=True, html=(visit_entry, depart_entry))
    folded = visit_folded_cell, myst_nb.depart_HideCellInput
    app.add_node(myst_nb.HideCodeCellNode, override=True, html=folded)


def _departing(node):
    name = f"depart_{node.__name__}"

    def depart(self, node):
        getattr(type(self), name)(self, node)

    return depart


def visit_image(self, node):
    """Load a figure when it comes near the screen, and keep its place free until then."""
    path = Path(self.builder.srcdir, node["uri"])
    width, height = imagesize.get(path) if path.exists() else (-1, -1)
    type(self).visit_image(self, node)
    extra = f'width="{width:.0f}" height="{height:.0f}" ' if width > 0 else ""
    extra += 'loading="lazy" ' if self.builder.name == "html" else ""  # print waits for nothing
    self.body[-1] = self.body[-1].replace("<img ", f"<img {extra}", 1)


def visit_entry(self, node):
    """Write an empty corner of a table as a cell: it is the header of nothing."""
    type(self).visit_entry(self, node)
    if not node.astext().strip() and self.body[-1].startswith("<th"):
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td")
    node.start = len(self.body)


def depart_entry(self, node):
    """Keep the numbers of a cell in one line each."""
    whole = r'<span class="text-nowrap">\g<0></span>'
    self.body[node.start :] = [
        part if part.startswith(("<", r"\(")) else NUMBER.sub(whole, part)
        for part in self.body[node.start :]
    ]
    type(self).depart_entry(self, node)


def visit_citation(self, node):
    """Write the list of works as text: the roles of docutils are out of use, or do not fit."""
    start = len(self.body)
    type(self).visit_citation(self, node)
    for place in range(start, len(self.body)):
        for role in (' role="list"', ' role="doc-biblioentry"'):
            self.body[place] = self.body[place].replace(role, "")


def visit_folded_cell(self, node):
    """Let the button that unfolds a cell be named by what it says."""
    start = len(self.body)
    myst_nb.visit_HideCellInput(self, node)
    name = ' aria-label="Toggle hidden content"'
    self.body[start:] = [part.replace(name, "") for part in self.body[start:]]
