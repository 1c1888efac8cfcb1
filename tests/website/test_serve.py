"""The links of a built book, and the server that shows it, as a person meets them."""

import http.client
import re
import socket
import subprocess
import sys

import pytest

from website import links, serve
from website.toc import ROOT


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


def test_a_link_to_what_a_script_adds_later_is_accepted(tmp_path):
    tag = '<a href="#step">x</a><div data-steps="steps.js?v=1"></div>'
    folder = site(tmp_path, tag)
    (folder / "steps.js").write_text(r'insert("<p id=\"step\">x</p>");', encoding="utf-8")
    assert links.main([str(folder)]) == 0
    (folder / "steps.js").write_text("", encoding="utf-8")
    assert links.main([str(folder)]) == 1


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ('<a href="none.html">x</a>', "leads to a file that does not exist"),
        ('<a href="#none">x</a>', "leads to a place that the page does not have"),
        ('<a href="more/page.html#top">x</a>', "leads to a place that the page does not have"),
        ('<div data-steps="none.js">', "leads to a file that does not exist"),
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
    message = capsys.readouterr().err
    assert message.startswith("index.html: the link ")
    assert message.endswith(f" {reason}\n")


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
    assert str(stopped.value).endswith("try another port, for example: make serve PORT=8080")


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_does_not_exist_is_one_sentence(tmp_path, port):
    with pytest.raises(SystemExit, match=r"error: port .* cannot be used"):
        serve.main([str(site(tmp_path, "")), "--port", port])


def test_the_book_is_served_on_this_machine_only(tmp_path):
    command = [sys.executable, "-m", "website.serve", str(site(tmp_path, "")), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://(127\.0\.0\.1):(\d+)/", server.stdout.readline())
            connection = http.client.HTTPConnection(address[1], int(address[2]), timeout=120)
            connection.request("GET", "/")
            assert "<h1 id='top'>" in connection.getresponse().read().decode()
        finally:
            server.kill()
