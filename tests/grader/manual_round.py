"""A round with free text to grade, for the tests of manual grading in a browser."""

import contextlib
import threading

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
