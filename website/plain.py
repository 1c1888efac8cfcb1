"""Plain notebooks: what a page shows of its notebook, without what needs lossutils.

Colab and the download offer them. They hold the visible cells and the figures. Checks and explorers
stay in the full notebook.
"""

from pathlib import Path

import nbformat

# Cells that only the full notebook has.
PROOF = {"check", "explorer"}
# These pages are about lossutils itself, or show its tables.
NOT_PLAIN = {"accuracy", "diagnosis", "where-the-digits-go"}
NOT_PLAIN |= {"l2-and-cross-entropy", "softmax-experiments", "function-tour", "loss-curves"}
NOT_PLAIN |= {"mse-and-cross-entropy"}
HERE_AN_EXPLORER = "*The page shows an explorer here: a figure with sliders.*"


def is_plain(path):
    """Tell whether a page of the book runs without lossutils."""
    return Path(path).stem not in NOT_PLAIN


def plain(notebook):
    """Return a notebook without checks, and with a line of text where it has an explorer."""
    cells = [each for cell in notebook.cells if (each := _plain_cell(cell))]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata, nbformat_minor=5)


def _plain_cell(cell):
    tags = PROOF.intersection(cell.metadata.get("tags", []))
    if "explorer" in tags:
        return nbformat.v4.new_markdown_cell(HERE_AN_EXPLORER, id=cell.id)
    return None if tags else nbformat.from_dict(cell)
