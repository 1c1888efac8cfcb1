"""The table of experiments: how many numbers the documents print, and what each row states."""

import dataclasses
import re
from collections import Counter

import numpy as np
import pytest
from printed_numbers import CURVES, PRINTED, texts

from lossutils.book import experiments
from lossutils.book.experiments.row import Number

NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]\d\d)?")


# How many there are


def test_22_experiments_print_455_numbers():
    assert len(PRINTED) == 22
    assert sum(len(texts(experiment)) for experiment in PRINTED) == 455


def test_the_four_curves_have_100_points_each():
    hundreds = {e.id: list(e.published) for e in PRINTED if len(texts(e)) == 100}
    assert hundreds == {id: [name] for id, name in CURVES.items()}


def test_every_published_entry_is_one_number():
    for experiment in PRINTED:
        for text in texts(experiment):
            assert NUMBER.fullmatch(text), (experiment.id, text)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("4", "4"),
        ("0.5 1.", ["0.5", "1."]),
        ("\n  1. 2.\n  3.\n", ["1.", "2.", "3."]),
        ("1 2; 3 4", [["1", "2"], ["3", "4"]]),
    ],
)
def test_spaces_separate_numbers_and_semicolons_separate_rows(text, published):
    assert Number("name", text, None).published == published


def test_documents_001_and_004_print_the_same_numbers():
    for row in (3, 4, 5, 6, 7):
        first, second = experiments.get(f"001-{row}"), experiments.get(f"004-{row}")
        assert first.published == second.published
        assert first.recorded == second.recorded


def test_sparse_labels_print_what_one_hot_labels_print():
    rel1, rel5 = experiments.get("004-5"), experiments.get("004-14")
    assert rel1.published["rel1"] == rel5.published["rel5"]
    assert (rel1.inputs["labels"].argmax(axis=1) == rel5.inputs["labels"]).all()


# Inputs on which no published number depends: nothing else would show a slip

UNPRINTED = {
    "002-13": {
        "labels": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]],
        "logits": [[12, 3, 2], [3, 10, 1], [1, 2, 5], [4, 6.5, 1.2], [3, 6, 1]],
    },
    "003-11": {"y_true": [[0.1, 0.02, 0.88]], "y_pred": [[1, -3, 10]]},
    "003-12": {"y_true": [1, 2], "y_pred": [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]},
}
SHARED = {  # the other rows that print nothing have the inputs of rows that print
    "003-3": {"y_true": ("003-1", "y_true"), "y_pred": ("003-1", "y_pred")},
    "003-6": {"y_true": ("003-8", "y_true"), "y_pred": ("003-8", "y_pred")},
    "003-7": {"y_true": ("003-8", "y_true"), "y_pred": ("003-8", "y_pred")},
    "004-13": {
        "labels": ("004-5", "labels"),
        "soft_labels": ("004-12", "labels"),
        "logits": ("004-5", "logits"),
    },
}


def test_every_row_without_published_numbers_has_its_inputs_checked():
    silent = {e.id: list(e.inputs) for e in experiments.all_experiments() if not e.published}
    assert silent == {id: list(inputs) for id, inputs in (UNPRINTED | SHARED).items()}


@pytest.mark.parametrize("id", UNPRINTED)
def test_inputs_of_their_own_are_those_that_the_document_states(id):
    for name, array in experiments.get(id).inputs.items():
        assert (array == np.array(UNPRINTED[id][name], array.dtype)).all(), name


@pytest.mark.parametrize("id", SHARED)
def test_shared_inputs_are_those_of_a_row_with_published_numbers(id):
    for name, (other, original) in SHARED[id].items():
        assert experiments.get(id).inputs[name] is experiments.get(other).inputs[original], name


# The rows


def test_the_table_has_75_rows_numbered_without_gaps():
    rows = experiments.catalogue()
    sizes = {"000": 7, "001": 11, "002": 22, "003": 16, "004": 19}
    assert [row.id for row in rows] == [
        f"{document}-{row + 1}" for document, size in sizes.items() for row in range(size)
    ]
    assert Counter(row.document for row in rows) == sizes


def test_every_row_states_its_finding_in_one_sentence():
    for row in experiments.catalogue():
        assert row.title, row.id
        assert row.verdict, row.id
        assert row.finding.endswith("."), row.id
        assert row.finding.isascii(), row.id
        assert row.kind.split()[0] in {"experiment", "claim", "snippet", "formula", "typo"}, row.id


def test_every_count_below_the_number_published_has_a_reason():
    for experiment in PRINTED:
        every_digit, _ = experiment.recorded.tensorflow
        assert bool(experiment.reason) == (every_digit < experiment.recorded.published)


def test_a_row_cannot_be_changed():
    row = experiments.get("001-5")
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.verdict = "wrong"
    with pytest.raises(ValueError, match="read-only"):
        row.inputs["labels"][0, 0] = 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        row.inputs["labels"] = None
    row.published["rel1"][0] = "0"
    assert row.published["rel1"][0] == "0.02215516"


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("001-55", "no experiment 001-55; did you mean 001-5"),
        ("nothing", "known are 000-1, 001-3"),
        ("001-1", "the document gives no inputs for 001-1"),
        (None, "no experiment None"),
        (["001-5"], "no experiment"),
    ],
)
def test_an_unknown_id_raises_an_error_that_helps(id, message):
    with pytest.raises(KeyError, match=re.escape(message)):
        experiments.get(id)
