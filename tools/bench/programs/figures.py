"""What is counted of the verdicts: how many faults are named, how many healthy programs are not."""

import json
from pathlib import Path
from typing import NamedTuple

from tools.bench.programs import other_tools, stored, tables
from tools.bench.programs.faulty import FAULTS
from tools.bench.programs.healthy import EIGHTH, FIFTH, FOURTH, SECOND, SEVENTH, SIXTH

HERE = Path(__file__).parent
# What was said before any rule was changed for these programs; it is never measured again.
SETS = ("seventh", "sixth", "fifth", "fourth", "third", "second", "fresh")
FIRST = {name: HERE / f"{name}_first.json" for name in SETS}

# The healthy programs that were written together with a set of faults, by the name of the set.
UNSEEN = {
    "seventh": EIGHTH,
    "sixth": SEVENTH,
    "fifth": SIXTH,
    "fourth": FIFTH,
    "third": FOURTH,
    "second": SECOND,
}


class Column(NamedTuple):
    """A column of the table: verdicts, the splits of the faults in it, and its healthy programs."""

    name: str
    verdicts: dict
    splits: tuple
    healthy: list


def columns():
    """Return the columns: the first verdicts, and today's for the same and for other programs."""
    now = stored.columns()[stored.COLUMNS[0]]
    healthy = [name for name in now if name.startswith("healthy ")]
    of = {
        split: [name for name in healthy if name.removeprefix("healthy ") in programs]
        for split, programs in UNSEEN.items()
    }
    unseen = [name for names in of.values() for name in names]
    known = [name for name in healthy if name not in unseen]
    at_first = [
        Column(f"{name}, at first", first(name), (name,), of.get(name, [])) for name in FIRST
    ]
    return [
        *at_first,
        Column("these seven, now", now, tuple(FIRST), unseen),
        Column("held out, now", now, ("held_out",), []),
        Column("tuned, now", now, ("tuned",), known),
    ]


def first(name):
    """Return the first verdicts on a set of programs."""
    return json.loads(FIRST[name].read_text(encoding="utf-8"))


def figures():
    """Return the lines of the table of figures."""
    shown = columns()
    counts = [counted(column) for column in shown]
    rows = [[name, *(count[name] for count in counts)] for name in counts[0]]
    return table(["on these programs", *(column.name for column in shown)], rows)


def counted(column):
    """Return what is counted of a column."""
    faults = {id_: fault for id_, fault in FAULTS.items() if fault.split in column.splits}
    verdicts = {id_: column.verdicts[f"faulty {id_}"] for id_ in faults}
    in_batch = [verdicts[id_][0] for id_, fault in faults.items() if fault.seen in tables.IN_BATCH]
    ends = [row[1] for row in verdicts.values()]
    repaired = [column.verdicts[f"repaired {id_}"] for id_ in faults]
    return {
        "faults that a batch can show, named from a batch": share(in_batch, {"named"}),
        "all faults, named from a batch or by the callback": share(ends, {"named"}),
        "all faults, named or attributed": share(ends, {"named", "right family"}),
        **alarms("repaired", repaired),
        **alarms("healthy", [column.verdicts[name] for name in column.healthy]),
    }


def alarms(kind, findings):
    """Return how many good programs have a certain finding, and how many a suspicious one."""
    certain = [any(not name.endswith("?") for name in row) for row in findings]
    suspicious = [any(name.endswith("?") for name in row) for row in findings]
    return {
        f"{kind} programs with a certain finding": share(certain, {True}),
        f"{kind} programs with a suspicious finding": share(suspicious, {True}),
    }


def share(values, wanted):
    """Return how many of the values are wanted, in words."""
    return f"{sum(value in wanted for value in values)} of {len(values)}" if values else "–"


def other_packages():
    """Return the lines of the table of how often other packages say anything."""
    answers = other_tools.answers()
    kinds = ("faulty", "repaired", "healthy")
    rows = [
        [f"{name} {version}", *(share([bool(each[name]) for each in answers[kind].values()], {True})
                                for kind in kinds)]
        for name, version in answers["versions"].items()
    ]  # fmt: skip
    return table(["package", *kinds], rows)


def table(head, rows):
    """Return the lines of a table."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
