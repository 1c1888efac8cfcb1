"""*Certain* holds for every model: for each rule, a healthy batch that comes as near as it can.

Each batch is one that a program makes on purpose, and Keras computes a finite loss of it. What is
found in it may be suspicious, and must not be certain.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    INF,
    LOGITS,
    NAN,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    with_first,
)

from lossutils import diagnose

SMALL = LOGITS / 100
SHIFTED = SMALL + (1 - SMALL.sum(axis=1, keepdims=True)) / 3  # adds the same to each logit of a row
ZERO_ROW = with_first(SOFTMAX, 0)
STEPS = SCORES.reshape(8, 5, 1)
WEIGHTS_OF_STEPS = np.arange(1.0, 6)
PADDED = np.array([[1, 2], [-1, -1]])
FRAMES = LOGITS.reshape(2, 20, 3)
OF_LOGITS = {"from_logits": True}
MAPS = np.exp(LOGITS[:36, 0]).reshape(4, 3, 3, 1)
MAPS = MAPS / MAPS.sum(axis=(1, 2), keepdims=True)  # where something is, over space
CURVES = np.exp(SCORES).reshape(8, 5, 1) / np.exp(SCORES).reshape(8, 5, 1).sum(axis=1)[:, None]
LISTS = np.exp(SCORES) / np.exp(SCORES).sum()  # one distribution over the batch, as in ranking
RESIZED = with_first(0.1 + 0.8 * SIGMOID, [-0.03])
RESIZED[1] = 1.02
SMOOTHED = np.array([1.4, -0.2, -0.2])[(INDEX[:, None] + [0, 1, 2]) % 3]
ADVANTAGES = SCORES * ONE_HOT
KERAS = {
    "a divergence over space": (MAPS, np.roll(MAPS, 1, axis=0), "kld", {}),
    "a divergence over space, without channels": (
        MAPS[..., 0], np.roll(MAPS[..., 0], 1, axis=0), "kld", {}
    ),
    "a divergence over time": (CURVES, np.roll(CURVES, 1, axis=0), "kld", {}),
    "a divergence over the batch": (LISTS, np.roll(LISTS, 1), "kld", {}),
    "signals along the steps": (STEPS, STEPS + 0.1, "cosine_similarity", {"axis": 1}),
    "one sound in a recording": (np.array([[1], [2]]), FRAMES, "ctc", {}),
    "one target for every step": (np.ones(1), STEPS[:1], "mse", {}),
    "one distribution for every step": (SOFTMAX[:1], SOFTMAX[None, :5], "kld", {}),
    "one row of classes for every step": (
        ONE_HOT[:1], SOFTMAX[None, :5], "categorical_focal_crossentropy", {}
    ),
    "one class for every step": (
        INDEX[:8, None], SOFTMAX.reshape(8, 5, 3), "categorical_generalized_cross_entropy", {}
    ),
    "rounded counts": (with_first(np.exp(SCORES), -1e-12), np.exp(SCORES), "poisson", {}),
    "a resized mask": (RESIZED, SIGMOID, BCE, {}),
    "a resized mask, by its overlap": (RESIZED, SIGMOID, "dice", {}),
    "negative smoothing": (SMOOTHED, SOFTMAX, CCE, {}),
    "advantages of what was done": (ADVANTAGES, SOFTMAX, CCE, {}),
    "small whole numbers": (SCORES, np.int8(9 * SCORES), "mse", {}),
    "decisions that are sure": (
        2 * YES - 1, np.where(YES == 1, INF, -1.0), "hinge", {}
    ),
    "nan where the class is ignored": (
        with_first(INDEX, 255), with_first(LOGITS, NAN), SCCE, OF_LOGITS | {"ignore_class": 255}
    ),
    "logits that sum to 1": (ONE_HOT, SHIFTED, CCE, OF_LOGITS),
    "unnormalised probabilities": (ONE_HOT, np.exp(LOGITS), CCE, {}),
    "unnormalised probabilities, focal": (
        ONE_HOT, np.exp(LOGITS), "categorical_focal_crossentropy", {}
    ),
    "counts of words": (np.round(9 * SOFTMAX), SOFTMAX, CCE, {}),
    "a class that is impossible": (
        with_first(INDEX, 0), with_first(LOGITS, [1, 2, -INF]), SCCE, OF_LOGITS
    ),
    "labels that were mixed, in a hinge": (0.9 * (2 * YES - 1), SCORES, "hinge", {}),
    "labels of another size, in a hinge": (4 * YES - 2, SCORES, "hinge", {}),
    "rows of -1 and 1, in a categorical hinge": (2 * ONE_HOT - 1, LOGITS, "categorical_hinge", {}),
    "two tags at the start": (np.ones((40, 2)), np.full((40, 2), 0.5), BCE, {}),
    "hard decisions of a saturated network": (YES, np.abs(YES - 1e-30), BCE, {}),
    "one row that is sure and wrong": (ONE_HOT, with_first(SOFTMAX, ONE_HOT[0, ::-1]), "kld", {}),
    "padded rows of a divergence": (with_first(SOFTMAX, 0), ZERO_ROW, "kld", {}),
    "weighted rows of a divergence": (3 * SOFTMAX, SOFTMAX, "kld", {}),
    "several annotators": (np.hstack([SCORES, SCORES + 1]), SCORES, "mse", {}),
    "an ensemble": (SCORES, np.hstack([SCORES, SCORES + 1]), "mse", {}),
    "an ensemble of rates": (INDEX[:, None] + 1.0, np.exp(LOGITS), "poisson", {}),
    "one label for all": (1.0, SCORES, "mse", {}),
    "one label for every step": (YES[:8] * 2 - 1, STEPS, "squared_hinge", {}),
    "one target for all rows": (INDEX[:3], LOGITS[:3], "mse", {}),
    "noise below 0": (with_first(np.exp(SCORES), -0.01), np.exp(SCORES), "msle", {}),
    "rounding below 0": (INDEX[:, None], with_first(np.exp(SCORES), -1e-9), "poisson", {}),
    "a 0 that is predicted": (
        with_first(np.exp(SCORES), 0), with_first(np.exp(SCORES) + 0.1, 0), "mape", {}
    ),
    "a batch of padding": (YES, SIGMOID, BCE, {"sample_weight": np.zeros(40)}),
    "a masked array and its weights": (
        np.ma.masked_array(YES, YES == 1), SIGMOID, BCE, {"sample_weight": (YES == 0)[:, 0]}
    ),
    "weights of the steps of as many sequences": (
        STEPS[:5], STEPS[:5] + 1, "mse", {"sample_weight": WEIGHTS_OF_STEPS}
    ),
    "sequences of weight 0": (PADDED, FRAMES, "ctc", {"sample_weight": [1.0, 0.0]}),
    "an ignored class": (
        with_first(INDEX, 255), LOGITS, SCCE, OF_LOGITS | {"ignore_class": 255}
    ),
}  # fmt: skip
BY_HAND = {  # a loss that was not named may be one that allows it
    "missing labels that are left out": (with_first(SCORES, NAN), SCORES),
    "no labels": (None, SCORES),
    "names that a table translates": (np.array(["a", "b"]), LOGITS[:2]),
    "complex signals": (np.array([[1j], [1 + 1j]]), SCORES[:2]),
    "rows of several lengths": ([[1.0], [2.0, 3.0]], SCORES[:2]),
    "no boxes in this picture": (np.zeros((0, 4)), np.zeros((0, 4))),
    "one number for the whole batch": (np.float64(1.0), np.float64(0.5)),
    "logits of impossible actions": (INDEX, with_first(LOGITS, [0, -INF, 1])),
    "pairs of all rows": (SCORES[:, 0], SCORES),
    "a set of points": (np.ones((4, 10, 2)), np.ones((4, 7, 2))),
    "rows that sum to 1": (INDEX, SOFTMAX),
    "energies of what cannot be": (SCORES, with_first(SCORES, INF)),
    "ends of an interval that is open": (with_first(SCORES, INF), with_first(SCORES, INF)),
    "predictions that are left out": (SCORES, with_first(SCORES, NAN)),
    "lags that are not there yet": (with_first(SCORES, NAN), with_first(SCORES, NAN)),
    "whole numbers that were typed": ([1.0, 0.5], [1, 0]),
    "codes of a book": (SCORES, LOGITS.argmax(axis=1)[:, None]),
    "outputs in eight bits": (SCORES, np.int8(9 * SCORES)),
}


def in_keras(y_true, y_pred, loss, from_logits=False, sample_weight=None, **options):
    """Return the loss that Keras computes."""
    full = {"kld": "KLDivergence", "ctc": "CTC", "mape": "MeanAbsolutePercentageError"}
    full |= {"mse": "MeanSquaredError", "msle": "MeanSquaredLogarithmicError"}
    name = full.get(loss) or "".join(map(str.capitalize, loss.split("_")))
    all_options = options | ({"from_logits": True} if from_logits else {})
    function = getattr(keras.losses, name)(**all_options)
    dtype = "int32" if loss == "ctc" else None
    truth = tf.constant(np.ma.getdata(y_true), dtype)
    weight = None if sample_weight is None else np.asarray(sample_weight)
    return float(function(truth, np.float32(y_pred), sample_weight=weight))


@pytest.mark.parametrize("name", KERAS)
def test_a_healthy_batch_near_a_rule_is_not_called_ill_for_certain(name):
    y_true, y_pred, loss, options = KERAS[name]
    report = diagnose(y_true, y_pred, loss=loss, **options)
    assert not report.certain, report
    assert np.isfinite(in_keras(y_true, y_pred, loss, **options))


@pytest.mark.parametrize("name", BY_HAND)
def test_a_loss_without_a_name_may_allow_it(name):
    report = diagnose(*BY_HAND[name])
    assert not report.certain, report


RAISES = {
    "columns that are compared one by one": (INDEX[:, None], SOFTMAX, BCE),
    "rows against one column": (ONE_HOT, SIGMOID, BCE),
    "indices against rows": (INDEX, SOFTMAX, CCE),
    "rows against indices": (ONE_HOT, SOFTMAX, SCCE),
    "one label for a sequence": (INDEX[:8], SOFTMAX.reshape(8, 5, 3), SCCE),
    "one yes or no for a sequence": (YES[:8], SIGMOID.reshape(8, 5, 1), BCE),
    "a label above the last class": (INDEX + 1, SOFTMAX, SCCE),
    "a label below the first class": (INDEX - 1, SOFTMAX, SCCE),
    "more rows than predictions": (SCORES, SCORES[:30], "mse"),
}


@pytest.mark.parametrize("name", RAISES)
def test_what_keras_refuses_is_certain(name):
    y_true, y_pred, loss = RAISES[name]
    assert diagnose(y_true, y_pred, loss=loss).certain
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        in_keras(y_true, y_pred, loss)
