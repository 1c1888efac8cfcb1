"""The live book of `make live`: cells run TensorFlow on the page, and end with it.

A real server, a real kernel and a real browser. What a cell must print is what its notebook stores.
"""

import json
import os
import re
import signal

import live_book
import nbformat
import pytest
from exercise_answers import TABLE, filled_in
from live_book import SOURCE, STATUS, Server, cell, press, run, wait_for, write
from live_requests import (
    WEBSOCKET,
    ask,
    cookies,
    kernels,
    known,
    send,
    wait_for_no_kernels,
)
from playwright.sync_api import expect
from rotation import one_commit_in

from website import chromium, exercises
from website.toc import ROOT

pytestmark = pytest.mark.slow
server, context, page = live_book.server, live_book.context, live_book.page
ENDED = "did not finish: Python ended while it ran"
CHAPTER = "regression-losses"  # setup, checks, figures are folded, some answers are covered


def stored(name):
    """Return, per code cell of a notebook, the words that it stores as printed."""
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    printed = [[out.text for out in c.outputs if out.output_type == "stream"] for c in code]
    return ["".join(texts).split() for texts in printed]


@one_commit_in(4)
def test_a_chapter_runs_as_it_is_stored(page):
    """Each cell of a chapter, run by TensorFlow on the page in order, gives what it stores."""
    page.go(CHAPTER)
    expected = stored(CHAPTER)
    assert len(expected) >= 10
    expect(page.locator(".cells-tools")).to_have_count(len(expected), timeout=chromium.PATIENCE)
    pictures = page.locator(".cell_output img").count()
    assert page.locator(STATUS).inner_text().startswith("Python is not running")
    page.get_by_role("button", name="Run all cells").click()
    wait_for(page, f"Cell {len(expected)} has run")
    for number, words in enumerate(expected, 1):
        shown = cell(page, number).locator(".cells-output [data-stream=stdout]").all_text_contents()
        assert " ".join(shown).split() == words, f"cell {number}"
    assert page.locator(".cells-output img").count() == pictures >= 1
    assert page.locator(".cells-error").count() == 0


def test_errors_stop_restart_and_death(page):
    """Errors can be read, cells below say why they wait; stop, restart and death are reported."""
    page.go(SOURCE)
    write(page, 1, "first = 1")
    write(page, 2, "def f(x):\n    return x / nothing\n\nprint('before')\nf(1)")
    write(page, 3, "print('never')")
    press(page, 3)
    wait_for(page, "Cell 2 raised an error")
    error = cell(page, 2).locator(".cells-error")
    lines = error.locator(":scope > p").all_inner_texts()
    assert lines == ["NameError: name 'nothing' is not defined", "Line 2: return x / nothing"]
    assert error.get_attribute("role") == "alert"
    assert not error.locator("pre").is_visible()
    assert cell(page, 2).locator(".cells-output").inner_text().startswith("before")
    blocked = cell(page, 3).locator(".cells-status")
    assert "cell 2" in blocked.inner_text()
    assert blocked.locator("a").get_attribute("href") == "#cell-2"
    assert run(page, 2, "first += 1; print(first)") == "2"
    assert run(page, 2, "first += 1; print(first) ") == "3"  # cell 1 ran before, and once
    assert "SyntaxError" in run(page, 2, "print(1", "ready")
    write(page, 2, "while True:\n    pass")
    press(page, 2)
    wait_for(page, "Cell 2 is running")
    page.get_by_role("button", name="Stop the running cell").click()
    wait_for(page, "Cell 2 was stopped")
    assert cell(page, 2).locator(".cells-output").inner_text().strip() == "Stopped."
    page.get_by_role("button", name="Restart Python").click()
    wait_for(page, "Python is ready")
    assert "Python restarted" in cell(page, 1).locator(".cells-status").inner_text()
    write(page, 2, "import os\nos._exit(1)")
    press(page, 2)
    wait_for(page, "ended by itself")
    assert cell(page, 2).locator(".cells-status").inner_text() == ENDED
    assert run(page, 2, "print(first)") == "1"  # when Python is back, after the cell above
    press(page, 2, "Back to the book")
    assert not cell(page, 2).locator("textarea").count()
    assert cell(page, 2).locator(".cell_output:visible").count() == 1


def test_a_killed_kernel_leaves_no_cell_waiting(page):
    """A cell that is run before anybody knows that the kernel is dead ends; the next one runs."""
    page.go(SOURCE)
    pid = int(run(page, 1, "import os; print(os.getpid())"))
    write(page, 2, "print(6 * 7)")
    os.kill(pid, signal.SIGKILL)
    press(page, 2)
    expect(cell(page, 2).locator(".cells-status")).to_have_text(
        re.compile(f"^(has run|{ENDED})$"), timeout=chromium.PATIENCE
    )
    assert run(page, 2, "print(6 * 7)") == "42"
    assert int(run(page, 1, "import os; print(os.getpid())")) != pid


def test_outputs_of_each_kind(page):
    """Values, tables, Markdown, messages and what is shown again look as a notebook shows them."""
    page.go(SOURCE)
    write(page, 1, "from IPython.display import HTML, Markdown, clear_output, display")
    assert run(page, 2, "6 * 7") == "42"
    run(page, 2, "HTML('<table><tr><td>1</td></tr></table><i onclick=\"alert(1)\">2</i>')")
    assert cell(page, 2).locator(".cells-output table").get_attribute("class") == "table"
    assert cell(page, 2).locator("i").inner_text() == "2"
    assert cell(page, 2).locator("[onclick]").count() == 0
    run(page, 2, "Markdown('| a | b |\\n|---|---|\\n| *c* | d |')")
    assert cell(page, 2).locator("td em").inner_text() == "c"
    assert run(page, 2, "print(1); clear_output(wait=True); print(2)") == "2"
    assert run(page, 2, "h = display('one', display_id=True); h.update('two')") == "'two'"
    assert run(page, 2, "print('10%', end='\\r'); print('99%')") == "99%"
    run(page, 2, "import sys; print('quiet', file=sys.stderr)")
    assert not cell(page, 2).get_by_text("quiet", exact=True).is_visible()
    shown = run(page, 2, "for i in range(20_000): print('x' * 20)")
    assert "more was printed" in shown
    assert 100_000 < len(shown) < 110_000


def test_the_kernel_stands_beside_its_notebook_and_ends_with_the_page(page, server, context):
    """The folder is that of the notebook, as in `make lab`; leaving the page ends its kernel."""
    wait_for_no_kernels(server, context)
    page.go(SOURCE)
    assert run(page, 1, "import os; print(os.getcwd())") == str(ROOT / "book" / "sources")
    assert len(kernels(server, context)) == 1
    page.go("intro")
    wait_for_no_kernels(server, context)
    assert page.locator(".cells-bar").count() == 0  # a page without cells has no buttons


@one_commit_in(2, skip=1)
def test_no_kernel_outlives_a_page_that_could_not_end_it(server, context, browser):
    """A page is gone while it runs, while it connects to its kernel, or before there is one."""
    wait_for_no_kernels(server, context)
    other = browser.new_context(storage_state=context.storage_state())
    other.set_default_timeout(chromium.PATIENCE)
    page = other.new_page()
    page.goto(f"{server.address}/site/book/{SOURCE}.html")
    run(page, 1, "import time")
    write(page, 2, "while True: print('on and on', time.sleep(0.1))")
    press(page, 2)
    wait_for(page, "Cell 2 is running")
    started = set(kernels(server, context))
    other.close()  # as a crash does: the page says nothing to the server
    path, right = "/api/kernels", known(context)
    send(server, path, "POST", **right).close()
    identity = json.loads(ask(server, path, "POST", **right).body)["id"]  # its start came later
    send(server, f"{path}/{identity}/channels", **WEBSOCKET, **right).close()
    started |= set(kernels(server, context))
    assert len(started) == 3
    wait_for_no_kernels(server, context)


def is_running(pid):
    """Tell whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="not run: Windows has no Ctrl-C for another process")
def test_ctrl_c_ends_server_and_kernels(browser):
    """Ctrl-C ends all; the page says so and how to go on; the next server knows no old cookie."""
    server = Server()
    context = browser.new_context()
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    page.goto(f"{server.address}/site/book/softmax.html?token={server.token}")
    pid = int(run(page, 1, "import os; print(os.getpid())"))
    assert is_running(pid)
    old = cookies(context)
    assert "Traceback" not in server.stop()
    assert not is_running(pid)
    wait_for(page, "has ended. Start it with make live")
    with pytest.raises(ConnectionRefusedError):
        ask(server, "/")
    context.close()
    again = Server()
    renamed = old.replace(f"127-0-0-1-{server.port}", f"127-0-0-1-{again.port}")
    assert ask(again, "/api/kernels", Cookie=renamed).status == 403
    again.stop()


# Exercises that check themselves

EXERCISE = "double-softmax-once"
ENDLESS = "print('begun')\nwhile True:\n    pass"


def opened(page, name):
    """Open the editor of an exercise, and wait until Python is ready."""
    page.go(name.rsplit("-", 1)[0])
    box = page.locator(f"#{name}")
    assert box.locator(".on-page-main").inner_text() == "Solve it here"
    box.locator(".on-page-main").click()
    box.locator(".on-page-status", has_text="Python is ready").wait_for()
    return box


def use(box, code, button):
    """Write an answer and press a button."""
    box.locator(".cm-content").fill(code)
    box.get_by_role("button", name=button, exact=True).click()


def verdict(box, code):
    """Check an answer; return what is said."""
    use(box, code, "Check")
    box.locator(".on-page-verdict p").wait_for()
    return box.locator(".on-page-verdict").inner_text()


def test_an_exercise_is_run_and_checked_by_a_kernel_of_its_own(page, server, context):
    wait_for_no_kernels(server, context)
    start, answers = exercises.read(EXERCISE).start, TABLE[EXERCISE]
    box = opened(page, EXERCISE)
    assert len(kernels(server, context)) == 1
    known = verdict(box, filled_in(start, answers["wrong"][0]["answer"]))
    assert known.startswith("✗ ")
    assert box.locator(".on-page-verdict a").count() == 1
    assert verdict(box, "print(7 *").startswith("✗ Line 1 is not valid Python")
    assert verdict(box, filled_in(start, answers["right"])).startswith("✓ Right, for all")
    assert box.locator(".on-page-solved").is_visible()
    use(box, "import numpy\nprint('é', numpy.float64(6) * 7)", "Run")
    box.locator(".on-page-printed", has_text="é 42.0").wait_for()
    page.goto("about:blank")
    wait_for_no_kernels(server, context)


def test_an_endless_answer_is_stopped_and_the_next_one_runs(page, server, context):
    wait_for_no_kernels(server, context)
    box = opened(page, EXERCISE)
    use(box, ENDLESS, "Run")
    box.locator(".on-page-printed", has_text="begun").wait_for()
    box.get_by_role("button", name="Stop", exact=True).click()
    box.locator(".on-page-status", has_text="Stopped.").wait_for()
    use(box, "print('on')", "Run")
    box.locator(".on-page-printed", has_text="on").wait_for()
    box.locator(".on-page-status", has_text="It ran.").wait_for()
    page.goto("about:blank")
    wait_for_no_kernels(server, context)
