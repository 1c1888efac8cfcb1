"""Why it is nan, why nothing is learned: each rule where it speaks, and where it must not."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import BCE, NAN, SIGMOID, SOFTMAX, YES, ids
from keras import layers, ops
from small_trainings import LINE, X, watched

from lossutils import diagnose
from lossutils.diagnosis.findings import explained, fault
from lossutils.diagnosis.findings import found as finding_of
from lossutils.diagnosis.formula import nan_at_the_ends, nan_in_all_features
from lossutils.diagnosis.history import History, decayed, not_finite
from lossutils.diagnosis.units import dropout_at_the_end, same_units, without_gradient
from lossutils.keras import Diagnose

# ------------------------------------------------------------------------------------- one batch

FRAMES = np.random.default_rng(0).normal(size=(1, 8, 5)).astype("float32")


@pytest.mark.parametrize("labels", [[1, 0, 2], [0, 1, 2], [0, 0, 3]])
def test_a_blank_among_the_labels_of_ctc_cuts_off_the_last_of_them(labels):
    (finding,) = diagnose([labels], FRAMES, loss="ctc")
    assert (finding.mistake, finding.certain) == ("ctc-padding", True)
    other = [*labels[:-1], 4]  # the last label means nothing to Keras
    ctc = keras.losses.CTC()
    assert float(ctc(np.array([labels]), FRAMES)) == float(ctc(np.array([other]), FRAMES))


@pytest.mark.parametrize("labels", [[1, 2, 0], [1, 2, 3], [1, 0, 0], [0, 0, 0]])
def test_padding_at_the_end_of_labels_of_ctc_is_right(labels):
    assert not diagnose([labels], FRAMES, loss="ctc")


WEIGHTED = {
    "weights for one label only": (3 * YES, True),
    "weights for both": (1 + 3 * YES, False),
    "some of both are left out": (np.arange(40)[:, None] % 2, False),
    "three examples": (np.where(np.cumsum(YES)[:, None] <= 3, YES, 0), False),
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_that_leave_one_label_only(name):
    weight, is_found = WEIGHTED[name]
    report = diagnose(YES, SIGMOID, loss=BCE, sample_weight=weight)
    assert ids(report) == ["sample-weight"] * is_found
    assert not report.certain


def test_a_mark_of_padding_may_have_no_weight():
    y = np.where(np.arange(40)[:, None] < 20, -1.0, 1.0)
    assert not diagnose(y, SIGMOID, loss=BCE, sample_weight=y > 0)


CLASSES = np.arange(40)[:, None] % 3


def test_a_column_of_classes_against_the_rows_of_a_softmax():
    (finding,) = diagnose(CLASSES, SOFTMAX, loss="mse")
    assert (finding.mistake, finding.certain) == ("sparse-or-one-hot", False)


@pytest.mark.parametrize(
    ("y", "p"),
    [(CLASSES + 1, SOFTMAX), (CLASSES / 2, SOFTMAX), (CLASSES, 3 * SOFTMAX)],
    ids=["beyond the columns", "fractions", "no distribution"],
)
def test_other_columns_are_not_called_classes(y, p):
    assert "sparse-or-one-hot" not in ids(diagnose(y, p, loss="mse"))


NUMBERS = 5.0 + np.arange(40)[:, None]
DEAD = np.where(np.arange(40)[:, None] % 2, NUMBERS, 0)


def test_a_relu_that_is_0_where_targets_are_not():
    assert ids(diagnose(NUMBERS, DEAD, loss="mse", trained=True)) == ["output-range"]


@pytest.mark.parametrize(
    ("y", "p", "options"),
    [
        (DEAD, DEAD, {"loss": "mse", "trained": True}),
        (NUMBERS, DEAD, {"loss": "mse"}),
        (NUMBERS, np.where(NUMBERS < 8, 0, NUMBERS), {"loss": "mae", "trained": True}),
    ],
    ids=["zeros among the targets", "before training", "a few examples"],
)
def test_zeros_of_a_relu_that_may_be_right(y, p, options):
    assert not diagnose(y, p, **options)


# ------------------------------------------------------------------------------------- nan in a run


@pytest.mark.parametrize(
    ("row", "trained", "expected"),
    [([0.98, 0.01, 0.01], False, True), ([1.0, 0, 0], False, False), ([1.0, 0, 0], True, True)],
)
def test_the_same_class_for_all_may_be_decided_by_features_that_are_not_scaled(
    row, trained, expected
):
    y = np.eye(3)[np.arange(40) % 3]
    report = diagnose(y, np.tile(row, (40, 1)), loss="dice", trained=trained)
    assert ("constant-output" in ids(report)) == expected


def dense(units=1, last=None):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "tanh")])
    model.add(layers.Dense(units, last))
    return model


WITHOUT_COLUMN = X * np.float32([1, 1, 1, NAN])


ONE_OF_FOUR = np.eye(4)[np.arange(40) % 4]
NEVER_THIRD = np.where(np.arange(4) == 2, 0, 0.8 * ONE_OF_FOUR + 0.01)


@pytest.mark.parametrize(
    ("y", "p", "trained", "expected"),
    [
        (ONE_OF_FOUR, NEVER_THIRD, True, True),
        (ONE_OF_FOUR, NEVER_THIRD, False, False),  # it may begin so
        (ONE_OF_FOUR, NEVER_THIRD - 0.005, True, False),  # no column is exactly 0
        (np.where(np.arange(4) == 2, 0, ONE_OF_FOUR), NEVER_THIRD, True, False),  # as it should be
        (ONE_OF_FOUR, NEVER_THIRD - np.float64([0.02, 0, 0, 0]), True, False),  # no ReLU: below 0
    ],
)
def test_a_column_that_is_0_for_every_example(y, p, trained, expected):
    report = diagnose(y, p, loss="mse", trained=trained)
    assert ids(report) == ["output-range"] * expected


def test_a_column_of_nan_is_certain_and_named():
    watch, _ = watched(1, "mse", LINE, x=WITHOUT_COLUMN, epochs=1)
    (finding,) = [f for f in watch.report.certain if f.mistake == "nan-in-data"]
    assert "The columns [3] hold nan only" in finding.evidence
    assert "overflow" not in ids(watch.report)


def test_features_are_not_named_where_the_weights_are_nan_or_nothing_is():
    model = dense()
    assert nan_in_all_features(model, WITHOUT_COLUMN) is not None
    assert nan_in_all_features(model, X) is None
    model.layers[0].bias.assign([NAN] * 8)
    assert nan_in_all_features(model, WITHOUT_COLUMN) is None


def entropy(epsilon):
    return lambda y, p: -ops.mean(y * ops.log(p + epsilon))


def squares_of_logarithms(y, p):
    return ops.mean(ops.square(ops.log(1 + p) - y))


FORMULAS = {
    "the logarithm of 0": (entropy(0.0), "sigmoid", "where predictions are 0;"),
    "with epsilon": (entropy(1e-7), "sigmoid", None),
    "of a number below -1": (squares_of_logarithms, None, "where predictions are -2;"),
    "of a number above 0": (squares_of_logarithms, "softplus", None),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_loss_is_tried_where_its_predictions_may_end(name):
    loss, last, evidence = FORMULAS[name]
    model, y = dense(last=last), np.abs(LINE)
    model.compile("sgd", loss)
    finding = nan_at_the_ends(model, None, tf.constant(y), model(X))
    assert (finding is not None and evidence in finding.evidence) == (evidence is not None)


def test_a_loss_that_could_be_nan_and_is_not_gets_no_report():
    watch, _ = watched(1, entropy(0.0), np.abs(LINE), activation="sigmoid", epochs=2)
    assert not watch.report


def without_gaps(y, p):
    known = ops.logical_not(ops.isnan(y))
    return ops.sum(ops.where(known, ops.square(ops.where(known, y, 0.0) - p), 0.0)) / 128


def test_labels_that_a_loss_leaves_out_are_not_reported_of_a_run():
    y = np.where(np.arange(128)[:, None] % 9, LINE, NAN)
    watch, _ = watched(1, without_gaps, y)
    assert not watch.report
    assert not diagnose(y, LINE).certain


# ------------------------------------------------------------------------------ layers and steps


def test_units_with_the_same_weights_are_found_and_others_are_not():
    model = dense()
    assert same_units(model) is None
    first = model.layers[0]
    first.set_weights([np.full((4, 8), 0.75), np.full(8, 0.25)])
    assert first.name in same_units(model).evidence
    first.bias.assign(np.arange(8.0))
    assert same_units(model) is None
    first.set_weights([np.full((4, 8), NAN), np.zeros(8)])
    assert same_units(model) is None


def test_the_last_layer_and_a_frozen_one_may_have_equal_units():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, kernel_initializer="zeros")])
    model.add(layers.Dense(3, kernel_initializer="zeros"))
    model.layers[0].trainable = False
    assert same_units(model) is None


def test_weights_without_a_gradient_in_every_step_are_found():
    lacking = {"first/kernel": "none"}
    assert "first/kernel" in without_gradient([lacking] * 3).evidence
    assert without_gradient([lacking] * 2) is None
    assert without_gradient([lacking, lacking, {}]) is None
    assert without_gradient([]) is None


def test_an_output_without_a_loss_may_have_no_gradient():
    inputs = keras.Input((4,))
    first, second = layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)
    model = keras.Model(inputs, {"a": first, "b": second})
    model.compile("sgd", {"a": "mse", "b": None})
    watch = Diagnose()
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        model.fit(X, {"a": LINE}, epochs=2, verbose=0, callbacks=[watch])
    assert not watch.report


def test_dropout_behind_the_last_layer_is_found_and_other_dropout_is_not():
    assert dropout_at_the_end(layers.Dropout(0.5)) is not None
    assert dropout_at_the_end(layers.Dropout(0.0)) is None
    assert dropout_at_the_end(layers.Dense(3)) is None


RATES = {
    "over after an epoch": ([1e-7] * 8, [1.9] * 8, True),
    "over, and the loss is small": ([1e-7] * 8, [0.1] * 8, False),
    "a cosine": ([0.01, 0.009, 0.007, 0.004, 0.001, 0], [1.9] * 6, False),
    "not known": ([None] * 8, [1.9] * 8, False),
    "two epochs": ([1e-7] * 2, [1.9] * 2, False),
}


@pytest.mark.parametrize("name", RATES)
def test_a_rate_that_is_nearly_0_before_a_third_of_the_epochs(name):
    rates, losses, is_found = RATES[name]
    history = History(losses=[2.0], epoch_losses=losses, rates=rates, learning_rate=0.01)
    assert (decayed(history) is not None) == is_found


@pytest.mark.parametrize("last", [np.nan, 0.5])
@pytest.mark.parametrize("is_broken", [True, False])
def test_a_nan_loss_is_certain_if_it_stays_or_the_weights_are_nan(last, is_broken):
    """A ReLU of oneDNN returns 0 for nan, so a loss may be finite although all weights are nan."""
    history = History(losses=[2.0, 1.0, np.nan, last], has_broken_weights=is_broken)
    finding = not_finite(history)
    assert finding.mistake == "overflow"
    assert finding.certain == (is_broken or np.isnan(last))


def test_nan_weights_are_certain_although_every_loss_is_finite():
    assert not_finite(History(losses=[2.0, 1.0])) is None
    assert not_finite(History(losses=[2.0, 1.0], has_broken_weights=True)).certain
    assert not_finite(History(has_broken_weights=True)).certain


def test_a_relu_that_hides_nan_weights_hides_no_certain_finding():
    model = keras.Sequential([keras.Input([1]), layers.Dense(1, use_bias=False), layers.ReLU()])
    model.compile("sgd", lambda y, p: ops.sqrt(ops.square(y - p)))
    model.layers[0].set_weights([np.ones([1, 1])])
    watch = Diagnose()
    x = np.abs(X[:, :1])
    model.fit(x, x, batch_size=4, epochs=2, shuffle=False, verbose=0, callbacks=[watch])
    assert np.isnan(model.layers[0].get_weights()).all()
    assert "overflow" in {finding.mistake for finding in watch.report.certain}


def test_a_softmax_on_one_unit_explains_that_weights_have_no_gradient():
    one = finding_of("softmax-on-one-unit", "", "", certain=False)
    assert explained([one]) == {"softmax-on-one-unit", "no-gradient"}
    assert explained([fault("without a section", "", "")]) == set()
