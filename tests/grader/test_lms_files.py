"""Back to the LMS: its gradebook or worksheet with points and comments."""

import pytest
import sample_course
from lms_samples import CANVAS, GIVEN, changed, filled, given_file, hand_in
from sample_course import table

from grader import files
from grader.course import export


def test_a_worksheet_of_moodle_gets_points_and_comments_and_nothing_else(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    before, after, messages = filled(round_, "moodle", given_file(tmp_path, "moodle"))
    text = (
        "Result: 10 of 21 points.<br>Softmax: 1. The exponentials are &lt; 0; see "
        "“Softmax: from scores to probabilities”."
    )
    assert changed(before, after) == {(1, "Grade"): "10", (1, "Feedback comments"): text}
    assert messages == []


def test_a_gradebook_of_canvas_gets_points_and_nothing_else(round_, tmp_path):
    hand_in(round_, tmp_path, "canvas")
    before, after, messages = filled(round_, "canvas", given_file(tmp_path, "canvas"))
    assert changed(before, after) == {(3, "Softmax (77)"): "10"}
    assert messages == []
    before, after, _ = filled(
        round_, "canvas", given_file(tmp_path, "canvas"), comments="Notes"
    )  # fmt: skip
    assert changed(before, after)[3, "Notes"].startswith("Result: 10 of 21 points.\nSoftmax: 1.")


def test_a_comment_of_the_teacher_is_kept_and_one_of_the_grader_is_replaced(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    given = given_file(tmp_path, "moodle", comment="Well done!")
    before, after, messages = filled(round_, "moodle", given)
    assert changed(before, after) == {(1, "Grade"): "10"}
    assert messages == ["Ada Lovelace: there is a comment in the LMS; left as it is"]
    given = given_file(tmp_path, "moodle", comment="Result: 3 of 21 points.")
    before, after, messages = filled(round_, "moodle", given)
    assert changed(before, after)[1, "Feedback comments"].startswith("Result: 10 of 21")
    assert messages == []


@pytest.mark.parametrize(("form", "grade"), [("moodle", "7.00"), ("canvas", "7.00")])
def test_unknown_points_leave_those_of_the_lms_alone(form, grade, round_, tmp_path):
    hand_in(round_, tmp_path, form)
    broken = {"state": "could not be graded", "reason": "it is not JSON", "points": None}
    sample_course.give(round_, lambda a, key: sample_course.result(key, **broken))
    before, after, _ = filled(round_, form, given_file(tmp_path, form, grade=grade))
    assert {column for _, column in changed(before, after)} <= {"Feedback comments"}


@pytest.mark.parametrize("cell", ["EX", "N/A"])
def test_a_student_excused_in_canvas_stays_excused(cell, round_, tmp_path):
    hand_in(round_, tmp_path, "canvas")
    before, after, messages = filled(round_, "canvas", given_file(tmp_path, "canvas", grade=cell))
    assert changed(before, after) == {}
    assert messages == [f"Ada Lovelace: {cell} in the LMS; left as it is"]


@pytest.mark.parametrize("form", GIVEN)
def test_a_different_maximum_is_refused_or_scaled(form, round_, tmp_path):
    hand_in(round_, tmp_path, form)
    given = given_file(tmp_path, form, most="10.50")
    with pytest.raises(files.Problem, match=r"maximum of 10\.5 points, the assignment has 21"):
        filled(round_, form, given)
    now = changed(*filled(round_, form, given, scale=True)[:2]).values()
    assert "5" in now
    assert all(text.startswith(("5", "Result: 5 of 10.5 points, scaled from 10")) for text in now)


def test_a_worksheet_in_the_language_of_the_site_is_understood(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    given = tmp_path / "german.csv"
    heads = "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Feedback als Kommentar"
    line = "Teilnehmer/in101,Ada Lovelace,,,{},\n"
    given.write_text(f"{heads}\n{line.format(chr(34) + '18,00' + chr(34))}", encoding="utf-8")
    options = {"comments": "Feedback als Kommentar"}
    with pytest.raises(files.Problem, match="one column Softmax"):
        filled(round_, "moodle", given, **options)
    arguments = (round_, table(round_), "moodle", "Bewertung", given)
    with pytest.raises(files.Problem, match="maximum of 18 points"):
        export.export(*arguments, **options)
    given.write_text(f"{heads}\n{line.format(21)}", encoding="utf-8")
    path, _ = export.export(*arguments, **options)
    assert "101,Ada Lovelace,,10,21,Result: 10 of 21" in path.read_text(encoding="utf-8")
    with pytest.raises(files.Problem, match="no column Notes for the comments"):
        export.export(*arguments, comments="Notes")


def test_a_worksheet_without_a_maximum_is_filled_in_with_a_message(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    given = tmp_path / "scale.csv"
    given.write_text("Identifier,Full name,Grade,Scale\nParticipant 101,Ada,,good\n")
    _, _, messages = filled(round_, "moodle", given)
    assert len(messages) == 1
    assert "states no maximum points: they could not be compared with 21" in messages[0]


def test_a_student_who_left_is_skipped_with_a_message(round_, tmp_path):
    for form in GIVEN:
        hand_in(round_, tmp_path, form, [("Ada Lovelace", 101), ("Eve", 102)])
        given = given_file(tmp_path, form)
        _, _, messages = filled(round_, form, given)
        assert len(messages) == 1
        assert "lacks Eve: skipped" in messages[0]
    given.write_text(CANVAS.replace("101", "9101").replace("104", "9104"))
    with pytest.raises(files.Problem, match="lacks Ada Lovelace, Eve; download it again"):
        filled(round_, "canvas", given)


def test_a_student_named_like_the_line_of_the_maximum_is_a_student(round_, tmp_path):
    """Students choose their names in Canvas."""
    hand_in(round_, tmp_path, "canvas", [("pointspossible", 101)])
    given = given_file(tmp_path, "canvas", grade="3.00")
    text = given.read_text(encoding="utf-8").replace("Lovelace, Ada", "    Points Possible")
    given.write_text(text, encoding="utf-8")
    before, after, messages = filled(round_, "canvas", given)
    assert changed(before, after) == {(3, "Softmax (77)"): "10"}
    assert messages == []
