"""A book of one notebook with predictions, built by the same extensions as the real one."""

import subprocess
import sys
from pathlib import Path

import nbformat

from tools import notebooks

ROOT = Path(__file__).resolve().parents[2]
CONF = f"""
project = "A book"
root_doc = "page"
extensions = ["myst_nb", "sphinx_book_theme", "website.extension"]
myst_enable_extensions = ["dollarmath", "html_image"]
html_theme = "sphinx_book_theme"
html_static_path = [{str(ROOT / "book" / "assets")!r}]
html_css_files = ["book.css"]
nb_execution_mode = "off"
exclude_patterns = ["out"]
"""
PRICES = {"number": 2.0, "unit": "times"}
LOSSES = {"choices": ["the MSE", "the MAE < 1", "both"], "answer": 1}


def text(source):
    """Return a Markdown cell."""
    return nbformat.v4.new_markdown_cell(source)


def code(source, printed, **metadata):
    """Return a code cell that stores what it prints."""
    output = nbformat.v4.new_output("stream", name="stdout", text=printed)
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata=metadata)


CELLS = [
    text("# Predictions\n\nTwo prices are compared, and [a table](#a-table) follows."),
    text("**Predict.** How many times as much does 0.01 cost as 0.1?"),
    code("print(prices, prices[1] / prices[0])", "[2.303 4.605] 2.0\n", predict=PRICES),
    code("checks.same(prices, [2.303, 4.605])", "checked: yes\n", tags=["check"]),
    text(
        "Twice as much: $-\\log 0.01$ is twice $-\\log 0.1$.\n\n"
        "- [Documents](https://numpy.org) in a list\n\n"
        "(a-table)=\n| a | b |\n|---|---|\n| table | row |\n\n"
        "**Predict.** Which loss is hurt less by outliers?"
    ),
    code("print(least)", "the MAE" + " and so on" * 20 + "\n", predict=LOSSES),
    text("The MAE is. Outliers count once.\n\n(next-one)=\n## Next section\n\nAfter the heading."),
    text("**Predict.** How large is the gradient?"),
    code("print(gradient)", "stored: -0.5\n", predict={"number": -0.5, "tolerance": 0.01}),
    text("It is minus a half."),
    text("Another cell begins."),
    code("print(3)", "three\n"),
]


def build(folder):
    """Build the book; return the folder of its pages."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=CELLS, metadata=notebooks.METADATA)
    nbformat.write(notebook, folder / "page.ipynb")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", folder, folder / "out"]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "out"
