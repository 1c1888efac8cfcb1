"""Exercises that check themselves: what they declare, and what is said to an answer.

The same code checks in the browser; test_exercises_page.py compares the verdicts there.
"""

import doctest
import json
import re

import nbformat
import numpy as np
import pytest
from exercise_answers import PROGRAMS, TABLE, check

from grader.checks import compare, declare, plans
from website import exercises, toc
from website.cells import checking, runner
from website.extension import covers

NAMES = exercises.names()
BOOK = toc.ROOT / "book"
TEXTS = {
    path.relative_to(BOOK).with_suffix("").as_posix(): "\n\n".join(
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    )
    for path in BOOK.rglob("*.ipynb")
}
PLACES = {
    name: [stem for stem, text in TEXTS.items() if f":name: {name}\n" in text] for name in NAMES
}
LABELS = set(re.findall(r"^\(([\w-]+)\)=$", "\n".join(TEXTS.values()), re.MULTILINE))
each = pytest.mark.parametrize("name", NAMES)


def test_each_chapter_has_one():
    chapters = [*covers.CHAPTERS, "book/diagnosis"]
    assert {page.split("/")[1] for page in chapters} <= {stem for (stem,) in PLACES.values()}
    assert len(NAMES) >= len(chapters) > 20


@each
def test_it_stands_in_one_chapter_whose_name_it_begins_with(name):
    (stem,) = PLACES[name]
    assert name.startswith(f"{stem}-")


@each
def test_its_text_names_the_function_and_its_arguments(name):
    (stem,) = PLACES[name]
    text = TEXTS[stem].partition(f":name: {name}\n")[2].partition("```")[0]
    (signature,) = re.findall(r"^def (.+):$", exercises.read(name).start, re.MULTILINE)
    assert f"`{signature}`" in text
    assert signature.split("(")[0] == exercises.read(name).function


@each
def test_it_declares_what_it_needs(name):
    exercise = exercises.read(name)
    assert exercise.start.count("# change this line") == 1
    assert 2 <= len(exercise.mistakes) <= 4
    assert len(exercise.cases) >= 3
    assert len(exercise.hint.split()) > 5
    assert {see for _, _, see in exercise.mistakes} <= LABELS


@each
def test_each_mistake_is_recognised_as_itself(name):
    exercise = exercises.read(name)
    for mistake, words, see in exercise.mistakes:
        results = [checking.result_of(mistake, inputs) for inputs in exercise.cases]
        verdict = checking.judge(checking.load(exercise.source), results)
        assert verdict == {"verdict": "wrong", "message": words, "see": see}


def test_there_are_enough_answers():
    right = [words for _, _, words in PROGRAMS if not words]
    assert len(right) >= 20
    assert len(PROGRAMS) - len(right) >= 20
    assert set(TABLE) == set(NAMES)
    assert all(len(answers["wrong"]) >= 2 for answers in TABLE.values())


@pytest.mark.parametrize(("name", "code", "words"), PROGRAMS)
def test_the_verdict_on_an_answer(name, code, words):
    verdict = check(name, code)
    assert (verdict["verdict"] == "right") == (not words), verdict
    assert words in verdict["message"]


@pytest.mark.parametrize(("name", "code", "words"), PROGRAMS)
def test_the_verdict_is_that_of_the_grader(name, code, words):
    verdict = check(name, code)
    outcomes = [graded(name, code, inputs, verdict["message"]) for inputs in inputs_of(name)]
    assert (verdict["verdict"] == "right") == all(outcome["passed"] for outcome in outcomes)
    named = {outcome["mistake"] for outcome in outcomes if outcome["verdict"] == "wrong"}
    if verdict["see"] and named:
        assert named <= {verdict["message"], "it raises"}


def inputs_of(name):
    return exercises.read(name).cases


def graded(name, code, inputs, message):
    """Return what the grader says to an answer for one input; it knows the mistake of the message.

    A mistake that raises an exception has no value that the grader could compare.
    """
    exercise, names = exercises.read(name), {}
    runner.run(code, 1, lambda text: None, names)
    known = [mistake for mistake, words, _ in exercise.mistakes if words == message]
    values = [checking.result_of(mistake, inputs) for mistake in known]
    raises = any(isinstance(value, Exception) for value in values)
    declared = declare.Check(
        *("call", name, exercise.function, 1, exercise.expected, list(inputs)),
        mistakes={message: values[0]} if values and not raises else {},
    )
    plan = plans.draw({"metadata": {}}, {name: [declared]}, 0)
    with np.errstate(all="ignore"):
        (outcome,) = plans.outcomes(plan, names)
    return outcome | {"mistake": "it raises"} if raises else outcome


EXERCISE = """
FUNCTION = "half"
CASES = [(4.0,), (1.0,)]
MISTAKES = [(lambda x: 2 * x, "This is the double.", "place")]


def expected(x):
    return x / 2
"""


def verdict_of(code):
    """Return verdict and message for an answer to a small exercise."""
    verdict = checking.check(EXERCISE, code, lambda text: None, runner.run, runner.printed)
    return verdict["verdict"], verdict["message"]


@pytest.mark.parametrize(
    ("code", "verdict", "message"),
    [
        ("half = lambda x: x / 2", "right", "Right, for all 2 inputs that were tried."),
        ("def half(x):\n    return x * 2", "wrong", "This is the double."),
        ("def half(x):\n    return 1", "wrong", "half(4) gives 1, expected 2."),
        ("def half(x):\n    pass", "wrong", "half(4) gives None, expected a number."),
        ("def half(x):\n    return [x]", "wrong",
         "half(4) gives a list of 1 number, expected a number."),
        ("def half(x):\n    return '2'", "wrong", "half(4) gives a text, expected a number."),
        ("def half(x):\n    return x / 2 + 1e-5", "wrong", "half(4) gives 2.00001, expected 2."),
        ("def half(x):\n    return x / 2 + 1e-7", "right",
         "Right, for all 2 inputs that were tried."),
        ("def half(x):\n    return float('nan')", "wrong", "half(4) gives nan, expected 2."),
        ("def half(x):\n    return ...", "missing", "half is not written yet."),
        ("def half(x):\n    raise NotImplementedError", "missing", "half is not written yet."),
        ("def halve(x):\n    return x / 2", "missing", "There is no function half."),
        ("half = 2", "missing", "There is no function half."),
        ("def half(x):\n    return y", "error",
         "half(4) raised NameError in line 2: name 'y' is not defined."),
        ("def half():\n    return 2", "error",
         "half(4) raised TypeError: half() takes 0 positional arguments but 1 was given."),
        ("def half(x):\n    raise SystemExit", "error", "half(4) raised SystemExit in line 2."),
        ("def half(x)\n    return x", "error", "Line 1 is not valid Python: expected ':'."),
        ("x = 1\nprint((x)", "error", "Line 2 is not valid Python: '(' was never closed."),
        ("x = 1\n1 / 0", "error", "Line 2 raised ZeroDivisionError: division by zero."),
    ],
)  # fmt: skip
def test_verdict_and_message(code, verdict, message):
    assert verdict_of(code) == (verdict, message)


def test_the_message_of_a_recursion_without_end_is_one_sentence():
    kind, message = verdict_of("def half(x):\n    return half(x)")
    assert (kind, message.count("\n")) == ("error", 0)
    assert "RecursionError in line 2" in message


def test_an_answer_cannot_change_the_inputs_of_the_next_call():
    cases = EXERCISE.replace("(4.0,), (1.0,)", "([4.0],), ([1.0],)").replace("x / 2", "x[0] / 2")
    code = "def half(x):\n    return x.pop() / 2"
    reply = checking.check(cases, code, lambda text: None, runner.run, runner.printed)
    assert reply["verdict"] == "right"


def test_what_is_printed_is_shown_while_it_runs_and_in_the_calls():
    shown = []
    code = "print('first')\ndef half(x):\n    print('called')\n    return x / 2"
    checking.check(EXERCISE, code, shown.append, runner.run, runner.printed)
    texts = [json.loads(one)["text"] for one in shown]
    assert texts == ["first\n", "called\n", "called\n"]


def test_to_run_an_answer_shows_its_last_value_or_says_what_went_wrong():
    shown = []
    assert checking.attempt("1 + 1", shown.append, runner.run)["verdict"] == "ran"
    assert json.loads(shown[0])["data"] == {"text/plain": "2"}
    failed = checking.attempt("x = 1\ny", shown.append, runner.run)
    assert failed["message"] == "Line 2 raised NameError: name 'y' is not defined."
    assert len(shown) == 1, "only the verdict reports the error"


def test_answers_forget_each_other():
    checking.attempt("left = 1", print, runner.run)
    assert checking.attempt("left", print, runner.run)["verdict"] == "error"


def test_a_list_is_compared_with_its_largest_number_in_mind():
    assert checking.difference([1.0, 1e-9], [1.0, 0.0]) == ""
    assert checking.difference([1.0, 1e-7], [1.0, 0.0]) == "gives [1, 1e-07], expected [1, 0]"


def test_a_text_among_numbers_is_not_a_number():
    assert (
        checking.difference([1.0, "2"], [1.0, 2.0]) == "gives a list, expected a list of 2 numbers"
    )


def test_the_tolerance_is_that_of_the_grader():
    assert compare.RELATIVE["float64"] == checking.RELATIVE


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(checking).failed == 0
