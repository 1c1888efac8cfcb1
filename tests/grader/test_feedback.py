"""Feedback pages contain a student's text only as text."""

import html.parser

import sample_course
from sample_course import hand_in, table

from grader.course import feedback, manual_grading


class Page(html.parser.HTMLParser):
    """The tags, attributes and text that a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data


EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{ 7*7 }}{% raw %} see javascript:x"
)


def test_text_of_a_student_stays_text_on_every_page(round_, tmp_path):
    hand_in(round_, tmp_path, [EVIL.replace("/", "∕")])
    check = {"question": "loss-tests", "name": "loss", "words": "the loss", "points": 0.0,
             "max_points": 2.0, "passed": False, "verdict": "wrong", "message": EVIL,
             "mistake": "this is the loss after a second softmax; see double-softmax"}  # fmt: skip
    manual = {"grade_id": "why", "max_points": 3.0, "answer": EVIL, "blank": False}
    cells = [{"number": 3, "state": "error", "reason": EVIL}]
    parts = {"checks": [check], "manual": [manual], "cells": cells, "notes": [EVIL]}
    sample_course.give(
        round_, lambda a, key: sample_course.result(key, output="SECRET OUTPUT", **parts)
    )
    feedback.feedback(round_, table(round_))
    (path,) = round_.folder("feedback").glob("*.html")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "img", "iframe", "object", "link", "form"} & set(page.tags)
    assert not [each for each in page.attributes if each[1].startswith("on")]
    links = {value for tag, name, value in page.attributes if name in ("href", "src")}
    assert links == {"https://example.org/losses/book/double-softmax.html"}
    assert page.text.count("<script>alert(1)") >= 4
    assert "SECRET OUTPUT" not in text
    assert "{{ 7*7 }}{% raw %}" in page.text
    assert round_.seed() not in text
    feedback.review(round_, table(round_))
    reviewed = Page(manual_grading.sheet(round_).with_suffix(".html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & set(reviewed.tags)


def test_repeated_feedback_changes_nothing_and_changed_pages_are_backed_up(round_, tmp_path):
    hand_in(round_, tmp_path, ["Ada"])
    sample_course.give(round_, lambda attempt, key: sample_course.result(key, 10.0))
    assert feedback.feedback(round_, table(round_)) == 0
    before = next(round_.folder("feedback").glob("*.html")).read_bytes()
    assert feedback.feedback(round_, table(round_)) == 0
    sample_course.give(round_, lambda attempt, key: sample_course.result(key, 11.0))
    assert feedback.feedback(round_, table(round_)) == 1
    (kept,) = (round_.course / "backup").rglob("*.html")
    assert kept.read_bytes() == before
