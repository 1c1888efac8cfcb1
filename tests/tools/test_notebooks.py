"""The canonical form of notebooks: what is kept, what is reported, and how failures are shown."""

import nbformat
import pytest
from small_notebooks import code, run_tool, write

from tools import kernel, notebooks

FIGURE = code("plt.show()", printed="<Figure size 640x480 with 1 Axes>\n")
UNTIDY = nbformat.v4.new_notebook(
    metadata={"authors": ["someone"], "kernelspec": {"name": "other", "display_name": "Other"}},
    cells=[
        nbformat.v4.new_markdown_cell("# Title\n\n", metadata={"collapsed": True}),
        nbformat.v4.new_markdown_cell("   "),
        nbformat.v4.new_code_cell(
            "print(1 + 1)\n",
            execution_count=1,
            metadata={"tags": ["hide-input"], "scrolled": True},
            outputs=[
                nbformat.v4.new_output("stream", name="stdout", text="2\n"),
                nbformat.v4.new_output("stream", name="stderr", text="a warning\n"),
                nbformat.v4.new_output(
                    "display_data", data={"image/png": "AAAA", "text/plain": "<Figure>"}
                ),
                nbformat.v4.new_output("display_data", data={"image/png": "AAAA"}),
                nbformat.v4.new_output(
                    "execute_result",
                    data={notebooks.EXPLORER: {"mark": "bar"}, "text/html": "<b>bar</b>"},
                    execution_count=1,
                ),
            ],
        ),
    ],
)


def test_canonical_form_keeps_text_and_what_the_book_needs():
    title, cell = notebooks.canonical(UNTIDY).cells
    assert (title.source, title.metadata) == ("# Title", {})
    assert cell.metadata == {"tags": ["hide-input"]}
    assert cell.execution_count == 1
    assert [output.get("text") or output.data for output in cell.outputs] == [
        "2\n",
        {"text/plain": "<Figure>"},
        {notebooks.EXPLORER: {"mark": "bar"}},
    ]


def test_canonical_form_of_a_canonical_notebook_is_the_same():
    once = notebooks.canonical(UNTIDY)
    assert notebooks.text_of(notebooks.canonical(once)) == notebooks.text_of(once)


def test_canonical_form_leaves_the_notebook_given_as_it_is():
    before = nbformat.writes(UNTIDY)
    notebooks.canonical(UNTIDY)
    assert nbformat.writes(UNTIDY) == before


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (code("print(1 + 1)"), "prints or draws, but stores no output"),
        (code("explorers.double_softmax()"), "shows an explorer, but stores none"),
        (FIGURE, "no text alternative"),
        (code("print(1)", printed="1\n", count=None), "has execution count None, expected 1"),
        (code("print(1)", printed="1\n", count=3), "has execution count 3, expected 1"),
    ],
)
def test_a_cell_that_is_not_as_it_should_be_is_named(tmp_path, cell, says):
    path = write(tmp_path / "small.ipynb", cell)
    (problem,) = notebooks.problems(path)
    assert problem.startswith("code cell 1 ")
    assert says in problem


@pytest.mark.parametrize(
    ("words", "accepted"),
    [
        ("two curves", False),
        ("fig1.png shows how the loss falls", False),
        ("A plot of the loss against the logit", False),
        ("Two curves over the margin: one falls, one is flat.", True),
    ],
)
def test_a_text_alternative_says_what_is_to_be_seen(words, accepted):
    assert bool(notebooks.SAYS_NOTHING.search(words)) != accepted


def test_a_stored_error_is_reported(tmp_path):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    cell = nbformat.v4.new_code_cell("raise ValueError", execution_count=1, outputs=[error])
    assert "code cell 1 stores an error" in notebooks.problems(write(tmp_path / "x.ipynb", cell))


def test_a_stored_picture_is_reported_and_format_drops_it(tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    nbformat.write(UNTIDY, path)
    assert "code cell 1 stores more than text and explorers" in notebooks.problems(path)
    assert notebooks.main(["format", str(path)]) == 0
    assert notebooks.problems(path) == []
    assert "1 of 1 notebooks are in canonical form" in capsys.readouterr().out


def test_a_figure_with_a_text_alternative_is_accepted(tmp_path):
    alt = {"image": {"alt": "A line that falls to zero."}}
    cell = code("plt.show()", printed="<Figure size 640x480 with 1 Axes>\n", mystnb=alt)
    assert notebooks.problems(write(tmp_path / "x.ipynb", cell)) == []


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"cells": 3}', "\x00"])
@pytest.mark.parametrize("action", ["check", "format", "write"])
def test_a_file_that_is_not_a_notebook_gives_one_sentence_and_stays(tmp_path, text, action):
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        notebooks.main([action, str(path)])
    assert str(stopped.value).startswith(f"error: {path} is not a notebook that can be read: ")
    assert "\n" not in str(stopped.value)
    assert path.read_text(encoding="utf-8") == text


def test_a_missing_notebook_is_one_sentence(tmp_path):
    result = run_tool("notebooks", "check", tmp_path / "none.ipynb")
    assert result.returncode == 1
    assert result.stderr == f"error: there is no notebook {tmp_path / 'none.ipynb'}\n"


def test_writing_a_notebook_that_raises_names_the_cell_and_keeps_the_file(tmp_path, capsys):
    path = write(tmp_path / "x.ipynb", code("x = 1"), code("x / 0", count=2))
    before = path.read_text(encoding="utf-8")
    assert notebooks.main(["write", str(path)]) == 1
    message = capsys.readouterr().err.strip()
    assert message == (
        f"error: {path}, code cell 2 (“x / 0”) raised ZeroDivisionError: division by zero"
    )
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import time\ntime.sleep(60)", "A cell timed out while it was being executed"),
        ("import os\nos._exit(1)", "Kernel died"),
    ],
)
def test_a_cell_that_does_not_end_is_named(tmp_path, capsys, monkeypatch, source, says):
    monkeypatch.setattr(kernel, "TIMEOUT", 3)
    cells = code("1"), code(source, count=2), code("3", count=3)
    path = write(tmp_path / "x.ipynb", *cells)
    assert notebooks.main(["write", str(path)]) == 1
    (message,) = capsys.readouterr().err.splitlines()
    assert message.startswith(f"error: {path}, code cell 2 (“import ")
    assert says in message
