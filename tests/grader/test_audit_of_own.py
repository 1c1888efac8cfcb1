"""The audit of a teacher's own assignment: what is wrong, and what to do about it."""

import inspect

import pytest
import sample_course
from own_assignment import edit

from grader.course import course_folder, new_assignment
from grader.source import audit, author, derive
from grader.source.form import form

pytestmark = pytest.mark.classroom

ERRORS = {
    "points": ("(3 points)", "(4 points)", "pinball-loss-tests has 4 points, its checks have 3"),
    "no points": ("(3 points)", "", "states no points; write, for example: ## 1. The mean"),
    "environment": (
        "import numpy as np",
        "import numpy as np\nimport tensorflow as tf",
        'imports tensorflow, which the environment numpy does not have; change it to "tensorflow"',
    ),
    "package": ("import numpy as np", "import numpy as np\nimport scipy", "imports scipy"),
    "wrong answer that loses nothing": (
        'loses=1, level="a"',
        'loses=1, level="c"',
        "“takes the other end” gets 5, expected 4; correct its loses= or its function",
    ),
    "wrong solution": ("float(np.median(minutes))", "0.0", "“right” gets 4, expected 5; correct"),
    "a visible test that fails": (
        "### BEGIN HIDDEN",
        "assert 1 > 2, 'never'\n### BEGIN HIDDEN",
        "fails, although all answers are right: AssertionError: never; correct the cell",
    ),
    "a given cell that fails": (
        "import numpy as np",
        "import numpy as np\nrng.normal()",
        "name 'rng'",
    ),
    "no checks": ("### BEGIN HIDDEN", "### HIDDEN", "the markers of HIDDEN TESTS do not come in"),
    "variant": ("rng.integers(8, 13)", "rng.integers(8, 3)", "the variant cell raises ValueError"),
    "hidden part": ("_MISTAKES = {", "_MISTAKES = None + {", "raises TypeError"),
    "placeholder": ("{{waits}}", "{{ minutes }}", "{{minutes}} is not drawn by the variant cell"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_the_audit_says_what_to_change_and_nothing_is_released(error, course, own):
    old, new, sentence = ERRORS[error]
    edit(own, old, new)
    for arguments in (("audit", "quantiles", "--variants", "1"), ("release", "quantiles")):
        status, output, errors = sample_course.command(course, *arguments)
        assert status == 1
        assert sentence in output + errors
        assert "Traceback" not in output + errors
    assert course_folder.rounds(course) == []


@pytest.mark.parametrize("value", ["np.array([9.5])", "np.float32(9.5)", "[np.float64(9.5)]",
                                   "float('nan')", "(np.int64(3),)"])  # fmt: skip
def test_a_wrong_answer_may_be_anything_that_numpy_computes(value, own):
    """Written as NumPy prints it, it would be no code, and the right answer would count."""
    edit(own, "median=float(_minutes[3])", f"median={value}")
    assert [each for each in audit.faults(own, [1]) if "gets" in each] == []


def test_a_wrong_answer_that_no_code_stands_for_is_refused(own):
    edit(own, "median=float(_minutes[3])", "median=rng")
    edit(
        own,
        "_minutes = np.array({{waits}})",
        "rng = np.random.default_rng(0)\n_minutes = np.array({{waits}})",
    )
    with pytest.raises(ValueError, match="cannot be a Generator; use numbers, text, arrays"):
        audit.faults(own, [1])


def test_an_author_sees_the_parameters_of_a_check():
    """With `check?` in JupyterLab."""
    shell = type("Shell", (), {"user_ns": {}, "input_transformers_cleanup": []})()
    author.load_ipython_extension(shell)
    assert "within" in inspect.signature(shell.user_ns["check"]).parameters
    assert "An answer is right if" in shell.user_ns["check"].__doc__


def test_the_page_on_teaching_shows_what_the_audit_prints(course, own):
    page = (sample_course.ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
    pristine = own.read_bytes()
    edits = [
        [],
        [ERRORS["points"][:2], ("import numpy as np", "import scipy\nimport numpy as np")],
        [('loses=1, level="a"', 'loses=2, level="a"')],
    ]
    for changes in edits:
        own.write_bytes(pristine)
        for old, new in changes:
            edit(own, old, new)
        printed = sample_course.command(course, "audit", "quantiles")[1].splitlines()
        assert [line for line in printed if "Release it" not in line and line not in page] == []


def test_the_audit_names_ids_that_occur_twice(own):
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace('"median-variable"', '"median-task"'), encoding="utf-8")
    assert form(own) == [
        "the cell id 'median-task' occurs twice; cut one of the two cells and paste it again"
    ]


def test_a_copied_file_keeps_its_old_name_until_it_becomes_an_assignment(course, own):
    copied = own.with_name("means.ipynb")
    copied.write_bytes(own.read_bytes())
    (sentence,) = form(copied)
    assert "the file is called means.ipynb, its assignment quantiles" in sentence
    copied.unlink()
    renamed = new_assignment.new_assignment(course, "means", own)
    assert form(renamed) == []
    assert derive.read(renamed).metadata[derive.KEY]["assignment"] == "means"


def test_an_ipython_magic_is_not_an_error(own):
    edit(own, "import numpy as np", "%matplotlib inline\nimport numpy as np")
    assert audit.problems(own, numbers=[1]) == []


def test_advice_does_not_keep_an_assignment_back(course, own):
    edit(own, "one long wait pulls up; see regression-losses", "one long wait pulls up")
    status, output, _ = sample_course.command(course, "release", "quantiles")
    assert status == 0
    assert "advice: a sentence names no page of the book" in output
