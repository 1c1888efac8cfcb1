"""The diagnosis of a batch: each mistake, the look-alikes, data of any kind, the command."""

import itertools
import json
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lossutils import diagnose
from lossutils.diagnosis import Finding, Report
from lossutils.diagnosis.findings import DAMAGE
from lossutils.diagnosis.names import LOSSES

ROOT = Path(__file__).parents[1]
MISTAKES = {
    entry["id"]: entry
    for entry in json.loads((ROOT / "lossutils/data/mistakes.json").read_text(encoding="utf-8"))
}
BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
SCCE = "sparse_categorical_crossentropy"
RNG = np.random.default_rng(0)
LOGITS = 3 * RNG.normal(size=(40, 3))
INDEX = (LOGITS + 3 * RNG.normal(size=(40, 3))).argmax(axis=1)
ONE_HOT = np.eye(3)[INDEX]
SOFTMAX = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
SCORES, YES = LOGITS[:, :1], (LOGITS[:, :1] + 3 * RNG.normal(size=(40, 1)) > 0) * 1.0
SIGMOID = 1 / (1 + np.exp(-SCORES))
HALF = np.float16
INF, NAN = np.inf, np.nan


def found(report):
    """Return mistake -> whether one of its findings is certain."""
    return {f.mistake: f.certain or f.mistake in ids(report.certain) for f in report}


def ids(findings):
    return [finding.mistake for finding in findings]


def with_first(array, value):
    """Return a copy whose first element or row is another."""
    array = np.array(array)
    array[0] = value
    return array


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
    "predictions that are all 1": (INDEX[:, None], np.ones((40, 1)), {"loss": "mse"}),
    "percentages": (np.exp(SCORES), np.exp(SCORES) + 0.1, {"loss": "mape"}),
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
    case("softmax-on-one-unit", True, YES, np.ones((40, 1)), BCE),
    case("softmax-on-one-unit", True, YES, SIGMOID, CCE),
    case("softmax-on-one-unit", False, [[0.0]], [[1.0]], BCE),
    case("softmax-on-one-unit", False, YES, np.ones((40, 1)), "mse"),
    case("binary-for-many-classes", False, ONE_HOT, SIGMOID * [[1, 0.5, 0.2]], BCE),
    case("binary-for-many-classes", True, INDEX, SOFTMAX, BCE),
    case("binary-for-many-classes", False, INDEX[:, None], SIGMOID, BCE),
    case("swapped-by-position", True, SIGMOID, YES, BCE),
    case("swapped-by-position", True, SOFTMAX, ONE_HOT, CCE),
    case("swapped-by-position", True, SOFTMAX, INDEX, SCCE),
    case("swapped-by-position", True, SCORES, 2 * YES - 1, "hinge"),
    case("swapped-by-position", True, np.exp(SCORES), INDEX[:, None] * 1.0, "poisson"),
    case("swapped-by-position", False, [[0.7, 0.3]] * 2, np.float32([[1, 0], [0, 1]]), CCE),
    case("swapped-by-name", False, [[2.3]], [[1.0]], BCE, from_logits=True),
    case("swapped-by-position", False, [[0.3]], [[0.0]], BCE),
    case("swapped-by-name", True, SCORES, YES, BCE, from_logits=True),
    case("swapped-by-name", True, LOGITS, ONE_HOT, CCE, from_logits=True),
    case("sparse-or-one-hot", True, INDEX, SOFTMAX, CCE),
    case("sparse-or-one-hot", True, INDEX[:, None], SOFTMAX, CCE),
    case("sparse-or-one-hot", True, INDEX[:3], SOFTMAX[:3], "kld"),
    case("sparse-or-one-hot", True, ONE_HOT, SOFTMAX, SCCE),
    case("labels-out-of-range", True, INDEX + 1, SOFTMAX, SCCE),
    case("labels-out-of-range", True, with_first(INDEX, -2), LOGITS, SCCE, from_logits=True),
    case("labels-out-of-range", True, INDEX + 0.5, SOFTMAX, SCCE),
    case("labels-out-of-range", False, with_first(ONE_HOT, 0), SOFTMAX, CCE),
    case("label-convention", True, 2 * YES - 1, SCORES, BCE, from_logits=True),
    case("label-convention", True, 2 * ONE_HOT - 1, SOFTMAX, CCE),
    case("label-convention", True, YES + 1, SCORES, "hinge"),
    case("label-convention", False, with_first(2 * YES - 1, 0), SCORES, "hinge"),
    case("label-convention", True, 2 * ONE_HOT - 1, LOGITS, "categorical_hinge"),
    case("label-smoothing", True, 0.9 * ONE_HOT + 0.1, SOFTMAX, CCE),
    case("label-smoothing", True, 0.9 * ONE_HOT, SOFTMAX, CCE),
    case("label-smoothing", False, 0.9 * YES + 0.05, SCORES, "hinge"),
    case("broadcast", True, SCORES[:, 0], SCORES, "mse"),
    case("broadcast", True, SCORES, SCORES[:, 0], "mae"),
    case("broadcast", True, YES[:, 0], SIGMOID, BCE),
    case("broadcast", True, SCORES[:, 0], SCORES, None),
    case("broadcast", True, LOGITS, SCORES, "huber"),
    case("broadcast", False, SCORES[:1, 0], SCORES[:1], "mse"),
    case("broadcast", True, 1.0, SCORES, "mse"),
    case("broadcast", False, LOGITS, LOGITS[:, :, None], "mse"),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=with_first(np.ones(40), -1)),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=np.zeros(40)),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=[1.0, 2.0]),
    case("sample-weight", True, YES, SIGMOID, BCE, sample_weight=[NAN] * 40),
    case("sample-weight", True, LOGITS, LOGITS, "mse", sample_weight=np.ones((40, 3))),
    case("sample-weight", False, YES, SIGMOID, BCE, sample_weight=np.ones((40, 1))),
    case("mask-ignored", True, with_first(INDEX, -1), SOFTMAX, SCCE),
    case("mask-ignored", True, with_first(INDEX + 1, -1), SOFTMAX, SCCE),
    case("mask-ignored", False, with_first(INDEX, -100), SOFTMAX, SCCE),
    case("mask-ignored", False, with_first(ONE_HOT, 0), SOFTMAX, CCE),
    case("mask-ignored", False, with_first(YES, -1), SIGMOID, BCE),
    case("mask-ignored", True, np.ma.masked_array(YES, YES == 1), SIGMOID, BCE),
    case("log-of-zero", True, with_first(ONE_HOT, [0, 0, 1]), with_first(SOFTMAX, [1, 0, 0]), CCE),
    case("log-of-zero", True, with_first(INDEX, 2), with_first(SOFTMAX, [1, 0, 0]), SCCE),
    case("log-of-zero", True, with_first(YES, 0), with_first(SIGMOID, 1), BCE),
    case("log-of-zero", True, SOFTMAX, with_first(SOFTMAX, [1, 0, 0]), "kld"),
    case("log-of-zero", True, INDEX[:, None], SCORES, "poisson"),
    case("overflow", True, YES, with_first(SCORES, NAN), BCE, from_logits=True),
    case("overflow", True, YES, with_first(SIGMOID, INF), BCE),
    case("overflow", True, INDEX, with_first(LOGITS, -INF), None),
    case("overflow", True, SCORES, np.float32(SCORES + 1e20), "mse"),
    case("overflow", False, INDEX, np.float32(100 * LOGITS), SCCE, from_logits=True),
    case("clipped", False, with_first(YES, 1), with_first(SIGMOID, 1e-8), BCE),
    case("clipped", True, YES, np.abs(1 - YES - 1e-9), BCE),
    case("clipped", True, SCORES, np.exp(SCORES), "msle"),
    case("no-gradient", True, YES, SIGMOID.round(), BCE),
    case("no-gradient", True, INDEX, np.eye(3)[LOGITS.argmax(1)], SCCE),
    case("no-gradient", True, INDEX, np.eye(3)[LOGITS.argmax(1)], SCCE, from_logits=True),
    case("no-gradient", True, INDEX, LOGITS.argmax(1), SCCE),
    case("no-gradient", True, YES, SIGMOID > 0.5, BCE),
    case("no-gradient", False, ONE_HOT, np.float32(ONE_HOT), CCE),
    case("no-gradient", False, SCORES, SCORES.round(), "mse"),
    case("no-gradient", False, 2 * YES - 1, np.sign(SCORES), "hinge"),
    case("half-precision", True, 1000 * SCORES, SCORES.astype(HALF), "mse"),
    case("half-precision", True, with_first(SCORES, 1e5), SCORES.astype(HALF), "mae"),
    case("half-precision", True, with_first(YES, 0), with_first(SIGMOID, 1).astype(HALF), BCE),
    case("half-precision", False, np.ones((9, 1)), np.ones((9, 1), HALF), BCE),
    case("integer-types", True, SCORES, np.uint8(YES), "mse"),
    case("integer-types", True, SCORES, YES == 1, None),
    case("integer-types", True, INDEX, LOGITS.argmax(1), SCCE),
    case("negative-loss", True, YES + 1, SCORES, BCE, from_logits=True),
    case("negative-loss", True, 255 * ONE_HOT, SOFTMAX, CCE),
    case("negative-loss", True, SCORES, np.exp(SCORES), "poisson"),
    case("cosine-sign", True, with_first(LOGITS, 0), LOGITS, "cosine_similarity"),
    case("cosine-sign", False, LOGITS, -LOGITS, "cosine_similarity"),
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


def test_every_mistake_of_the_diagnosis_is_one_of_the_atlas_and_has_a_case():
    assert set(DAMAGE) - {None} == {parameters.values[0] for parameters in CASES}
    assert set(DAMAGE) - {None} <= set(MISTAKES)


@pytest.mark.parametrize(("mistake", "certain", "y_true", "y_pred", "options"), CASES)
def test_tensors_are_as_good_as_arrays(mistake, certain, y_true, y_pred, options):
    if isinstance(y_true, np.ma.MaskedArray):
        pytest.skip("tensors have no mask")
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
    assert f"as computed is {twice:.4g}; of the probabilities it is {once:.4g}." in finding.evidence


def test_both_losses_of_a_broadcast():
    (finding,) = diagnose([0.0, 1.0], [[0.5], [2.0]], loss="mse")
    # (0.5² + 0.5² + 2² + 1²) / 4 against (0.5² + 1²) / 2
    assert "a mean squared error of 1.375 in place of 0.625" in finding.evidence


# Order


def test_certain_comes_before_suspicious_and_damage_decides():
    report = diagnose(with_first(INDEX, -1), SOFTMAX, loss=SCCE, from_logits=True)
    assert ids(report) == ["mask-ignored", "labels-out-of-range", "softmax-twice"]
    report = diagnose(INDEX[:, None], SIGMOID, loss=BCE)
    assert [finding.certainty for finding in report] == ["certain", "suspicious"]
    assert report.certain == (report[0],)
    assert report.suspicious == (report[1],)


# Data of any kind


class Liar:
    """An object that raises whatever it is asked."""

    @property
    def shape(self):
        raise RuntimeError("no shape\n\x1b[31m")

    def __array__(self, dtype=None, copy=None):
        raise KeyError("no <array>\n\x1b[31m")


BROKEN = {
    "None": None,
    "text": ["cat", "dog", "cat"],
    "bytes": np.array([b"a", b"b"]),
    "ragged": [[1.0], [2.0, 3.0]],
    "objects": np.array([1.0, None, "a"], dtype=object),
    "numbers as objects": np.array([1.0, 2.0, 3.0], dtype=object),
    "a dictionary": {"a": 1},
    "complex": np.array([1 + 2j, 0, 1]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "a structured array": np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]),
    "nothing": [],
    "no columns": np.zeros((3, 0)),
    "one number": 3.0,
    "a huge integer": [10**400, 1],
    "nan": [NAN, 1.0, 2.0],
    "inf": [INF, -INF, 2.0],
    "a ragged tensor": tf.ragged.constant([[1.0], [2.0, 3.0]]),
    "a sparse tensor": tf.sparse.from_dense(np.eye(3)),
    "a symbolic tensor": tf.keras.Input([3]),
    "a tensor of text": tf.constant(["a", "b", "c"]),
    "a masked array": np.ma.masked_array([1.0, 2.0, 3.0], [True, False, True]),
    "a function": len,
    "what raises": Liar(),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("loss", [None, BCE, CCE, SCCE, "mse", "hinge", "kld"])
def test_bad_data_is_a_finding_and_no_error(name, loss):
    broken, fine = BROKEN[name], np.array([0.0, 1.0, 1.0])
    for y_true, y_pred in ((broken, fine), (fine, broken), (broken, broken)):
        report = diagnose(y_true, y_pred, loss=loss)
        assert report.certain, report
        assert str(report).isascii()
        assert "\x1b" not in str(report)
    report = diagnose(fine, fine / 2, loss="mse", sample_weight=broken)
    assert report.certain or name in ("None", "one number"), report


@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_that_cannot_be_compared_are_certain(loss):
    report = diagnose(np.ones((4, 3)), np.full((5, 2), 0.5), loss=loss)
    assert report[0].certain
    assert "(4, 3)" in report[0].evidence
    assert "(5, 2)" in report[0].evidence


ARRAYS = hnp.arrays(
    dtype=st.one_of(
        hnp.floating_dtypes(),
        hnp.integer_dtypes(),
        hnp.unsigned_integer_dtypes(),
        hnp.boolean_dtypes(),
        hnp.complex_number_dtypes(),
        hnp.unicode_string_dtypes(),
        hnp.datetime64_dtypes(),
    ),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    fill=st.nothing(),
) | hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats())
NARROW = hnp.arrays(np.float32, (3, 2)).map(lambda array: array.astype(ml_dtypes.bfloat16))
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=12,
)
DATA = ARRAYS | NARROW | ANYTHING
CALLS = st.fixed_dictionaries(
    {"loss": st.sampled_from([None, *LOSSES]), "from_logits": st.booleans()},
)


@settings(max_examples=500, deadline=None)
@given(DATA, DATA, st.none() | DATA, CALLS)
def test_it_never_raises_and_never_changes_what_it_is_given(y_true, y_pred, weight, options):
    before = [as_text(value) for value in (y_true, y_pred, weight)]
    report = diagnose(y_true, y_pred, sample_weight=weight, **options)
    assert [as_text(value) for value in (y_true, y_pred, weight)] == before
    assert str(report).isascii()
    assert report._repr_html_()
    assert all(finding.mistake is None or finding.mistake in MISTAKES for finding in report)


def as_text(value):
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return repr(value)


@settings(max_examples=300, deadline=None)
@given(
    hnp.arrays(np.float32, (4, 3), elements=st.floats(width=32)),
    hnp.arrays(np.float32, (4, 3), elements=st.floats(width=32)),
    CALLS,
)
def test_any_numbers_in_shapes_that_fit(y_true, y_pred, options):
    report = diagnose(y_true, y_pred, **options)
    assert len(report) == len(report.certain) + len(report.suspicious)


SHAPES = [(), (1,), (3,), (4,), (3, 1), (1, 3), (3, 4), (3, 3), (3, 4, 1), (3, 4, 2), (3, 0)]


@pytest.mark.parametrize("loss", [None, SCCE, CCE, BCE, "mse", "cosine_similarity"])
def test_no_shapes_of_truth_prediction_and_weights_raise(loss):
    for t, p, w in itertools.product(SHAPES, repeat=3):
        report = diagnose(np.ones(t), np.full(p, 0.5), loss=loss, sample_weight=np.ones(w))
        assert 0 not in p or report.certain


def test_read_only_arrays_are_read():
    y_pred = SOFTMAX.copy()
    y_pred.flags.writeable = False
    assert not diagnose(INDEX, y_pred, loss=SCCE)


# Large batches


def measured(call):
    """Return what a call returns, the seconds it took and the bytes at its peak."""
    tracemalloc.start()
    start = time.perf_counter()
    result = call()
    seconds, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, seconds, peak


def test_a_large_batch_is_sampled_and_says_so():
    y_true = np.broadcast_to(np.int32(7), (1_000_000,))
    y_pred = np.broadcast_to(np.float32(0.001), (1_000_000, 1000))
    report, seconds, peak = measured(lambda: diagnose(y_true, y_pred, loss=SCCE, from_logits=True))
    assert ids(report.certain) == ["softmax-twice"]
    assert "y_pred was sampled" in str(report)
    assert "of its 1,000,000,000 numbers" in report._repr_html_()
    assert seconds < 1
    assert peak < 100e6


def test_a_file_on_disk_is_sliced_before_it_is_read(tmp_path):
    y_pred = np.memmap(tmp_path / "y_pred", np.float32, "w+", shape=(1_000_000, 100))
    report, seconds, peak = measured(lambda: diagnose(np.zeros(1_000_000), y_pred, loss=SCCE))
    assert "softmax-never" in ids(report)
    assert seconds < 1
    assert peak < 100e6


class Lazy:
    """Rows that are made when they are asked for; all of them at once would be an error."""

    shape = (10_000_000, 10)

    def __getitem__(self, rows):
        count = len(range(*rows.indices(len(self))))
        assert count < 100_000
        return np.full((count, 10), 0.1)

    def __len__(self):
        return self.shape[0]

    def __array__(self, dtype=None, copy=None):
        raise MemoryError


def test_a_lazy_array_is_sliced_by_rows():
    report = diagnose(np.zeros(10_000_000, int), Lazy(), loss=SCCE)
    assert not report, report


@pytest.mark.parametrize(
    "shape", [(30_000_000,), (2, 30_000_000), (100, 1000, 1000), (50_000, 20, 2), (4,) * 13]
)
def test_large_arrays_of_any_shape(shape):
    y = np.broadcast_to(np.float32(0.25), shape)
    report, seconds, peak = measured(lambda: diagnose(y, y, loss="mse"))
    assert not report
    assert report.notes
    assert seconds < 2
    assert peak < 300e6


def test_truth_and_prediction_are_sampled_in_the_same_rows():
    indices = np.arange(2_000_000) % 10
    y_pred = np.full((2_000_000, 10), 1e-9, np.float32)
    y_pred[np.arange(2_000_000), indices] = 1
    assert not diagnose(indices, y_pred, loss=SCCE)
    tensors = tf.constant(indices), tf.constant(y_pred)
    assert not diagnose(*tensors, loss=SCCE)


def test_a_period_of_the_rows_does_not_hide_a_class():
    y_true = np.tile([0.0, 1.0], 1_000_000)[:, None]
    y_pred = np.ones((2_000_000, 1), np.float32)
    assert "softmax-on-one-unit" in ids(diagnose(y_true, y_pred, loss=BCE))


def test_a_long_list_is_sampled_too():
    report = diagnose([0.5] * 1_000_000, [0.5] * 1_000_000, loss="mse")
    assert len(report.notes) == 2


# Arguments of the call


@pytest.mark.parametrize(
    "loss", ["cross_entropy", "", "MeanSquared", 3, ["mse"], tf.keras.losses.MSE]
)
def test_an_unknown_loss_is_an_error(loss):
    with pytest.raises(ValueError, match=r"^loss: expected None or one of .*'hinge'.*, got "):
        diagnose(YES, SIGMOID, loss=loss)


@pytest.mark.parametrize("value", [None, 1, "True", 0.0, [True]])
def test_from_logits_is_a_bool(value):
    with pytest.raises(ValueError, match=r"^from_logits: expected True or False, got "):
        diagnose(YES, SIGMOID, loss=BCE, from_logits=value)
    assert not diagnose(YES, SCORES, loss=BCE, from_logits=np.True_)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_name_of_a_loss_is_keras_own(loss):
    function = tf.keras.losses.get(loss)
    assert function.__name__ == loss
    report = diagnose(ONE_HOT, SOFTMAX, loss=loss)
    assert loss in report.batch


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("BinaryCrossentropy", BCE),
        ("bce", BCE),
        ("MSE", "mean_squared_error"),
        ("KLDivergence", "kl_divergence"),
        ("SparseCategoricalCrossentropy", SCCE),
        ("LogCosh", "log_cosh"),
        ("msle", "mean_squared_logarithmic_error"),
    ],
)
def test_classes_and_short_names(name, loss):
    assert tf.keras.losses.get(name) is not None
    assert loss in diagnose(ONE_HOT, SOFTMAX, loss=name).batch


def test_logits_of_a_loss_that_knows_none_are_suspicious():
    report = diagnose(SCORES, SCORES, loss="mse", from_logits=True)
    assert found(report) == {None: False}


# How it is shown


def test_a_report_prints():
    report = diagnose([0, 1], [[2.0, -1.0], [0.5, 0.25]], loss=SCCE)
    lines = str(report).splitlines()
    assert lines[0].startswith(
        "1 certain, 0 suspicious in y_true (2,) int64, y_pred (2, 2) float64"
    )
    assert "CERTAIN: Logits where probabilities are expected" in lines
    assert "  see       mistakes/logits-and-softmax.html#mistake-softmax-never" in lines
    assert max(map(len, lines)) <= 88
    assert repr(report) == str(report)
    assert str(diagnose(YES, SIGMOID, loss=BCE)).startswith("nothing found in y_true (40, 1)")


def test_a_report_is_a_sequence():
    report = diagnose(INDEX[:, None], SIGMOID, loss=BCE)
    assert len(report) == len(list(report)) == 2
    assert report[0] in report
    assert isinstance(report, Report)
    assert isinstance(report[0], Finding)
    with pytest.raises(AttributeError):
        report.findings = ()


def test_the_table_is_escaped():
    report = diagnose(["<script>alert(1)</script>"], Liar(), loss="mse")
    shown = report._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;array&gt;" in shown
    assert shown.count("<tr>") == shown.count("</tr>") == 3
    link = '<a href="mistakes/logits-and-softmax.html#mistake-sigmoid-never">'
    assert link in diagnose(YES, SCORES, loss=BCE)._repr_html_()


# The command


def command(*arguments, folder):
    """Run the command; return its status, what it printed and what it complained of."""
    run = [sys.executable, "-m", "lossutils", *map(str, arguments)]
    result = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=60)
    return result.returncode, result.stdout, result.stderr


@pytest.fixture
def batch(tmp_path):
    np.savez(tmp_path / "batch.npz", y_true=INDEX, y_pred=SOFTMAX, sample_weight=np.ones(40))
    return tmp_path / "batch.npz"


def test_the_status_says_whether_something_is_certain(batch, tmp_path):
    status, shown, said = command("diagnose", batch, "--loss", SCCE, folder=tmp_path)
    assert (status, said) == (0, "")
    assert shown.startswith("nothing found")
    assert "sample_weight (40,)" in shown
    arguments = "diagnose", batch, "--loss", SCCE, "--from-logits"
    status, shown, said = command(*arguments, folder=tmp_path)
    assert (status, said) == (1, "")
    assert "CERTAIN: Softmax twice" in shown


def test_suspicious_alone_is_status_0(tmp_path):
    np.savez(tmp_path / "b.npz", y_true=ONE_HOT, y_pred=1 / (1 + np.exp(-LOGITS)))
    status, shown, _ = command("diagnose", "b.npz", "--loss", BCE, folder=tmp_path)
    assert status == 0
    assert "SUSPICIOUS: Binary cross-entropy for many classes" in shown


def bad_files(folder):
    """Write files that are no batches; yield their names and what is said of them."""
    np.savez(folder / "half.npz", y_true=INDEX)
    np.savez(folder / "others.npz", x=INDEX)
    np.savez(folder / "objects.npz", y_true=np.array([None], object), y_pred=SOFTMAX)
    np.save(folder / "one.npy", SOFTMAX)
    (folder / "empty.npz").touch()
    (folder / "text.npz").write_text("not an archive", encoding="utf-8")
    (folder / "folder.npz").mkdir()
    whole = (folder / "half.npz").read_bytes()
    (folder / "cut.npz").write_bytes(whole[: len(whole) // 2])
    yield from [
        ("half.npz", "has no array named y_pred"),
        ("others.npz", "has no array named y_true and y_pred"),
        ("objects.npz", "pickles"),
        ("one.npy", "one array without a name"),
        ("empty.npz", "No data left in file"),
        ("text.npz", "pickles"),
        ("folder.npz", "is a directory"),
        ("cut.npz", "cannot be read"),
        ("absent.npz", "there is no file absent.npz"),
    ]


def test_a_file_that_is_no_batch_is_one_sentence(tmp_path):
    for name, part in bad_files(tmp_path):
        status, shown, said = command("diagnose", name, folder=tmp_path)
        assert (status, shown) == (2, ""), name
        assert re.fullmatch(r"error: [^\n]+\n", said), said
        assert part in said


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((), "diagnose"),
        (("diagnose",), "batch"),
        (("treat", "b.npz"), "treat"),
        (("diagnose", "batch.npz", "--loss", "cross"), "loss: expected None or one of"),
        (("diagnose", "batch.npz", "--logits"), "--logits"),
        (("diagnose", "batch.npz", "--loss"), "--loss"),
    ],
)
def test_a_bad_command_is_one_sentence(batch, arguments, part):
    status, shown, said = command(*arguments, folder=batch.parent)
    assert (status, shown) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", said), said
    assert part in said


def test_the_command_needs_numpy_alone(batch):
    code = "import sys; sys.modules.update(tensorflow=None, matplotlib=None, scipy=None)\n"
    code += f"from lossutils.__main__ import main; main(['diagnose', {str(batch)!r}])"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
