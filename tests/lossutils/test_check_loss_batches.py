"""The batches on which check_loss tries a loss."""

import numpy as np
import pytest
import tensorflow as tf

from lossutils.checking import batches, choice

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "kind"),
    [
        (RNG.normal(size=(5, 2)), RNG.normal(size=(5, 2)), "numbers"),
        (RNG.random((5, 2)) + 2, RNG.random((5, 2)) + 1, "positive numbers"),
        (RNG.integers(0, 2, (5, 2)), RNG.random((5, 2)), "labels and probabilities"),
        (RNG.integers(0, 2, (5, 2)), RNG.normal(size=(5, 2)), "labels and logits"),
        (np.array([0, 1, 2]), np.full((3, 3), 1 / 3), "class indices and probabilities"),
        (np.array([[0], [1]]), RNG.normal(size=(2, 3)), "class indices and logits"),
        (np.full((2, 4), 0.25), np.full((2, 4), 0.25), "shares"),
        (np.array([[1, 0], [0.5, 0.5]]), np.full((2, 2), 0.5), "shares"),
        (np.array([[0], [1], [2.5]]), np.array([[-1], [0.5], [2]]), "numbers"),
        (RNG.normal(size=5), RNG.normal(size=(5, 1)), "numbers"),
        (RNG.normal(size=(5, 1)), RNG.normal(size=(5, 2)), "your arrays"),
        (np.array([0, 1, 3]), np.full((3, 3), 1 / 3), "your arrays"),  # no such class
        (np.array([0, 1, -1]), np.full((3, 3), 1 / 3), "your arrays"),
    ],
)
def test_the_kind_of_a_given_batch_is_recognised(y_true, y_pred, kind):
    assert batches.given(y_true, y_pred).kind == kind


@pytest.mark.parametrize(
    ("y_true", "y_pred", "kinds"),
    [
        (np.array([[0], [1]]), np.array([[0.5], [3]]), ["logits", "distances", "distances"]),
        (np.array([[0], [1]]), np.array([[0.5], [0.9]]), ["probabilities", *2 * ["distances"]]),
        (np.array([[0], [1]]), np.array([[-1], [3]]), ["logits", "logarithms of rates"]),
        (np.array([[0], [7]]), np.array([[-1], [2.5]]), ["numbers", "logarithms of rates"]),
        (np.array([[0.5], [7]]), np.array([[-1], [2.5]]), ["numbers"]),
        (np.array([[-1], [7]]), np.array([[-1], [2.5]]), ["numbers"]),
        (np.array([[0.5], [7]]), np.array([[-1, 1], [2, 2]]), ["your arrays"]),
    ],
)
def test_a_given_batch_is_tried_as_each_kind_that_it_can_be(y_true, y_pred, kinds):
    tried = [batch.kind for batch in batches.all_given(y_true, y_pred)]
    assert len(tried) == len(kinds)
    assert all(kind.endswith(end) for kind, end in zip(tried, kinds, strict=True)), tried


def test_the_best_prediction_of_a_batch_is_next_to_its_truth():
    for batch in batches.tried():
        if "indices" in batch.kind:
            np.testing.assert_array_equal(batch.best.argmax(axis=-1), batch.y_true)
        elif "distances" in batch.kind:
            same = batch.y_true == (1 if "1 for the same" in batch.kind else 0)
            np.testing.assert_array_equal(batch.best, np.where(same, 0, 200))
        elif "logarithms" in batch.kind:
            np.testing.assert_allclose(np.exp(batch.best), batch.y_true, rtol=1e-6)
        elif "outputs" in batch.kind:
            assert batch.best is None
        elif "labels" in batch.kind:
            np.testing.assert_array_equal(batch.best > 0.5, batch.y_true == 1)
        else:
            np.testing.assert_array_equal(batch.best, batch.y_true)
        assert all(not np.allclose(worse, batch.best) for worse in batch.worse)


def test_a_batch_with_one_number_that_is_nan_is_not_finite():
    def loss(y_true, y_pred):  # negative, so that only being finite decides
        broken = tf.constant([np.nan] + [0.0] * (len(y_true) - 1), y_pred.dtype)
        values = -1 - tf.reduce_mean(tf.square(y_pred), axis=-1)
        return values + broken if len(y_true) == 3 else values

    one_nan, all_finite = (
        batches.Batch("your arrays", array, array) for array in (np.ones((3, 2)), np.ones((4, 2)))
    )
    assert choice.choose(loss, [one_nan, all_finite]).batch is all_finite


def test_a_loss_that_ignores_some_logits_does_not_take_logits():
    def loss(y_true, y_pred):
        used = tf.where(y_true == 1, tf.stop_gradient(y_pred), y_pred)
        values = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=used)
        return tf.reduce_mean(values, axis=-1)

    kinds = {batch.kind: batch for batch in batches.tried()}
    logits, probabilities = (
        kinds["one-hot labels and logits"],
        kinds["one-hot labels and probabilities"],
    )
    assert choice.choose(loss, [logits, probabilities]).batch is probabilities


def test_a_batch_with_negative_numbers_is_taken_only_if_no_other_fits():
    def loss(y_true, y_pred):
        values = tf.square(y_pred - y_true) - 10 * tf.cast(y_true < 0, y_pred.dtype)
        return tf.reduce_mean(values, axis=-1)

    signed, positive = batches.tried()[:2]
    assert choice.choose(loss, [signed, positive]).batch is positive
    assert choice.choose(loss, [signed]).batch is signed
