"""Plain notebooks: what a page shows of its notebook, without what needs lossutils.

Colab and the download offer them. They hold the visible cells and the figures. Checks and explorers
stay in the full notebook.
"""

from pathlib import Path

import nbformat

# Cells that only the full notebook has.
PROOF = {"check", "explorer"}
# These pages are about lossutils itself.
ABOUT_LOSSUTILS = {"accuracy", "diagnosis", "where-the-digits-go"}
HERE_AN_EXPLORER = "*The page shows an explorer here: a figure with sliders.*"


def is_plain(path, notebook):
    """Tell whether a page runs without lossutils: it has a cell that sets it up."""
    if Path(path).stem in ABOUT_LOSSUTILS or Path(path).parent.name == "sources":
        return False
    return any("setup" in cell.metadata.get("tags", []) for cell in notebook.cells)


def plain(notebook):
    """Return a notebook without checks, and with a line of text where it has an explorer."""
    cells = [each for cell in notebook.cells if (each := _plain_cell(cell))]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata, nbformat_minor=5)


def _plain_cell(cell):
    tags = PROOF.intersection(cell.metadata.get("tags", []))
    if "explorer" in tags:
        return nbformat.v4.new_markdown_cell(HERE_AN_EXPLORER, id=cell.id)
    return None if tags else nbformat.from_dict(cell)
