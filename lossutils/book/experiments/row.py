"""What a row of the table holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

DIGITS = 40  # of mpmath: more than enough to round the result once


class Recipe(NamedTuple):
    """Three functions that compute a published number from the inputs of its row.

    They take the inputs as keywords. Those of TensorFlow and mpmath take the module as their first
    argument, so that it is imported only when it is needed; mpmath's inputs are lists of its
    numbers. NumPy's uses `lossutils`.
    """

    tensorflow: Callable
    numpy: Callable
    mpmath: Callable


class Number(NamedTuple):
    """What a document printed under one name.

    Attributes
    ----------
    name : str
        What the document calls it.
    text : str
        The digits as printed: spaces between the numbers of a row, semicolons between rows.
    recipe : Recipe
        How to compute it.
    """

    name: str
    text: str
    recipe: Recipe

    @property
    def published(self):
        """The printed digits as a string, a list of strings or a list of such lists."""
        rows = [row.split() for row in self.text.split(";")]
        if len(rows) > 1:
            return rows
        return rows[0] if len(rows[0]) > 1 else rows[0][0]


class Counts(NamedTuple):
    """How many numbers a row publishes, and how many of them TensorFlow and NumPy reproduce.

    `tensorflow` and `numpy` are pairs: to every digit, and within one unit of the last digit.
    """

    published: int
    tensorflow: tuple
    numpy: tuple


class Otherwise(NamedTuple):
    """A second way to call TensorFlow, and how many numbers it gives within one unit."""

    how: str
    one_unit: int
    tensorflow: Callable


@dataclass(frozen=True)
class Row:
    """Something that a document computes, prints or claims.

    Attributes
    ----------
    id : str
        The document and the row in it, such as "001-5".
    line : int
        Line in the copy of the document.
    kind : str
        Experiment, claim, snippet, formula or typo.
    chapter : str
        Name of the page that teaches it.
    title, verdict, finding : str
        What it is about, the result, and the reason in one sentence.
    mistake : str or None
        What is wrong in the document.
    inputs : dict
        Name -> read-only array, in the dtype the document used; empty if it gives no inputs. It
        cannot be changed either.
    numbers : tuple
        Each published `Number` and how to compute it; empty if nothing was printed.
    recorded : tuple or None
        How many of the numbers are reproduced, as `Counts`.
    reason : str or None
        Why TensorFlow does not reproduce all of them to every digit.
    otherwise : tuple or None
        What the call gives with its arguments the other way round, as `Otherwise`.
    """

    id: str
    line: int
    kind: str
    chapter: str
    title: str
    verdict: str
    finding: str
    mistake: str | None = None
    inputs: dict = field(default_factory=dict)
    numbers: tuple = ()
    recorded: tuple | None = None
    reason: str | None = None
    otherwise: tuple | None = None

    def __post_init__(self):
        object.__setattr__(self, "inputs", MappingProxyType(self.inputs))
        object.__setattr__(self, "numbers", tuple(self.numbers))

    @property
    def document(self):
        """Number of the document, such as "001"."""
        return self.id.partition("-")[0]

    @property
    def published(self):
        """Name -> what was printed under it, as strings; see `Number.published`."""
        return {number.name: number.published for number in self.numbers}

    def with_numpy(self):
        """Return what `lossutils` computes for each published name."""
        return {n.name: np.asarray(n.recipe.numpy(**self.inputs)) for n in self.numbers}

    def with_tensorflow(self):
        """Return what TensorFlow computes for each published name."""
        import tensorflow as tf

        return {n.name: np.asarray(n.recipe.tensorflow(tf, **self.inputs)) for n in self.numbers}

    def otherwise_with_tensorflow(self):
        """Return what TensorFlow computes with the arguments the other way round."""
        import tensorflow as tf

        return np.asarray(self.otherwise.tensorflow(tf, **self.inputs))

    def with_mpmath(self):
        """Return the exact value for each published name, in mpmath's numbers."""
        import mpmath as mp

        with mp.workdps(DIGITS):
            inputs = {name: _exactly(mp, array) for name, array in self.inputs.items()}
            return {n.name: n.recipe.mpmath(mp, **inputs) for n in self.numbers}


def recipes(*rows):
    """Return the recipes of rows by published name, for a document that prints the same again."""
    return {number.name: number.recipe for row in rows for number in row.numbers}


def _exactly(mp, array):
    return [_exactly(mp, item) for item in array] if array.ndim else mp.mpf(array.item())
