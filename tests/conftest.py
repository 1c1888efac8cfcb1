"""What several test files share."""

import shutil

import course_folder
import hypothesis
import pytest

from assignments import course
from tools import serve, site

# It runs in the environment of the grader, and is no test by itself.
collect_ignore = ["nbgrader_release.py"]

# The same examples in every run; how long one takes says nothing about the code.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium or Chrome of this machine; where there is none, the test is not run."""
    pytest.importorskip("playwright.sync_api", reason="run: make install")
    try:
        with site.chromium() as running:
            yield running
    except LookupError as problem:
        pytest.skip(f"not run: {problem}")


@pytest.fixture(scope="session")
def address():
    """Serve the built book on a free port of this machine, compressed as a host would."""
    assert (site.SITE / "index.html").exists(), "there is no built book; run: make book"
    with serve.hosted(site.SITE) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open a tab that reaches no other host; `problems` holds what went wrong."""
    with site.tab(browser, address) as tab:
        yield tab


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Make a course folder with a round of the softmax assignment."""
    return course_folder.new(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def round_(released, tmp_path):
    """Make a round nobody has handed in to yet, with source and seed of the released one."""
    shutil.copytree(released.course, tmp_path / "course")
    return course.Round(tmp_path / "course", released.assignment, released.number)
