"""The three witnesses of a number: published, TensorFlow, NumPy."""

from decimal import Decimal

import numpy as np

# TensorFlow's losses of ordinary inputs are off by up to 140 units in the last place (a softmax that cancels a little):
# 140 * 2**-23 = 1.7e-5 in float32. In float64 that would be 3e-14; Keras mixes in constants of fewer digits.
RTOL_FLOAT32 = 2e-5
RTOL_FLOAT64 = 1e-12

_SHOWN = 12  # Longer arrays show three lines at each end.


class Disagreement(ValueError):
    """Two witnesses give different numbers."""


def compare(name, *, tensorflow, numpy, published=None, digits=5):
    """Print what was published beside what TensorFlow and NumPy compute, and raise where they differ."""
    tensorflow, numpy = np.asarray(tensorflow), np.asarray(numpy)
    shapes = {"tensorflow": tensorflow.shape, "numpy": numpy.shape}
    if published is not None:
        published = np.asarray(published, dtype=str)
        shapes["published"] = published.shape
    if len(set(shapes.values())) > 1:
        raise Disagreement(
            f"{name}: expected one shape, got " + ", ".join(f"{k} {v}" for k, v in shapes.items())
        )
    rtol, epsilon = _tolerance(tensorflow.dtype, numpy.dtype)
    columns = {"TensorFlow": tensorflow.astype(np.float64), "NumPy": numpy.astype(np.float64)}
    _check_agreement(name, *columns.values(), rtol, epsilon)
    if published is not None:
        for witness, values in columns.items():
            _check_published(name, published, witness, values, epsilon)
    _print_table(name, published, columns, rtol, epsilon, digits)


def _tolerance(*dtypes):
    # Half precision has no constant of its own: 128 units in the last place, as float32 nearly.
    epsilons = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
    epsilon = max(epsilons.get(dtype.name, 2.0**-52) for dtype in dtypes)
    known = {2.0**-52: RTOL_FLOAT64, 2.0**-23: RTOL_FLOAT32}
    return known.get(epsilon, 128 * epsilon), epsilon


def _scale(values):
    finite = np.abs(values[np.isfinite(values)])
    return finite.max(initial=0.0)


def _check_agreement(name, tensorflow, numpy, rtol, epsilon):
    # The second term: a number near 0 beside large ones may be what their subtraction left.
    allowed = rtol * np.abs(numpy) + epsilon * _scale(numpy)
    with np.errstate(invalid="ignore"):
        same = (
            (tensorflow == numpy)
            | (np.isnan(tensorflow) & np.isnan(numpy))
            | (abs(tensorflow - numpy) <= allowed)
        )
    if not same.all():
        index = tuple(np.argwhere(~same)[0])
        raise Disagreement(
            f"{name}{_label(index)}: TensorFlow {tensorflow[index]:.9g}, NumPy {numpy[index]:.9g} "
            f"differ by more than {allowed[index]:.2g}"
        )


def _check_published(name, published, witness, values, epsilon):
    # Nine digits of a float32 number are more than it holds; kernels differ by a few of its units.
    spacing = Decimal(4 * epsilon * _scale(values))
    for index, text in np.ndenumerate(published):
        number, value = Decimal(str(text)), values[index]
        if not number.is_finite() or not np.isfinite(value):
            same = float(number) == value or (number.is_nan() and np.isnan(value))
        else:
            unit = Decimal(1).scaleb(number.as_tuple().exponent)
            same = abs(number - Decimal(float(value))) <= max(unit, spacing)
        if not same:
            raise Disagreement(
                f"{name}{_label(index)}: published {text}, {witness} {value:.9g} "
                f"differ by more than one unit of the last printed digit"
            )


def _print_table(name, published, columns, rtol, epsilon, digits):
    tensorflow, numpy = columns.values()
    with np.errstate(invalid="ignore"):
        close = abs(tensorflow - numpy) <= rtol * np.abs(numpy)
    table = {} if published is None else {"published": published}
    for title, values, noise in (("TensorFlow", tensorflow, epsilon), ("NumPy", numpy, 2.0**-52)):
        quiet = np.where(~close & (np.abs(values) <= noise * _scale(numpy)), 0.0, values)
        table[title] = np.array([f"{value + 0.0:.{digits}g}" for value in quiet.ravel()]).reshape(
            quiet.shape
        )
    indices = list(np.ndindex(numpy.shape))
    shown = indices if len(indices) <= _SHOWN else [*indices[:3], None, *indices[-3:]]
    lines = [(name, *table)]
    lines += [
        ("...", *[""] * len(table)) if i is None else (_label(i), *(c[i] for c in table.values()))
        for i in shown
    ]
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    for first, *rest in lines:
        print(
            "  ".join(
                [
                    first.ljust(widths[0]),
                    *(t.rjust(w) for t, w in zip(rest, widths[1:], strict=True)),
                ]
            ).rstrip()
        )
    if len(indices) > _SHOWN:
        print(f"{len(indices)} numbers agree")


def _label(index):
    return f"[{', '.join(str(int(i)) for i in index)}]" if index else ""


def numerical_gradient(f, x):
    """Return the derivative of sum(f(x)) with respect to each element of x, by central differences in float64."""
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.finfo(np.float64).eps ** (1 / 3) * max(1.0, abs(x[index]))
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        gradient[index] = (np.sum(f(above)) - np.sum(f(below))) / (above[index] - below[index])
    return gradient
