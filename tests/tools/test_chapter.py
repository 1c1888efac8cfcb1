"""The check of one notebook: which one a name means, and when it need not run again."""

import os
import sys
from pathlib import Path

import pytest
from rotation import one_commit_in
from small_notebooks import ROOT, code, run, write

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
    assert execute.is_compared(compared)


def test_prose_may_change(compared):
    prose = notebooks.nbformat.v4.new_markdown_cell("More words.")
    write(compared, prose, code("print(1 + 1)", printed="2\n"))
    assert execute.is_compared(compared)


@pytest.mark.parametrize(
    ("source", "printed"), [("print(1 + 1)", "3\n"), ("print(3 - 1)", "2\n"), ("print(1 + 1)", "")]
)
def test_a_changed_output_or_cell_is_compared_again(compared, source, printed):
    write(compared, code(source, printed=printed))
    assert not execute.is_compared(compared)


def test_changed_versions_mean_another_comparison(compared):
    Path("requirements.txt").write_text("numpy==2", encoding="utf-8")
    assert not execute.is_compared(compared)


BUILD = "from pathlib import Path; from tools import chapter; import sys; "
BUILD += "chapter.build(Path(sys.argv[1]))"


@pytest.fixture
def sources(tmp_path):
    """A book of two notebooks and a page of text; return its folder."""
    for name in ("first", "second"):
        title = notebooks.nbformat.v4.new_markdown_cell(f"# The {name}")
        write(tmp_path / "book" / f"{name}.ipynb", title)
    (tmp_path / "book" / "intro.md").write_text("# A book\n", encoding="utf-8")
    toc = "".join(f"  - file: book/{name}\n" for name in ("first", "second"))
    (tmp_path / "_toc.yml").write_text(f"format: jb-book\nroot: book/intro\nchapters:\n{toc}")
    settings = "title: A book\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: 'off'\n"
    (tmp_path / "_config.yml").write_text(settings, encoding="utf-8")
    return tmp_path


@pytest.fixture
def built(sources):
    """The book, built; return its folder."""
    build = run(Path(sys.executable).with_name("jupyter-book"), "build", ".", cwd=sources)
    assert build.returncode == 0, build.stderr
    return sources


def build(folder, page):
    """Build one page of a book in a process of its own, since Sphinx is patched for it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return run(sys.executable, "-c", BUILD, page, cwd=folder, env=environment)


@one_commit_in(3)
def test_one_page_is_built_and_the_others_wait(built):
    for name in ("first", "second"):
        prose = notebooks.nbformat.v4.new_markdown_cell(f"# The {name}\n\nMore words.")
        write(built / "book" / f"{name}.ipynb", prose)
    shown = build(built, "book/first.ipynb")
    assert shown.returncode == 0, shown.stderr
    pages = [built / "_build" / "html" / "book" / f"{name}.html" for name in ("first", "second")]
    assert ["More words." in page.read_text(encoding="utf-8") for page in pages] == [True, False]


def test_a_page_of_a_book_that_is_not_built_is_one_sentence(sources):
    shown = build(sources, "book/first.ipynb")
    assert shown.returncode == 1
    sentence = "error: other pages are new or the settings changed; run: make book"
    assert shown.stderr.splitlines()[-1] == sentence
