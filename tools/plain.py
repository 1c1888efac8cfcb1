"""The plain notebooks: what a page shows of its notebook, without what needs lossutils.

Usage:
    python -m tools.plain write FOLDER    write them, with the outputs that are stored
    python -m tools.plain check FOLDER    the same, then run them where lossutils is missing

Colab and the page's download offer them. They hold the visible cells and the figures; the checks
and the explorers stay in the full notebook.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from tools import execute, notebooks

# Cells that only the full notebook has.
PROOF = {"check", "explorer"}
# These pages are about lossutils itself.
ABOUT_LOSSUTILS = {"accuracy", "diagnosis", "where-the-digits-go"}
ABSENT = 'raise ModuleNotFoundError("No module named lossutils", name="lossutils")\n'
# Figures have the size that Matplotlib gives them, without the book's style.
SIZES = "[sizes]\nregex: <Figure size [0-9x]+\nreplace: <Figure size\n"
HERE_AN_EXPLORER = "*The page shows an explorer here: a figure with sliders.*"


def is_plain(path):
    """Tell whether a page promises to run without lossutils: it has a cell that sets it up."""
    if path.stem in ABOUT_LOSSUTILS or path.parent.name == "sources":
        return False
    return any("setup" in cell.metadata.get("tags", []) for cell in notebooks.read(path).cells)


def plain(notebook):
    """Return what the page shows of a notebook: no checks, and a line in place of an explorer."""
    cells = [each for cell in notebook.cells if (each := _plain_cell(cell))]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata, nbformat_minor=5)


def _plain_cell(cell):
    tags = PROOF.intersection(cell.metadata.get("tags", []))
    if "explorer" in tags:
        return nbformat.v4.new_markdown_cell(HERE_AN_EXPLORER, id=cell.id)
    return None if tags else nbformat.from_dict(cell)


def write(folder):
    """Write the plain notebook of each page that promises one; return the files."""
    shutil.rmtree(folder, ignore_errors=True)
    files = []
    for path in filter(is_plain, execute.pages()):
        files.append(folder / path)
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        files[-1].write_text(notebooks.text_of(plain(notebooks.read(path))), encoding="utf-8")
    return files


def check(folder):
    """Run the plain notebooks under strict nbval where lossutils is missing; return the status."""
    files = write(folder)
    absent = folder.resolve() / "absent"
    absent.mkdir()
    (absent / "lossutils.py").write_text(ABSENT, encoding="utf-8")
    (sizes := folder / "sizes.cfg").write_text(SIZES, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-n", "logical"]
    command += ["--dist", "loadfile", f"--nbval-sanitize-with={sizes}", *map(str, files)]
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": str(absent)}).returncode


def main(arguments=None):
    """Run the command; the exit status is 1 when a notebook does not print what is stored."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.plain", description=__doc__.splitlines()[0]
    )
    parser.add_argument("action", choices=["write", "check"])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    if options.action == "check":
        return check(options.folder)
    files = write(options.folder)
    print(f"{len(files)} plain notebooks are in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
