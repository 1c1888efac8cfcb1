"""Faults of a run: logarithms, learning rates, initial weights, raw features, a metric."""

import keras
import numpy as np
from keras import ops
from keras.optimizers import SGD, Adam

from tools.bench.programs.program import (
    BCE,
    CE,
    MSE,
    Program,
    clusters,
    cnn,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    normal,
    one_hot,
    standardised,
    two_classes,
)

LOGITS = keras.losses.CategoricalCrossentropy(from_logits=True)


def cross_entropy(y_true, y_pred):
    """Return the sum over the batch, without care for probabilities of 0."""
    return -ops.sum(y_true * ops.log(y_pred))


def careful_cross_entropy(y_true, y_pred):
    """Return the sum over the batch, with the probabilities clipped."""
    return cross_entropy(y_true, ops.clip(y_pred, 1e-10, 1))


def binary(y_true, y_pred):
    """Return the binary cross-entropy of each row, without care for 0 and 1."""
    return -ops.sum(y_true * ops.log(y_pred) + (1 - y_true) * ops.log(1 - y_pred), axis=-1)


def careful_binary(y_true, y_pred):
    """Return the binary cross-entropy of each row, clipped."""
    return binary(y_true, ops.clip(y_pred, 1e-7, 1 - 1e-7))


def log_of_zero():
    x, y = digits(16, image=True)
    return tuple(
        Program(compiled(cnn(10, "softmax"), loss, Adam(0.05)), x, one_hot(y), 6, 50, {"loss": CE})
        for loss in (cross_entropy, careful_cross_entropy)
    )


def log_of_scores():
    x, y = digits()
    faulty = compiled(mlp(64, (128, "sigmoid"), (10, None), spread=1), binary, SGD(0.05))
    net = mlp(64, (128, "sigmoid"), (10, "sigmoid"), spread=1)
    repaired = compiled(net, careful_binary, SGD(0.05))
    description = {"loss": BCE}
    return tuple(
        Program(model, x, one_hot(y), 10, 100, description) for model in (faulty, repaired)
    )


def wide_softmax():
    x, y = digits(4)
    x = np.tile(x, (1, 4))
    by_hand = lambda y, p: -ops.sum(y * ops.log(p), axis=-1)  # noqa: E731
    faulty = compiled(mlp(256, (10, "softmax"), spread=1), by_hand, SGD(0.01))
    repaired = compiled(mlp(256, (10, None), spread=1), LOGITS, SGD(0.05))
    return (
        Program(faulty, x, one_hot(y), 8, 100, {"loss": CE}),
        Program(repaired, x, one_hot(y), 30, 100),
    )


def rate_of_three():
    x, y = digits()
    wide = {"spread": 1, "bias_initializer": normal(1)}
    faulty = compiled(mlp(64, (30, None), (10, None), **wide), MSE, SGD(3.0))
    repaired = compiled(mlp(64, (30, "sigmoid"), (10, "softmax"), **wide), CE, SGD(0.5))
    return tuple(Program(model, x, one_hot(y), 4, 10) for model in (faulty, repaired))


def momentum():
    x, y = digits(image=True)
    return tuple(
        Program(
            compiled(
                cnn(10, "softmax", filters=32, hidden=256),
                CE,
                SGD(rate, momentum=0.9, nesterov=True),
            ),
            x,
            one_hot(y),
            4,
        )
        for rate in (0.8, 0.01)
    )


def line_of_hundred():
    x = np.column_stack([np.arange(100), np.ones(100)]).astype("float32")
    y = (2 * x[:, 0] + 4 + generator().uniform(0, 10, 100)).astype("float32")
    return tuple(
        Program(compiled(mlp(2, (1, None), use_bias=False), MSE, SGD(rate), ["mae"]), x, y, 30, 100)
        for rate in (0.25, 0.00025)
    )


def line_of_eight():
    x = np.repeat(columns(8, (-8, 8)), 10, axis=0)[generator().permutation(80)]
    y = (6 - 5 * x[:, 0] + generator().uniform(-1, 1, 80)).astype("float32")
    return tuple(
        Program(compiled(mlp(1, (1, None)), MSE, optimizer, ["mae"]), x, y, 20, 8)
        for optimizer in (SGD(0.1), Adam(0.1))
    )


def wide_start():
    x, y = digits()
    sizes = (256, None), (256, None), (10, None)
    faulty = compiled(mlp(64, *sizes, spread=1), LOGITS, Adam(0.1))
    repaired = compiled(mlp(64, *sizes), LOGITS)
    return tuple(Program(model, x, one_hot(y), 4, 128) for model in (faulty, repaired))


def negative_rate():
    x, y = digits(image=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    faulty = compiled(cnn(10, None, activation=None, dropout=0.2), loss, Adam(-1e3))
    repaired = compiled(cnn(10, None, dropout=0.2), loss, Adam(1e-3))
    return tuple(Program(model, x, y, 5, 128) for model in (faulty, repaired))


def few_steps():
    x, y = digits()
    sizes = (500, "relu"), (60, "relu"), (10, "softmax")
    slow, fast = (SGD(rate, momentum=0.9, nesterov=True) for rate in (0.01, 0.05))
    faulty = compiled(mlp(64, *sizes, dropout=0.1), CE, slow)
    repaired = compiled(mlp(64, *sizes, dropout=0.1), CE, fast)
    return Program(faulty, x, one_hot(y), 5, 300), Program(repaired, x, one_hot(y), 8, 64)


def deep_sigmoids():
    x = np.unpackbits(np.arange(256, dtype="uint8")[:, None], axis=1).astype("float32")
    y = x[generator().permutation(256)]
    faulty = compiled(mlp(8, *[(8, "sigmoid")] * 4, spread=0.05), MSE, "sgd")
    repaired = mlp(8, (128, "relu"), (128, "relu"), (8, "sigmoid"))
    repaired = compiled(repaired, MSE, Adam(0.01), ["binary_accuracy"])
    return tuple(Program(model, x, y, 30, 50) for model in (faulty, repaired))


def raw_columns():
    x = columns(90, (0, 20000), (0, 3), (100, 900))
    y = (x[:, 1] > np.quantile(x[:, 1], 0.62)).astype("int64")
    sizes = (12, "relu"), (3, "relu"), (1, "sigmoid")
    faulty = compiled(mlp(3, *sizes, spread=0.05), BCE)
    repaired = compiled(mlp(3, *sizes), BCE, Adam(0.01))
    return Program(faulty, x, y, 12, 2), Program(repaired, standardised(x), y, 12, 2)


def raw_codes():
    tops = (3, 890, 1, 80, 8, 6, 680, 512, 147, 3)
    x = columns(500, *[(0, top) for top in tops])
    y = one_hot(two_classes(x, 0.38))
    sizes = (512, "relu"), (2, "softmax")
    faulty, repaired = (compiled(mlp(10, *sizes, dropout=0.5), CE) for _ in range(2))
    return Program(faulty, x, y, 3, 4), Program(repaired, standardised(x), y, 3, 4)


def accuracy_of_logits():
    x = columns(300, *[(-0.1, 0.1)] * 14)
    y = two_classes(x, 0.33)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    sizes = (20, "relu"), (20, "relu"), (15, "relu"), (1, None)
    return tuple(
        Program(compiled(mlp(14, *sizes), loss, Adam(0.005), [metric]), x, y, 10)
        for metric in ("accuracy", keras.metrics.BinaryAccuracy(threshold=0.0))
    )


def quick_rate():
    x, y = clusters(400, 4, (16,))
    sizes = (32, "relu"), (32, "relu"), (4, "softmax")
    return tuple(
        Program(compiled(mlp(16, *sizes), CE, Adam(rate)), x, one_hot(y), 6)
        for rate in (5.0, 0.001)
    )


PROGRAMS = {
    "33712178": log_of_zero,
    "35078027": log_of_scores,
    "TFE_333": wide_softmax,
    "48385830": rate_of_three,
    "37624102": momentum,
    "43636736": line_of_hundred,
    "39939881": line_of_eight,
    "TFE_368": wide_start,
    "umlaut_b": negative_rate,
    "44164749": few_steps,
    "39217567": deep_sigmoids,
    "39525358": raw_columns,
    "31627380": raw_codes,
    "42821125": accuracy_of_logits,
    "keras-2711": quick_rate,
}
