"""The page of `summary` in a real browser: accessible, at home on a phone, and alone."""

import pytest
import sample_course
from sample_course import hand_in, table

from grader.course import summary_page
from tests.website import axe
from website import chromium

pytestmark = pytest.mark.classroom
LONG = "x" * 300


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("summary")
    round_ = sample_course.new(folder / "course", variants=4)
    for number in (1, 2):
        code = [f"Student {number}{letter} {LONG[:60]}" for letter in "abc"]
        hand_in(round_, folder, code, number=1001 + 10 * number)
    about = {"question": "softmax-tests", "points": 0.0, "max_points": 1.0}
    checks = [about | {"words": f"check {n} of logits and rows",
                       "mistake": f"mistake {n}; see softmax"} for n in range(4)]  # fmt: skip
    places = {}

    def make(attempt, key):
        variant = 1 + places.setdefault(attempt.student.key, len(places)) % 4
        return sample_course.result(key, 10.0, checks=checks, variant=variant)

    sample_course.give(round_, make)
    return summary_page.write(round_, table(round_), {})


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(browser, path, width, scheme):
    settings = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with chromium.tab(browser, path.as_uri(), **settings) as page:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        words = page.locator(".scroll tbody tr:nth-child(3) > :first-child").first
        assert words.bounding_box()["height"] < 120
        assert page.locator("details[open] .pair > section").count() >= 2
        assert axe.violations(page) == []
        assert page.problems == []
