"""What a reader is asked to predict does not stand above the question.

A number of three digits or more in the right guess is looked for in the text, and in what cells
print, from the top of the page to the question. Shorter numbers say too little: 2 is everywhere.
"""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

BOOK = Path(__file__).parents[2] / "book"
NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?(?![\d])")


def numbers(text):
    """Return the numbers of a text that have three significant digits or more, as they look.

    Examples
    --------
    >>> sorted(numbers("From 0.05 to 1,240 it is 0.693, and 12 is short."))
    ['0.693', '1240']
    """
    matches = {match.rstrip(",").replace(",", "") for match in NUMBER.findall(text)}
    return {one for one in matches if len(one.replace(".", "").strip("0")) >= 3}


def telling(settings):
    """Return the numbers of the right guess that no wrong one has."""
    if "number" in settings:
        return numbers(f"{abs(settings['number']):.10g}")
    choices = list(settings["choices"])
    right = choices.pop(settings["answer"])
    return numbers(right) - set().union(*map(numbers, choices))


def shown(cell):
    """Return what a reader sees of a cell: its text, or what it prints, without the code."""
    if cell.cell_type == "markdown":
        return cell.source
    return "\n".join(output.get("text", "") for output in cell.outputs)


def answered(notebook):
    """Yield each prediction whose right guess can be read above it: its cell, and the numbers."""
    above = ""
    for cell in notebook.cells:
        asked = cell.metadata.get("predict")
        if asked and (read := telling(asked) & numbers(above)):
            yield cell.id, read
        above += f"\n{shown(cell)}"


# The perplexity of even guesses is the number of words: that the two agree is the point.
SEEN = {"sequences": [("sq-perplexity-code", {"1193"})]}


@pytest.mark.parametrize("path", sorted(BOOK.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_no_answer_stands_above_its_question(path):
    assert list(answered(nbformat.read(path, as_version=4))) == SEEN.get(path.stem, [])


@pytest.mark.parametrize(
    ("above", "says"), [("It is 0.693.", [{"0.693"}]), ("It is 0.69.", []), ("1693", [])]
)
def test_an_answer_above_is_found(above, says):
    printed = new_output("stream", text=above)
    question = new_markdown_cell("**Predict.** How much?")
    answer = new_code_cell("", metadata={"predict": {"number": 0.693}})
    cells = [new_code_cell("print(x)", outputs=[printed]), question, answer]
    assert [read for _, read in answered(new_notebook(cells=cells))] == says


def test_a_number_that_all_choices_share_tells_nothing():
    settings = {"choices": ["[442]", "[442, 442]", "[442, 1193]"], "answer": 2}
    assert telling(settings) == {"1193"}
