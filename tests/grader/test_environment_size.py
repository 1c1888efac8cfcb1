"""The grader and its sandboxes take less than half of the 5.9 GB that they took at first."""

import os

import pytest
import sample_course

MOST = 5.9e9 / 2  # bytes on the disk
NAMES = (".venv-grader", ".venv-kernel", ".venv-kernel-tensorflow")
pytestmark = pytest.mark.classroom


def on_disk(folder):
    """Return what the files of an environment take, each once."""
    sizes = {}
    for place, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(place, name))
            sizes[status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def test_the_environments_take_less_than_half_of_what_they_took():
    folders = [(sample_course.ROOT / name).resolve() for name in NAMES]
    if not all((folder / "installed").exists() for folder in folders):
        pytest.skip("not run: make grader-envs")
    sizes = dict(zip(NAMES, map(on_disk, folders), strict=True))
    assert sum(sizes.values()) < MOST, sizes
