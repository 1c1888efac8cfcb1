"""Plain notebooks: they keep what the reader sees, and lose what needs lossutils."""

import ast

import nbformat
import pytest

from tools import notebooks
from website import colab, plain, toc

PAGES = sorted((toc.ROOT / "book").rglob("*.ipynb"))
PLAIN = [path for path in PAGES if plain.is_plain(path)]


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


@pytest.fixture
def notebook():
    cells = [
        code("import numpy as np", "hide-input", "setup"),
        code("from lossutils import losses", "hide-input", "check", "setup"),
        code("print(np.log(2))"),
        code("checks.same(1, 1)", "hide-input", "check"),
        code("explorers.huber()", "hide-input", "explorer"),
        code("plt.show()", "hide-input", "figure"),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)


def test_checks_are_left_out_and_an_explorer_becomes_a_sentence(notebook):
    cells = plain.plain(notebook).cells
    assert [cell.source for cell in cells] == [
        "import numpy as np",
        "print(np.log(2))",
        plain.HERE_AN_EXPLORER,
        "plt.show()",
    ]


def test_a_page_about_lossutils_has_no_plain_notebook():
    assert plain.is_plain("book/softmax.ipynb")
    assert not plain.is_plain("book/diagnosis.ipynb")
    assert not plain.is_plain("book/sources/loss-curves.ipynb")


def test_the_pages_without_a_plain_notebook_exist():
    without = [path for path in PAGES if path not in PLAIN]
    assert {path.stem for path in without} == plain.NOT_PLAIN
    assert [path for path in PAGES if path.parent.name == "sources" and path in PLAIN] == []


def test_colab_opens_the_plain_notebook_and_installs_lossutils_only_for_pages_about_it(notebook):
    opened = colab.published("book/softmax.ipynb", notebook, "lossutils @ git+https://x/y@1")
    assert "lossutils" not in nbformat.writes(opened)
    opened = colab.published("book/diagnosis.ipynb", notebook, "lossutils @ git+https://x/y@1")
    assert "pip install" in opened.cells[0].source


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_no_plain_cell_names_lossutils(path):
    for cell in plain.plain(notebooks.read(path)).cells:
        if cell.cell_type == "code":
            nodes = ast.walk(ast.parse(cell.source))
            assert "lossutils" not in cell.source
            assert not any(
                getattr(node, "id", "") in {"checks", "explorers", "plots"} for node in nodes
            )
