"""Losses of a margin: how far a score is on the right side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import pair, reject, rows, signed
from lossutils._calls import checked
from lossutils._numerics import rounded, silent, two_sum


@checked
@silent
def hinge_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, label_values: Sequence[int]
) -> NDArray[np.floating]:
    r"""Return how much a score lacks to a margin of 1.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Binary labels and scores.
    label_values : {(-1, 1), (0, 1)}
        How `y_true` writes negative and positive. There is no default: a guess from the data goes
        wrong when a batch holds one class only.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels that are not among `label_values`.

    See Also
    --------
    ``tf.keras.losses.hinge`` averages over the last axis and takes labels for -1 and 1 unless all
    labels of the batch are 0 or 1; ``tf.compat.v1.losses.hinge_loss`` takes 0 and 1 only.

    Notes
    -----
    :math:`\max(0, 1 - y f)` with :math:`y = \pm 1`; Cortes and Vapnik, 1995.

    Examples
    --------
    >>> hinge_loss([-1, 1, 1], [-2.0, 0.25, -1.0], label_values=(-1, 1))
    array([0.  , 0.75, 2.  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    return rounded(np.maximum(0.0, 1.0 - signed(y_true, label_values) * y_pred), dtype)


@checked
@silent
def squared_hinge_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, label_values: Sequence[int]
) -> NDArray[np.floating]:
    r"""Return the square of what a score lacks to a margin of 1.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Binary labels and scores.
    label_values : {(-1, 1), (0, 1)}
        How `y_true` writes negative and positive.

    Returns
    -------
    ndarray
        One loss per element, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels that are not among `label_values`.

    See Also
    --------
    ``tf.keras.losses.squared_hinge`` averages over the last axis and guesses the label values.

    Notes
    -----
    :math:`\max(0, 1 - y f)^2` with :math:`y = \pm 1`.

    Examples
    --------
    >>> squared_hinge_loss([0, 1, 1], [-2.0, 0.5, -1.0], label_values=(0, 1))
    array([0.  , 0.25, 4.  ])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    lacking = np.maximum(0.0, 1.0 - signed(y_true, label_values) * y_pred)
    return rounded(np.square(lacking), dtype)


@checked
@silent
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return how much the right class lacks to a lead of 1 over the best wrong one.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        One-hot labels and scores, the classes along the last axis.

    Returns
    -------
    ndarray
        One loss per example, in the promoted floating dtype of the inputs; 0 for a single class.

    Raises
    ------
    ValueError
        For rows of `y_true` that are not one-hot.

    See Also
    --------
    ``tf.keras.losses.categorical_hinge`` takes the maximum of :math:`(1 - y) f`, which holds a 0
    for the right class, and so is wrong where all other scores are negative.

    Notes
    -----
    :math:`\max(0, 1 + \max_{j \ne c} f_j - f_c)` for the class :math:`c`; Crammer and Singer, 2001.

    Examples
    --------
    >>> categorical_hinge([[1, 0, 0], [0, 1, 0]], [[-1.0, -2.0, -3.0], [2.0, 2.5, 0.0]])
    array([0. , 0.5])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    return rounded(np.maximum(0.0, shortfall(y_true, y_pred)), dtype)


def shortfall(y_true, y_pred):
    """Return 1 + best wrong score - right score, for one-hot labels."""
    reject("y_true", y_true, (y_true != 0) & (y_true != 1), "one-hot rows of 0 and 1")
    ones = np.asarray(y_true.sum(axis=-1))
    reject("y_true", ones, ones != 1, "one 1 in each row")
    right = y_pred.max(axis=-1, where=y_true == 1, initial=-np.inf)
    wrong = y_pred.max(axis=-1, where=y_true == 0, initial=-np.inf)
    # A lead of nearly 1 leaves only what rounding took from it.
    lead, error = two_sum(wrong, -right)
    return 1.0 + lead + np.where(np.isfinite(lead), error, 0.0)
