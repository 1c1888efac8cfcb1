"""Course folders for several tests of the grader."""

import os
import shutil
from dataclasses import replace

import manual_round
import pytest
import sample_course

from grader.course import course_folder, new_assignment
from tools.rotation import is_in_turn

# They run in other environments, and are not tests by themselves.
collect_ignore = ["nbgrader_release.py", "hub_session.py"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A commit grades half of the submissions, and a twelfth in containers, which start slowly."""
    for file, count in {"test_grading.py": 2, "test_container.py": 12}.items():
        scores = [i for i in items if i.path.name == file and "score" in i.originalname]
        for place, item in enumerate(scores):
            if not is_in_turn(place, count):
                item.add_marker(pytest.mark.proof)


@pytest.fixture(scope="session", autouse=True)
def needs_posix():
    """Run these tests where the grader runs: it needs processes, users and files as on Linux."""
    if not hasattr(os, "fork"):
        pytest.skip("not run: the grader needs Linux; on Windows, it runs in WSL")


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Make a course folder with a round of the softmax assignment."""
    return sample_course.new(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def round_(released, tmp_path):
    """Make a round without submissions, with the source and seed of the released one."""
    shutil.copytree(released.course, tmp_path / "course")
    return course_folder.Round(tmp_path / "course", released.assignment, released.number)


@pytest.fixture(scope="module")
def handed_in(released, tmp_path_factory):
    """Make a round with free text to grade."""
    folder = tmp_path_factory.mktemp("handed-in")
    shutil.copytree(released.course, folder / "course")
    round_ = replace(released, course=folder / "course")
    manual_round.hand_in(round_, folder)
    return round_


@pytest.fixture
def graded(handed_in, tmp_path):
    """Copy the round with free text, so that a test may change it."""
    shutil.copytree(handed_in.course, tmp_path / "course")
    return replace(handed_in, course=tmp_path / "course")


@pytest.fixture
def course(tmp_path):
    """Make a course folder."""
    course_folder.new_course(tmp_path / "course", "Losses")
    return tmp_path / "course"


@pytest.fixture
def own(course):
    """Make an assignment of the teacher's own; return its path."""
    return new_assignment.new_assignment(course, "quantiles")
