"""Collecting: LMS names are recognised, hostile archives do no harm, each problem is one line."""

import io
import os
import stat
import unicodedata
import zipfile
from datetime import UTC, datetime

import pytest
import sample_course

from grader import files
from grader.course import archives, collect, lms

LIMITS = {"notebook_mb": 1, "total_mb": 3}


def collected(round_, place, **options):
    """Collect; return how many are new and known, the attempts, and the printed lines."""
    lines = []
    counts = collect.collect(round_, place, lines.append, **options)
    return counts, collect.attempts(round_), lines


def folder_with(tmp_path, contents):
    for name, data in contents.items():
        files.write(tmp_path / "in" / name, data)
    return tmp_path / "in"


def test_a_zip_of_moodle(round_, tmp_path):
    names = ["Ada Lovelace_101", "Zoë Ångström_102", "王 小明_103"]
    entries = [(f"{name}_assignsubmission_file_/softmax-v2.ipynb", b"{}" + name.encode())
               for name in names]  # fmt: skip
    counts, attempts, lines = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert (counts, lines) == ((3, 0), [])
    students = {(each.student.name, each.student.number, each.variant) for each in attempts}
    assert students == {
        ("Ada Lovelace", "101", 2),
        ("Zoë Ångström", "102", 2),
        ("王 小明", "103", 2),
    }


def test_a_zip_of_moodle_without_folders(round_, tmp_path):
    entries = [("Participant_7_assignsubmission_file_softmax-v1.ipynb", b"{}"),
               ("Participant_8_assignsubmission_onlinetext_.html", b"<p>")]  # fmt: skip
    counts, attempts, lines = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    assert counts == (2, 0)
    assert {each.student.number: each.refused for each in attempts} == {
        "7": "",
        "8": "it is not a notebook (.ipynb)",
    }
    assert [line.split(": ")[1] for line in lines] == [
        "it is not a notebook (.ipynb); it cannot be graded"
    ]


def test_a_zip_of_canvas(round_, tmp_path):
    entries = [("lovelaceada_12345_67890_softmax-v1-2.ipynb", b"1"),
               ("ångströmzoë_LATE_12346_67891_softmax-v1.ipynb", b"2"),
               ("LATE_anon_aB3x9_67892_softmax-v2.ipynb", b"3"),
               ("王小明_12347_text.html", b"<p>")]  # fmt: skip
    counts, attempts, lines = collected(round_, sample_course.zipped(tmp_path / "c.zip", entries))
    assert counts == (4, 0)
    assert [each.student.name for each in attempts if each.refused] == ["王小明"]
    attempts = [each for each in attempts if not each.refused]
    students = {each.student.key: (each.late, each.variant) for each in attempts}
    late = {"canvas 12345": (False, 1), "canvas 12346": (True, 1), "canvas aB3x9": (True, 2)}
    assert students == late
    assert len(lines) == 1


def test_a_student_cannot_submit_in_the_name_of_another(round_, tmp_path):
    evil = "grace_777_1_assignsubmission_file_x.ipynb"
    places = {f"ada/{evil}": b"1", "grace/softmax.ipynb": b"2", "eve/softmax.ipynb": b"3"}
    _, attempts, _ = collected(round_, folder_with(tmp_path, places))
    assert {each.student.key for each in attempts} == {"ada", "grace", "eve"}


def test_a_student_cannot_submit_in_the_name_of_others_by_many_files(round_, tmp_path):
    """How an archive is laid out is decided by folders, and not by how many files are in them."""
    names = [f"eve_{n}_assignsubmission_file_.ipynb" for n in range(9)]
    contents = {f"ada/{name}": name.encode() for name in names}
    place = folder_with(tmp_path, contents | {"eve/x.ipynb": b"{}", "kim/x.ipynb": b"{}"})
    _, attempts, lines = collected(round_, place)
    assert {each.student.key for each in attempts} == {"ada", "eve", "kim"}
    assert lines == []


def test_a_name_in_two_unicode_forms_is_one_student(round_, tmp_path):
    forms = [unicodedata.normalize(form, "Zoë Ångström") for form in ("NFC", "NFD")]
    assert forms[0] != forms[1]
    entries = [(f"{name}/softmax.ipynb", name.encode()) for name in [*forms, "Ada"]]
    _, attempts, _ = collected(round_, sample_course.zipped(tmp_path / "p.zip", entries))
    assert len(attempts) == 3
    assert len({each.student.key for each in attempts}) == 2


@pytest.mark.parametrize(("encoding", "flag"), [("cp437", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_names_in_the_encodings_that_zip_programs_write(round_, tmp_path, encoding, flag):
    class Entry(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802, the hook of the standard library
            return self.filename.encode(encoding), flag

    entries = [(Entry("Jürgen Müller/softmax.ipynb"), b"1"), (Entry("ada/softmax.ipynb"), b"2")]
    _, attempts, _ = collected(round_, sample_course.zipped(tmp_path / "p.zip", entries))
    assert {each.student.name for each in attempts} == {"Jürgen Müller", "ada"}


@pytest.mark.parametrize("nested", [False, True])
def test_a_name_that_claims_to_be_utf_8_and_is_not_keeps_nobody_else_back(round_, tmp_path, nested):
    class Entry(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802, the hook of the standard library
            return self.filename.encode("cp437"), 0x800

    entries = [(Entry("Zoë_7_assignsubmission_file_/softmax.ipynb"), b"PK\1\2" + bytes(60)),
               ("王_8_assignsubmission_file_/softmax.ipynb", b"2")]  # fmt: skip
    if nested:
        inner = sample_course.zipped(tmp_path / "i.zip", [(Entry("ë.ipynb"), b"PK\1\2 stored")])
        entries[0] = ("Zoë_7_assignsubmission_file_/all.zip", inner.read_bytes())
    _, attempts, lines = collected(round_, sample_course.zipped(tmp_path / "p.zip", entries))
    assert {each.student.name for each in attempts} == {"Zoë", "王"}
    assert lines == []
    assert {each.path.read_bytes()[:4] for each in attempts} == {b"PK\1\2", b"2"}


BAD_NAMES = ["../ada/x.ipynb", "/etc/ada/x.ipynb", "ada/../../x.ipynb", "C:\\ada\\x.ipynb",
             "ada\\..\\..\\x.ipynb"]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_path_leads_out_of_the_archive(round_, tmp_path, name):
    before = {path for path in tmp_path.rglob("*") if "course" not in path.parts}
    archive = sample_course.zipped(tmp_path / "p.zip", [(name, b"1"), ("eve/x.ipynb", b"2")])
    _, attempts, lines = collected(round_, archive)
    assert [each.student.key for each in attempts if not each.refused] == ["eve"]
    assert [line for line in lines if "its path leads out of the archive" in line]
    outside = {path for path in tmp_path.rglob("*") if "course" not in path.parts}
    assert outside - before == {archive}


def test_links_and_pipes_are_not_followed(round_, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text("{}")
    place = folder_with(tmp_path, {"ada/fine.ipynb": b"{}"})
    for name in ("eve", "pipe", "outside"):
        (place / name).mkdir()
    (place / "eve" / "softmax.ipynb").symlink_to(secret)
    (place / "eve" / "folder").symlink_to(tmp_path)
    os.mkfifo(place / "pipe" / "softmax.ipynb")
    _, attempts, lines = collected(round_, place)
    assert [each.student.key for each in attempts if not each.refused] == ["ada"]
    assert {each.student.key for each in attempts if each.refused} == {"eve", "pipe"}
    assert len(lines) == 3
    link = zipfile.ZipInfo("mallory/softmax.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    _, _, lines = collected(
        round_, sample_course.zipped(tmp_path / "l.zip", [(link, b"/etc/passwd")])
    )
    assert "it is a link" in lines[0]


def test_a_file_that_is_too_large_is_refused_and_not_read_completely(tmp_path):
    zeros = bytes(10_000_000)
    archive = sample_course.zipped(
        tmp_path / "b.zip", [("eve/x.ipynb", zeros), ("ada/x.ipynb", b"{}")]
    )
    read = {file.parts[0]: file for file in archives.files(archive, LIMITS)}
    assert read["eve"].data == b""
    assert "larger than 1 MB" in read["eve"].refused
    assert read["ada"].data == b"{}"


def test_a_false_size_in_a_header_has_no_effect(tmp_path):
    archive = sample_course.zipped(tmp_path / "b.zip", [("eve/x.ipynb", bytes(10_000_000))])
    data = archive.read_bytes().replace(
        (10_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little")
    )
    archive.write_bytes(data)
    read = list(archives.files(archive, LIMITS))
    assert [(file.data, bool(file.refused)) for file in read] == [(b"", True)]


def test_a_zip_bomb_is_refused_by_its_compression_ratio(tmp_path):
    bomb = sample_course.zipped(
        tmp_path / "b.zip", [(f"{n}/x.ipynb", bytes(90_000_000)) for n in "abcdef"]
    )
    with pytest.raises(archives.Unreadable, match="zip bomb"):
        list(archives.files(bomb, {"notebook_mb": 1000, "total_mb": 10_000}))


def test_the_total_size_is_limited(tmp_path):
    entries = [(f"{n}/x.ipynb", os.urandom(900_000)) for n in range(5)]
    with pytest.raises(archives.Unreadable, match="total_mb"):
        list(archives.files(sample_course.zipped(tmp_path / "b.zip", entries), LIMITS))


def test_a_nested_zip_is_opened_but_not_a_doubly_nested_one(round_, tmp_path):
    def packed(name, data):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(name, data)
        return stream.getvalue()

    deep = packed("a.zip", packed("b.zip", b""))
    entries = [("Ada L_1_assignsubmission_file_/mine.zip", packed("softmax.ipynb", b"{}")),
               ("Eve M_2_assignsubmission_file_/deep.zip", deep)]  # fmt: skip
    _, attempts, lines = collected(round_, sample_course.zipped(tmp_path / "m.zip", entries))
    refused = {each.student.number: bool(each.refused) for each in attempts}
    assert refused == {"1": False, "2": True}
    assert len(lines) == 1
    assert "zip in a zip" in lines[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(50), b"no zip"])
def test_a_damaged_archive_is_one_sentence(round_, tmp_path, data):
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(files.Problem, match="was not collected"):
        collected(round_, tmp_path / "x.zip")


def test_damaged_entries_do_not_affect_the_others(round_, tmp_path):
    archive = sample_course.zipped(
        tmp_path / "p.zip", [("ada/x.ipynb", os.urandom(500)), ("eve/x.ipynb", b"{}")]
    )
    data = bytearray(archive.read_bytes())
    data[60:80] = bytes(20)
    archive.write_bytes(data)
    _, attempts, lines = collected(round_, archive)
    assert {each.student.key: bool(each.refused) for each in attempts} == {
        "ada": True,
        "eve": False,
    }
    assert len(lines) == 1


def test_every_attempt_is_kept_once(round_, tmp_path):
    place = folder_with(tmp_path, {"ada/softmax-v1.ipynb": b"first"})
    assert collected(round_, place)[0] == (1, 0)
    assert collected(round_, place)[0] == (0, 1)
    files.write(place / "ada" / "softmax-v1.ipynb", b"second")
    later = datetime(2030, 1, 1, tzinfo=UTC)
    counts, attempts, _ = collected(round_, place, when=later)
    assert counts == (1, 0)
    assert [each.path.read_bytes() for each in attempts] == [b"first", b"second"]
    assert attempts[1].handed_in == later.isoformat()


def test_the_deadline_decides_what_is_late(round_, tmp_path):
    file = round_.course / "course.toml"
    text = file.read_text().replace(
        "[deadline]", "[deadline]\nsoftmax-1 = 2026-03-01T12:00:00+01:00"
    )
    file.write_text(text)
    place = folder_with(tmp_path, {"ada/a.ipynb": b"1"})
    collected(round_, place, when=datetime(2026, 3, 1, 10, 59, tzinfo=UTC))
    files.write(place / "ada" / "a.ipynb", b"2")
    _, attempts, _ = collected(round_, place, when=datetime(2026, 3, 1, 11, 1, tzinfo=UTC))
    assert [each.late for each in attempts] == [False, True]


def test_a_folder_of_nbgrader_with_its_timestamps(round_, tmp_path):
    stamp = b"2026-02-02 15:58:23.948203 UTC"
    names = {f"{name}/softmax/softmax.ipynb": name.encode() for name in ("ada", "eve")}
    names |= {f"{name}/softmax/timestamp.txt": stamp for name in ("ada", "eve")}
    _, attempts, lines = collected(round_, folder_with(tmp_path, names))
    assert {each.handed_in for each in attempts} == {"2026-02-02T15:58:23.948203+00:00"}
    assert lines == []


def test_twenty_megabytes_are_collected_completely(round_, tmp_path):
    data = sample_course.notebook(round_, "x" * 20_000_000)
    _, attempts, _ = collected(round_, folder_with(tmp_path, {"ada/big.ipynb": data}))
    assert attempts[0].path.read_bytes() == data


def test_control_characters_do_not_reach_the_terminal(round_, tmp_path):
    lines = collected(round_, folder_with(tmp_path, {"ada/\x1b[2Jx\n.txt": b"1"}))[2]
    assert len(lines) == 1
    assert all(letter.isprintable() for letter in lms.shorten(lines[0], 300))


@pytest.mark.parametrize("name", ["..", ".", "", "/", "a/../b", "CON", "x" * 300, "\x00", "👩‍🚀"])
def test_every_student_has_a_separate_folder(name):
    folder = collect.folder_name(lms.Student(name, name))
    assert "/" not in folder
    assert folder not in ("", ".", "..")
    assert len(folder.encode()) < 200
    assert folder != collect.folder_name(lms.Student(name + " ", name))
