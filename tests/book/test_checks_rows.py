"""Checks of one line: checks.row, with the table of experiments, and checks.same."""

import dataclasses
import re

import numpy as np
import pytest
import tensorflow as tf

from lossutils.book import checks, experiments

F32 = np.float32
REL1 = F32([0.02215516, 3.0996735])  # what TensorFlow gives for row 001-5


def test_a_row_is_compared_with_the_table_in_one_line(capsys):
    checks.row("001-5", tf.constant(REL1))
    assert capsys.readouterr().out == (
        "✓ row 001-5: published 0.02215516 3.09967351, TensorFlow 0.022155 3.0997, NumPy the same\n"
    )


def test_a_long_row_is_shortened(capsys):
    grid = experiments.get("003-1").inputs["y_pred"]
    checks.row("003-1", tf.abs(grid))
    assert capsys.readouterr().out == (
        "✓ row 003-1: published 1. 0.97979796 … 1. (100 numbers), "
        "TensorFlow 1 0.9798 … 1 (100 numbers), NumPy the same\n"
    )


def test_a_row_with_two_numbers_needs_a_name(capsys):
    checks.row("000-1", 2.0, name="l2_loss")
    checks.row("000-1", 4.0, name="sum_of_squares")
    assert "row 000-1: published 4, TensorFlow 4, NumPy the same" in capsys.readouterr().out
    for name in (None, "l1_loss"):
        with pytest.raises(ValueError, match=rf"expected name=.*'l2_loss', got {name!r}"):
            checks.row("000-1", 2.0, name=name)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (F32([0.02215516, 3.0999]), "[1]: TensorFlow 3.0999"),
        (F32([[0.02215516, 3.0996735]]), ": expected the same shape"),
        (F32([0.02215516]), ": expected the same shape"),
    ],
)
def test_a_wrong_value_disagrees_with_the_row(capsys, values, message):
    with pytest.raises(checks.Disagreement, match=re.escape(f"row 001-5{message}")) as caught:
        checks.row("001-5", values)
    assert capsys.readouterr().out == ""
    assert "\n" not in str(caught.value)


def test_a_wrong_published_digit_is_noticed(monkeypatch):
    experiment = experiments.get("001-5")
    (number,) = experiment.numbers
    wrong = dataclasses.replace(experiment, numbers=[number._replace(text="0.02215516 3.09977351")])
    monkeypatch.setattr(experiments, "get", {"001-5": wrong}.get)
    with pytest.raises(checks.Disagreement, match=r"published 3\.09977351, TensorFlow 3\.0996735"):
        checks.row("001-5", REL1)


def test_a_row_without_published_numbers_cannot_be_compared():
    with pytest.raises(ValueError, match=r"row 003-12 prints no numbers: .* checks\.same"):
        checks.row("003-12", [1.0, 2.0])
    with pytest.raises(KeyError, match="there is no experiment 001-55"):
        checks.row("001-55", [1.0])


def test_same_prints_one_line(capsys):
    checks.same(tf.constant([1.5, 2.0]), F32([1.5, 2.0]))
    assert capsys.readouterr().out == "✓ TensorFlow 1.5 2, NumPy the same\n"
    with pytest.raises(checks.Disagreement, match=r"values\[1\]: TensorFlow 2, NumPy 3"):
        checks.same(tf.constant([1.5, 2.0]), [1.5, 3.0])
