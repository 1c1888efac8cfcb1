"""What the callback tries out: what it finds is tested with its advice; here it must be silent."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import ids
from keras import layers, ops
from small_trainings import CLASSES, LINE, X, watched

from lossutils.diagnosis import probes
from lossutils.diagnosis.history import History
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
    assert "broadcast" not in ids(watch.report), watch.report


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
