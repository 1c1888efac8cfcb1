"""From losses to a number: by definition, and with Keras and TensorFlow 1 as witnesses."""

import math

import keras
import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
from keras.src.losses.loss import reduce_weighted_values

from lossutils.reductions import REDUCTIONS, reduce_loss, sum_by_nonzero_weights

VALUES = np.array([[1.0, 2.0], [0.0, 4.0]])


def test_each_reduction_divides_by_what_it_says():
    values, weights = [1.0, 9.0], [0.0, 10.0]
    assert reduce_loss(values, weights) == 90 / 2
    assert reduce_loss(values, weights, reduction="sum") == 90
    assert reduce_loss(values, weights, reduction="mean_with_sample_weight") == 90 / 10
    assert reduce_loss(values, weights, reduction=None).tolist() == [0.0, 90.0]
    assert reduce_loss(values) == 5
    assert reduce_loss(values, reduction="sum") == 10
    assert reduce_loss(values, reduction="mean_with_sample_weight") == 5
    assert reduce_loss(values, reduction=None).tolist() == values


@pytest.mark.parametrize(
    ("weights", "weighted"),
    [
        (0.5, [[0.5, 1.0], [0.0, 2.0]]),
        ([1.0, 0.5], [[1.0, 2.0], [0.0, 2.0]]),
        ([[1.0], [0.5]], [[1.0, 2.0], [0.0, 2.0]]),
        ([[1.0, 0.5]], [[1.0, 1.0], [0.0, 2.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 4.0], [0.0, 16.0]]),
        ([[3.0]], [[3.0, 6.0], [0.0, 12.0]]),
        (np.array([True, False]), [[1.0, 2.0], [0.0, 0.0]]),
        (None, VALUES.tolist()),
    ],
)
def test_weights_belong_to_examples_or_to_elements(weights, weighted):
    assert reduce_loss(VALUES, weights, reduction=None).tolist() == weighted
    assert reduce_loss(VALUES, weights) == np.sum(weighted) / 4
    assert reduce_loss(VALUES, weights, reduction="sum") == np.sum(weighted)


def test_the_mean_with_weights_counts_them_after_broadcasting():
    mean = "mean_with_sample_weight"
    assert reduce_loss(VALUES, [1.0, 0.0], reduction=mean) == 3 / 2
    assert reduce_loss(VALUES, [[1.0], [0.0]], reduction=mean) == 3 / 2
    assert reduce_loss(VALUES, [[1.0, 0.0], [0.0, 3.0]], reduction=mean) == 13 / 4
    assert reduce_loss(VALUES, 3.0, reduction=mean) == 7 / 4


def test_nothing_to_average_is_zero():
    for reduction in REDUCTIONS[:-1]:
        assert reduce_loss([], reduction=reduction) == 0
        assert reduce_loss(np.zeros((0, 3)), np.zeros(0), reduction=reduction) == 0
        assert reduce_loss(VALUES, 0.0, reduction=reduction) == 0
    assert reduce_loss(np.zeros((0, 3)), reduction=None).shape == (0, 3)
    assert sum_by_nonzero_weights([]) == 0
    assert sum_by_nonzero_weights(VALUES, 0.0) == 0


def test_an_infinite_loss_of_weight_zero_does_not_count():
    assert reduce_loss([math.inf, 1.0], [0.0, 1.0]) == 0.5
    assert reduce_loss([math.inf, 1.0]) == math.inf
    assert sum_by_nonzero_weights([math.inf, 1.0], [0.0, 1.0]) == 1


def test_scalars():
    assert reduce_loss(3.0, 2.0) == 6
    assert reduce_loss(3.0, 2.0, reduction="mean_with_sample_weight") == 3
    assert sum_by_nonzero_weights(3.0, 2.0) == 6


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_the_result_has_the_precision_of_the_values(dtype):
    values = np.full(3000, 30.0).astype(dtype)
    for reduction, expected in [("sum", 90000.0), ("sum_over_batch_size", 30.0)]:
        reduced = reduce_loss(values, np.ones(3000, np.float64), reduction=reduction)
        assert reduced.dtype == dtype
        with np.errstate(over="ignore"):
            assert reduced == np.array(expected).astype(dtype)
    assert reduce_loss([1, 2], np.ones(2, np.float32)).dtype == np.float64


def test_inputs_are_never_modified():
    values, weights = VALUES.copy(), np.array([2.0, 0.0])
    values.flags.writeable = weights.flags.writeable = False
    for reduction in REDUCTIONS:
        reduced = reduce_loss(values, weights, reduction=reduction)
        assert not np.shares_memory(reduced, values)
    assert not np.shares_memory(reduce_loss(values, reduction=None), values)


KERAS = [  # values, weights: where Keras and lossutils mean the same
    (VALUES[0], None),
    (VALUES[0], [2.0, 0.0]),
    (VALUES[0], [0.0, 0.0]),
    (VALUES, None),
    (VALUES, [[1.0, 2.0], [3.0, 0.0]]),
]


@pytest.mark.parametrize(("values", "weights"), KERAS)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_keras_reduces_the_same(values, weights, reduction):
    keras_weights = None if weights is None else np.array(weights)
    expected = reduce_weighted_values(values, keras_weights, reduction=reduction)
    np.testing.assert_allclose(
        reduce_loss(values, weights, reduction=reduction), expected, rtol=1e-6
    )


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_a_keras_loss_reduces_the_same(reduction):
    y_true, y_pred, weights = VALUES, VALUES[::-1], np.array([1.0, 3.0])
    keras_loss = keras.losses.MeanSquaredError(reduction=reduction)
    expected = keras_loss(y_true, y_pred, sample_weight=weights)
    values = np.mean((y_pred - y_true) ** 2, axis=-1)
    np.testing.assert_allclose(
        reduce_loss(values, weights, reduction=reduction), expected, rtol=1e-6
    )


@pytest.mark.parametrize("scalar", [0.5, 1.0, 7.0])
def test_scalar_weights_are_the_same_in_keras_but_for_their_mean(scalar):
    for reduction in ("sum_over_batch_size", "sum"):
        expected = reduce_weighted_values(VALUES, scalar, reduction=reduction)
        np.testing.assert_allclose(
            reduce_loss(VALUES, scalar, reduction=reduction), expected, rtol=1e-6
        )
    mean = "mean_with_sample_weight"
    assert reduce_loss(VALUES, scalar, reduction=mean) == 7 / 4
    np.testing.assert_allclose(
        reduce_weighted_values(VALUES, scalar, reduction=mean), 7.0
    )  # 4 times


TF1 = [1.0, 0.0, 2.5, [[1.0], [0.0]], [[1.0, 0.0], [0.0, 2.0]], [[1.0, 0.0]], np.zeros((2, 2))]


@pytest.mark.parametrize("weights", TF1, ids=str)
def test_tensorflow_1_reduces_the_same(weights):
    expected = tf.compat.v1.losses.compute_weighted_loss(VALUES, np.array(weights))
    np.testing.assert_allclose(sum_by_nonzero_weights(VALUES, weights), expected, rtol=1e-6)


def test_sum_by_nonzero_weights_counts_after_broadcasting():
    assert sum_by_nonzero_weights(VALUES) == 7 / 4
    assert sum_by_nonzero_weights(VALUES, [1.0, 0.0]) == 3 / 2
    assert sum_by_nonzero_weights(VALUES, [0.0, 2.0]) == 8 / 2
    assert sum_by_nonzero_weights(VALUES, [[0.5, 0.0], [0.0, 2.0]]) == 8.5 / 2


@pytest.mark.parametrize("bad", ["mean", "none", "SUM", "", 0, False, [], "sum_by_nonzero_weights"])
def test_an_unknown_reduction_lists_the_known(bad):
    with pytest.raises(ValueError, match="reduction") as caught:
        reduce_loss(VALUES, reduction=bad)
    assert all(repr(known) in str(caught.value) for known in REDUCTIONS)
    assert repr(bad) in str(caught.value)


@pytest.mark.parametrize(
    ("reduce", "name"), [(reduce_loss, "sample_weight"), (sum_by_nonzero_weights, "weights")]
)
def test_bad_weights_and_values_are_named(reduce, name):
    for weights, part in [
        ([-1.0, 1.0], "-1.0 at index 0"),
        (-2.0, "at least 0, got -2.0"),
        ([1.0, math.nan], "nan at index 1"),
        ([1.0, math.inf], "inf at index 1"),
        (["a", "b"], "numbers"),
        ([[1.0], [1.0, 2.0]], "rectangular"),
        ([1.0, 1.0, 1.0], "(2, 2), got shape (3,)"),
        ([[[1.0]]], "(1, 1, 1)"),
        ([[1.0, 1.0, 1.0]] * 2, "(2, 3)"),
    ]:
        with pytest.raises((TypeError, ValueError), match=f"^{name}") as caught:
            reduce(VALUES, weights)
        assert part in str(caught.value)
    with pytest.raises(ValueError, match=name):
        reduce([1.0, 2.0], [[1.0], [1.0]])
    for values in ([math.nan], ["a"], None, 1j, [[1.0], [1.0, 2.0]]):
        with pytest.raises((TypeError, ValueError), match=r"^values"):
            reduce(values)


@pytest.mark.parametrize("bad", [["sum"], np.array(["sum"]), np.array(["sum", "sum"]), {}])
def test_a_reduction_is_a_name(bad):
    with pytest.raises(ValueError, match=r"^reduction: expected one of"):
        reduce_loss(VALUES, reduction=bad)


def test_a_mean_is_finite_where_only_the_sum_overflows():
    large = np.array([1.7e308, 1.7e308])
    assert reduce_loss(large) == 1.7e308
    assert reduce_loss(large, reduction="sum") == np.inf
    assert reduce_loss(large, 10.0, reduction="mean_with_sample_weight") == 1.7e308
    assert sum_by_nonzero_weights(large, [1.0, 0.5]) == pytest.approx(1.275e308)
    assert reduce_loss([5e-324, 5e-324], [0.5, 0.5], reduction="sum") == 5e-324
    assert reduce_loss([np.inf, 1.0], [0.0, 1.0]) == 0.5
