"""The live book of `make live`: no one but its own pages reaches the book or a kernel."""

import http.server
import json
import socket
import threading

import live_book
import pytest
from live_book import SOURCE, run
from live_requests import ask, cookies, kernels, known, upgrade, wait_for_no_kernels

pytestmark = pytest.mark.slow
server, context, page = live_book.server, live_book.context, live_book.page


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
