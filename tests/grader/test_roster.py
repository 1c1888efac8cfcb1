"""The roster and the submissions name the same students, or one sentence says that they do not."""

import pytest
import sample_course
from sample_course import table

from grader import __main__ as commands
from grader import files
from grader.course import collect, export, feedback, roster

pytestmark = pytest.mark.classroom

ROSTERS = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section\n"
    "    Points Possible,,,,\n"
    '"Lovelace, Ada",101,s1,ada,A\n"Adams, Eve",102,s2,eve,A\n'
    f'"Student, Test",103,,{"0f" * 20},A\n',
    "moodle": "\ufeffIdentifier,Full name\nParticipant 101,Ada Lovelace\n"
    "Participant 102,Eve Adams\n",
    "plain": "student,name\nada,Ada Lovelace\neve,Eve Adams\n",
}
NAMES = {
    "canvas": "lovelaceada_101_9001_softmax-v1.ipynb",
    "moodle": "Ada Lovelace_101_assignsubmission_file_/softmax-v1.ipynb",
    "plain": "ada/softmax-v1.ipynb",
}
OTHER = {
    "canvas": "doezoe_109_9009_softmax-v1.ipynb",
    "moodle": "Zoe Doe_109_assignsubmission_file_/softmax-v1.ipynb",
    "plain": "zoe/softmax-v1.ipynb",
}
PAIRS = [(first, second) for first in NAMES for second in ROSTERS if first != second]


def put_roster(round_, form):
    (round_.course / "roster.csv").write_text(ROSTERS[form], encoding="utf-8")


def packed(round_, tmp_path, *names):
    data = [(name, sample_course.notebook(round_, name)) for name in names]
    return sample_course.zipped(tmp_path / "in.zip", data)


@pytest.mark.parametrize(("form", "listed"), PAIRS)
def test_a_roster_of_a_different_system_is_refused_and_nothing_is_written(
    form, listed, round_, tmp_path
):
    """Otherwise everybody would silently be there twice."""
    put_roster(round_, listed)
    with pytest.raises(files.Problem, match=r"in\.zip and .*roster\.csv have no student in common"):
        collect.collect(round_, packed(round_, tmp_path, NAMES[form]), print)
    assert not round_.folder("submitted").exists()


@pytest.mark.parametrize(("form", "listed"), PAIRS)
def test_it_is_refused_too_if_it_comes_later(form, listed, round_, tmp_path):
    collect.collect(round_, packed(round_, tmp_path, NAMES[form]), print)
    put_roster(round_, listed)
    with pytest.raises(files.Problem, match="everybody would be there twice"):
        table(round_)


@pytest.mark.parametrize("form", NAMES)
def test_somebody_who_is_not_on_the_roster_is_reported_and_counts(form, round_, tmp_path):
    put_roster(round_, form)
    lines = []
    place = packed(round_, tmp_path, NAMES[form], OTHER[form])
    assert collect.collect(round_, place, lines.append) == (2, 0)
    assert [line for line in lines if "not in roster.csv: " in line] == lines
    assert len(lines) == 1
    assert len(table(round_)) == 3


@pytest.mark.parametrize("form", NAMES)
def test_a_single_guest_is_collected(form, round_, tmp_path):
    """With Canvas's Test Student, a teacher tries everything out."""
    put_roster(round_, form)
    lines = []
    assert collect.collect(round_, packed(round_, tmp_path, OTHER[form]), lines.append) == (1, 0)
    assert len(lines) == 1
    assert len(table(round_)) == 3


def test_several_students_of_a_different_course_are_refused(round_, tmp_path):
    put_roster(round_, "plain")
    place = packed(round_, tmp_path, "zoe/softmax-v1.ipynb", "kim/softmax-v1.ipynb")
    with pytest.raises(files.Problem, match="have no student in common"):
        collect.collect(round_, place, print)


def test_the_student_view_of_canvas_is_nobody(round_, tmp_path):
    put_roster(round_, "canvas")
    collect.collect(round_, packed(round_, tmp_path, NAMES["canvas"]), print)
    assert {row.attempt.student.name for row in table(round_)} == {"Lovelace, Ada", "Adams, Eve"}


def test_a_student_has_the_name_on_the_roster_and_the_page_that_of_the_folder(round_, tmp_path):
    """In Canvas's zip file the name is one word; the number says whose it is."""
    collect.collect(round_, packed(round_, tmp_path, NAMES["canvas"]), print)
    (before,) = table(round_)
    put_roster(round_, "canvas")
    after = table(round_)[0]
    assert (before.attempt.student.name, after.attempt.student.name) == (
        "lovelaceada", "Lovelace, Ada")  # fmt: skip
    assert after.attempt.student.number == "101"
    assert feedback.page_name(before) == feedback.page_name(after)


@pytest.mark.parametrize("command", ["grade", "feedback", "export", "summary"])
def test_a_command_says_that_nothing_was_collected(command, round_):
    with pytest.raises(SystemExit, match="nothing has been collected for softmax-1"):
        commands.main([command, "softmax", "--course", str(round_.course)])


@pytest.mark.parametrize("participant", ["Teilnehmer/in101", "Participant 101", "参与者101"])
def test_a_worksheet_in_any_language_is_a_roster(participant, round_):
    text = f"\ufeffKennung;Vollständiger Name;Status\n{participant};Zoë Ångström;-\n"
    (round_.course / "roster.csv").write_text(text, encoding="utf-8")
    (student,) = roster.read(round_.course)
    assert (student.key, student.name) == ("moodle 101", "Zoë Ångström")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "file,name\nsoftmax-v1.ipynb,Ada\n", "a\nb1\n"])
def test_any_other_table_is_refused_with_the_columns_that_it_has(text, round_):
    (round_.course / "roster.csv").write_text(text, encoding="utf-8")
    with pytest.raises(files.Problem, match=r"expected two of these columns: .*; there are: "):
        roster.read(round_.course)


def test_a_course_folder_holds_no_submissions(round_):
    """Its own secrets would be collected."""
    with pytest.raises(files.Problem, match="is a course folder; name the folder or zip file"):
        collect.collect(round_, round_.course, print)
    assert not round_.folder("submitted").exists()


CLAIMS = {
    "canvas": ("lovelaceada_101_9001_softmax-v1.ipynb", "eve_101_102_9002_softmax-v1.ipynb"),
    "moodle": ("Ada_101_assignsubmission_file_/softmax-v1.ipynb",
               "Eve_101_assignsubmission_file__102_assignsubmission_file_/softmax-v1.ipynb"),
}  # fmt: skip


@pytest.mark.parametrize("form", CLAIMS)
def test_nobody_hands_in_for_somebody_else_by_a_chosen_name(form, round_, tmp_path):
    lines = []
    fresh, _ = collect.collect(round_, packed(round_, tmp_path, *CLAIMS[form]), lines.append)
    assert fresh == 1
    (attempt,) = collect.attempts(round_)
    assert attempt.original == CLAIMS[form][0]
    assert any("holds the numbers of two students; not collected" in line for line in lines)


def test_a_file_whose_name_begins_with_numbers_is_collected(round_, tmp_path):
    names = ("lovelaceada_101_9001_2_softmax-v1.ipynb", "adamseve_102_9002_1_2_softmax-v2.ipynb")
    assert collect.collect(round_, packed(round_, tmp_path, *names), print) == (2, 0)
    assert {each.student.number for each in collect.attempts(round_)} == {"101", "102"}


def test_a_file_of_the_other_lms_is_not_filled_in(round_, tmp_path):
    collect.collect(round_, packed(round_, tmp_path, NAMES["moodle"]), print)
    given = tmp_path / "gradebook.csv"
    given.write_text("Student,ID,SIS Login ID,Section,Softmax (5)\nAda,101,ada,A,\n")
    with pytest.raises(files.Problem, match="no student of this round was collected from there"):
        export.export(round_, table(round_), "canvas", "Softmax", given)
