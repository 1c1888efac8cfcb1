"""The check of predictions: each question has an answer, each answer a question, and no fault."""

import json

import pytest
from nbformat.v4 import new_markdown_cell
from small_notebooks import code, write

from tools import notebooks, predictions

QUESTION = new_markdown_cell("A price.\n\n**Predict.** How many times as much?")
NUMBER = {"number": 2.0, "tolerance": 0.1, "unit": "times"}
CHOICES = {"choices": ["2 times", "10 times"], "answer": 0}


def answer(settings=NUMBER, printed="2.0\n"):
    """Return a code cell that answers."""
    return code("ratio", printed=printed, predict=settings)


@pytest.mark.parametrize("settings", [NUMBER, CHOICES, {"number": 0}, {"number": -1e-9}])
def test_a_whole_prediction_is_canonical_and_keeps_its_metadata(tmp_path, settings):
    path = write(tmp_path / "x.ipynb", QUESTION, answer(settings))
    assert notebooks.problems(path) == []
    assert json.loads(path.read_text())["cells"][1]["metadata"] == {"predict": settings}


@pytest.mark.parametrize(
    "cells",
    [
        (new_markdown_cell("**Predict, then run.** How much?"), code("1")),
        (new_markdown_cell("A page about it: *Predict.* is a word."), code("1")),
        (QUESTION, answer(), new_markdown_cell("So it is.\n\n**Predict.** Again?"), answer()),
    ],
)
def test_what_needs_no_prediction_or_has_one_is_accepted(cells):
    assert list(predictions.problems(write_cells(cells))) == []


def write_cells(cells):
    """Return the cells as a notebook."""
    return notebooks.nbformat.v4.new_notebook(cells=list(cells))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ((QUESTION, code("1")), "cell 1 asks with **Predict.**, but the next cell has no metadata"),
        ((QUESTION,), "cell 1 asks with **Predict.**, but the next cell has no metadata predict"),
        (
            (new_markdown_cell("**Predict.** How much?"), QUESTION, answer()),
            "cell 1 asks with **Predict.**, but the next cell has no",
        ),
        (
            (answer(),),
            "cell 1 has metadata predict, but no cell with a last paragraph **Predict.**",
        ),
        ((QUESTION, answer(printed=None)), "cell 2 has metadata predict, but prints nothing"),
        (
            (QUESTION, new_markdown_cell("Two.", metadata={"predict": NUMBER})),
            "cell 2 has metadata predict, but is not a code cell",
        ),
        ((QUESTION, answer({})), "cell 2 has metadata predict {}; expected {"),
    ],
)
def test_half_a_prediction_is_one_sentence(cells, says):
    (problem,) = predictions.problems(write_cells(cells))
    assert problem.startswith(says)


@pytest.mark.parametrize(
    "source", ["**Predict.** How much?\n\nA hint.", "A hint. **Predict.** How much?"]
)
def test_a_question_is_the_last_paragraph(source):
    sentences = list(predictions.problems(write_cells((new_markdown_cell(source), answer()))))
    assert sentences == [
        "cell 1 has **Predict.** in another place than the beginning of its last paragraph",
        "cell 2 has metadata predict, but no cell with a last paragraph **Predict.** before it",
    ]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (None, "None; expected"),
        ([], "[]; expected"),
        ({"number": 2, "answer": 0}, "{'number': 2, 'answer': 0}; expected"),
        ({"number": 2, "choices": ["a", "b"], "answer": 0}, "{'number': 2, 'choices'"),
        ({"choices": ["a", "b"]}, "{'choices': ['a', 'b']}; expected"),
        ({"number": "2"}, "whose number is '2'"),
        ({"number": True}, "whose number is True"),
        ({"number": float("nan")}, "whose number is nan"),
        ({"number": float("inf")}, "whose number is inf"),
        ({"number": 2, "tolerance": 0}, "whose tolerance is 0"),
        ({"number": 2, "tolerance": 5}, "whose tolerance is 5"),
        ({"number": 2, "tolerance": "1"}, "whose tolerance is '1'"),
        ({"number": 2, "unit": " "}, "whose unit is ' '"),
        ({"number": 2, "unit": "$x$"}, "whose unit is '$x$'"),
        ({"number": 2, "unit": 3}, "whose unit is 3"),
        ({"choices": ["a"], "answer": 0}, "whose choices are ['a']; expected a list of two"),
        ({"choices": list("abcde"), "answer": 0}, "whose choices are ['a', 'b', 'c', 'd', 'e']"),
        ({"choices": "ab", "answer": 0}, "whose choices are 'ab'"),
        ({"choices": ["a", "a"], "answer": 0}, "whose choices are ['a', 'a']; expected different"),
        ({"choices": ["a", ""], "answer": 0}, "whose choices are ['a', '']"),
        ({"choices": ["a", ["b"]], "answer": 0}, "whose choices are ['a', ['b']]"),
        ({"choices": ["a", "`b`"], "answer": 0}, "whose choices are ['a', '`b`']"),
        ({"choices": ["a", "b"], "answer": 2}, "whose answer is 2; expected the place of a choice"),
        ({"choices": ["a", "b"], "answer": -1}, "whose answer is -1"),
        ({"choices": ["a", "b"], "answer": "a"}, "whose answer is 'a'"),
        ({"choices": ["a", "b"], "answer": True}, "whose answer is True"),
    ],
)
def test_bad_metadata_is_one_sentence(settings, says):
    assert predictions.fault_of(settings).startswith(says)
    assert "\n" not in predictions.fault_of(settings)
