"""The Gaussian negative log-likelihood: definition, digits, gradients, bad input."""

import math

import numpy as np
import pytest
from digits import BOUNDS, DTYPES, TWICE_THE_PRECISION, check
from examples import FLOATING
from mpmath import mpf
from regimes import magnitudes, powers

from lossutils import gradients, losses
from lossutils.book import checks
from tools.bench import exact_regression

loss, gradient = losses.gaussian_negative_log_likelihood, gradients.gaussian_negative_log_likelihood
EXACT = exact_regression.gaussian_negative_log_likelihood
MODULES = pytest.mark.parametrize("function", [loss, gradient])


def regimes(rng, n):
    """Yield truth, mean and variance: of all sizes, and near the best variance and a root."""
    for low, high in [(-150, -8), (-3, 3), (8, 150)]:
        truth = magnitudes(rng, n, low, high)
        yield truth, truth + rng.normal(size=n), powers(rng, n, -150, 150)
        yield truth, np.zeros(n), truth * truth
        yield truth, np.zeros(n), truth * truth * (1 + 1e-12 * rng.normal(size=n))
        yield truth, truth, powers(rng, n, low, high)
    variance = rng.uniform(0.01, 0.99, n)
    yield np.zeros(n), np.sqrt(-variance * np.log(variance)), variance
    yield np.full(n, 1e300), np.full(n, -1e300), powers(rng, n, 290, 308)


def rounded_to(dtype, *arrays):
    """Return the arrays in a dtype, without the elements that it cannot hold."""
    with np.errstate(all="ignore"):
        arrays = [array.astype(DTYPES[dtype]) for array in arrays]
    fits = np.all([np.isfinite(array.astype(float)) for array in arrays], axis=0)
    fits &= arrays[-1].astype(float) > 0
    return [array[fits] for array in arrays]


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_gradients_keep_their_digits(dtype):
    for arrays in regimes(np.random.default_rng(50), 8):
        truth, mean, variance = rounded_to(dtype, *arrays)
        values, slopes = (f(truth, mean, variance=variance) for f in (loss, gradient))
        for row, numbers in enumerate(zip(truth, mean, variance, strict=True)):
            y, f, v = (mpf(float(number)) for number in numbers)
            exact, exact_slopes = EXACT(y, f, v)
            terms = TWICE_THE_PRECISION * (abs(exact_regression.log(v)) + (y - f) ** 2 / v)
            check(dtype, BOUNDS[dtype][0], values[row], exact, terms * (dtype == "float64"))
            check(dtype, BOUNDS[dtype][1], slopes[0][row], exact_slopes[0])
            terms = TWICE_THE_PRECISION * (1 + (y - f) ** 2 / v) / v
            left = terms * (dtype == "float64")
            check(dtype, BOUNDS[dtype][1], slopes[1][row], exact_slopes[1], left)


def test_gradients_agree_with_central_differences():
    rng = np.random.default_rng(51)
    truth, mean, variance = rng.normal(size=9), rng.normal(size=9), rng.uniform(0.5, 3.0, 9)
    of_mean, of_variance = gradient(truth, mean, variance=variance)
    numerical = checks.numerical_gradient(lambda m: loss(truth, m, variance=variance), mean)
    np.testing.assert_allclose(of_mean, numerical, rtol=1e-7, atol=1e-8)
    numerical = checks.numerical_gradient(lambda v: loss(truth, mean, variance=v), variance)
    np.testing.assert_allclose(of_variance, numerical, rtol=1e-7, atol=1e-8)


def test_it_is_lowest_where_the_variance_is_the_square_of_the_residual():
    best = loss([1.0], [3.0], variance=[4.0])
    assert best == pytest.approx([0.5 * (math.log(4.0) + 1.0)], rel=1e-15)
    assert (loss([1.0] * 2, [3.0] * 2, variance=[3.9, 4.1]) > best).all()
    assert gradient([1.0], [3.0], variance=[4.0])[1].tolist() == [0.0]


def test_the_precision_is_that_of_the_inputs():
    for dtype in FLOATING:
        arrays = [np.ones(2, dtype)] * 2
        assert loss(*arrays, variance=np.ones(2, dtype)).dtype == dtype
        slopes = gradient([1, 2], np.ones(2, dtype), variance=np.ones(2, dtype))
        assert [slope.dtype for slope in slopes] == [dtype, dtype]
    assert loss(np.ones(2, np.float32), [1, 1], variance=np.ones(2)).dtype == np.float64


@MODULES
@pytest.mark.parametrize(
    ("variance", "message"),
    [
        ([1.0, 0.0], "variance: expected variances greater than 0, got 0.0 at index 1"),
        ([-1.0, 1.0], "variance: expected variances greater than 0, got -1.0 at index 0"),
        ([[1.0], [1.0]], r"y_true and variance: expected the same shape, got \(2,\) and \(2, 1\)"),
        (1.0, r"y_true and variance: expected the same shape, got \(2,\) and \(\)"),
        ([1.0, math.nan], "variance: expected finite numbers, got nan at index 1"),
    ],
)
def test_a_bad_variance_is_named(function, variance, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        function([1.0, 2.0], [1.0, 2.0], variance=variance)
    with pytest.raises(TypeError, match="got no variance"):
        function([1.0], [1.0])
