"""Sampled softmax and NCE: against mpmath, TensorFlow, and the full sum.

The correction by the expected count is rounded like the logits, so that the bound that is met is
2**-46 of the largest logit in float64, and in float32 1 unit in the last place beside it.
"""

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from digits import check
from examples import FLOATING
from mpmath import mpf

from lossutils import gradients, losses
from lossutils.book import checks

MODULES = pytest.mark.parametrize("module", [losses, gradients])
NAMES = pytest.mark.parametrize("name", ["sampled_softmax_loss", "nce_loss"])
HITS = pytest.mark.parametrize("remove", [True, False])


def batch(dtype=np.float64, scale=1.0):
    """Return a batch of 5 examples and 8 classes; class 2 is sampled twice, and is a label."""
    rng = np.random.default_rng(90)
    return {
        "labels": np.array([2, 0, 7, 2, 5]),
        "logits": (scale * rng.normal(size=(5, 8))).astype(dtype),
        "sampled_classes": np.array([2, 3, 5, 2, 6]),
        "true_expected_count": rng.uniform(0.01, 2.0, 5),
        "sampled_expected_count": rng.uniform(0.01, 2.0, 5),
    }


def exact(name, row, given, remove):
    """Return the loss of one example in mpmath, and its derivatives."""
    label, logits = int(given["labels"][row]), given["logits"][row]
    drawn = zip(given["sampled_classes"], given["sampled_expected_count"], strict=True)
    chosen = [(label, given["true_expected_count"][row])]
    chosen += [(int(c), count) for c, count in drawn if not (remove and c == label)]
    x = [mpf(float(logits[c])) - mpmath.log(mpf(float(count))) for c, count in chosen]
    total = mpmath.fsum(mpmath.exp(one - x[0]) for one in x)
    if name == "nce_loss":
        value = mpmath.log1p(mpmath.exp(-x[0])) + mpmath.fsum(
            mpmath.log1p(mpmath.exp(one)) for one in x[1:]
        )
        p = [1 / (1 + mpmath.exp(-one)) for one in x]
    else:
        value, p = mpmath.log(total), [mpmath.exp(one - x[0]) / total for one in x]
    slopes = [mpf(0)] * len(logits)
    for position, (c, _) in enumerate(chosen):
        slopes[c] += p[position] - (position == 0)
    return value, slopes


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", [1.0, 50.0])
@HITS
@NAMES
def test_values_and_gradients_keep_their_digits(name, remove, scale, dtype):
    given = batch(dtype, scale)
    values = getattr(losses, name)(**given, remove_accidental_hits=remove)
    slopes = getattr(gradients, name)(**given, remove_accidental_hits=remove)
    terms = 2.0**-46 * float(np.abs(given["logits"]).max())
    for row in range(5):
        value, expected = exact(name, row, given, remove)
        check(dtype, 1, values[row], value, terms)
        for computed, slope in zip(slopes[row], expected, strict=True):
            check(dtype, 1, computed, slope, terms)


def in_tensorflow(
    name, labels, logits, sampled_classes, true_expected_count, sampled_expected_count, **options
):
    """Return the loss of TensorFlow, with weights that leave the inputs as they are."""
    return getattr(tf.nn, name)(
        weights=np.eye(8), biases=np.zeros(8), labels=labels[:, np.newaxis], inputs=logits,
        num_sampled=5, num_classes=8, **options, sampled_values=(
            sampled_classes, true_expected_count[:, np.newaxis], sampled_expected_count,
        ),
    )  # fmt: skip


@HITS
@NAMES
def test_tensorflow_gives_the_same(name, remove):
    given = batch() | {"sampled_classes": np.array([2, 3, 5, 0, 6])}
    logits = tf.Variable(given["logits"])
    with tf.GradientTape() as tape:
        value = in_tensorflow(name, **given | {"logits": logits}, remove_accidental_hits=remove)
    ours = getattr(losses, name)(**given, remove_accidental_hits=remove)
    np.testing.assert_allclose(ours, value, rtol=1e-11)
    slopes = getattr(gradients, name)(**given, remove_accidental_hits=remove)
    np.testing.assert_allclose(slopes, tape.gradient(value, logits), rtol=1e-10, atol=1e-14)


@NAMES
def test_tensorflow_removes_one_hit_of_a_class_that_was_sampled_twice(name):
    given = batch()
    theirs = in_tensorflow(name, **given, remove_accidental_hits=True)
    ours = getattr(losses, name)(**given, remove_accidental_hits=True)
    assert (theirs.numpy() > ours * 1.001).tolist() == [True, False, False, True, False]
    kept = getattr(losses, name)(**given, remove_accidental_hits=False)
    assert (theirs.numpy() < kept * 0.999).tolist() == [True, False, False, True, True]


@HITS
@NAMES
def test_gradients_agree_with_central_differences(name, remove):
    given = batch() | {"remove_accidental_hits": remove}

    def total(logits):
        return getattr(losses, name)(**given | {"logits": logits}).sum()

    expected = checks.numerical_gradient(total, given["logits"])
    slopes = getattr(gradients, name)(**given)
    np.testing.assert_allclose(slopes, expected, rtol=1e-6, atol=1e-8)


def test_a_sample_of_all_classes_is_the_full_sum():
    given = batch() | {
        "sampled_classes": np.arange(8),
        "true_expected_count": np.ones(5),
        "sampled_expected_count": np.ones(8),
    }
    plain = {"labels": given["labels"], "logits": given["logits"]}
    for module in (losses, gradients):
        full = module.sparse_softmax_cross_entropy_with_logits(**plain)
        np.testing.assert_allclose(module.sampled_softmax_loss(**given), full, rtol=1e-13)


def test_hits_are_removed_as_tensorflow_does_by_default():
    given = batch()
    for name, default in [("sampled_softmax_loss", True), ("nce_loss", False)]:
        function = getattr(losses, name)
        expected = function(**given, remove_accidental_hits=default)
        np.testing.assert_array_equal(function(**given), expected)
        assert (function(**given, remove_accidental_hits=not default) != expected)[0]


@NAMES
def test_the_precision_is_that_of_the_logits(name):
    for dtype in FLOATING:
        for module in (losses, gradients):
            assert getattr(module, name)(**batch(dtype)).dtype == dtype


@MODULES
@NAMES
@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"labels": [2, 0, 8, 2, 5]}, ValueError, r"labels: expected a class in \[0, 8\), got 8 a"),
        ({"labels": np.ones((5, 1), int)}, ValueError, "labels and logits: expected one class ind"),
        ({"logits": np.zeros((5, 1, 8)), "labels": np.zeros((5, 1), int)}, ValueError,
         r"logits: expected shape \[batch_size, num_classes\], got \(5, 1, 8\)"),
        ({"sampled_classes": [-1] * 5}, ValueError, r"sampled_classes: expected a class in \[0, 8"),
        ({"sampled_classes": [1.0] * 5}, TypeError, "sampled_classes: expected integer class indi"),
        ({"sampled_classes": [[1] * 5]}, ValueError, r"sampled_classes: expected shape \[num_samp"),
        ({"true_expected_count": [1.0]}, ValueError, r"true_expected_count: expected shape \(5,\)"),
        ({"sampled_expected_count": [0.0] * 5}, ValueError, "sampled_expected_count: expected cou"),
        ({"sampled_expected_count": [np.nan] * 5}, ValueError, "sampled_expected_count: expected"),
    ],
)  # fmt: skip
def test_bad_input_is_named(module, name, changed, error, message):
    with pytest.raises(error, match=f"^{message}"):
        getattr(module, name)(**batch() | changed)
