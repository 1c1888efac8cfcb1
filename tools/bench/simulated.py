"""What the simulated batches of the benchmark are made of: small networks, and sizes by chance.

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
