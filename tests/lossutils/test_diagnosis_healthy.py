"""The diagnosis of healthy batches: it is silent, and at most notes what is good to know."""

import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    HALF,
    INDEX,
    LOGITS,
    ONE_HOT,
    RNG,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    by_mistake,
    with_first,
)
from mistake_batches import FOCAL, GREY

from lossutils import diagnose

UNIT = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)
HEALTHY = {
    "indices, logits": (INDEX, LOGITS, {"loss": SCCE, "from_logits": True}),
    "indices, probabilities": (INDEX, SOFTMAX, {"loss": SCCE}),
    "a column of indices": (INDEX[:, None], SOFTMAX, {"loss": SCCE}),
    "float indices": (INDEX.astype("float32"), SOFTMAX, {"loss": SCCE}),
    "one-hot, logits": (ONE_HOT, LOGITS, {"loss": CCE, "from_logits": True}),
    "one-hot, probabilities": (ONE_HOT, SOFTMAX, {"loss": CCE}),
    "float16 probabilities": (ONE_HOT, SOFTMAX.astype(HALF), {"loss": CCE}),
    "bool labels": (ONE_HOT.astype(bool), SOFTMAX, {"loss": CCE}),
    "soft labels": (SOFTMAX[::-1], SOFTMAX, {"loss": CCE}),
    "smoothed labels": (0.9 * ONE_HOT + 0.1 / 3, SOFTMAX, {"loss": CCE}),
    "log-probabilities as logits": (INDEX, np.log(SOFTMAX), {"loss": SCCE, "from_logits": True}),
    "scores that begin with the shares": (INDEX, np.tile([0.3, 0.9, 0.1], (40, 1)), {}),
    "a mean and a logarithm at the start": (
        np.arange(40),
        np.zeros((40, 2)),
        {},
    ),
    "embeddings": (INDEX, np.tile(LOGITS, 2), {}),
    "one class": (np.zeros(40, int), SOFTMAX, {"loss": SCCE}),
    "one row": (INDEX[:1], SOFTMAX[:1], {"loss": SCCE}),
    "saturated and right": (ONE_HOT, np.abs(ONE_HOT - 1e-30), {"loss": CCE}),
    "zeros at the start, soft yes or no": (
        SIGMOID,
        np.zeros((40, 1)),
        {"loss": BCE, "from_logits": True},
    ),
    "zeros at the start": (INDEX, np.zeros((40, 3)), {"loss": SCCE, "from_logits": True}),
    "uniform at the start": (ONE_HOT, np.full((40, 3), 1 / 3), {"loss": CCE}),
    "yes or no": (YES, SIGMOID, {"loss": BCE}),
    "yes or no, flat": (YES[:, 0], SIGMOID[:, 0], {"loss": BCE}),
    "yes or no, logits": (YES, SCORES, {"loss": BCE, "from_logits": True}),
    "all yes, saturated": (np.ones((9, 1)), np.ones((9, 1), "float32"), {"loss": BCE}),
    "several labels": ((LOGITS > -1) * 1, 1 / (1 + np.exp(-LOGITS)), {"loss": BCE}),
    "hinge, -1 and 1": (2 * YES - 1, SCORES, {"loss": "hinge"}),
    "hinge, 0 and 1": (YES, SCORES, {"loss": "squared_hinge"}),
    "categorical hinge": (ONE_HOT, LOGITS, {"loss": "categorical_hinge"}),
    "regression": (SCORES, SCORES + 1, {"loss": "mse"}),
    "targets in 0..1": (SIGMOID, SIGMOID / 2, {"loss": "mae"}),
    "labels 0 and 1 in a regression": (YES, SIGMOID, {"loss": "mse"}),
    "counts": (INDEX[:, None], np.exp(SCORES), {"loss": "poisson"}),
    "a column beside flat labels": (SCORES[:, 0], SCORES + 1, {"loss": "mse"}),
    "a column beside flat yes or no": (YES[:, 0], SIGMOID, {"loss": BCE}),
    "flat predictions of a column": (SCORES, SCORES[:, 0] + 1, {"loss": "huber"}),
    "percentages": (np.exp(SCORES / 3), np.exp(SCORES / 3) + 0.1, {"loss": "mape"}),
    "a mask, Dice": (YES.reshape(4, 10, 1), SIGMOID.reshape(4, 10, 1), {"loss": "dice"}),
    "a mask, Tversky": (YES.reshape(4, 10, 1), SIGMOID.reshape(4, 10, 1), {"loss": "Tversky"}),
    "sequences, CTC": ([[1, 2, 2], [2, 0, 0]], LOGITS.reshape(2, 20, 3), {"loss": "ctc"}),
    "classes and vectors, circle loss": (INDEX, UNIT, {"loss": "circle"}),
    "one class and one vector, circle loss": (0 * INDEX, 0 * UNIT + 3**-0.5, {"loss": "circle"}),
    "three vectors, circle loss": (INDEX[:3], 0 * LOGITS[:3] + 0.5, {"loss": "circle"}),
    "exactly as many steps as CTC needs": ([[1, 1]], LOGITS[:3].reshape(1, 3, 3), {"loss": "ctc"}),
    "shares of a whole": (SOFTMAX[::-1], SOFTMAX, {"loss": "mse"}),
    "one-hot labels and a softmax in a regression": (ONE_HOT, SOFTMAX, {"loss": "mse"}),
    "pictures, reconstructed": (GREY, 0.5 * GREY + 0.2, {"loss": "mse", "trained": True}),
    "pictures at the start": (GREY, 0 * GREY + 0.5, {"loss": "mse"}),
    "a focal loss with a gamma of 1": (YES, with_first(YES, 0.9), {"loss": FOCAL, "gamma": 1}),
    "indices, generalised": (INDEX, SOFTMAX, {"loss": "CategoricalGeneralizedCrossEntropy"}),
    "shapes of CTC, no loss named": ([[1, 2]] * 2, LOGITS.reshape(2, 20, 3), {}),
    "shapes of a detector, no loss named": (np.ones((4, 10, 5)), np.ones((4, 3, 3, 3, 10)), {}),
    "stacked triplets, no loss named": (INDEX, np.ones((120, 8)), {}),
    "an ignored class": (
        with_first(INDEX, -1),
        LOGITS,
        {"loss": SCCE, "from_logits": True, "ignore_class": -1},
    ),
    "unknown labels among several": (
        np.ones((40, 3, 1)),
        SOFTMAX[..., None],
        {"loss": BCE, "sample_weight": with_first(np.ones((40, 3)), 0)},
    ),
    "channels first, indices": (
        INDEX.reshape(2, 5, 4),
        np.moveaxis(SOFTMAX.reshape(2, 5, 4, 3), -1, 1),
        {"loss": SCCE, "axis": 1},
    ),
    "channels first, a column of indices": (
        INDEX.reshape(2, 1, 5, 4),
        np.moveaxis(SOFTMAX.reshape(2, 5, 4, 3), -1, 1),
        {"loss": SCCE, "axis": 1},
    ),
    "channels first": (ONE_HOT.T[None], SOFTMAX.T[None], {"loss": CCE, "axis": 1}),
    "a rare label with a weight": (
        YES * 0 + (SCORES > 3),
        SCORES,
        {"loss": BCE, "from_logits": True, "pos_weight": 9.0},
    ),
    "weights of pictures": (
        np.ones((4, 8, 8, 1)),
        np.full((4, 8, 8, 1), 0.5),
        {"loss": BCE, "sample_weight": np.ones((4, 1, 1, 1))},
    ),
    "negative targets near a ReLU's": (SCORES, np.maximum(SCORES, 0.01), {"loss": "mse"}),
    "relu logits that are small": (INDEX, LOGITS / 30 + 0.5, {"loss": SCCE, "from_logits": True}),
    "distributions": (SOFTMAX[::-1], SOFTMAX, {"loss": "kld"}),
    "directions": (LOGITS, LOGITS + 1, {"loss": "cosine_similarity"}),
    "sentences": (INDEX.reshape(8, 5), SOFTMAX.reshape(8, 5, 3), {"loss": SCCE}),
    "weights of sentences": (
        INDEX.reshape(8, 5),
        SOFTMAX.reshape(8, 5, 3),
        {"loss": SCCE, "sample_weight": np.ones((8, 5))},
    ),
    "weights": (INDEX, SOFTMAX, {"loss": SCCE, "sample_weight": np.arange(40.0)}),
    "one weight for all": (INDEX, SOFTMAX, {"loss": SCCE, "sample_weight": 2.0}),
    "padding of weight 0": (
        with_first(INDEX, -1),
        SOFTMAX,
        {"loss": SCCE, "sample_weight": with_first(np.ones(40), 0)},
    ),
    "no loss named": (INDEX, LOGITS, {}),
    "tensors": (tf.constant(INDEX), tf.constant(SOFTMAX, tf.float32), {"loss": SCCE}),
    "bfloat16": (tf.constant(INDEX), tf.cast(SOFTMAX, tf.bfloat16), {"loss": SCCE}),
    "lists": (INDEX.tolist(), SOFTMAX.tolist(), {"loss": SCCE}),
    "masked arrays without a mask": (np.ma.array(YES), np.ma.array(SIGMOID), {"loss": BCE}),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_a_healthy_batch(name):
    y_true, y_pred, options = HEALTHY[name]
    report = diagnose(y_true, y_pred, **options)
    assert not report, report


def test_logits_that_lie_in_the_unit_interval_are_suspicious_at_most():
    logits = RNG.uniform(size=(40, 3))
    for y, z, loss in ((INDEX, logits, SCCE), (YES, logits[:, :1], BCE)):
        report = diagnose(y, z, loss=loss, from_logits=True)
        assert by_mistake(report) == {"softmax-twice": False}


def test_labels_0_and_1_of_a_hinge_are_a_note():
    report = diagnose(YES, SCORES, loss="hinge")
    assert "turns the zeros" in report.notes[0]
    assert "turns the zeros" in str(report)
    assert not diagnose(2 * YES - 1, SCORES, loss="hinge").notes


@pytest.mark.parametrize(
    ("y_true", "y_pred", "options", "note"),
    [
        (INDEX, np.float32(100 * LOGITS), {"loss": SCCE, "from_logits": True}, "infinite above 88"),
        (YES[:, 0], SIGMOID, {"loss": BCE}, "Keras' losses align them"),
        ([[1, 2]] * 2, LOGITS.reshape(2, 20, 3), {}, "name it"),
        (np.zeros((300, 300)), np.zeros((300, 300), HALF), {"loss": "mse"}, "sums end at 65504"),
    ],
)
def test_what_is_good_to_know_is_a_note(y_true, y_pred, options, note):
    report = diagnose(y_true, y_pred, **options)
    assert not report, report
    assert note in " ".join(report.notes)


def far_apart(rng):
    """Return targets of which the smallest and the largest are far apart, and none is near 0."""
    yield np.exp(rng.normal(0, rng.uniform(0.2, 2.0), 128))  # prices
    yield rng.gamma(rng.uniform(2, 6), size=128)  # amounts
    yield 20 + 5 * rng.normal(size=128)  # degrees Celsius in a house


def test_prices_far_apart_are_no_labels_near_0():
    alarms = []
    for seed in range(100):
        for y in far_apart(np.random.default_rng(seed)):
            alarms.append(bool(diagnose(y[:, None], 1.1 * y[:, None], loss="mape")))
    assert np.mean(alarms) <= 0.05


def test_standardised_targets_come_near_0():
    """The chance that none of 128 is below a twentieth of the median is 0.973 ** 128, or 3 %."""
    suspicious = []
    for seed in range(100):
        y = np.random.default_rng(seed).normal(size=(128, 1))
        suspicious += [bool(diagnose(y, 1.1 * y, loss="mape"))]
    assert np.mean(suspicious) > 0.85
