"""Correct a check: whose points change is shown first, and nothing is lost."""

import json
import shutil
import subprocess

import nbformat
import pytest
import sample_course
import stub_grading
from sample_course import table
from test_grading import require_sandbox

from grader import authoring, files
from grader.course import collect, course_folder, gradebook, regrade
from grader.course.release import release
from grader.run import engine, job
from grader.source import derive
from lossutils import activations

pytestmark = pytest.mark.classroom
RIGHT, WRONG = "expected=np.log({{classes}})", "expected=np.log10({{classes}})"
LIMITS = {"seconds_per_cell": 3, "seconds_per_check": 2, "seconds": 60, "memory_mb": 512}


def source(path, change=("", "")):
    """Write the source of softmax with one change."""
    text = (derive.SOURCES / "softmax.ipynb").read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change), encoding="utf-8")
    return path


def submission(round_, first_loss=None):
    """Return a right notebook without text, in which one value may be different."""
    notebook = derive.solution(round_.source, round_.seed(), 1)
    for cell in notebook.cells:
        if cell.id == "repair":
            cell.source = derive.TEXT_STUB
        if cell.id == "before" and first_loss:
            cell.source += f"\nfirst_loss = {first_loss}"
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Make a round whose source has a wrong check, and grade three students with it.

    The right answer is `log`, but the check expects `log10`: Ada, who is right, loses one of 18
    points, and Eve, who wrote log10, has them all. Ida handed in something else.
    """
    require_sandbox()
    folder = tmp_path_factory.mktemp("regrade")
    course_folder.new_course(folder / "course", "Losses")
    file = folder / "course" / "course.toml"
    file.write_text(file.read_text().replace("variants = 4", "variants = 1"))
    round_, _ = release(folder / "course", source(folder / "softmax.ipynb", (RIGHT, WRONG)))
    base_ten = submission(round_, "float(np.log10(np.exp(first_loss)))")
    data = {"ada": submission(round_), "eve": base_ten, "ida": b"{}"}
    for name, content in data.items():
        files.write(folder / "in" / name / "softmax-v1.ipynb", content)
    collect.collect(round_, folder / "in", print)
    with job.Grader() as grader:
        for _, arguments in gradebook.jobs(round_, LIMITS).values():
            grader.grade(results=round_.folder("results"), **arguments)
    return round_


@pytest.fixture
def copied(graded, tmp_path):
    """Return a copy of the round."""
    shutil.copytree(graded.course, tmp_path / "course")
    return course_folder.Round(tmp_path / "course", "softmax", 1)


@pytest.fixture
def here(monkeypatch):
    """Grade in this process instead of those of the engine."""

    def run(place, jobs, workers, tick, worker, extra=()):
        with job.Grader() as grader:
            for arguments in jobs:
                grader.grade(**arguments)
        tick()
        return []

    monkeypatch.setattr(engine, "run", run)


def points(round_):
    rows = gradebook.rows(round_, gradebook.jobs(round_, LIMITS))
    return {row.attempt.student.key: row.points for row in rows}


def contents(round_, *parts):
    """Return the bytes of all files in parts of the course folder, by name."""
    paths = [path for part in parts for path in round_.folder(part).rglob("*")]
    return {path.relative_to(round_.course).as_posix(): path.read_bytes()
            for path in paths if path.is_file() and "regrade" not in path.parts
            and "work" not in path.parts}  # fmt: skip


def test_a_corrected_check_shows_first_whose_points_change_and_why(copied, here):
    assert points(copied) == {"ada": 17, "eve": 18, "ida": None}
    before = contents(copied, "secret", "results", "submitted")
    plan = regrade.prepare(copied, LIMITS)
    regrade.run(plan, 1, print)
    lines = list(regrade.report(plan, regrade.changes(plan)))
    words = "    Before, the loss of a network that knows nothing: "
    assert lines == ["ada: 17 → 18", words + "0 of 1 → 1 of 1", "eve: 18 → 17",
                     words + "1 of 1 → 0 of 1",
                     "2 of 3 students change: 1 up, 1 down."]  # fmt: skip
    assert contents(copied, "secret", "results", "submitted") == before
    assert points(copied) == {"ada": 17, "eve": 18, "ida": None}

    assert regrade.write(plan) == 3
    assert points(copied) == {"ada": 18, "eve": 17, "ida": None}
    after = contents(copied, "secret", "results", "submitted")
    assert {name for name in before if after.get(name) != before[name]} == {
        "secret/softmax-1/source.ipynb"
    }
    assert copied.source.read_bytes() == (derive.SOURCES / "softmax.ipynb").read_bytes()
    (kept,) = (copied.course / "backup").rglob("source.ipynb")
    assert kept.read_bytes() == before["secret/softmax-1/source.ipynb"]

    plan = regrade.prepare(copied, LIMITS)
    regrade.run(plan, 1, print)
    assert list(regrade.report(plan, regrade.changes(plan))) == [
        "0 of 3 students change: 0 up, 0 down."
    ]


def test_one_student_is_shown_but_a_corrected_source_counts_for_all(copied, here):
    plan = regrade.prepare(copied, LIMITS, student="eve")
    regrade.run(plan, 1, print)
    assert [each.after.attempt.student.key for each in regrade.changes(plan)] == ["eve"]
    with pytest.raises(files.Problem, match="counts for the whole round; leave out --student"):
        regrade.run(plan, 1, print, write=True)
    with pytest.raises(files.Problem, match="one student max with a notebook, found 0"):
        regrade.prepare(copied, LIMITS, student="max")


def test_changes_outside_the_question_that_is_meant_are_refused(copied, here, monkeypatch):
    plan = regrade.prepare(copied, LIMITS, question="before")
    regrade.run(plan, 1, print)
    assert len(regrade.changes(plan)) == 2
    plan = regrade.prepare(copied, LIMITS, question="softmax-tests")
    with pytest.raises(files.Problem) as refused:
        regrade.changes(plan)
    words = "Before, the loss of a network that knows nothing: "
    assert str(refused.value).splitlines() == [
        "checks outside softmax-tests change too (2), so nothing is written:",
        f"    ada: {words}0 of 1 → 1 of 1",
        f"    eve: {words}1 of 1 → 0 of 1",
    ]
    monkeypatch.setattr(regrade, "MOST_SHOWN", 1)
    with pytest.raises(files.Problem, match=r"0 of 1 → 1 of 1\n    and 1 more$"):
        regrade.changes(plan)
    with pytest.raises(files.Problem, match="there is no question sofmax; there are By hand, "):
        regrade.prepare(copied, LIMITS, question="sofmax")


SEEN = {
    "a task": ("softmax-text", "softmax", "soft-max", "## 2. Soft"),
    "a stub": ("softmax", "def softmax(", "def soft_max(", "def softmax"),
    "a visible test": ("softmax-tests", "equal logits have", "the same logits have", "two_rows"),
    "the numbers": ("variant", "1.0, 2.5", "1.0, 2.75", "photo = "),
}


@pytest.mark.parametrize("what", SEEN)
def test_a_source_that_changes_what_students_see_is_refused(what, copied, tmp_path):
    name, old, new, beginning = SEEN[what]
    notebook = nbformat.read(derive.SOURCES / "softmax.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == name]
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    with pytest.raises(files.Problem, match=f"received a different cell “{beginning}"):
        regrade.prepare(copied, LIMITS, tmp_path / "changed.ipynb")


def test_the_points_in_a_heading_may_be_corrected(copied, tmp_path):
    """They are what students received, and have to agree with those of the checks."""
    more = source(tmp_path / "more.ipynb", ("(3 points)", "(4 points)"))
    assert not regrade.prepare(copied, LIMITS, more).same_source


def test_a_corrected_source_that_is_wrong_itself_is_pointed_out(tmp_path, capsys):
    authoring.warn(source(tmp_path / "wrong.ipynb", (RIGHT, WRONG)))
    (first, *_) = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "warning: the corrected source: variant 1: “right” gets 17, expected 18"
    )


def test_a_source_that_cannot_be_used_is_refused(copied, tmp_path):
    broken = source(tmp_path / "broken.ipynb", (RIGHT, "expected=1 / 0"))
    with pytest.raises(files.Problem, match=r"broken\.ipynb cannot be used"):
        regrade.prepare(copied, LIMITS, broken)
    with pytest.raises(files.Problem, match=r"there is no .*missing"):
        regrade.prepare(copied, LIMITS, tmp_path / "missing.ipynb")


def test_a_corrected_loss_is_compared_with_the_results_that_it_makes_stale(
    copied, monkeypatch, here
):
    softmax = activations.softmax
    monkeypatch.setattr(activations, "softmax", lambda logits: 2 * softmax(logits))
    assert set(points(copied).values()) == {None}
    plan = regrade.prepare(copied, LIMITS, copied.source)
    assert plan.same_source
    regrade.run(plan, 1, print)
    changed = {each.after.attempt.student.key: each for each in regrade.changes(plan)}
    assert {key: each.before.points for key, each in changed.items()} == {"ada": 17, "eve": 18}
    assert all(each.after.points < each.before.points for each in changed.values())


def test_without_a_new_source_results_are_used_again_only_to_be_written(
    round_, tmp_path, monkeypatch
):
    sample_course.hand_in(round_, tmp_path, ["Ada"])
    plan = regrade.prepare(round_, {}, round_.source)
    ((key, _),) = plan.keyed.values()
    path = plan.tried.folder("results") / f"{key}.json"
    monkeypatch.setattr(regrade, "grade", lambda *arguments, **options: 0)
    for write in (True, False):
        files.write(path, "{}")
        regrade.run(plan, 1, print, write)
        assert path.exists() == write


@pytest.mark.skipif(not sample_course.GRADER.exists(), reason="not run: make grader-envs")
def test_the_command_grades_one_student_again(round_, tmp_path):
    sample_course.hand_in(round_, tmp_path, ["Ada", "Eve"])
    old, new = {}, {}
    for attempt, (key, _) in gradebook.jobs(round_, {}).items():
        name = attempt.student.name
        new[name] = stub_grading.stub_result(key, attempt.path.read_bytes())
        old[name] = sample_course.result(key, new[name]["points"] + 1)
        files.write(round_.folder("results") / f"{key}.json", json.dumps(old[name]))
    command = [sample_course.GRADER, stub_grading.__file__, "regrade", "softmax", "--no-sandbox"]
    command += ["--source", round_.source, "--student", "Ada", "--course", round_.course]
    for option, points in (([], old), (["--write"], new)):
        status, output, errors = run([*command, *option])
        assert status == 0, errors
        assert f"Ada: {old['Ada']['points']:g} → {new['Ada']['points']:g}\n" in output
        assert "1 of 1 students change: 0 up, 1 down." in output
        known = {row.attempt.student.name: row.points for row in table(round_)}
        assert known == {"Ada": points["Ada"]["points"], "Eve": old["Eve"]["points"]}
    (kept,) = (round_.course / "backup").rglob("results/*/*.json")
    assert json.loads(kept.read_bytes()) == old["Ada"]


def run(command):
    """Run a command; return its status, its output and its errors."""
    environment = sample_course.inherited() | {"STUB_SECONDS": "0.01"}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, timeout=600
    )
    return done.returncode, done.stdout, done.stderr
