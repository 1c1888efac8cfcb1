"""The committed verdicts of the benchmark: a column without oneDNN, and one with it.

Usage: python -m tools.bench.programs.stored

It prints the table of the book's page from them, and the programs for which the columns differ.
"""

import json
from pathlib import Path

from tools.bench.programs import tables
from tools.bench.programs.faulty import FAULTS

FILE = Path(__file__).with_name("verdicts.json")
COLUMNS = ("oneDNN off", "oneDNN on")


def columns(file=FILE):
    """Return the stored columns: for each program what was said of it, and each fault's verdict."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def store(results, *, onednn, file=FILE):
    """Add results to the stored column of a setting."""
    both, name = columns(file), COLUMNS[onednn]
    both[name] = both.get(name, {}) | tables.column(results)
    parts = [f" {json.dumps(name)}: {_lines(both[name])}" for name in COLUMNS if name in both]
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _lines(rows):
    """Return a line for each program."""
    lines = [
        f"  {json.dumps(id_)}: {json.dumps(row, ensure_ascii=False)}" for id_, row in rows.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n }"


def markdown(both):
    """Return the table of the book's page, from the column without oneDNN."""
    rows = {id_: both[COLUMNS[0]][f"faulty {id_}"] for id_ in FAULTS}
    return tables.markdown({id_: {"batch": row[0], "all": row[1]} for id_, row in rows.items()})


def differences(both):
    """Return the programs of which the two columns say something else."""
    off, on = (both.get(name, {}) for name in COLUMNS)
    return [id_ for id_ in off | on if off.get(id_) != on.get(id_)]


if __name__ == "__main__":
    print(markdown(columns()))
    print("\n".join(f"not the same with oneDNN: {id_}" for id_ in differences(columns())))
