"""Derivatives of the losses of a margin; at the kink they are 0."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import pair, rows, signed
from lossutils._calls import checked
from lossutils._numerics import rounded, silent
from lossutils.losses.margins import shortfall


@checked
@silent
def hinge_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, label_values: Sequence[int]
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.hinge_loss`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Binary labels and scores.
    label_values : {(-1, 1), (0, 1)}
        How `y_true` writes negative and positive.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels that are not among `label_values`.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.hinge`` divides this by the length of the last
    axis, and gives :math:`-y` at the kink.

    Notes
    -----
    :math:`-y` where :math:`y f < 1`, and 0 elsewhere, with :math:`y = \pm 1`.

    Examples
    --------
    >>> hinge_loss([-1, 1, 1], [-2.0, 0.25, 1.0], label_values=(-1, 1))
    array([ 0., -1.,  0.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    sign = signed(y_true, label_values)
    return rounded(np.where(sign * y_pred < 1.0, -sign, 0.0), dtype)


@checked
@silent
def squared_hinge_loss(
    y_true: ArrayLike, y_pred: ArrayLike, *, label_values: Sequence[int]
) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.squared_hinge_loss`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        Binary labels and scores.
    label_values : {(-1, 1), (0, 1)}
        How `y_true` writes negative and positive.

    Returns
    -------
    ndarray
        One derivative per element, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For labels that are not among `label_values`.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.squared_hinge`` divides this by the length of the
    last axis.

    Notes
    -----
    :math:`-2 y \max(0, 1 - y f)` with :math:`y = \pm 1`.

    Examples
    --------
    >>> squared_hinge_loss([0, 1, 1], [-2.0, 0.5, -1.0], label_values=(0, 1))
    array([ 0., -1., -4.])
    """
    y_true, y_pred, dtype = pair(y_true=y_true, y_pred=y_pred)
    sign = signed(y_true, label_values)
    return rounded(-2.0 * sign * np.maximum(0.0, 1.0 - sign * y_pred), dtype)


@checked
@silent
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.floating]:
    r"""Return the derivative of `losses.categorical_hinge`.

    Parameters
    ----------
    y_true, y_pred : array_like, of the same shape
        One-hot labels and scores, the classes along the last axis.

    Returns
    -------
    ndarray
        Shape of `y_pred`, in the promoted floating dtype of the inputs.

    Raises
    ------
    ValueError
        For rows of `y_true` that are not one-hot.

    See Also
    --------
    ``tf.GradientTape`` through ``tf.keras.losses.categorical_hinge`` is wrong where all other
    scores are negative.

    Notes
    -----
    Where the loss is positive: -1 for the right class, 1 for the best wrong one, shared equally
    when several are best.

    Examples
    --------
    >>> categorical_hinge([[1, 0, 0], [0, 1, 0]], [[-1.0, -2.0, -3.0], [2.0, 2.5, 2.0]])
    array([[ 0. ,  0. ,  0. ],
           [ 0.5, -1. ,  0.5]])
    """
    y_true, y_pred, dtype = rows(y_true=y_true, y_pred=y_pred)
    active = np.asarray(shortfall(y_true, y_pred) > 0)[..., np.newaxis]
    wrong = y_pred.max(axis=-1, keepdims=True, where=y_true == 0, initial=-np.inf)
    best = (y_true == 0) & (y_pred == wrong)
    share = best / np.maximum(best.sum(axis=-1, keepdims=True), 1)
    return rounded(np.where(active, share - y_true, 0.0), dtype)
