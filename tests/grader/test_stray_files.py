"""Files that JupyterLab, an editor or a stopped command left in a course folder do no harm."""

import shutil

import pytest
import sample_course
from rotation import one_in
from sample_course import table

from grader import files
from grader.course import collect, course_folder, gradebook

pytestmark = pytest.mark.classroom
R = "softmax-1"
STRAY = [
    f"release/{R}/softmax-v1-Copy1.ipynb", f"release/{R}/softmax-v1 (1).ipynb",
    f"release/{R}/softmax-v².ipynb", f"release/{R}/softmax-v٣.ipynb",
    f"release/{R}/softmax-v.ipynb", f"release/{R}/softmax-v01.ipynb",
    f"release/{R}/softmax-v0.ipynb", f"release/{R}/softmax-v99999.ipynb",
    f"release/{R}/Untitled.ipynb", f"release/{R}/.ipynb_checkpoints/softmax-v1-checkpoint.ipynb",
    f"release/{R}/softmax-v1.ipynb~", f"release/{R}-Copy1/softmax-v1.ipynb",
    f"secret/{R}-Copy1/source.ipynb", f"secret/.new-{R}/source.ipynb", "secret/softmax-2/seed",
    "secret/softmax-²/source.ipynb", "secret/softmax-0/source.ipynb", "secret/notes-3",
    f"submitted/{R}/.ipynb_checkpoints/x-checkpoint.ipynb", f"submitted/{R}/notes.txt",
    f"submitted/{R}/ada/Untitled.ipynb", f"submitted/{R}/ada/.ipynb_checkpoints/a.ipynb",
    f"results/{R}/notes.json", f"results/{R}/x-Copy1.json",
    f"results/{R}/.ipynb_checkpoints/a.json",
    f"feedback/{R}/.ipynb_checkpoints/a.html", "manual-grading/notes.csv",
    "assignments/Untitled.ipynb", "assignments/.ipynb_checkpoints/quantiles-checkpoint.ipynb",
    "assignments/softmax copy.txt", "export/Untitled.ipynb", "backup/notes.txt",
]  # fmt: skip


@pytest.fixture
def course(round_, tmp_path):
    """Make a course in which one student handed in and has points."""
    place = tmp_path / "in"
    files.write(place / "ada" / "softmax-v1.ipynb", sample_course.notebook(round_))
    collect.collect(round_, place, print)
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    return round_


@pytest.mark.parametrize("name", one_in(2, STRAY))
def test_a_stray_file_changes_nothing(name, course, tmp_path):
    files.write(course.course / name, "{}")
    assert gradebook.released(course) == [1, 2]
    assert course_folder.rounds(course.course) == [course]
    assert course_folder.find_round(course.course, "softmax") == course
    assert [(row.attempt.student.key, row.points) for row in table(course)] == [("ada", 10)]
    for words in (("collect", "softmax", tmp_path / "in"), ("feedback", "softmax"),
                  ("export", "softmax"), ("summary", "softmax")):  # fmt: skip
        status, _, errors = sample_course.command(course.course, *words)
        assert (status, errors) == (0, ""), words


def test_the_next_round_begins_beside_the_rest_of_a_start(course):
    shutil.copytree(course.folder("secret"), course.course / "secret" / ".new-softmax-2")
    round_ = course_folder.start_round(course.course, "softmax", course.source.read_bytes())
    assert round_.number == 2
    assert course_folder.rounds(course.course) == [course, round_]
