"""The fast means: the same numbers as the slow way, right by formula, in little memory.

Expected values come from exact arithmetic (fractions, mpmath) or from `reduce_loss` of the
pointwise loss, which has tests of its own.
"""

import tracemalloc
from fractions import Fraction

import ml_dtypes
import mpmath
import numpy as np
import pytest

from lossutils import losses, means
from lossutils.reductions import reduce_loss

RNG = np.random.default_rng(7)
ELEMENTWISE = ["squared_error", "huber_loss"]
LOGITS = [
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
]
DTYPES = ["float16", "float32", "float64", ml_dtypes.bfloat16]


def batch(name, shape, dtype):
    """Return seeded arguments of a loss, as keywords."""
    logits = (3 * RNG.standard_normal(shape)).astype(dtype)
    if name in ELEMENTWISE:
        return {"y_true": RNG.standard_normal(shape).astype(dtype), "y_pred": logits}
    indices = RNG.integers(0, shape[-1], shape[:-1])
    if name.startswith("sparse"):
        return {"labels": indices, "logits": logits}
    soft = RNG.dirichlet(np.ones(shape[-1]), shape[:-1])
    return {"labels": soft.astype(dtype), "logits": logits}


def slowly(name, arguments):
    """Return the mean of the pointwise loss in float64, rounded once."""
    wide = {
        key: value.astype(np.float64) if value.dtype.kind != "i" else value
        for key, value in arguments.items()
    }
    return reduce_loss(getattr(losses, name)(**wide))


@pytest.mark.parametrize("name", means.__all__)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (32, 10), (70, 1000), (20_000, 3)])
def test_equals_the_slow_way(name, dtype, shape):
    """The mean is that of the pointwise losses, in the type of the inputs, within one unit."""
    arguments = batch(name, shape, dtype)
    found = getattr(means, name)(**arguments)
    assert found.dtype == np.dtype(dtype)
    expected = slowly(name, arguments)
    unit = float(ml_dtypes.finfo(dtype).eps) if dtype is ml_dtypes.bfloat16 else np.finfo(dtype).eps
    assert abs(float(found) - expected) <= (4 if dtype == "float64" else 1) * unit * abs(expected)


def test_squares_are_exact():
    """A thousand residuals of 1/8 have the mean square 1/64, exactly."""
    truth = RNG.integers(-100, 100, 100_000).astype(np.float32)
    assert means.squared_error(truth, truth + np.float32(0.125)) == Fraction(1, 64)


def test_huber_on_both_sides_of_delta():
    """Residuals 1, 2 and 6 with delta 2 cost 1/2, 2 and 10, by the definition."""
    mean = means.huber_loss(np.zeros(3), np.array([1.0, -2.0, 6.0]), delta=2.0)
    assert mean == pytest.approx((0.5 + 2 + 10) / 3, rel=1e-15)


@pytest.mark.parametrize("name", LOGITS)
@pytest.mark.parametrize("margin", [0.5, 20.0, 40.0, 700.0])
def test_confident_logits_keep_their_digits(name, margin):
    """Where frameworks give 0, the mean is log(1 + exp(-margin)) or log(1 + 2 exp(-margin))."""
    rows, others = 3000, 1 if name.startswith("sigmoid") else 2
    logits = np.zeros((rows, others + 1)) - (name != LOGITS[0]) * margin
    logits[:, 0] = 0.0 if name != LOGITS[0] else margin
    labels = np.zeros_like(logits)
    labels[:, 0] = 1.0
    if name == LOGITS[0]:
        logits, labels = logits[:, :1], labels[:, :1]
    if name.startswith("sparse"):
        labels = np.zeros(rows, dtype=int)
    with mpmath.workdps(60):
        expected = float(mpmath.log1p(others * mpmath.exp(-mpmath.mpf(margin))))
    found = getattr(means, name)(labels=labels, logits=logits)
    assert found == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", LOGITS[1:])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [-10_000.0, -500.0, 0.0, 500.0, 10_000.0])
@pytest.mark.parametrize("masked", [-30_000.0, -1e9])
def test_offsets_and_masked_classes_cost_no_digit(name, dtype, offset, masked):
    """What is added to all logits changes nothing, and a class far below has no part."""
    logits = np.array([[offset, offset - 20.0, masked]] * 4, dtype=dtype)
    labels = (
        np.zeros(4, dtype=int) if name.startswith("sparse") else np.eye(3, dtype=dtype)[[0] * 4]
    )
    with mpmath.workdps(60):
        expected = float(mpmath.log1p(mpmath.exp(-20)))
    found = getattr(means, name)(labels=labels, logits=logits)
    assert found == pytest.approx(expected, rel=1e-15 if dtype == "float64" else 6e-8)


@pytest.mark.parametrize("offset", [-743.0, 700.0, 800.0])
def test_one_row_far_away_costs_no_digit(offset):
    """Where the exponentials of one row alone leave the range of float64."""
    logits = np.array([[0, -1, -2], [offset, offset - 1, offset - 2]], np.float32)
    with mpmath.workdps(60):
        expected = float(mpmath.log1p(mpmath.exp(-1) + mpmath.exp(-2)))
    found = means.sparse_softmax_cross_entropy_with_logits(labels=np.array([0, 0]), logits=logits)
    assert found == pytest.approx(expected, rel=6e-8)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("change", [np.asfortranarray, lambda a: a[::2, ::3], lambda a: a[::-1]])
def test_any_layout(name, change):
    """The way the numbers lie in memory changes nothing."""
    truth, prediction = (change(a) for a in batch(name, (300, 301), "float32").values())
    expected = getattr(means, name)(truth.copy(), prediction.copy())
    assert getattr(means, name)(truth, prediction) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3, 4), (2, 0)])
@pytest.mark.parametrize("name", [*ELEMENTWISE, LOGITS[0]])
def test_any_shape(name, shape):
    """A single number is its own mean; more axes, or none of the numbers, change nothing."""
    names = ("y_true", "y_pred") if name in ELEMENTWISE else ("labels", "logits")
    arguments = {each: RNG.random(shape) for each in names}
    expected = reduce_loss(getattr(losses, name)(**arguments))
    assert getattr(means, name)(**arguments) == pytest.approx(expected, rel=1e-15)
    as_lists = {key: np.asarray(value).tolist() for key, value in arguments.items()}
    assert getattr(means, name)(**as_lists) == pytest.approx(expected, rel=1e-15)


def test_integer_labels_do_not_promote():
    """Labels 0 and 1 may be integers; the result has the type of the logits."""
    logits = RNG.standard_normal((50, 4)).astype(np.float32)
    labels = RNG.integers(0, 2, (50, 4))
    found = means.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    expected = means.sigmoid_cross_entropy_with_logits(
        labels=labels.astype(np.float32), logits=logits
    )
    assert found == expected
    assert found.dtype == np.float32


@pytest.mark.parametrize("name", means.__all__)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named(name, bad):
    """The error is that of the pointwise loss: it names the argument and the place."""
    arguments = batch(name, (4, 3), "float64")
    prediction = list(arguments)[1]
    arguments[prediction][2, 1] = bad
    with pytest.raises(ValueError, match=f"{prediction}: expected finite numbers, got .* at index"):
        getattr(means, name)(**arguments)


@pytest.mark.parametrize("name", means.__all__)
def test_wrong_shapes_are_refused(name):
    """What would broadcast raises, as in the pointwise loss."""
    arguments = batch(name, (4, 3), "float64")
    first = next(iter(arguments))
    arguments[first] = arguments[first][:1]
    with pytest.raises(ValueError, match="shape"):
        getattr(means, name)(**arguments)


@pytest.mark.parametrize("logits", [0.5, None, "a"])
def test_logits_without_an_axis_are_refused(logits):
    """The error is that of the pointwise loss."""
    said = []
    for module in (losses, means):
        with pytest.raises((TypeError, ValueError)) as raised:
            module.sparse_softmax_cross_entropy_with_logits(labels=1, logits=logits)
        said.append(str(raised.value))
    assert said[0] == said[1]


def test_labels_out_of_range_are_refused():
    """A class index that does not exist is named, in the fast way too."""
    with pytest.raises(ValueError, match=r"labels: expected .* in \[0, 3\), got 3 at index 1"):
        means.sparse_softmax_cross_entropy_with_logits(labels=[0, 3], logits=np.zeros((2, 3)))


@pytest.mark.parametrize("name", LOGITS)
def test_logits_by_position_are_refused(name):
    """Labels and logits cannot be swapped."""
    with pytest.raises(TypeError, match="expected keywords only"):
        getattr(means, name)([[0.0, 1.0]], [[1.0, 2.0]])


@pytest.mark.parametrize("name", means.__all__)
def test_an_empty_batch_is_zero(name):
    """Nothing to average gives 0, as in `reduce_loss`."""
    assert getattr(means, name)(**batch(name, (0, 3), "float32")) == 0


@pytest.mark.parametrize("name", means.__all__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_memory_does_not_grow_with_the_rows(name, dtype, rows):
    """At most 2 MiB besides the inputs, whatever the number of rows."""
    arguments = batch(name, (rows, 50), dtype)
    tracemalloc.start()
    getattr(means, name)(**arguments)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 2 * 2**20


@pytest.mark.parametrize("name", means.__all__)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("index", [(0, 0), (1, 2), (3, 1)])
def test_minus_infinity_never_passes(name, dtype, index):
    """Not as the logit of the right class, nor of another whose exponential is 0."""
    arguments = batch(name, (4, 3), dtype)
    prediction = list(arguments)[1]
    arguments[prediction][index] = -np.inf
    with pytest.raises(ValueError, match=f"{prediction}: expected finite numbers, got -inf"):
        getattr(means, name)(**arguments)


@pytest.mark.parametrize("name", means.__all__)
@pytest.mark.parametrize("position", [0, 1])
def test_masked_and_ragged_arrays_are_refused(name, position):
    """A mask is not dropped in silence; a ragged list is named."""
    arguments = batch(name, (4, 3), "float64")
    argument = list(arguments)[position]
    plain = arguments[argument]
    arguments[argument] = np.ma.masked_array(plain, mask=plain > plain.min())
    with pytest.raises(TypeError, match=f"^{argument}: expected an array, got a masked one"):
        getattr(means, name)(**arguments)
    arguments[argument] = [[1.0], [1.0, 2.0]]
    with pytest.raises(ValueError, match=f"^{argument}: expected a rectangular array"):
        getattr(means, name)(**arguments)


def test_logits_further_apart_than_the_largest_number():
    """The gap of 2e308 is no float64, but half of it counts: the fast way leaves it to the slow."""
    found = means.softmax_cross_entropy_with_logits(labels=[[1.0, 0.0]], logits=[[1e308, -1e308]])
    assert found == 0.0


@pytest.mark.parametrize("delta", [0.0, -1.0, np.nan, np.inf, "1", None, True, [1.0]])
def test_a_wrong_delta_is_refused(delta):
    """As in the pointwise loss."""
    with pytest.raises((TypeError, ValueError), match=r"^delta: expected"):
        means.huber_loss([1.0], [3.0], delta=delta)
