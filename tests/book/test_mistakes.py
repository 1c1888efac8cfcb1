"""The atlas of mistakes: each section has the same form, and a symptom leads to each mistake."""

import difflib
import functools
import json
import re
from pathlib import Path

import nbformat
import pytest
from test_chapters import MENTION

from lossutils.book import experiments

ROOT = Path(__file__).parents[2]
ATLAS = ROOT / "book" / "mistakes"
MISTAKES = json.loads((ROOT / "lossutils/diagnosis/mistakes.json").read_text(encoding="utf-8"))
PAGES = list(dict.fromkeys(mistake["page"] for mistake in MISTAKES))
LINK = re.compile(r"\[([^\]]+)\]\(mistake-([\w-]+)\)")
TARGET = re.compile(r"^\(mistake-([\w-]+)\)=$", re.MULTILINE)
LEADS = (
    "**The fix.**",
    "**Why.**",
    "**Does TensorFlow notice?**",
    "**Proof.**",
    "**Where it comes from.**",
)


def cells(page):
    """Return the cells of a page of the atlas."""
    return nbformat.read(ATLAS / f"{page}.ipynb", as_version=4).cells


def section(mistake):
    """Return the cells of a mistake, from its target to the next one or to the quiz."""
    section_cells, inside = [], False
    for cell in cells(mistake["page"]):
        if cell.cell_type == "markdown" and re.search(r"^(\(mistake-|## )", cell.source, re.M):
            inside = f"(mistake-{mistake['id']})=" in cell.source
        if inside:
            section_cells.append(cell)
    return section_cells


def prose(mistake):
    return "\n\n".join(cell.source for cell in section(mistake) if cell.cell_type == "markdown")


def code(mistake):
    return [cell for cell in section(mistake) if cell.cell_type == "code"]


def tagged(mistake, tag):
    return [cell for cell in code(mistake) if tag in cell.metadata.get("tags", [])]


each = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["id"])


def test_all_thirty_ranked_confusions_are_covered():
    assert {rank for mistake in MISTAKES for rank in mistake["ranks"]} == set(range(1, 31))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_lists_its_mistakes_in_the_order_of_the_data(page):
    text = "\n".join(cell.source for cell in cells(page) if cell.cell_type == "markdown")
    expected = [mistake["id"] for mistake in MISTAKES if mistake["page"] == page]
    assert TARGET.findall(text) == expected


def test_every_page_of_the_atlas_is_listed():
    assert {path.stem for path in ATLAS.glob("*.ipynb")} - {"index"} == set(PAGES)


@each
def test_a_section_starts_with_its_title_and_a_quotation(mistake):
    first = section(mistake)[0].source
    assert f"(mistake-{mistake['id']})=\n## {mistake['title']}\n" in first
    assert re.search(r"^> “[^”]+”", first, re.MULTILINE), (
        "expected a quoted sentence after the title"
    )


@each
def test_a_section_has_its_parts_in_order(mistake):
    text = prose(mistake)
    places = [text.find(f"\n{lead} ") for lead in LEADS]
    assert -1 not in places, f"missing: {LEADS[places.index(-1)]}"
    assert places == sorted(places)


@each
def test_wrong_and_right_code_are_side_by_side(mistake):
    tags = [next(iter({"wrong", "right"} & set(cell.metadata.get("tags", []))), "")
            for cell in section(mistake)]  # fmt: skip
    pairs = [tags[place + 1] for place, tag in enumerate(tags) if tag == "wrong"]
    assert pairs
    assert set(pairs) == {"right"}
    assert tags.count("right") == len(pairs)
    for cell in code(mistake):
        if {"wrong", "right"} & set(cell.metadata.get("tags", [])):
            assert max(map(len, cell.source.splitlines())) <= 52, "too wide for two columns"


@each
def test_a_section_has_a_comparison_a_figure_and_a_reaction(mistake):
    source = "\n".join(cell.source for cell in code(mistake))
    assert re.search(r"checks\.(compare|row|same)\(", source)
    assert "checks.reaction(" in source
    assert any(cell.metadata.get("mystnb", {}).get("image") for cell in code(mistake))


@each
def test_the_fix_is_one_line_to_copy_before_any_code(mistake):
    fix = section(mistake)[0].source.partition("\n**The fix.** ")[2]
    assert re.search(r"```python\n[^\n]+\n```", fix), "expected a block of one line"


@each
def test_wrong_and_right_are_short_programs_that_differ_in_little(mistake):
    for wrong, right in zip(tagged(mistake, "wrong"), tagged(mistake, "right"), strict=True):
        both = [cell.source.splitlines() for cell in (wrong, right)]
        assert all(4 <= len(lines) <= 16 for lines in both), "expected about ten lines"
        assert all("print(" in cell.source for cell in (wrong, right))
        blocks = difflib.SequenceMatcher(a=both[0], b=both[1]).get_opcodes()
        changed = sum(max(b - a, d - c) for tag, a, b, c, d in blocks if tag != "equal")
        assert 1 <= changed <= 5, f"{changed} lines differ"


@each
def test_a_section_names_its_source(mistake):
    origin = prose(mistake).partition("**Where it comes from.**")[2]
    assert re.search(r"https://|\(row-\d|{cite|\.ipynb\)", origin)


def symptoms():
    """Return the rows of the index by symptom: the symptom, and the links to its causes."""
    text = "\n".join(cell.source for cell in cells("index") if cell.cell_type == "markdown")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return [row for row in rows if row[0] != "what you see"]


@each
def test_a_symptom_links_to_each_mistake(mistake):
    assert any((mistake["title"], mistake["id"]) in LINK.findall(row) for _, row in symptoms())


@pytest.mark.parametrize(("seen", "leads"), symptoms(), ids=lambda text: text[:40])
def test_a_symptom_links_to_existing_sections(seen, leads):
    titles = {mistake["id"]: mistake["title"] for mistake in MISTAKES}
    links = LINK.findall(leads)
    assert links
    assert all(titles.get(target) == title for title, target in links)
    assert LINK.sub("", leads).strip(", ") == "", "a row contains only links"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_starts_with_a_list_of_its_sections(page):
    listed = LINK.findall(cells(page)[0].source)
    assert listed == [(m["title"], m["id"]) for m in MISTAKES if m["page"] == page]


@functools.cache
def chapters_that_lead_to():
    """Return for each mistake the chapters whose further reading links to it."""
    leading = {}
    for path in ATLAS.parent.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown" and "## Further reading" in cell.source:
                for _, target in LINK.findall(cell.source):
                    leading.setdefault(target, set()).add(path.stem)
    return leading


def test_the_chapters_link_to_every_mistake():
    assert set(chapters_that_lead_to()) == {mistake["id"] for mistake in MISTAKES}


@each
def test_a_cited_row_is_about_the_subject(mistake):
    """A row has a chapter; of the rows that a section cites, one at least fits the section."""
    chapter_of = {row.id: row.chapter for row in experiments.catalogue()}
    cited = re.findall(r"\(row-(\d+-\d+)\)", prose(mistake))
    fitting = chapters_that_lead_to()[mistake["id"]] & {chapter_of[row] for row in cited}
    assert fitting or not cited, f"{cited} belong to other chapters"


def test_a_page_of_the_atlas_is_about_mistakes_not_documents():
    for page in PAGES:
        text = "\n".join(c.source for c in cells(page) if c.cell_type == "markdown")
        mentions = MENTION.findall(text)
        assert len(mentions) <= 10, f"{page}: {len(mentions)} mentions of documents and rows"
