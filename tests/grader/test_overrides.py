"""Overrides and late rules: what the teacher decides counts everywhere, with its reason."""

import csv
import io

import pytest
import sample_course
from sample_course import table

from grader import files
from grader.course import collect, comments, course_folder, export, feedback, gradebook, overrides

DEADLINE = "2026-11-30T12:00:00+00:00"
ON_TIME, TWO_DAYS_LATE = "2026-11-30T11:00:00+00:00", "2026-12-02T11:00:00+00:00"
CHECK = {"question": "softmax-tests", "words": "rows", "points": 4.0, "max_points": 4.0,
         "passed": True, "mistake": "", "verdict": "right", "message": ""}  # fmt: skip


def decide(round_, *entries):
    """Write the file of overrides; an entry is TOML."""
    start = '[[override]]\nround = "softmax-1"\n'
    text = "\n".join(start + entry for entry in entries)
    overrides.path(round_.course).write_text(text, encoding="utf-8")


def settings(round_, late=""):
    """Set the deadline, and a rule for what is late."""
    file = round_.course / "course.toml"
    text = file.read_text().replace("[deadline]", f"[deadline]\nsoftmax-1 = {DEADLINE}")
    file.write_text(text.replace("[late]", f"[late]\nsoftmax-1 = {late}" if late else "[late]"))


def hand_in(round_, tmp_path, name="ada", when=ON_TIME, text=""):
    """Collect one right notebook; return its attempt."""
    data = sample_course.notebook(round_, name + text)
    place = tmp_path / f"in-{name}-{text}"
    files.write(place / name / "softmax-v1.ipynb", data)
    collect.collect(round_, place, print, sample_course.moment(when))
    return next(each for each in collect.attempts(round_) if each.path.read_bytes() == data)


def give(round_, points=10.0, **other):
    sample_course.give(round_, lambda a, key: sample_course.result(key, points, **other))


def remarks(round_):
    return {row.attempt.student.key: " ".join(comments.remarks(row)) for row in table(round_)}


def exported(round_):
    """Return the lines of the plain export, by student."""
    path, _ = export.export(round_, table(round_), "plain", "softmax")
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {line["student"]: line for line in lines}


def page(round_):
    feedback.feedback(round_, table(round_))
    return next(round_.folder("feedback").glob("ada*.html")).read_text(encoding="utf-8")


def test_points_of_the_teacher_count_everywhere_with_their_reason(round_, tmp_path):
    hand_in(round_, tmp_path)
    give(round_)
    decide(round_, 'student = "ada"\npoints = 14.5\nreason = "talked <about> it"')
    line = exported(round_)["ada"]
    assert (line["points"], line["state"]) == ("14.5", "graded")
    assert "set all points to 14.5: talked <about> it." in line["remarks"]
    shown = page(round_)
    assert "14.5 of 21 points" in shown
    assert "set all points to 14.5: talked &lt;about&gt; it." in shown


def test_points_of_one_question_replace_those_of_its_checks_or_of_manual_grading(round_, tmp_path):
    hand_in(round_, tmp_path)
    text = {"grade_id": "repair", "max_points": 3.0, "answer": "Since it is.", "blank": False}
    give(round_, checks=[CHECK], manual=[text])
    assert table(round_)[0].state == gradebook.OPEN
    decide(
        round_,
        'student = "ada"\nquestion = "Softmax"\npoints = 1\nreason = "copied from the book"',
        'student = "ada"\nquestion = "repair"\npoints = 2\nreason = "said aloud"',
    )
    row = table(round_)[0]
    assert (row.points, row.manual) == (10 - 4 + 1 + 2, {})
    assert "Softmax: your teacher set the points to 1: copied from the book." in page(round_)
    assert "Softmax: 1." in comments.comment(row, 21)


def test_a_notebook_that_cannot_be_graded_and_a_student_without_one_can_have_points(
    round_, tmp_path
):
    hand_in(round_, tmp_path)
    broken = {"state": "could not be graded", "reason": "it is not JSON", "points": None}
    give(round_, **broken)
    (round_.course / "roster.csv").write_text("student,name\nada,Ada\neve,Eve\n")
    decide(round_, 'student = "ada"\npoints = 3\nreason = "a"',
           'student = "eve"\npoints = 0\nreason = "b"')  # fmt: skip
    assert {key: line["points"] for key, line in exported(round_).items()} == {
        "ada": "3",
        "eve": "0",
    }
    feedback.feedback(round_, table(round_))
    shown = (round_.folder("feedback") / "eve.html").read_text(encoding="utf-8")
    assert "Eve, nothing was handed in." in shown


def test_the_attempt_that_the_teacher_chooses_counts(round_, tmp_path):
    first = hand_in(round_, tmp_path, when="2026-11-29T11:00:00+00:00", text="first")
    hand_in(round_, tmp_path, text="second")
    points = {first.sha256: 3.0}
    sample_course.give(round_, lambda a, key: sample_course.result(key, points.get(a.sha256, 9.0)))
    assert table(round_)[0].points == 9
    decide(round_, 'student = "ada"\nattempt = "20261129"\nreason = "as agreed"')
    row = table(round_)[0]
    assert (row.points, row.others, row.why) == (3, 1, "the one that the teacher chose")
    decide(round_, 'student = "ada"\nattempt = "202611"\nreason = "as agreed"')
    with pytest.raises(files.Problem, match="2 attempts of ada fit '202611'; there are 20261129"):
        table(round_)


def test_a_variant_of_the_teacher_is_graded(round_, tmp_path):
    attempt = hand_in(round_, tmp_path)
    give(round_)
    decide(round_, 'student = "ada"\nvariant = 2\nreason = "took the file of a friend"')
    assert table(round_)[0].state == gradebook.NOT_GRADED
    ((changed, (_, arguments)),) = gradebook.jobs(round_, {}).items()
    assert (changed.sha256, arguments["variant"]) == (attempt.sha256, 2)


RULES = {
    "": (10.0, ""),
    "{ percent_per_day = 10 }": (10 - 0.2 * 21, "handed in 2 days late, which costs 4.2 points."),
    "{ percent_per_day = 90 }": (0.0, "handed in 2 days late, which costs 10 points."),
    "{ cut_off_days = 1 }": (0.0, "handed in 2 days late; after 1 day, it does not count."),
    "{ cut_off_days = 2 }": (10.0, ""),
    "{ percent_per_day = 5, cut_off_days = 2 }": (10 - 0.1 * 21, "costs 2.1 points."),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_a_late_submission_costs(rule, round_, tmp_path):
    settings(round_, rule)
    hand_in(round_, tmp_path, when=TWO_DAYS_LATE)
    give(round_)
    (row,) = table(round_)
    points, words = RULES[rule]
    assert row.attempt.late
    assert row.points == pytest.approx(points)
    assert remarks(round_)["ada"].endswith(words)
    assert words in page(round_)


@pytest.mark.parametrize(
    ("entry", "cost"),
    [("extension = 2026-12-02T12:00:00+00:00", 0), ("extension = 2026-12-01T12:00:00+00:00", 2.1),
     ("days_late = 0", 0), ("days_late = 1", 2.1), ("points = 10", 0)],
)  # fmt: skip
def test_an_extension_moves_the_deadline_of_one_student(entry, cost, round_, tmp_path):
    settings(round_, "{ percent_per_day = 10 }")
    for name in ("ada", "eve"):
        hand_in(round_, tmp_path, name, when=TWO_DAYS_LATE)
    give(round_)
    decide(round_, f'student = "ada"\n{entry}\nreason = "ill"')
    points = {row.attempt.student.key: row.points for row in table(round_)}
    assert points == {"ada": pytest.approx(10 - cost), "eve": pytest.approx(5.8)}
    assert ": ill." in remarks(round_)["ada"]


def test_an_attempt_after_the_cut_off_does_not_replace_one_before_it(round_, tmp_path):
    settings(round_, "{ cut_off_days = 1 }")
    hand_in(round_, tmp_path, text="first")
    hand_in(round_, tmp_path, when=TWO_DAYS_LATE, text="second")
    give(round_)
    (row,) = table(round_)
    assert (row.attempt.handed_in, row.points) == (ON_TIME, 10)
    assert row.why == "the last of 2 attempts; not counted: 1 after the cut-off"


def test_canvas_says_that_it_is_late_but_not_by_how_much(round_, tmp_path):
    settings(round_, "{ percent_per_day = 10 }")
    data = sample_course.notebook(round_)
    place = sample_course.zipped(tmp_path / "c.zip", [("ada_LATE_12_1_softmax-v1.ipynb", data)])
    collect.collect(round_, place, print, sample_course.moment(TWO_DAYS_LATE))
    give(round_)
    (row,) = table(round_)
    assert (row.attempt.late, row.attempt.days_late, row.points) == (True, None, 10)
    messages = []
    export.export(round_, [row], "plain", "softmax", say=messages.append)
    assert len(messages) == 1
    assert "ada: late, but Canvas does not say by how much" in messages[0]
    decide(round_, 'student = "canvas 12"\ndays_late = 1\nreason = "as Canvas shows"')
    assert table(round_)[0].points == pytest.approx(7.9)
    decide(round_, 'student = "canvas 12"\nextension = 2026-12-03T00:00:00+00:00\nreason = "ill"')
    assert not table(round_)[0].attempt.late


def test_an_entry_for_an_unknown_student_stops_nobody_and_is_reported(round_, tmp_path):
    hand_in(round_, tmp_path)
    give(round_)
    decide(round_, 'student = "adda"\npoints = 3\nreason = "a"')
    assert table(round_)[0].points == 10
    (sentence,) = gradebook.doubts(round_)
    assert sentence.endswith("entry 1 has no effect: softmax-1 has no student adda")


def test_a_name_that_two_students_have_is_refused(round_, tmp_path):
    sample_course.hand_in(round_, tmp_path, ["Ada", "Ada"])
    decide(round_, 'student = "Ada"\npoints = 3\nreason = "a"')
    with pytest.raises(files.Problem, match=r"2 students .* write one of moodle 1001, moodle 1002"):
        table(round_)


WRONG = {
    'student = "ada"\npoints = 3': "it needs a reason",
    'student = "ada"\nreason = " "\npoints = 3': "it needs a reason",
    'student = "ada"\nreason = "a"': "it sets none of attempt, variant",
    'student = "ada"\nreason = "a"\npoint = 3': "there is no point; there are round, student",
    'student = "ada"\nreason = "a"\npoints = "3"': "expected points to be a number of 0 or more",
    'student = "ada"\nreason = "a"\npoints = true': "expected points to be a number",
    'student = "ada"\nreason = "a"\npoints = nan': "expected points to be a number",
    'student = "ada"\nreason = "a"\npoints = -1': "expected points to be a number",
    'student = "ada"\nreason = "a"\npoints = 22': "expected at most 21 points, got 22",
    'student = "ada"\nreason = "a"\npoints = 5\nquestion = "softmax"': "at most 4 points, got 5",
    'student = "ada"\nreason = "a"\npoints = 1\nquestion = "sofmax"': "no question sofmax; there",
    'student = "ada"\nreason = "a"\nquestion = "softmax"\nvariant = 1': "sets the points and",
    'student = "ada"\nreason = "a"\nquestion = "softmax"': "sets the points and nothing",
    'student = "ada"\nreason = "a"\nvariant = 9': "variant 9 was not released",
    'student = "ada"\nreason = "a"\nextension = 2026-12-01': "23:59:00+01:00, got 2026-12-01",
    'student = "ada"\nreason = "a"\nextension = 2026-12-01T12:00:00': "a time such as 2026",
    'student = "ada"\nreason = "a"\ndays_late = -1': "expected days_late to be a number",
    'student = "ada"\nreason = "a"\npoints = ': "cannot be read",
}  # fmt: skip


@pytest.mark.parametrize("entry", WRONG)
def test_a_wrong_entry_is_answered_in_one_sentence(entry, round_):
    decide(round_, entry)
    with pytest.raises(files.Problem) as raised:
        table(round_)
    assert WRONG[entry] in str(raised.value)
    assert str(raised.value).startswith(str(overrides.path(round_.course)))
    assert "\n" not in str(raised.value).replace(entry, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [('[[overrides]]\nround = "softmax-1"', "expected entries under [[override]] and nothing else"),
     ("override = 3", "expected entries under [[override]]"),
     ('[[override]]\nround = "x-1"\nstudent = "a"\nreason = "b"\npoints = 1', "no round x-1")],
)  # fmt: skip
def test_a_wrong_file_is_answered_in_one_sentence(text, words, round_):
    overrides.path(round_.course).write_text(text)
    with pytest.raises(files.Problem) as raised:
        table(round_)
    assert words in str(raised.value)


def test_two_entries_that_contradict_each_other_are_refused(round_, tmp_path):
    hand_in(round_, tmp_path)
    decide(round_, *[f'student = "ada"\npoints = {n}\nreason = "a"' for n in (1, 2)])
    with pytest.raises(files.Problem, match="entry 2: an earlier entry sets points for ada"):
        table(round_)


def test_a_late_rule_without_a_deadline_is_pointed_out(round_):
    file = round_.course / "course.toml"
    rules = "[late]\nsoftmax-1 = { cut_off_days = 1 }\nsoftmx-1 = { cut_off_days = 1 }"
    file.write_text(file.read_text().replace("[late]", rules))
    sentences = course_folder.doubts(round_.course, ["softmax"])
    assert (
        sum("softmax-1 has a late rule but no deadline" in sentence for sentence in sentences) == 1
    )
    assert any("no round softmx-1, so its late rule has no effect" in each for each in sentences)


@pytest.mark.parametrize(
    "rule",
    ["10", "{}", "{ percent = 10 }", "{ percent_per_day = 101 }", "{ percent_per_day = -1 }",
     "{ cut_off_days = true }", "{ percent_per_day = nan }"],
)  # fmt: skip
def test_a_wrong_late_rule_is_answered_in_one_sentence(rule, round_):
    settings(round_, rule)
    with pytest.raises(files.Problem, match=r"\[late\], softmax-1: expected .*percent_per_day"):
        table(round_)


def test_the_example_of_a_new_course_has_no_effect(round_, tmp_path):
    hand_in(round_, tmp_path)
    give(round_)
    overrides.write_template(round_.course)
    assert table(round_)[0].points == 10
    assert gradebook.doubts(round_) == []


def test_points_of_one_question_for_somebody_who_handed_in_nothing_are_reported(round_):
    (round_.course / "roster.csv").write_text("student,name\nada,Ada\n")
    entry = '[[override]]\nround = "softmax-1"\nstudent = "Ada"\nreason = "oral"\n'
    (round_.course / "overrides.toml").write_text(entry + 'question = "Loss"\npoints = 2\n')
    (sentence,) = gradebook.doubts(round_)
    assert "Ada handed in nothing for softmax-1" in sentence
    assert "set all points" in sentence
    (row,) = table(round_)
    assert comments.remarks(row) == []
