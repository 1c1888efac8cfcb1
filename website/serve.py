"""Show the built book on this machine only. Usage: python -m website.serve FOLDER [--port N]"""

import argparse
import contextlib
import functools
import gzip
import http.server
import io
import sys
import threading
from pathlib import Path

from website import built

PACKED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".txt", ".xml", ".ipynb"}


class Files(http.server.SimpleHTTPRequestHandler):
    """The files of a folder as a host of static pages sends them: text compressed."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Send the header; return the file, or its compressed text where the browser takes it."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.split("?")[0].endswith("/") else path
        takes = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (takes and path.suffix in PACKED and path.is_file()):
            return super().send_head()
        body = packed(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(path.stat().st_mtime))
        self.end_headers()
        return io.BytesIO(body)

    def send_error(self, code, message=None, explain=None):
        """Send the book's own page for an address that leads nowhere, as other hosts do."""
        page = Path(self.directory, "404.html")
        if code != http.HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Quiet(Files):
    """The same without a log, and kept by the browser for ten minutes, as by GitHub Pages."""

    def log_message(self, *args):
        """Log nothing."""

    def end_headers(self):
        """Add how long the browser may keep the file."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


class Server(http.server.ThreadingHTTPServer):
    """A server that leaves a browser's broken connections out of the log."""

    def handle_error(self, request, client_address):
        """Report an error, unless the browser only went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@functools.lru_cache(maxsize=1000)
def packed(content):
    """Return the content of a file compressed."""
    return gzip.compress(content, 6)


@contextlib.contextmanager
def hosted(folder, handler=Quiet):
    """Serve a folder on a free port of this machine; give its address."""
    with Server(("127.0.0.1", 0), functools.partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def main(arguments=None):
    """Serve a folder on 127.0.0.1 until the person stops it with Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m website.serve", description=__doc__)
    parser.add_argument("folder", type=built.folder)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    options = parser.parse_args(arguments)
    handler = functools.partial(Files, directory=options.folder)
    try:
        server = Server(("127.0.0.1", options.port), handler)
    except (OSError, OverflowError) as problem:
        sys.exit(
            f"error: port {options.port} cannot be used ({problem}); "
            "try another port, for example: make serve PORT=8080"
        )
    print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
