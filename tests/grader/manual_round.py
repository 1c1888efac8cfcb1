"""A round with free text to grade, for the tests of manual grading in a browser."""

import contextlib
import http.client
import re
import threading
from urllib.parse import urlencode

import sample_course
from sample_course import table

from grader.course import manual_server

HOSTILE = "</pre><script>document.title = 'hacked'</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
SAME = "A probability of 0.\n\nUse the logits."
TEXTS = {"Ada": SAME, "Bob": SAME.replace("\n\n", " \n"), "Eve": HOSTILE, "Ida": "=1+1", "Jo": ""}


def hand_in(round_, tmp_path):
    """Collect and grade one notebook per text."""
    sample_course.hand_in(round_, tmp_path, list(TEXTS))

    def make(attempt, key):
        text = TEXTS[attempt.student.name]
        answer = {"grade_id": "repair", "max_points": 3.0, "answer": text, "blank": not text}
        return sample_course.result(key, 10.0, manual=[answer])

    sample_course.give(round_, make)


@contextlib.contextmanager
def served(round_, grader="Grace"):
    """Serve the pages of a round."""
    with manual_server.Server(round_, table(round_), grader) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(server, path, fields=None, **headers):
    """Send a request as the browser that knows the token; a header of None is left out."""
    port = server.server_port
    about = {"Host": f"127.0.0.1:{port}", "Cookie": f"token-{port}={server.token}"}
    if fields is not None:
        about |= {"Origin": f"http://127.0.0.1:{port}",
                  "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    about |= headers
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("GET" if fields is None else "POST", path, skip_host=True)
    body = urlencode(fields or {}, doseq=True).encode()
    for name, value in (about | {"Content-Length": str(len(body))} | headers).items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def place(server, start):
    """Return the address of the answer that begins so."""
    return next(server.address(n, False) for n, each in enumerate(server.answers)
                if each.text.startswith(start))  # fmt: skip


def seen(text):
    return re.search(r'name="seen" value="(\w+)"', text)[1]


def fill_in(text, points="2", comment="", grader="Grace", **other):
    return {"points": points, "comment": comment, "grader": grader, "seen": seen(text)} | other


def of_students(round_):
    return {row.attempt.student.name: row.manual.get("repair") for row in table(round_)}
