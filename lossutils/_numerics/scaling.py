"""Products, quotients and powers that leave the range of float64 only where their result does."""

import math

import numpy as np


def ratio(x, y):
    """Return x / y with 0 / 0 = 0."""
    return np.where(x == 0, 0.0, x / y)


def product(*factors, over=1.0, exponents=0):
    """Return the product of the factors and 2 ** exponents, divided by `over`.

    0 times infinity and 0 / 0 are 0.
    """
    mantissas, powers = zip(*(np.frexp(np.asarray(f)) for f in (*factors, over)), strict=True)
    *mantissas, divisor = mantissas
    *powers, divided = powers
    value = np.ldexp(math.prod(mantissas) / divisor, sum(powers) - divided + exponents)
    return np.where(math.prod(mantissa != 0 for mantissa in mantissas), value, 0.0)


def scaled(values):
    """Return the values with the largest of the last axis near 1, and the exponents taken out."""
    finite = np.where(np.isfinite(values), np.abs(values), 0.0)
    largest = finite.max(axis=-1, keepdims=True, initial=0.0)
    exponents = np.frexp(largest)[1]
    return np.ldexp(values, -exponents), exponents


def enlarged(values):
    """Return rows of tiny values times 2 ** 64, and the exponents taken out.

    Products with them lose no digit to underflow that their sum would still show.
    """
    tiny = np.abs(values).max(axis=-1, keepdims=True, initial=0.0) < 2.0**-64
    exponents = np.where(tiny, -64, 0)
    return np.ldexp(values, -exponents), exponents[..., 0]


def headroom(x):
    """Return 2 ** 64 for tiny numbers, so that products with them can be kept exactly, else 1."""
    return np.where(np.abs(x) < 1e-200, 2.0**64, 1.0)


def scaled_together(x, y):
    """Return two arrays with the larger of each two numbers near 1, and the exponents taken out."""
    exponents = np.frexp(np.maximum(np.abs(x), np.abs(y)))[1]
    return np.ldexp(x, -exponents), np.ldexp(y, -exponents), exponents


def times_exp(x, y):
    """Return x exp(y), also where exp(y) alone underflows."""
    half = np.where(y < -700.0, np.exp(y / 2), 1.0)
    return x * half * np.where(y < -700.0, half, np.exp(y))
