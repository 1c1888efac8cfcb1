"""check_loss: healthy losses keep every rule, and each kind of broken loss breaks the right one."""

import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from broken_losses import BROKEN, scalar
from own_losses import (
    HEALTHY,
    Scaled,
    broken,
    contrastive,
    contrastive_reversed,
    gaussian,
    poisson_of_logarithms,
    squared,
)
from rotation import one_in

from lossutils import check_loss
from lossutils.checking.run import RULES

BOOK = Path(__file__).parents[2] / "book"


@pytest.mark.parametrize("loss", HEALTHY, ids=lambda loss: getattr(loss, "__name__", "class"))
def test_a_healthy_loss_keeps_every_rule(loss):
    report = check_loss(loss)
    assert broken(report) == {}, str(report)
    assert "one-number-per-example" in report.notes[0]


@pytest.mark.parametrize(
    "case",
    one_in(2, BROKEN),
    ids=[getattr(loss, "__name__", type(loss).__name__) for loss, _ in BROKEN],
)
def test_a_broken_loss_breaks_its_rule_and_no_other(case):
    loss, rules = case
    report = check_loss(loss)
    broken_rules = broken(report)
    assert broken_rules == rules, str(report)
    assert all(finding.evidence and finding.instead for finding in report)


def test_a_lambda_cannot_be_loaded():
    report = check_loss(lambda y_true, y_pred: squared(y_true, y_pred))
    assert broken(report) == {"saving": "certain"}
    assert "lambda" in report[0].evidence


# Arrays of the reader


def careless_gaussian(y_true, y_pred):
    return tf.reduce_mean(gaussian(y_true, y_pred))


RNG = np.random.default_rng(0)


def test_columns_with_a_meaning_are_tried_with_the_arrays_that_are_given():
    y_true, y_pred = RNG.normal(size=(8, 1)), RNG.normal(size=(8, 2))
    report = check_loss(gaussian, y_true, y_pred)
    assert broken(report) == {}, str(report)
    assert "your arrays" in report.batch
    assert any("lowest-at-the-truth" in note for note in report.notes[1:])
    assert broken(check_loss(careless_gaussian, y_true, y_pred)) == {
        "one-number-per-example": "certain"
    }


@pytest.mark.parametrize("loss", [contrastive, contrastive_reversed])
@pytest.mark.parametrize("longest", [1, 3])
def test_distances_are_not_taken_for_predictions_of_the_label(loss, longest):
    distances = RNG.uniform(0, longest, size=(8, 1))
    assert broken(check_loss(loss, RNG.integers(0, 2, (8, 1)), distances)) == {}


def test_the_best_logarithm_of_a_rate_is_not_the_count():
    counts, logarithms = RNG.poisson(3.0, (8, 1)), RNG.normal(size=(8, 1))
    assert broken(check_loss(poisson_of_logarithms, counts, logarithms)) == {}


def triplet(y_true, y_pred):
    anchor, near, far = y_pred[:, :2], y_pred[:, 2:4], y_pred[:, 4:]
    near, far = (tf.reduce_sum(tf.square(anchor - one), axis=-1) for one in (near, far))
    return tf.maximum(near - far + 0.2, 0)


def triplet_of_rows(y_true, y_pred):
    near, far = (tf.reduce_sum(tf.square(y_pred[0] - y_pred[k])) for k in (1, 2))
    return tf.maximum(near - far + 0.2, 0)


def test_triplets_far_apart_have_no_slope_and_rows_are_not_columns():
    apart = np.tile([0.0, 0, 0, 0, 3, 3], (4, 1))
    report = check_loss(triplet, np.zeros((4, 1)), apart)
    assert broken(report) == {}, str(report)
    assert any("gradient; every example of this batch costs 0" in note for note in report.notes)
    report = check_loss(triplet_of_rows, np.zeros((4, 1)), RNG.normal(size=(4, 6)))
    assert set(broken(report)) == {"one-number-per-example", "independent", "any-batch-size"}
    assert sum("y_true[2] is an example" in finding.instead for finding in report) == 2


def one_column_only(y_true, y_pred):
    return squared(y_true, tf.reshape(y_pred, [-1, 1]))


def one_column_in_a_row(y_true, y_pred):
    return keras.losses.mean_absolute_error(y_true, y_pred) * tf.ensure_shape(y_pred, [None, 1])


def test_a_loss_for_one_column_is_tried_with_one():
    assert broken(check_loss(one_column_only)) == {}
    report = check_loss(one_column_in_a_row)  # (N,) times (N, 1)
    assert broken(report)["one-number-per-example"] == "certain"
    assert "shape (6, 6)" in str(report)


def test_a_loss_of_pictures_and_one_of_sequences_keep_every_rule():
    pictures = RNG.integers(0, 2, (4, 3, 3, 1)), RNG.random((4, 3, 3, 1))
    assert broken(check_loss(keras.losses.BinaryCrossentropy(), *pictures)) == {}
    sequences = np.array([[1, 2], [2, 0]]), RNG.normal(size=(2, 4, 3))
    assert broken(check_loss(keras.losses.CTC(), *sequences)) == {}


def test_a_loss_that_raises_for_the_given_arrays_is_certain_to_be_wrong():
    arrays = np.zeros((2, 2)), np.ones((2, 3))
    assert broken(check_loss(squared, *arrays)) == {"called": "certain"}


# What is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Scaled,), r"expected a function or an instance, got a class; write Scaled\(\)"),
        (("mse",), "expected a function or a Loss instance, got 'mse'"),
        ((squared, np.zeros((2, 1))), "expected both y_true and y_pred, or neither"),
        ((squared, np.zeros((1, 1)), np.zeros((1, 1))), "at least two examples each"),
        ((squared, np.zeros((3, 1)), np.zeros((2, 1))), r"got shapes \(3, 1\) and \(2, 1\)"),
    ],
)
def test_an_argument_that_is_not_a_loss_is_refused_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        check_loss(*arguments)
    assert "\n" not in str(caught.value)


def test_without_tensorflow_one_sentence_says_so():
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "import lossutils; lossutils.check_loss(print)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    *_, last = ended.stderr.strip().splitlines()
    assert "check_loss needs TensorFlow and Keras, got no module named keras" in last


def test_importing_the_name_does_not_import_tensorflow():
    code = (
        "import sys\nfrom lossutils import check_loss\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_each_finding_links_to_a_rule_of_the_chapter():
    chapter = nbformat.read(BOOK / "write-your-own-loss.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    names = {rule.name for rule in RULES} - {"names"} | {"called"}
    assert all(f"{{#rule-{name}}}" in text for name in names)
    (finding,) = check_loss(scalar)
    assert finding.link == "write-your-own-loss.html#rule-one-number-per-example"
