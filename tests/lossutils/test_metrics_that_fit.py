"""Metrics that do not fit the outputs are named; what the advice says is carried out, and fits."""

import contextlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import ids
from keras import layers, metrics
from rotation import one_in
from small_trainings import CLASSES, LINE, POSITIVE, X, watched

from lossutils.keras import Diagnose

BCE, SCCE, CCE, MSE = (
    "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy", "mse",
)  # fmt: skip
BINARY = keras.losses.BinaryCrossentropy(from_logits=True)
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
ROWS = keras.losses.CategoricalCrossentropy(from_logits=True)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
TWO = np.hstack([1 - POSITIVE, POSITIVE])
SEVERAL = (X[:, :3] > -0.5).astype("float32")
THREE_LINES = np.hstack([LINE, LINE**2, LINE + 1]).astype("float32")
SIGMOID, SOFTMAX = {"activation": "sigmoid"}, {"activation": "softmax"}
ACCURACY, MISMATCH = "accuracy-of-logits", "metric-mismatch"
MAE = "metrics=['mae'], the mean absolute error"

# The program with a metric that does not fit, what is said of it, and the metric that fits.
CASES = [
    ((1, MSE, LINE, {}), "accuracy", MISMATCH, MAE, "mae"),
    ((1, MSE, LINE[:, 0], {}), metrics.BinaryAccuracy, MISMATCH, MAE, "mae"),
    ((3, MSE, THREE_LINES, {}), "acc", MISMATCH, MAE, "mae"),
    ((1, MSE, LINE, {}), metrics.Accuracy(), MISMATCH, "metrics=['mae']", "mae"),
    ((1, MSE, LINE, {}), metrics.AUC(), MISMATCH, MAE, "mae"),
    ((1, MSE, LINE, {}), "categorical_accuracy", MISMATCH, MAE, "mae"),
    ((1, "hinge", 2 * POSITIVE - 1, {}), metrics.BinaryAccuracy(threshold=0.0), MISMATCH,
     "labels 0 and 1 in the metric; or the share of equal signs, in a metric of your own",
     lambda y, p: y * p > 0),
    ((1, BINARY, POSITIVE, {}), "accuracy", ACCURACY,
     "keras.metrics.BinaryAccuracy(threshold=0.0)", metrics.BinaryAccuracy(threshold=0.0)),
    ((1, BINARY, POSITIVE, {}), metrics.binary_accuracy, ACCURACY,
     "keras.metrics.BinaryAccuracy(threshold=0.0)", metrics.BinaryAccuracy(threshold=0.0)),
    ((1, BINARY, POSITIVE, {}), metrics.Precision, ACCURACY,
     "keras.metrics.Precision(thresholds=0.0)", metrics.Precision(thresholds=0.0)),
    ((1, BINARY, POSITIVE, {}), metrics.Recall(), ACCURACY,
     "keras.metrics.Recall(thresholds=0.0)", metrics.Recall(thresholds=0.0)),
    ((1, BINARY, POSITIVE, {}), "AUC", ACCURACY,
     "keras.metrics.AUC(from_logits=True)", metrics.AUC(from_logits=True)),
    ((1, BINARY, POSITIVE, {}), metrics.BinaryIoU(), ACCURACY,
     "keras.metrics.BinaryIoU(threshold=0.0)", metrics.BinaryIoU(threshold=0.0)),
    ((3, ROWS, ONE_HOT, {}), metrics.Precision(), ACCURACY,
     "a softmax as the last layer, and from_logits=False in the loss", (CCE, SOFTMAX)),
    ((1, BINARY, POSITIVE, {}), metrics.PrecisionAtRecall(0.5), ACCURACY,
     "a sigmoid as the last layer, and from_logits=False in the loss", (BCE, SIGMOID)),
    ((1, BINARY, POSITIVE, {}), metrics.BinaryCrossentropy(), MISMATCH,
     "keras.metrics.BinaryCrossentropy(from_logits=True)",
     metrics.BinaryCrossentropy(from_logits=True)),
    ((3, BCE, SEVERAL, SIGMOID), "accuracy", MISMATCH, "keras.metrics.BinaryAccuracy()",
     metrics.BinaryAccuracy()),
    ((3, BINARY, SEVERAL, {}), "categorical_accuracy", MISMATCH,
     "keras.metrics.BinaryAccuracy(threshold=0.0)", metrics.BinaryAccuracy(threshold=0.0)),
    ((1, BCE, POSITIVE, SIGMOID), metrics.SparseCategoricalAccuracy(), MISMATCH,
     "keras.metrics.BinaryAccuracy()", metrics.BinaryAccuracy()),
    ((1, BCE, POSITIVE, SIGMOID), metrics.CategoricalAccuracy(), MISMATCH,
     "keras.metrics.BinaryAccuracy()", "accuracy"),
    ((1, BCE, POSITIVE, SIGMOID), metrics.F1Score(), MISMATCH, "keras.metrics.BinaryAccuracy()",
     metrics.F1Score(threshold=0.5)),
    ((1, BCE, POSITIVE, SIGMOID), metrics.Accuracy(), MISMATCH, "metrics=['accuracy']",
     "accuracy"),
    ((1, BCE, POSITIVE, SIGMOID), metrics.MeanIoU(num_classes=2), MISMATCH,
     "keras.metrics.BinaryIoU(threshold=0.5)", metrics.BinaryIoU(threshold=0.5)),
    ((1, BINARY, POSITIVE, {}), metrics.MeanIoU(num_classes=2), MISMATCH,
     "keras.metrics.BinaryIoU(threshold=0.0)", metrics.BinaryIoU(threshold=0.0)),
    ((3, SCCE, CLASSES, SOFTMAX), metrics.SparseTopKCategoricalAccuracy(), MISMATCH,
     "k below 3, or metrics=['accuracy']", metrics.SparseTopKCategoricalAccuracy(k=2)),
    ((1, BCE, POSITIVE, SIGMOID), "r2_score", MISMATCH, "metrics=['accuracy']", "accuracy"),
    ((2, CCE, TWO, SOFTMAX), metrics.Precision(), MISMATCH, "keras.metrics.Precision(class_id=1)",
     metrics.Precision(class_id=1)),
    ((2, CCE, TWO, SOFTMAX), metrics.Recall, MISMATCH, "keras.metrics.Recall(class_id=1)",
     metrics.Recall(class_id=1)),
]  # fmt: skip
NEVER_RUNS = [
    ((3, SCCE, CLASSES, SOFTMAX), metrics.MeanIoU(num_classes=3),
     "MeanIoU(..., sparse_y_pred=False)", metrics.MeanIoU(num_classes=3, sparse_y_pred=False)),
    ((3, CCE, ONE_HOT, SOFTMAX), "sparse_categorical_accuracy",
     "keras.metrics.CategoricalAccuracy()",
     "categorical_accuracy"),
    ((3, SCCE, CLASSES, SOFTMAX), "categorical_accuracy",
     "keras.metrics.SparseCategoricalAccuracy()",
     "sparse_categorical_accuracy"),
    ((3, SCCE, CLASSES, SOFTMAX), "mae", "keras.metrics.SparseCategoricalAccuracy()",
     "sparse_categorical_accuracy"),
]  # fmt: skip


def findings_of(units, loss, y, layer, metric, epochs=1):
    return watched(units, loss, y, metrics=[metric], epochs=epochs, **layer)[0].report


@pytest.mark.parametrize("number", one_in(2, range(len(CASES))))
def test_a_metric_that_does_not_fit(number):
    program, metric, mistake, advice, fits = CASES[number]
    report = findings_of(*program, metric)
    (finding,) = [f for f in report if f.mistake in (ACCURACY, MISMATCH)]
    assert (finding.mistake, finding.certain) == (mistake, False)
    assert finding.instead.startswith(advice)
    if isinstance(fits, tuple):  # the program is what is repaired
        units, _, y, _ = program
        assert not findings_of(units, fits[0], y, fits[1], type(metric)(*_arguments(metric)))
    else:
        assert not findings_of(*program, fits)


def test_precision_and_recall_of_two_columns_are_the_accuracy():
    scores = np.exp(np.sin(np.arange(256.0))).reshape(128, 2)
    values = [metrics.CategoricalAccuracy(), metrics.Precision(), metrics.Recall()]
    accuracy, *others = (float(m(TWO, scores / scores.sum(axis=1)[:, None])) for m in values)
    assert 0 < accuracy < 1
    np.testing.assert_allclose(others, accuracy, rtol=1e-6)


@pytest.mark.parametrize(
    ("units", "y", "loss", "metric"),
    [
        (3, ONE_HOT, CCE, metrics.Precision()),
        (2, TWO, CCE, metrics.Recall(thresholds=0.3)),
        (2, TWO, BCE, metrics.F1Score()),
    ],
)
def test_other_metrics_of_rows_say_more(units, y, loss, metric):
    report = findings_of(units, loss, y, SOFTMAX, metric)
    assert MISMATCH not in ids(report), report


def _arguments(metric):
    return (0.5,) if isinstance(metric, metrics.PrecisionAtRecall) else ()


@pytest.mark.parametrize(("program", "metric", "advice", "fits"), NEVER_RUNS)
def test_a_metric_of_other_labels_is_named_though_it_raises(program, metric, advice, fits, capsys):
    with contextlib.suppress(ValueError, tf.errors.InvalidArgumentError):  # of other shapes
        findings_of(*program, metric)
    assert f"instead   {advice}" in capsys.readouterr().out
    assert not findings_of(*program, fits)


FIT = [
    ((3, SCCE, CLASSES, SOFTMAX), "accuracy"),
    ((3, SPARSE, CLASSES, {}), "acc"),
    ((3, CCE, ONE_HOT, SOFTMAX), metrics.AUC()),
    ((3, CCE, 0.9 * ONE_HOT + 0.1 / 3, SOFTMAX), "accuracy"),
    ((3, CCE, ONE_HOT, SOFTMAX), metrics.TopKCategoricalAccuracy(k=2)),
    ((3, MSE, ONE_HOT, SOFTMAX), "accuracy"),
    ((1, MSE, POSITIVE, {}), "accuracy"),
    ((1, BCE, POSITIVE[:, 0], SIGMOID), metrics.Precision()),
    ((3, BCE, SEVERAL, SIGMOID), metrics.F1Score(threshold=0.5)),
    ((1, BINARY, POSITIVE, {}), metrics.Precision(top_k=1)),
    ((1, MSE, LINE, {}), "r2_score"),
    ((1, MSE, LINE, {}), lambda y, p: p - y),
]  # fmt: skip


@pytest.mark.parametrize("number", one_in(2, range(len(FIT))))
def test_a_metric_that_fits_is_left_alone(number):
    program, metric = FIT[number]
    report = findings_of(*program, metric)
    assert not {ACCURACY, MISMATCH} & set(ids(report)), report


class OfLogits(metrics.BinaryAccuracy):
    """A metric written by hand: it turns logits into probabilities itself."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(y_true, keras.ops.sigmoid(y_pred), sample_weight)


def test_what_a_metric_written_by_hand_computes_is_not_known():
    assert not findings_of(1, BINARY, POSITIVE, {}, OfLogits())


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("nested", [list, dict])
def test_each_output_has_its_own_metrics(nested, weighted):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    heads = {"size": layers.Dense(1, name="size"), "kind": layers.Dense(3, "softmax", name="kind")}
    outputs = {name: layer(inputs) for name, layer in heads.items()}
    model = keras.Model(inputs, outputs if nested is dict else list(outputs.values()))
    asked = {"size": ["accuracy"], "kind": ["accuracy"]}
    asked = asked if nested is dict else list(asked.values())
    y = {"size": LINE, "kind": ONE_HOT}
    y, loss = (y, {"size": MSE, "kind": CCE}) if nested is dict else (list(y.values()), [MSE, CCE])
    model.compile("sgd", loss, **{"weighted_metrics" if weighted else "metrics": asked})
    watch = Diagnose()
    model.fit(X, y, verbose=0, callbacks=[watch])
    (finding,) = [f for f in watch.report if f.mistake == MISMATCH]
    assert f"all {len(LINE[:32])} labels" in finding.evidence


def test_padding_does_not_count_as_labels():
    keras.utils.set_random_seed(0)
    words = np.arange(128 * 6).reshape(128, 6) % 5
    model = keras.Sequential([keras.Input((6,)), layers.Embedding(5, 4, mask_zero=True)])
    model.add(layers.Dense(1, "sigmoid"))
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    watch = Diagnose()
    labels = np.where(words == 0, -1, words % 2)[..., None]
    model.fit(words, labels, verbose=0, callbacks=[watch])
    assert MISMATCH not in ids(watch.report)
