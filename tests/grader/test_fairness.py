"""Honest students: a right answer keeps its points, and every student has one stated row."""

import json
import os
import zipfile
from datetime import datetime

import nbformat
import pytest
import sample_course
from hostile import demo
from sample_course import table
from test_grading import LIMITS, graded, grader, lost, place, release, sentences  # noqa: F401

from grader import files
from grader.course import collect, course_folder, export, gradebook, tables
from grader.course import release as releasing
from grader.run.result import GRADED
from grader.source import audit, derive

pytestmark = pytest.mark.classroom


def added(source, *, at, kind="code"):
    """Return a change that inserts a cell of the student's own after the cell `at`."""

    def change(notebook):
        at_cell = next(n for n, cell in enumerate(notebook.cells) if cell["id"] == at) + 1
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.insert(at_cell, make(source))

    return change


def without_metadata(notebook):
    """Remove all metadata, as some programs do."""
    notebook.metadata = nbformat.from_dict({})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})


def windows(notebook):
    """Save with the line endings of Windows."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


FAIR = {
    "a later experiment reuses a variable": (added("answer = 99", at="both"), {}, {}),
    "an experiment right after it": (added("answer = 99", at="number"), {}, {}),
    "a later experiment reuses a function": (added("masked_mean = 3", at="number"), {}, {}),
    "a variable in a new cell": (
        added("answer = 0.693", at="number"), {"number": "answer = ..."}, {}),
    "a function in a new cell": (
        added(demo.RIGHT["square"], at="number"), {"square": demo.STUBS["square"]}, {}),
    "no metadata at all": (without_metadata, {}, {}),
    "line endings of Windows": (windows, {}, {}),
    "a decimal comma": (lambda notebook: None, {"number": "answer = 0,693"}, {"number": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAIR)
def test_a_right_answer_keeps_its_points(name, grader, place, release):  # noqa: F811
    """Whatever else the notebook holds."""
    change, answers, expected = FAIR[name]
    notebook = demo.submission(release, demo.RIGHT | answers)
    change(notebook)
    path = place / "submitted" / "fair.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook))
    written = grader.grade(
        place / "demo.ipynb", path, place / "results", demo.SEED, LIMITS, variant=0
    )
    result = json.loads(written.read_text())
    assert result["state"] == GRADED, result["reason"]
    assert (lost(result), result["notes"]) == (expected, [])
    assert ("decimal point" in sentences(result)) == (name == "a decimal comma")


@pytest.mark.parametrize(
    ("kind", "text", "blank"),
    [("text", "It cancels.", False), ("code", "It cancels, since", False),
     ("code", "# It cancels.", False), ("code", "x = 1", True), ("text", "  ", True)],
)  # fmt: skip
def test_text_beside_the_stub_is_read_by_a_person(kind, text, blank, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT)
    added(text, at="words", kind=kind)(notebook)
    result = graded(grader, place, "beside", notebook)
    assert result["manual"][0]["blank"] == blank
    assert blank or text in result["manual"][0]["answer"]


def test_both_parts_of_a_split_text_are_read(grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"words": "The first part."})
    cell = nbformat.from_dict(notebook.cells[-1])
    notebook.cells.append(nbformat.from_dict(dict(cell, id="other", source="The second part.")))
    answer = graded(grader, place, "split", notebook)["manual"][0]["answer"]
    assert answer == "The first part.\n\nThe second part."


def test_a_missing_name_is_explained_by_its_cell(grader, place, release):  # noqa: F811
    """And what nobody has written yet is said to be unwritten; only code cells are counted."""
    answers = demo.RIGHT | {"square": "import tensorflow\n" + demo.RIGHT["square"]}
    answers |= {"masked": demo.STUBS["masked"], "number": "answer = ..."}
    result = graded(grader, place, "explained", demo.submission(release, answers))
    said = {check["name"]: check["message"] for check in result["checks"]}
    assert "its cell raised ModuleNotFoundError" in said["mean_squared_error"]
    assert said["masked_mean"] == "the function masked_mean is not written yet"
    assert said["answer"] == "the variable answer is not written yet"
    assert [cell["number"] for cell in result["cells"]] == [4]


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
    assert collect.variant_of(round_, file) is None


@pytest.mark.parametrize(
    "name", ["softmax-v2.ipynb", "a_12_34_softmax-v2-1.ipynb", "My softmax-v2 (1).ipynb"]
)
def test_the_variant_in_the_name_of_a_file_is_read(name, round_):
    assert collect.variant_of(round_, collect.archives.File(("ada", name), None, b"{}")) == 2


def test_two_assignments_in_one_zip_leave_nobody_without_points(round_, tmp_path):
    other = nbformat.writes(derive.solution("double-softmax", "x", 1)).encode()
    entries = {"ada/softmax-v1.ipynb": sample_course.notebook(round_),
               "ada/double-softmax-v1.ipynb": other}  # fmt: skip
    handed(round_, tmp_path, entries)
    (row,) = table(round_)
    assert row.attempt.original == "ada/softmax-v1.ipynb"
    assert row.why == "the last of 2 attempts; 1 that cannot be graded do not count"


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
    for form in export.FORMS:
        path, _ = export.export(round_, list(rows.values()), form, "softmax")
        text = path.read_text(encoding="utf-8-sig")
        assert all(name in text.lower() for name in rows), form


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
    data = nbformat.writes(notebook).encode()
    handed(round_, tmp_path, {"ada/mine.ipynb": data})
    assert table(round_)[0].attempt.variant is None
    handed(round_, tmp_path, {"ada/softmax-v2.ipynb": data}, "2026-11-25T12:00:00+00:00")
    (row,) = table(round_)
    assert (row.attempt.variant, row.others) == (2, 0)
    assert row.attempt.handed_in == "2026-11-20T12:00:00+00:00"


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
    "name", ["x;=1+1", "x; =1", 'x;"=1', "＝1+1", "＋1", "x\n=1", "x|@a", "x\x85=1", "x\u2028=1"]
)
def test_no_spreadsheet_finds_a_formula_wherever_it_divides(name):
    import re

    line = tables.as_csv([[name, 5]])
    for separator in (",", ";", "|", "\n", "\x85", "\u2028"):
        for part in line.lstrip("\ufeff").split(separator):
            assert not re.match(r'[\s"]*[=+\-@＝＋－＠]', part), part
    wanted = name.translate(tables.CONTROL)
    assert tables.plain(tables.harmless(wanted)) == wanted


def test_a_changed_source_is_not_released_as_if_it_were_the_old_one(tmp_path):
    own = tmp_path / "mine.ipynb"
    text = (derive.SOURCES / "softmax.ipynb").read_text(encoding="utf-8")
    own.write_text(text.replace('"assignment": "softmax"', '"assignment": "mine"'))
    course_folder.new_course(tmp_path / "course")
    round_, _ = releasing.release(tmp_path / "course", own)
    assert releasing.release(tmp_path / "course", own)[0] == round_
    own.write_text(own.read_text().replace("softmax", "softmaxes", 1))
    with pytest.raises(files.Problem, match="the source has changed since mine-1 was released"):
        releasing.release(tmp_path / "course", own)


def test_a_misspelt_deadline_and_the_example_address_are_pointed_out(round_):
    file = round_.course / "course.toml"
    late = "[deadline]\nsoftmx-1 = 2026-11-30T23:59:00+01:00\nsoftmax-1 = 2026-11-30T23:59:00+01:00"
    file.write_text(file.read_text().replace("[deadline]", late))
    said = course_folder.doubts(round_.course, ["softmax"])
    assert len(said) == 2
    assert "there is no round softmx-1" in said[0]
    assert "https://example.org/losses/" in said[1]


def changed_source(tmp_path, change):
    """Write a copy of a source with one change; return its path."""
    notebook = nbformat.read(derive.SOURCES / "softmax.ipynb", as_version=4)
    change(notebook)
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    return path


def marked(notebook, **marks):
    cell = nbformat.v4.new_code_cell("x = 1")
    cell.metadata["nbgrader"] = marks
    notebook.cells.insert(3, cell)


def twice(notebook):
    notebook.cells.append(nbformat.from_dict(dict(notebook.cells[6], id="again")))


UNUSABLE = {
    "cell 4 (“x = 1”) lacks nbgrader's grade, solution, locked": lambda n: marked(n, grade_id="q"),
    "occurs twice": twice,
    "expected the environment": lambda n: n.metadata.loss_book.update(environment="julia"),
    "expected a name of small letters": lambda n: n.metadata.loss_book.update(assignment="../../x"),
    "states no points; write, for example: ## 1. The mean (2 points)": lambda n: n.cells.insert(
        2, nbformat.v4.new_code_cell("### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")),
}  # fmt: skip


@pytest.mark.parametrize("words", UNUSABLE)
def test_a_source_that_cannot_be_used_is_refused_by_audit_and_release(words, tmp_path):
    path = changed_source(tmp_path, UNUSABLE[words])
    (sentence,) = audit.problems(path)
    assert words in sentence
    course_folder.new_course(tmp_path / "course")
    with pytest.raises(files.Problem, match="was not released"):
        releasing.release(tmp_path / "course", path)
    assert not list((tmp_path / "course").rglob("x-v*.ipynb"))
