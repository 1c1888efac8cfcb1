"""Write the tables of the benchmark into the page of the book, from the committed verdicts.

Usage: python -m tools.bench.programs.page
"""

import json
import sys
from pathlib import Path

from tools.bench.programs import figures, rules, stored

PAGE = Path(__file__).parents[3] / "book" / "diagnosis.ipynb"


def tables():
    """Return the tables of the cell, each as lines."""
    return [
        figures.figures(),
        figures.other_packages(),
        stored.markdown(stored.columns()).splitlines(),
        rules.documented(),
        rules.tried(),
    ]


def filled(text):
    """Return the source of the cell with each table as the stored verdicts have it."""
    for lines in tables():
        text = replaced(text, lines)
    return text


def replaced(text, table):
    """Return the text with the table whose header begins with the same cell replaced."""
    lines = text.splitlines()
    starts = [
        number for number in headers(lines) if first_cell(lines[number]) == first_cell(table[0])
    ]
    if len(starts) != 1:
        sys.exit(f"error: expected one table of “{first_cell(table[0])}”, got {len(starts)}")
    (start,) = starts
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    return "\n".join([*lines[:start], *table, *lines[end:]])


def headers(lines):
    """Return where tables begin: a line of cells after a line without any."""
    return [
        number
        for number, line in enumerate(lines)
        if line.startswith("|") and not (number and lines[number - 1].startswith("|"))
    ]


def first_cell(line):
    """Return the first cell of a line of a table."""
    return line.strip("| ").split("|")[0].strip()


def cell(notebook):
    """Return the cell that holds the tables."""
    return next(c for c in notebook["cells"] if "(diagnosis-programs)=" in "".join(c["source"]))


def main():
    """Run the command."""
    notebook = json.loads(PAGE.read_text(encoding="utf-8"))
    table = cell(notebook)
    table["source"] = filled("".join(table["source"])).splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    PAGE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
