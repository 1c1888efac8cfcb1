"""The runs that the page "How this book is tested" shows, and its two tables.

tools/data/drift.json holds each run, and why cells change: written by a person, since no run can
say it. Usage: python -m tools.drift.published  prints the tables as they stand on the page.
"""

import json
import re
from pathlib import Path

from tools.drift.environment import NAMES

DATA = Path(__file__).parents[1] / "data" / "drift.json"


def load():
    """Return the runs and the reasons."""
    return json.loads(DATA.read_text(encoding="utf-8"))


def add(run):
    """Add a run, or why there is none; an earlier one with the same versions is replaced."""
    data = load()
    others = [other for other in data["runs"] if _key(other) != _key(run)]
    data["runs"] = sorted([*others, run], key=_key)
    DATA.write_text(_text_of(data), encoding="utf-8")


def _key(run):
    return [numbers(run[package]) for package in NAMES]


def _text_of(data):
    """Return the text of the file, a cell that differs in a line."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    cell = re.compile(r'\{\n\s+("notebook":.*?)\n\s+\}', re.DOTALL)
    return cell.sub(lambda match: "{" + " ".join(match[1].split()) + "}", text) + "\n"


def runs_table(data):
    """Return the table of all runs in Markdown."""
    head = "| TensorFlow | Keras | NumPy | the same | changed | raised |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(_row, data["runs"])])


def _row(run):
    versions = " | ".join(run[package] or "–" for package in NAMES)
    if "problem" in run:
        problem = run["problem"].partition("cannot ")  # without the versions, which stand before it
        return f"| {versions} | {''.join(problem[1:])} | – | – |"
    same = f"{run['same']:,} of {run['cells']:,}"
    return f"| {versions} | {same} | {run['changed']} | {run['raised']} |"


def reasons_table(data):
    """Return the table of what changes and why in Markdown."""
    rows = []
    for number, reason in enumerate(data["reasons"]):
        cells = {place for run in data["runs"] for place in _explained(run, number, data)}
        rows.append(f"| {reason['what']} | {when(reason)} | {len(cells)} | {reason['why']} |")
    return "\n".join(["| what changes | with | cells | why |", "|---|---|---|---|", *rows])


def when(reason):
    """Say with which versions cells change for this reason."""
    before = [f"{NAMES[package]} before {version}" for package, version in reason["before"].items()]
    since = [f", from {version} on" for version in reason.get("since", {}).values()]
    return " or ".join(before) + "".join(since)


def applies(reason, run):
    """Tell whether a run has one of the older versions that this reason names, but none too old."""
    older = any(numbers(run[k]) < numbers(version) for k, version in reason["before"].items())
    since = reason.get("since", {}).items()
    return older and all(numbers(run[k]) >= numbers(version) for k, version in since)


def reasons_of(cell, data):
    """Return the numbers of the reasons that explain a cell: exactly one, if all is well."""
    sentence = f"{cell['notebook']}:{cell['cell']} {cell['kind']}: {cell['reason']}"
    return [n for n, reason in enumerate(data["reasons"]) if re.search(reason["cells"], sentence)]


def _explained(run, number, data):
    """Return the places of the cells in a run that change for this reason."""
    cells = run.get("different", [])
    return [(c["notebook"], c["cell"]) for c in cells if number in reasons_of(c, data)]


def numbers(version):
    """Return a version as numbers, so that 3.10 comes after 3.9."""
    return [int(part) for part in re.findall(r"\d+", version)]


if __name__ == "__main__":
    stored = load()
    print(runs_table(stored), reasons_table(stored), sep="\n\n")
