"""Feedback to upload: Moodle and Canvas find the student of every entry of the zip file.

How the two read file names is written down here once more, from their source; `grader/course/` says
which.
"""

import json
import zipfile

import nbformat
import pytest
import sample_course
from lms_samples import NAMES, hand_in
from sample_course import table

from grader.course import collect, feedback, feedback_zip, lms, overrides


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
    for form in NAMES:
        assert lms.owner((name, "softmax-v1.ipynb"), form) == (None, False)
