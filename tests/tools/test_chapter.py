"""The check of one notebook: which one a name means, and when it need not run again."""

from pathlib import Path

import pytest
from small_notebooks import code, write

from tools import chapter, execute, fingerprint, notebooks

PAGES = [
    Path("book", *parts)
    for parts in [("softmax.ipynb",), ("double-softmax.ipynb",), ("mistakes", "index.ipynb")]
] + [Path("book", "sources", "index.ipynb")]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("softmax", "book/softmax.ipynb"),
        ("book/double-softmax.ipynb", "book/double-softmax.ipynb"),
        ("mistakes/index", "book/mistakes/index.ipynb"),
    ],
)
def test_a_name_means_a_notebook(name, path):
    assert chapter.notebook_named(name, PAGES) == Path(path)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("duble-softmax", "double-softmax, softmax"),
        ("index", "mistakes/index, sources/index"),
    ],
)
def test_a_wrong_name_is_one_sentence_with_the_nearest_names(name, nearest):
    with pytest.raises(SystemExit) as stopped:
        chapter.notebook_named(name, PAGES)
    assert str(stopped.value) == f"error: there is no notebook “{name}”; did you mean {nearest}?"


@pytest.fixture
def compared(tmp_path, monkeypatch):
    """A notebook whose outputs strict nbval compared; return its path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    path = Path("book", "small.ipynb")
    write(path, code("print(1 + 1)", printed="2\n"))
    execute.keep(path, notebooks.read(path), fingerprint.of_notebook(path))
    return path


def test_a_notebook_that_was_compared_need_not_run_again(compared):
    assert chapter.is_compared(compared)


def test_prose_may_change(compared):
    prose = notebooks.nbformat.v4.new_markdown_cell("More words.")
    write(compared, prose, code("print(1 + 1)", printed="2\n"))
    assert chapter.is_compared(compared)


@pytest.mark.parametrize(
    ("source", "printed"), [("print(1 + 1)", "3\n"), ("print(3 - 1)", "2\n"), ("print(1 + 1)", "")]
)
def test_a_changed_output_or_cell_is_compared_again(compared, source, printed):
    write(compared, code(source, printed=printed))
    assert not chapter.is_compared(compared)


def test_changed_versions_mean_another_comparison(compared):
    Path("requirements.txt").write_text("numpy==2", encoding="utf-8")
    assert not chapter.is_compared(compared)
