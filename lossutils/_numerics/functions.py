"""exp, log and log1p of arrays and of pairs, and their products with limits of 0.

Of pairs they are wrong by less than 2**-99 of the result. They look up powers of 2 ** (1 / 1024)
and expand the rest, which is below 2 ** -11, in a series.
"""

import decimal
import functools

import numpy as np

from lossutils._numerics.pairs import Pair, as_pair, two_sum, where

_STEPS = 1024
_SIXTH = Pair(1 / 6, 2.0**-55 / 3)  # 1 / 6 and what its rounding leaves


def exp(x):
    """Return exp(x)."""
    if not isinstance(x, Pair):
        return np.exp(x)
    step, *_ = _tables()
    high = np.clip(x.high, -800.0, 800.0)
    steps = np.rint(high * (_STEPS / np.log(2.0)))
    # The first two products are exact, so that the rest keeps its digits.
    rest = Pair(*two_sum(high - steps * step[0], -steps * step[1]))
    rest = rest + (np.where(high == x.high, x.low, 0.0) - steps * step[2])
    base = _power_of_step(steps)
    result = base + base * _exp_minus_1(rest)
    exponent = np.floor_divide(steps, _STEPS).astype(int)
    return Pair(np.ldexp(result.high, exponent), np.ldexp(result.low, exponent))


def log(x):
    """Return log(x) for x of at least 0."""
    if not isinstance(x, Pair):
        return np.log(x)
    exponent = np.frexp(x.high / 1.4)[1]  # the mantissa is between 0.7 and 1.4
    small = Pair(np.ldexp(x.high, -exponent), np.ldexp(x.low, -exponent)) - 1.0
    return where(x.high == 0, -np.inf, _log1p(small, exponent))


def log1p(x):
    """Return log(1 + x) for x of at least -1."""
    if not isinstance(x, Pair):
        return np.log1p(x)
    tiny, near = np.abs(x.high) < 2.0**-55, (x.high > -0.4) & (x.high < 0.7)
    rest = where(near, _log1p(where(near, x, 0.0), 0), log(1.0 + x))
    return where(tiny, x - x * x * 0.5, rest)


def log_ratio(x, y):
    """Return log(x / y) as a pair, for arrays above 0: no digit is lost where they are close."""
    (_, of_x), (y, of_y) = np.frexp(x), np.frexp(y)
    # Numbers within a factor of 2 share an exponent, so that their difference is exact.
    apart = np.where(np.abs(of_x - of_y) > 1, of_x - of_y, 0)
    x = np.ldexp(x, -of_y - apart)
    return _log1p((Pair(x) - y) / y, apart)


def power(x, exponent):
    """Return x ** exponent as a pair, for x of at least 0."""
    x = as_pair(x)
    return where(x.high == 0, 0.0**exponent, exp(exponent * log(x)))


def x_log_y(x, y):
    """Return x log y with 0 log 0 = 0."""
    return where(np.asarray(x) == 0, 0.0, x * log(y))


def x_log1p_y(x, y):
    """Return x log(1 + y) with 0 log 0 = 0."""
    return where(np.asarray(x) == 0, 0.0, x * log1p(y))


def _log1p(x, exponent):
    """Return log(1 + x) + exponent log 2 for -0.75 < x < 3."""
    step, *_ = _tables()
    steps = np.where(np.abs(x.high) < 1 / 32, 0.0, np.rint(np.log2(1.0 + x.high) * _STEPS))
    # (1 + x) times a power of the step is 1 + rest; near 0 the rest is x, to its last digit.
    rest = where(steps == 0, x, (1.0 + x) * _scaled_power(-steps) - 1.0)
    steps = steps + _STEPS * np.asarray(exponent, float)
    guess = np.log1p(rest.high)
    minus_1 = _exp_minus_1(Pair(-guess / 64))
    for _ in range(6):  # exp(2x) - 1 = (exp(x) - 1) (exp(x) + 1)
        minus_1 = minus_1 * (minus_1 + 2.0)
    # One Newton step: (1 + rest) exp(-guess) = 1 + correction.
    correction = rest + minus_1 + rest * minus_1
    small = Pair(guess) + correction
    return Pair(*two_sum(steps * step[0], steps * step[1])) + (small + steps * step[2])


def _exp_minus_1(x):
    """Return exp(x) - 1 for |x| < 2**-10: four terms of the series need both parts."""
    square, high = x * x, x.high
    tail = high**5 / 120 * (1 + high / 6 * (1 + high / 7 * (1 + high / 8)))
    # x + x**2 / 2 + x**3 / 6 + x**4 / 24 + the rest
    return x + square * 0.5 + (square * x * (_SIXTH + x * _SIXTH * 0.25) + tail)


def _power_of_step(steps):
    """Return 2 ** (steps / 1024 - floor(steps / 1024))."""
    _, powers, low = _tables()
    index = steps.astype(np.int64) % _STEPS
    return Pair(powers[index], low[index])


def _scaled_power(steps):
    power, exponent = _power_of_step(steps), np.floor_divide(steps, _STEPS).astype(int)
    return Pair(np.ldexp(power.high, exponent), np.ldexp(power.low, exponent))


@functools.cache
def _tables():
    """Return log(2) / 1024 in three parts, and the parts of 2 ** (j / 1024)."""
    with decimal.localcontext(prec=50):
        step = decimal.Decimal(2).ln() / _STEPS
        # 32 bits each: a count of steps below 2**21 times a part is exact.
        step_high = float(round(step * 2**42)) / 2.0**42
        step_middle = float(round((step - decimal.Decimal(step_high)) * 2**74)) / 2.0**74
        step_low = float(step - decimal.Decimal(step_high) - decimal.Decimal(step_middle))
        exact = [(step * j).exp() for j in range(_STEPS)]
        powers = [float(number) for number in exact]
        low = [float(n - decimal.Decimal(h)) for n, h in zip(exact, powers, strict=True)]
    return (step_high, step_middle, step_low), np.array(powers), np.array(low)
