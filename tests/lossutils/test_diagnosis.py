"""The diagnosis of a batch: each mistake, and the healthy batches that look like one."""

import re

import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    HALF,
    INDEX,
    INF,
    LOGITS,
    MISTAKES,
    NAN,
    ONE_HOT,
    RNG,
    ROOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    found,
    ids,
    with_first,
)

from lossutils import diagnose
from lossutils.diagnosis.findings import DAMAGE

FOCAL = "binary_focal_crossentropy"
GREY = np.abs(np.sin(np.arange(640.0))).reshape(40, 16)  # forty pictures of sixteen pixels

# What a healthy batch looks like


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
    "classes and vectors, circle loss": (INDEX, LOGITS, {"loss": "circle"}),
    "one class and one vector, circle loss": (0 * INDEX, 0 * LOGITS + 0.5, {"loss": "circle"}),
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
        assert found(report) == {"softmax-twice": False}


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


# Each mistake: truth, prediction, options, the mistake, whether it is certain


def case(mistake, certain, y_true, y_pred, loss, **options):
    return pytest.param(mistake, certain, y_true, y_pred, {"loss": loss, **options})


CASES = [
    case("softmax-twice", True, ONE_HOT, SOFTMAX, CCE, from_logits=True),
    case("softmax-twice", True, INDEX, SOFTMAX.astype(HALF), SCCE, from_logits=True),
    case("softmax-twice", True, INDEX, SOFTMAX, None, from_logits=True),
    case("softmax-twice", True, ONE_HOT[:, :2], SOFTMAX[:, :2] * 0 + 0.5, BCE, from_logits=True),
    case("softmax-twice", True, INDEX, with_first(SOFTMAX, 0), SCCE, from_logits=True),
    case("softmax-twice", False, INDEX[:1], SOFTMAX[:1], SCCE, from_logits=True),
    case("softmax-twice", False, INDEX, 1.01 * SOFTMAX.clip(0, 0.9), SCCE, from_logits=True),
    case("softmax-twice", False, YES, SIGMOID, BCE, from_logits=True),
    case("softmax-never", True, ONE_HOT, LOGITS, CCE),
    case("softmax-never", True, INDEX, LOGITS, SCCE),
    case("softmax-never", True, INDEX, np.log(SOFTMAX), SCCE),
    case("softmax-never", False, ONE_HOT, 1 / (1 + np.exp(-LOGITS)), CCE),
    case("sigmoid-never", True, YES, SCORES, BCE),
    case("sigmoid-never", True, YES, SCORES, "binary_focal_crossentropy"),
    case("softmax-on-one-unit", False, YES, np.ones((40, 1)), BCE),
    case("softmax-on-one-unit", True, YES, SIGMOID, CCE),
    case("softmax-on-one-unit", False, [[0.0]], [[1.0]], BCE),
    case("softmax-on-one-unit", False, YES, np.ones((40, 1)), "mse"),
    case("softmax-on-one-unit", False, YES, np.full((40, 1), 1 - 2.0**-24, "float32"), BCE),
    case("softmax-on-one-unit", False, 100 * SCORES, np.ones((40, 1)), "mse"),
    case("last-layer", False, YES, np.maximum(SCORES, 0), BCE),
    case("last-layer", False, INDEX, np.maximum(LOGITS, 0), SCCE, from_logits=True),
    case("last-layer", False, YES, np.tanh(SCORES), BCE),
    case("last-layer", False, YES, np.zeros((40, 1)), BCE),
    case("sigmoid-never", True, YES, SCORES, "dice"),
    case("softmax-never", True, INDEX, LOGITS, "categorical_generalized_cross_entropy"),
    case("softmax-regression", False, 1 + 9 * SIGMOID * [[1, 1]], SOFTMAX[:, :2] * 0 + 0.5, "mse"),
    case("softmax-regression", False, SIGMOID * [[1, 0.5, 1]], SOFTMAX, "mae"),
    case("output-range", False, 100 * SIGMOID, with_first(SIGMOID, 1), "mse", trained=True),
    case("output-range", False, SCORES, np.maximum(SCORES, 0), "mae"),
    case("output-range", False, SCORES, np.tanh(2 * SCORES), "huber", trained=True),
    case("target-scale", False, 1e7 * SCORES, SCORES, "mse"),
    case("target-scale", False, 200 * SCORES, SCORES, "mae", trained=True),
    case("constant-output", False, SCORES, np.full((40, 1), 0.3), "mse", trained=True),
    case("constant-output", False, SCORES, 0.001 * SCORES, "mse", trained=True),
    case("constant-output", False, YES, np.full((40, 1), 0.3), BCE, trained=True),
    case("constant-output", False, ONE_HOT, [[0.98, 0.01, 0.01]] * 40, "dice"),
    case("nan-in-data", True, YES, with_first(SIGMOID, NAN), BCE),
    case("return-sequences", False, SCORES[:8], LOGITS[:24].reshape(8, 9, 1), "mse"),
    case("return-sequences", True, YES[:8], SIGMOID.reshape(8, 5, 1), BCE),
    case("return-sequences", True, INDEX[:8], SOFTMAX.reshape(8, 5, 3), SCCE),
    case("return-sequences", True, ONE_HOT[:8], SOFTMAX.reshape(8, 5, 3), CCE),
    case("pos-weight", False, 1 - YES * (SCORES > 3), SCORES, BCE, from_logits=True, pos_weight=9),
    case(
        "pos-weight",
        False,
        np.hstack([1 - YES * (SCORES > 3), YES]),  # of two labels, one is frequent
        np.hstack([SCORES, SCORES]),
        BCE,
        from_logits=True,
        pos_weight=[9.0, 1.0],
    ),
    case("binary-for-many-classes", False, ONE_HOT, SIGMOID * [[1, 0.5, 0.2]], BCE),
    case("binary-for-many-classes", True, INDEX, SOFTMAX, BCE),
    case("binary-for-many-classes", False, INDEX[:, None], SIGMOID, BCE),
    case("swapped-by-position", False, SIGMOID, YES, BCE),
    case("swapped-by-position", True, SIGMOID, YES.astype(int), BCE),
    case("swapped-by-name", True, LOGITS, ONE_HOT.astype(int), CCE, from_logits=True),
    case("swapped-by-position", False, SOFTMAX, ONE_HOT, CCE),
    case("swapped-by-position", True, SOFTMAX, INDEX, SCCE),
    case("swapped-by-position", False, SCORES, 2 * YES - 1, "hinge"),
    case("swapped-by-position", False, np.exp(SCORES), INDEX[:, None] * 1.0, "poisson"),
    case("swapped-by-position", False, [[0.7, 0.3]] * 2, np.float32([[1, 0], [0, 1]]), CCE),
    case("swapped-by-name", False, [[2.3]], [[1.0]], BCE, from_logits=True),
    case("swapped-by-position", False, [[0.3]], [[0.0]], BCE),
    case("swapped-by-name", False, SCORES, YES, BCE, from_logits=True),
    case("swapped-by-name", False, LOGITS, ONE_HOT, CCE, from_logits=True),
    case("sparse-or-one-hot", True, INDEX, SOFTMAX, CCE),
    case("sparse-or-one-hot", True, INDEX[:, None], SOFTMAX, CCE),
    case("sparse-or-one-hot", True, INDEX[:3], SOFTMAX[:3], "kld"),
    case("sparse-or-one-hot", True, ONE_HOT, SOFTMAX, SCCE),
    case("labels-out-of-range", True, INDEX + 1, SOFTMAX, SCCE),
    case("labels-out-of-range", True, with_first(INDEX, -2), LOGITS, SCCE, from_logits=True),
    case("labels-out-of-range", True, INDEX + 0.5, SOFTMAX, SCCE),
    case("ctc-padding", True, [[1, 2], [2, -1]], LOGITS.reshape(2, 20, 3), "ctc"),
    case("ctc-frames", True, [[1, 1], [2, 0]], LOGITS[:4].reshape(2, 2, 3), "ctc"),
    case("collapsed-embeddings", False, INDEX, 0.01 * LOGITS / 3 + 0.5, "circle"),
    case("posterior-collapse", False, GREY, 0 * GREY + GREY.mean(axis=0), "mse", trained=True),
    case(
        "posterior-collapse",
        False,
        GREY.reshape(40, 4, 4, 1),
        0.1 * GREY.reshape(40, 4, 4, 1),
        BCE,
        from_logits=True,
        trained=True,
    ),
    case("softmax-multi-label", False, (LOGITS > -1) * 1, SOFTMAX, CCE),
    case("softmax-multi-label", True, (LOGITS > -1) * 1, SOFTMAX, BCE),
    case("softmax-multi-label", False, [[1, 1, 0]], SOFTMAX[:1], BCE),
    case("focal-gamma", False, YES, with_first(YES * 1.0, 0.9), FOCAL, gamma=0.5),
    case("labels-out-of-range", True, [[1, 3], [2, 0]], LOGITS.reshape(2, 20, 3), "ctc"),
    case("labels-out-of-range", False, with_first(ONE_HOT, 0), SOFTMAX, CCE),
    case("label-convention", True, 2 * YES - 1, SCORES, BCE, from_logits=True),
    case("label-convention", True, 2 * ONE_HOT - 1, SOFTMAX, CCE),
    case("label-convention", True, YES + 1, SCORES, "hinge"),
    case("label-convention", True, YES + 1, SIGMOID, BCE),
    case("label-convention", False, with_first(2 * YES - 1, 0), SCORES, "hinge"),
    case("label-convention", True, 2 * ONE_HOT - 1, LOGITS, "categorical_hinge"),
    case("label-smoothing", False, 0.9 * ONE_HOT + 0.1, SOFTMAX, CCE),
    case("label-smoothing", False, 0.9 * ONE_HOT, SOFTMAX, CCE),
    case("label-smoothing", False, 0.9 * YES + 0.05, SCORES, "hinge"),
    case("broadcast", False, SCORES[:, 0], SCORES, None),
    case("broadcast", True, LOGITS, SCORES, "huber"),
    case("broadcast", True, SIGMOID, LOGITS, "mse"),
    case("broadcast", True, 1.0, SCORES, "mse"),
    case("sample-weight", False, YES, SIGMOID, BCE, sample_weight=with_first(np.ones(40), -1)),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=np.zeros(40)),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=[1.0, 2.0]),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=[NAN] * 40),
    case("sample-weight", True, LOGITS, LOGITS, "mse", sample_weight=np.ones((40, 3))),
    case("mask-ignored", True, with_first(INDEX, -1), SOFTMAX, SCCE),
    case("mask-ignored", True, with_first(INDEX + 1, -1), SOFTMAX, SCCE),
    case("mask-ignored", False, with_first(INDEX, -100), SOFTMAX, SCCE),
    case("mask-ignored", False, with_first(ONE_HOT, 0), SOFTMAX, CCE),
    case("mask-ignored", False, with_first(YES, -1), SIGMOID, BCE),
    case("mask-ignored", False, with_first(ONE_HOT, -1), SOFTMAX, BCE),
    case("unknown-labels", False, np.eye(3)[INDEX] - np.eye(3)[INDEX - 1], SOFTMAX, BCE),
    case("mask-ignored", True, np.ma.masked_array(YES, YES == 1), SIGMOID, BCE),
    case("log-of-zero", False, with_first(ONE_HOT, [0, 0, 1]), with_first(SOFTMAX, [1, 0, 0]), CCE),
    case("log-of-zero", False, with_first(INDEX, 2), with_first(SOFTMAX, [1, 0, 0]), SCCE),
    case("log-of-zero", False, with_first(YES, 0), with_first(SIGMOID, 1), BCE),
    case("log-of-zero", True, SOFTMAX, with_first(SOFTMAX, [1, 0, 0]), "kld"),
    case("log-of-zero", True, INDEX[:, None], SCORES, "poisson"),
    case("overflow", True, YES, SCORES * NAN, BCE, from_logits=True),
    case("overflow", True, INDEX, LOGITS * [[1, 1, NAN]], SCCE, from_logits=True),
    case("overflow", True, YES, with_first(SIGMOID, INF), BCE),
    case("overflow", True, INDEX, with_first(LOGITS, -INF), None),
    case("overflow", True, SCORES, np.float32(SCORES + 1e20), "mse"),
    case("clipped", False, with_first(YES, 1), with_first(SIGMOID, 1e-8), BCE),
    case("clipped", False, YES, np.abs(1 - YES - 1e-9), BCE),
    case("clipped", True, SCORES, np.exp(SCORES), "msle"),
    case("no-gradient", False, YES, SIGMOID.round(), BCE),
    case("no-gradient", False, INDEX, np.eye(3)[LOGITS.argmax(1)], SCCE),
    case("no-gradient", False, INDEX, np.eye(3)[LOGITS.argmax(1)], SCCE, from_logits=True),
    case("no-gradient", True, INDEX, LOGITS.argmax(1), SCCE),
    case("no-gradient", True, YES, SIGMOID > 0.5, BCE),
    case("no-gradient", False, ONE_HOT, np.float32(ONE_HOT), CCE),
    case("no-gradient", False, SCORES, SCORES.round(), "mse"),
    case("no-gradient", False, 2 * YES - 1, np.sign(SCORES), "hinge"),
    case("half-precision", False, 1000 * SCORES, SCORES.astype(HALF), "mse"),
    case("half-precision", False, with_first(SCORES, 1e5), SCORES.astype(HALF), "mae"),
    case("half-precision", False, with_first(YES, 0), with_first(SIGMOID, 1).astype(HALF), BCE),
    case("half-precision", False, np.ones((9, 1)), np.ones((9, 1), HALF), BCE),
    case("integer-types", True, SCORES, np.uint8(YES), "mse"),
    case("integer-types", True, SCORES, YES == 1, None),
    case("integer-types", True, INDEX, LOGITS.argmax(1), SCCE),
    case("negative-loss", True, YES + 1, SCORES, BCE, from_logits=True),
    case("negative-loss", True, 255 * ONE_HOT, SOFTMAX, CCE),
    case("negative-loss", True, 255 * YES, SIGMOID, "dice"),
    case("negative-loss", True, SCORES, np.exp(SCORES), "poisson"),
    case("cosine-sign", False, with_first(LOGITS, 0), LOGITS, "cosine_similarity"),
    case("cosine-sign", False, LOGITS, -LOGITS, "cosine_similarity"),
    case("cosine-sign", False, 0.1 * np.eye(4), -0.1 * np.eye(4), "cosine_similarity"),
    case("cosine-sign", True, SCORES, SCORES + 1, "cosine_similarity"),
    case("kl-unnormalised", True, SOFTMAX, LOGITS, "kld"),
    case("kl-unnormalised", True, SOFTMAX, 100 * SOFTMAX, "kld"),
    case("kl-unnormalised", False, SOFTMAX, SOFTMAX * 1.005, "kld"),
    case("mape-at-zero", True, INDEX[:, None], SCORES, "mape"),
    case("mape-at-zero", False, with_first(np.exp(SCORES), 1e-5), SCORES, "mape"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "certain", "y_true", "y_pred", "options"), CASES)
def test_a_mistake_is_found(mistake, certain, y_true, y_pred, options):
    report = diagnose(y_true, y_pred, **options)
    assert found(report).get(mistake) == certain, report
    for finding in report:
        assert finding.evidence.endswith(".")
        assert finding.instead
        assert re.search(r"\d", finding.evidence), "evidence has numbers"


@pytest.mark.parametrize(("above", "dtype"), [(5e-5, "float32"), (2.0**-10, HALF)])
def test_what_rounding_left_above_1_is_no_logit(above, dtype):
    assert "sigmoid-never" in ids(diagnose(YES, np.full((40, 1), 1.1, dtype), loss=BCE))
    assert "sigmoid-never" not in ids(diagnose(YES, np.full((40, 1), 1 + above, dtype), loss=BCE))


@pytest.mark.parametrize(("largest", "swapped"), [(3.0, True), (1.0, False)])
def test_scores_of_0_may_be_labels_only_if_a_label_is_above_1(largest, swapped):
    y_true = np.array([0.2, largest, 0.5, 0.1])[:, None]
    report = diagnose(y_true, np.zeros((4, 1)), loss=BCE, from_logits=True)
    assert ("swapped-by-name" in ids(report)) == swapped


# A batch alone does not show them.
IN_RUNS = {"accuracy-of-logits", "learning-rate", "metric-as-loss"}


def test_every_mistake_of_the_diagnosis_is_one_of_the_atlas_and_has_a_case():
    assert set(DAMAGE) - {None} - IN_RUNS == {parameters.values[0] for parameters in CASES}
    assert set(DAMAGE) - {None} <= set(MISTAKES)


@pytest.mark.parametrize(
    ("mistake", "certain", "y_true", "y_pred", "options"),
    [case for case in CASES if not isinstance(case.values[2], np.ma.MaskedArray)],  # no tensors
)
def test_tensors_are_as_good_as_arrays(mistake, certain, y_true, y_pred, options):
    tensors = diagnose(tf.constant(y_true), tf.constant(y_pred), **options)
    assert ids(tensors) == ids(diagnose(np.asarray(y_true), y_pred, **options))


def test_the_page_says_why_the_other_mistakes_are_not_found():
    page = (ROOT / "book/diagnosis.ipynb").read_text(encoding="utf-8")
    for mistake in set(MISTAKES) - set(DAMAGE):
        assert re.search(rf"\(mistake-{mistake}\)|`{mistake}`", page), mistake


def test_a_link_leads_to_the_section():
    (finding,) = diagnose(YES, SCORES, loss=BCE)
    assert finding.link == "mistakes/logits-and-softmax.html#mistake-sigmoid-never"
    page = (ROOT / "book/mistakes/logits-and-softmax.ipynb").read_text(encoding="utf-8")
    assert "(mistake-sigmoid-never)=" in page


def test_the_evidence_counts():
    y_pred = [[0.5], [2.0], [-1.0], [0.25]]
    (finding,) = diagnose([[0], [1], [0], [1]], y_pred, loss=BCE)
    assert "2 of 4 numbers of y_pred lie outside [0, 1] (from -1 to 2)" in finding.evidence


@pytest.mark.parametrize(
    ("y_true", "y_pred", "loss"),
    [(YES, SCORES, BCE), (ONE_HOT, LOGITS, CCE), (INDEX, LOGITS, SCCE)],
)
def test_both_losses_of_logits_that_are_given_as_probabilities(y_true, y_pred, loss):
    (finding,) = diagnose(y_true, y_pred, loss=loss)
    y, z, function = y_true, tf.constant(y_pred, tf.float32), tf.keras.losses.get(loss)
    computed, right = (np.mean(function(y, z, from_logits=told)) for told in (False, True))
    shown = re.search(r"as Keras computes it is (\S+); from logits it is (\S+)\.", finding.evidence)
    np.testing.assert_allclose(np.float64(shown.groups()), [computed, right], rtol=1e-3)


def test_both_losses_of_a_double_softmax():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    (finding,) = diagnose([0, 1], p, loss=SCCE, from_logits=True)
    once = -np.mean(np.log([0.7, 0.8]))
    twice = np.mean(np.log(np.exp(p).sum(axis=1)) - [0.7, 0.8])
    assert (
        f"of these arrays is {twice:.4g}; of the probabilities it is {once:.4g}."
        in finding.evidence
    )


def test_both_losses_of_a_broadcast():
    (finding,) = diagnose([0.0, 1.0], [[0.5], [2.0]])
    # (0.5² + 0.5² + 2² + 1²) / 4 against (0.5² + 1²) / 2
    assert "a mean squared error of 1.375 instead of 0.625" in finding.evidence


def test_labels_unknown_in_rows_are_told_from_rows_of_padding():
    several, probabilities = np.tile([1.0, 0.0, 1.0], (40, 1)), 1 / (1 + np.exp(-LOGITS))
    some, whole_row = several.copy(), with_first(several, -1)
    some[:5, 0] = -1
    evidence = {
        "unknown-labels": (some, "5 of 120 labels are -1 among labels 0 and 1; in 5 of 40 rows"),
        "mask-ignored": (whole_row, "3 of 120 labels are -1 among labels 0 and 1, as padding"),
    }
    for mistake, (y, text) in evidence.items():
        negative, marked = diagnose(y, probabilities, loss=BCE)
        assert (negative.mistake, marked.mistake) == ("negative-loss", mistake)
        assert marked.evidence.startswith(text)


# Order


def test_certain_comes_before_suspicious_and_damage_decides():
    report = diagnose(with_first(INDEX, -1), SOFTMAX, loss=SCCE, from_logits=True)
    assert ids(report) == ["mask-ignored", "labels-out-of-range", "softmax-twice"]
    report = diagnose(INDEX[:, None], SIGMOID, loss=BCE)
    assert [finding.certainty for finding in report] == ["certain", "suspicious"]
    assert report.certain == (report[0],)
    assert report.suspicious == (report[1],)


def test_outputs_below_zero_are_those_of_no_sigmoid_though_none_is_above_one():
    below = SCORES - SCORES.max() + 0.995
    assert below.min() < -1, "a tanh would reach as far"
    assert not diagnose(below + 0.1, below, loss="mse", trained=True)


@pytest.mark.parametrize(("rows", "expected"), [(7, []), (8, ["output-range"])])
def test_eight_numbers_are_enough_to_look_like_a_relu(rows, expected):
    y = np.linspace(-1, 1, rows)[:, None]
    assert ids(diagnose(y, np.maximum(y, 0), loss="mse")) == expected
