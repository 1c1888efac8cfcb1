"""The directive `catalogue`: a table of all rows of the documents, made from the experiments."""

from sphinx.util.docutils import SphinxDirective

from lossutils.book import experiments
from lossutils.book.experiments import table

HEAD = ("| row | what it is | verdict | kind | taught in |", "|---|---|---|---|---|")
HYPHEN = "\N{NON-BREAKING HYPHEN}"  # keeps a row's number in one line


class Catalogue(SphinxDirective):
    """Show the table. If a document's module changes, Sphinx reads the page again."""

    def run(self):
        """Return the nodes of the table."""
        for module in table.DOCUMENTS:
            self.env.note_dependency(module.__file__)
        lines = [*HEAD, *map(in_markdown, experiments.catalogue())]
        return self.parse_text_to_nodes("\n".join(lines))


def in_markdown(row):
    """Return a row of the documents as a line of a Markdown table."""
    number = f"[{row.id.replace('-', HYPHEN)}](row-{row.id})"
    cells = (number, row.title, row.verdict, row.kind, f"{{ref}}`{row.chapter}`")
    return f"| {' | '.join(cells)} |"


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("catalogue", Catalogue)
