"""The built book on a server that records what goes wrong on its pages, in whichever browser.

Not every driver tells of errors and requests. So each page begins with a script that does, and a
policy forbids it other hosts: the browser tells the page when it asked one.
"""

import io
from pathlib import Path

from website import serve

POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'"
RECORDER = b"""<script>(() => {
  const tell = (text) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/problems", false);
    request.send(text);
  };
  addEventListener("error", ({ message, error, target }) =>
    tell(message ? `${message} ${error?.stack ?? ""}` : `not loaded: ${target.src ?? target.href}`),
    true);
  addEventListener("unhandledrejection", ({ reason }) => tell(`${reason} ${reason?.stack ?? ""}`));
  addEventListener("securitypolicyviolation", ({ blockedURI }) =>
    tell(`asked another host: ${blockedURI}`));
  const { error } = console;
  console.error = (...all) => {
    tell(`console: ${all.join(" ")}`);
    error(...all);
  };
})();</script>"""


class Recorded(serve.Quiet):
    """The files of a site; `problems` holds what goes wrong with them."""

    problems = []  # noqa: RUF012, of all requests together

    def do_POST(self):  # noqa: N802, the name that the library calls
        """Note a problem that a page tells."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.problems.append(" ".join(text.split()))
        self.send_response(204)
        self.end_headers()

    def send_error(self, code, message=None, explain=None):
        """Note what is missing."""
        self.problems.append(f"{code} {self.path}")
        super().send_error(code, message, explain)

    def send_head(self):
        """Put the recorder into a page, before anything that could go wrong."""
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        body = path.read_bytes().replace(b"<head>", b"<head>" + RECORDER, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self):
        """Forbid other hosts."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()
