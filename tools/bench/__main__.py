"""Measure how long the checks and the build take, in one run and as ratios.

Usage: python -m tools.bench [--quick] [--only PART ...]

    check     the strict check of all notebooks, against the starts of TensorFlow that it needs
    build     a cold build of the book, and an unchanged one
    chapter   what one more chapter costs: a copy of the one with the median number of cells

Everything happens in a copy of the project, which is removed at the end.
"""

import argparse
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tools import notebooks
from tools.bench.command_cost import Cost
from tools.execute import pages
from tools.mutation import runner

IMPORT = [sys.executable, "-c", "import tensorflow"]
# Where a page defines what others refer to; in a copy of the page these names must differ.
DEFINED = (
    r"^\((?P<name>[\w-]+)\)=|:label: (\S+)|:name: (\S+)|\{solution-start\} (\S+)|^\$\$ \((\S+)\)"
)


class Row(NamedTuple):
    """A line of the table: what was measured, in seconds, and what it is to be compared with."""

    what: str
    seconds: list
    ratio: str = ""


def timed(what, command, folder):
    """Run a command in a folder; return its cost, and end in one sentence when it fails."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    own = {"PYTHONPATH": str(folder), "TMPDIR": str(folder.parent), **runner.QUIET}
    options = {"env": outside | own, "capture_output": True, "text": True}
    start, worked = time.perf_counter(), _children()
    result = subprocess.run(command, cwd=folder, **options)
    cost = Cost(time.perf_counter() - start, _children() - worked)
    print(f"  {what}: {cost.seconds:.1f} s", flush=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
        reason = "; ".join(lines[-2:]) or "it printed nothing"
        sys.exit(f"error: {' '.join(command)} fails, so there is nothing to measure: {reason}")
    return cost


def _children():
    times = os.times()
    return times.children_user + times.children_system


def make(what, target, folder):
    """Run a target of the copy's Makefile with what is installed here; return its cost."""
    return timed(what, ["make", target, f"VENV={sys.prefix}"], folder)


@contextmanager
def project():
    """Hold a copy of the project for the length of a with block."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        copy = runner.Copy(Path(folder) / "copy").root
        make("what is installed", "installed", copy)
        yield copy


def check(runs):
    """Measure the strict check and, in turn with it, the imports of TensorFlow."""
    checked, imported = [], []
    with project() as copy:
        count = len(pages(copy))
        for _ in range(runs):
            checked.append(make("strict check", "nbval", copy).seconds)
            starts = [timed(f"import {i + 1} of {count}", IMPORT, copy) for i in range(count)]
            imported.append(sum(start.seconds for start in starts))
    ratio = f"{median(checked) / median(imported):.2f} of the imports"
    yield Row(f"strict check of {count} notebooks", checked, ratio)
    yield Row(f"{count} bare imports of TensorFlow", imported)


def build(runs):
    """Measure builds from nothing, each followed by one in which nothing changed."""
    cold, unchanged = [], []
    for _ in range(runs):
        with project() as copy:
            cold.append(make("cold build", "book", copy).seconds)
            unchanged.append(make("unchanged build", "book", copy).seconds)
    yield Row("cold build", cold)
    ratio = f"{median(unchanged) / median(cold):.3f} of the cold build"
    yield Row("unchanged build", unchanged, ratio)


def chapter(runs):
    """Measure build and strict check before and after a chapter is added, several times."""
    checked, built, with_it = [], [], []
    with project() as copy:
        cold = make("cold build", "book", copy)
        for number in range(runs):
            checked.append(make("strict check", "nbval", copy))
            name = add_chapter(copy, number + 1)
            built.append(make(f"build with {name} once more", "book", copy))
            with_it.append(make(f"strict check with {name} once more", "nbval", copy))
    # The difference of two long times is mostly noise on a busy machine; that of work is not.
    for what, part in (("time", "seconds"), ("work of all cores", "processor")):
        before, after = ([getattr(cost, part) for cost in costs] for costs in (checked, with_it))
        more = [b - a for a, b in zip(before, after, strict=True)]
        ratio = f"{median(more) / median(before):.3f} of the strict check"
        yield Row(f"check of one more chapter ({name}): {what}", more, ratio)
    seconds = [cost.seconds for cost in built]
    ratio = f"{median(seconds) / cold.seconds:.2f} of a cold build"
    yield Row(f"build with one more chapter ({name})", seconds, ratio)


def add_chapter(copy, number):
    """Add a copy of the median chapter to a book; return the chapter's name."""
    by_size = sorted(pages(copy), key=lambda path: len(code_cells(notebooks.read(copy / path))))
    original = by_size[len(by_size) // 2].with_suffix("")
    name = re.sub(r"-again-\d+$", "", str(original.as_posix()))
    again = f"{name}-again-{number}"
    notebook = notebooks.read(copy / f"{name}.ipynb")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(DEFINED, lambda m: _renamed(m, number), cell.source, flags=re.M)
    code_cells(notebook)[0].source += f"\n# once more: {number}"  # or else its outputs are cached
    (copy / f"{again}.ipynb").write_text(notebooks.text_of(notebook), encoding="utf-8")
    toc = (copy / "_toc.yml").read_text(encoding="utf-8")
    toc = re.sub(rf"^( *- file: ){name}$", rf"\g<0>\n\g<1>{again}", toc, flags=re.M)
    (copy / "_toc.yml").write_text(toc, encoding="utf-8")
    return Path(name).name


def _renamed(match, number):
    old = next(filter(None, match.groups()))
    return match[0].replace(old, f"{old}-again-{number}")


def code_cells(notebook):
    """Return the cells of a notebook that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


PARTS = {"check": check, "build": build, "chapter": chapter}


def table(rows, runs):
    """Print what was measured: the median, and the smallest and the largest."""
    python = platform.python_version()
    print(f"\n{os.cpu_count()} cores, Python {python}, {platform.system()}; median of {runs} runs")
    width = max(len(row.what) for row in rows)
    print(f"{'':{width}}  {'seconds':>8}  {'from':>7} {'to':>7}  ratio")
    for what, seconds, ratio in rows:
        smallest, largest = min(seconds), max(seconds)
        print(f"{what:{width}}  {median(seconds):8.1f}  {smallest:7.1f} {largest:7.1f}  {ratio}")


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench", description=__doc__.splitlines()[0]
    )
    parser.error = lambda message: sys.exit(f"error: {message}")
    parser.add_argument("--quick", action="store_true", help="measure once instead of three times")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=PARTS,
        default=list(PARTS),
        metavar="PART",
        help=f"measure only these parts: {', '.join(PARTS)}",
    )
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: stopped"))  # the copy is removed
    runs, rows = 1 if given.quick else 3, []
    for name in given.only:
        print(f"{name}:", flush=True)
        rows += PARTS[name](runs)
    table(rows, runs)


if __name__ == "__main__":
    main()
