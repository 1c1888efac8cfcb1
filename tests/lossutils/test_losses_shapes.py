"""Shapes, axes and precision of the losses, and that they leave their arguments alone."""

import numpy as np
import pytest
from examples import AXIS, ELEMENTWISE, FLOATING, LOSSES, ROWWISE, arguments, bfloat16, loss

from lossutils import losses


@pytest.mark.parametrize("name", LOSSES)
def test_an_empty_batch_has_no_losses(name):
    truth, prediction = arguments(name, shape=(0, 3))
    assert loss(name, truth, prediction).shape == ((0, 3) if name in ELEMENTWISE else (0,))


@pytest.mark.parametrize("name", sorted(set(ROWWISE) - {"cosine_similarity", "cosine_distance"}))
def test_one_class_costs_nothing(name):
    kind = ROWWISE[name][0]
    truth = np.zeros(2, int) if kind == "class" else np.ones((2, 1))
    prediction = (
        np.ones((2, 1)) if ROWWISE[name][1] == "distribution" else np.array([[7.0], [-1e4]])
    )
    assert loss(name, truth, prediction).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_scalars_give_a_scalar(name):
    truth, prediction = arguments(name)
    value = loss(name, truth[0, 0], prediction[0, 0])
    assert np.ndim(value) == 0
    assert value == loss(name, truth, prediction)[0, 0]


@pytest.mark.parametrize("name", ROWWISE)
def test_one_example_without_a_batch_gives_a_scalar(name):
    truth, prediction = arguments(name)
    value = loss(name, truth[0], prediction[0])
    assert np.ndim(value) == 0
    assert value == pytest.approx(loss(name, truth, prediction)[0], rel=1e-14)


@pytest.mark.parametrize("name", ROWWISE)
def test_leading_axes_are_kept(name):
    truth, prediction = arguments(name, shape=(2, 3, 4))
    values = loss(name, truth, prediction)
    assert values.shape == (2, 3)
    assert values[1] == pytest.approx(loss(name, truth[1], prediction[1]), rel=1e-14)


@pytest.mark.parametrize("name", AXIS)
@pytest.mark.parametrize("axis", [0, 1, -2])
def test_the_class_axis_can_be_any(name, axis):
    truth, prediction = arguments(name, shape=(2, 3, 4))
    moved = loss(name, np.moveaxis(truth, -1, axis), np.moveaxis(prediction, -1, axis), axis=axis)
    np.testing.assert_allclose(moved, loss(name, truth, prediction), rtol=1e-14)


def test_which_losses_have_an_axis():
    assert set(AXIS) == {
        "categorical_cross_entropy",
        "cosine_distance",
        "cosine_similarity",
        "mean_pairwise_squared_error",
        "softmax_cross_entropy_with_logits",
    }


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("name", LOSSES)
def test_the_result_has_the_precision_of_the_inputs(name, dtype):
    truth, prediction = arguments(name)
    truth = truth if truth.dtype.kind == "i" else truth.astype(dtype)
    values = loss(name, truth, prediction.astype(dtype))
    exact = loss(
        name,
        truth.astype(int if truth.dtype.kind == "i" else float),
        prediction.astype(dtype).astype(float),
    )
    assert values.dtype == dtype
    np.testing.assert_array_equal(values.astype(float), exact.astype(dtype).astype(float))


@pytest.mark.parametrize(
    ("truth", "prediction", "expected"),
    [
        (np.float32, np.float64, np.float64),
        (np.float64, np.float32, np.float64),
        (np.float16, np.float32, np.float32),
        (np.int64, np.float32, np.float32),
        (np.int64, np.float16, np.float16),
        (bool, np.float32, np.float32),
        (np.float32, np.int64, np.float32),
        (np.int8, np.int64, np.float64),
        (np.uint8, np.uint8, np.float64),
        *[
            (np.uint8, bfloat16, bfloat16),
            (bfloat16, np.float32, np.float32),
        ][: 2 if bfloat16 else 0],
    ],
)
def test_integers_do_not_promote(truth, prediction, expected):
    values = losses.squared_error(np.array([0, 1], truth), np.array([3, 3], prediction))
    assert values.dtype == expected
    assert values.tolist() == [9.0, 4.0]


def test_unsigned_integers_do_not_wrap_around():
    assert losses.absolute_error(np.uint8([3]), np.uint8([1])).tolist() == [2.0]


@pytest.mark.parametrize("name", LOSSES)
def test_inputs_are_never_modified(name):
    truth, prediction = arguments(name)
    before = truth.copy(), prediction.copy()
    truth.flags.writeable = prediction.flags.writeable = False
    loss(name, truth, prediction)
    assert np.array_equal(truth, before[0])
    assert np.array_equal(prediction, before[1])


@pytest.mark.parametrize("name", LOSSES)
def test_memory_order_does_not_matter(name):
    truth, prediction = arguments(name)
    expected = loss(name, truth, prediction)
    np.testing.assert_array_equal(loss(name, truth, np.asfortranarray(prediction)), expected)
    np.testing.assert_array_equal(loss(name, truth.tolist(), prediction.tolist()), expected)
