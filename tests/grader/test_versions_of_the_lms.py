"""The page for teachers names the versions of Moodle and Canvas whose source was read."""

import re
from pathlib import Path

import pytest

from grader.course import feedback_zip, lms_file

pytestmark = pytest.mark.classroom
PAGE = (Path(__file__).parents[2] / "book" / "teaching.md").read_text(encoding="utf-8")
COMMIT = r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8}\b"
VERSION = r"Moodle (\d+\.\d+)"


@pytest.mark.parametrize("pattern", [COMMIT, VERSION])
def test_the_page_and_the_modules_name_the_same(pattern):
    (formats,) = re.findall(r"^The formats are those of .*", PAGE, re.MULTILINE)
    modules = lms_file.__doc__ + feedback_zip.__doc__
    assert re.findall(pattern, formats)
    assert set(re.findall(pattern, formats)) == set(re.findall(pattern, modules))
