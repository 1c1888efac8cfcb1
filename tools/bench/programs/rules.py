"""Which finding was made about which program: what each rule catches, and where it is wrong."""

from collections import defaultdict

from lossutils.diagnosis.findings import DAMAGE
from tools.bench.programs import figures, stored
from tools.bench.programs.faulty import FAULTS
from tools.bench.programs.healthy import KINDS

NAMES, OTHERS, GOOD = range(3)


def documented():
    """Return the lines of the table of findings: the programs that each was made about."""
    programs_of = by_finding(stored.columns()[stored.COLUMNS[0]])
    programs_of |= {name: ([], [], []) for name in DAMAGE if name and name not in programs_of}
    rows = [
        [shown(name), listed(programs_of[name][NAMES]), listed(programs_of[name][GOOD])]
        for name in sorted(programs_of)
    ]
    head = ["finding", "names the fault of", "said of healthy programs"]
    return figures.table(head, rows)


def tried():
    """Return the lines of the table of the healthy programs that every rule was tried on."""
    rows = [[kind, str(len(programs)), listed(files(programs))] for kind, programs in KINDS.items()]
    return figures.table(["healthy programs", "number", "files"], rows)


def files(programs):
    """Return the names of the files that hold programs."""
    modules = (getattr(make, "func", make).__module__ for make in programs.values())
    return sorted({f"`{module.rpartition('.')[-1]}.py`" for module in modules})


def by_finding(verdicts):
    """Return for each finding the faults that it names, other faults, and healthy programs."""
    programs_of = defaultdict(lambda: ([], [], []))
    for program, row in verdicts.items():
        kind, id_ = program.split(" ", 1)
        for name in row[2] if kind == "faulty" else row:
            name, mark = name.rstrip("?"), "" if name.endswith("?") else " (certain)"
            if kind == "faulty":
                programs_of[name][NAMES if name in FAULTS[id_].names else OTHERS].append(id_)
            else:
                programs_of[name][GOOD].append(f"{id_}{', repaired' * (kind == 'repaired')}{mark}")
    return dict(programs_of)


def shown(name):
    """Return a finding: the name of a section of the atlas as code, a title as it is."""
    return f"`{name}`" if name in DAMAGE else name


def listed(programs):
    """Return programs as a cell of the table shows them, each once."""
    return "; ".join(dict.fromkeys(programs)) or "–"
