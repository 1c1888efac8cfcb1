"""What is written in the wrong place is read by a person, and what is written wrongly explained."""

import nbformat
import pytest
from hostile import demo
from test_grading import graded, grader, place, release, sentences  # noqa: F401

from grader.course import lms, manual_grading

pytestmark = pytest.mark.classroom
WORDS = "It cancels in both terms."


def appended(text, at):
    """Return a change that writes at the end of a cell."""

    def change(notebook):
        next(cell for cell in notebook.cells if cell["id"] == at)["source"] += text

    return change


def own_cell(source, kind="code"):
    """Return a change that adds a cell."""
    make = getattr(nbformat.v4, f"new_{kind}_cell")
    return lambda notebook: notebook.cells.append(make(source))


WRITTEN = {
    "below the task": appended("\n\n" + WORDS, "title"),
    "on the line of the task": appended(" " + WORDS, "title"),
    "as a comment in the tests": appended("\n# " + WORDS, "square-tests"),
    "as a comment in locked code": appended("\n# " + WORDS, "setup"),
    "as a comment below an answer": appended("\n\n# " + WORDS, "number"),
    "as text below an answer": appended(f'\n"""{WORDS}"""', "number"),
    "printed in an answer": appended(f"\nprint('{WORDS}')", "square"),
    "printed": own_cell(f'print("{WORDS}")'),
    "printed in two parts": own_cell('print("It cancels",\n      "in both terms.")'),
    "printed, after code": own_cell(f'x = 1\nprint(x)\nprint("{WORDS}")'),
    "displayed as Markdown": own_cell(
        f'from IPython.display import *\ndisplay(Markdown("{WORDS}"))'),
    "in a variable": own_cell(f'explanation = "{WORDS}"'),
    "as a comment beside code": own_cell(f"x = 1\n# {WORDS}"),
    "in a raw cell": own_cell(WORDS, "raw"),
    "in a Markdown cell": own_cell(WORDS, "markdown"),
}  # fmt: skip
UNWRITTEN = {
    "nothing": lambda notebook: None,
    "blank lines in the task": appended("\n\n \n", "title"),
    "an experiment": own_cell("x = np.ones(3)\nprint('the mean is', x.mean())\nx * 2"),
    "code that is commented out": own_cell("x = 1\n# x = np.ones(3)\n# print(x)"),
    "a label": own_cell('import matplotlib.pyplot as plt\nplt.title("The loss falls quickly")'),
    "a comment within a function": appended("\n    # the mean of the squares", "square"),
    "a letter": own_cell('choice = "b, c"'),
}


@pytest.mark.parametrize("name", WRITTEN | UNWRITTEN)
def test_text_anywhere_is_open_and_never_0(name, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT)
    (WRITTEN | UNWRITTEN)[name](notebook)
    result = graded(grader, place, f"stray {list(WRITTEN | UNWRITTEN).index(name)}", notebook)
    (answer,) = result["manual"]
    assert answer["blank"] == (name in UNWRITTEN)
    if name in WRITTEN:
        words = " ".join(answer["answer"].replace('"', " ").replace(",", " ").split())
        assert WORDS in words
    given = manual_grading.marks({}, lms.Student("ada", "Ada"), result)
    assert given == ({"words": manual_grading.BLANK} if name in UNWRITTEN else {})


def test_an_answer_in_its_own_cell_is_all_that_is_read(grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"words": "Here it is."})
    WRITTEN["printed"](notebook)
    answer = graded(grader, place, "own cell", notebook)["manual"][0]["answer"]
    assert answer == "Here it is."


@pytest.mark.parametrize(
    "number", ["0,0693", "-0,05", "np.log(1,07)", "[0,01, 0,99]", "1e2 + 0,09"]
)
def test_a_decimal_comma_that_python_refuses_is_explained(number, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"number": f"answer = {number}"})
    result = graded(grader, place, "comma", notebook)
    assert [check["name"] for check in result["checks"] if not check["passed"]] == ["answer"]
    assert sentences(result).count("write a decimal point") == 2  # of the check and of the cell
    assert "octal" not in sentences(result)


def test_other_errors_of_syntax_say_what_python_says(grader, place, release):  # noqa: F811
    notebook = demo.submission(release, demo.RIGHT | {"number": "answer = 1 +* 2"})
    shown = sentences(graded(grader, place, "syntax", notebook))
    assert "invalid syntax" in shown
    assert "decimal point" not in shown
