"""Manual grading in a browser: a page for each answer, on this machine only.

It listens on 127.0.0.1 and answers only to a browser that opened it with its token. The points go
into the CSV file of `manual_grading`, so that both ways can be used in turn.
"""

import hmac
import http.server
import math
import os
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from grader import files
from grader.course import feedback, manual_answers, manual_grading
from grader.source import derive

LARGEST = 100_000  # bytes of a form
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
CHANGED = "Somebody graded this answer while you did. Nothing was overwritten: what is stored is " \
          "shown below, and what you entered is still here. Save again to replace it."  # fmt: skip


class Refused(Exception):  # noqa: N818, a person reads the sentence
    """A request that is not answered, with its status and a sentence."""


class Form(NamedTuple):
    """What a grader entered, as text, and the version of the answer that was shown."""

    points: str
    comment: str
    ticked: str
    grader: str
    seen: str


class Server(http.server.ThreadingHTTPServer):
    """The pages of one round."""

    daemon_threads = True

    def __init__(self, round_, table, grader, port=0):
        """Listen on this machine; a port of 0 is a free one."""
        manual_grading.write_sheet(round_, table)
        self.round, self.grader, self.token = round_, grader, secrets.token_urlsafe(24)
        self.answers = manual_answers.answers(round_, table)
        self.places = {(each.question, each.id): n for n, each in enumerate(self.answers)}
        asked = derive.manual(round_.source)
        self.asked = asked
        self.items = {name: manual_answers.items(each.rubric) for name, each in asked.items()}
        self.rubrics = {name: each.rubric.strip() for name, each in asked.items()}
        self.heading, self.templates = feedback.heading(round_), feedback.templates()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def hosts(self):
        """The host names that a browser on this machine may use."""
        return {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    @property
    def url(self):
        """The address to open; it holds the token."""
        return f"http://127.0.0.1:{self.server_port}/?token={self.token}"

    def next_open(self, given, after):
        """Return the place of the next answer without points, or None."""
        order = [*range(after + 1, len(self.answers)), *range(after + 1)]
        return next((n for n in order if not self.answers[n].is_graded(given)), None)

    def address(self, place, names):
        """Return the address of an answer."""
        query = {"question": self.answers[place].question, "answer": self.answers[place].id}
        return "/answer?" + urlencode(query | ({"names": "1"} if names else {}))

    def page(self, place, names, form=None, problem="", grader=""):
        """Return the page of an answer; `form` is what a grader entered before."""
        given, answer = manual_grading.stored(self.round), self.answers[place]
        marks, seen = answer.marks(given), manual_grading.version(given, answer.names)
        entered = form._replace(seen=seen) if form else _stored_form(marks, grader, seen)
        return self.templates.get_template("manual.html").render(
            heading=self.heading, answer=answer, entered=entered, ticked=entered.ticked.split(),
            marks=[mark for mark in marks if mark["points"] != ""], problem=problem, names=names,
            items=self.items[answer.question], rubric=self.rubrics[answer.question], place=place,
            asked=self.asked[answer.question],
            links=self._links(place, names, given), **self._progress(given),
        )  # fmt: skip

    def _links(self, place, names, given):
        """Return the addresses that a page leads to."""
        count, following = len(self.answers), self.next_open(given, place)
        return {
            "previous": self.address((place - 1) % count, names),
            "next": self.address((place + 1) % count, names),
            "open": None if following is None else self.address(following, names),
            "here": self.address(place, names),
            "names": self.address(place, not names),
        }

    def _progress(self, given):
        graded = [each for each in self.answers if each.is_graded(given)]
        every, done = (sum(len(each.lines) for each in some) for some in (self.answers, graded))
        return {"count": len(self.answers), "graded": len(graded), "students": every, "done": done}

    def save(self, place, form):
        """Store what a grader entered; raise `Stale` or `ValueError` and store nothing."""
        answer = self.answers[place]
        mark = {"points": _points(form.points, answer.possible), "comment": form.comment,
                "ticked": form.ticked, "grader": form.grader}  # fmt: skip
        manual_grading.save(self.round, answer.lines, mark, form.seen)


def _stored_form(marks, grader, seen):
    """Return the form with what is stored; an empty one if the students have different marks."""
    mark = marks[0] if len(marks) == 1 else dict.fromkeys(("points", "comment", "ticked"), "")
    points = f"{mark['points']:.6g}" if isinstance(mark["points"], float) else ""
    return Form(points, mark["comment"], mark["ticked"], grader, seen)


def _points(text, possible):
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= possible:
        raise ValueError(f"Expected points from 0 to {possible:g}, got {text[:20]!r}.")
    return points


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        """Show a page."""
        self._answered(self._get)

    def do_POST(self):
        """Save points."""
        self._answered(self._post)

    def _answered(self, method):
        try:
            self._check_host()
            method(urlsplit(self.path))
        except Refused as refused:
            status, sentence = refused.args
            self.close_connection = True
            self._send(status, sentence, "text/plain")
        except files.Problem as problem:  # the sheet was edited and cannot be read
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, f"{problem}", "text/plain")
        except ConnectionError:
            self.close_connection = True  # the browser left
        except OSError as problem:
            sentence = f"Nothing was saved: {problem.strerror or problem}. Go back and try again."
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, sentence, "text/plain")

    def _get(self, url):
        query = parse_qs(url.query)
        if hmac.compare_digest(query.get("token", [""])[0].encode(), self.server.token.encode()):
            return self._redirect("/", f"{self._cookie('token')}={self.server.token}")
        self._check_token()
        if url.path == "/manual.js":
            script = Path(__file__).with_name("templates") / "manual.js"
            return self._send(HTTPStatus.OK, script.read_text(encoding="utf-8"), "text/javascript")
        if url.path == "/":
            return self._first()
        place, names = self._place(url), "names" in query
        return self._send(HTTPStatus.OK, self.server.page(place, names, grader=self._grader()))

    def _first(self):
        """Lead to the first answer without points, or to the first one."""
        if not self.server.answers:
            raise Refused(HTTPStatus.NOT_FOUND, "No answer waits for manual grading.")
        place = self.server.next_open(manual_grading.stored(self.server.round), -1)
        return self._redirect(self.server.address(place or 0, False))

    def _post(self, url):
        self._check_token()
        self._check_origin()
        place, names = self._place(url), "names" in parse_qs(url.query)
        form = self._form()
        try:
            self.server.save(place, form)
        except manual_grading.Stale:
            page = self.server.page(place, names, form, CHANGED)
            return self._send(HTTPStatus.CONFLICT, page)
        except ValueError as problem:
            page = self.server.page(place, names, form, str(problem))
            return self._send(HTTPStatus.BAD_REQUEST, page)
        following = self.server.next_open(manual_grading.stored(self.server.round), place)
        target = self.server.address(place if following is None else following, names)
        return self._redirect(target, f"{self._cookie('grader')}={quote(form.grader, safe='')}")

    def _form(self):
        """Return what the grader entered; text that no file can hold becomes question marks."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too large.")
        body = self.rfile.read(int(length)).decode(errors="replace")
        fields = parse_qs(body, keep_blank_values=True)
        one = {name: fields.get(name, [""])[0].strip() for name in ("points", "comment", "seen")}
        ticked = " ".join(number for number in fields.get("item", []) if number.isdecimal())
        grader = fields.get("grader", [""])[0].strip()[:100]
        return Form(
            one["points"], one["comment"].replace("\r\n", "\n"), ticked, grader, one["seen"]
        )

    def _place(self, url):
        query = parse_qs(url.query)
        name = query.get("question", [""])[0], query.get("answer", [""])[0]
        if url.path != "/answer" or name not in self.server.places:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such answer; start again at /.")
        return self.server.places[name]

    def _check_host(self):
        """Refuse a page of another site whose name leads to this machine."""
        if self.headers.get("Host") not in self.server.hosts:
            raise Refused(HTTPStatus.FORBIDDEN, "This page is only for a browser on this machine.")

    def _check_origin(self):
        """Refuse a form of another page."""
        if self.headers.get("Origin") != f"http://{self.headers.get('Host')}":
            raise Refused(HTTPStatus.FORBIDDEN, "This form does not come from the grading page.")

    def _check_token(self):
        given = self._cookies().get(self._cookie("token"), "")
        if not hmac.compare_digest(given.encode(), self.server.token.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "Open the address that the command printed.")

    def _cookie(self, name):
        # Cookies do not know ports: two rounds may be graded at a time.
        return f"{name}-{self.server.server_port}"

    def _cookies(self):
        parts = (part.strip().partition("=") for part in self.headers.get("Cookie", "").split(";"))
        return {name: value for name, _, value in parts}

    def _grader(self):
        return unquote(self._cookies().get(self._cookie("grader"), "")) or self.server.grader

    def _redirect(self, target, cookie=""):
        headers = {"Location": target}
        if cookie:
            headers["Set-Cookie"] = f"{cookie}; HttpOnly; SameSite=Strict; Path=/"
        self._send(HTTPStatus.SEE_OTHER, "", "text/plain", headers)

    def _send(self, status, text, kind="text/html", headers=()):
        body = text.encode(errors="replace")
        self.send_response(status)
        every = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in (every | HEADERS | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Log nothing: the first address holds the token."""


def serve(round_, table, grader, port, say):
    """Show the pages until the command is stopped."""
    try:
        server = Server(round_, table, grader or os.environ.get("USER", ""), port)
    except (OSError, OverflowError) as problem:
        raise files.Problem(f"port {port} cannot be used: {problem}") from None
    with server:
        waiting = len(server.answers)
        say(f"Different answers: {waiting}; open {server.url}")
        say("Press Ctrl-C to end it; every answer is saved as soon as you save it.")
        server.serve_forever()
