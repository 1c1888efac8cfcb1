"""The form of a chapter: what its card promises is tested, and the reader comes before the proof.

CONTRIBUTING describes the form.
"""

import re
from pathlib import Path

import nbformat
import pytest

from website import plain
from website.toc import PAGES

BOOK = Path(__file__).parents[2] / "book"
ABILITY = re.compile(r"^- \[.+\]\{#([\w-]+)\}$", re.MULTILINE)
MINUTES = re.compile(r"\*\*(\d+) minutes\.\*\*")
MENTION = re.compile(r"\bdocuments?\b|\brow \d|\]\((?:row|source)-", re.IGNORECASE)
# What scikit-learn's data sets are about, and its texts that Sequences reads.
REAL_DATA = re.compile(
    r"\b(diabetes|patients?|digits?|images|pictures|tumours?|wines?|iris(?:es)?|flowers?|men|columns"
    r"|sentences|load_\w+)\b"
)
CLOSING = ("## In short", "## Quiz", "## Exercises", "## Further reading")


def read(path):
    return nbformat.read(path, as_version=4)


def cells(path):
    return read(path).cells


def markdown(path):
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")


def tagged(cell, *tags):
    return bool(set(tags) & set(cell.metadata.get("tags", [])))


DROPDOWN = re.compile(r"^```\{dropdown\}.*?^```$", re.DOTALL | re.MULTILINE)


def minutes(path):
    """Estimate the minutes it takes to read a page: 180 words or 12 lines of code a minute.

    Folded text is there to look things up.
    """
    body = DROPDOWN.sub("", markdown(path).split("\n## Quiz")[0])
    visible = [c for c in cells(path) if c.cell_type == "code" and not tagged(c, "hide-input")]
    lines = sum(len(cell.source.splitlines()) for cell in visible)
    return len(body.split()) / 180 + lines / 12


# The notebooks of the table of contents, without the atlas and the pages of the documents.
CHAPTERS = [BOOK.parent / f"{name}.ipynb" for name in PAGES if name.count("/") == 1]
CHAPTERS = [path for path in CHAPTERS if path.exists()]
each = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_every_notebook_beside_the_atlas_and_the_documents_is_a_chapter():
    assert set(CHAPTERS) == set(BOOK.glob("*.ipynb"))
    assert BOOK / "cross-entropy.ipynb" in CHAPTERS


@each
def test_it_has_one_card(path):
    assert markdown(path).count("In this chapter\n:class: in-this-chapter\n") == 1


@each
def test_it_has_cells_that_set_it_up(path):
    assert any(tagged(cell, "setup") for cell in cells(path))


@each
def test_each_promised_ability_has_a_question(path):
    text = markdown(path)
    promised = ABILITY.findall(text)
    tested = re.findall(r'<fieldset class="quiz" data-tests="([\w-]+)">', text)
    assert 3 <= len(promised) <= 6
    assert set(tested) == set(promised)
    assert len(tested) == text.count('<fieldset class="quiz"'), "a question tests no ability"


@each
def test_the_card_says_how_long_it_takes(path):
    (stated,) = MINUTES.findall(markdown(path))
    assert abs(int(stated) - minutes(path)) <= 5, f"the estimate is {minutes(path):.0f} minutes"


@each
def test_it_opens_with_a_question_and_closes_with_a_summary(path):
    text = markdown(path)
    opening = text.split("## ", 1)[0].split(":::")[0]
    assert "?" in opening or path.stem == "how-to-read"
    wanted = [head for head in CLOSING if path.stem != "how-to-read" or head in CLOSING[:2]]
    places = [text.find(f"{head}\n") for head in wanted]
    assert -1 not in places
    assert places == sorted(places)


@each
def test_the_running_text_is_about_its_subject(path):
    text = markdown(path).split("## Further reading")[0]
    mentions = MENTION.findall(text)
    assert len(mentions) <= 10, f"{len(mentions)} mentions of documents and rows"


@each
def test_what_is_not_for_the_reader_is_folded(path):
    for cell in cells(path):
        if tagged(cell, "check", "setup", "figure", "explorer"):
            assert tagged(cell, "hide-input"), cell.source


@each
def test_an_exercise_has_a_cell_to_fill_in_a_hint_and_a_solution(path):
    text = markdown(path)
    exercises = len(re.findall(r"^```\{exercise\} ", text, re.MULTILINE))
    assert sum(tagged(cell, "fill-in") for cell in cells(path)) == exercises
    assert len(re.findall(r"^:::\{admonition\} Hint$", text, re.MULTILINE)) == exercises
    assert len(re.findall(r"^```\{solution-start\} ", text, re.MULTILINE)) == exercises
    assert exercises >= 2 or path.stem == "how-to-read"


@each
def test_an_exercise_uses_the_real_data(path):
    """The data of a chapter have names; one of them is in its exercises, or in their cells."""
    sources = [cell.source for cell in cells(path)]
    first = next(place for place, text in enumerate(sources) if "## Exercise" in text)
    exercises = "\n".join(sources[first:]).split("## Further reading")[0]
    assert REAL_DATA.search(exercises) or path.stem == "how-to-read"


def names_of_lossutils(notebook):
    """Return the names that cells import from lossutils, and the functions of checks they call."""
    code = "\n".join(cell.source for cell in notebook if cell.cell_type == "code")
    lines = re.findall(r"^from lossutils(?:\.book)? import (.+)$", code, re.MULTILINE)
    names = {name.strip() for line in lines for name in line.split(",")} - {"checks"}
    return names | set(re.findall(r"\bchecks\.\w+", code))


PLAIN = [path for path in sorted(BOOK.rglob("*.ipynb")) if plain.is_plain(path)]


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_the_names_in_folded_cells_are_explained(path):
    explained = set(re.findall(r"`([\w.]+)`", markdown(BOOK / "how-to-read.ipynb")))
    assert names_of_lossutils(cells(path)) <= explained


@each
def test_a_chapter_asks_for_five_predictions_at_most(path):
    assert sum("predict" in cell.metadata for cell in cells(path)) <= 5
