"""CSV files that come from strangers' names and go into spreadsheets, and back."""

import csv
import io
import re

from grader import files

FORMULA = ("=", "+", "-", "@")
CONTROL = {code: " " for code in [*range(32), 127] if code != ord("\n")}


def as_csv(lines, mark="\ufeff"):
    """Return lines as the text of a CSV file that no spreadsheet takes for formulas.

    Excel reads UTF-8 only with a mark at the beginning; Canvas and Moodle want none.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([map(harmless, line) for line in lines])
    return mark + text.getvalue()


def read_csv(path):
    """Return the heads and the lines, as dictionaries, of a CSV file of the teacher's."""
    text = files.read_text(path)
    first = text.splitlines()[0] if text else ""
    # Spreadsheets write semicolons where the comma is the sign of decimals.
    sign = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=sign, restval="")
    try:
        return list(reader.fieldnames or ()), list(reader)
    except csv.Error as problem:
        raise files.Problem(f"{path}, line {reader.line_num}: {problem}") from None


def harmless(cell):
    """Return a cell that no spreadsheet runs: what would begin a formula gets a quote before it.

    Examples
    --------
    >>> harmless("=HYPERLINK(...)"), harmless("Ada"), harmless(-1.5), harmless("-")
    ("'=HYPERLINK(...)", 'Ada', '-1.5', '-')
    """
    if isinstance(cell, int | float):
        return f"{cell:.6g}"
    text = str(cell).translate(CONTROL)
    return f"'{text}" if _formula(text) else text


def plain(cell):
    """Return the text that `harmless` was given.

    Examples
    --------
    >>> plain(harmless("=1+1")), plain("Ada")
    ('=1+1', 'Ada')
    """
    return cell[1:] if cell.startswith("'") and _formula(cell[1:]) else cell


def _formula(text):
    begins = text.lstrip().startswith(FORMULA)
    return begins and not re.fullmatch(r"[+-]?[\d.,]*%?", text.strip())
