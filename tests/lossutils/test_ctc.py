"""CTC: against the sum over all alignments, TensorFlow and Keras, PyTorch, and by its lattice.

The bound that is met: the forward algorithm adds logarithms frame by frame, each of them rounded:
2**-46 of the sum of the frames' largest terms in float64, 1 unit in the last place of float32
beside it. A gradient is the difference of a probability and of a share of the paths, of which the
terms that are equal are left out.
"""

import itertools
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
from tools.bench.exact_batches import collapsed

MODULES = pytest.mark.parametrize("module", [losses, gradients])
# The labels, how many frames there are, how many classes, and the blank.
CASES = [
    ([1, 2], 4, 3, 0),
    ([1, 1], 4, 3, 0),
    ([2, 2, 1], 5, 3, 0),
    ([0, 1, 0], 5, 3, 2),
    ([0], 3, 3, 1),
    ([], 3, 2, 0),
    ([1, 1], 3, 2, 0),
    ([3], 1, 4, 0),
]


def brute_force(labels, logits, blank):
    """Return the loss in mpmath, and its derivatives, from all alignments."""
    frames = [[mpmath.exp(mpf(float(x))) for x in row] for row in logits]
    frames = [[x / mpmath.fsum(row) for x in row] for row in frames]
    total, shares = mpf(0), [[mpf(0)] * len(row) for row in frames]
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        if collapsed(path, blank) == list(labels):
            p = mpmath.fprod(frames[t][k] for t, k in enumerate(path))
            total += p
            for t, k in enumerate(path):
                shares[t][k] += p
    slopes = [
        [p - share / total for p, share in zip(*rows, strict=True)]
        for rows in zip(frames, shares, strict=True)
    ]
    return -mpmath.log(total), slopes


def arguments(labels, logits, blank=0):
    """Return the arguments for one sequence of full length."""
    return {
        "labels": np.array(labels, int).reshape(1, -1),
        "logits": logits[np.newaxis],
        "label_length": [len(labels)],
        "logit_length": [len(logits)],
        "blank_index": blank,
    }


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", [1.0, 30.0])
@pytest.mark.parametrize(("labels", "time", "classes", "blank"), CASES)
def test_the_sum_over_all_alignments(labels, time, classes, blank, scale, dtype):
    rng = np.random.default_rng(80)
    logits = (scale * rng.normal(size=(time, classes))).astype(dtype)
    expected, slopes = brute_force(labels, logits, blank)
    terms = 2.0**-46 * time * float(np.ptp(logits, axis=1).max() + math.log(classes))
    (value,) = losses.ctc_loss(**arguments(labels, logits, blank))
    check(dtype, 1, value, expected, terms)
    (gradient,) = gradients.ctc_loss(**arguments(labels, logits, blank))
    for one, slope in zip(gradient.ravel(), itertools.chain(*slopes), strict=True):
        check(dtype, 1, one, slope, terms)


def test_gradients_of_a_sure_and_right_model_keep_their_digits():
    """A probability and a share near 1 differ by 4e-9, or 8e-18: the terms cancel, not the digits.

    Slopes of a second order, which are smaller by as much again, keep fewer.
    """
    for margin in (20.0, 40.0):
        logits = margin * np.eye(3)[[1, 0, 2, 2]]
        _, slopes = brute_force([1, 2], logits, 0)
        (gradient,) = gradients.ctc_loss(**arguments([1, 2], logits))
        expected = np.array(slopes, float)
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14 * expected.max())


def batch(dtype=np.float32):
    """Return sequences of different lengths, padded with what must not be looked at."""
    rng = np.random.default_rng(81)
    labels = np.array([[1, 2, 2, 3], [4, 1, -1, -1], [2, 99, 99, 99], [-7, -7, -7, -7]])
    return {
        "labels": labels,
        "logits": 3 * rng.normal(size=(4, 9, 5)).astype(dtype),
        "label_length": np.array([4, 2, 1, 0]),
        "logit_length": np.array([9, 7, 1, 3]),
    }


def test_tensorflow_gives_the_same():
    given = batch()
    labels = np.where(given["labels"] > 4, 0, np.maximum(given["labels"], 0))
    logits = tf.Variable(given["logits"])
    with tf.GradientTape() as tape:
        value = tf.nn.ctc_loss(
            **given | {"labels": labels, "logits": logits}, logits_time_major=False, blank_index=0
        )
    np.testing.assert_allclose(losses.ctc_loss(**given), value, rtol=1e-5)
    slopes = tape.gradient(value, logits)
    np.testing.assert_allclose(gradients.ctc_loss(**given), slopes, rtol=1e-4, atol=1e-5)


def test_keras_takes_zeros_for_padding_and_all_frames():
    given = batch()
    frames = given | {"logit_length": np.full(4, 9)}
    padded = np.where(np.arange(4) < given["label_length"][:, np.newaxis], given["labels"], 0)
    value = keras.losses.ctc(padded, given["logits"])
    np.testing.assert_allclose(losses.ctc_loss(**frames), value, rtol=1e-5)
    # Padding with -1 counts as labels: the second sequence gets four of them.
    wrong = keras.losses.ctc(np.where(padded == 0, -1, padded), given["logits"])
    assert abs(float(wrong[1]) - float(value[1])) > 1


def test_pytorch_gives_the_same():
    torch = pytest.importorskip("torch", reason="not run: PyTorch is not installed")
    given = batch(np.float64)
    logits = torch.from_numpy(given["logits"]).requires_grad_()
    log_p = torch.log_softmax(logits, -1).transpose(0, 1)
    targets = torch.from_numpy(np.clip(given["labels"], 0, 4))
    lengths = [torch.from_numpy(given[f"{name}_length"]) for name in ("logit", "label")]
    value = torch.nn.functional.ctc_loss(log_p, targets, *lengths, reduction="none")
    np.testing.assert_allclose(losses.ctc_loss(**given), value.detach().numpy(), rtol=1e-10)
    value.sum().backward()
    np.testing.assert_allclose(gradients.ctc_loss(**given), logits.grad.numpy(), atol=1e-12)


def test_gradients_agree_with_central_differences():
    given = batch(np.float64)

    def total(logits):
        return losses.ctc_loss(**given | {"logits": logits}).sum()

    expected = checks.numerical_gradient(total, given["logits"])
    np.testing.assert_allclose(gradients.ctc_loss(**given), expected, rtol=1e-6, atol=1e-7)


def test_padding_is_not_looked_at():
    given = batch()
    changed = given | {"logits": given["logits"].copy()}
    for row, (n, t) in enumerate(zip(given["label_length"], given["logit_length"], strict=True)):
        changed["logits"][row, t:] += 100 * np.arange(5)
        assert not gradients.ctc_loss(**given)[row, t:].any()
        assert (given["labels"][row, n:] != 0).all()
    np.testing.assert_array_equal(losses.ctc_loss(**changed), losses.ctc_loss(**given))


def test_too_few_frames_have_no_path():
    """Two equal labels need a blank between them: three frames."""
    for labels, time, possible in [([1, 1], 2, False), ([1, 1], 3, True), ([1, 2], 1, False)]:
        given = arguments(labels, np.zeros((time, 3)))
        assert np.isfinite(losses.ctc_loss(**given)[0]) == possible
        assert gradients.ctc_loss(**given).any() == possible
    # Of the alignments of three frames, one in 27 gives 1, blank, 1.
    value = losses.ctc_loss(**arguments([1, 1], np.zeros((3, 3))))
    assert value == pytest.approx([math.log(27)], rel=1e-14)


def test_long_sequences_do_not_underflow():
    """Each frame gives the label 1 or the blank, in one block of 1: a sum over its two ends."""
    time = 2000
    value = losses.ctc_loss(**arguments([1], np.zeros((time, 2))))
    exact = time * mpmath.log(2) - mpmath.log(time * (time + 1) / mpf(2))
    assert value[0] == pytest.approx(float(exact), rel=1e-13)
    assert np.isfinite(gradients.ctc_loss(**arguments([1], np.zeros((time, 2))))).all()


def test_the_gradient_of_a_frame_sums_to_zero():
    np.testing.assert_allclose(gradients.ctc_loss(**batch(np.float64)).sum(-1), 0, atol=1e-13)


def test_an_empty_batch_has_no_losses():
    given = {name: array[:0] for name, array in batch().items()}
    assert losses.ctc_loss(**given).shape == (0,)
    assert gradients.ctc_loss(**given).shape == (0, 9, 5)


def test_the_precision_is_that_of_the_logits():
    for dtype in FLOATING:
        for function in (losses.ctc_loss, gradients.ctc_loss):
            assert function(**batch(dtype)).dtype == dtype


@MODULES
@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"label_length": [5, 2, 1, 0]}, ValueError, "label_length: expected lengths from 0 to 4,"),
        ({"label_length": [4, -1, 1, 0]}, ValueError, "label_length: expected lengths from 0 to 4"),
        ({"logit_length": [10, 7, 1, 3]}, ValueError, "logit_length: expected lengths from 1 to 9"),
        ({"logit_length": [9, 0, 1, 3]}, ValueError, "logit_length: .* got 0 at index 1"),
        ({"logit_length": [9, 7]}, ValueError, r"logit_length: expected shape \(4,\), got \(2,\)"),
        ({"logit_length": [9.0, 7, 1, 3]}, TypeError, "logit_length: expected integers, got float"),
        ({"labels": np.full((4, 4), 5)}, ValueError, r"labels: expected a class in \[0, 5\), got"),
        ({"labels": np.full((4, 4), -1)}, ValueError, r"labels: expected a class in \[0, 5\), got"),
        ({"labels": np.zeros((4, 4), int)}, ValueError, "labels: expected labels other than the b"),
        ({"labels": np.ones((4, 4))}, TypeError, "labels: expected integer class indices, got flo"),
        ({"labels": np.ones((3, 4), int)}, ValueError, r"labels: expected shape \(4, max_label_le"),
        ({"labels": np.ones(4, int)}, ValueError, r"labels: expected shape \(4, max_label_length"),
        ({"logits": np.zeros((4, 9))}, ValueError, r"logits: expected shape \[batch_size, max_tim"),
        ({"logits": np.full((4, 9, 5), np.nan)}, ValueError, "logits: expected finite numbers, go"),
        ({"blank_index": 5}, ValueError, r"blank_index: expected an integer in \[0, 5\), got 5"),
        ({"blank_index": -1}, ValueError, r"blank_index: expected an integer in \[0, 5\), got -1"),
    ],
)  # fmt: skip
def test_bad_input_is_named(module, changed, error, message):
    with pytest.raises(error, match=f"^{message}"):
        module.ctc_loss(**batch() | changed)


@MODULES
def test_a_message_about_logits_by_position_has_the_right_call(module):
    with pytest.raises(TypeError, match=r"keywords only.*ctc_loss\(labels=..., logits=..., label_"):
        module.ctc_loss([[1]], np.zeros((1, 2, 2)))
