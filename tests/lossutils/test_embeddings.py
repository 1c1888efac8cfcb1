"""Losses of embeddings: definitions, digits, gradients, TensorFlow and Keras, bad input.

Differences of distances and sums of products lose what their terms round away. The bound that is
met: 2**-46 of the largest term in float64, and in float32 1 unit in the last place beside it.
"""

import math

import keras
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from digits import check
from examples import FLOATING
from mpmath import mpf

from lossutils import gradients, losses
from lossutils.book import checks
from tools.bench import exact_batches

RNG = np.random.default_rng(70)
LABELS = np.array([3, 1, 3, 1, 1, -2])
VECTORS = RNG.normal(size=(6, 4))
UNIT = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
OF_TERMS = 2.0**-46
MODULES = pytest.mark.parametrize("module", [losses, gradients])


def matrix(array):
    """Return an array of vectors in mpmath."""
    return [[mpf(float(x)) for x in row] for row in array]


def calls(dtype):
    """Yield the values of a loss, the exact ones and the size of their terms, for each loss."""
    other, unit, vectors = (array.astype(dtype) for array in (VECTORS[::-1], UNIT, VECTORS))
    exact, exact_other, exact_unit = matrix(vectors), matrix(other), matrix(unit)
    apart = [[exact_batches.distance(a, b) for b in exact] for a in exact]
    yield (
        losses.triplet_margin_loss(vectors, unit, other),
        exact_batches.triplet_margin_loss(exact, exact_unit, exact_other),
        [max(map(sum, apart)) + 1] * len(LABELS),
    )
    yield (
        losses.batch_hard_triplet_loss(LABELS, vectors),
        exact_batches.batch_hard_triplet_loss(LABELS, exact),
        [sum(row) + 1 for row in apart],
    )
    yield (
        losses.info_nce(unit, other),
        exact_batches.info_nce(exact_unit, exact_other),
        [10 * sum(abs(mpmath.fdot(q, k)) for k in exact_other) for q in exact_unit],
    )
    values = exact_batches.circle(LABELS, exact_unit)
    yield losses.circle(LABELS, unit), values, [1 + 4 * 80 * (1 + value) for value in values]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_keep_their_digits(dtype):
    for values, exact, terms in calls(dtype):
        assert values.dtype == dtype
        for value, expected, size in zip(values, exact, terms, strict=True):
            check(dtype, 1, value, expected, OF_TERMS * float(size))


def test_by_hand():
    points = [[0.0, 0.0], [3.0, 4.0], [0.0, 5.5]]
    assert losses.triplet_margin_loss(*points) == 0.5
    assert losses.triplet_margin_loss(points[0], points[0], points[0], margin=0.25) == 0.25
    # On a line: 0 and 2 belong together, 2.5 does not; it has no positive itself.
    assert losses.batch_hard_triplet_loss([7, 7, 8], [[0.0], [2.0], [2.5]]).tolist() == [
        0.5,
        2.5,
        0,
    ]
    collapsed = np.ones((8, 2))
    assert losses.info_nce(collapsed, collapsed) == pytest.approx([math.log(8)] * 8, rel=1e-15)
    # Both distances are 1: exp(1 * 1.4 * 0.6) and exp(1 * 0.4 * -0.4).
    values = losses.circle([0, 0, 1], [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], gamma=1.0)
    expected = math.log1p(math.exp(1.4 * 0.6) * math.exp(0.4 * -0.4))
    assert values == pytest.approx([expected, expected, 0.0], rel=1e-15)


def test_vectors_of_any_size():
    for size in (1e-200, 1e200):
        near, far = np.array([[3.0, 4.0]]) * size, np.array([[0.0, 1.0]]) * size
        value = losses.triplet_margin_loss(0 * near, near, far, margin=size)
        assert value == pytest.approx(5 * size, rel=1e-15)
        slopes = gradients.triplet_margin_loss(0 * near, near, far, margin=size)
        np.testing.assert_allclose(slopes, [[[-0.6, 0.2]], [[0.6, 0.8]], [[0, -1]]], rtol=1e-15)


def numerical(function, *arrays):
    """Return central differences of the sum of a loss, for each of its arguments."""
    for position, array in enumerate(arrays):

        def total(values, position=position):
            return function(*arrays[:position], values, *arrays[position + 1 :]).sum()

        yield checks.numerical_gradient(total, array)


def test_gradients_agree_with_central_differences():
    for name, arrays in [
        ("triplet_margin_loss", (VECTORS, UNIT, VECTORS[::-1])),
        ("info_nce", (UNIT, VECTORS)),
    ]:
        expected = numerical(getattr(losses, name), *arrays)
        for gradient, one in zip(getattr(gradients, name)(*arrays), expected, strict=True):
            np.testing.assert_allclose(gradient, one, rtol=1e-6, atol=1e-7)
    for name, options in [("batch_hard_triplet_loss", {}), ("circle", {"gamma": 5.0})]:
        loss = getattr(losses, name)
        (one,) = numerical(lambda x: loss(LABELS, x, **options), UNIT)  # noqa: B023
        gradient = getattr(gradients, name)(LABELS, UNIT, **options)
        assert np.abs(gradient).max() > 0.1
        np.testing.assert_allclose(gradient, one, rtol=1e-6, atol=1e-7)


def exact_slopes(total, vectors):
    """Return central differences of a sum of exact losses, in mpmath: right to 30 digits."""
    step, slopes = mpf(10) ** -15, []
    with mpmath.workdps(60):
        for row in vectors:
            for k, x in enumerate(row):
                row[k] = x + step
                above = total(vectors)
                row[k] = x - step
                slopes.append((above - total(vectors)) / (2 * step))
                row[k] = x
    return slopes


def slopes_of(name, vectors):
    """Return the gradient of one argument of a loss, and the exact loss as a function of it."""
    exact, other = getattr(exact_batches, name), matrix(VECTORS)
    if name == "triplet_margin_loss":
        (_, gradient, _) = gradients.triplet_margin_loss(VECTORS, vectors, UNIT)
        return gradient, lambda x: sum(exact(other, x, matrix(UNIT)))
    if name == "info_nce":
        (_, gradient) = gradients.info_nce(VECTORS, vectors)
        return gradient, lambda x: sum(exact(other, x))
    gradient = getattr(gradients, name)(LABELS, vectors)
    return gradient, lambda x: sum(exact(LABELS, x))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name", ["triplet_margin_loss", "info_nce", "batch_hard_triplet_loss", "circle"]
)
def test_gradients_keep_their_digits(name, dtype):
    vectors = UNIT[::-1].astype(dtype)
    gradient, total = slopes_of(name, vectors)
    # The slopes of the circle loss are sums of terms of the size gamma, which nearly cancel.
    terms = OF_TERMS * max(80.0 if name == "circle" else 1.0, float(np.abs(gradient).max()))
    for one, slope in zip(gradient.ravel(), exact_slopes(total, matrix(vectors)), strict=True):
        check(str(gradient.dtype), 1, one, slope, terms + 1e-25)


def tape(function, *arrays):
    """Return the value of a TensorFlow function and the gradients of its sum."""
    variables = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as recorded:
        value = function(*variables)
    return value.numpy(), [slope.numpy() for slope in recorded.gradient(value, variables)]


def test_tensorflow_gives_the_same():
    def triplet(a, p, n):
        return tf.maximum(tf.norm(a - p, axis=-1) - tf.norm(a - n, axis=-1) + 1.0, 0.0)

    def nce(q, k):
        logits = tf.matmul(q, k, transpose_b=True) / 0.1
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=range(6), logits=logits)

    for function, name, arrays in [
        (triplet, "triplet_margin_loss", (VECTORS, UNIT, VECTORS[::-1])),
        (nce, "info_nce", (UNIT, VECTORS)),
    ]:
        value, slopes = tape(function, *arrays)
        # TensorFlow's loses digits of a nearly certain prediction: see test_twins_logits.
        np.testing.assert_allclose(getattr(losses, name)(*arrays), value, rtol=1e-12, atol=1e-15)
        for gradient, expected in zip(getattr(gradients, name)(*arrays), slopes, strict=True):
            np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("options", [{}, {"gamma": 3.0, "margin": 0.25}])
def test_circle_of_keras_is_the_same(options):
    labels, vectors = LABELS[:5], UNIT[:5]
    value, (slopes,) = tape(lambda x: keras.losses.circle(labels, x, **options), vectors)
    np.testing.assert_allclose(losses.circle(labels, vectors, **options), value, rtol=1e-11)
    gradient = gradients.circle(labels, vectors, **options)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-12)


def test_an_example_without_a_positive():
    value, (slopes,) = tape(lambda x: keras.losses.circle(LABELS, x), UNIT)
    assert value[5] == losses.circle(LABELS, UNIT)[5] == 0
    np.testing.assert_allclose(gradients.circle(LABELS, UNIT), slopes, rtol=1e-9, atol=1e-12)
    for name in ("circle", "batch_hard_triplet_loss"):
        assert np.isfinite(getattr(gradients, name)(LABELS, UNIT)).all()
        for labels in ([1] * 6, range(6)):
            assert not getattr(losses, name)(labels, UNIT).any()
            assert not getattr(gradients, name)(labels, UNIT).any()


def test_an_empty_batch_has_no_losses():
    labels, vectors = np.zeros(0, int), np.zeros((0, 4))
    for name in ("circle", "batch_hard_triplet_loss"):
        assert getattr(losses, name)(labels, vectors).shape == (0,)
        assert getattr(gradients, name)(labels, vectors).shape == (0, 4)
    assert losses.triplet_margin_loss(vectors, vectors, vectors).shape == (0,)


def test_a_collapsed_embedding_does_not_move():
    collapsed = np.ones((6, 4))
    assert losses.batch_hard_triplet_loss(LABELS, collapsed).tolist() == [1.0] * 5 + [0.0]
    assert not gradients.batch_hard_triplet_loss(LABELS, collapsed).any()
    assert not np.any(gradients.triplet_margin_loss(collapsed, collapsed, collapsed))


def test_pytorch_gives_the_same():
    torch = pytest.importorskip("torch", reason="not run: PyTorch is not installed")
    triplet = torch.nn.functional.triplet_margin_loss
    arrays = VECTORS, UNIT, VECTORS[::-1].copy()
    tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
    value = triplet(*tensors, eps=0.0, reduction="none")
    ours = losses.triplet_margin_loss(*arrays)
    np.testing.assert_allclose(ours, value.detach().numpy(), rtol=1e-12)
    value.sum().backward()
    assert np.any(ours)
    for slope, tensor in zip(gradients.triplet_margin_loss(*arrays), tensors, strict=True):
        np.testing.assert_allclose(slope, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_the_precision_is_that_of_the_vectors():
    for dtype in FLOATING:
        vectors = UNIT.astype(dtype)
        for module in (losses, gradients):
            assert module.circle(LABELS, vectors).dtype == dtype
            assert module.batch_hard_triplet_loss(LABELS, vectors).dtype == dtype
        assert losses.info_nce(vectors, vectors).dtype == dtype
        assert [slope.dtype for slope in gradients.info_nce(vectors, vectors)] == [dtype] * 2
        assert losses.triplet_margin_loss(vectors, vectors, vectors).dtype == dtype


@MODULES
@pytest.mark.parametrize("name", ["circle", "batch_hard_triplet_loss"])
@pytest.mark.parametrize(
    ("labels", "vectors", "error", "message"),
    [
        ([0, 1], [1.0, 2.0], ValueError, r"y_pred: expected shape \[batch_size, dimension\], got"),
        ([[0], [1]], np.ones((2, 3)), ValueError, "y_true and y_pred: expected one label per row"),
        ([0.0, 1.0], np.ones((2, 3)), TypeError, "y_true: expected integer labels, got float64"),
        ([0, 1], [[1.0], [math.nan]], ValueError, r"y_pred: expected finite numbers, got nan at"),
    ],
)
def test_bad_batches_are_named(module, name, labels, vectors, error, message):
    with pytest.raises(error, match=f"^{message}"):
        getattr(module, name)(labels, vectors)


@MODULES
@pytest.mark.parametrize(
    ("name", "arguments", "options", "message"),
    [
        ("circle", (LABELS, UNIT), {"gamma": 0}, "gamma: expected one number greater than 0"),
        ("circle", (LABELS, UNIT), {"margin": 1.5}, r"margin: expected one number in \[0, 1\]"),
        ("batch_hard_triplet_loss", (LABELS, UNIT), {"margin": 0.0}, "margin: expected one number"),
        ("triplet_margin_loss", (UNIT,) * 3, {"margin": -1}, "margin: expected one number greater"),
        ("triplet_margin_loss", (UNIT, UNIT, UNIT[:1]), {}, "anchors and negatives: expected the"),
        ("triplet_margin_loss", (1.0, 1.0, 1.0), {}, "anchors: expected at least one axis"),
        ("info_nce", (UNIT, UNIT[:5]), {}, "queries and keys: expected the same shape"),
        ("info_nce", (UNIT[0], UNIT[0]), {}, r"queries: expected shape \[batch_size, dimension\]"),
        ("info_nce", (UNIT, UNIT), {"temperature": 0.0}, "temperature: expected one number"),
        ("info_nce", (UNIT * 1e300,) * 2, {}, "queries and keys: expected dot products within"),
        ("contrastive_loss", ([2], [0.5]), {"same_label": 1}, "y_true: expected labels 0 and 1"),
        ("contrastive_loss", ([0], [-0.5]), {"same_label": 1}, "y_pred: expected distances of at"),
        ("contrastive_loss", ([0], [0.5]), {"same_label": 2}, "same_label: expected one number 0"),
        ("contrastive_loss", ([0], [0.5]), {"same_label": True}, "same_label: expected one number"),
    ],
)  # fmt: skip
def test_bad_input_is_named(module, name, arguments, options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        getattr(module, name)(*arguments, **options)


@MODULES
def test_the_label_convention_has_to_be_named(module):
    with pytest.raises(TypeError, match="got no same_label"):
        module.contrastive_loss([0.0], [0.5])
