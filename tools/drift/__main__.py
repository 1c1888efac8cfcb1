"""Run all notebooks with other versions of TensorFlow, Keras or NumPy, and say what changes.

Usage: python -m tools.drift [--tensorflow 2.18] [--keras 3.5] [--numpy 2.0] [--publish]

What is not named is the newest that works. NumPy may be older than lossutils allows if it is
named. --publish adds the result to tools/data/drift.json, the table on the page "How this book is
tested". The exit status is 0 if nothing changes.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from collections import Counter

from tools import execute, kernel, notebooks
from tools.drift import environment, published
from tools.drift.changes import changes, differences, text

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def main(arguments=None):
    """Run the command; the exit status is 1 if anything changes or cannot be installed."""
    options = _options(arguments)
    versions = {package: getattr(options, package) for package in environment.NAMES}
    try:
        environment.check(versions)
        python, packages = environment.make(versions)
    except environment.InstallError as problem:
        if options.publish:
            published.add({**versions, "problem": str(problem)})
        sys.exit(f"error: {problem}")
    records = run(python, environment.name(versions), options.jobs)
    result = summary(records, packages)
    path = environment.FOLDER / f"{environment.name(versions)}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    show(records, result)
    print(f"The same as JSON: {path}")
    if options.publish:
        published.add(result)
    return 1 if result["different"] else 0


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m tools.drift", description=__doc__.splitlines()[0]
    )
    for package, name in environment.NAMES.items():
        meaning = f"version of {name}; without it, the newest that works"
        parser.add_argument(f"--{package}", default="", metavar="N.N", help=meaning)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at a time")
    parser.add_argument("--publish", action="store_true", help="add the result to the book's table")
    return parser.parse_args(arguments)


def run(python, name, jobs):
    """Run all pages of the book under strict nbval; return the records of all code cells."""
    path = environment.FOLDER / f"{name}.jsonl"
    path.write_text("", encoding="utf-8")
    command = [python, "-m", "pytest", "-q", "-n", str(jobs), "--dist", "loadfile", "--nbval"]
    command += ["-p", "tools.drift.records", "--cell-records", path]
    command += ["--nbval-cell-timeout", str(kernel.TIMEOUT), *execute.pages()]
    log = path.with_suffix(".log")
    with log.open("w", encoding="utf-8") as file:
        subprocess.run(command, env=os.environ | QUIET, stdout=file, stderr=file)
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) != _number_of_cells():
        ran = f"expected {_number_of_cells()} cells to run, but {len(lines)} did"
        sys.exit(f"error: {ran}; pytest says why in {log}")
    return _in_order(json.loads(line) for line in lines)


def _number_of_cells():
    cells = (cell for page in execute.pages() for cell in notebooks.read(page).cells)
    return sum(cell.cell_type == "code" for cell in cells)


def _in_order(records):
    pages = [page.as_posix() for page in execute.pages()]
    return sorted(records, key=lambda record: (pages.index(record["notebook"]), record["cell"]))


def summary(records, packages):
    """Return the result of a run: versions, counts, and the cells that differ."""
    different = changes(records)
    raised = sum(cell["raised"] for cell in different)
    return {
        **{package: packages[package] for package in environment.NAMES},
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        "cells": len(records),
        "same": len(records) - len(different),
        "changed": len(different) - raised,
        "raised": raised,
        "different": different,
    }


def show(records, result):
    """Print each cell that differs, then a table of the notebooks, then the sum."""
    cells = {(record["notebook"], record["cell"]): record for record in records}
    for cell in result["different"]:
        print(f"{cell['notebook']}, code cell {cell['cell']}: {cell['kind']}")
        _show_cell(cell, cells[cell["notebook"], cell["cell"]])
    _show_table(records, result["different"])
    versions = ", ".join(f"{name} {result[key]}" for key, name in environment.NAMES.items())
    counts = ", ".join(f"{result[key]} {key}" for key in ("same", "changed", "raised"))
    print(f"\n{versions}, Python {result['python']}: {result['cells']} cells, {counts}")


def _show_cell(cell, record):
    if cell["raised"]:
        print(f"  {cell['reason']}")
        return
    for stored, computed in differences(text(record["stored"]), text(record["computed"])):
        print(f"  stored   | {stored}\n  computed | {computed}")


def _show_table(records, different):
    cells = Counter(record["notebook"] for record in records)
    raised = Counter(cell["notebook"] for cell in different if cell["raised"])
    changed = Counter(cell["notebook"] for cell in different if not cell["raised"])
    width = max(map(len, cells))
    print(f"\n{'notebook':{width}}  cells   same  changed  raised")
    for name, n in cells.items():
        same = n - raised[name] - changed[name]
        print(f"{name:{width}}  {n:5}  {same:5}  {changed[name]:7}  {raised[name]:6}")


if __name__ == "__main__":
    sys.exit(main())
