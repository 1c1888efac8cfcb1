"""The published numbers: whether they are what exact arithmetic gives.

The documents themselves are not in the repository, so the published digits are checked against
what they must be: a float32 number next to the exact value, printed as the NumPy of that time
printed it. For the four curves, every float32 rounding is done here with fractions, and each of the
400 numbers must come out.
"""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from printed_numbers import CURVES, PRINTED, texts

from lossutils.book import experiments

# Against mpmath


def in_old_array(x):
    """Print an element of an array as NumPy before 1.14 did: 8 decimals, then no trailing zeros."""
    return f"{x:.8f}".rstrip("0")


def in_new_array(x):
    """Print an element as NumPy since 1.14 does: as few digits as needed, at most 8 decimals."""
    return np.format_float_positional(x, precision=8, unique=True, trim=".")


def six_digits(x):
    """Print a single float32 as NumPy before 1.14 did."""
    return f"{x:.6g}"


PRINTER = {
    "000-1": "{:.0f}".format,
    "002-6": six_digits,
    "002-7": "{:.5g}".format,  # one digit less than NumPy printed; the document shortened it
    "004-15": str,
    "004-16": six_digits,
}

# How far float32's own rounding may lead: a loss of 0.022 is a small difference of logits near 6.
UNITS = {"001-5": 3, "001-7": 12, "004-5": 3, "004-7": 12, "004-14": 3}

# lossutils rounds each result once, to half a unit. Where a softmax was rounded first, its error
# adds up to a unit; the logarithm of a probability near 1 (rel3) magnifies it 16 times or more.
NUMPY_UNITS = {"scaled2": 1, "loss2": 1, "rel3": 17}


def neighbours(x, count):
    """Return the float32 numbers up to `count` places from x."""
    numbers, low, high = [x], x, x
    for _ in range(count):
        low, high = np.nextafter(low, np.float32(-np.inf)), np.nextafter(high, np.float32(np.inf))
        numbers += [low, high]
    return numbers


@pytest.mark.parametrize(
    "experiment", [e for e in PRINTED if e.id not in CURVES], ids=lambda e: e.id
)
def test_a_published_number_is_a_float32_next_to_the_exact_value_as_numpy_printed_it(experiment):
    show = PRINTER.get(experiment.id, in_old_array)
    for name, exact in experiment.with_mpmath().items():
        published = np.ravel(experiment.published[name])
        for value, text in zip(np.ravel(exact), published, strict=True):
            near = neighbours(np.float32(value), UNITS.get(experiment.id, 2))
            assert text in {show(x) for x in near}, (experiment.id, name, text, float(value))


@pytest.mark.parametrize("experiment", PRINTED, ids=lambda e: e.id)
def test_numpy_agrees_with_mpmath_to_the_last_bits(experiment):
    exact = experiment.with_mpmath()
    for name, computed in experiment.with_numpy().items():
        values = np.array(exact[name], dtype=float)
        units = np.abs(computed - values) / np.spacing(np.abs(values).astype(np.float32))
        assert computed.dtype == np.float32
        assert units.max() <= NUMPY_UNITS.get(name, 0.5), (experiment.id, name)


# The four curves: float32 arithmetic done with fractions


def rounded(fraction):
    """Round a fraction to the nearest float32 number, ties to even."""
    if fraction == 0:
        return Fraction(0)
    exponent = fraction.numerator.bit_length() - fraction.denominator.bit_length()
    exponent -= abs(fraction) < Fraction(2) ** exponent
    unit = Fraction(2) ** (exponent - 23)
    return round(fraction / unit) * unit


def as_fractions(array):
    return [Fraction(float(x)) for x in array]


def grid(start, stop, num):
    step = rounded(Fraction(stop - start, num - 1))
    inner = [rounded(start + rounded(i * step)) for i in range(num - 1)]
    return [*inner, Fraction(stop)]


LINES = [("003-1", -1, 1), ("003-2", -1, 1), ("003-8", -3, 5), ("003-9", -3, 5)]


@pytest.mark.parametrize(("id", "start", "stop"), LINES)
def test_the_grid_is_start_plus_multiples_of_a_float32_step(id, start, stop):
    assert as_fractions(experiments.get(id).inputs["y_pred"]) == grid(start, stop, 100)


@pytest.mark.parametrize(("id", "different"), [("003-1", 56), ("003-8", 43)])
def test_the_grid_is_that_of_tensorflow_and_not_that_of_numpy(id, different):
    tf = pytest.importorskip("tensorflow")
    stored = experiments.get(id).inputs["y_pred"]
    start, stop = float(stored[0]), float(stored[-1])
    assert (stored == tf.linspace(start, stop, 100).numpy()).all()
    assert np.sum(stored != np.linspace(start, stop, 100).astype(np.float32)) == different


def test_the_l1_curve_is_the_absolute_value_of_the_grid():
    curve = [in_new_array(np.float32(abs(x))) for x in grid(-1, 1, 100)]
    assert experiments.get("003-1").published["loss_l1"] == curve


def test_the_l2_curve_is_the_rounded_square_of_the_grid():
    squares = [np.float32(rounded(x * x)) for x in grid(-1, 1, 100)]
    curve = [np.format_float_scientific(x, min_digits=8) for x in squares]
    assert experiments.get("003-2").published["loss_l2"] == curve


# log(1 + exp(-1)) as the documents' build had it in float32: two units above the nearest.
CONSTANT = Fraction(float(np.float32("0.31326172")))


def test_the_constant_is_within_two_units_of_the_exact_one():
    with mpmath.workdps(40):
        nearest = np.float32(mpmath.log1p(mpmath.exp(-1)))
    assert Fraction(float(nearest)) < CONSTANT <= Fraction(float(nearest)) + 2 * Fraction(1, 2**25)


def test_the_sigmoid_curve_is_a_line_in_the_label():
    curve = [rounded(rounded(1 - z) + CONSTANT) for z in grid(-3, 5, 100)]
    assert experiments.get("003-8").published["loss_sce"] == [
        in_new_array(np.float32(x)) for x in curve
    ]


def test_the_weighted_curve_is_a_line_in_the_label():
    half = Fraction(1, 2)
    terms = [(rounded(1 - z), rounded(rounded(1 - half * z) * CONSTANT)) for z in grid(-3, 5, 100)]
    curve = [in_new_array(np.float32(rounded(sum(pair)))) for pair in terms]
    assert experiments.get("003-9").published["loss_wce"] == curve


@pytest.mark.parametrize(("id", "negative"), [("003-8", 46), ("003-9", 48)])
def test_the_swapped_curves_print_negative_losses(id, negative):
    assert sum(text.startswith("-") for text in texts(experiments.get(id))) == negative
