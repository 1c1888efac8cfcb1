"""The live book of `make live`: cells run TensorFlow on the page, and no one else reaches a kernel.

A real server, a real kernel and a real browser. What a cell must print is what its notebook stores.
"""

import http.client
import http.server
import json
import os
import socket
import threading
import time
from urllib.parse import urlsplit

import nbformat
import pytest
from exercise_answers import TABLE, filled_in
from live_book import STATUS, Server, cell, press, run, wait_for, write

from website import chromium, exercises
from website.toc import ROOT

pytestmark = pytest.mark.slow
CHAPTER = "regression-losses"  # setup, checks, figures are folded, some answers are covered
SOURCE = "sources/softmax-experiments"  # its first cells are in sight, and the second one prints


@pytest.fixture(scope="module")
def server():
    """Start `make live` once for all tests that do not end it."""
    running = Server()
    yield running
    assert "Traceback" not in running.stop()


def send(server, path, method="GET", **headers):
    """Send one request as a program does; return the connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=names)
    return connection


def ask(server, path, method="GET", **headers):
    """Send one request; return the answer, its body as text."""
    connection = send(server, path, method, **headers)
    answer = connection.getresponse()
    answer.body = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
    connection.close()
    return answer


@pytest.fixture
def context(browser, server):
    """Log a browser in, as the printed address does."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    page.goto(f"{server.address}/?token={server.token}")
    page.wait_for_url("**/site/book/*.html")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context, server):
    """Open pages of the live book; `problems` holds errors and requests to other hosts."""
    page = context.new_page()
    page.problems = []
    hosts = {urlsplit(server.address).netloc, ""}  # data: has no host

    def judge(request):
        if urlsplit(request.url).netloc not in hosts:
            page.problems.append(request.url)

    page.on("request", judge)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.go = lambda name: page.goto(f"{server.address}/site/book/{name}.html")
    yield page
    assert page.problems == []
    page.close()


def cookies(context):
    """Return the cookies of a browser as the header that carries them."""
    return "; ".join(f"{c['name']}={c['value']}" for c in context.cookies())


def known(context):
    """Return the headers of a request that the page itself makes."""
    xsrf = next(c["value"] for c in context.cookies() if c["name"] == "_xsrf")
    return {"Cookie": cookies(context), "X_XSRFToken": xsrf}


def kernels(server, context):
    """Return the identities of the kernels that run."""
    return [k["id"] for k in json.loads(ask(server, "/api/kernels", **known(context)).body)]


def wait_for_no_kernels(server, context):
    """Wait until every kernel has ended; those of the tests before may take a moment."""
    until = time.monotonic() + 120
    while kernels(server, context) and time.monotonic() < until:
        time.sleep(0.1)
    assert kernels(server, context) == []


WEBSOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}


def upgrade(server, path, **headers):
    """Ask for a WebSocket; return the status."""
    return ask(server, path, **WEBSOCKET, **headers).status


def test_one_line_and_one_address(server):
    """One line says the address; only 127.0.0.1 listens."""
    assert server.line.startswith("The live book is at http://127.0.0.1:")
    assert "Ctrl-C" in server.line
    others = [i[4][0] for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for other in {"127.0.0.2", *others} - {"127.0.0.1"}:
        with pytest.raises(OSError, match=r".+"):
            socket.create_connection((other, server.port), timeout=2)


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong"])
def test_nothing_without_the_token(server, query):
    """Without the right token pages lead to the login, and kernels are refused."""
    for path in ("/site/book/softmax.html", "/site/_static/book.css", "/live/start.js"):
        answer = ask(server, path + query)
        assert (answer.status, answer.body) == (302, "")
        assert answer.getheader("Location").startswith("/login")
    assert ask(server, f"/api/kernels{query}").status == 403
    assert ask(server, f"/api/kernels{query}", "POST").status == 403
    assert upgrade(server, f"/api/kernels/0/channels{query}") in {302, 403}


def test_a_foreign_name_or_page_is_refused(server, context):
    """With the right cookie, a foreign Host or Origin still reaches neither page nor kernel."""
    wait_for_no_kernels(server, context)
    cookie, mine, path = cookies(context), f"127.0.0.1:{server.port}", "/api/kernels"
    assert ask(server, path, Cookie=cookie).status == 200
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1.evil.example"):
        assert ask(server, path, Cookie=cookie, Host=host).status == 403
        assert ask(server, "/site/book/softmax.html", Cookie=cookie, Host=host).status == 403
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null", f"http://{mine}.evil"):
        assert ask(server, path, "POST", Origin=origin, **known(context)).status in {403, 404}
        assert ask(server, path, Origin=origin, **known(context)).status in {403, 404}
    assert ask(server, path, "POST", Cookie=cookie).status == 403  # the XSRF token is missing
    assert kernels(server, context) == []
    right = known(context) | {"Origin": f"http://{mine}"}
    identity = json.loads(ask(server, path, "POST", **right).body)["id"]
    channels = f"{path}/{identity}/channels"
    assert upgrade(server, channels, Cookie=cookie, Origin="http://evil.example") == 403
    assert upgrade(server, channels, **right) == 101
    assert ask(server, f"{path}/{identity}", "DELETE", **right).status == 204


ATTACK = """<!doctype html><title>another page</title><body><script>
const address = "ADDRESS";
const tries = {
  read: fetch(`${address}/api/kernels`, { credentials: "include" }),
  page: fetch(`${address}/site/book/softmax.html`, { credentials: "include" }),
  script: import(`${address}/live/kernel.js`),
  socket: new Promise((good, bad) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/api/kernels/KERNEL/channels`);
    socket.onopen = good; socket.onerror = bad;
  }),
};
fetch(`${address}/api/kernels`, { method: "POST", mode: "no-cors", credentials: "include" });
const frame = document.createElement("iframe");
frame.src = `${address}/site/book/softmax.html`;
document.body.append(frame);
Promise.allSettled(Object.values(tries)).then((all) => {
  window.got = Object.keys(tries).filter((name, i) => all[i].status === "fulfilled");
});
</script>"""


@pytest.fixture
def serve_page():
    """Return a function that serves one page on another port; it returns the address."""
    servers = []

    def serve(text):
        class Evil(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_another_page_of_the_browser_gets_nothing(server, context, page, serve_page):
    """A page from another port, in the browser that is logged in, gets and starts nothing."""
    wait_for_no_kernels(server, context)
    page.go(SOURCE)
    run(page, 1, "1")
    (identity,) = kernels(server, context)
    other = context.new_page()
    other.goto(serve_page(ATTACK.replace("ADDRESS", server.address).replace("KERNEL", identity)))
    other.wait_for_function("window.got !== undefined")
    assert other.evaluate("window.got") == []
    assert all(frame.locator(".cells-tools").count() == 0 for frame in other.frames)
    assert kernels(server, context) == [identity]


def test_only_kernels_and_the_book_are_offered(server, context):
    """Files outside the site, terminals, contents and settings are not there, even logged in."""
    paths = ["/api/contents", "/api/terminals", "/api/sessions", "/files/intro.md", "/api/config/x"]
    paths += ["/site/../Makefile", "/site/%2e%2e/%2e%2e/Makefile", "/live/worker.js", "/lab"]
    paths += ["/site/book/../../../README.md", "/site/%2e%2e/%2e%2e/x.html", "/site//etc/x.html"]
    for path in paths:
        assert ask(server, path, Cookie=cookies(context)).status in {403, 404}, path
    answer = ask(server, "/site/book/softmax.html", Cookie=cookies(context))
    assert "frame-ancestors 'none'" in answer.getheader("Content-Security-Policy")
    assert server.token not in answer.body


def test_the_token_leaves_the_address(browser, server):
    """The browser keeps a cookie that no script reads, and no address with the token."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/site/book/softmax.html?token={server.token}")
    assert page.url == f"{server.address}/site/book/softmax.html"
    login = [c for c in context.cookies() if c["name"].startswith("username")]
    assert [(c["httpOnly"], c["sameSite"]) for c in login] == [(True, "Lax")]
    context.close()


def stored(name):
    """Return, per code cell of a notebook, the words that it stores as printed."""
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    printed = [[out.text for out in c.outputs if out.output_type == "stream"] for c in code]
    return ["".join(texts).split() for texts in printed]


def test_a_chapter_runs_as_it_is_stored(page):
    """Each cell of a chapter, run by TensorFlow on the page in order, gives what it stores."""
    page.go(CHAPTER)
    expected = stored(CHAPTER)
    assert page.locator(".cells-tools").count() == len(expected) >= 10
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
    wait_for(page, "Cell 2 runs")
    page.get_by_role("button", name="Stop what runs").click()
    wait_for(page, "Cell 2 was stopped")
    assert cell(page, 2).locator(".cells-output").inner_text().strip() == "Stopped."
    page.get_by_role("button", name="Restart Python").click()
    wait_for(page, "Python is ready")
    assert "started again" in cell(page, 1).locator(".cells-status").inner_text()
    write(page, 2, "import os\nos._exit(1)")
    press(page, 2)
    wait_for(page, "ended by itself")
    assert run(page, 2, "print(first)") == "1"  # the cell above ran again first
    press(page, 2, "Back to the book")
    assert not cell(page, 2).locator("textarea").count()
    assert cell(page, 2).locator(".cell_output:visible").count() == 1


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
    wait_for(page, "Cell 2 runs")
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
