"""nbgrader's exchange, for real: release, fetch, submit, collect, and then our commands.

The students are users of the exchange by name; all commands run as one user of this machine.
"""

import os
import re
import shutil
import subprocess

import nbformat
import pytest
import sample_course
from rotation import marks

from grader import files
from grader.course import collect
from grader.source import derive

NBGRADER = sample_course.GRADER.with_name("nbgrader")
pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not NBGRADER.exists(), reason="not run: make grader-envs installs nbgrader"),
    *marks(4, 1),
]
SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "losses"
c.Exchange.root = {root!r}
"""


class Exchange:
    """The exchange, the folder of nbgrader's course, and a folder for each student."""

    def __init__(self, place):
        """Make an empty exchange that everybody may write to."""
        self.place, self.course = place, self._folder(place, "teacher")
        (place / "exchange").mkdir()
        (place / "exchange").chmod(0o777)

    def _folder(self, place, name):
        (place / name).mkdir(exist_ok=True)
        text = SETTINGS.format(root=str(place / "exchange"))
        (place / name / "nbgrader_config.py").write_text(text, encoding="utf-8")
        return place / name

    def run(self, folder, *words):
        """Run a command of nbgrader; return what it says."""
        path = os.pathsep.join([str(NBGRADER.parent), os.environ["PATH"]])  # nbgrader needs alembic
        own = {
            "PATH": path,
            "HOME": str(self.place / "home"),
            "JUPYTER_DATA_DIR": str(folder / ".jupyter"),
        }
        done = subprocess.run(
            [NBGRADER, *words], cwd=folder, env=os.environ | own, capture_output=True, text=True,
            timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stderr

    def fetch(self, student):
        """Fetch the assignment as a student; return the notebook's path."""
        folder = self._folder(self.place, student)
        self.run(folder, "fetch_assignment", "softmax")
        (path,) = (folder / "softmax").glob("*.ipynb")
        return path

    def submit(self, student):
        """Submit as a student; return when, as nbgrader says it."""
        printed = self.run(self.place / student, "submit", "softmax", "--student", student)
        return re.search(r"Submitted as: losses softmax (.*) UTC", printed)[1]


@pytest.fixture(scope="module")
def exchanged(tmp_path_factory):
    """Bring two students' work through the exchange; return the round, and when they submitted."""
    place = tmp_path_factory.mktemp("exchange")
    exchange = Exchange(place)
    round_ = sample_course.new(place / "course", variants=1)
    shutil.copytree(round_.folder("release"), exchange.course / "release" / "softmax")
    exchange.run(exchange.course, "release_assignment", "softmax")
    times = {}
    for student in ("ada", "eve"):
        answer(round_, exchange.fetch(student), student == "ada")
        times[student] = exchange.submit(student)
    exchange.run(exchange.course, "collect", "softmax")
    messages = collected(round_, exchange)
    answer(round_, place / "eve" / "softmax" / "softmax-v1.ipynb", right=True)
    times["eve, again"] = exchange.submit("eve")
    exchange.run(exchange.course, "collect", "softmax", "--update")
    return round_, times, messages + collected(round_, exchange)


def answer(round_, path, right):
    """Write the right answers into a fetched notebook, or a text that says nothing."""
    fetched = nbformat.read(path, as_version=4)
    solved = derive.solution(round_.source, round_.seed(), 1)
    sources = {cell.id: cell.source for cell in solved.cells}
    for cell in fetched.cells:
        if right and cell.id in sources:
            cell.source = sources[cell.id]
    fetched.cells.append(
        nbformat.v4.new_code_cell(f"# right: {right}", id=f"own-{len(fetched.cells)}")
    )
    nbformat.write(fetched, path)


def collected(round_, exchange):
    """Collect nbgrader's folder with our command; return what it says besides the sum."""
    status, printed, errors = sample_course.command(
        round_.course, "collect", "softmax", exchange.course / "submitted"
    )
    assert status == 0, errors
    return [line for line in printed.splitlines() if not line.startswith("warning: ")]


def test_every_attempt_has_the_time_that_nbgrader_noted(exchanged):
    round_, times, _ = exchanged
    attempts = collect.attempts(round_)
    assert [each.student.key for each in attempts] == ["ada", "eve", "eve"]
    noted = [sample_course.moment(f"{times[name]}+00:00") for name in ("ada", "eve", "eve, again")]
    assert [sample_course.moment(each.handed_in) for each in attempts] == noted


def test_the_files_of_the_exchange_are_not_attempts_and_cause_no_message(exchanged):
    round_, _, messages = exchanged
    assert [line.partition(",")[0] for line in messages] == ["2 collected", "1 collected"]
    assert not any(each.refused for each in collect.attempts(round_))


def test_every_attempt_is_graded(exchanged):
    round_, _, _ = exchanged
    status, _, errors = sample_course.command(
        round_.course, "grade", "softmax", "--jobs", 2, python=sample_course.GRADER
    )
    assert status == 0, errors
    results = map(files.read_json, round_.folder("results").glob("*.json"))
    points = {each["submission"]: each["points"] for each in results}
    assert [points[each.sha256] for each in collect.attempts(round_)] == [18, 0, 18]
