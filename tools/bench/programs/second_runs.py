"""Faults that people reported: only the run, the inputs or the metric show them."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam

from .program import BCE, CE, Program, compiled, digits, generator, mlp, one_hot, standardised


class Distance(layers.Layer):
    """The Euclidean distance of two codes, which is never below `least`."""

    def __init__(self, least):
        super().__init__()
        self.least = least

    def call(self, codes):
        squares = ops.sum(ops.square(codes[0] - codes[1]), axis=-1, keepdims=True)
        return ops.sqrt(ops.maximum(squares, self.least) if self.least else squares)


def siamese():
    x, y = digits(image=True)
    draw = generator()
    left, right = draw.integers(0, len(x), (2, 1500))
    of_kind = [np.flatnonzero(y == kind) for kind in range(10)]
    for row in range(0, 1500, 2):
        right[row] = draw.choice(of_kind[y[left[row]]])
    right[::50] = left[::50]  # some pairs are a picture and itself
    same = (y[left] == y[right]).astype("float32")[:, None]

    def of(least):
        code = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
        code.add(layers.Dense(64, activation="relu"))
        code.add(layers.Dense(16))
        pair = [keras.Input((8, 8, 1)), keras.Input((8, 8, 1))]
        alike = layers.Dense(1, activation="sigmoid")(Distance(least)([code(one) for one in pair]))
        model = compiled(keras.Model(pair, alike), BCE, Adam(0.003))
        return Program(model, [x[left], x[right]], same, 8)

    return of(0), of(1e-7)


def bearing():
    draw = generator()
    x = draw.normal(size=(800, 5)).astype("float32")
    y = 3 * x[:, 0] + x[:, 1] * x[:, 2] + 0.1 * draw.normal(size=800)

    def of(metric):
        model = mlp(5, (32, "relu"), (32, "relu"), (1, "linear"))
        return Program(compiled(model, "mse", Adam(0.005), [metric]), x, y, 10)

    return of("accuracy"), of("mae")


def overlap():
    draw = generator()
    masks = np.repeat(draw.random((200, 4, 4, 1)) < 0.25, 4, axis=1).repeat(4, axis=2)
    x = (masks + 0.4 * draw.normal(size=masks.shape)).astype("float32")

    def of(metric):
        model = keras.Sequential([keras.Input((16, 16, 1))])
        model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 1, activation="sigmoid"))
        return Program(compiled(model, BCE, Adam(0.03), [metric]), x, masks.astype("int32"), 12)

    return (
        of(keras.metrics.MeanIoU(num_classes=2)),
        of(keras.metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.5)),
    )


def spectra():
    draw = generator()
    loud = draw.random(400)
    x = np.abs(draw.normal(size=(400, 12, 40))) * 1e5 * (0.5 + loud[:, None, None])

    def of(values):
        model = keras.Sequential([keras.Input((12, 40))])
        model.add(layers.LSTM(32, return_sequences=True))
        model.add(layers.LSTM(16))
        model.add(layers.Dense(1))
        return Program(compiled(model, "mse", metrics=()), values.astype("float32"), loud, 6)

    return of(x), of((x - x.mean()) / x.std())


def books():
    draw = generator()
    users, titles = draw.integers(1, 51, 2000), draw.integers(1, 81, 2000)
    taste, appeal = draw.normal(size=(51, 2)), draw.normal(size=(81, 2))
    ratings = np.clip(3 + (taste[users] * appeal[titles]).sum(axis=1), 1, 5).round()

    def of(more):
        inputs = [keras.Input((1,), dtype="int64"), keras.Input((1,), dtype="int64")]
        sizes = (users.max() + more, titles.max() + more)
        codes = [
            layers.Flatten()(layers.Embedding(int(size), 8)(one))
            for size, one in zip(sizes, inputs, strict=True)
        ]
        hidden = layers.Dense(32, activation="relu")(layers.Concatenate()(codes))
        model = keras.Model(inputs, layers.Dense(1)(hidden))
        model = compiled(model, "mse", Adam(0.01), ["mae"])
        return Program(model, [users[:, None], titles[:, None]], ratings, 8)

    return of(0), of(1)


def twice():
    x, y = digits(255, image=True)

    def of(pictures):
        model = keras.Sequential([keras.Input((8, 8, 1)), layers.Rescaling(1 / 255)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.GlobalAveragePooling2D())
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.01)), pictures, one_hot(y), 8)

    return of(x / 255), of(x)


def exploding():
    draw = generator()
    steps = np.arange(161)
    phase = draw.uniform(0, 6, (300, 1))
    series = 10 * np.sin(steps / 8 + phase) + 20 + 0.2 * draw.normal(size=(300, 161))
    x, y = series[:, :-1, None].astype("float32"), ((series[:, -1] - 20) / 10).astype("float32")

    def of(activation):
        model = keras.Sequential([keras.Input((160, 1))])
        model.add(layers.LSTM(32, activation=activation, return_sequences=True))
        model.add(layers.LSTM(10, activation=activation))
        model.add(layers.Dense(1))
        return Program(compiled(model, "mse", Adam(0.01), ()), x, y, 4)

    return of("relu"), of("tanh")


def half_adam():
    draw = generator()
    x = draw.normal(size=(1500, 8)).astype("float32")
    y = (0.5 * np.tanh(x[:, 0] + x[:, 1] * x[:, 2])).astype("float32")

    def of(dtype):
        model = mlp(8, (64, "relu"), (64, "relu"), (1, None), dtype=dtype)
        return Program(compiled(model, "mse", Adam(0.003), ()), x, y, 10)

    return of("float16"), of("float32")


def moving_average():
    x, y = digits(255, image=True)

    def of(momentum):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        for filters in (16, 32):
            model.add(layers.Conv2D(filters, 3, use_bias=False))
            model.add(layers.BatchNormalization(momentum=momentum))
            model.add(layers.ReLU())
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation="softmax"))
        return Program(compiled(model, CE, Adam(0.003)), x, one_hot(y), 3, 256)

    return of(0.99), of(0.7)


def decay():
    x, y = digits()

    def of(steps):
        rate = keras.optimizers.schedules.ExponentialDecay(0.1, steps, 0.5)
        model = mlp(64, (64, "relu"), (10, "softmax"))
        return Program(compiled(model, CE, keras.optimizers.SGD(rate)), x, one_hot(y), 10)

    return of(1), of(5 * 57)  # 57 steps are an epoch


def tomorrow():
    draw = generator()
    price = np.zeros(1200)
    for day in range(1, 1200):
        price[day] = 0.9 * price[day - 1] + draw.normal()
    price = standardised(price)

    def of(gap):
        windows = np.lib.stride_tricks.sliding_window_view(price, 10)[: len(price) - 10]
        x, y = windows[..., None], price[9 + gap :][: len(windows)]
        model = keras.Sequential([keras.Input((10, 1)), layers.GRU(16), layers.Dense(1)])
        return Program(compiled(model, "mse", Adam(0.005), ()), x, y, 8)

    return of(0), of(1)


def triplet(y, p):
    """The triplet loss of the farthest positive and the nearest negative of each example."""
    same = ops.cast(ops.equal(y[:, None], y[None]), p.dtype)
    away = ops.sqrt(ops.sum(ops.square(p[:, None] - p[None]), axis=-1) + 1e-9)
    return ops.relu(ops.max(same * away, axis=1) - ops.min(away + 1e6 * same, axis=1) + 0.5)


def embeddings():
    x, y = digits(image=True)

    def of(rate, normed):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Dense(16))
        if normed:
            model.add(layers.UnitNormalization())
        return Program(compiled(model, triplet, Adam(rate), ()), x, y, 8, 64)

    return of(0.1, False), of(0.001, True)


RUNS = {
    "second-siamese": siamese,
    "second-bearing": bearing,
    "second-overlap": overlap,
    "second-spectra": spectra,
    "second-books": books,
    "second-twice": twice,
    "second-exploding": exploding,
    "second-half-adam": half_adam,
    "second-moving-average": moving_average,
    "second-decay": decay,
    "second-tomorrow": tomorrow,
    "second-embeddings": embeddings,
}
