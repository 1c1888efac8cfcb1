"""Batches with a mistake, for the benchmark of the diagnosis: what the mistake makes of a batch.

Each function makes the mistake as a program would, on a batch from `tools.bench.simulated`.
"""

import numpy as np

from lossutils.activations import sigmoid, softmax
from tools.bench.broken_structures import STRUCTURES
from tools.bench.simulated import (
    Batch,
    between,
    binary_batch,
    cast,
    classes_batch,
    network,
    quantities,
    some_rows,
)


def _with(batch, **changes):
    options = {k: v for k, v in changes.items() if k not in ("y_true", "y_pred")}
    arrays = (changes.get("y_true", batch.y_true), changes.get("y_pred", batch.y_pred))
    return Batch(*arrays, batch.options | options)


def _labels(rng):
    return str(rng.choice(["sparse", "one-hot", "smoothed"]))


def _softmax_twice(rng, rows):
    batch = classes_batch(rng, rows, labels=_labels(rng), from_logits=False)
    return _with(batch, from_logits=True)


def _softmax_never(rng, rows):
    return _with(classes_batch(rng, rows, labels=_labels(rng), from_logits=True), from_logits=False)


def _sigmoid_never(rng, rows):
    k = int(rng.choice([1, 1, 5]))
    return _with(binary_batch(rng, rows, k=k, from_logits=True), from_logits=False)


def _softmax_on_one_unit(rng, rows):
    batch = binary_batch(rng, rows, from_logits=True)
    loss = str(rng.choice(["binary_crossentropy", "categorical_crossentropy"]))
    return _with(batch, y_pred=softmax(batch.y_pred), from_logits=False, loss=loss)


def _binary_for_many(rng, rows):
    n, k = some_rows(rng, rows), between(rng, (3, 200))
    logits, classes, _ = network(rng, n, k)
    options = {"loss": "binary_crossentropy", "from_logits": bool(rng.integers(2))}
    outputs = cast(rng, logits if options["from_logits"] else sigmoid(logits), ("float32",))
    kind = rng.integers(3)
    if kind == 0:  # one output for all classes
        return Batch(classes[:, None], outputs[:, :1], options)
    return Batch(np.eye(k)[classes] if kind == 1 else classes, outputs, options)


def _swapped_by_position(rng, rows):
    kind = rng.integers(3)
    if kind == 0:
        batch = binary_batch(rng, rows, from_logits=False)
    else:
        labels = ("one-hot", "sparse")[kind - 1]
        batch = classes_batch(rng, rows, labels=labels, from_logits=False)
    return _with(batch, y_true=batch.y_pred, y_pred=batch.y_true)


def _swapped_by_name(rng, rows):
    if rng.random() < 0.5:
        batch = binary_batch(rng, rows, from_logits=True)
    else:
        batch = classes_batch(rng, rows, labels="one-hot", from_logits=True)
    return _with(batch, y_true=batch.y_pred, y_pred=batch.y_true.astype("float32"))


def _sparse_or_one_hot(rng, rows):
    labels = str(rng.choice(["sparse", "one-hot"]))
    batch = classes_batch(rng, rows, labels=labels)
    if labels == "one-hot":
        return _with(batch, loss="sparse_categorical_crossentropy")
    truth = batch.y_true if rng.random() < 0.5 else batch.y_true[:, None]
    return _with(batch, y_true=truth, loss="categorical_crossentropy")


def _labels_out_of_range(rng, rows):
    """Counted from 1, and the last class occurs; or a class too many."""
    batch = classes_batch(rng, rows, labels="sparse")
    k, truth = batch.y_pred.shape[1], batch.y_true.astype("int64")
    truth = truth + 1 if rng.random() < 0.5 else truth
    truth[rng.integers(len(truth))] = k
    return _with(batch, y_true=truth)


def _label_convention(rng, rows):
    batch = binary_batch(rng, rows)
    if rng.random() < 0.5:
        return _with(batch, y_true=2 * batch.y_true - 1)
    truth = batch.y_true + 1 if rng.random() < 0.5 else 0.9 * batch.y_true + 0.05
    options = {"loss": str(rng.choice(["hinge", "squared_hinge"]))}
    return Batch(truth, batch.y_pred, options)


def _label_smoothing(rng, rows):
    """The share is not divided by the classes, or not given back."""
    batch = classes_batch(rng, rows, labels="one-hot")
    share = rng.choice([0.05, 0.1, 0.2])
    return _with(batch, y_true=(1 - share) * batch.y_true + share * rng.integers(2))


def _broadcast(rng, rows):
    """Make a flat array beside a column, for a formula written by hand."""
    n = max(2, some_rows(rng, rows))
    batch = _with(quantities(rng, (n, n), d=1), loss=None)
    if rng.random() < 0.5:
        return _with(batch, y_true=batch.y_true[:, 0])
    return _with(batch, y_pred=batch.y_pred[:, 0])


def _sample_weight(rng, rows):
    batch = quantities(rng, rows, str(rng.choice(["mse", "mae", "huber"])))
    n = len(batch.y_true)
    weight = rng.gamma(2, size=n)
    kind = rng.integers(4)
    weight[rng.integers(n)] *= -1 if kind == 0 else 1
    wrong = [weight, np.zeros(n), rng.gamma(2, size=n + 1), rng.gamma(2, size=(n, 2))]
    return _with(batch, sample_weight=wrong[kind])


def _mask_ignored(rng, rows):
    batch = classes_batch(rng, rows, labels=str(rng.choice(["sparse", "one-hot"])))
    padding = rng.random(len(batch.y_true)) < 0.4
    padding[0] = True
    truth = batch.y_true.astype("int64")
    if rng.random() < 0.3:
        mask = padding if truth.ndim == 1 else np.repeat(padding[:, None], truth.shape[1], axis=1)
        return _with(batch, y_true=np.ma.masked_array(truth, mask))
    truth[padding] = -1 if truth.ndim == 1 else 0
    return _with(batch, y_true=truth)


def _unknown_labels(rng, rows):
    batch = binary_batch(rng, rows, k=int(rng.integers(2, 20)))
    unknown = rng.random(batch.y_true.shape) < rng.uniform(0.05, 0.6)
    unknown[0, :2] = True, False
    return _with(batch, y_true=np.where(unknown, -1, batch.y_true))


def _wrong_and_sure(rng, rows, gap, dtype):
    """One row is sure of another class than the true one, by that much."""
    batch = classes_batch(rng, rows, labels=_labels(rng)[:7], stage="trained", from_logits=True)
    logits = batch.y_pred.astype("float64")
    classes = batch.y_true if batch.y_true.ndim == 1 else batch.y_true.argmax(axis=1)
    row = rng.integers(len(logits))
    others = np.delete(np.arange(logits.shape[1]), int(classes[row]))
    logits[row, rng.choice(others)] = logits[row].max() + gap
    return _with(batch, y_pred=softmax(logits).astype(dtype), from_logits=False)


def _log_of_zero(rng, rows):
    if rng.random() < 0.5:
        return _wrong_and_sure(rng, rows, rng.uniform(150, 1000), "float32")
    batch = binary_batch(rng, rows, from_logits=False)
    y_pred = batch.y_pred.copy()
    row = rng.integers(len(y_pred))
    y_pred[row] = 1 - batch.y_true[row]
    return _with(batch, y_pred=y_pred)


def _clipped(rng, rows):
    return _wrong_and_sure(rng, rows, rng.uniform(30, 60), str(rng.choice(["float32", "float64"])))


def _half_precision(rng, rows):
    kind = rng.integers(3)
    if kind == 0:
        return _wrong_and_sure(rng, rows, rng.uniform(30, 60), "float16")
    if kind == 1:
        batch = quantities(rng, rows)
        truth = 1000 * batch.y_true + 500
        return _with(batch, y_true=truth, y_pred=batch.y_pred.astype("float16"))
    batch = binary_batch(rng, rows, from_logits=True)
    sure = sigmoid(np.where(batch.y_true == 1, 12.0, -12.0) * rng.choice([1, -1], p=[0.8, 0.2]))
    return _with(batch, y_pred=sure.astype("float16"), from_logits=False)


def _overflow(rng, rows):
    if rng.random() < 0.3:
        batch = quantities(rng, rows)
        y_pred = batch.y_pred.astype("float32") + np.float32(3e19)
        return _with(batch, y_pred=y_pred)
    batch = (binary_batch, quantities)[rng.integers(2)](rng, rows)
    y_pred = batch.y_pred.copy()
    if rng.random() < 0.3:
        return _with(batch, y_pred=y_pred * np.nan)
    y_pred.flat[rng.integers(y_pred.size)] = rng.choice([np.inf, -np.inf])
    return _with(batch, y_pred=y_pred)


def _nan_in_data(rng, rows):
    n = max(4, some_rows(rng, rows))
    batch = (binary_batch, quantities)[rng.integers(2)](rng, (n, n))
    y_pred = batch.y_pred.copy()
    y_pred[rng.integers(len(y_pred))] = np.nan
    return _with(batch, y_pred=y_pred)


def _integer_types(rng, rows):
    batch = quantities(rng, rows)
    scale = rng.choice([1, 50])
    dtype = str(rng.choice(["int32", "int64", "int16"]))
    return _with(batch, y_pred=np.round(scale * batch.y_pred.astype(float)).astype(dtype))


def _no_gradient(rng, rows):
    if rng.random() < 0.5:
        batch = binary_batch(rng, rows, stage="middle", from_logits=False)
        return _with(batch, y_pred=np.round(batch.y_pred))
    k = int(rng.integers(2, 50))
    batch = classes_batch(rng, rows, labels="sparse", stage="middle", from_logits=False, k=k)
    return _with(batch, y_pred=np.eye(k, dtype="float32")[batch.y_pred.argmax(axis=1)])


def _negative_loss(rng, rows):
    batch = binary_batch(rng, rows)
    n = len(batch.y_true)
    grey, prices = rng.integers(256, size=(n, 1)), rng.lognormal(5, 1, size=(n, 1))
    return _with(batch, y_true=[batch.y_true + 1, grey, prices][rng.integers(3)])


def _cosine_sign(rng, rows):
    batch = quantities(rng, rows, "cosine_similarity", d=int(rng.integers(2, 64)))
    if rng.random() < 0.5:  # trained on the opposite sign
        y_pred = -batch.y_true + 0.1 * rng.normal(size=batch.y_true.shape)
        return _with(batch, y_pred=y_pred)
    truth = batch.y_true.copy()
    truth[rng.integers(len(truth))] = 0
    return _with(batch, y_true=truth)


def _kl_unnormalised(rng, rows):
    batch = classes_batch(rng, rows, labels="soft", from_logits=True)
    logits = batch.y_pred.astype("float64")
    wrong = [logits, 100 * softmax(logits), sigmoid(logits)][rng.integers(3)]
    return Batch(batch.y_true, wrong, {"loss": "kl_divergence"})


def _mape_at_zero(rng, rows):
    batch = quantities(rng, rows, "mean_absolute_percentage_error", d=1)
    truth = rng.poisson(2, size=batch.y_true.shape).astype("float32")
    truth[rng.integers(len(truth))] = 0
    return _with(batch, y_true=truth)


BROKEN = {
    "softmax-twice": _softmax_twice,
    "softmax-never": _softmax_never,
    "sigmoid-never": _sigmoid_never,
    "softmax-on-one-unit": _softmax_on_one_unit,
    "binary-for-many-classes": _binary_for_many,
    "swapped-by-position": _swapped_by_position,
    "swapped-by-name": _swapped_by_name,
    "sparse-or-one-hot": _sparse_or_one_hot,
    "labels-out-of-range": _labels_out_of_range,
    "label-convention": _label_convention,
    "label-smoothing": _label_smoothing,
    "broadcast": _broadcast,
    "sample-weight": _sample_weight,
    "mask-ignored": _mask_ignored,
    "unknown-labels": _unknown_labels,
    "log-of-zero": _log_of_zero,
    "overflow": _overflow,
    "nan-in-data": _nan_in_data,
    "clipped": _clipped,
    "no-gradient": _no_gradient,
    "half-precision": _half_precision,
    "integer-types": _integer_types,
    "negative-loss": _negative_loss,
    "cosine-sign": _cosine_sign,
    "kl-unnormalised": _kl_unnormalised,
    "mape-at-zero": _mape_at_zero,
} | STRUCTURES
