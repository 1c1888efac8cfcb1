"""The proof of a mistake, its values, gradients and witnesses, is folded.

It goes from the paragraph that begins with *Proof.* to the one that says where the mistake comes
from. On paper it is left out, like all folded parts.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from website.extension import markup

FIRST, AFTER = "Proof.", "Where it comes from."


class Proof(nodes.Element):
    """What the reader unfolds."""


class FoldProofs(SphinxPostTransform):
    """Put each proof into a part of its own."""

    default_priority = 890  # before answers of predictions are marked
    formats = ("html",)

    def run(self, **options):
        """Move what belongs to a proof."""
        paragraphs = self.document.findall(nodes.paragraph)
        for first in [each for each in paragraphs if markup.lead(each) == FIRST]:
            _fold(first)


def _fold(first):
    section = first.parent
    start = section.index(first)
    places = range(start, len(section))
    end = next((place for place in places if markup.lead(section[place]) == AFTER), len(section))
    first.remove(next(first.findall(nodes.strong)))  # it is what one clicks on
    section[start:end] = [Proof("", *section[start:end])]


def visit_proof(self, node):
    """Open the part that the reader unfolds."""
    self.body.append('<details class="proof"><summary>Proof</summary>\n')


def depart_proof(self, node):
    """Close it."""
    self.body.append("</details>\n")


def setup(app):
    """Connect to Sphinx."""
    app.add_node(Proof, html=(visit_proof, depart_proof))
    app.add_post_transform(FoldProofs)
