"""Record the loss curves of the atlas: what the Wrong and the Right program of a mistake train.

Usage: python -m tools.mistake_curves [PAGE ...]    such as segmentation; all pages without a name

The plain notebook of a page is executed. Where the figure of a mistake shows the losses of both
programs, these are its curves; else each `fit` keeps the losses of its epochs. The result is
website/extension/curves.json, from which the cards of the symptom index are drawn. A mistake
without two curves is not in it.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import nbformat
import numpy as np

from tools import kernel, notebooks
from website import plain

ROOT = Path(__file__).parents[1]
ATLAS = ROOT / "book" / "mistakes"
FILE = ROOT / "website" / "extension" / "curves.json"
TARGET = re.compile(r"^\(mistake-([\w-]+)\)=$", re.MULTILINE)
POINTS = 20  # of a curve are kept, the first and the last among them
DIGITS = 4
SIDES = ("wrong", "right")
START = (
    "import sys\nsys.path.append({root!r})\nfrom tools import fit_recorder\nfit_recorder.start()"
)
TELL = {"wrong": "tell_runs", "right": "tell_runs", "figure": "tell_drawn"}


def pages():
    """Return the names of the pages of the atlas."""
    return sorted(path.stem for path in ATLAS.glob("*.ipynb") if path.stem != "index")


def programs(page):
    """Yield each code cell of a page that tells a curve: its mistake, what it is, and its code."""
    mistake = None
    for cell in notebooks.read(ATLAS / f"{page}.ipynb").cells:
        if cell.cell_type == "markdown":
            mistake = next(iter(TARGET.findall(cell.source)), None) or mistake
        for tag in set(TELL).intersection(cell.metadata.get("tags", [])):
            if mistake:
                yield mistake, tag, cell


def digest(page, mistake):
    """Return a short hash of the programs of a mistake."""
    sources = [cell.source for own, tag, cell in programs(page) if own == mistake and tag in SIDES]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:8]


def record(page):
    """Execute a page; return for each mistake what `wrong` and `right` train."""
    places = {cell.id: (mistake, tag) for mistake, tag, cell in programs(page)}
    notebook = telling(plain.plain(notebooks.read(ATLAS / f"{page}.ipynb")), places)
    kernel.run(notebook, ATLAS / f"{page}.ipynb")
    trained, drawn = {}, {}
    for cell in notebook.cells:
        mistake, tag = places.get(cell.metadata.get("tells"), (None, None))
        if tag == "figure":
            drawn.setdefault(mistake, printed(cell))
        elif tag and (losses := printed(cell)):
            trained.setdefault(mistake, {}).setdefault(tag, losses)
    return {name: curves for name in dict.fromkeys([*trained, *drawn])
            if (curves := both(drawn.get(name), trained.get(name)))}  # fmt: skip


def printed(cell):
    """Return what a cell printed as JSON."""
    return json.loads("".join(output.text for output in cell.outputs if output.name == "stdout"))


def telling(notebook, places):
    """Return a notebook with a recorder, which reports after each cell that has a curve."""
    cells = [nbformat.v4.new_code_cell(START.format(root=str(ROOT)))]
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id in places:
            source = f"fit_recorder.{TELL[places[cell.id][1]]}()"
            cells.append(nbformat.v4.new_code_cell(source, metadata={"tells": cell.id}))
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def both(*records):
    """Return the first of several records that has both curves, thinned; or None."""
    for curves in records:
        if curves and all(len(curves.get(side, [])) > 1 for side in SIDES):
            return {side: thinned(curves[side]) for side in SIDES}
    return None


def thinned(losses):
    """Return a few of many losses, with few digits.

    Examples
    --------
    >>> thinned([1.23456, 2.0]), len(thinned(range(1000)))
    ([1.235, 2.0], 20)
    """
    count = min(len(losses), POINTS)
    places = np.linspace(0, len(losses) - 1, count).round().astype(int)
    return [float(f"{losses[place]:.{DIGITS}g}") for place in places]


def stored():
    """Return the stored curves by the names of their mistakes."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def store(curves):
    """Store curves, a mistake in a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(curves[name])}" for name in sorted(curves)]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.mistake_curves", description=__doc__.splitlines()[0]
    )
    parser.add_argument("page", nargs="*", choices=[*pages(), []], metavar="PAGE")
    for page in parser.parse_args(arguments).page or pages():
        own = {mistake for mistake, _, _ in programs(page)}
        curves_of = record(page)
        kept = {name: curves for name, curves in stored().items() if name not in own}
        store(kept | {n: {"of": digest(page, n), **curves} for n, curves in curves_of.items()})
        print(f"{page}: {len(curves_of)} of {len(own)} mistakes have curves", flush=True)


if __name__ == "__main__":
    sys.exit(main())
