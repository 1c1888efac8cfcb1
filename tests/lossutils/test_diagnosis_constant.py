"""The mean loss of a batch and that of the best constant prediction, with weights."""

import keras
import numpy as np
import pytest
from batch_examples import BCE, CCE, INDEX, LOGITS, ONE_HOT, SCCE, SCORES, SIGMOID, SOFTMAX, YES

from lossutils.diagnosis import Run
from lossutils.diagnosis.call import batch_rows
from lossutils.diagnosis.constant import best_constant, mean_loss, never_negative

WEIGHT = np.arange(40) % 5 / 2.0  # from 0 to 2
LINE = SCORES + np.sin(np.arange(40.0))[:, None]
BATCHES = {
    "MeanSquaredError": (LINE, SCORES, "mse", {}),
    "MeanAbsoluteError": (LINE, SCORES, "mae", {}),
    "BinaryCrossentropy": (YES, SIGMOID, BCE, {}),
    "CategoricalCrossentropy": (ONE_HOT, LOGITS, CCE, {"from_logits": True}),
    "SparseCategoricalCrossentropy": (INDEX, SOFTMAX, SCCE, {}),
}


# Keras divides the rows by their sums before it clips them, or after it.
SUMS = {
    "CategoricalCrossentropy": (ONE_HOT, CCE),
    "SparseCategoricalCrossentropy": (INDEX, SCCE),
}


def rows(y, p, loss, weight=None, from_logits=False, **options):
    return batch_rows(y, p, weight, loss, from_logits, **options)


@pytest.mark.parametrize("weight", [None, WEIGHT, WEIGHT[:, None]], ids=["none", "(N,)", "(N, 1)"])
@pytest.mark.parametrize("name", BATCHES)
def test_the_mean_is_that_of_keras(name, weight):
    y, p, loss, options = BATCHES[name]
    full = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}.get(loss, loss)
    expected = getattr(keras.losses, name)(**options)(y, np.float32(p), sample_weight=weight)
    computed = mean_loss(rows(y, p, full, weight, **options))
    np.testing.assert_allclose(computed, float(expected), rtol=1e-5)


@pytest.mark.parametrize("total", [0.001, 50])
@pytest.mark.parametrize("name", SUMS)
def test_rows_that_do_not_sum_to_1_are_taken_as_keras_takes_them(name, total):
    y, loss = SUMS[name]
    p = np.float32(total * SOFTMAX)
    expected = getattr(keras.losses, name)()(y, p)
    np.testing.assert_allclose(mean_loss(rows(y, p, loss)), float(expected), rtol=1e-5)


def test_an_ignored_class_is_not_counted():
    y = np.where(np.arange(40) < 9, 7, INDEX)
    function = keras.losses.SparseCategoricalCrossentropy(ignore_class=7)
    for weight in (None, WEIGHT):
        expected = function(y, np.float32(SOFTMAX), sample_weight=weight)
        computed = mean_loss(rows(y, SOFTMAX, SCCE, weight, ignore_class=7))
        np.testing.assert_allclose(computed, float(expected), rtol=1e-5)


@pytest.mark.parametrize(
    ("y", "p", "loss", "weight", "expected"),
    [
        (LINE, SCORES, "mean_squared_error", None, True),
        (LINE, SCORES, "mean_squared_error", -WEIGHT, False),
        (YES, SIGMOID, BCE, None, True),
        (2 * YES, SIGMOID, BCE, None, False),
        (YES - 0.5, SIGMOID, BCE, None, False),
        (INDEX, SOFTMAX, SCCE, None, True),
        (LINE, np.abs(SCORES), "poisson", None, False),
        (LINE, SCORES, None, None, False),
    ],
)
def test_a_loss_that_can_never_be_negative(y, p, loss, weight, expected):
    assert never_negative(rows(y, p, loss, weight)) == expected


def cost(loss, constant):
    """Return the weighted loss of a constant, by its definition."""
    error = LINE[:, 0] - constant
    return np.sum(WEIGHT * (error**2 if loss == "mean_squared_error" else np.abs(error))) / 40


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error"])
def test_the_best_constant_minimises_the_weighted_loss(loss):
    best = best_constant(rows(LINE, SCORES, loss, WEIGHT))
    fine = np.append(np.linspace(LINE.min(), LINE.max(), 2001), LINE[:, 0])
    lowest = min(cost(loss, constant) for constant in fine)
    assert best == pytest.approx(lowest, rel=1e-4)


def test_the_best_constant_of_classes_has_their_weighted_shares():
    shares = np.array([WEIGHT[k == INDEX].sum() for k in range(3)]) / WEIGHT.sum()
    expected = -np.sum(WEIGHT * np.log(shares)[INDEX]) / 40
    assert best_constant(rows(INDEX, SOFTMAX, SCCE, WEIGHT)) == pytest.approx(expected, rel=1e-6)


def test_a_weighted_loss_without_a_name_is_recognised_by_its_value():
    for weight, known in ((WEIGHT, True), (None, False)):
        run = Run()
        run.step(LINE, SCORES, cost_of_batch(), sample_weight=weight)
        assert ("mean_squared_error" in " ".join(run.report().notes)) == known


def cost_of_batch():
    return np.sum(WEIGHT * (LINE - SCORES)[:, 0] ** 2) / 40
