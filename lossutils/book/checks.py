"""Compare the three witnesses of a number: published, TensorFlow, NumPy."""

import logging
import re
import textwrap
import warnings
from decimal import Decimal

import numpy as np

from lossutils._arguments import as_numbers
from lossutils._numerics import EPSILON, in_float64
from lossutils.book import _printed, experiments

# Over ordinary inputs the losses of TensorFlow, Keras and SciPy were off by up to 140 units of
# float32 (a softmax that cancels a little), and 140 * 2**-23 is 1.7e-5.
RTOL_FLOAT32 = 2e-5
# The same count in float64 is 3e-14; the rest is for what Keras computes with float32 constants.
RTOL_FLOAT64 = 1e-12


class Disagreement(ValueError):  # noqa: N818, it is a finding first and an error second
    """Two witnesses of one number differ by more than rounding explains."""


def compare(name, *, tensorflow, numpy, published=None, digits=5):
    """Print what was published beside what TensorFlow and NumPy compute; raise where they differ.

    Parameters
    ----------
    name : str
        What the numbers are, for the heading and for messages.
    tensorflow, numpy : array_like, of the same shape
        The values that the two compute.
    published : str or nested list of str, optional
        The numbers as printed, so that their last digit is known.
    digits : int, default 5
        How many significant digits to print. A value that is only rounding noise beside the
        largest of its array is printed as 0.

    Raises
    ------
    Disagreement
        Where TensorFlow and NumPy differ by more than the tolerance of the coarser dtype
        (relative, plus one unit in the last place of the largest number), or a published number
        differs from either by more than one unit of its last digit (and 4 units of the dtype, which
        may not hold that many digits).

    See Also
    --------
    ``tf.debugging.assert_near`` compares two tensors with one absolute and one relative tolerance.

    Examples
    --------
    >>> compare("loss", published=["0.0222", "3.0997"], tensorflow=[0.022155, 3.099673],
    ...         numpy=[0.022155, 3.099673], digits=4)
    loss  published  TensorFlow    NumPy
    [0]      0.0222     0.02216  0.02216
    [1]      3.0997         3.1      3.1
    """
    print(_printed.table(name, _checked(name, tensorflow, numpy, published, digits)))


def row(id, values, *, name=None):
    """Compare what TensorFlow computed with a row of the documents and NumPy; print one line.

    Parameters
    ----------
    id : str
        The row, such as "001-5". Its published digits, its inputs and how NumPy computes it
        are in the table of `experiments`.
    values : array_like
        What TensorFlow computes.
    name : str, optional
        Which of the row's numbers these are; needed only if it prints several.

    Raises
    ------
    KeyError
        If there is no such row with inputs.
    ValueError
        If the row prints no numbers, or not this one.
    Disagreement
        As in `compare`.

    See Also
    --------
    compare : the same comparison as a table.

    Examples
    --------
    >>> row("001-5", np.float32([0.02215516, 3.0996735]))
    ✓ row 001-5: published 0.02215516 3.09967351, TensorFlow 0.022155 3.0997, NumPy the same
    """
    experiment, title = experiments.get(id), f"row {id}"
    name = _name_of(experiment, name)
    numpy, published = experiment.with_numpy()[name], experiment.published[name]
    print(f"✓ {title}: {_printed.line(_checked(title, values, numpy, published))}")


def same(values, numpy_values):
    """Compare what TensorFlow and NumPy computed; print one line.

    Parameters
    ----------
    values, numpy_values : array_like, of the same shape
        What TensorFlow and NumPy compute.

    Raises
    ------
    Disagreement
        As in `compare`.

    See Also
    --------
    compare : the same comparison as a table.

    Examples
    --------
    >>> same(np.float32([1.5, 2.0]), [1.5, 2.0])
    ✓ TensorFlow 1.5 2, NumPy the same
    """
    print(f"✓ {_printed.line(_checked('values', values, numpy_values))}")


def numerical_gradient(f, x):
    """Return the derivative of the sum of f(x), by central differences in float64.

    Parameters
    ----------
    f : callable
        Takes an array shaped like `x`. Its result is summed, so a pointwise loss gives one
        derivative per element.
    x : array_like
        The point at which to differentiate.

    Returns
    -------
    ndarray of float64
        Same shape as `x`. The error is about 1e-9 of the size of `f` where `f` is smooth.

    See Also
    --------
    ``tf.test.compute_gradient`` returns such a derivative together with the automatic one.

    Examples
    --------
    >>> numerical_gradient(np.square, [1.0, -2.0]).round(6)
    array([ 2., -4.])
    """
    x = in_float64(as_numbers("x", x))
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        # The cube root balances rounding error against the curvature that a difference ignores.
        step = np.finfo(np.float64).eps ** (1 / 3) * max(1.0, abs(x[index]))
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        rise = np.sum(np.asarray(f(above)) - np.asarray(f(below)))
        gradient[index] = rise / (above[index] - below[index])
    return gradient


def reaction(call):
    """Return how a program reacts to a mistake: it raises, it warns, or it goes on.

    Parameters
    ----------
    call : callable
        Called once, without arguments; its result is ignored.

    Returns
    -------
    str
        "raises ERROR: message", "warns: message" or "goes on". The message is cut after its first
        line or 90 characters, and names of graph nodes are removed. Warnings that TensorFlow and
        absl log count too.

    See Also
    --------
    ``warnings.catch_warnings`` records warnings; ``tf.get_logger`` is TensorFlow's logger.

    Examples
    --------
    >>> reaction(lambda: [1, 2][3])
    'raises IndexError: list index out of range'
    >>> reaction(lambda: np.log(1.0))
    'goes on'
    """
    logged = _Logged()
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl")]
    for logger in loggers:
        logger.addHandler(logged)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
    except Exception as error:
        return f"raises {type(error).__name__}: {_first_line(error)}"
    finally:
        for logger in loggers:
            logger.removeHandler(logged)
    messages = [*(warning.message for warning in caught), *logged.messages]
    return f"warns: {_first_line(messages[0])}" if messages else "goes on"


class _Logged(logging.Handler):
    """Collects the messages of logged warnings and errors."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def _first_line(message):
    text = re.sub(r"\{\{.*?\}\} ?", "", str(message)).strip()
    return textwrap.shorten(text.partition("\n")[0], 90, placeholder=" …")


def _name_of(experiment, name):
    """Return which of an experiment's numbers are meant."""
    names = list(experiment.published)
    if not names:
        expected = "expected a row with published numbers; checks.same compares without them"
        raise ValueError(f"row {experiment.id} prints no numbers: {expected}")
    if name is None and len(names) == 1:
        return names[0]
    if name not in names:
        expected = " or ".join(map(repr, names))
        raise ValueError(f"row {experiment.id}: expected name={expected}, got {name!r}")
    return name


def _checked(name, tensorflow, numpy, published=None, digits=5):
    """Return what to print of each witness; raise where they disagree."""
    tensorflow = as_numbers("tensorflow", tensorflow, finite=False)
    numpy = as_numbers("numpy", numpy, finite=False)
    epsilon = max(EPSILON.get(array.dtype.name, 2.0**-52) for array in (tensorflow, numpy))
    witnesses = {"TensorFlow": tensorflow.astype(float), "NumPy": numpy.astype(float)}
    columns = {} if published is None else {"published": np.array(published, str)}
    _check_shapes(name, columns | witnesses)
    close = _check_agreement(name, *witnesses.values(), epsilon)
    for title, values in witnesses.items() if "published" in columns else ():
        _check_published(name, columns["published"], title, values, epsilon)
    for title, noise in (("TensorFlow", epsilon), ("NumPy", 2.0**-52)):
        values = witnesses[title]
        is_noise = ~close & (np.abs(values) <= noise * _largest(witnesses["NumPy"]))
        columns[title] = _printed.texts(np.where(is_noise, 0.0, values), digits)
    return columns


def _check_shapes(name, columns):
    if len({column.shape for column in columns.values()}) > 1:
        shapes = ", ".join(f"{title} {column.shape}" for title, column in columns.items())
        raise Disagreement(f"{name}: expected the same shape, got {shapes}")


def _largest(values):
    return np.abs(values[np.isfinite(values)]).max(initial=0.0)


def _check_agreement(name, tensorflow, numpy, epsilon):
    """Return where the two agree in relative terms; raise if they differ beyond the tolerance."""
    # Half precision has no constant of its own: 4 units in the last place.
    rtol = {2.0**-52: RTOL_FLOAT64, 2.0**-23: RTOL_FLOAT32}.get(epsilon, 4 * epsilon)
    same = (tensorflow == numpy) | (np.isnan(tensorflow) & np.isnan(numpy))
    with np.errstate(invalid="ignore"):
        distance = np.where(np.isfinite(numpy), np.abs(tensorflow - numpy), np.inf)
        close = same | ((distance <= rtol * np.abs(numpy)) & np.isfinite(distance))
    # A number near 0 among large ones may be the rounding error of their difference.
    agree = close | (distance <= epsilon * _largest(numpy))
    for index in np.argwhere(~agree)[:1]:
        values = f"TensorFlow {tensorflow[*index]:.9g}, NumPy {numpy[*index]:.9g}"
        place = f"{name}{_printed.label(index)}"
        raise Disagreement(f"{place}: {values} differ by more than {rtol:.1g} of it")
    return close


def _check_published(name, published, title, values, epsilon):
    # float32 does not hold nine digits, and kernels differ by a few units.
    spacing = Decimal(4.0 * epsilon * _largest(values))
    for index, text in np.ndenumerate(published):
        number, value = Decimal(str(text)), float(values[index])
        if number.is_finite() and np.isfinite(value):
            unit = Decimal(1).scaleb(number.as_tuple().exponent)
            same = abs(number - Decimal(value)) <= unit + spacing
        else:
            same = float(number) == value or (number.is_nan() and np.isnan(value))
        if not same:
            both = f"published {text}, {title} {value:.9g}"
            place = f"{name}{_printed.label(index)}"
            raise Disagreement(f"{place}: {both} differ by more than the last digit")
