"""Requests to the server of `make live`, as a program or its page sends them, and its kernels."""

import http.client
import json
import time


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
    assert kernels(server, context) == [], "kernels still run"


WEBSOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}


def upgrade(server, path, **headers):
    """Ask for a WebSocket; return the status."""
    return ask(server, path, **WEBSOCKET, **headers).status
