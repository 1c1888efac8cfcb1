"""More healthy programs: pictures, sequences, several outputs and losses written by hand."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam

from .healthy_pixels import PIXELS
from .program import (
    BCE,
    CE,
    MSE,
    Program,
    clusters,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)

# -------------------------------------------------------------------------------------- regression


def quantiles():
    draw = generator()
    x = draw.uniform(-1, 1, (800, 2))
    y = x[:, :1] + (0.2 + np.abs(x[:, 1:])) * draw.normal(size=(800, 1))

    def pinball(y, p):
        levels, away = np.array([0.1, 0.5, 0.9], "float32"), y - p
        return ops.mean(ops.maximum(levels * away, (levels - 1) * away), axis=-1)

    model = compiled(mlp(2, (32, "relu"), (3, None)), pinball, Adam(0.01), ())
    return Program(model, x, y, 15)


def likelihood():
    draw = generator()
    x = draw.normal(size=(800, 3)).astype("float32")
    y = 0.1 * x[:, :1] + 0.01 * draw.normal(size=(800, 1))

    def loss(y, p):  # becomes negative, as a density may be above 1
        mean, log_var = p[:, :1], p[:, 1:]
        return ops.mean(log_var + ops.square(y - mean) * ops.exp(-log_var), axis=-1) / 2

    return Program(compiled(mlp(3, (32, "relu"), (2, None)), loss, Adam(0.005), ()), x, y, 15)


def survival():
    draw = generator()
    x = draw.normal(size=(800, 4)).astype("float32")
    times = draw.exponential(np.exp(0.8 * x[:, 0] - 0.5 * x[:, 1]))
    seen = draw.exponential(2, 800)
    y = np.stack([np.minimum(times, seen), times <= seen], axis=1).astype("float32")

    def loss(y, p):  # of an exponential time that may be cut short
        return ops.exp(p[:, 0]) * y[:, 0] - y[:, 1] * p[:, 0]

    return Program(compiled(mlp(4, (16, "relu"), (1, None)), loss, Adam(0.01), ()), x, y, 15)


def rain():
    draw = generator()
    x = draw.normal(size=(800, 4))
    y = np.maximum(x[:, 0] + x[:, 1] - 0.5, 0)  # most days are dry
    model = mlp(4, (32, "relu"), (1, "relu"), bias_initializer=keras.initializers.Constant(0.1))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x, y, 12)


def fractions():
    draw = generator()
    x = draw.normal(size=(800, 4))
    y = 1 / (1 + np.exp(-2 * x[:, 0] + x[:, 1] + 0.2 * draw.normal(size=800)))
    return Program(
        compiled(mlp(4, (16, "relu"), (1, "sigmoid")), MSE, Adam(0.01), ["mae"]), x, y, 12
    )


def topics():
    draw = generator()
    x = draw.normal(size=(800, 6))
    y = np.exp(x @ draw.normal(size=(6, 4)))
    y /= y.sum(axis=1, keepdims=True)
    model = compiled(mlp(6, (32, "relu"), (4, "softmax")), "kl_divergence", Adam(0.005), ())
    return Program(model, x, y, 12)


def directions():
    draw = generator()
    x = draw.normal(size=(600, 8))
    y = np.tanh(x @ draw.normal(size=(8, 5)))
    model = compiled(mlp(8, (32, "relu"), (5, None)), "cosine_similarity", Adam(0.005), ())
    return Program(model, x, y, 12)


def stars():
    x, level = clusters(800, 5, (10,), noise=0.4)
    y = (level[:, None] > np.arange(4)).astype("float32")  # more than 1, 2, 3, 4 stars
    return Program(
        compiled(mlp(10, (32, "relu"), (4, "sigmoid")), BCE, Adam(0.005), ["mae"]), x, y, 10
    )


def half_precision():
    draw = generator()
    x = draw.normal(size=(800, 6)).astype("float32")
    y = x[:, 0] * x[:, 1] + x[:, 2]
    model = keras.Sequential([keras.Input((6,))])
    for _ in range(2):
        model.add(layers.Dense(64, activation="relu", dtype="mixed_float16"))
    model.add(layers.Dense(1, dtype="float32"))
    return Program(compiled(model, MSE, Adam(0.005), ["mae"]), x, y, 15)


# ---------------------------------------------------------------------------------------- pictures


def ink():
    x, _ = digits()
    x = (x > 0.4).astype("float32")
    model = mlp(64, (64, "relu"), (16, "relu"), (64, "relu"), (64, "sigmoid"))
    return Program(compiled(model, BCE, Adam(0.003), ()), x, x, 12)


def minus_one_to_one():
    x, _ = digits(image=True)
    x = 2 * x - 1
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(1, 3, padding="same", activation="tanh"))
    return Program(compiled(model, MSE, Adam(0.005), ()), x, x, 5)


class Code(layers.Layer):
    """Draw a code, and add its divergence from the standard normal to the loss."""

    def call(self, both):
        mean, log_var = ops.split(both, 2, axis=-1)
        away = ops.exp(log_var) + ops.square(mean) - 1 - log_var
        self.add_loss(ops.mean(ops.sum(away, axis=-1)) / 2)
        return mean + ops.exp(log_var / 2) * keras.random.normal(ops.shape(mean))


def variational():
    x, _ = digits()

    def loss(y, p):
        return 20 * ops.sum(ops.square(y - p), axis=-1)

    model = mlp(64, (64, "relu"), (16, None))
    model.add(Code())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(64, activation="sigmoid"))
    return Program(compiled(model, loss, Adam(0.003), ()), x, x, 12)


# --------------------------------------------------------------------------------------- sequences


def tagging():
    draw = generator()
    words = draw.integers(1, 60, (500, 12))
    words[np.arange(12)[None] >= draw.integers(5, 13, (500, 1))] = 0  # padded with 0
    model = keras.Sequential([keras.Input((12,), dtype="int32")])
    model.add(layers.Embedding(60, 16, mask_zero=True))
    model.add(layers.LSTM(16, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(5, activation="softmax")))
    tags = np.where(words > 0, words % 5, 0)[..., None]
    return Program(compiled(model, "sparse_categorical_crossentropy", Adam(0.02)), words, tags, 8)


def waves():
    draw = generator()
    series = np.sin(np.arange(41) / 4 + draw.uniform(0, 6, (400, 1)))
    series += 0.1 * draw.normal(size=series.shape)
    x = series[:, :40, None].copy()
    for row, length in enumerate(draw.integers(15, 41, 400)):
        x[row, : 40 - length] = -10  # a mask instead of what was not measured
    model = keras.Sequential([keras.Input((40, 1)), layers.Masking(-10)])
    model.add(layers.GRU(16))
    model.add(layers.Dense(1))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x, series[:, 40], 6)


# ------------------------------------------------------------------------- several inputs, outputs


def person():
    x, kind = clusters(800, 4, (16,))
    inputs = keras.Input((16,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    outputs = {
        "age": layers.Dense(1, name="age")(hidden),
        "job": layers.Dense(4, activation="softmax", name="job")(hidden),
        "owner": layers.Dense(1, activation="sigmoid", name="owner")(hidden),
    }
    losses = {"age": MSE, "job": CE, "owner": BCE}
    model = keras.Model(inputs, outputs)
    model.compile("adam", losses, loss_weights={"age": 0.5, "job": 1.0, "owner": 1.0})
    y = {"age": standardised(x[:, :1]), "job": one_hot(kind), "owner": kind[:, None] // 2}
    return Program(model, x, y, 12)


def box():
    x, kind = clusters(800, 3, (8, 8, 1))
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Flatten()(layers.Conv2D(8, 3, activation="relu")(inputs))
    heads = [layers.Dense(3)(hidden), layers.Dense(4, activation="sigmoid")(hidden)]
    corners = generator(9).uniform(0, 1, (3, 4))[kind]
    losses = [keras.losses.SparseCategoricalCrossentropy(from_logits=True), "mae"]
    return Program(compiled(keras.Model(inputs, heads), losses, metrics=()), x, [kind, corners], 6)


def contrastive(y, d):
    """The contrastive loss, with 1 for two of different kinds."""
    return ops.mean((1 - y) * d**2 + y * ops.relu(1 - d) ** 2, axis=-1)


def pairs():
    x, y = digits()
    left, right = generator().integers(0, len(x), (2, 3000))
    keep = (y[left] == y[right]) | (np.arange(3000) % 8 == 0)
    left, right = left[keep], right[keep]
    code = mlp(64, (32, "relu"), (8, None))
    inputs = {side: keras.Input((64,), name=side) for side in ("left", "right")}
    away = layers.Subtract()([code(one) for one in inputs.values()])
    away = layers.Lambda(lambda d: ops.sqrt(ops.sum(d * d, axis=-1, keepdims=True) + 1e-9))(away)
    model = compiled(keras.Model(inputs, away), contrastive, metrics=())
    apart = (y[left] != y[right]).astype("float32")[:, None]
    return Program(model, {"left": x[left], "right": x[right]}, apart, 10)


def triplet(y, p):
    """The triplet loss of three codes beside each other; the labels do not count."""
    anchor, like, unlike = ops.split(p, 3, axis=-1)
    near = ops.sum(ops.square(anchor - like), axis=-1)
    return ops.relu(near - ops.sum(ops.square(anchor - unlike), axis=-1) + 0.2)


def anchors():
    x, y = digits()
    draw = generator()
    rows = draw.integers(0, len(x), 1200)
    like = [draw.choice(np.flatnonzero(y == y[row])) for row in rows]
    unlike = [draw.choice(np.flatnonzero(y != y[row])) for row in rows]
    code = mlp(64, (32, "relu"), (8, None))
    code.add(layers.UnitNormalization())
    inputs = [keras.Input((64,)) for _ in range(3)]
    codes = layers.Concatenate()([code(one) for one in inputs])
    model = compiled(keras.Model(inputs, codes), triplet, Adam(0.003), ())
    return Program(model, [x[rows], x[like], x[unlike]], np.zeros((1200, 1)), 8)


THIRD = {
    "quantiles": quantiles,
    "likelihood": likelihood,
    "survival": survival,
    "rain": rain,
    "fractions": fractions,
    "topics": topics,
    "directions": directions,
    "stars": stars,
    "half-precision": half_precision,
    "ink": ink,
    "minus-one-to-one": minus_one_to_one,
    "variational": variational,
    "tagging": tagging,
    "masked-waves": waves,
    "person": person,
    "box": box,
    "pairs": pairs,
    "anchors": anchors,
} | PIXELS
