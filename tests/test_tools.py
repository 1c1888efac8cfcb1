"""The tools as a person meets them: what they find, and what they say when something is wrong.

The notebooks made here are tiny and import nothing, so that their kernels start at once.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache

from tools import execute, links, notebooks, serve

ROOT = Path(__file__).resolve().parents[1]


def code(source, *, printed=None, count=1, **metadata):
    """Return a code cell; `printed` is what it stores as printed."""
    stored = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
    return nbformat.v4.new_code_cell(
        source, execution_count=count, outputs=stored, metadata=metadata
    )


def write(path, *cells):
    """Write the cells as a notebook in canonical form; return its path."""
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebooks.text_of(notebooks.canonical(notebook)), encoding="utf-8")
    return path


def run(*command, cwd, **options):
    """Run a command as a person does; return what came of it, its text decoded."""
    return subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=120, **options
    )


def run_tool(name, *arguments, cwd=ROOT):
    """Run one of the tools in a process of its own."""
    return run(sys.executable, "-m", f"tools.{name}", *arguments, cwd=cwd)


# tools.notebooks


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
def test_a_file_that_is_no_notebook_is_one_sentence_and_stays_as_it_is(tmp_path, text, action):
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
    said = capsys.readouterr().err.strip()
    assert said == (
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
    monkeypatch.setattr(notebooks, "TIMEOUT", 3)
    cells = code("1"), code(source, count=2), code("3", count=3)
    path = write(tmp_path / "x.ipynb", *cells)
    assert notebooks.main(["write", str(path)]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"error: {path}, code cell 2 (“import ")
    assert says in said


# conftest.py: what strict nbval says


@pytest.fixture
def nbval(tmp_path):
    """Return a function that runs strict nbval, with the project's settings, over some cells."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def check(*cells):
        write(tmp_path / "book" / "small.ipynb", *cells)
        return run(sys.executable, "-m", "pytest", "-q", "--nbval", "book", cwd=tmp_path)

    return check


def test_a_number_that_no_longer_holds_stands_beside_the_computed_one(nbval):
    shown = nbval(
        code("print('loss')\nprint(0.25 * 2)", printed="loss\n0.51\n"),
        code("1 / 0", count=2),
        code("print('x')", printed="x\n", count=3),
    )
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    notebook = str(Path("book/small.ipynb"))
    first = lines.index(f"{notebook}, code cell 1: print('loss')")
    assert lines[first + 2] == f"python -m tools.notebooks write {notebook}"
    assert lines[first + 3 : first + 5] == ["stored | computed", "0.51 | 0.5"]
    second = lines.index(f"{notebook}, code cell 2: 1 / 0")
    assert lines[second + 1] == "raised ZeroDivisionError: division by zero"
    assert "2 failed, 1 passed" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert shown.returncode == 1


def test_an_output_that_is_no_longer_stored_is_shown(nbval):
    shown = nbval(code("print(1 + 1)"))
    assert re.search(r"stored +\| +computed\n +\| +2\n", shown.stdout)
    assert shown.returncode == 1


def test_what_goes_to_stderr_is_not_compared(nbval):
    noisy = "import sys\nprint('noise', file=sys.stderr)\nprint(2)"
    shown = nbval(code(noisy, printed="2\n"))
    assert shown.returncode == 0, shown.stdout


# tools.execute


@pytest.fixture
def tiny_book(tmp_path, monkeypatch):
    """A book of two notebooks and a page of text, with a `lossutils` and versions of its own."""
    write(tmp_path / "book" / "first.ipynb", code("print(1 + 1)", printed="2\n"))
    write(tmp_path / "book" / "second.ipynb", code("print(2 + 2)", printed="4\n"))
    write(tmp_path / "book" / "not-in-the-book.ipynb", code("1 / 0"))
    (tmp_path / "book" / "intro.md").write_text("# A book\n", encoding="utf-8")
    (tmp_path / "lossutils").mkdir()
    (tmp_path / "lossutils" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "root: book/intro\nparts:\n  - chapters:\n      - file: book/first\n"
        "        sections:\n          - file: book/second\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", "")  # what the tool sets ends with the test
    return tmp_path


def executed(capsys, *arguments):
    """Run tools.execute; return its exit status and how many notebooks it executed."""
    status = execute.main([*arguments])
    shown = capsys.readouterr()
    return status, shown.out.count("executed book"), shown.err


def test_nothing_is_executed_twice_unless_its_code_or_lossutils_changed(tiny_book, capsys):
    assert executed(capsys) == (0, 2, "")
    assert executed(capsys) == (0, 0, "")
    write(tiny_book / "book" / "first.ipynb", code("print(3 + 3)", printed="6\n"))
    assert executed(capsys) == (0, 1, "")
    (tiny_book / "lossutils" / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    assert executed(capsys, "--jobs", "1") == (0, 2, "")


def test_a_chapter_that_raises_is_one_sentence_and_the_others_are_executed(tiny_book, capsys):
    cells = code("x = []"), code("# the last\nx[0]", count=2)
    path = write(tiny_book / "book" / "first.ipynb", *cells).relative_to(tiny_book)
    status, count, said = executed(capsys)
    assert (status, count) == (1, 1)
    assert said == (
        f"error: {path}, code cell 2 (“# the last”) raised IndexError: list index out of range\n"
    )


def test_what_strict_nbval_has_compared_is_not_executed_again(tiny_book, capsys):
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tiny_book)
    shown = "<Figure size 640x480 with 1 Axes>"
    drawn = code("import matplotlib.pyplot as plt\n\nplt.figure().subplots()\nplt.show()")
    drawn.outputs = [nbformat.v4.new_output("display_data", data={"text/plain": shown})]
    write(tiny_book / "book" / "first.ipynb", drawn)
    write(tiny_book / "book" / "second.ipynb", code("print(2 + 2)", printed="5\n"))
    pages = [path.as_posix() for path in execute.pages()]
    nbval = [sys.executable, "-m", "pytest", "-q", "--nbval", "--for-build", *pages]
    said = run(*nbval, cwd=tiny_book, env=os.environ | {"PYTHONPATH": str(ROOT)}).stdout
    assert "1 failed, 1 passed" in said, said
    kept = get_cache(execute.CACHE).match_cache_notebook(notebooks.read(Path(pages[0])))
    cell = get_cache(execute.CACHE).get_cache_bundle(kept.pk).nb.cells[0]
    assert cell.outputs[0].data.keys() == {"text/plain", "image/svg+xml"}
    assert executed(capsys) == (0, 1, "")


# tools.links and tools.serve


def site(folder, body):
    """Write a site of two pages whose first has this body; return its folder."""
    (folder / "more").mkdir()
    (folder / "index.html").write_text(f"<h1 id='top'>x</h1>{body}", encoding="utf-8")
    (folder / "more" / "page.html").write_text("<a name='there' href='../'>up</a>", "utf-8")
    return folder


@pytest.mark.parametrize(
    "link",
    [
        "#top",
        "more/page.html#there",
        "/more/page.html",
        "more/../index.html",
        "https://example.org/x",
        "mailto:x@y",
    ],
)
def test_a_link_that_leads_somewhere_is_accepted(tmp_path, capsys, link):
    assert links.main([str(site(tmp_path, f'<a href="{link}">x</a>'))]) == 0
    assert capsys.readouterr().out == "0 broken internal links in 2 pages\n"


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ('<a href="none.html">x</a>', "leads to a file that does not exist"),
        ('<a href="#none">x</a>', "leads to a place that the page does not have"),
        ('<a href="more/page.html#top">x</a>', "leads to a place that the page does not have"),
        ('<img src="none.png">', "leads to a file that does not exist"),
        ('<a href="/none.html">x</a>', "leads to a file that does not exist"),
        ('<a href="../">x</a>', "leads out of the book"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path, capsys, tag, reason):
    folder = tmp_path / "html"
    folder.mkdir()
    (tmp_path / "index.html").write_text("", encoding="utf-8")
    assert links.main([str(site(folder, tag))]) == 1
    said = capsys.readouterr().err
    assert said.startswith("index.html: the link ")
    assert said.endswith(f" {reason}\n")


@pytest.mark.parametrize("tool", [links, serve])
def test_a_book_that_is_not_built_is_one_sentence(tmp_path, tool):
    with pytest.raises(SystemExit) as stopped:
        tool.main([str(tmp_path)])
    assert str(stopped.value) == f"error: there is no built book in {tmp_path}; run: make book"


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            serve.main([str(site(tmp_path, "")), "--port", str(port)])
    assert str(stopped.value).startswith(f"error: port {port} cannot be used (")
    assert str(stopped.value).endswith("try another one, for example: make serve PORT=8080")


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_does_not_exist_is_one_sentence(tmp_path, port):
    with pytest.raises(SystemExit, match=r"error: port .* cannot be used"):
        serve.main([str(site(tmp_path, "")), "--port", port])


def test_the_book_is_served_on_this_machine_only(tmp_path):
    command = [sys.executable, "-m", "tools.serve", str(site(tmp_path, "")), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://(127\.0\.0\.1):(\d+)/", server.stdout.readline())
            connection = http.client.HTTPConnection(address[1], int(address[2]), timeout=10)
            connection.request("GET", "/")
            assert "<h1 id='top'>" in connection.getresponse().read().decode()
        finally:
            server.kill()
