"""Back to the LMS: its gradebook or worksheet with points and comments, and feedback to upload.

The files have the form that Moodle 5.1 and Canvas write, with all columns. How the two read file
names is written down here once more, from their source; `grader/course/` says which.
"""

import csv
import io
import json
import zipfile

import nbformat
import pytest
import sample_course
from sample_course import table

from grader import files
from grader.course import collect, export, feedback, feedback_zip, lms, overrides

MOODLE = (
    '\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\r\n'
    '"Participant 101","Ada Lovelace",7,ada@example.org,"Submitted for grading -  - ",{grade},'
    '{most},Yes,"Monday, 30 November 2026, 11:59 PM",-,"{comment}"\r\n'
    '"Participant 103",Ida,9,ida@example.org,"No submission -  - ",,{most},Yes,-,-,\r\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Softmax (77),Quiz (78),Current Score\n"
    ",,,,,,Manual Posting,,\n"
    '"    Points Possible",,,,,,{most},5.00,(read only)\n'
    '"Lovelace, Ada",101,s7,ada,"A, B",,{grade},4.00,80.00\n'
    '"Student, Test",104,,f00,A,,,,\n'
)
GIVEN = {"moodle": MOODLE, "canvas": CANVAS}
NAMES = {"moodle": "{name}_{number}_assignsubmission_file/softmax-v1.ipynb",
         "canvas": "{name}_{number}_90{number}_softmax-v1.ipynb"}  # fmt: skip
CHECK = {"question": "softmax-tests", "words": "rows", "points": 1.0, "max_points": 4.0,
         "passed": False, "verdict": "wrong", "message": "",
         "mistake": "the exponentials are < 0; see softmax"}  # fmt: skip


def hand_in(round_, tmp_path, form, students=(("Ada Lovelace", 101),)):
    """Collect one notebook per student as the LMS packs them, and give 10 points to each."""
    entries = [(NAMES[form].format(name=name, number=number), sample_course.notebook(round_, name))
               for name, number in students]  # fmt: skip
    collect.collect(round_, sample_course.zipped(tmp_path / f"{form}.zip", entries), print)
    sample_course.give(round_, lambda a, key: sample_course.result(key, checks=[CHECK]))


def given_file(tmp_path, form, grade="", most="21.00", comment=""):
    path = tmp_path / f"{form}.csv"
    path.write_text(GIVEN[form].format(grade=grade, most=most, comment=comment), encoding="utf-8")
    return path


def filled(round_, form, given, **options):
    """Fill in a file; return its lines before and after, and what was said."""
    messages = []
    path, _ = export.export(
        round_, table(round_), form, "Softmax", given, say=messages.append, **options
    )
    before, after = (list(csv.reader(io.StringIO(each.read_text(encoding="utf-8-sig"))))
                     for each in (given, path))  # fmt: skip
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    return before, after, messages


def changed(before, after):
    """Return the cells that changed: name of column -> content, by number of the line."""
    assert [len(line) for line in after] == [len(line) for line in before]
    return {(number, column): new
            for number, (old_line, new_line) in enumerate(zip(before, after, strict=True))
            for column, old, new in zip(before[0], old_line, new_line, strict=True)
            if old != new}  # fmt: skip


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


# Feedback to upload


def read_by_moodle(path, participants):
    """Return whose feedback an entry is for Moodle, and under which name; None if for nobody.

    Each part of a path is divided at underscores, at most into five; the second must be the number
    of a participant, the next two a plugin, and what follows is the name.
    """
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return None
    while parts:
        info = parts.pop(0).split("_", 4)
        known = len(info) == 5 and info[1].isascii() and info[1].isdigit()
        if known and int(info[1]) in participants and info[2:4] == ["assignsubmission", "file"]:
            return int(info[1]), "/".join([info[4], *parts]).lstrip("/")
    return None


def read_by_canvas(path, uploaded):
    """Return whose feedback an entry is for Canvas; `uploaded` has the files of each student.

    The name is divided at underscores; without LATE, the first two parts of digits are the numbers
    of the student and of a file of that student. A name that begins with anon has a code instead.
    """
    parts = [part for part in path.rsplit("/", 1)[-1].split("_") if part != "LATE"]
    if parts[0] == "anon":
        who, file = parts[1:3]
    else:
        who, file = [part for part in parts if part.isascii() and part.isdigit()][:2]
    return who if file in uploaded.get(who, ()) else None


def packed(round_, form):
    """Write pages and zip file; return the contents by name, and what was said."""
    messages = []
    feedback.feedback(round_, table(round_))
    path, count = feedback_zip.feedback_zip(round_, table(round_), form, messages.append)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert len(contents) == count
    return contents, messages


EVIL = [("Ada Lovelace", 101), ("Ada Lovelace", 102), ("Zoë d'Ångström", 103), ("王 小明", 104),
        ("101 102 assignsubmission", 105), ("..", 106), (".hidden ~x", 107), ("a" * 200, 108),
        ("anon", 109), ("LATE", 110), ("CON\u202egpj.exe", 111), ("=1+1", 112),
        ("999", 113)]  # fmt: skip


def test_moodle_finds_every_student_in_the_zip_file(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle", EVIL)
    contents, messages = packed(round_, "moodle")
    numbers = {number for _, number in EVIL}
    student_and_file = {name: read_by_moodle(name, numbers) for name in contents}
    assert set(student_and_file.values()) == {
        (number, "softmax-1-feedback.html") for number in numbers
    }
    students = {row.attempt.student.number: row for row in table(round_)}
    for name, (number, _) in student_and_file.items():
        page = round_.folder("feedback") / feedback.page_name(students[str(number)])
        assert contents[name] == page.read_text(encoding="utf-8")
    assert messages == []
    assert all(len(name.split("/")) == 2 and ".." not in name for name in contents)


def test_canvas_finds_every_student_in_the_zip_file(round_, tmp_path):
    hand_in(round_, tmp_path, "canvas", EVIL)
    contents, messages = packed(round_, "canvas")
    uploaded = {str(number): {f"90{number}"} for _, number in EVIL}
    students = {name: read_by_canvas(name, uploaded) for name in contents}
    assert set(students.values()) == set(uploaded)
    assert messages == []
    for name in contents:
        notebook = nbformat.reads(contents[name], as_version=4)
        nbformat.validate(notebook)
        (cell,) = notebook.cells
        assert cell.source == ""
        assert "<strong>10 of 21 points</strong>" in cell.outputs[0].data["text/html"]
        assert "<style" not in json.dumps(notebook)


def test_canvas_gets_the_file_that_was_uploaded_last_and_anonymous_ones(round_, tmp_path):
    names = ["lovelaceada_LATE_101_7_softmax-v1.ipynb", "LATE_anon_aB3x9_8_softmax-v1.ipynb",
             "eve_102_text.html"]  # fmt: skip
    entries = [(name, sample_course.notebook(round_, name)) for name in names]
    for when, old in (("2026-11-28", "7_"), ("2026-11-29", "9_")):
        moved = [(name.replace("7_", old), data + old.encode()) for name, data in entries]
        place = sample_course.zipped(tmp_path / f"{when}.zip", moved)
        collect.collect(round_, place, print, sample_course.moment(f"{when}T12:00:00+00:00"))
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    contents, messages = packed(round_, "canvas")
    uploaded = {"101": {"9"}, "aB3x9": {"8"}}
    assert {read_by_canvas(name, uploaded) for name in contents} == {"101", "aB3x9"}
    assert messages == [
        "eve: not in the zip file: Canvas attaches feedback to an uploaded file only"
    ]


def test_a_student_who_is_not_in_the_lms_is_not_in_its_zip_file(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    contents, messages = packed(round_, "canvas")
    assert contents == {}
    assert messages == [
        "Ada Lovelace: not in the zip file: nothing of this student came from Canvas"
    ]


def test_the_same_feedback_gives_the_same_zip_file_and_a_different_one_a_backup(round_, tmp_path):
    hand_in(round_, tmp_path, "moodle")
    first, _ = packed(round_, "moodle")
    path = round_.course / "export" / "softmax-1-feedback-moodle.zip"
    before = path.read_bytes()
    packed(round_, "moodle")
    assert path.read_bytes() == before
    decided = (
        '[[override]]\nround = "softmax-1"\nstudent = "Ada Lovelace"\npoints = 3\nreason = "a"'
    )
    overrides.path(round_.course).write_text(decided)
    second, _ = packed(round_, "moodle")
    assert second != first
    (kept,) = (round_.course / "backup").rglob("*.zip")
    assert kept.read_bytes() == before


@pytest.mark.parametrize("name", ["Ada_١٢_assignsubmission_file_", "Ada_１２_1_softmax-v1.ipynb"])
def test_only_plain_digits_are_a_number(name):
    for form in GIVEN:
        assert lms.owner((name, "softmax-v1.ipynb"), form) == (None, False)
