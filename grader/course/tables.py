"""CSV files for spreadsheets; names from outside cannot become formulas."""

import csv
import io
import re

from grader import files

# A formula begins a cell. Where a spreadsheet divides at semicolons, bars or new lines instead of
# commas, it may begin after one of them. The last part may be missing: a pattern that fails after
# a thousand blanks would look at them again from each new line among them.
UNSEEN = r"[\s\"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"  # also direction marks
SIGN = r"[=+\-@＝＋－＠﹦﹢﹣﹫]"
FORMULA = re.compile(rf"((?:^|[;|\n]){UNSEEN})('*{SIGN})?")
QUOTED = re.compile(rf"((?:^|[;|\n]){UNSEEN})(?:'('*{SIGN}))?")
NUMBER = re.compile(r"\s*+[+-]?[\d.,]*+%?\s*")
AGAIN = "\0"  # marks a column whose name occurred before; no file has it in a name
CONTROL = {code: " " for code in [*range(32), *range(127, 160), 0x2028, 0x2029]
           if code != ord("\n")}  # fmt: skip


def as_csv(lines, mark="\ufeff"):
    """Return lines as the text of a CSV file in which no spreadsheet finds a formula.

    Excel reads UTF-8 only with a byte order mark; Canvas and Moodle need a file without one.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([map(harmless, line) for line in lines])
    return mark + text.getvalue()


def read_csv(path):
    """Return the column names and the lines, as dictionaries, of the teacher's CSV file.

    Of columns with the same name, only the first has it: see `shown`.
    """
    text = files.read_text(path)
    first = text.splitlines()[0] if text else ""
    # Spreadsheets separate by semicolons in languages with a decimal comma, or by tabs.
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    try:
        heads = reader.fieldnames or ()
        reader.fieldnames = [head + AGAIN * heads[:n].count(head) for n, head in enumerate(heads)]
        return list(reader.fieldnames), list(reader)
    except csv.Error as problem:
        raise files.Problem(f"{path}, line {reader.line_num}: {problem}") from None


def shown(head):
    """Return the name of a column as the file states it."""
    return head.rstrip(AGAIN)


def harmless(cell):
    """Return a cell that no spreadsheet runs: a quote precedes what would begin a formula.

    Examples
    --------
    >>> harmless("=HYPERLINK(...)"), harmless("Ada"), harmless(-1.5), harmless("-")
    ("'=HYPERLINK(...)", 'Ada', '-1.5', '-')
    >>> harmless("Ada;=1+1")
    "Ada;'=1+1"
    """
    if isinstance(cell, int | float):
        return f"{cell:.6g}"
    text = str(cell).encode(errors="replace").decode().translate(CONTROL)
    return text if NUMBER.fullmatch(text) else FORMULA.sub(_quoted, text)


def plain(cell):
    """Undo `harmless`.

    Examples
    --------
    >>> plain(harmless("=1+1")), plain(harmless("'=1;=2")), plain("Ada")
    ('=1+1', "'=1;=2", 'Ada')
    """
    return QUOTED.sub(lambda match: match[1] + match[2] if match[2] else match[0], cell)


def _quoted(match):
    """Return a quote before what would begin a formula; leave all else as it is."""
    return f"{match[1]}'{match[2]}" if match[2] else match[0]
