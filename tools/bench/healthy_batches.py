"""Batches for the benchmark of the diagnosis: what small networks return, with the right options.

Nothing here asks the diagnosis what it looks for: labels are drawn from a teacher network, and
logits come from a student that has learned a share of it.
"""

from typing import NamedTuple

import numpy as np

from lossutils.activations import sigmoid, softmax
from lossutils.losses import smooth_labels

# How much of the teacher the student has learned, and how large its logits are.
STAGES = {"start": (0.0, 0.3), "middle": (0.6, 0.8), "trained": (0.95, 1.0), "sure": (1.0, 8.0)}
DTYPES = ("float16", "float32", "float64")
SMALL, USUAL = (1, 7), (8, 512)  # rows of a batch
CLASSES = (2, 1000)


class Batch(NamedTuple):
    """One call of a loss."""

    y_true: np.ndarray
    y_pred: np.ndarray
    options: dict


def between(rng, limits):
    """Return a size, small ones as often as large ones."""
    low, high = limits
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def network(rng, n, k, stage=None):
    """Return logits, the class of each row and the teacher's scores.

    The sure student is right; the others learn from classes that the teacher draws.
    """
    learned, size = STAGES[stage or rng.choice(list(STAGES))]
    x = rng.normal(size=(n, 6))
    teacher, stranger = _scores(rng, x, k), _scores(rng, x, k)
    logits = size * (learned * teacher + (1 - learned) * stranger)
    logits += 0.1 * rng.normal(size=k)
    if size > 1:
        return logits, logits.argmax(axis=1), logits
    return logits, np.argmax(teacher + rng.gumbel(size=(n, k)), axis=1), teacher


def _scores(rng, x, k):
    hidden = np.tanh(x @ rng.normal(size=(6, 16)) / 2)
    return hidden @ rng.normal(size=(16, k))


def cast(rng, array, names=DTYPES):
    """Return the array in one of the precisions."""
    return array.astype(rng.choice(names))


def some_rows(rng, rows):
    """Return the number of rows: of a usual batch, if nothing else is asked."""
    return between(rng, rows or USUAL)


def classes_batch(rng, rows, *, labels, k=None, stage=None, from_logits=None):
    """Return a batch of a classifier; labels are "sparse", "one-hot", "smoothed" or "soft"."""
    n, k = some_rows(rng, rows), k or between(rng, CLASSES)
    if labels in ("soft", "smoothed"):  # such labels keep a network from being sure
        stage = stage or rng.choice(["start", "middle", "trained"])
    logits, classes, teacher = network(rng, n, k, stage)
    from_logits = bool(rng.integers(2)) if from_logits is None else from_logits
    y_pred = cast(rng, logits if from_logits else softmax(logits))
    name = "categorical_crossentropy"
    if labels == "sparse":
        name = "sparse_categorical_crossentropy"
        truth = classes.astype(rng.choice(["int32", "int64", "uint8" if k < 256 else "int32"]))
    elif labels == "soft":
        truth = softmax(teacher)
    else:
        truth = np.eye(k)[classes]
        truth = smooth_labels(truth, 0.1) if labels == "smoothed" else truth
    focal = labels != "sparse" and rng.random() < 0.2
    loss = "categorical_focal_crossentropy" if focal else name
    return Batch(truth, y_pred, {"loss": loss, "from_logits": from_logits})


def binary_batch(rng, rows, *, k=1, stage=None, from_logits=None):
    """Return a batch of k answers, yes or no, for each row."""
    n = some_rows(rng, rows)
    logits = network(rng, n, k + 1, stage)[0][:, :k]
    learned = STAGES[stage or "middle"][0]
    asked = logits if learned == 1 else logits + rng.logistic(size=logits.shape)
    from_logits = bool(rng.integers(2)) if from_logits is None else from_logits
    y_pred = cast(rng, logits if from_logits else sigmoid(logits), DTYPES[1:])
    loss = "binary_focal_crossentropy" if rng.random() < 0.2 else "binary_crossentropy"
    options = {"loss": loss, "from_logits": from_logits}
    return Batch((asked > 0).astype("float32"), y_pred, options)


def quantities(rng, rows, loss="mean_squared_error", d=None):
    """Return a batch of a regression that has learned something."""
    n, d = some_rows(rng, rows), d or int(rng.choice([1, 1, 3, 20]))
    y_pred, _, truth = network(rng, n, d, rng.choice(["start", "middle", "trained"]))
    return Batch(truth.astype("float32"), cast(rng, y_pred), {"loss": loss})


# Healthy batches, by kind.


def _sparse(rng, rows):
    return classes_batch(rng, rows, labels="sparse")


def _one_hot(rng, rows):
    return classes_batch(rng, rows, labels="one-hot")


def _soft(rng, rows):
    return classes_batch(rng, rows, labels=rng.choice(["soft", "smoothed"]))


def _start(rng, rows):
    return classes_batch(rng, rows, labels=rng.choice(["sparse", "one-hot"]), stage="start")


def _sure(rng, rows):
    return classes_batch(rng, rows, labels=rng.choice(["sparse", "one-hot"]), stage="sure")


def _logits_in_unit(rng, rows):
    """Logits that happen to lie in [0, 1]."""
    n, k = some_rows(rng, rows), between(rng, CLASSES)
    y_pred, loss = cast(rng, rng.uniform(0, 1, size=(n, k))), "sparse_categorical_crossentropy"
    if rng.random() < 0.5:
        y_pred, loss, k = y_pred[:, :1], "binary_crossentropy", 2
    truth = rng.integers(k, size=n)
    truth = truth if loss.startswith("sparse") else truth[:, None]
    return Batch(truth, y_pred, {"loss": loss, "from_logits": True})


def _one_class(rng, rows):
    """Every label of the batch is the same."""
    if rng.random() < 0.5:
        batch = binary_batch(rng, rows, stage="sure")
        keep = batch.y_true[:, 0] == batch.y_true[0, 0]
    else:
        batch = classes_batch(rng, rows, labels="sparse", k=int(rng.integers(2, 20)))
        keep = batch.y_true == batch.y_true[0]
    return Batch(batch.y_true[keep], batch.y_pred[keep], batch.options)


def _padded(rng, rows):
    """Rows of padding: labels -1 or no label at all, outputs of anything, weight 0."""
    batch = classes_batch(rng, rows, labels=rng.choice(["sparse", "one-hot"]))
    weight = (rng.random(len(batch.y_pred)) < 0.7).astype("float32")
    weight[0] = 1
    truth = batch.y_true.astype("int64")
    truth[weight == 0] = -1 if truth.ndim == 1 else 0
    return Batch(truth, batch.y_pred, batch.options | {"sample_weight": weight})


def _weighted(rng, rows):
    batch = quantities(rng, rows, loss=str(rng.choice(["mae", "mse", "huber"])))
    weight = rng.gamma(2, size=len(batch.y_true)).astype("float32")
    return Batch(*batch[:2], batch.options | {"sample_weight": weight})


def _binary(rng, rows):
    batch = binary_batch(rng, rows)
    flat = rng.random() < 0.3
    return Batch(batch.y_true[:, 0], batch.y_pred[:, 0], batch.options) if flat else batch


def _binary_sure(rng, rows):
    return binary_batch(rng, rows, stage="sure")


def _multi_label(rng, rows):
    return binary_batch(rng, rows, k=between(rng, (2, 100)))


def _hinge(rng, rows):
    batch = binary_batch(rng, rows, from_logits=True)
    truth = batch.y_true if rng.random() < 0.5 else 2 * batch.y_true - 1
    return Batch(truth, batch.y_pred, {"loss": str(rng.choice(["hinge", "squared_hinge"]))})


def _categorical_hinge(rng, rows):
    batch = classes_batch(rng, rows, labels="one-hot", from_logits=True)
    return Batch(*batch[:2], {"loss": "categorical_hinge"})


def _regression(rng, rows):
    return quantities(rng, rows, str(rng.choice(["mse", "mae", "huber", "log_cosh"])))


def _regression_in_unit(rng, rows):
    batch = quantities(rng, rows, str(rng.choice(["mse", "mae"])))
    return Batch(sigmoid(batch.y_true), sigmoid(batch.y_pred), batch.options)


def _positive(rng, rows):
    batch = quantities(rng, rows, str(rng.choice(["mape", "msle"])))
    truth, y_pred = (np.exp(a / 4) for a in batch[:2])
    return Batch(truth, y_pred, batch.options)


def _counts(rng, rows):
    batch = quantities(rng, rows, "poisson")
    rates = np.exp(np.clip(batch.y_pred.astype(float), -3, 3))
    return Batch(rng.poisson(rates).astype("float32"), rates, batch.options)


def _directions(rng, rows):
    return quantities(rng, rows, "cosine_similarity", d=int(rng.integers(2, 64)))


def _distributions(rng, rows):
    batch = classes_batch(rng, rows, labels="soft", from_logits=False)
    return Batch(*batch[:2], {"loss": "kld"})


def _sentences(rng, rows):
    """Sequences: shape (n, length, classes)."""
    n, length, k = some_rows(rng, rows) // 4 + 1, int(rng.integers(2, 12)), between(rng, (2, 100))
    logits, classes, _ = network(rng, n * length, k)
    options = {"loss": "sparse_categorical_crossentropy", "from_logits": True}
    return Batch(classes.reshape(n, length), cast(rng, logits).reshape(n, length, k), options)


def _pixels(rng, rows):
    """Pictures: shape (n, height, width, 1), yes or no for each pixel."""
    n, side = some_rows(rng, rows) // 8 + 1, int(rng.integers(2, 9))
    batch = binary_batch(rng, (n * side**2, n * side**2))
    shape = (n, side, side, 1)
    return Batch(batch.y_true.reshape(shape), batch.y_pred.reshape(shape), batch.options)


def _rectified(rng, rows):
    """The last layer has a ReLU: many zeros."""
    batch = quantities(rng, rows, str(rng.choice(["mse", "mae"])))
    return Batch(np.maximum(batch.y_true, 0), np.maximum(batch.y_pred, 0), batch.options)


HEALTHY = {
    "class indices": _sparse,
    "one-hot labels": _one_hot,
    "soft or smoothed labels": _soft,
    "classes, start of training": _start,
    "classes, saturated and right": _sure,
    "logits that lie in [0, 1]": _logits_in_unit,
    "one class in the batch": _one_class,
    "padded rows of weight 0": _padded,
    "yes or no": _binary,
    "yes or no, saturated and right": _binary_sure,
    "several yes or no": _multi_label,
    "hinge": _hinge,
    "categorical hinge": _categorical_hinge,
    "regression": _regression,
    "regression of targets in 0..1": _regression_in_unit,
    "regression with weights": _weighted,
    "positive quantities": _positive,
    "counts": _counts,
    "directions": _directions,
    "distributions": _distributions,
    "sentences": _sentences,
    "pixels": _pixels,
    "rectified outputs": _rectified,
}
