"""What one student hands in never stops or slows down collecting for the others."""

import io
import os
import stat
import struct
import zipfile
from types import SimpleNamespace

import pytest
import sample_course

from grader import files
from grader.course import archives, collect

MOODLE = "{}_assignsubmission_file_/{}"


def collected(round_, place):
    """Collect; return the attempts by student, and the printed lines."""
    lines, students = [], {}
    collect.collect(round_, place, lines.append)
    for each in collect.attempts(round_):
        students.setdefault(each.student.name, []).append(each)
    return students, lines


def exchanged(round_, tmp_path, **named):
    """Return the folder of nbgrader; `named` is by student: a list of (assignment, notebook)."""
    for student, given in named.items():
        for assignment, data in given:
            folder = tmp_path / "submitted" / student / assignment
            files.write(folder / "mine.ipynb", data)
            files.write(folder / "timestamp.txt", "2026-11-30 10:00:00 UTC")
    return tmp_path / "submitted"


@pytest.mark.parametrize("time", ["0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1400",
                                  "1601-01-01 00:00:00", "2026-11-30 10:00:00 +9999"])  # fmt: skip
def test_a_time_that_no_calendar_has_is_reported_and_stops_nobody(time, round_, tmp_path):
    """The student's own command writes this file into nbgrader's exchange."""
    given = [("softmax", sample_course.notebook(round_))]
    place = exchanged(round_, tmp_path, ada=given, eve=given)
    (place / "eve" / "softmax" / "timestamp.txt").write_text(time)
    students, lines = collected(round_, place)
    assert set(students) == {"ada", "eve"}
    (line,) = lines
    assert line.startswith("eve/softmax/timestamp.txt: expected a time in nbgrader's form")


@pytest.mark.parametrize("seconds", [2**50, -(2**50), -(2**35)])
def test_a_file_from_no_year_of_ours_stops_nobody(seconds, round_, tmp_path, monkeypatch):
    files.write(tmp_path / "in" / "ada" / "x.ipynb", sample_course.notebook(round_))
    fake = SimpleNamespace(**{name: getattr(os, name) for name in dir(os)})
    fake.fstat = lambda number: SimpleNamespace(st_mode=stat.S_IFREG, st_mtime=seconds)
    monkeypatch.setattr(archives, "os", fake)
    students, lines = collected(round_, tmp_path / "in")
    assert (set(students), lines) == ({"ada"}, [])


def of_version(data, version):
    """Return a zip file that says which version of the format is needed to read it."""
    changed = bytearray(data)
    struct.pack_into("<H", changed, changed.index(b"PK\x01\x02") + 6, version)
    return bytes(changed)


def packed(entries):
    """Return the bytes of a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_zip_file_of_an_unknown_version_is_the_problem_of_its_student(round_, tmp_path):
    odd = of_version(packed([("x.ipynb", b"{}")]), 99)
    entries = [(MOODLE.format("Ada_1", "x.ipynb"), sample_course.notebook(round_)),
               (MOODLE.format("Eve_2", "x.zip"), odd)]  # fmt: skip
    students, (line,) = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert [bool(each.refused) for each in students["Ada"] + students["Eve"]] == [False, True]
    assert line.endswith("x.zip: it is a damaged zip file (zip file version 9.9); it cannot be "
                         "graded")  # fmt: skip


def test_an_archive_of_an_unknown_version_is_one_sentence(round_, tmp_path):
    (tmp_path / "x.zip").write_bytes(of_version(packed([("ada/x.ipynb", b"{}")]), 99))
    with pytest.raises(files.Problem, match=r"was not collected: .*zip file version 9\.9"):
        collected(round_, tmp_path / "x.zip")


def test_hundreds_of_notebooks_of_one_student_are_not_graded(round_, tmp_path, monkeypatch):
    """Each of them could take minutes."""
    monkeypatch.setattr(collect, "MOST_FILES", 3)
    many = [(f"{n}.ipynb", sample_course.notebook(round_, str(n))) for n in range(9)]
    entries = [(MOODLE.format("Eve_2", "all.zip"), packed(many)),
               (MOODLE.format("Ada_1", "x.ipynb"), sample_course.notebook(round_))]  # fmt: skip
    students, (line,) = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert (len(students["Eve"]), len(students["Ada"])) == (3, 1)
    assert "Eve has more than 3 notebooks of softmax; this one and those after it" in line


def test_a_folder_full_of_other_files_does_not_push_out_the_notebook(
    round_, tmp_path, monkeypatch
):  # fmt: skip
    """Some pack an environment of Python together with their work."""
    monkeypatch.setattr(collect, "MOST_FILES", 3)
    many = [(f"env/{n}.py", b"x = %d" % n) for n in range(9)]
    many += [("work.ipynb", sample_course.notebook(round_))]
    entries = [(MOODLE.format("Ada_1", "all.zip"), packed(many))]
    students, lines = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert [each.original.rsplit("/", 1)[1] for each in students["Ada"] if not each.refused] == [
        "work.ipynb"
    ]
    assert len(lines) == 4
    assert "Ada has more than 3 other files" in lines[-1]


@pytest.mark.parametrize("names", [("softmax-v1", "regression-v1"), ("week 2", "week 1"),
                                   ("softmax", "double-softmax")])  # fmt: skip
def test_other_assignments_in_the_folder_of_nbgrader_are_left_out(names, round_, tmp_path):
    """Otherwise each student who handed in nothing else could not be graded."""
    own, other = sample_course.notebook(round_), sample_course.notebook(round_, "other")
    other = other.replace(b'"assignment": "softmax"', b'"assignment": "regression"')
    place = exchanged(round_, tmp_path, ada=[(names[0], own), (names[1], other)],
                      kim=[(names[1], other)])  # fmt: skip
    students, lines = collected(round_, place)
    assert {name: len(tries) for name, tries in students.items()} == {"ada": 1}
    assert lines == [f"left out, because they are other assignments: {names[1]}"]


def test_a_foreign_notebook_handed_in_for_this_assignment_is_an_attempt(round_, tmp_path):
    own, other = sample_course.notebook(round_), sample_course.notebook(round_, "other")
    other = other.replace(b'"assignment": "softmax"', b'"assignment": "regression"')
    place = exchanged(round_, tmp_path, ada=[("softmax-v1", own)], kim=[("softmax-v2", other)])
    students, lines = collected(round_, place)
    assert (set(students), lines) == ({"ada", "kim"}, [])


def test_a_file_beside_the_notebook_does_not_say_that_its_student_has_no_points(round_, tmp_path):
    entries = [(MOODLE.format("Ada_1", "x.ipynb"), sample_course.notebook(round_)),
               (MOODLE.format("Ada_1", "plot.png"), b"png")]  # fmt: skip
    students, (line,) = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert line.endswith("plot.png: it is not a notebook (.ipynb); it cannot be graded")
    assert sum(not each.refused for each in students["Ada"]) == 1
