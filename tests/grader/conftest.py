"""Course folders for several tests of the grader."""

import os
import shutil

import pytest
import sample_course

from grader.course import course_folder

# It runs in the environment of the grader, and is not a test by itself.
collect_ignore = ["nbgrader_release.py"]


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
