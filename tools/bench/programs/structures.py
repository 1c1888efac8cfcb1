"""Faults of sequences, embeddings, autoencoders and of several labels at once."""

import keras
import numpy as np
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

from tools.bench.programs.healthy_structures import (
    circle,
    frames,
    several_tags,
    variational,
)
from tools.bench.programs.program import (
    MSE,
    Program,
    clusters,
    compiled,
    generator,
    mlp,
    one_hot,
    standardised,
)


def padding_of_minus_one():
    repaired = frames(padded=True)
    marked = np.where(repaired.y == 0, -1, repaired.y)
    return frames(padded=True)._replace(y=marked), repaired


def too_few_frames():
    """Return a network whose stride leaves as many frames as labels; repeated ones need more."""
    return frames(stride=3, repeated=True), frames(stride=1, repeated=True)


def mean_over_pixels():
    return variational(ops.mean), variational(ops.sum)


def shares_of_distances():
    x = generator().normal(size=(400, 5)).astype("float32")
    y = np.column_stack([x[:, 0] + 1, x[:, 1] - x[:, 2]])
    nets = (mlp(5, (32, "relu"), (2, last)) for last in ("softmax", None))
    return tuple(Program(compiled(net, MSE, Adam(0.01), []), x, y, 8) for net in nets)


def tags_that_share_1():
    return several_tags("softmax"), several_tags("sigmoid")


def half_a_gamma():
    """Return a focal loss of raw columns, whose sigmoids are soon exactly 0 and 1."""
    cancer = datasets.load_breast_cancer()
    nets = (mlp(30, (1, "sigmoid")) for _ in range(2))
    faulty, repaired = (
        compiled(net, losses.BinaryFocalCrossentropy(gamma=gamma), SGD(rate), [])
        for net, gamma, rate in zip(nets, (0.5, 2.0), (0.1, 0.5), strict=True)
    )
    raw = Program(faulty, cancer.data.astype("float32"), cancer.target, 4)
    return raw, Program(repaired, standardised(cancer.data), cancer.target, 6)


def vectors_of_no_length():
    """Return a circle loss of vectors that nobody has normalised, beside one that is."""
    x, y = clusters(400, 4, (10,), 0.3)
    net = mlp(10, (32, "relu"), (8, "sigmoid"), spread=0.01)
    faulty = compiled(net, losses.Circle(gamma=8), SGD(0.001), [])
    return Program(faulty, x, y, 4, 64), circle()


def metric_as_loss():
    x = generator().normal(size=(300, 4)).astype("float32")
    y = x[:, :1] - x[:, 1:2]
    kinds = keras.metrics.MeanSquaredError, losses.MeanSquaredError
    return tuple(
        Program(compiled(mlp(4, (1, None)), kind(), Adam(0.05), []), x, y, 6) for kind in kinds
    )


def weights_of_pictures():
    """Return one weight for each picture of a segmentation, and the same with axes for pixels."""
    draw = generator()
    x = draw.uniform(size=(240, 8, 8, 1)).astype("float32")
    y, weight = (x[..., 0] > 0.5).astype("int64"), draw.uniform(0.5, 2, 240).astype("float32")
    pair = []
    for shaped in (weight, weight[:, None, None]):
        body = [layers.Conv2D(8, 1, activation="relu"), layers.Conv2D(2, 1, activation="softmax")]
        model = keras.Sequential([keras.Input((8, 8, 1)), *body])
        loss = "sparse_categorical_crossentropy"
        pair.append(Program(compiled(model, loss, Adam(0.02), []), x, y, 6, sample_weight=shaped))
    return tuple(pair)


def labels_of_zeros_and_ones():
    """Return a hinge loss of labels 1 and 2, and of -1 and 1."""
    x, y = clusters(300, 2, (8,), 0.8)
    nets = (mlp(8, (16, "relu"), (1, None)) for _ in range(2))
    faulty, repaired = (compiled(net, "hinge", Adam(0.01), []) for net in nets)
    return Program(faulty, x, y + 1, 5), Program(repaired, x, 2 * y - 1, 5)


def divergence_of_logits():
    x, y = clusters(300, 4, (8,), 0.8)
    y = 0.9 * one_hot(y, 4) + 0.025
    nets = (mlp(8, (16, "relu"), (4, last)) for last in (None, "softmax"))
    return tuple(Program(compiled(net, "kl_divergence", Adam(0.01), []), x, y, 5) for net in nets)


def word_counts():
    """Return counts as labels, and their shares with the sums as weights."""
    draw = generator()
    x = draw.normal(size=(400, 6)).astype("float32")
    likely = np.exp(0.4 * x @ draw.normal(size=(6, 5)))
    likely /= likely.sum(axis=1, keepdims=True)
    y = np.array([draw.multinomial(draw.integers(5, 30), row) for row in likely], "float32")
    nets = (mlp(6, (16, "relu"), (5, "softmax")) for _ in range(2))
    faulty, repaired = (compiled(n, "categorical_crossentropy", Adam(0.01), []) for n in nets)
    sums = y.sum(axis=1)
    shares = Program(repaired, x, y / sums[:, None], 8, sample_weight=sums / sums.mean())
    return Program(faulty, x, y, 8), shares


PROGRAMS = {
    "word-counts": word_counts,
    "keras-21876": padding_of_minus_one,
    "ctc-frames": too_few_frames,
    "stats-485488": mean_over_pixels,
    "softmax-regression": shares_of_distances,
    "softmax-tags": tags_that_share_1,
    "focal-gamma": half_a_gamma,
    "circle-collapsed": vectors_of_no_length,
    "metric-as-loss": metric_as_loss,
    "picture-weights": weights_of_pictures,
    "hinge-labels": labels_of_zeros_and_ones,
    "kl-logits": divergence_of_logits,
}
