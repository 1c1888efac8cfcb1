"""Course folders for several tests of the grader."""

import os
import shutil

import pytest
import sample_course
from rotation import is_in_turn

from grader.course import course_folder

# It runs in the environment of the grader, and is not a test by itself.
collect_ignore = ["nbgrader_release.py"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """In containers, which start slowly, a commit grades a third of the submissions."""
    in_containers = [item for item in items if item.path.name == "test_container.py"]
    scores = [item for item in in_containers if "score" in item.originalname]
    for place, item in enumerate(scores):
        if not is_in_turn(place, 3):
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
