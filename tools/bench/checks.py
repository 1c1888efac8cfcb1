"""How long each part of `make test` takes, next to the last figures that were committed.

Usage: python -m tools.bench.checks [--write] PART ...

Each part is a target of the Makefile, which names them all. With --write the seconds measured
become the figures that the next run is compared with.
"""

import argparse
import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

from tools import run_checks

FIGURES = Path(__file__).with_name("figures.json")


def machine():
    """Return what the figures depend on: cores, system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{cores} cores, {platform.machine()}, {platform.system()}, Python {python}"


def stored():
    """Return the committed figures; before the first --write there are none."""
    if not FIGURES.exists():
        return {"machine": "no machine yet", "date": "never", "seconds": {}}
    return json.loads(FIGURES.read_text(encoding="utf-8"))


def table(now, figures):
    """Return the lines of the comparison: part, seconds now, seconds then, ratio.

    Examples
    --------
    >>> figures = {"machine": "2 cores", "date": "2026-01-31", "seconds": {"unit": 50.0}}
    >>> print("\\n".join(table({"unit": 60.0, "pages": 10.0}, figures)))
    then: 2 cores, 2026-01-31
    part                 now     then   ratio
    unit                60.0     50.0    1.20
    pages               10.0        –       –
    all                 70.0     50.0       –
    """
    then = figures["seconds"]
    comparable = now.keys() == then.keys()
    rows = [(part, now[part], then.get(part)) for part in now]
    rows.append(("all", sum(now.values()), sum(then.values())))
    yield f"then: {figures['machine']}, {figures['date']}"
    yield f"{'part':16}{'now':>8}{'then':>9}{'ratio':>8}"
    for part, seconds, before in rows:
        ratio = f"{seconds / before:.2f}" if before and (comparable or part != "all") else "–"
        yield f"{part:16}{seconds:8.1f}{f'{before:.1f}' if before else '–':>9}{ratio:>8}"


def main(arguments=None):
    """Run the command; parts that fail are measured all the same, and the exit status is 1."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.checks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--write", action="store_true", help="store the seconds as the figures")
    parser.add_argument("parts", nargs="+", metavar="PART")
    options = parser.parse_args(arguments)
    figures, status = stored(), run_checks.main(options.parts)
    now = json.loads((run_checks.REPORTS / "seconds.json").read_text(encoding="utf-8"))
    print("\n".join(["", f"now: {machine()}, {date.today()}", *table(now, figures)]))
    if options.write and not status:
        text = {"machine": machine(), "date": str(date.today()), "seconds": now}
        FIGURES.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
