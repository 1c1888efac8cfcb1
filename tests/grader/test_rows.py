"""Every student has one stated row, whatever the others handed in."""

import json
import os
import re
import unicodedata
import warnings
import zipfile
from datetime import datetime

import nbformat
import pytest
import sample_course
from sample_course import table

from grader import __main__ as commands
from grader import files
from grader.checks import cells
from grader.course import collect, course_folder, export, gradebook, tables, which_variant
from grader.source import derive

pytestmark = pytest.mark.classroom


def handed(round_, tmp_path, entries, when="2026-11-20T12:00:00+00:00"):
    """Collect files from a folder: path -> bytes; return the printed lines."""
    folder = tmp_path / f"in-{len(list(tmp_path.iterdir()))}"
    for name, data in entries.items():
        files.write(folder / name, data)
    lines = []
    collect.collect(round_, folder, lines.append, datetime.fromisoformat(when))
    return lines


def test_a_folder_whose_name_is_latin_1_is_collected_with_the_others(round_, tmp_path):
    source = tmp_path / "in"
    for name in (b"Zo\xeb", "Jürgen".encode(), b"ada"):
        folder = os.path.join(os.fsencode(source), name)
        os.makedirs(folder)
        with open(os.path.join(folder, b"softmax-v1.ipynb"), "wb") as file:
            file.write(sample_course.notebook(round_, repr(name)))
    fresh, _ = collect.collect(round_, source, print)
    assert fresh == 3
    assert {each.student.name for each in collect.attempts(round_)} == {"Zoë", "Jürgen", "ada"}


@pytest.mark.parametrize(
    "name",
    ["double-softmax-v1.ipynb", "double_softmax-v1.ipynb", "notsoftmax-v1.ipynb", "softmax.ipynb"],
)
def test_the_variant_of_a_different_assignment_is_not_read(name, round_):
    if name.startswith("double_"):
        course_folder.start_round(round_.course, "double_softmax", b"")
    file = collect.archives.File(("ada", name), None, b"{}")
    assert which_variant.of_file(round_, file) is None


@pytest.mark.parametrize(
    "name", ["softmax-v2.ipynb", "a_12_34_softmax-v2-1.ipynb", "My softmax-v2 (1).ipynb"]
)
def test_the_variant_in_the_name_of_a_file_is_read(name, round_):
    assert which_variant.of_file(round_, collect.archives.File(("ada", name), None, b"{}")) == 2


def test_two_assignments_in_one_zip_leave_nobody_without_points(round_, tmp_path):
    other = nbformat.writes(derive.solution("double-softmax", "x", 1)).encode()
    entries = {"ada/softmax-v1.ipynb": sample_course.notebook(round_),
               "ada/double-softmax-v1.ipynb": other}  # fmt: skip
    handed(round_, tmp_path, entries)
    (row,) = table(round_)
    assert row.attempt.original == "ada/softmax-v1.ipynb"
    assert row.why == "the last of 2 attempts; not counted: 1 that cannot be graded"


def test_an_answer_that_is_handed_in_again_counts_again(round_, tmp_path):
    one, two = (sample_course.notebook(round_, text) for text in ("one", "two"))
    for day, data in enumerate((one, two, one, one), 1):
        handed(round_, tmp_path, {"ada/a.ipynb": data}, f"2026-11-0{day}T12:00:00+00:00")
    assert len(collect.attempts(round_)) == 3
    assert table(round_)[0].attempt.handed_in == "2026-11-03T12:00:00+00:00"
    assert table(round_)[0].attempt.path.read_bytes() == one


@pytest.mark.parametrize("number", range(4))
def test_a_damaged_file_never_beats_a_good_one(number, round_, tmp_path):
    """Whatever their hashes are, which decide the order at the same time."""
    good, bad = sample_course.notebook(round_), b"{" + str(number).encode()
    handed(round_, tmp_path, {"ada/good.ipynb": good, "ada/bad.ipynb": bad})
    broken = {"state": "could not be graded", "reason": "not JSON", "points": None}
    bad_one = {"ada/bad.ipynb": broken}
    sample_course.give(
        round_, lambda a, key: sample_course.result(key, **bad_one.get(a.original, {}))
    )
    assert table(round_)[0].attempt.original == "ada/good.ipynb"
    assert table(round_)[0].points == 10


def test_a_tie_is_the_teachers_to_decide(round_, tmp_path):
    names = {f"ada/{n}.ipynb": sample_course.notebook(round_, n) for n in ("a", "b")}
    handed(round_, tmp_path, names)
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    (row,) = table(round_)
    assert (row.points, row.state) == (None, gradebook.UNDECIDED)
    assert "ada/a.ipynb and ada/b.ipynb were handed in at the same time" in row.reason
    for path in round_.folder("submitted").glob("ada/*"):
        if path.stem == row.attempt.name:
            path.unlink()
    assert table(round_)[0].points == 10


def test_every_student_on_the_roster_has_a_row_in_every_table(round_, tmp_path):
    handed(round_, tmp_path, {
        "ada/softmax-v1.ipynb": sample_course.notebook(round_), "eve/answer.py": b"x = 1",
        "ida/softmax.rar": b"Rar!", "zoe/online.html": b"<p>", "bob/a.ipynb.txt": b"{}",
        "kim/copy.ipynb.txt": sample_course.notebook(round_, "kim"),
    })  # fmt: skip
    roster = ["student,name", *(f"{name},{name.title()}" for name in ("ada", "eve", "max"))]
    (round_.course / "roster.csv").write_text("\n".join(roster))
    rows = {row.attempt.student.key: row for row in table(round_)}
    assert set(rows) == {"ada", "eve", "ida", "zoe", "bob", "kim", "max"}
    assert rows["max"].state == "nothing was handed in"
    for name in ("eve", "ida", "zoe", "bob"):
        assert (rows[name].points, rows[name].reason) == (None, "it is not a notebook (.ipynb)")
    assert (rows["kim"].refused, rows["kim"].attempt.variant) == ("", 1)
    for form in commands.FORMS:
        path, _ = export.export(round_, list(rows.values()), form, "softmax")
        text = path.read_text(encoding="utf-8-sig")
        assert all(name in text.lower() for name in rows), form


def test_a_roster_and_overrides_from_a_mac_name_the_students_that_were_collected(round_, tmp_path):
    """There, the dots of ë are a letter of their own."""
    handed(round_, tmp_path, {"Zo\u00eb/softmax-v1.ipynb": sample_course.notebook(round_)})
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    (round_.course / "roster.csv").write_text("student,name\nZoe\u0308,Zoe\u0308 Mac\n")
    decision = (
        '[[override]]\nround = "softmax-1"\nstudent = "Zoe\u0308"\nreason = "a"\npoints = 3\n'
    )
    (round_.course / "overrides.toml").write_text(decision)
    assert [(row.attempt.student.key, row.points) for row in table(round_)] == [("Zo\u00eb", 3)]


def test_two_files_of_one_name_in_a_zip_are_told_apart(round_, tmp_path):
    """The sentence says which names can be chosen in overrides.toml."""
    both = [("ada/x-softmax-v1.ipynb", sample_course.notebook(round_, text)) for text in "ab"]
    with warnings.catch_warnings(action="ignore"):  # of zipfile
        sample_course.zipped(tmp_path / "a.zip", both)
    collect.collect(round_, tmp_path / "a.zip", print)
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    (row,) = table(round_)
    for attempt in collect.attempts(round_):
        assert attempt.name in row.reason


ROSTERS = {
    "canvas": 'Student,ID,Section\n    Points Possible,,\n"Lovelace, Ada",12,A\n',
    "moodle": "Identifier,Full name\nParticipant 12,Ada Lovelace\n",
    "plain": "student,name\nada,Ada Lovelace\n",
}


@pytest.mark.parametrize("form", ROSTERS)
def test_a_file_of_the_lms_is_a_roster(form, round_):
    (round_.course / "roster.csv").write_text(ROSTERS[form])
    (student,) = [row.attempt.student for row in table(round_)]
    assert (student.lms, student.key) == (form, "ada" if form == "plain" else f"{form} 12")
    assert "Ada" in student.name


def test_renaming_a_notebook_without_metadata_gives_it_its_variant(round_, tmp_path):
    notebook = nbformat.reads(sample_course.notebook(round_, number=2).decode(), as_version=4)
    del notebook.metadata[derive.KEY]
    notebook.cells = [cell for cell in notebook.cells if cells.is_answer(cell)]
    data = nbformat.writes(notebook).encode()
    handed(round_, tmp_path, {"ada/mine.ipynb": data})
    assert table(round_)[0].attempt.variant is None
    handed(round_, tmp_path, {"ada/softmax-v2.ipynb": data}, "2026-11-25T12:00:00+00:00")
    (row,) = table(round_)
    assert (row.attempt.variant, row.others) == (2, 0)
    assert row.attempt.handed_in == "2026-11-20T12:00:00+00:00"


def test_the_numbers_in_a_notebook_without_metadata_say_which_variant_it_is(round_, tmp_path):
    """Some programs drop the metadata, and others the name of the file."""
    notebook = nbformat.reads(sample_course.notebook(round_, number=2).decode(), as_version=4)
    del notebook.metadata[derive.KEY]
    handed(round_, tmp_path, {"ada/Untitled.ipynb": nbformat.writes(notebook).encode()})
    other = nbformat.reads(sample_course.notebook(round_, number=1).decode(), as_version=4)
    both = json.dumps(notebook | {"cells": [*notebook.cells, *other.cells]}).encode()
    handed(round_, tmp_path, {"eve/Untitled.ipynb": both})
    variants = {row.attempt.student.key: row.attempt.variant for row in table(round_)}
    assert variants == {"ada": 2, "eve": None}


def test_the_archive_of_a_different_assignment_is_refused(round_, tmp_path):
    notebook = nbformat.reads(sample_course.notebook(round_).decode(), as_version=4)
    notebook.metadata[derive.KEY]["assignment"] = "labels"
    data = nbformat.writes(notebook).encode()
    both = {f"{name}/labels-v1.ipynb": data for name in ("ada", "eve")}
    with pytest.raises(files.Problem, match="its 2 notebooks are of labels, not of softmax"):
        handed(round_, tmp_path, both)
    assert collect.attempts(round_) == []
    handed(round_, tmp_path, both | {"zoe/softmax-v1.ipynb": sample_course.notebook(round_)})
    assert len(collect.attempts(round_)) == 3


def test_links_in_the_folder_of_submissions_are_not_followed(round_, tmp_path):
    handed(round_, tmp_path, {"ada/softmax-v1.ipynb": sample_course.notebook(round_)})
    (attempt,) = collect.attempts(round_)
    outside = tmp_path / "outside.ipynb"
    attempt.path.rename(outside)
    attempt.path.symlink_to(outside)
    (round_.folder("submitted") / "eve").symlink_to(attempt.path.parent)
    assert [each.student.key for each in collect.attempts(round_)] == ["ada"]
    (_, arguments) = gradebook.jobs(round_, {})[collect.attempts(round_)[0]]
    assert arguments["submission"] == str(attempt.path)


@pytest.mark.parametrize("method", ["LZMA", "BZIP2", "DEFLATED"])
def test_damaged_compression_is_the_fault_of_one_file(method, round_, tmp_path):
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w", getattr(zipfile, f"ZIP_{method}")) as packed:
        packed.writestr("ada/a.ipynb", os.urandom(3000))
        packed.writestr("eve/b.ipynb", sample_course.notebook(round_))
    data = bytearray(archive.read_bytes())
    data[60:1500] = b"\xff" * 1440
    archive.write_bytes(data)
    collect.collect(round_, archive, print)
    refused = {each.student.key: bool(each.refused) for each in collect.attempts(round_)}
    assert refused == {"ada": True, "eve": False}


def test_a_damaged_record_of_one_student_stops_nobody_else(round_, tmp_path):
    names = ("ada", "eve", "ida", "kim")
    handed(round_, tmp_path, {f"{n}/a.ipynb": sample_course.notebook(round_, n) for n in names})
    folder = round_.folder("submitted")
    damage = {"eve": "{", "ida": "[]", "kim": '{"student": {"key": []}, "refused": ""}'}
    for name, text in damage.items():
        next((folder / name).glob("*.json")).write_text(text)
    rows = {row.attempt.student.key: row for row in table(round_)}
    assert set(rows) == set(names)
    assert [name for name in names if "is damaged" in rows[name].reason] == ["eve", "ida", "kim"]


@pytest.mark.parametrize(
    "name", ["x;=1+1", "x; =1", 'x;"=1', "＝1+1", "＋1", "x\n=1", "x|@a", "x\x85=1", "x\u2028=1",
             "\ufeff=1", "\u200e=1", "x;\u2066=1", "\u202e\u061c@a", "\ufe661", "\u3000=1"]
)  # fmt: skip
def test_no_spreadsheet_finds_a_formula_wherever_it_divides(name):
    line = tables.as_csv([[name, 5]])
    for separator in (",", ";", "|", "\n", "\x85", "\u2028"):
        for part in line.lstrip("\ufeff").split(separator):
            seen = "".join(each for each in part if unicodedata.category(each) != "Cf")
            assert not re.match(r'[\s"]*[=+\-@]', unicodedata.normalize("NFKC", seen)), part
    wanted = name.translate(tables.CONTROL)
    assert tables.plain(tables.harmless(wanted)) == wanted
