"""Numbers with twice the precision of float64: the unevaluated sum of a high and a low part.

A `Pair` takes part in formulas like an array. It is used where terms cancel and what is left of
them must still have its digits. The algorithms are those of Knuth, Dekker and Kahan; they need no
fused multiply-add.
"""

import numpy as np

# The first 26 of the 53 bits: products of such numbers are exact.
_FIRST_HALF = np.int64(-(1 << 27))


class Pair:
    """An array of numbers, each high + low, that overflows and underflows as float64 does."""

    __array_ufunc__ = None  # array + pair is left to the pair

    def __init__(self, high, low=0.0):
        self.high, self.low = np.asarray(high, np.float64), np.asarray(low, np.float64)

    def __array__(self, dtype=None, copy=None):
        return self.high.astype(dtype or np.float64)

    def __getitem__(self, key):
        return Pair(self.high[key], np.broadcast_to(self.low, self.high.shape)[key])

    def __neg__(self):
        return Pair(-self.high, -self.low)

    def __abs__(self):
        return where(self.high < 0, -self, self)

    def __add__(self, other):
        other = as_pair(other)
        high, error = two_sum(self.high, other.high)
        return normalised(high, error + (self.low + other.low))

    def __sub__(self, other):
        return self + -as_pair(other)

    def __mul__(self, other):
        other = as_pair(other)
        high, error = two_product(self.high, other.high)
        return normalised(high, error + (self.high * other.low + self.low * other.high))

    def __truediv__(self, other):
        other = as_pair(other)
        quotient = self.high / other.high
        high, error = two_product(quotient, other.high)
        left = (self.high - high) - error + self.low - quotient * other.low
        return normalised(quotient, left / other.high)

    def __rsub__(self, other):
        return as_pair(other) - self

    def __rtruediv__(self, other):
        return as_pair(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def ldexp(self, exponents):
        """Return the pair times 2 ** exponents."""
        return Pair(np.ldexp(self.high, exponents), np.ldexp(self.low, exponents))

    def take_along(self, indices):
        """Return the entries at the indices of the last axis, as `np.take_along_axis`."""
        low = np.broadcast_to(self.low, self.high.shape)
        return Pair(*(np.take_along_axis(part, indices, axis=-1) for part in (self.high, low)))

    def sum(self):
        """Return the sum over the last axis, halving it; every rounding error is kept."""
        high, low = self.high, np.broadcast_to(self.low, self.high.shape).sum(axis=-1)
        while high.shape[-1] > 1:
            half = high.shape[-1] // 2
            sums, errors = two_sum(high[..., :half], high[..., half : 2 * half])
            high = np.concatenate([sums, high[..., 2 * half :]], axis=-1)
            low = low + errors.sum(axis=-1)
        return normalised(high[..., 0], low) if high.shape[-1] else Pair(low)


def as_pair(number):
    """Return a number or array as a pair."""
    return number if isinstance(number, Pair) else Pair(number)


def where(condition, x, y):
    """Return x where the condition holds and y elsewhere; either may be a pair."""
    if not isinstance(x, Pair) and not isinstance(y, Pair):
        return np.where(condition, x, y)
    x, y = as_pair(x), as_pair(y)
    return Pair(np.where(condition, x.high, y.high), np.where(condition, x.low, y.low))


def normalised(high, low):
    """Return a pair whose low part is less than a unit of the high part (Dekker)."""
    low = _finite_or_zero(low)
    total = high + low
    return Pair(total, _finite_or_zero(low - (total - high)))


def two_sum(a, b):
    """Return a + b and its exact rounding error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def two_product(a, b):
    """Return a * b and its rounding error, to 2**-104 of the product (Dekker)."""
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def _halves(a):
    # Dropping bits, unlike the usual multiplication by 2**27 + 1, cannot overflow.
    high = (np.asarray(a, np.float64).view(np.int64) & _FIRST_HALF).view(np.float64)
    return high, a - high


def _finite_or_zero(low):
    # Infinity minus infinity: the sum itself is infinite, and there is nothing to correct.
    return np.where(np.isfinite(low), low, 0.0)
