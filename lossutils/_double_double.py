"""Numbers of twice the precision: an unevaluated sum (high, low) of two float64.

Used where terms cancel, so that what is left of them still has the digits asked for.
Needs no fused multiply-add; the algorithms are Knuth's, Dekker's and Kahan's.
"""

import decimal
import functools

import numpy as np

_STEPS = 1024  # exp() looks up powers of 2 ** (1 / 1024)
_SIXTH = 1 / 6, 2.0**-55 / 3  # 1 / 6 and what its rounding leaves


def two_sum(a, b):
    """Return a + b and its exact rounding error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def two_product(a, b):
    """Return a * b and its exact rounding error (Dekker)."""
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _halves(a):
    # 2**27 + 1 cuts the 53 bits in two parts whose products are exact (Veltkamp).
    shifted = 134217729.0 * a
    high = shifted - (shifted - a)
    return high, a - high


def add(x, y):
    """Return x + y."""
    high, error = two_sum(x[0], y[0])
    return two_sum(high, error + (x[1] + y[1]))


def multiply(x, y):
    """Return x * y."""
    high, error = two_product(x[0], y[0])
    return two_sum(high, error + (x[0] * y[1] + x[1] * y[0]))


def negative(x):
    """Return -x."""
    return -x[0], -x[1]


def divide(x, y):
    """Return x / y."""
    quotient = x[0] / y[0]
    high, error = two_product(quotient, y[0])
    left = (x[0] - high) - error + x[1] - quotient * y[1]
    return two_sum(quotient, left / y[0])


def total(x):
    """Return the sum over the last axis, in halves, every rounding error kept."""
    high, low = x[0], np.sum(x[1], axis=-1) if np.ndim(x[1]) else x[1]
    while high.shape[-1] > 1:
        half = high.shape[-1] // 2
        sums, errors = two_sum(high[..., :half], high[..., half : 2 * half])
        high = np.concatenate([sums, high[..., 2 * half :]], axis=-1)
        low = low + errors.sum(axis=-1)
    return two_sum(high[..., 0], low)


def exp(x):
    """Return exp(x), wrong by less than 2**-100 of the result (while that is above 1e-290)."""
    step_high, step_middle, step_low, powers, powers_low = _tables()
    high = np.clip(x[0], -800.0, 800.0)
    steps = np.rint(high * (_STEPS / np.log(2.0)))
    # x = steps log(2) / 1024 + r; the first two products are exact, so r keeps its digits.
    r, low = two_sum(high - steps * step_high, -steps * step_middle)
    r = two_sum(r, low - steps * step_low + np.where(high == x[0], x[1], 0.0))
    index, exponent = steps.astype(np.int64) % _STEPS, steps.astype(np.int64) // _STEPS
    base = powers[index], powers_low[index]
    high, low = add(base, multiply(base, _exp_minus_1(r)))
    return np.ldexp(high, exponent), np.ldexp(low, exponent)


def _exp_minus_1(r):
    """Return exp(r) - 1 for |r| < 2**-11: of the series, three terms need both parts."""
    square = multiply(r, r)
    cube = multiply(multiply(square, r), _SIXTH)
    x = r[0]
    tail = x**4 / 24 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7 * (1 + x / 8))))
    return add(add(r, (square[0] / 2, square[1] / 2)), (cube[0], cube[1] + tail))


def log(x):
    """Return log(x) for positive x, wrong by less than 2**-100."""
    guess = np.log(x[0])
    # One Newton step: x exp(-guess) = 1 + t.
    high, low = multiply(x, exp((-guess, 0.0)))
    t = (high - 1.0) + low
    return two_sum(guess, t - t * t / 2)


def power(x, exponent):
    """Return x ** exponent as one float64; the low part of the base x >= 0 counts that often."""
    high = x[0] ** exponent
    return high + np.where(x[0] == 0, 0.0, high * exponent * (x[1] / x[0]))


@functools.cache
def _tables():
    """Return log(2) / 1024 in three parts and 2 ** (j / 1024) as pairs."""
    with decimal.localcontext(prec=50):
        step = decimal.Decimal(2).ln() / _STEPS
        # 32 bits each: a count of steps below 2**21 times a part is exact.
        step_high = float(round(step * 2**42)) / 2.0**42
        step_middle = float(round((step - decimal.Decimal(step_high)) * 2**74)) / 2.0**74
        step_low = float(step - decimal.Decimal(step_high) - decimal.Decimal(step_middle))
        exact = [(step * j).exp() for j in range(_STEPS)]
        powers = [float(number) for number in exact]
        low = [float(n - decimal.Decimal(h)) for n, h in zip(exact, powers, strict=True)]
    return step_high, step_middle, step_low, np.array(powers), np.array(low)
