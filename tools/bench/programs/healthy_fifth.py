"""Healthy programs, written with the fourth set of faults, about which nothing is to be said."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

from .program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def augmented():
    """Pictures are moved and turned a little, with dropout and batch normalisation."""
    x, y = digits(255.0, image=True)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Rescaling(1 / 255)])
    model.add(layers.RandomTranslation(0.1, 0.1))
    model.add(layers.RandomRotation(0.05))
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(10, activation="softmax"))
    return Program(compiled(model, SPARSE, Adam(0.003)), x, y, 15)


def raw_prices():
    """Prices from 5 to 50, as they are in the table."""
    x = columns(500, (0, 1), (0, 25), (4, 9), (1, 12), (200, 700))
    y = 22 + 6 * standardised(x)[:, 2] - 4 * standardised(x)[:, 1] + generator().normal(size=500)
    model = compiled(mlp(5, (64, "relu"), (64, "relu"), (1, None)), MSE, "rmsprop", ["mae"])
    return Program(model, standardised(x), np.clip(y, 5, 50), 30, 16)


def fraud():
    """Two of a hundred are a fraud, and weigh more."""
    draw = generator()
    y = (draw.random(2000) < 0.02).astype("float32")
    x = (draw.normal(size=(2000, 12)) + 1.2 * y[:, None]).astype("float32")
    metrics = [keras.metrics.AUC(name="auc"), keras.metrics.Recall(name="recall")]
    model = compiled(mlp(12, (16, "relu"), (1, "sigmoid"), dropout=0.3), BCE, Adam(0.003), metrics)
    weights = np.where(y == 1, 25.0, 0.5).astype("float32")
    return Program(model, x, y, 12, 128, sample_weight=weights)


def smoothed_logits():
    x, y = clusters(900, 5, (20,), 1.2)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    model = mlp(20, (32, "gelu"), (5, None))
    return Program(compiled(model, loss, keras.optimizers.AdamW(0.005)), x, one_hot(y), 10)


def mixed():
    """All layers compute in float16, the last one in float32."""
    x, y = digits(image=True)
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, activation="relu", dtype="mixed_float16"))
    model.add(layers.Flatten(dtype="mixed_float16"))
    model.add(layers.Dense(32, activation="relu", dtype="mixed_float16"))
    model.add(layers.Dense(10, dtype="mixed_float16"))
    model.add(layers.Activation("softmax", dtype="float32"))
    return Program(compiled(model, SPARSE, Adam(0.003)), x, y, 6)


def pairs_of_rows():
    """Two examples in each step."""
    x, y = datasets.load_iris(return_X_y=True)
    rows = generator().permutation(150)
    model = compiled(mlp(4, (8, "tanh"), (3, "softmax")), SPARSE, SGD(0.01))
    return Program(model, x[rows].astype("float32"), y[rows], 12, 2)


class Attention(layers.Layer):
    """Weigh the steps of a sequence by what a dense layer says of each."""

    def __init__(self):
        super().__init__()
        self.score = layers.Dense(1)

    def call(self, steps):
        return ops.sum(ops.softmax(self.score(steps), axis=1) * steps, axis=1)


class Reader(keras.Model):
    """A classifier of texts with a layer of its own."""

    def __init__(self):
        super().__init__()
        self.words, self.steps = layers.Embedding(60, 16), layers.GRU(16, return_sequences=True)
        self.attention, self.last = Attention(), layers.Dense(1, activation="sigmoid")

    def call(self, words):
        return self.last(self.attention(self.steps(self.words(words))))


def reviews():
    draw = generator()
    words = draw.integers(1, 60, (800, 20))
    y = ((words < 20).sum(axis=1) > (words > 40).sum(axis=1)).astype("int64")
    return Program(compiled(Reader(), BCE, Adam(0.005)), words, y, 12)


def faces():
    """The age in years and the sex, by one network."""
    x, kind = clusters(800, 6, (8, 8, 1), 0.8)
    age = (20 + 12 * kind + 3 * generator().normal(size=800)).astype("float32")
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Flatten()(layers.Conv2D(16, 3, activation="relu")(inputs))
    hidden = layers.Dense(32, activation="relu")(hidden)
    heads = [layers.Dense(1, name="age")(hidden), layers.Dense(1, "sigmoid", name="sex")(hidden)]
    model = keras.Model(inputs, heads)
    model.compile(Adam(0.003), ["mae", BCE], loss_weights=[0.1, 1.0], jit_compile=False)
    return Program(model, x, [age, (kind % 2).astype("float32")], 15)


def characters():
    """The next character at every position."""
    draw = generator()
    text = (np.cumsum(draw.choice([1, 2], 6001, p=[0.8, 0.2])) % 20).astype("int32")
    x, y = text[:6000].reshape(300, 20), text[1:].reshape(300, 20)
    model = keras.Sequential([keras.Input((20,), dtype="int32"), layers.Embedding(20, 16)])
    model.add(layers.GRU(32, return_sequences=True))
    model.add(layers.Dense(20))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.01), ()), x, y, 10)


def noisy_pictures():
    """Pictures without the noise, pixel by pixel."""
    x, _ = digits(image=True)
    noisy = np.clip(x + 0.3 * generator().normal(size=x.shape), 0, 1).astype("float32")
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
    return Program(compiled(model, BCE, Adam(0.003), ()), noisy, x, 6)


def two_of_a_softmax():
    """Two classes as two units, and labels as a column of 0 and 1."""
    x, y = datasets.make_circles(800, noise=0.08, factor=0.5, random_state=3)
    model = compiled(mlp(2, (16, "relu"), (16, "relu"), (2, "softmax")), SPARSE, Adam(0.005))
    return Program(model, x.astype("float32"), y[:, None], 15)


def degrees():
    """Tomorrow's temperature in degrees, from two weeks of standardised ones."""
    draw = generator()
    day = np.arange(1200)
    heat = (
        10 + 9 * np.sin(day / 365 * 2 * np.pi) + np.convolve(draw.normal(size=1204), [1] * 5)[4:-4]
    )
    windows = np.lib.stride_tricks.sliding_window_view((heat - 10) / 7, 14)[:-1, :, None]
    model = keras.Sequential([keras.Input((14, 1)), layers.LSTM(24, dropout=0.1), layers.Dense(1)])
    model = compiled(model, "mae", Adam(0.01), ["mse"])
    return Program(model, windows.astype("float32"), heat[14:].astype("float32"), 15)


def new_head():
    """A network that was trained before stays as it is; only the last layer learns."""
    x, y = clusters(800, 4, (8, 8, 1), 1.0)
    base = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(32, 3, activation="relu")])
    base.add(layers.GlobalAveragePooling2D())
    base.add(layers.BatchNormalization())
    base.trainable = False
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Dense(64, activation="relu")(base(inputs, training=False))
    outputs = layers.Dense(4, activation="softmax")(layers.Dropout(0.2)(hidden))
    model = compiled(keras.Model(inputs, outputs), CE, SGD(0.05, momentum=0.9))
    return Program(model, x, one_hot(y), 20)


def rare_tags():
    """Eight tags, each of which one example in twenty has."""
    draw = generator()
    x = draw.normal(size=(1500, 16)).astype("float32")
    scores = x @ draw.normal(size=(16, 8))
    y = (scores > np.quantile(scores, 0.95, axis=0)).astype("float32")
    metrics = [keras.metrics.AUC(multi_label=True, name="auc")]
    model = compiled(mlp(16, (48, "relu"), (8, "sigmoid")), BCE, Adam(0.005), metrics)
    return Program(model, x, y, 12)


def bicycles():
    """How many bicycles are hired, by hour and weather; the network learns its logarithm."""
    draw = generator()
    hour, weather = draw.integers(0, 24, 1200), draw.uniform(-1, 1, (1200, 3))
    rate = np.exp(3 + np.sin(hour / 24 * 2 * np.pi) + 0.6 * weather[:, 0])
    y = np.log1p(draw.poisson(rate)).astype("float32")
    inputs = {"hour": keras.Input((), dtype="int32", name="hour")}
    inputs["weather"] = keras.Input((3,), name="weather")
    hidden = layers.Concatenate()([layers.Embedding(24, 4)(inputs["hour"]), inputs["weather"]])
    hidden = layers.Dense(32, activation="relu", kernel_regularizer="l2")(hidden)
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    x = {"hour": hour, "weather": weather.astype("float32")}
    return Program(compiled(model, "huber", Adam(0.005), ["mae"]), x, y, 15)


def transformer():
    """A block of a transformer, and whether a sequence ends as it began."""
    draw = generator()
    words = draw.integers(0, 10, (1500, 8))
    same = draw.random(1500) < 0.5
    words[same, -1] = words[same, 0]
    y = (words[:, -1] == words[:, 0]).astype("float32")[:, None]
    inputs = keras.Input((8,), dtype="int32")
    steps = layers.Embedding(10, 16)(inputs)
    places = layers.Embedding(8, 16)(ops.arange(8))
    steps = layers.LayerNormalization()(steps + places)
    steps = layers.LayerNormalization()(steps + layers.MultiHeadAttention(2, 8)(steps, steps))
    hidden = layers.Dense(32, activation="relu")(layers.Flatten()(steps))
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return Program(compiled(model, loss, Adam(0.005, clipnorm=1.0), [metric]), words, y, 15)


FIFTH = {
    "augmented": augmented,
    "raw-prices": raw_prices,
    "fraud": fraud,
    "smoothed-logits": smoothed_logits,
    "mixed": mixed,
    "pairs-of-rows": pairs_of_rows,
    "reviews": reviews,
    "faces": faces,
    "characters": characters,
    "noisy-pictures": noisy_pictures,
    "two-of-a-softmax": two_of_a_softmax,
    "degrees": degrees,
    "new-head": new_head,
    "rare-tags": rare_tags,
    "bicycles": bicycles,
    "transformer": transformer,
}
