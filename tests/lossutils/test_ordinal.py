"""The ordinal cross-entropy: a sum of sigmoid cross-entropies, one per threshold."""

import mpmath
import numpy as np
import pytest
from digits import BOUNDS, DTYPES, check
from examples import FLOATING
from mpmath import mpf
from regimes import logit_rows

from lossutils import gradients, losses
from lossutils.book import checks
from tools.bench import exact_losses

loss, gradient = (m.ordinal_cross_entropy_with_logits for m in (losses, gradients))
FUNCTIONS = pytest.mark.parametrize("function", [loss, gradient])


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_gradients_keep_their_digits(dtype):
    rng = np.random.default_rng(52)
    for n, thresholds in [(2, 1), (3, 9), (1, 60)]:
        for labels, logits in logit_rows(rng, n, thresholds):
            with np.errstate(over="ignore"):
                logits = logits.astype(DTYPES[dtype])
            if not np.isfinite(logits.astype(float)).all():
                continue
            labels = labels + rng.integers(0, 2, n)
            values, slopes = (f(labels=labels, logits=logits) for f in (loss, gradient))
            for row, label in enumerate(labels):
                answers = [(mpf(int(k < label)), mpf(float(x))) for k, x in enumerate(logits[row])]
                exact = [exact_losses.sigmoid_cross_entropy_with_logits(*a) for a in answers]
                check(dtype, BOUNDS[dtype][0], values[row], mpmath.fsum(one for one, _ in exact))
                for computed, (_, slope) in zip(slopes[row], exact, strict=True):
                    check(dtype, BOUNDS[dtype][1], computed, slope)


def test_gradients_agree_with_central_differences():
    labels, logits = np.array([0, 2, 3]), np.random.default_rng(53).normal(size=(3, 3))
    numerical = checks.numerical_gradient(lambda x: loss(labels=labels, logits=x), logits)
    slopes = gradient(labels=labels, logits=logits)
    np.testing.assert_allclose(slopes, numerical, rtol=1e-7, atol=1e-8)


def test_shapes_and_precision():
    logits = np.zeros((2, 4, 3))
    assert loss(labels=np.zeros((2, 4), int), logits=logits).shape == (2, 4)
    assert gradient(labels=np.zeros((2, 4), int), logits=logits).shape == logits.shape
    for dtype in FLOATING:
        for function in (loss, gradient):
            assert function(labels=[3], logits=np.zeros((1, 3), dtype)).dtype == dtype


@FUNCTIONS
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 3], ValueError, r"labels: expected a class in \[0, 3\), got 3 at index 1"),
        ([-1, 0], ValueError, r"labels: expected a class in \[0, 3\), got -1 at index 0"),
        ([0.0, 1.0], TypeError, "labels: expected integer class indices, got float64"),
        ([[0, 1]], ValueError, r"labels and logits: expected one class index per row"),
    ],
)
def test_bad_labels_are_named(function, labels, error, message):
    with pytest.raises(error, match=f"^{message}"):
        function(labels=labels, logits=np.zeros((2, 2)))
