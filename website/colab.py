"""Notebooks for Colab and downloads: plain ones, or with a cell that installs lossutils.

Usage: python -m website.colab FOLDER    (changes the notebooks in the folder)

A plain notebook needs nothing that Colab does not have. The pages about lossutils need it. A
notebook cannot know where it came from, and the repository must not name an address that a copy of
it would inherit. So the deployment, which knows it, adds one cell to the published copies: it
installs lossutils from the very commit that the copy was made of. See .github/workflows/book.yml.
"""

import argparse
import os
import sys
from pathlib import Path

import nbformat

from website import plain

BRANCH = "colab"  # where the deployment puts the copies that Colab opens
CELL = """# Install lossutils, the book's own package, where it is missing, for example on Colab.
import importlib.util

if importlib.util.find_spec("lossutils") is None:
    %pip install --quiet "{address}"
"""


def package(environ=os.environ):
    """Return what pip installs, lossutils of this very commit; None where it is not known."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    if not all(environ.get(name) for name in names):
        return None
    server, repository, commit = (environ[name] for name in names)
    return f"lossutils[book] @ git+{server}/{repository}@{commit}"


def with_install_cell(notebook, address):
    """Return a notebook whose first code cell installs lossutils if it is missing."""
    notebook = nbformat.from_dict(notebook)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    source = CELL.format(address=address).strip()
    if notebook.cells[first].source.startswith(source.splitlines()[0]):
        notebook.cells[first].source = source
    else:
        notebook.cells.insert(first, nbformat.v4.new_code_cell(source, id="bring-lossutils"))
    return notebook


def published(path, notebook, address):
    """Return what Colab opens: the plain notebook of a page, or the full one of an exempt page."""
    if plain.is_plain(path):
        return plain.plain(notebook)
    return with_install_cell(notebook, address)


def main(arguments=None):
    """Change every notebook below a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m website.colab", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    address = package()
    if not address:
        sys.exit(
            "error: the address of lossutils is not known; "
            "set GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_SHA"
        )
    paths = sorted(folder.rglob("*.ipynb"))
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(published(path, notebook, address), path)
    print(f"{len(paths)} notebooks are plain or install {address}")


if __name__ == "__main__":
    main()
