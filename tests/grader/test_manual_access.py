"""Who may use the pages for manual grading, and what they say when something is wrong."""

import re

import pytest
import sample_course
from manual_round import ask, fill_in, of_students, place, served

from grader.course import manual_grading

REFUSED = {
    "no token": {"Cookie": None},
    "a wrong token": {"Cookie": "token-PORT=wrong"},
    "the token of another port": {"Cookie": "token=TOKEN"},
    "a foreign host": {"Host": "evil.example:PORT"},
    "another port": {"Host": "127.0.0.1:1"},
    "no host": {"Host": None},
    "a foreign origin": {"Origin": "http://evil.example"},
    "an opaque origin": {"Origin": "null"},
    "no origin": {"Origin": None},
    "another port's origin": {"Origin": "http://127.0.0.1:1"},
    "a form that is too large": {"Content-Length": "1000000000"},
    "a length that is not a number": {"Content-Length": "-5"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_pages_and_programs_cannot_save(graded, case):
    with served(graded) as server:
        about = {name: value and value.replace("PORT", str(server.server_port)).replace(
            "TOKEN", server.token) for name, value in REFUSED[case].items()}  # fmt: skip
        where = place(server, "=1+1")
        _, page = ask(server, where)
        answer, text = ask(server, where, fill_in(page, "3"), **about)
        assert answer.status in (403, 413)
        assert text.count(".") >= 1
        assert "=1+1" not in text
        if set(about) <= {"Cookie", "Host"}:
            assert ask(server, where, **about)[0].status == 403
            assert ask(server, "/manual.js", **about)[0].status == 403
    assert of_students(graded)["Ida"] is None


def test_the_token_leaves_the_address_and_the_server_is_on_this_machine_only(graded):
    with served(graded) as server:
        assert server.server_address[0] == "127.0.0.1"
        answer, _ = ask(server, f"/?token={server.token}", Cookie=None)
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(f"token-{server.server_port}={server.token};")
        assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
        assert ask(server, "/?token=wrong", Cookie=None)[0].status == 403


@pytest.mark.parametrize("path", ["/answer", "/answer?question=repair&answer=x", "/../etc/passwd",
                                  "/manual.html", "//evil.example/answer"])  # fmt: skip
def test_there_is_nothing_else(graded, path):
    with served(graded) as server:
        assert ask(server, path)[0].status == 404


def test_a_file_that_was_damaged_meanwhile_is_reported_in_one_sentence(graded):
    with served(graded) as server:
        where = place(server, "=1+1")
        manual_grading.sheet(graded).write_text("student,points\nada,3\n", encoding="utf-8")
        answer, text = ask(server, where)
    assert answer.status == 500
    assert "needs the columns student, name" in text
    assert "\n" not in text


def test_a_full_disk_is_reported_in_one_sentence(graded, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with served(graded) as server:
        where = place(server, "=1+1")
        _, page = ask(server, where)
        monkeypatch.setattr(manual_grading.course_folder, "replace", full)
        answer, text = ask(server, where, fill_in(page))
    assert answer.status == 500
    assert text == "Nothing was saved: No space left on device. Go back and try again."


def test_the_port_that_is_taken_is_reported(graded):
    with served(graded) as server:
        status, _, errors = sample_course.command(
            graded.course, "manual-grading", "softmax", "--port", server.server_port
        )
    assert status == 1
    assert re.fullmatch(r"error: port \d+ cannot be used: .+\n", errors)
