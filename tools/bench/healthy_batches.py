"""Healthy batches for the benchmark of the diagnosis, by kind."""

import numpy as np

from lossutils.activations import sigmoid
from tools.bench.simulated import (
    CLASSES,
    DTYPES,
    Batch,
    between,
    binary_batch,
    cast,
    classes_batch,
    network,
    quantities,
    some_rows,
)


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


def sounds(rng, rows):
    """Return sequences of classes 1 and more, padded with 0, for the CTC loss."""
    n, length, k = some_rows(rng, rows), int(rng.integers(2, 7)), between(rng, (3, 40))
    y = rng.integers(1, k, (n, length))
    y[np.arange(length) >= rng.integers(1, length + 1, (n, 1))] = 0
    logits = network(rng, 2 * n * length, k)[0].reshape(n, 2 * length, k)
    return Batch(y, cast(rng, logits, DTYPES[1:]), {"loss": "ctc"})


def embeddings(rng, rows):
    """Return vectors of length 1 of a few classes, for the circle loss."""
    n, k, d = some_rows(rng, rows), int(rng.integers(2, 9)), int(rng.integers(2, 33))
    classes = rng.integers(k, size=n)
    vectors = rng.normal(size=(k, d))[classes] + rng.uniform(0.2, 2) * rng.normal(size=(n, d))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Batch(classes, cast(rng, vectors, DTYPES[1:]), {"loss": "circle"})


def pictures(rng, rows):
    """Return grey pictures and what a trained autoencoder makes of them."""
    n, side = max(8, some_rows(rng, rows)), int(rng.integers(4, 12))
    code = rng.normal(size=(n, 4))
    grey = sigmoid(code @ rng.normal(size=(4, side**2)))
    decoded = sigmoid(rng.uniform(0.5, 1) * (np.log(grey) - np.log(1 - grey)))
    decoded = np.clip(decoded + 0.05 * rng.normal(size=decoded.shape), 0.01, 0.99)
    loss = str(rng.choice(["mse", "mae", "binary_crossentropy"]))
    return Batch(grey, cast(rng, decoded), {"loss": loss, "trained": True})


def focal(rng, rows):
    """Return yes or no with a focal loss whose gamma is 1 or more."""
    batch = binary_batch(rng, rows, from_logits=False)
    options = {"loss": "binary_focal_crossentropy", "gamma": float(rng.uniform(1, 5))}
    return Batch(*batch[:2], options)


def _tags_at_the_start(rng, rows):
    """Several labels before training: each sigmoid says a half."""
    n, k = some_rows(rng, rows), int(rng.integers(2, 6))
    y = np.float32(rng.random((n, k)) < 0.6)
    return Batch(y, np.full((n, k), 0.5, "float32"), {"loss": "binary_crossentropy"})


def _shares(rng, rows):
    """Shares of a whole, learned by a regression that ends in a softmax."""
    batch = classes_batch(rng, rows, labels="soft", from_logits=False)
    return Batch(*batch[:2], {"loss": str(rng.choice(["mse", "mae"]))})


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
    "sequences of sounds": sounds,
    "embeddings": embeddings,
    "pictures, reconstructed": pictures,
    "focal loss": focal,
    "several labels, before training": _tags_at_the_start,
    "shares of a whole": _shares,
}
