"""The arithmetic behind the losses, against mpmath at 60 digits."""

import mpmath
import numpy as np
import pytest

from lossutils import _numerics


def relative_errors(pairs, exact):
    """Return the error of each pair, relative to the exact number."""
    with mpmath.workdps(60):
        sums = [
            mpmath.mpf(h) + mpmath.mpf(low) for h, low in zip(pairs.high, pairs.low, strict=True)
        ]
        return [float(abs((a - b) / b)) for a, b in zip(sums, exact, strict=True)]


@pytest.mark.parametrize("distance", [0, 1, 2, 3, 8, 30, 300, 980])
@pytest.mark.parametrize("centre", [0, 1, -7, 40])
def test_the_logarithm_of_a_ratio_keeps_its_digits_whatever_the_exponents(centre, distance):
    rng = np.random.default_rng(0)
    x = np.ldexp(rng.uniform(0.5, 1, 20), centre + distance)
    y = np.ldexp(rng.uniform(0.5, 1, 20), centre - distance)
    with mpmath.workdps(60):
        exact = [mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) for a, b in zip(x, y, strict=True)]
    assert max(relative_errors(_numerics.log_ratio(x, y), exact)) < 2.0**-90


@pytest.mark.parametrize("gap", [2.0**-52, 2.0**-40, 2.0**-20, 0.01, 0.3])
def test_the_logarithm_of_a_ratio_keeps_its_digits_across_a_power_of_two(gap):
    """The exponents differ by one, and the logarithm can be as small as the gap."""
    powers = np.array([-900, -1, 0, 1, 2, 50])
    above, below = np.ldexp(1 + gap, powers), np.ldexp(1 - gap / 2, powers)
    with mpmath.workdps(60):
        ratio = mpmath.mpf(1 + gap) / mpmath.mpf(1 - gap / 2)
        exact, negative = [mpmath.log(ratio)] * 6, [-mpmath.log(ratio)] * 6
    assert max(relative_errors(_numerics.log_ratio(above, below), exact)) < 2.0**-90
    assert max(relative_errors(_numerics.log_ratio(below, above), negative)) < 2.0**-90
