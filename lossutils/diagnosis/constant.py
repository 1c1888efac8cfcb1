"""What the best constant prediction would cost: what a model must beat to have learned anything."""

import numpy as np

from lossutils import losses
from lossutils.diagnosis import names

_CLIP = 1e-7
_ELEMENTWISE = {
    "mean_squared_error": losses.squared_error,
    "mean_absolute_error": losses.absolute_error,
    "huber": losses.huber_loss,
    "log_cosh": losses.log_cosh,
    "poisson": losses.poisson_loss,
}


def mean_loss(rows):
    """Return the mean loss of the rows, weighted as Keras does it; None without a formula here."""
    try:
        return _mean(rows, rows.prediction, rows.from_logits)
    except (TypeError, ValueError):  # labels or predictions that the loss cannot take
        return None


def best_constant(rows):
    """Return the mean loss of the best of some constant predictions, or None.

    The mean is the best constant for the squared error, the cross-entropies and the Poisson loss,
    the median for the absolute error. For the others it is the best of 21 quantiles. Labels that
    do not vary say nothing about it.
    """
    if not np.ptp(rows.truth, axis=0).any():
        return None
    try:
        means = [_mean(rows, each, False) for each in _constants(rows)]
        return float(min(means, default=np.nan))
    except (TypeError, ValueError):
        return None


def never_negative(rows):
    """Tell whether the loss cannot be negative for these labels, whatever the predictions are."""
    if rows.weight.min() < 0:
        return False
    in_unit = rows.indices or (rows.truth.min() >= 0 and rows.truth.max() <= 1)
    return rows.loss in names.DISTANCES or bool(rows.loss in _OF_LOGITS and in_unit)


def _mean(rows, prediction, from_logits):
    """Return the sum of the weighted losses, divided by the number of losses."""
    losses_of_rows = _losses(rows, prediction, from_logits).reshape(len(rows), -1).mean(axis=1)
    return float(np.sum(rows.weight * losses_of_rows) / rows.total)


def _losses(rows, prediction, from_logits):
    if rows.loss in _ELEMENTWISE and not rows.indices:
        return _ELEMENTWISE[rows.loss](rows.truth, prediction)
    formula = (_OF_LOGITS if from_logits else _OF_PROBABILITIES).get(rows.loss)
    if formula is None:
        raise ValueError(f"{rows.loss} has no formula here")
    return formula(rows.truth, prediction)


def _clipped(prediction):
    """Return rows as the sparse loss of Keras takes them: clipped, then divided by their sums."""
    clipped = np.clip(prediction, _CLIP, 1)
    return clipped / clipped.sum(axis=1, keepdims=True)


def _divided(prediction):
    """Return rows as the categorical loss of Keras takes them: divided before they are clipped."""
    sums = prediction.sum(axis=1, keepdims=True)
    return _clipped(prediction / np.where(sums == 0, 1, sums))


_OF_LOGITS = {
    "binary_crossentropy": lambda y, z: losses.sigmoid_cross_entropy_with_logits(
        labels=y, logits=z
    ),
    "categorical_crossentropy": lambda y, z: losses.softmax_cross_entropy_with_logits(
        labels=y, logits=z
    ),
    "sparse_categorical_crossentropy": lambda y, z: losses.sparse_softmax_cross_entropy_with_logits(
        labels=y.astype(int), logits=z
    ),
}
_OF_PROBABILITIES = {
    "binary_crossentropy": lambda y, p: losses.binary_cross_entropy(
        y, np.clip(p, _CLIP, 1 - _CLIP)
    ),
    "categorical_crossentropy": lambda y, p: losses.categorical_cross_entropy(y, _divided(p)),
    "sparse_categorical_crossentropy": lambda y, p: losses.sparse_categorical_cross_entropy(
        y.astype(int), _clipped(p)
    ),
}


def _constants(rows):
    """Yield constant predictions in the shape of the batch."""
    y = rows.truth
    if rows.indices:
        counts = np.bincount(y.astype(int), rows.weight, rows.classes)[: rows.classes]
        yield np.broadcast_to(counts / rows.weight.sum(), rows.prediction.shape)
        return
    yield np.broadcast_to(np.average(y, axis=0, weights=rows.weight), y.shape)
    if rows.loss in names.DISTANCES:
        for share in np.linspace(0, 1, 21):
            yield np.broadcast_to(_quantile(y, rows.weight, share), y.shape)


def _quantile(y, weight, share):
    """Return the quantile of each column: the numbers below it have that share of the weight."""
    if np.ptp(weight) == 0:
        return np.quantile(y, share, axis=0)
    order = np.argsort(y, axis=0)
    below = np.cumsum(weight[order], axis=0) / weight.sum()
    first = np.minimum((below < share).sum(axis=0), len(y) - 1)
    return np.take_along_axis(y, np.take_along_axis(order, first[None], axis=0), axis=0)[0]
