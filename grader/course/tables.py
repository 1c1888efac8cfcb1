"""CSV files for spreadsheets; names from outside cannot become formulas."""

import csv
import io
import re

from grader import files

FORMULA = ("=", "+", "-", "@")
CONTROL = {code: " " for code in [*range(32), 127] if code != ord("\n")}


def as_csv(lines, mark="\ufeff"):
    """Return lines as the text of a CSV file in which no spreadsheet finds a formula.

    Excel reads UTF-8 only with a byte order mark; Canvas and Moodle need a file without one.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([map(harmless, line) for line in lines])
    return mark + text.getvalue()


def read_csv(path):
    """Return the column names and the lines, as dictionaries, of the teacher's CSV file."""
    text = files.read_text(path)
    first = text.splitlines()[0] if text else ""
    # Spreadsheets separate by semicolons in languages with a decimal comma.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    try:
        return list(reader.fieldnames or ()), list(reader)
    except csv.Error as problem:
        raise files.Problem(f"{path}, line {reader.line_num}: {problem}") from None


def harmless(cell):
    """Return a cell that no spreadsheet runs: a quote precedes what would begin a formula.

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
    """Undo `harmless`.

    Examples
    --------
    >>> plain(harmless("=1+1")), plain("Ada")
    ('=1+1', 'Ada')
    """
    return cell[1:] if cell.startswith("'") and _formula(cell[1:]) else cell


def _formula(text):
    is_formula = text.lstrip().startswith(FORMULA)
    return is_formula and not re.fullmatch(r"[+-]?[\d.,]*%?", text.strip())
