"""Every figure of the book has a caption that says what it shows, and a text alternative."""

import re
from pathlib import Path

import nbformat
import pytest

from tools import execute
from website.extension.executed import executed_file

BOOK = Path(__file__).parents[2] / "book"
CAPTION = re.compile(r"\*(?!\*)(.+?)(?<!\*)\*(\n\n|$)", re.DOTALL)
FORMULA = "$"  # a caption with a formula would not be emphasised as a whole
SIDES = re.compile(r"\b(Left|Right)[,:]")  # on a phone panels stand in a column
SHOWN = "plt.show()"
AXIS = re.compile(r'id="matplotlib.axis_\d+"')
WORDS = re.compile("<!-- (.*?) -->")  # Matplotlib notes each text that it draws
COUNTED = {"epoch", "step"}


def figures():
    """Yield each cell that draws: its page, its place there, and the cell that follows."""
    for path in sorted(BOOK.rglob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for cell, after in zip(cells, [*cells[1:], None], strict=True):
            if cell.cell_type == "code" and SHOWN in cell.source:
                name = path.relative_to(BOOK).with_suffix("").as_posix()
                yield pytest.param(cell, after, id=f"{name}-{cell.id}")


def caption(cell):
    """Return the caption that a cell begins with, or None."""
    match = CAPTION.match(cell.source) if cell and cell.cell_type == "markdown" else None
    return match and match[1]


@pytest.mark.parametrize(("figure", "after"), list(figures()))
def test_a_figure_has_a_caption(figure, after):
    words = caption(after)
    assert words, "the next cell does not begin with a paragraph in italics"
    assert FORMULA not in words
    assert not SIDES.search(words)
    assert words[0].isupper() or words[0].isdigit() or words[0] == "`"
    assert words.endswith((".", "?"))
    assert len(words.split()) >= 5
    assert "figure" in figure.metadata.tags


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*A line.*", "A line."),
        ("*A `b` line.*\n\nText.", "A `b` line."),
        ("**Why.** Because.", None),
        ("*A line* and more.", None),
    ],
)
def test_what_a_caption_is(source, expected):
    assert caption(nbformat.v4.new_markdown_cell(source)) == expected


def drawing_pages():
    """Yield each page that draws."""
    for path in sorted(BOOK.rglob("*.ipynb")):
        if SHOWN in path.read_text(encoding="utf-8"):
            yield pytest.param(path, id=path.stem)


def axes(page):
    """Yield what each axis of an executed page shows: its numbers, then its name."""
    file = executed_file(execute.CACHE, page.read_text(encoding="utf-8"))
    outputs = [out for cell in nbformat.read(file, 4).cells for out in cell.get("outputs", ())]
    for output in outputs:
        for axis in AXIS.split(output.get("data", {}).get("image/svg+xml", ""))[1:]:
            yield WORDS.findall(axis.partition('<g id="patch_')[0])


@pytest.mark.slow
@pytest.mark.parametrize("page", list(drawing_pages()))
def test_epochs_and_steps_are_whole_numbers(page):
    counted = [words for words in axes(page) if words and words[-1] in COUNTED]
    assert [words for words in counted if any("." in number for number in words[:-1])] == []
