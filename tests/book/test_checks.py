"""Comparing TensorFlow with NumPy and with published numbers; numerical gradients."""

import math

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf

from lossutils.book import checks

F32 = np.float32


def printed(capsys, *arguments, **options):
    """Return the lines that compare prints."""
    checks.compare(*arguments, **options)
    return capsys.readouterr().out.splitlines()


def test_a_number(capsys):
    lines = printed(
        capsys,
        "mean loss",
        tensorflow=tf.constant(1.22281789),
        numpy=F32(1.2228178),
        published="1.2228",
    )
    assert lines == [
        "           published  TensorFlow   NumPy",
        "mean loss     1.2228      1.2228  1.2228",
    ]


def test_a_vector(capsys):
    lines = printed(
        capsys,
        "cross-entropy",
        tensorflow=tf.constant([0.02215516, 3.0996735]),
        numpy=F32([0.02215516, 3.0996737]),
        published=["0.02215516", "3.09967351"],
    )
    assert lines == [
        "cross-entropy   published  TensorFlow     NumPy",
        "[0]            0.02215516    0.022155  0.022155",
        "[1]            3.09967351      3.0997    3.0997",
    ]


def test_a_matrix_without_published_numbers(capsys):
    matrix = [[0.5, -2.0], [1e-9, 3e9]]
    assert printed(capsys, "x", tensorflow=tf.constant(matrix), numpy=F32(matrix), digits=2) == [
        "x       TensorFlow  NumPy",
        "[0, 0]         0.5    0.5",
        "[0, 1]          -2     -2",
        "[1, 0]       1e-09  1e-09",
        "[1, 1]       3e+09  3e+09",
    ]


@pytest.mark.parametrize(("count", "lines"), [(12, 13), (13, 9), (400, 9)])
def test_long_arrays_are_shortened(capsys, count, lines):
    values = np.arange(float(count))
    table = printed(
        capsys, "x", tensorflow=values, numpy=values, published=[str(v) for v in values]
    )
    assert len(table) == lines
    if count > 12:
        ends = [f"[{count - k}]" for k in (3, 2, 1)]
        labels = ["x", "[0]", "[1]", "[2]", "...", *ends, f"{count}"]
        assert [line.split()[0] for line in table] == labels


def test_an_empty_array(capsys):
    assert printed(capsys, "x", tensorflow=np.zeros(0), numpy=np.zeros(0)) == [
        "x  TensorFlow  NumPy"
    ]


def test_rounding_noise_does_not_change_what_is_printed(capsys):
    exact = F32([0.0, 0.022155162, 3.0996737, -0.4, 1.0])
    expected = printed(capsys, "x", tensorflow=exact, numpy=exact)
    for direction in (F32(-9), F32(9)):
        noisy = np.nextafter(exact, direction)
        noisy[0] = 3e-8 * direction  # what 1 - 1 may leave in float32
        assert printed(capsys, "x", tensorflow=noisy, numpy=exact) == expected
        assert printed(capsys, "x", tensorflow=-noisy, numpy=-exact)[1].split() == ["[0]", "0", "0"]


def test_a_small_number_is_printed_if_both_agree(capsys):
    values = F32([1000.0, 2.0611537e-09])
    line = printed(capsys, "x", tensorflow=values, numpy=values)[2]
    assert line.split() == ["[1]", "2.0612e-09", "2.0612e-09"]


def disagrees(*parts, **witnesses):
    """Check that compare raises, with all these parts in its message."""
    with pytest.raises(checks.Disagreement) as caught:
        checks.compare("loss", **witnesses)
    for part in ("loss", *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("dtype", "accepted", "rejected"),
    [  # TensorFlow's losses were off by up to 140 units of their dtype
        (np.float32, 140 * 2.0**-23, 1e-4),
        (np.float64, 140 * 2.0**-52, 1e-9),
        (np.float16, 2.0**-9, 2.0**-7),
    ],
)
def test_the_coarser_dtype_decides_how_much_tensorflow_and_numpy_may_differ(
    dtype, accepted, rejected
):
    numpy = np.float64([1.0, 0.5])
    tensorflow = (numpy * [1.0, 1.0 + accepted]).astype(dtype)
    checks.compare("loss", tensorflow=tensorflow, numpy=numpy)
    checks.compare("loss", tensorflow=numpy, numpy=tensorflow)
    tensorflow = (numpy * [1.0, 1.0 + rejected]).astype(dtype)
    disagrees("[1]", "TensorFlow 0.5", "NumPy 0.5", tensorflow=tensorflow, numpy=numpy)
    disagrees("[1]", tensorflow=numpy, numpy=tensorflow)


def test_bfloat16_is_compared_by_its_own_precision():
    ones = np.ones(2, ml_dtypes.bfloat16)
    checks.compare("loss", tensorflow=ones, numpy=[1.0, 1.02])
    disagrees("[1]", tensorflow=ones, numpy=[1.0, 1.1])


def test_a_number_near_zero_is_compared_with_the_largest_of_its_array(capsys):
    checks.compare("loss", tensorflow=F32([1.0, 5e-8]), numpy=F32([1.0, 0.0]))
    disagrees("[1]", tensorflow=F32([1.0, 5e-7]), numpy=F32([1.0, 0.0]))
    disagrees("[0]", tensorflow=F32([5e-8]), numpy=F32([0.0]))
    disagrees("[1]", tensorflow=np.float64([1.0, 5e-8]), numpy=np.float64([1.0, 0.0]))


@pytest.mark.parametrize(
    ("published", "value", "same"),
    [
        ("1.2228", 1.2228179, True),
        ("1.2228", 1.22290, True),
        ("1.2228", 1.22291, False),
        ("3.12183", 3.121835, True),
        ("3.12183", 3.121845, False),
        ("1.00000000e+00", 1.0, True),
        ("1.00000000e+00", 1.0 + 1.1e-8, False),
        ("-4.5e-03", -0.0046, True),
        ("-4.5e-03", -0.0047, False),
        ("4.5e-03", -0.0045, False),
        ("2.", 2.0, True),
        ("4", 4.0, True),
        ("4", 5.5, False),
        ("nan", math.nan, True),
        ("nan", 1.0, False),
        ("1.0", math.nan, False),
        ("inf", math.inf, True),
        ("-inf", math.inf, False),
        ("inf", 1e308, False),
    ],
)
def test_a_published_number_may_be_off_by_one_unit_of_its_last_digit(published, value, same):
    witnesses = {"tensorflow": np.float64(value), "numpy": np.float64(value)}
    if same:
        checks.compare("loss", published=published, **witnesses)
    else:
        disagrees(
            f"published {published}", "TensorFlow", "last digit", published=published, **witnesses
        )


def test_published_digits_beyond_float32_may_be_off_by_its_spacing():
    # Document 001 prints 3.09967351; near 3 the spacing of float32 is 24 units of that digit.
    value = F32(3.0996737)
    checks.compare("loss", published="3.09967351", tensorflow=value, numpy=value)
    disagrees(published="3.09967851", tensorflow=value, numpy=value)
    exact = np.float64(3.0996737)
    disagrees(published="3.09967351", tensorflow=exact, numpy=exact)


def test_numpy_is_compared_with_the_published_number_too():
    numpy = np.float64([[1.0, 2.0 + 1.5e-12]])
    tensorflow = np.float64([[1.0, 2.0]])
    disagrees(
        "[0, 1]", "NumPy", published=[["1.0", "2.000000000000"]], tensorflow=tensorflow, numpy=numpy
    )


def test_infinity_and_nan_agree_only_with_themselves():
    for value in (math.inf, -math.inf, math.nan):
        checks.compare("loss", tensorflow=F32([1.0, value]), numpy=F32([1.0, value]))
        disagrees("[1]", tensorflow=F32([1.0, value]), numpy=F32([1.0, 1.0]))
        disagrees("[1]", tensorflow=F32([1.0, 1.0]), numpy=F32([1.0, value]))
    disagrees(tensorflow=F32(math.inf), numpy=F32(-math.inf))


def test_different_shapes_disagree():
    disagrees("(2,)", "(2, 1)", tensorflow=np.ones(2), numpy=np.ones((2, 1)))
    disagrees("(1,)", "published", tensorflow=np.ones(2), numpy=np.ones(2), published=["1.0"])


def test_nothing_is_printed_when_the_witnesses_disagree(capsys):
    disagrees(tensorflow=np.ones(2), numpy=np.zeros(2))
    assert capsys.readouterr().out == ""


# Numerical gradients


def test_numerical_gradient_of_a_number():
    gradient = checks.numerical_gradient(lambda x: np.sum(x**3), [1.0, -2.0, 0.0])
    np.testing.assert_allclose(gradient, [3.0, 12.0, 0.0], rtol=1e-9, atol=1e-9)
    assert checks.numerical_gradient(math.exp, 1.0) == pytest.approx(math.e, rel=1e-9)


def test_numerical_gradient_sums_pointwise_values():
    x = np.linspace(-2.0, 2.0, 6).reshape(2, 3)
    gradient = checks.numerical_gradient(np.sin, x)
    assert gradient.shape == x.shape
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, np.cos(x), rtol=1e-9)


def test_numerical_gradient_of_large_arguments_and_of_float32():
    gradient = checks.numerical_gradient(lambda x: x**2, F32([1e6, 3.0]))
    np.testing.assert_allclose(gradient, [2e6, 6.0], rtol=1e-9)


def test_numerical_gradient_does_not_change_its_argument():
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    checks.numerical_gradient(np.square, x)
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("bad", [None, [None, 1.0], "1", 1j, [[1.0], [1.0, 2.0]], object()])
def test_what_is_not_a_number_is_rejected(bad):
    # A gradient that does not exist is None; two of these do not agree on anything.
    for arguments in ({"tensorflow": bad, "numpy": bad}, {"tensorflow": bad, "numpy": 1.0}):
        with pytest.raises((TypeError, ValueError), match=r"^tensorflow: expected .* got"):
            checks.compare("loss", **arguments)
    with pytest.raises((TypeError, ValueError), match=r"^numpy: expected .* got"):
        checks.compare("loss", tensorflow=1.0, numpy=bad)
    with pytest.raises((TypeError, ValueError), match=r"^x: expected .* got"):
        checks.numerical_gradient(np.square, bad)


def test_masks_and_nan_are_rejected_where_they_would_be_lost():
    masked = np.ma.masked_array([1.0, 5.0], mask=[False, True])
    with pytest.raises(TypeError, match=r"^tensorflow: .* masked"):
        checks.compare("loss", tensorflow=masked, numpy=[1.0, 5.0])
    with pytest.raises(ValueError, match=r"^x: expected finite numbers, got nan at index 1"):
        checks.numerical_gradient(np.square, [1.0, np.nan])
