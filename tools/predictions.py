"""Predictions in notebooks: the question, and what the metadata `predict` says of the answer.

A Markdown cell asks: its last paragraph begins with `**Predict.**`. The next cell is a code cell
that prints the answer. Its metadata say what the right guess is, in one of two forms:

    "predict": {"number": 2.0, "tolerance": 0.05, "unit": "times"}
    "predict": {"choices": ["2 times", "10 times"], "answer": 0}

`tolerance`, relative to the number, and `unit` may be left out.
"""

import math
import re
from itertools import pairwise

PROMPT = "**Predict.**"
BLANK_LINE = re.compile(r"\n\s*\n")
NUMBER, CHOICES = {"number", "tolerance", "unit"}, {"choices", "answer"}
FORMS = 'expected {"number": 2.0} or {"choices": ["2 times", "10 times"], "answer": 0}'
MARKUP = re.compile(r"[$`]")  # choices and units are shown as they are

NO_CELL = {"cell_type": "none", "source": "", "metadata": {}}  # before the first, after the last


def problems(notebook):
    """Yield a sentence for each prediction that is not as it should be."""
    cells = [NO_CELL, *notebook.cells, NO_CELL]
    for number, (cell, following) in enumerate(pairwise(cells)):
        if cell["cell_type"] == "markdown" and PROMPT in cell["source"]:
            yield from (f"cell {number} {fault}" for fault in _prompt_faults(cell, following))
        if "predict" in following["metadata"]:
            yield from (f"cell {number + 1} {fault}" for fault in _cell_faults(cell, following))


def _prompt_faults(cell, following):
    if not _asks(cell) or cell["source"].count(PROMPT) > 1:
        yield f"has {PROMPT} in another place than the beginning of its last paragraph"
    if "predict" not in following["metadata"]:
        yield f"asks with {PROMPT}, but the next cell has no metadata predict"


def _asks(cell):
    paragraphs = BLANK_LINE.split(cell["source"].strip())
    return cell["cell_type"] == "markdown" and paragraphs[-1].startswith(PROMPT)


def _cell_faults(before, cell):
    if cell["cell_type"] != "code":
        yield "has metadata predict, but is not a code cell"
        return
    if not _asks(before):
        yield f"has metadata predict, but no cell with a last paragraph {PROMPT} before it"
    if not cell["outputs"]:
        yield "has metadata predict, but prints nothing"
    if fault := fault_of(cell["metadata"]["predict"]):
        yield f"has metadata predict {fault}"


def fault_of(settings):
    """Return what is wrong with the metadata of a prediction, or None.

    Parameters
    ----------
    settings : object
        The value of the key `predict`.

    Returns
    -------
    str or None
        The end of a sentence that begins with the name of the cell.

    Examples
    --------
    >>> fault_of({"number": 2.0, "unit": "times"})
    >>> fault_of({"choices": ["2 times", "10 times"], "answer": 2})
    'whose answer is 2; expected the place of a choice, 0 to 1'
    """
    keys = set(settings) if isinstance(settings, dict) else set()
    if "number" in keys and keys <= NUMBER:
        return _number_fault(**settings)
    if keys == CHOICES:
        return _choices_fault(**settings)
    return f"{settings!r}; {FORMS}"


def _number_fault(number, tolerance=0.05, unit="times"):
    if not _is_number(number):
        return f"whose number is {number!r}; expected a finite number"
    if not (_is_number(tolerance) and 0 < tolerance < 1):
        return f"whose tolerance is {tolerance!r}; expected a number between 0 and 1"
    if not _is_text(unit):
        return f"whose unit is {unit!r}; expected plain text"
    return None


def _choices_fault(choices, answer):
    if not (isinstance(choices, list) and 2 <= len(choices) <= 4):
        return f"whose choices are {choices!r}; expected a list of two to four"
    if not all(map(_is_text, choices)) or len(set(choices)) < len(choices):
        return f"whose choices are {choices!r}; expected different plain texts"
    if type(answer) is not int or not 0 <= answer < len(choices):
        last = len(choices) - 1
        return f"whose answer is {answer!r}; expected the place of a choice, 0 to {last}"
    return None


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def _is_text(value):
    return isinstance(value, str) and bool(value.strip()) and not MARKUP.search(value)
