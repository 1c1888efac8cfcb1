"""Faults written to measure with, after the rules were fixed and before any of them was run here.

They are of the kinds that people report, in other programs than those the rules were made from.
"""

import keras
import numpy as np
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam

from tools.bench.programs.program import (
    BCE,
    MSE,
    SPARSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    standardised,
    two_classes,
)


def line(rows=400, noise=0.1):
    """Return four columns, and numbers around 0 that depend on them."""
    x = generator().normal(size=(rows, 4)).astype("float32")
    y = x @ np.float32([1, -0.5, 0.25, 0]) + noise * generator(6).normal(size=rows)
    return x, y.astype("float32")


def squares_by_hand(y_true, y_pred):
    """Return the mean squared error of labels and predictions, flattened."""
    return ops.mean(ops.square(ops.reshape(y_true, (-1,)) - y_pred))


def squares_of_columns(y_true, y_pred):
    """Return the mean squared error of two columns."""
    return squares_by_hand(y_true, ops.reshape(y_pred, (-1,)))


def broadcast_by_hand():
    x, y = line()
    pair = (squares_by_hand, squares_of_columns)
    return tuple(Program(compiled(mlp(4, (16, "relu"), (1, None)), f, Adam(0.01), []), x, y, 8)
                 for f in pair)  # fmt: skip


def one_unit_of_a_sequence():
    x, y = clusters(400, 2, (12, 3), 1.5)
    pair = []
    for units, last, loss in ((1, "softmax", SPARSE), (2, "softmax", SPARSE)):
        body = [layers.GRU(12), layers.Dense(units, activation=last)]
        model = keras.Sequential([keras.Input((12, 3)), *body])
        pair.append(Program(compiled(model, loss, Adam(0.01)), x, y, 5))
    return tuple(pair)


def segmentation(loss, units=1, last="sigmoid", rate=0.02):
    """Return a network that says something about each pixel of a digit."""
    body = [
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(units, 3, padding="same", activation=last),
    ]
    model = keras.Sequential([keras.Input((8, 8, 1)), *body])
    return compiled(model, loss, Adam(rate), [])


def dice_and_cross_entropy(y_true, y_pred):
    """Return the sum of both losses for each picture."""
    y, p = ops.reshape(y_true, (-1, 64)), ops.reshape(y_pred, (-1, 64))
    p = ops.clip(p, 1e-6, 1 - 1e-6)
    overlap = 2 * ops.sum(y * p, axis=1) / (ops.sum(y, axis=1) + ops.sum(p, axis=1))
    cross_entropy = -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p), axis=1)
    return 1 - overlap + cross_entropy


def stored_masks():
    x, _ = digits(image=True)
    y = (x > 0.5) * np.float32(255)
    faulty, repaired = (segmentation(dice_and_cross_entropy) for _ in range(2))
    description = {"loss": BCE}
    return Program(faulty, x, y, 3, description=description), Program(
        repaired, x, y / 255, 4, description=description
    )


def void_label():
    x, _ = digits(image=True)
    y = np.digitize(x[..., 0], [0.3, 0.7])
    y[:, :1] = 255
    ignoring = losses.SparseCategoricalCrossentropy(ignore_class=255)
    faulty, repaired = (segmentation(f, 3, "softmax") for f in (SPARSE, ignoring))
    return Program(faulty, x, y, 3), Program(repaired, x, y, 4)


def sentiment():
    x, y = clusters(400, 3, (12,), 0.8)
    pair = (compiled(mlp(12, (32, "relu"), (3, "softmax")), SPARSE, Adam(0.01)) for _ in range(2))
    return tuple(
        Program(model, x, labels, 5) for model, labels in zip(pair, (y - 1, y), strict=True)
    )


def tags():
    """Return pictures of digits, and three tags of which several may hold."""
    x, y = digits()
    return x, np.column_stack([y % 2 == 0, y > 4, np.isin(y, (0, 6, 8, 9))]).astype("float32")


def tags_by_softmax():
    x, y = tags()
    faulty = compiled(
        mlp(64, (32, "relu"), (3, "softmax")), "categorical_crossentropy", Adam(0.005)
    )
    repaired = mlp(64, (32, "relu"), (3, "sigmoid"))
    repaired = compiled(repaired, BCE, Adam(0.005), ["binary_accuracy"])
    return Program(faulty, x, y, 5), Program(repaired, x, y, 5)


def known_only(y_true, y_pred):
    """Return the binary cross-entropy of the labels that are known."""
    known = ops.cast(y_true >= 0, "float32")
    p = ops.clip(y_pred, 1e-6, 1 - 1e-6)
    each = -(y_true * ops.log(p) + (1 - y_true) * ops.log(1 - p))
    return ops.sum(ops.where(known > 0, each, 0.0), axis=-1) / ops.maximum(ops.sum(known, -1), 1)


def unknown_tags():
    x, y = tags()
    unknown = generator(7).random(y.shape) < 0.3
    nets = (mlp(64, (32, "relu"), (3, "sigmoid")) for _ in range(2))
    faulty, repaired = (compiled(n, f, Adam(0.005), []) for n, f in zip(nets, (BCE, known_only),
                                                                        strict=True))  # fmt: skip
    y = np.where(unknown, -1, y).astype("float32")
    return Program(faulty, x, y, 5), Program(repaired, x, y, 5, description={})


def every_step():
    x = generator().normal(size=(400, 9, 2)).astype("float32")
    y = x[:, :, 0].mean(axis=1, keepdims=True) * 3
    pair = []
    for sequences in (True, False):
        body = [layers.LSTM(12, return_sequences=sequences), layers.Dense(1)]
        model = keras.Sequential([keras.Input((9, 2)), *body])
        pair.append(Program(compiled(model, MSE, Adam(0.02), []), x, y, 6))
    return tuple(pair)


def tanh_yes_or_no():
    x = columns(400, *[(-1, 1)] * 6)
    y = two_classes(x, 0.4)
    nets = (mlp(6, (24, "tanh"), (1, last)) for last in ("tanh", "sigmoid"))
    return tuple(Program(compiled(net, BCE, Adam(0.02)), x, y, 6) for net in nets)


def linear_rate():
    x = generator().normal(size=(500, 3)).astype("float32")
    y = generator(8).poisson(np.exp(0.6 * x[:, 0])).astype("float32")
    nets = (mlp(3, (16, "relu"), (1, last)) for last in (None, "softplus"))
    return tuple(Program(compiled(net, "poisson", Adam(0.02), []), x, y, 8) for net in nets)


def demand():
    x = generator().normal(size=(400, 4)).astype("float32")
    y = np.maximum(np.round(3 + 2 * x[:, 0]), 0).astype("float32")
    nets = (mlp(4, (16, "relu"), (1, None)) for _ in range(2))
    names = ("mean_absolute_percentage_error", "mean_absolute_error")
    return tuple(
        Program(compiled(net, loss, Adam(0.02), []), x, y, 8)
        for net, loss in zip(nets, names, strict=True)
    )


def similarity(y_true, y_pred):
    """Return the cosine itself, which training makes as small as it can."""
    return ops.sum(ops.normalize(y_true, axis=-1) * ops.normalize(y_pred, axis=-1), axis=-1)


def minus_similarity(y_true, y_pred):
    """Return minus the cosine."""
    return -similarity(y_true, y_pred)


def opposite_vectors():
    x = generator().normal(size=(400, 8)).astype("float32")
    y = (x @ generator(8).normal(size=(8, 5))).astype("float32")
    nets = (mlp(8, (32, "relu"), (5, None)) for _ in range(2))
    description = {"loss": "cosine_similarity"}
    return tuple(
        Program(compiled(net, loss, Adam(0.01), []), x, y, 6, description=description)
        for net, loss in zip(nets, (similarity, minus_similarity), strict=True)
    )


def softplus_returns():
    x, y = line()
    nets = (mlp(4, (16, "relu"), (1, last)) for last in ("softplus", None))
    return tuple(Program(compiled(net, MSE, Adam(0.02), []), x, y, 10) for net in nets)


def raw_pixels_at_speed():
    x, y = digits(255)
    nets = (mlp(64, (64, "relu"), (10, "softmax")) for _ in range(2))
    faulty, repaired = (compiled(net, SPARSE, SGD(0.1)) for net in nets)
    return Program(faulty, x, y, 5), Program(repaired, x / 255, y, 8)


def heavy_penalty():
    x, y = line()
    heavy = {"kernel_regularizer": keras.regularizers.L2(10.0)}
    nets = (mlp(4, (16, "relu"), (1, None), **options) for options in (heavy, {}))
    return tuple(Program(compiled(net, MSE, Adam(0.01), []), x, y, 10) for net in nets)


def shuffled_apart():
    x, y = clusters(500, 4, (16,))
    nets = (mlp(16, (32, "relu"), (4, "softmax")) for _ in range(2))
    faulty, repaired = (compiled(net, SPARSE, Adam(0.005)) for net in nets)
    mixed = y[generator(9).permutation(500)]
    return Program(faulty, x, mixed, 6), Program(repaired, x, y, 6)


def focal_logits_counted():
    x = columns(400, *[(-1, 1)] * 6)
    y = two_classes(x, 0.3)
    loss = losses.BinaryFocalCrossentropy(from_logits=True)
    metrics = (keras.metrics.BinaryAccuracy(), keras.metrics.BinaryAccuracy(threshold=0.0))
    return tuple(
        Program(compiled(mlp(6, (24, "relu"), (1, None)), loss, Adam(0.02), [metric]), x, y, 6)
        for metric in metrics
    )


def frozen():
    x, y = clusters(400, 3, (10,), 0.8)
    pair = []
    for trainable in (False, True):
        net = mlp(10, (24, "relu"), (3, "softmax"))
        net.trainable = trainable
        pair.append(Program(compiled(net, SPARSE, Adam(0.01)), x, y, 5))
    return tuple(pair)


def creeping():
    x, y = line()
    nets = (mlp(4, (16, "relu"), (1, None)) for _ in range(2))
    return tuple(
        Program(compiled(net, MSE, SGD(rate), []), x, y, 8)
        for net, rate in zip(nets, (1e-7, 0.05), strict=True)
    )


def salaries():
    x, y = line()
    y = 55_000 + 12_000 * y
    nets = (mlp(4, (32, "relu"), (1, None)) for _ in range(2))
    faulty, repaired = (compiled(net, MSE, Adam(0.01), []) for net in nets)
    return Program(faulty, x, y, 8), Program(repaired, x, standardised(y), 8)


PROGRAMS = {
    "fresh-broadcast": broadcast_by_hand,
    "fresh-one-unit": one_unit_of_a_sequence,
    "fresh-masks": stored_masks,
    "fresh-void": void_label,
    "fresh-sentiment": sentiment,
    "fresh-tags": tags_by_softmax,
    "fresh-unknown": unknown_tags,
    "fresh-steps": every_step,
    "fresh-tanh": tanh_yes_or_no,
    "fresh-rates": linear_rate,
    "fresh-demand": demand,
    "fresh-cosine": opposite_vectors,
    "fresh-softplus": softplus_returns,
    "fresh-pixels": raw_pixels_at_speed,
    "fresh-penalty": heavy_penalty,
    "fresh-shuffled": shuffled_apart,
    "fresh-focal": focal_logits_counted,
    "fresh-frozen": frozen,
    "fresh-creeping": creeping,
    "fresh-salaries": salaries,
}
