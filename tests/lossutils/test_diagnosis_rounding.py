"""oneDNN, XLA, the type of the numbers and the size of the batch do not change what is said."""

import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    LOGITS,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    YES,
    by_mistake,
    ids,
)
from mistake_batches import CASES

from lossutils import diagnose

# The softmax of one unit is this number without oneDNN, and 1 with it.
NEXT_TO_ONE = np.nextafter(np.float32(1), np.float32(0))
HARD = {"yes or no": (YES, np.float32(YES[::-1]), BCE), "rows": (ONE_HOT, ONE_HOT[::-1], CCE)}


@pytest.mark.parametrize("kind", HARD)
def test_the_number_before_1_is_1(kind):
    y, p, loss = HARD[kind]
    p = np.float32(p)
    exact, rounded = (diagnose(y, q, loss=loss) for q in (p, np.where(p == 1, NEXT_TO_ONE, p)))
    assert ids(exact) == ids(rounded)
    assert {"no-gradient", "log-of-zero"} <= set(ids(rounded))
    assert ", rounding granted," not in str(exact)


def test_the_report_names_the_tolerance_for_rounding():
    report = diagnose(np.zeros((8, 1)), np.full((8, 1), NEXT_TO_ONE), loss=BCE)
    (finding,) = [f for f in report if f.mistake == "log-of-zero"]
    assert "all 8 examples have the probability 0, rounding granted, where" in finding.evidence


@pytest.mark.parametrize("number", [1 - 2.0**-23, np.float64(NEXT_TO_ONE)])
def test_other_numbers_are_what_they_are(number):
    p = np.where(YES == 1, number, 0.0)
    p = np.float32(p) if number == 1 - 2.0**-23 else p
    assert "no-gradient" not in ids(diagnose(YES, p, loss=BCE))


def test_swapped_labels_next_to_1_are_labels():
    p = np.float32(YES)
    for q in (p, np.where(p == 1, NEXT_TO_ONE, p)):
        assert "swapped-by-position" in ids(diagnose(SIGMOID, q, loss=BCE))


def as_float32(value):
    array = np.asarray(value)
    return array.astype("float32") if array.dtype == np.float64 else value


@pytest.mark.parametrize(("mistake", "certain", "y_true", "y_pred", "options"), CASES)
def test_the_type_of_the_numbers_changes_no_verdict(mistake, certain, y_true, y_pred, options):
    labels = y_true if isinstance(y_true, np.ma.MaskedArray) else as_float32(y_true)
    report = diagnose(labels, as_float32(y_pred), **options)
    assert by_mistake(report).get(mistake) == certain, report


def twice(value, rows):
    """Return an array with its rows twice, if it has one for each example."""
    array = np.ma.asarray(value) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    per_example = array.ndim and len(array) == rows
    return (
        np.ma.concatenate([array, array])
        if per_example and np.ma.isMA(array)
        else (np.concatenate([array, array]) if per_example else value)
    )


@pytest.mark.parametrize(
    ("mistake", "certain", "y_true", "y_pred", "options"),
    [case for case in CASES if len(np.asarray(case.values[3])) > 3],
)
def test_a_larger_batch_of_the_same_rows_changes_no_verdict(
    mistake, certain, y_true, y_pred, options
):
    rows = len(np.asarray(y_pred))
    larger = {**options}
    if "sample_weight" in options:
        larger["sample_weight"] = twice(options["sample_weight"], rows)
    report = diagnose(twice(y_true, rows), twice(y_pred, rows), **larger)
    assert by_mistake(report).get(mistake) == certain, report


@pytest.mark.parametrize(
    ("function", "y_true", "z", "options"),
    [
        (tf.nn.softmax, INDEX, LOGITS, {"loss": SCCE, "from_logits": True}),
        (tf.nn.softmax, INDEX, LOGITS, {"loss": SCCE}),
        (tf.nn.softmax, INDEX, 40 * LOGITS, {"loss": SCCE}),
        (tf.nn.softmax, YES, SCORES, {"loss": BCE}),
        (tf.nn.sigmoid, YES, SCORES, {"loss": BCE, "from_logits": True}),
        (tf.nn.sigmoid, YES, 40 * SCORES, {"loss": BCE}),
        (tf.nn.tanh, YES, SCORES, {"loss": BCE}),
        (tf.nn.relu, INDEX, LOGITS, {"loss": SCCE, "from_logits": True}),
    ],
)
def test_xla_changes_no_verdict(function, y_true, z, options):
    z = tf.constant(z, tf.float32)
    with_it, without = (tf.function(function, jit_compile=jit)(z) for jit in (True, False))
    assert by_mistake(diagnose(y_true, with_it, **options)) == by_mistake(
        diagnose(y_true, without, **options)
    )
