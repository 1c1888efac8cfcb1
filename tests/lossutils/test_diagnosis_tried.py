"""What the callback tries out: what it finds is tested with its advice; here it must be silent."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import ids
from keras import layers, ops
from scipy.special import xlogy
from small_trainings import CLASSES, LINE, X, watched

from lossutils import diagnose
from lossutils.diagnosis import Run, probes
from lossutils.diagnosis.formula import wrong_order
from lossutils.diagnosis.history import History, nan_gradient, negative_penalty, not_learning
from lossutils.diagnosis.tried import Tried
from lossutils.keras import Diagnose


def dice(y, p):
    return 1 - 2 * ops.sum(y * p) / (ops.sum(y) + ops.sum(p))


def correlation(y, p):
    y, p = (v - ops.mean(v) for v in (y, p))
    return -ops.mean(y * p) / ops.sqrt(ops.mean(y * y) * ops.mean(p * p) + 1e-7)


def supervised_contrastive(y, p):
    same = ops.cast(ops.equal(ops.reshape(y, (-1, 1)), ops.reshape(y, (1, -1))), p.dtype)
    logits = ops.matmul(p, ops.transpose(p)) - 1e9 * ops.eye(ops.shape(p)[0])
    chances = logits - ops.logsumexp(logits, axis=1, keepdims=True)
    return -ops.mean(same * ops.maximum(chances, -100.0), axis=1)


def without_labels(y, p):
    return ops.mean(ops.square(p), axis=-1)


HEALTHY = {
    "an overlap of the batch": (1, dice, (LINE > 0).astype("float32"), {"activation": "sigmoid"}),
    "a correlation": (1, correlation, LINE, {}),
    "a contrastive loss": (3, supervised_contrastive, CLASSES, {}),
    "a loss without labels": (1, without_labels, LINE, {}),
    "one label": (1, lambda y, p: ops.abs(y - p), np.ones_like(LINE), {}),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_loss_that_needs_the_whole_batch_is_not_called_broadcast(name):
    units, loss, y, layer = HEALTHY[name]
    watch, _ = watched(units, loss, y, epochs=2, **layer)
    assert not {"broadcast", "rows-for-columns"} & set(ids(watch.report)), watch.report


COLUMN = np.sin(np.arange(32, dtype="float32"))[:, None]
KNOWN = np.where(np.arange(32)[:, None] < 8, COLUMN, -1)


@pytest.mark.parametrize(("y", "expected"), [(COLUMN, True), (KNOWN, False), (COLUMN[:15], False)])
def test_a_loss_of_the_first_rows_only(y, expected):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(loss=lambda y, p: ops.square(y[0] - p[0]) + ops.square(y[1] - p[1]))
    y, p = ops.convert_to_tensor(y), ops.convert_to_tensor(COLUMN[: len(y)] ** 2)
    assert bool(probes.first_rows_only(model, None, y, p)) == expected


def test_a_loss_of_the_first_rows_only_of_two_outputs():
    inputs = keras.Input((1,))
    model = keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    both = [ops.convert_to_tensor(COLUMN), ops.convert_to_tensor(-COLUMN)]
    for loss, expected in ((lambda y, p: ops.abs(y[0] - p[0] ** 2), True), ("mse", False)):
        model.compile(loss=[loss, loss])
        assert bool(probes.first_rows_only(model, None, both, both[::-1])) == expected


def test_the_moving_averages_are_those_that_training_left():
    def weights(callbacks):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.BatchNormalization()])
        model.add(layers.Dropout(0.2))
        model.add(layers.Dense(1))
        model.compile("sgd", "mse")
        model.fit(X, LINE, epochs=3, verbose=0, shuffle=False, callbacks=callbacks)
        return model.get_weights()

    for mine, other in zip(weights([Diagnose()]), weights([]), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)


NOISE = np.random.default_rng(5).normal(size=(32, 6)).astype("float32")


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (NOISE, NOISE[:, 2], True),
        (NOISE[..., None], NOISE[:, -1], True),
        (NOISE[..., None], NOISE[:, 0], False),  # a network that has to remember
        (NOISE[:, :2], NOISE[:, 1], False),  # a first exercise
        (NOISE, 2 * NOISE[:, 2], False),
        (NOISE, NOISE, False),  # an autoencoder
        (np.int64(9 * NOISE), np.int64(9 * NOISE)[:, 1], False),  # words
        (NOISE, np.zeros(32), False),
        ([NOISE, NOISE], NOISE[:, 0], False),
        (NOISE[:8], NOISE[:8, 2], False),
    ],
)
def test_a_target_among_the_features(x, y, expected):
    assert bool(probes.target_among_features(x, y)) == expected


@pytest.mark.parametrize(
    ("classes", "expected"),
    [([0] * 5, True), ([0, 0, 1, 1, 2], True), ([0] * 4, False), ([0, 0, (0, 1), 0, 0], False),
     ([()] * 5, False)],
)  # fmt: skip
def test_batches_of_one_class(classes, expected):
    batches = [one if isinstance(one, tuple) else (one,) for one in classes]
    assert bool(probes.one_class_at_a_time(batches)) == expected


@pytest.mark.parametrize(
    ("y", "y_pred", "is_found"),
    [
        (np.zeros(32), np.ones((32, 3)), True),
        (np.zeros(32), [np.ones((32, 3))] * 2, False),
        ([np.zeros(32)] * 32, np.ones((32, 3)), False),
        (None, np.ones((32, 3)), False),
    ],
)
def test_only_one_output_with_labels_has_classes(y, y_pred, is_found):
    tried = Tried(keras.Sequential(), History())
    for _ in range(probes._BATCHES):
        tried.classes(y, y_pred, "sparse_categorical_crossentropy")
    assert any("one class" in finding.title for finding in tried) == is_found


def test_classes_are_looked_for_where_there_are_three_or_more():
    many, two = np.zeros((32, 3)), np.zeros((32, 2))
    sparse = "sparse_categorical_crossentropy"
    assert probes.classes_in(np.arange(32) % 3, many, sparse) == (0, 1)
    assert probes.classes_in(np.zeros(32), many, sparse) == (0,)
    assert probes.classes_in(np.zeros(32), two, sparse) == ()
    assert probes.classes_in(np.zeros(31), many[:31], sparse) == ()
    assert probes.classes_in(np.zeros(32), many, None) == ()


@pytest.mark.parametrize("as_dictionary", [True, False])
def test_the_embedding_that_is_too_small_is_named(as_dictionary, capsys):
    inputs = [keras.Input((1,), dtype="int32", name=name) for name in ("user", "title")]
    codes = [layers.Embedding(size, 2, name=f"rows_{size}")(one)
             for size, one in zip((9, 5), inputs, strict=True)]  # fmt: skip
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.Add()(codes))))
    model.compile("sgd", "mse")
    words = np.arange(32)[:, None] % 9
    x = {"user": words, "title": words} if as_dictionary else [words, words]
    with pytest.raises(Exception, match="not in"):
        model.fit(x, LINE[:32], verbose=0, callbacks=[Diagnose()])
    printed = " ".join(capsys.readouterr().out.split())
    assert "CERTAIN: an index without a row in the embedding" in printed
    assert "are outside [0, 5), the rows of rows_5; they go from 0 to 8." in printed
    assert "Embedding(9, ...) or more" in printed


def test_data_of_an_unknown_kind_shows_nothing_and_the_run_is_watched(capsys):
    words = tf.ragged.constant([[1.0, 2.0], [3.0]] * 16)
    tried = Tried(keras.Sequential([layers.Dense(1)]), History())
    tried.inputs(words, object())
    tried.classes(words, words, "sparse_categorical_crossentropy")
    assert list(tried) == []
    assert capsys.readouterr().out == ""


UNIT = np.linspace(0.1, 0.9, 16)[:, None]
ZEROS = np.where(UNIT < 0.4, 1.0, 0.0)


@pytest.mark.parametrize(
    ("y", "value", "expected"),
    [
        (ZEROS, np.mean(np.log(np.where(ZEROS == 1, UNIT, 1 - UNIT))), True),
        (ZEROS, np.sum(np.log(np.where(ZEROS == 1, UNIT, 1 - UNIT))), True),
        (ZEROS, -np.mean((ZEROS - UNIT) ** 2), True),
        (ZEROS, np.mean(ZEROS - UNIT), True),
        (ZEROS, -1.7, False),  # a density
        (ZEROS, -np.mean(ZEROS * UNIT), False),  # a critic
        (UNIT + 1, np.mean(UNIT + 1 - UNIT), False),  # the absolute error, as all are too low
    ],
)
def test_a_loss_with_the_wrong_sign_is_recognised_by_its_value(y, value, expected):
    run = Run()
    run.step(y, UNIT, value)
    assert ("negative-loss" in ids(run.report())) == expected


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([45.0] + [4.0] * 29, True), ([2.4] + [2.2] * 29, False), ([60.0] + [4.0] * 29, False)],
)
def test_a_loss_in_training_above_that_of_a_constant(losses, expected):
    history = History(losses=losses, start=(45.0 if losses[0] > 9 else 2.4, 2.3), end=(1.5, 2.3))
    finding = not_learning(history)
    assert bool(finding) == expected
    assert not expected or "the loss in training was 4;" in finding.evidence


PAID = {
    "losses": [1.0, 0.5, -2.0], "start": (1.25, 1.3), "penalty": -0.25, "never_negative": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"losses": [1.0, -2.0, np.nan]}, True),
        ({"losses": [1.0, 0.5, 0.2]}, False),
        ({"losses": [1.0, 0.5, -0.01]}, False),
        ({"never_negative": False}, False),
        ({"penalty": 0.0, "start": (1.0, 1.3)}, False),
        ({"start": (0.6, 1.3)}, False),  # there is a different output
        ({"start": (None, None)}, False),
    ],
)
def test_layers_that_make_a_loss_negative(change, expected):
    assert bool(negative_penalty(History(**PAID | change))) == expected


def test_weighted_batches_are_not_compared_with_the_constant_of_one_of_them():
    losses = [0.9] + [0.85] * 29
    start_and_end = {"start": (0.9, 0.7), "end": (0.2, 0.7)}
    assert not_learning(History(losses=losses, **start_and_end))
    assert not not_learning(History(losses=losses, weighted=True, **start_and_end))


@pytest.mark.parametrize(("weights", "expected"), [(None, False), ([1, 1], False), ([1, 9], True)])
def test_a_run_knows_whether_examples_weigh_differently(weights, expected):
    run = Run(loss="mse")
    run.step([[1.0], [2.0]], [[0.0], [1.0]], 1.0, sample_weight=weights)
    assert run.history.weighted == expected


@pytest.mark.parametrize("weights", [[0.5, 1.5, 2.5, 1.0], [-1.0, 2.0, 0.5, 1.0]])
def test_one_number_in_each_row_is_a_weight_of_what_was_done(weights):
    acts, p = np.eye(3)[[0, 1, 2, 0]], np.full((4, 3), 1 / 3)
    report = diagnose(acts * np.array(weights)[:, None], p, loss="categorical_crossentropy")
    assert not report
    assert any("as advantages do" in note for note in report.notes)
    assert diagnose(255 * acts, p, loss="categorical_crossentropy")


OF_LOGITS = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")


def test_advantages_beside_logits_have_the_gradient_of_a_different_loss():
    acts, weights = np.eye(3)[[0, 1, 2, 0]], np.array([-1.0, 2.0, 0.5, -1.5])
    logits = 3 * np.sin(np.arange(12.0)).reshape(4, 3)
    report = diagnose(
        acts * weights[:, None], logits, loss="categorical_crossentropy", from_logits=True
    )
    assert not report
    assert any("is that of a different loss" in note for note in report.notes)
    gradients = []
    for y, scale in ((acts * weights[:, None], None), (acts, weights)):
        z = tf.Variable(logits)
        with tf.GradientTape() as tape:
            loss = OF_LOGITS(y, z, scale)
        gradients.append(tape.gradient(loss, z).numpy())
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(gradients[0], p - acts * weights[:, None], rtol=1e-5)
    np.testing.assert_allclose(gradients[1], weights[:, None] * (p - acts), rtol=1e-5)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([0.6] + [np.nan] * 29, True), ([0.6] + [np.nan] * 9 + [0.5] * 20, True), ([0.6] * 30, False)],
)
def test_a_gradient_that_is_nan_matters_where_losses_are_nan_after_it(losses, expected):
    history = History(losses=losses, gradient_norms=[np.nan] * 5)
    assert bool(nan_gradient(history)) == expected


class Exchanged:
    """A compiled model whose loss takes the prediction for the truth."""

    def compute_loss(self, x, y, y_pred, sample_weight):
        return -np.mean(xlogy(y_pred, y))


@pytest.mark.parametrize(("lowest", "expected"), [(0.1, True), (0.0, False)])
def test_exchanged_arguments_are_seen_only_where_no_prediction_is_0(lowest, expected):
    y, y_pred = np.array([0.0, 0.0, 1.0]), np.array([lowest, 0.5, 0.25])
    with np.errstate(divide="ignore"):
        finding = wrong_order(Exchanged(), None, y, keras.ops.convert_to_tensor(y_pred))
    assert bool(finding) == expected
