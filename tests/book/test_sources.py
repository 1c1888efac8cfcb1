"""The pages on the documents: each row of the table of experiments has its section and verdict."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from lossutils.book import experiments

BOOK = Path(__file__).parents[2] / "book"
PAGES = {
    "000": "l2-and-cross-entropy",
    "001": "softmax-experiments",
    "002": "function-tour",
    "003": "loss-curves",
    "004": "mse-and-cross-entropy",
}
ROWS = experiments.catalogue()
PRINTED = [experiment for experiment in experiments.all_experiments() if experiment.published]


def cells(name):
    """Return the cells of a notebook as pairs of kind and source."""
    notebook = json.loads((BOOK / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def text(name):
    return "\n\n".join(source for _, source in cells(name))


def section(id):
    """Return the cells of a row, from its target to the next one or to the errata."""
    section_cells, inside = [], False
    for kind, source in cells(f"sources/{PAGES[id[:3]]}"):
        if kind == "markdown" and re.search(r"^\((row|source)-[\w-]+\)=$", source, re.MULTILINE):
            inside = f"(row-{id})=" in source
        if inside:
            section_cells.append((kind, source))
    return section_cells


def chapters():
    """Return the names of the pages in the table of contents."""
    contents = yaml.safe_load((BOOK.parent / "_toc.yml").read_text(encoding="utf-8"))
    files = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return {file.removeprefix("book/") for file in files}


@pytest.mark.parametrize("document", PAGES)
def test_a_page_has_the_rows_of_its_document_in_order(document):
    targets = re.findall(r"^\(row-([\w-]+)\)=$", text(f"sources/{PAGES[document]}"), re.MULTILINE)
    assert targets == [row.id for row in ROWS if row.document == document]


def test_each_row_has_one_target_in_the_book():
    pages = [*BOOK.rglob("*.ipynb"), *BOOK.rglob("*.md")]
    everything = "\n".join(
        text(page.relative_to(BOOK).with_suffix("").as_posix())
        if page.suffix == ".ipynb"
        else page.read_text(encoding="utf-8")
        for page in pages
    )
    counts = Counter(re.findall(r"^\(row-([\w-]+)\)=$", everything, re.MULTILINE))
    assert counts == {row.id: 1 for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_section_agrees_with_the_table(row):
    first, *rest = section(row.id)
    assert f"## {row.id}: {row.title}\n" in first[1]
    assert f"*Line {row.line}, {row.kind}.*" in first[1]
    prose = "\n".join(source for kind, source in [first, *rest] if kind == "markdown")
    assert f"**Verdict: {row.verdict}.**" in prose
    assert re.search(rf"Taught in {{ref}}`[^`]+ <{row.chapter}>`\.", prose)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_section_has_a_cell_that_prints(row):
    code = [source for kind, source in section(row.id) if kind == "code"]
    assert any("print(" in source or "checks.compare(" in source for source in code)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_chapter_of_each_row_exists_and_names_the_row(row):
    assert row.chapter in chapters()
    assert re.search(rf"{row.id}(?!\d)", text(row.chapter))


@pytest.mark.parametrize("experiment", PRINTED, ids=lambda experiment: experiment.id)
def test_every_published_number_is_compared_on_its_page(experiment):
    code = "\n".join(source for kind, source in section(experiment.id) if kind == "code")
    assert f'experiments.get("{experiment.id}")' in code
    for name in experiment.published:
        compared = rf'checks\.compare\([^=]*published=experiment\.published\["{name}"\]'
        assert re.search(compared, code), name


def test_the_overview_states_the_recorded_counts():
    overview = (BOOK / "sources/index.md").read_text(encoding="utf-8")
    total = Counter()
    for document in PAGES:
        records = [e.recorded for e in PRINTED if e.document == document]
        counts = {
            "rows": sum(row.document == document for row in ROWS),
            "published": sum(record.published for record in records),
            "reproduced": sum(record.tensorflow[0] for record in records),
        }
        total.update(counts)
        columns = " | ".join(map(str, counts.values()))
        assert re.search(rf"^\| \[{document}\].*\| {columns} \|$", overview, re.MULTILINE), document
    assert f"| all | | | {' | '.join(map(str, total.values()))} |" in overview
    assert f"The other {total['published'] - total['reproduced']} numbers" in overview
    assert f"It has {len(ROWS)} rows" in overview
    assert f"## All {len(ROWS)} rows" in overview


def test_the_overview_counts_the_claims():
    claims = [row.verdict for row in ROWS if row.kind == "claim"]
    true = claims.count("true")
    with_a_condition = sum(verdict.startswith("true") for verdict in claims) - true
    rest = len(claims) - true - with_a_condition
    assert (
        f"Of the {len(claims)} claims, {true} are true as they stand, {with_a_condition} are true "
        f"under a condition, and {rest} are not."
    ) in (BOOK / "sources/index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", PAGES)
def test_a_page_cites_its_document_and_ends_with_the_errata(document):
    page = text(f"sources/{PAGES[document]}")
    assert page.startswith(f"(source-{document})=\n# Document {document}: ")
    assert f"{{cite}}`Document{document}`" in page
    errata = page.split(f"(source-{document}-errata)=\n## Errata")[1]
    rows = set(re.findall(r"\(row-([\w-]+)\)", errata))
    assert rows
    assert rows <= {row.id for row in ROWS if row.document == document}
