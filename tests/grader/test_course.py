"""The teacher's commands: release, manual grading, feedback, export and summary."""

import csv
import hashlib
import io
import re
import stat

import pytest
import sample_course
from sample_course import hand_in, table

from grader import __main__ as commands
from grader import files
from grader.course import collect, course_folder, export, gradebook, manual_grading, summary, tables
from grader.course.release import release
from lossutils import activations

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1"]


def read(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_the_seed_is_secret_and_never_shown(tmp_path):
    folder = tmp_path / "course"
    assert sample_course.command(folder, "new-course")[0] == 0
    status, output, errors = sample_course.command(folder, "release", "softmax")
    assert (status, errors) == (0, "")
    seed = course_folder.find_round(folder, "softmax").seed_file
    assert re.fullmatch(r"[0-9a-f]{64}\n", seed.read_text())
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert stat.S_IMODE(seed.parent.stat().st_mode) == 0o700
    assert seed.read_text().strip() not in output
    for path in (folder / "release").rglob("*.ipynb"):
        assert seed.read_text().strip() not in path.read_text(encoding="utf-8")


def test_a_repeated_release_gives_the_same_bytes_and_a_new_round_different_ones(round_):
    def digests(released):
        return [hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(released.folder("release").glob("*.ipynb"))]  # fmt: skip

    first = digests(round_)
    assert len(set(first)) == 2
    again, _ = release(round_.course, "softmax")
    assert (again, digests(again)) == (round_, first)
    new, _ = release(round_.course, "softmax", new_round=True)
    assert new.number == 2
    assert new.seed() != round_.seed()
    assert not set(digests(new)) & set(first)


def test_a_round_keeps_the_source_of_its_release(tmp_path):
    from grader.source import derive

    own = tmp_path / "mine.ipynb"
    text = (derive.SOURCES / "softmax.ipynb").read_text(encoding="utf-8")
    own.write_text(text.replace('"assignment": "softmax"', '"assignment": "mine"'))
    course_folder.new_course(tmp_path / "course")
    round_, _ = release(tmp_path / "course", own)
    own.unlink()
    assert round_.name == "mine-1"
    assert release(tmp_path / "course", round_.source)[0] == round_


BAD_SETTINGS = {
    "counts = 1": "counts",
    'counts = "first"': "last on time",
    "variants = 0": "from 1 to 1000",
    "colour = 3": "there is no setting colour",
    "[deadline]\nsoftmax-1 = 2026-01-01": "2026-11-30T23:59:00",
    "[collect]\nnotebook_mb = -1": "above 0",
    "title = ": "cannot be read",
}


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_a_wrong_setting_is_answered_in_one_sentence(tmp_path, text):
    course_folder.new_course(tmp_path / "course")
    (tmp_path / "course" / "course.toml").write_text(text)
    status, _, errors = sample_course.command(tmp_path / "course", "release", "softmax")
    assert status == 1
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert BAD_SETTINGS[text] in errors


BAD_COMMANDS = [
    ("release", "nothing"), ("release", "no-file.ipynb"), ("grade", "softmax", "--round", "9"),
    ("collect", "softmax", "no-folder"), ("collect", "softmax", ".", "--when", "yesterday"),
    ("grade", "softmax", "--jobs", "-1"), ("export", "softmax"), ("feedback", "regression"),
    ("new-course",),
]  # fmt: skip


@pytest.mark.parametrize("arguments", BAD_COMMANDS)
def test_bad_input_is_answered_in_one_sentence(round_, arguments):
    status, output, errors = sample_course.command(round_.course, *arguments)
    assert (status, output) == (1, "")
    assert re.fullmatch(r"error: .+\n", errors)


def test_unknown_points_are_blank_and_never_zero(round_, tmp_path):
    hand_in(round_, tmp_path, ["Ada", "Eve", "Grace", "Ida"])
    text = {"grade_id": "why", "max_points": 3.0, "answer": "Since it is.", "blank": False}

    def make(attempt, key):
        if attempt.student.name == "Eve":
            broken = {"state": "could not be graded", "reason": "it is not JSON", "points": None}
            return sample_course.result(key, **broken)
        if attempt.student.name == "Ida":
            return sample_course.result(key, points=0.0)
        return sample_course.result(key, 11.5, manual=[text] * (attempt.student.name == "Grace"))

    sample_course.give(round_, make)
    for form, column in (("plain", 2), ("canvas", 5), ("moodle", 2)):
        path, blank = export.export(round_, table(round_), form, "softmax")
        lines = {line[0 if form == "canvas" else 1]: line[column] for line in read(path)}
        points = {name: lines[name] for name in ("Ada", "Eve", "Grace", "Ida")}
        assert points == {"Ada": "11.5", "Eve": "", "Grace": "", "Ida": "0"}
        assert blank == 2


def test_a_name_never_becomes_a_formula(round_, tmp_path):
    names = [name.replace("/", "∕") for name in FORMULAS]
    hand_in(round_, tmp_path, names)
    sample_course.give(round_, lambda attempt, key: sample_course.result(key))
    for form in commands.FORMS:
        path, _ = export.export(round_, table(round_), form, "softmax")
        for line in read(path):
            for cell in line:
                number = re.fullmatch(r"-?[\d.]*", cell.strip())
                assert number or not cell.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", [*FORMULAS, "Ada", "'quoted'", "-", "-1.5", "two\nlines", ""])
def test_a_protected_cell_can_be_read_back(text):
    wanted = text.replace("\t", " ")
    assert tables.plain(tables.harmless(text)) == wanted


def test_the_gradebook_of_canvas_is_filled_in(round_, tmp_path):
    entries = [("lovelaceada_12_1_softmax-v1.ipynb", sample_course.notebook(round_))]
    collect.collect(round_, sample_course.zipped(tmp_path / "c.zip", entries), print)
    sample_course.give(round_, lambda attempt, key: sample_course.result(key))
    given = tmp_path / "canvas.csv"
    head = "Student,ID,SIS User ID,SIS Login ID,Section,Softmax (77),Quiz (78)"
    given.write_text(f'{head}\n    Points Possible,,,,,21,5\n"Lovelace, Ada",12,7,ada,A,,4\n')
    path, _ = export.export(round_, table(round_), "canvas", "Softmax", given)
    lines = read(path)
    assert lines[0] == head.split(",")
    assert lines[2] == ["Lovelace, Ada", "12", "7", "ada", "A", "10", "4"]
    given.write_text(head.replace("Softmax", "Hinge") + "\n")
    with pytest.raises(files.Problem, match="one column Softmax"):
        export.export(round_, table(round_), "canvas", "Softmax", given)


def test_the_worksheet_of_moodle_is_filled_in(round_, tmp_path):
    hand_in(round_, tmp_path, ["Ada"])
    sample_course.give(round_, lambda attempt, key: sample_course.result(key))
    given = tmp_path / "moodle.csv"
    head = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments"
    given.write_text(f"{head}\nParticipant 1001,Ada,,21,-,\nParticipant 5,Ida,7,21,-,\n")
    path, _ = export.export(round_, table(round_), "moodle", "softmax", given)
    assert [line[2] for line in read(path)] == ["Grade", "10", "7"]
    given.write_text(f"{head}\nParticipant 5,Ida,7,21,-,\n")
    with pytest.raises(files.Problem, match="lacks Ada"):
        export.export(round_, table(round_), "moodle", "softmax", given)


def test_manual_points_are_added_and_kept_and_belong_to_one_answer(round_, tmp_path):
    text = {"grade_id": "why", "max_points": 3.0, "answer": "=Since it is.", "blank": False}
    hand_in(round_, tmp_path, ["Ada"])
    sample_course.give(round_, lambda attempt, key: sample_course.result(key, manual=[text]))
    assert manual_grading.write_sheet(round_, table(round_)) == 1
    sheet = manual_grading.sheet(round_)
    filled = sheet.read_text(encoding="utf-8").replace(",3,,", ',3,"2,5","Good; see\nsoftmax"')
    sheet.write_text(filled.replace("\r\n", "\n"), encoding="utf-8")
    row = table(round_)[0]
    assert (row.points, row.manual["why"][1]) == (12.5, "Good; see\nsoftmax")
    manual_grading.write_sheet(round_, table(round_))
    assert table(round_)[0].points == 12.5
    other = text | {"answer": "A different answer."}
    sample_course.give(round_, lambda attempt, key: sample_course.result(key, manual=[other]))
    assert table(round_)[0].points is None
    manual_grading.write_sheet(round_, table(round_))
    assert (
        "moodle 1001",
        "why",
        manual_grading.fingerprint(text["answer"]),
    ) in manual_grading.points(round_)
    assert list((round_.course / "backup").rglob("softmax-1.csv"))
    sheet.write_text(filled.replace('"2,5"', "9"), encoding="utf-8")
    with pytest.raises(files.Problem, match="expected points from 0 to 3"):
        table(round_)


def test_the_attempt_that_counts(round_, tmp_path):
    def rows(counts):
        file = round_.course / "course.toml"
        file.write_text(re.sub(r"counts = .*", f'counts = "{counts}"', file.read_text()))
        row = table(round_)[0]
        return row.points, row.others

    file = round_.course / "course.toml"
    deadline = "[deadline]\nsoftmax-1 = 2026-03-02T12:00:00+00:00"
    file.write_text(file.read_text().replace("[deadline]", deadline))
    points = {}
    for day, earned in ((1, 12.0), (2, 7.0), (3, 9.0)):
        data = sample_course.notebook(round_, f"day {day}")
        files.write(tmp_path / "in" / "ada" / "softmax-v1.ipynb", data)
        points[hashlib.sha256(data).hexdigest()] = earned
        moment = sample_course.moment(f"2026-03-0{day}T11:00:00+00:00")
        collect.collect(round_, tmp_path / "in", print, moment)
    sample_course.give(round_, lambda a, key: sample_course.result(key, points[a.sha256]))
    assert rows("last") == (9.0, 2)
    assert rows("last on time") == (7.0, 2)
    assert rows("best") == (12.0, 2)


def test_the_summary_counts_each_mistake_once_per_student(round_, tmp_path):
    hand_in(round_, tmp_path)
    check = {"question": "loss-tests", "points": 0.0, "max_points": 2.0, "mistake": "twice"}
    sample_course.give(round_, lambda a, key: sample_course.result(key, checks=[check] * 3))
    lines = summary.summary(round_, table(round_))
    assert [line.split() for line in lines if "twice" in line] == [["3", "twice"]]
    assert any(re.search(r"mean 10\.0, median 10\.0 of 21", line) for line in lines)


def test_a_corrected_loss_makes_the_results_stale(round_, tmp_path, monkeypatch):
    hand_in(round_, tmp_path, ["Ada"])
    sample_course.give(round_, lambda attempt, key: sample_course.result(key))
    assert table(round_)[0].points == 10
    softmax = activations.softmax
    monkeypatch.setattr(activations, "softmax", lambda logits: 2 * softmax(logits))
    assert table(round_)[0].state == gradebook.NOT_GRADED


def test_a_source_that_cannot_be_used_for_grading_is_reported_in_one_sentence(round_, tmp_path):
    hand_in(round_, tmp_path, ["Ada"])
    text = round_.source.read_text(encoding="utf-8")
    broken = text.replace("from lossutils import activations, losses", "1 / 0")
    assert broken != text
    round_.source.write_text(broken, encoding="utf-8")
    status, output, errors = sample_course.command(round_.course, "export", "softmax")
    assert (status, output) == (1, "")
    assert re.fullmatch(r"error: .+ cannot be used for grading: .+ZeroDivisionError.+\n", errors)


def test_a_variant_that_was_not_released_is_not_graded(round_, tmp_path):
    data = sample_course.notebook(round_, number=9)
    files.write(tmp_path / "in" / "ada" / "softmax.ipynb", data)
    collect.collect(round_, tmp_path / "in", print)
    (row,) = table(round_)
    assert (row.state, row.points) == ("could not be graded", None)
    assert "variant 9" in row.reason


def test_a_file_is_written_completely_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    files.write(path, "before")

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, "after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_misspelt_deadline_and_the_example_address_are_pointed_out(round_):
    file = round_.course / "course.toml"
    late = "[deadline]\nsoftmx-1 = 2026-11-30T23:59:00+01:00\nsoftmax-1 = 2026-11-30T23:59:00+01:00"
    file.write_text(file.read_text().replace("[deadline]", late))
    sentences = course_folder.doubts(round_.course, ["softmax"])
    assert len(sentences) == 2
    assert "there is no round softmx-1" in sentences[0]
    assert "https://example.org/losses/" in sentences[1]
