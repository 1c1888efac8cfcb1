"""The table of all rows of the documents, as Sphinx makes it."""

import pytest
from docutils import nodes
from sphinx.application import Sphinx

from lossutils.book import experiments
from lossutils.book.experiments import table

ROWS = experiments.catalogue()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Build a book of two pages: the table, and all sections to which it links."""
    folder = tmp_path_factory.mktemp("small book")
    settings = 'extensions = ["myst_parser", "website.extension.catalogue"]\nsmartquotes = False'
    folder.joinpath("conf.py").write_text(settings, encoding="utf-8")
    folder.joinpath("index.md").write_text("# Table\n\n```{catalogue}\n```\n", encoding="utf-8")
    targets = [f"row-{row.id}" for row in ROWS] + sorted({row.chapter for row in ROWS})
    sections = [f"({target})=\n## About {target}\n" for target in targets]
    page = "\n".join(["---\norphan: true\n---\n# Sections\n", *sections])
    folder.joinpath("sections.md").write_text(page, encoding="utf-8")
    out = folder / "out"
    app = Sphinx(folder, folder, out, out, "html", status=None, warningiserror=True)
    app.build()
    return app


@pytest.fixture(scope="module")
def lines(app):
    """Return the cells of the table, line by line."""
    page = app.env.get_and_resolve_doctree("index", app.builder)
    return [list(line.findall(nodes.entry)) for line in page.findall(nodes.row)]


def test_the_table_lists_every_row(lines):
    head, *rest = [[entry.astext() for entry in line] for line in lines]
    assert head == ["row", "what it is", "verdict", "kind", "taught in"]
    assert rest == [
        [row.id.replace("-", "\u2011"), row.title, row.verdict, row.kind, f"About {row.chapter}"]
        for row in ROWS
    ]


def test_each_line_links_to_its_row_and_to_its_chapter(lines):
    links = [
        [link["refuri"] for entry in line for link in entry.findall(nodes.reference)]
        for line in lines[1:]
    ]
    assert links == [
        [f"sections.html#row-{row.id}", f"sections.html#{row.chapter}"] for row in ROWS
    ]


def test_the_page_is_read_again_when_a_row_changes(app):
    assert {module.__file__ for module in table.DOCUMENTS} <= app.env.dependencies["index"]
