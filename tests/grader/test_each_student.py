"""Every student has a line in the sheet of manual grading, and may have a rule for being late."""

import nbformat
import pytest
import sample_course
from sample_course import table
from test_overrides import DEADLINE, TWO_DAYS_LATE, decide, give, hand_in, remarks, settings

from grader import files
from grader.course import (
    collect,
    course_folder,
    export,
    feedback,
    gradebook,
    manual_grading,
    tables,
)
from grader.run import result

pytestmark = pytest.mark.classroom
TEXT = {"grade_id": "repair", "max_points": 3.0, "answer": "It cancels.", "blank": False}


def lines(round_):
    """Write the sheet; return its lines by student."""
    manual_grading.write_sheet(round_, table(round_))
    heads, written = tables.read_csv(manual_grading.sheet(round_))
    assert {len(line) for line in written} == {len(heads)}
    return {line["student"]: line for line in written}


@pytest.fixture
def class_(round_, tmp_path):
    """Collect an answer, a file that is not a notebook, and a notebook that cannot be graded."""
    names = "\n".join(["student,name", "ada,Ada", "eve,Eve", "ida,Ida", "max,Max", "kim,Kim"])
    (round_.course / "roster.csv").write_text(names)
    place = tmp_path / "class"
    for name in ("ada", "ida", "kim"):
        files.write(place / name / "softmax-v1.ipynb", sample_course.notebook(round_, name))
    files.write(place / "eve" / "answer.txt", "It cancels.")
    collect.collect(round_, place, print, sample_course.moment(DEADLINE))
    broken = {"state": "could not be graded", "reason": "not JSON", "points": None}
    make = {"ada": {"manual": [TEXT]}, "ida": broken}
    jobs = gradebook.jobs(round_, {})
    for attempt, (key, _) in jobs.items():
        if attempt.student.key in make:
            written = sample_course.result(key, **make[attempt.student.key])
            files.write(round_.folder("results") / f"{key}.json", result.text(written))
    return round_


def test_every_student_has_a_line_in_the_sheet_with_its_state(class_):
    states = {name: line["state"] for name, line in lines(class_).items()}
    assert states == {"ada": "", "eve": "could not be graded", "ida": "could not be graded",
                      "kim": "not graded yet", "max": "nothing was handed in"}  # fmt: skip
    assert {line["question"] for line in lines(class_).values()} == {"repair"}
    assert {line["possible"] for line in lines(class_).values()} == {"3"}


def enter(round_, name, points):
    """Enter points and a comment for one student, as a spreadsheet would."""
    heads, written = tables.read_csv(manual_grading.sheet(round_))
    for line in written:
        if line["student"] == name:
            line |= {"points": points, "comment": "read on paper"}
    cells = [[line[head] for head in heads] for line in written]
    files.write(manual_grading.sheet(round_), tables.as_csv([heads, *cells]))


def test_points_without_an_answer_are_kept_reported_and_do_not_count(class_):
    lines(class_)
    enter(class_, "max", "2")
    kept = lines(class_)["max"]
    assert (kept["points"], kept["comment"]) == ("2", "read on paper")
    assert {row.attempt.student.key: row.points for row in table(class_)}["max"] is None
    (sentence,) = gradebook.doubts(class_)
    assert "max has points for repair but no answer; they do not count" in sentence


def test_a_line_without_an_answer_goes_when_there_is_one(class_):
    assert lines(class_)["kim"]["state"] == "not graded yet"
    sample_course.give(class_, lambda a, key: sample_course.result(key, manual=[TEXT]))
    assert lines(class_)["kim"]["state"] == ""
    assert gradebook.doubts(class_) == []


def test_an_assignment_without_free_text_has_no_sheet(class_):
    text = class_.source.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, 4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "repair"]
    class_.source.write_text(nbformat.writes(notebook), encoding="utf-8")
    assert manual_grading.write_sheet(class_, [each for each in table(class_)
                                               if not each.result]) == 0  # fmt: skip


# Of 21 points: 10 earned, 2 days late.
RULES = {
    "{ percent_per_day = 5 }": (7.9, "being late costs 5 % of the points per day"),
    "{ percent_per_day = 0 }": (10, "being late costs no points"),
    "{ cut_off_days = 1 }": (0, "nothing counts after 1 day"),
    "{ percent_per_day = 5, cut_off_days = 7 }": (7.9, "and nothing counts after 7 days"),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("general", ["", "{ percent_per_day = 10 }"])
def test_a_student_may_have_a_rule_for_being_late(general, rule, round_, tmp_path):
    settings(round_, general)
    for name in ("ada", "eve"):
        hand_in(round_, tmp_path, name, TWO_DAYS_LATE)
    give(round_)
    decide(round_, f'student = "ada"\nlate = {rule}\nreason = "agreed before"')
    points = {row.attempt.student.key: row.points for row in table(round_)}
    assert points["ada"] == pytest.approx(RULES[rule][0])
    assert points["eve"] == pytest.approx(5.8 if general else 10)
    sentences = remarks(round_)
    assert f"{RULES[rule][1]}: agreed before." in sentences["ada"]
    assert "agreed" not in sentences["eve"]
    feedback.feedback(round_, table(round_))
    page = next(round_.folder("feedback").glob("ada*.html")).read_text(encoding="utf-8")
    assert RULES[rule][1] in page
    path, _ = export.export(round_, table(round_), "plain", "softmax")
    assert RULES[rule][1] in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("rule", "words"),
    [("{ percent = 5 }", "late: expected { percent_per_day = 10"), ("{}", "late: expected {"),
     ("{ percent_per_day = 101 }", "from 0 to 100, got 101"), ("5", "expected late to be a rule")],
)  # fmt: skip
def test_a_wrong_rule_of_one_student_is_answered_in_one_sentence(rule, words, round_):
    decide(round_, f'student = "ada"\nlate = {rule}\nreason = "a"')
    with pytest.raises(files.Problem) as raised:
        table(round_)
    assert words in str(raised.value)
    assert "entry 1" in str(raised.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [("notebok_mb = 5", "there is no notebok_mb; there are notebook_mb, total_mb"),
     ("notebook_mb = 0", "numbers above 0"), ("notebook_mb = nan", "numbers above 0"),
     ("total_mb = true", "numbers above 0"), ('total_mb = "5"', "numbers above 0")],
)  # fmt: skip
def test_a_wrong_line_under_collect_is_answered_in_one_sentence(line, words, round_):
    file = round_.course / "course.toml"
    text = file.read_text().replace("notebook_mb = 25\ntotal_mb = 4000", line)
    assert line in text
    file.write_text(text)
    with pytest.raises(files.Problem) as raised:
        course_folder.settings(round_.course)
    assert words in str(raised.value)
