"""Write the figures of the benchmark into the page of the book, from the committed verdicts.

Usage: python -m tools.bench.programs.page
"""

import json
from pathlib import Path

from tools.bench.programs import stored, tables
from tools.bench.programs.faulty import FAULTS

PAGE = Path(__file__).parents[3] / "book" / "diagnosis.ipynb"
# What was said of the fresh faults before any rule was changed for them; it is never run again.
FIRST = Path(__file__).with_name("fresh_first.json")
FRESH, KNOWN = ("fresh",), ("tuned", "held_out")


def figures():
    """Return the lines of the table of figures: first verdicts, fresh faults now, all others."""
    now = stored.columns()[stored.COLUMNS[0]]
    first = json.loads(FIRST.read_text(encoding="utf-8"))
    columns = [counted(first, FRESH), counted(now, FRESH), counted(now, KNOWN)]
    head = ["on these programs", "fresh, at first", "fresh, now", "all others"]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    lines = [head, ["---"] * 4, *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def counted(verdicts, splits):
    """Return what is counted of the faults of some splits; the healthy programs are known ones."""
    faults = {id_: f for id_, f in FAULTS.items() if f.split in splits}
    said = {id_: verdicts[f"faulty {id_}"] for id_ in faults}
    in_batch = [said[id_][0] for id_, f in faults.items() if f.seen in tables.IN_BATCH]
    ends = [row[1] for row in said.values()]
    return {
        "faults that a batch can show, named from a batch": _share(in_batch, {"named"}),
        "all faults, named by the callback": _share(ends, {"named"}),
        "all faults, named or attributed": _share(ends, {"named", "right family"}),
        **_alarms("repaired", [verdicts[f"repaired {id_}"] for id_ in faults]),
        **_alarms("healthy", [row for name, row in verdicts.items() if name[:8] == "healthy "]
                  if splits == KNOWN else []),
    }  # fmt: skip


def _alarms(kind, findings):
    certain = [any(not name.endswith("?") for name in row) for row in findings]
    return {
        f"{kind} programs with a certain finding": _share(certain, {True}),
        f"{kind} programs with any finding": _share(map(bool, findings), {True}),
    }


def _share(values, wanted):
    values = list(values)
    return f"{sum(value in wanted for value in values)} of {len(values)}" if values else "–"


def filled(text):
    """Return the source of a cell with both tables as the stored verdicts have them."""
    blocks = figures(), stored.markdown(stored.columns()).splitlines()
    for block in blocks:
        text = _replaced(text, block)
    return text


def _replaced(text, block):
    """Return the text with the table that begins like the block replaced by it."""
    lines, begins = text.splitlines(), block[0].split(" | ")[0].removesuffix(" |") + " |"
    start = next(i for i, line in enumerate(lines) if line.startswith(begins))
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    return "\n".join([*lines[:start], *block, *lines[end:]])


def cell(notebook):
    """Return the cell that holds the tables."""
    return next(c for c in notebook["cells"] if "(diagnosis-programs)=" in "".join(c["source"]))


def main():
    """Run the command."""
    notebook = json.loads(PAGE.read_text(encoding="utf-8"))
    found = cell(notebook)
    found["source"] = filled("".join(found["source"])).splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    PAGE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
