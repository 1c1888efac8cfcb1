"""Right answers in notebooks that look different: other names, and cells in other places."""

import copy

import nbformat
import numpy as np
import pytest
from hostile import demo
from test_grading import graded, grader, lost, place, release, sentences  # noqa: F401

from grader.checks import compare
from grader.checks.declare import check_value
from grader.run.assemble import assemble
from grader.run.submission import Submission

pytestmark = pytest.mark.classroom

RIGHT = {name: text.strip() for name, text in demo.RIGHT.items()}
LOSS = RIGHT["loss"]
BOTH = LOSS.replace("(labels, logits):", "(*both):\n    labels, logits = both")
LOOP = """def mean_squared_error(y_true, y_pred):
    return math.fsum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / len(y_true)
"""

# A question, and a right answer to it.
ANSWERS = {
    "parameters with other names": ("loss", LOSS.replace("labels", "y").replace("logits", "z")),
    "one with its own name, in the other place": (
        "loss", LOSS.replace("(labels, logits)", "(logits, y)").replace("labels *", "y *")),
    "parameters that only names reach": (
        "masked", RIGHT["masked"].replace("(values,", "(*, values,")),
    "parameters that only places reach": ("loss", LOSS.replace("logits):", "logits, /):")),
    "one parameter for all": ("loss", BOTH),
    "one more parameter": ("loss", LOSS.replace("logits):", "logits, axis=-1):")),
    "a number in an array": ("number", "answer = np.log([2])"),
    "a number in a list of lists": ("number", "answer = [[0.693]]"),
    "an array of objects": (
        "loss", LOSS.replace("return ", "return np.array(").replace("axis=-1)\n", "axis=-1)\n")
        + ", dtype=object)"),
    "an option as it is written in the task": ("reason", "reason = '(b) it overflows'"),
    "an option with one parenthesis": ("reason", "reason = 'b) it overflows'"),
    "a letter with a colon": ("reason", "reason = 'b:'"),
    "a number in quotes": ("number", "answer = ' 0.693'"),
    "a cell that asks who and where it is": (
        "square", "import getpass, pathlib\nprint(getpass.getuser(), pathlib.Path.home())\n"
        + RIGHT["square"]),
    "names of the module that the cells are": (
        "loss", "import __main__, inspect\nfrom dataclasses import dataclass\n\n\n@dataclass\n"
        "class Options:\n    axis: int = -1\n\n\n" + LOSS
        + "\nassert __main__.cross_entropy is cross_entropy\n"
        "assert 'log_sum' in inspect.getsource(cross_entropy)"),
    "a function made from a different one": (
        "square", "from functools import partial\n\n\ndef mean(power, y_true, y_pred):\n"
        "    return np.mean((y_true - y_pred) ** power)\n\n\n"
        "mean_squared_error = partial(mean, 2)"),
    "modules that are missing, and are not needed": (
        "square", "import pandas as pd, math\nfrom scipy.special import erf\n" + LOOP),
    "a module of the student's own": (
        "square", "%%writefile mine.py\ndef square(x):\n    return x * x"),
}  # fmt: skip
IMPORTED = "from mine import square\ndef mean_squared_error(a, b):\n    return square(a - b).mean()"
IMPORT = "from mine import mean_squared_error"
LATER = {"a module of the student's own": IMPORTED}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_a_different_form_counts(name, grader, place, release):  # noqa: F811
    question, answer = ANSWERS[name]
    extra = [LATER[name]] if name in LATER else []
    notebook = demo.submission(release, RIGHT | {question: answer}, extra)
    result = graded(grader, place, f"form {list(ANSWERS).index(name)}", notebook)
    assert lost(result) == {}, result["checks"]


def at(notebook, name):
    """Return the place of a cell."""
    return next(n for n, cell in enumerate(notebook.cells) if cell["id"] == name)


def copies_of_stubs(notebook, stubs):
    """Keep the stubs below the answers."""
    for cell in stubs.cells:
        notebook.cells.append(nbformat.from_dict(dict(copy.deepcopy(cell), id=f"{cell['id']}-2")))


def answers_above_the_stubs(notebook, stubs):
    """Write each answer in a new cell above the stub."""
    for name, answer in RIGHT.items():
        notebook.cells[at(notebook, name)] = copy.deepcopy(stubs.cells[at(stubs, name)])
        notebook.cells.insert(at(notebook, name), nbformat.v4.new_code_cell(answer))


def all_answers_in_one_cell(notebook, stubs):
    """Write all answers in the first cell for an answer, and leave the others alone."""
    for name in RIGHT:
        notebook.cells[at(notebook, name)] = copy.deepcopy(stubs.cells[at(stubs, name)])
    notebook.cells[at(notebook, "loss")].source = "\n\n\n".join(RIGHT.values())


def answers_in_the_test_cells(notebook, stubs):
    """Write each answer above the tests."""
    for name, answer in RIGHT.items():
        notebook.cells[at(notebook, name)] = copy.deepcopy(stubs.cells[at(stubs, name)])
        tests = notebook.cells[at(notebook, f"{name}-tests")]
        tests.source = f"{answer}\n\n\n{tests.source}"


def an_import_in_the_first_cell(notebook, stubs):
    """Add an import to the cell that students should leave alone."""
    notebook.cells[at(notebook, "setup")].source += "\nimport math"
    notebook.cells[at(notebook, "square")].source = LOOP


def indented(source):
    """Return the lines of a source as the body of a statement."""
    return "".join(f"    {line}\n" for line in source.strip().splitlines())


# What may stand around a definition; each line of the answer is indented.
AROUND = {
    "if": "if __name__ == '__main__':\n{}",
    "try": "try:\n    from scipy import nothing\nexcept ImportError:\n{}",
    "with": "with np.errstate(all='ignore'):\n{}",
    "for": "for each in range(1):\n{}",
    "match": "match 1:\n    case each:\n        pass\nif True:\n{}",
}


@pytest.mark.parametrize("around", AROUND)
def test_a_definition_within_a_statement_above_the_stub_counts(
    around, grader, place, release  # noqa: F811
):  # fmt: skip
    notebook = demo.submission(release, RIGHT)
    for name, answer in RIGHT.items():
        notebook.cells[at(notebook, name)] = copy.deepcopy(release.cells[at(release, name)])
        above = nbformat.v4.new_code_cell(AROUND[around].format(indented(answer)))
        notebook.cells.insert(at(notebook, name), above)
    result = graded(grader, place, f"within {around}", notebook)
    assert lost(result) == {}, result["checks"]


# A cell above a stub, with an answer that only IPython, or no parser at all, can read.
ABOVE = {
    "a command of the shell": ("square", "files = !ls\n" + RIGHT["square"]),
    "a question mark": ("square", "np.mean?\n" + RIGHT["square"]),
    "an indented cell": ("square", indented(RIGHT["square"])),
    "a magic with a result": ("number", "answer = %time 0.693"),
    "a pattern": ("number", "match 0.693:\n    case answer:\n        pass"),
    "an item of globals()": ("number", "globals()['answer'] = 0.693"),
    "a part of the module": ("number", "import __main__\n__main__.answer = 0.693"),
    "a long cell": ("square", RIGHT["square"] + "\n" + "# note\n" * 4000),
}


@pytest.mark.parametrize("form", ABOVE)
def test_what_is_written_above_a_stub_counts_in_any_form(
    form, grader, place, release  # noqa: F811
):  # fmt: skip
    question, source = ABOVE[form]
    notebook = demo.submission(release, RIGHT)
    stub = at(notebook, question)
    notebook.cells[stub] = copy.deepcopy(release.cells[at(release, question)])
    notebook.cells.insert(stub, nbformat.v4.new_code_cell(source))
    result = graded(grader, place, f"above {list(ABOVE).index(form)}", notebook)
    assert lost(result) == {}, result["checks"]


def a_global_above_the_stub(notebook, stubs):
    """Set a variable within a function."""
    notebook.cells[at(notebook, "number")] = copy.deepcopy(stubs.cells[at(stubs, "number")])
    source = "def work_out():\n    global answer\n    answer = 0.693\n\n\nwork_out()"
    notebook.cells.insert(at(notebook, "number"), nbformat.v4.new_code_cell(source))


def an_import_above_the_stub(notebook, stubs):
    """Write a module, and import the function from it."""
    notebook.cells[at(notebook, "square")] = copy.deepcopy(stubs.cells[at(stubs, "square")])
    written = f"from pathlib import Path\nPath('mine.py').write_text({LOOP!r})"
    for source in (written, "import math, mine\nmine.math = math", IMPORT):
        notebook.cells.insert(at(notebook, "square"), nbformat.v4.new_code_cell(source))


CHANGES = (
    a_global_above_the_stub,
    an_import_above_the_stub,
    copies_of_stubs,
    answers_above_the_stubs,
    all_answers_in_one_cell,
    answers_in_the_test_cells,
    an_import_in_the_first_cell,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_right_answer_in_a_different_place_counts(change, grader, place, release):  # noqa: F811
    notebook = demo.submission(release, RIGHT)
    change(notebook, release)
    result = graded(grader, place, change.__name__, notebook)
    assert lost(result) == {}, sentences(result)


def test_the_missing_module_explains_a_function_that_needs_it(grader, place, release):  # noqa: F811
    answer = "from scipy import special\n" + RIGHT["square"].replace("np.mean", "special.mean")
    notebook = demo.submission(release, RIGHT | {"square": answer})
    result = graded(grader, place, "needs", notebook)
    assert lost(result) == {"square": 2}
    assert "NameError: its cell raised ModuleNotFoundError: No module named 'scipy'" in (
        sentences(result))  # fmt: skip


def test_given_data_that_were_changed_are_as_they_were(release):  # noqa: F811
    """What a student adds to a locked cell runs, and the original after it."""
    notebook = demo.submission(release, RIGHT)
    notebook.cells[at(notebook, "setup")].source = "np = None"
    sources = [cell.source for cell in assemble(handed_in(notebook), release).cells]
    assert sources[0] == "import numpy as np"
    assert sources[1:3] == ["np = None", "import numpy as np"]


def test_the_stub_of_a_second_question_for_the_same_name_stays(release):  # noqa: F811
    """Otherwise the answer to the first would count for the second."""
    twice = copy.deepcopy(release)
    twice.cells[at(twice, "reason")].source = "answer = ..."
    notebook = demo.submission(twice, {"number": "answer = 0.693"})
    places = assemble(handed_in(notebook), twice).own
    assert len(places["number-tests"]) == len(places["reason-tests"]) == 1


def handed_in(notebook):
    """Return a notebook as a submission."""
    return Submission(None, nbformat.writes(notebook).encode())


@pytest.mark.parametrize(
    ("right", "answer", "counts"),
    [("right", " Right", True), ("right", "wrong", False), ("", " ", True), ("3", 3, False),
     (True, 1, True), (False, 0, True), (True, 0, False), (True, 2, False), (True, "True", False),
     (None, None, True), (None, "", False), (2.5, "2.50", True), (2.5, "two", False),
     (2.5, "2,5", False), (2.5, "2.5 or 3", False), (np.array([1, 2]), np.array([[1], [2]]), True),
     (np.array([1, 2]), np.array([[1, 2], [1, 2]]), False), (np.ones((1, 2)), np.ones(2), False)],
)  # fmt: skip
def test_texts_and_truths_count_as_people_write_them(right, answer, counts):
    about = check_value("it", name="it", expected=right, points=1)
    assert (compare.difference(answer, right, about) == "") == counts
