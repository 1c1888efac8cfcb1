"""Manual grading over HTTP: who may, what is stored, and that no grader overwrites another."""

import html
import re
import threading

import manual_round
import pytest
import sample_course
from manual_round import ask, fill_in, of_students, place, served
from sample_course import table

from grader.course import manual_answers, manual_grading
from grader.source import derive


def test_equal_answers_get_the_same_points_and_count_as_one(graded):
    with served(graded) as server:
        assert len(server.answers) == 3
        where = place(server, "A probability")
        _, page = ask(server, where)
        assert "2 students wrote this" in page
        answer, _ = ask(server, where, fill_in(page, "2,5", "Good.", item=["1", "3"]))
        assert answer.status == 303
        assert answer.headers["Location"] != where
        _, page = ask(server, where)
    assert "1 of 3 different answers are graded, those of 2 of 4 students" in page
    assert re.findall(r'value="(\d)" data-points="1" checked', page) == ["1", "3"]
    marks = of_students(graded)
    assert marks["Ada"] == marks["Bob"] == (2.5, "Good.")
    assert marks["Eve"] is None
    assert {line["grader"] for line in manual_grading.stored(graded).values()
            if line["points"] == 2.5} == {"Grace"}  # fmt: skip
    assert next(row for row in table(graded) if row.attempt.student.name == "Ada").points == 12.5


def test_both_ways_write_the_same_file(graded):
    manual_grading.write_sheet(graded, table(graded))
    sheet = manual_grading.sheet(graded)
    text = sheet.read_text(encoding="utf-8-sig")
    changed = re.sub(r"(,Ida,.*,3),,,,", r'\1,"1,5",in a spreadsheet,,', text)
    assert changed != text
    sheet.write_text(changed, encoding="utf-8")
    with served(graded) as server:
        for start in ("A probability", "</pre>"):
            _, page = ask(server, place(server, start))
            ask(server, place(server, start), fill_in(page, "3", "in a browser"))
        assert "1.5 of 3 points: in a spreadsheet" in ask(server, place(server, "=1+1"))[1]
    manual_grading.write_sheet(graded, table(graded))
    browser, blank = (3.0, "in a browser"), manual_grading.BLANK
    assert of_students(graded) == {
        "Ada": browser, "Bob": browser, "Eve": browser, "Ida": (1.5, "in a spreadsheet"),
        "Jo": blank,
    }  # fmt: skip
    graders = {line["name"]: line["grader"] for line in manual_grading.stored(graded).values()}
    assert graders == {"Ada": "Grace", "Bob": "Grace", "Eve": "Grace", "Ida": "", "Jo": ""}


def test_a_stale_save_is_refused_and_nothing_is_lost(graded):
    with served(graded) as server:
        where = place(server, "=1+1")
        _, first = ask(server, where)
        _, second = ask(server, where)
        ask(server, where, fill_in(first, "1", "from Ann", grader="Ann"))
        answer, page = ask(server, where, fill_in(second, "3", "from Ben", grader="Ben", item="2"))
        assert answer.status == 409
        assert "Somebody graded this answer while you did" in page
        assert "1 of 3 points, by Ann: from Ann" in page
        assert re.search(r'name="points"[^>]* value="3"', page)
        assert ">\nfrom Ben</textarea>" in page
        assert re.findall(r'value="(\d)" data-points="1" checked', page) == ["2"]
        assert of_students(graded)["Ida"] == (1.0, "from Ann")
        answer, _ = ask(server, where, fill_in(page, "3", "from Ben", grader="Ben"))
        assert answer.status == 303
    assert of_students(graded)["Ida"] == (3.0, "from Ben")


def test_points_entered_in_the_file_meanwhile_are_not_overwritten(graded):
    with served(graded) as server:
        where = place(server, "=1+1")
        _, page = ask(server, where)
        sheet = manual_grading.sheet(graded)
        lines = sheet.read_text(encoding="utf-8-sig").splitlines()
        lines = [line.replace(",3,,,,", ",3,2,mine,,") if ",Ida," in line else line
                 for line in lines]  # fmt: skip
        sheet.write_text("\n".join(lines), encoding="utf-8")
        answer, page = ask(server, where, fill_in(page, "0"))
    assert answer.status == 409
    assert "2 of 3 points: mine" in page
    assert of_students(graded)["Ida"] == (2.0, "mine")


def test_of_several_simultaneous_saves_one_wins_and_other_answers_stay(graded):
    with served(graded) as one, served(graded) as two:
        where, other = place(one, "=1+1"), place(one, "A probability")
        _, page = ask(one, where)
        _, second = ask(two, other)
        outcomes = []

        def save(number):
            server = (one, two)[number % 2]
            sent = fill_in(page, "1", f"grader {number}")
            outcomes.append(ask(server, where, sent)[0].status)

        threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
        threads.append(threading.Thread(target=ask, args=(two, other, fill_in(second, "3"))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == [303] + [409] * 7
    assert of_students(graded)["Ada"] == (3.0, "")
    assert of_students(graded)["Ida"][0] == 1.0


@pytest.mark.parametrize("points", ["4", "-1", "nan", "inf", "", "two", "1e3"])
def test_wrong_points_are_refused_and_stay_in_the_form(graded, points):
    with served(graded) as server:
        where = place(server, "=1+1")
        _, page = ask(server, where)
        answer, page = ask(server, where, fill_in(page, points, "kept"))
    assert answer.status == 400
    assert "Expected points from 0 to 3" in page
    assert ">\nkept</textarea>" in page
    assert of_students(graded)["Ida"] is None


def test_names_are_hidden_until_they_are_asked_for(graded):
    with served(graded) as server:
        pages = [ask(server, server.address(n, False))[1] for n in range(3)]
        shown = ask(server, place(server, "A probability") + "&names=1")[1]
    assert not any(name in page for page in pages for name in manual_round.TEXTS)
    assert "1001" not in "".join(pages)
    assert "Ada, Bob" in shown


def test_a_save_keeps_why_others_have_no_answer(graded):
    roster = "student,name\nmoodle 1001,Ada\nzoe,Zoe\n"
    (graded.course / "roster.csv").write_text(roster, encoding="utf-8")
    with served(graded) as server:
        where = place(server, "=1+1")
        ask(server, where, fill_in(ask(server, where)[1]))
    lines = manual_grading.sheet(graded).read_text(encoding="utf-8-sig").splitlines()
    (line,) = [line for line in lines if line.startswith("zoe,")]
    assert line.endswith(",nothing was handed in")


def test_a_grader_sees_the_task_and_the_model_answer(graded):
    """Whoever grades may not be who wrote the question."""
    with served(graded) as server:
        page = ask(server, place(server, "=1+1"))[1]
    assert "where did the `nan` come from" in html.unescape(page)
    asked = derive.manual(graded.source)["repair"]
    assert asked.answer[:40] in html.unescape(page)
    assert "Rubric" not in asked.answer
    assert "{{" not in asked.task


def test_an_answer_is_only_text(graded):
    with served(graded) as server:
        answer, page = ask(server, place(server, "</pre>"))
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"].split("script-src")[1]


def test_a_comment_cannot_become_a_formula(graded):
    with served(graded) as server:
        where = place(server, "=1+1")
        _, page = ask(server, where)
        ask(server, where, fill_in(page, "1", "=HYPERLINK(1)", grader="@SUM(A1)"))
    text = manual_grading.sheet(graded).read_text(encoding="utf-8-sig")
    assert ",'=HYPERLINK(1)," in text
    assert ",'@SUM(A1)" in text
    assert of_students(graded)["Ida"] == (1.0, "=HYPERLINK(1)")


@pytest.mark.parametrize(
    "comment", ["\0", "a\r\nb", "\ud800", '","', "\N{HEAVY CHECK MARK}" * 4000]
)
def test_any_comment_can_be_stored_and_read_again(graded, comment):
    with served(graded) as server:
        where = place(server, "=1+1")
        _, page = ask(server, where)
        sent = comment.encode(errors="replace")
        assert ask(server, where, fill_in(page, "1", sent))[0].status == 303
        stored = of_students(graded)["Ida"]
        assert ask(server, where)[0].status == 200
    expected = {"\0": " ", "a\r\nb": "a\nb", "\ud800": "?"}
    assert stored == (1.0, expected.get(comment, comment))


def test_a_round_without_free_text_says_so(round_, tmp_path):
    sample_course.hand_in(round_, tmp_path)
    sample_course.give(round_, lambda attempt, key: sample_course.result(key))
    with served(round_) as server:
        answer, text = ask(server, "/")
    assert (answer.status, text) == (404, "No answer waits for manual grading.")


def test_every_change_is_in_the_backup(graded):
    with served(graded) as server:
        where = place(server, "=1+1")
        for points in ("1", "2"):
            _, page = ask(server, where)
            ask(server, where, fill_in(page, points))
    backups = list((graded.course / "backup").rglob("softmax-1.csv"))
    assert any(",3,1,," in path.read_text(encoding="utf-8-sig") for path in backups)


def test_every_rubric_of_the_book_has_items_that_add_up_to_its_points():
    for topic in derive.topics():
        for name, asked in derive.manual(topic).items():
            items = manual_answers.items(asked.rubric)
            assert sum(points for points, _ in items) == asked.points, (topic, name)
