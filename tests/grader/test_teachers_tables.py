"""Tables that teachers bring: columns with the same name, tabs, students listed twice."""

import pytest
from lms_samples import changed, filled, given_file, hand_in

from grader import files
from grader.course import roster, tables


def test_columns_with_the_same_name_keep_their_own_contents(round_, tmp_path):
    hand_in(round_, tmp_path, "canvas")
    given = given_file(tmp_path, "canvas")
    lines = given.read_text(encoding="utf-8").splitlines()
    more = ["Current Score,Current Score", "x,y", "", "70.00,60.00", "1,2"]
    text = "\n".join(f"{line},{extra or ','}" for line, extra in zip(lines, more, strict=True))
    given.write_text(text, encoding="utf-8")
    before, after, _ = filled(round_, "canvas", given)
    assert changed(before, after) == {(3, "Softmax (77)"): "10"}
    assert after[0].count("Current Score") == 3
    assert after[3][-3:] == ["80.00", "70.00", "60.00"]


def test_two_columns_for_the_points_are_refused(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    given = given_file(tmp_path, "moodle")
    text = given.read_text(encoding="utf-8-sig").replace("Email address", "Grade")
    given.write_text(text, encoding="utf-8")
    with pytest.raises(files.Problem, match="must have one column Softmax for the points"):
        filled(round_, "moodle", given)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_may_separate_by_semicolons_and_tabs(tmp_path, separator):
    lines = [["student", "name"], ["ada", "Ada"], ["zoë", "Zoë Ångström"]]
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(map(separator.join, lines)), encoding="utf-8-sig")
    heads, read = tables.read_csv(path)
    assert [heads, *(list(line.values()) for line in read)] == lines
    assert [each.name for each in roster.read(tmp_path)] == ["Ada", "Zoë Ångström"]


def test_a_student_listed_twice_is_one_student(tmp_path):
    (tmp_path / "roster.csv").write_text("student,name\nada,Ada\nada,Ada\neve,Eve\n")
    assert [each.key for each in roster.read(tmp_path)] == ["ada", "eve"]


def test_two_students_with_one_key_are_refused(tmp_path):
    (tmp_path / "roster.csv").write_text("student,name\nada,Ada Lovelace\nada,Ada Yonath\n")
    with pytest.raises(files.Problem, match="Ada Lovelace and Ada Yonath are both ada; give"):
        roster.read(tmp_path)
