"""What an author does to an assignment, for the tests."""

import nbformat


def edit(path, old, new):
    """Replace text in the cells of a notebook, as its author would."""
    notebook = nbformat.read(path, as_version=4)
    assert any(old in cell.source for cell in notebook.cells), f"there is no {old}"
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)
