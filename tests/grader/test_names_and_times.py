"""Names in any encoding lead to the right student, and nbgrader's times to the right notebook."""

import os
import unicodedata

import pytest
import sample_course

from grader.course import collect

pytestmark = pytest.mark.classroom
STAMP = "2026-11-20 12:00:00.500000 UTC"
NOON = "2026-11-20T12:00:00.500000+00:00"
NAMES = {
    "NFC": unicodedata.normalize("NFC", "zoë").encode(),
    "NFD": unicodedata.normalize("NFD", "zoë").encode(),
    "Latin-1": "zoë".encode("latin-1"),
    "ASCII": b"zoe",
}


def folder(tmp_path, entries):
    """Write files whose paths are bytes, since some are in no encoding; return the folder."""
    top = tmp_path / "in"
    for name, data in entries:
        path = os.path.join(os.fsencode(top), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    return top


def packed(tmp_path, entries):
    """Write the same as a zip file, as programs do that say nothing about the encoding."""
    readable = [(name.decode("cp437"), data) for name, data in entries]

    class Entry(sample_course.zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802, the hook of the standard library
            return self.filename.encode("cp437"), 0

    return sample_course.zipped(tmp_path / "in.zip", [(Entry(name), d) for name, d in readable])


def collected(round_, place):
    """Collect; return the attempts and the printed lines."""
    lines = []
    collect.collect(round_, place, lines.append)
    return collect.attempts(round_), lines


def of_nbgrader(round_, name, stamp=STAMP, text=""):
    """Return the entries of one student in nbgrader's folder of submissions."""
    notebook = sample_course.notebook(round_, text)
    return [(name + b"/softmax/softmax-v1.ipynb", notebook),
            (name + b"/softmax/timestamp.txt", stamp.encode())]  # fmt: skip


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("write", [folder, packed])
def test_nbgraders_times_are_found_whatever_the_name(write, form, round_, tmp_path):
    entries = of_nbgrader(round_, NAMES[form]) + of_nbgrader(round_, b"ada")
    attempts, lines = collected(round_, write(tmp_path, entries))
    assert [each.handed_in for each in attempts] == [NOON, NOON]
    assert lines == []


def test_nbgraders_times_of_other_time_zones(round_, tmp_path):
    place = folder(tmp_path, of_nbgrader(round_, b"ada", "2026-11-20 13:00:00.500000 +0100"))
    (attempt,), _ = collected(round_, place)
    assert sample_course.moment(attempt.handed_in) == sample_course.moment(NOON)


@pytest.mark.parametrize("stamp", ["yesterday", "", "\x00" * 5000])
def test_an_unreadable_time_gives_one_line_and_is_not_an_attempt(stamp, round_, tmp_path):
    place = folder(tmp_path, of_nbgrader(round_, b"ada", stamp))
    (attempt,), (line,) = collected(round_, place)
    assert attempt.original == "ada/softmax/softmax-v1.ipynb"
    assert line.startswith("ada/softmax/timestamp.txt: expected a time in nbgrader's form")


def test_a_student_cannot_change_the_time_from_within(round_, tmp_path):
    early = b"1999-01-01 12:00:00 UTC"
    entries = [(b"ada/softmax/mine/timestamp.txt", early),
               (b"ada/softmax/mine/x.ipynb", sample_course.notebook(round_, "mine"))]  # fmt: skip
    place = folder(tmp_path, of_nbgrader(round_, b"ada") + entries)
    attempts, _ = collected(round_, place)
    assert {each.handed_in for each in attempts} == {NOON}
    assert len(attempts) == 2


def test_in_the_files_of_an_lms_nobody_writes_times(round_, tmp_path):
    name = b"Ada Lovelace_12_assignsubmission_file_"
    place = folder(tmp_path, [(name + b"/softmax-v1.ipynb", sample_course.notebook(round_)),
                              (name + b"/timestamp.txt", STAMP.encode())])  # fmt: skip
    attempts, lines = collected(round_, place)
    assert NOON not in {each.handed_in for each in attempts}
    assert lines == [f"{name.decode()}/timestamp.txt: it is not a notebook (.ipynb); "
                     "it cannot be graded"]  # fmt: skip


# In a zip file that does not say so, Latin-1 cannot be told from other encodings of one byte.
@pytest.mark.parametrize(
    ("write", "forms"),
    [(folder, ("NFC", "NFD")), (folder, ("NFC", "Latin-1")), (folder, ("NFD", "Latin-1")),
     (packed, ("NFC", "NFD"))],
)  # fmt: skip
def test_a_name_that_is_written_in_two_ways_is_reported(forms, write, round_, tmp_path):
    entries = [each for form in forms for each in of_nbgrader(round_, NAMES[form], text=form)]
    attempts, lines = collected(round_, write(tmp_path, entries + of_nbgrader(round_, b"ada")))
    assert {each.student.name for each in attempts} == {"zoë", "ada"}
    assert [line.split(":")[0] for line in lines] == ["zoë"]
    assert "if there are two, rename one" in lines[0]


def test_an_lms_tells_students_apart_by_number_however_their_names_are_written(round_, tmp_path):
    entries = [(name + b"_%d_assignsubmission_file_/a.ipynb" % number, b"{}%d" % number)
               for number, name in enumerate(NAMES.values())]  # fmt: skip
    attempts, lines = collected(round_, folder(tmp_path, entries))
    assert len({each.student.key for each in attempts}) == 4
    assert lines == []
