"""Healthy programs, written with the seventh set of faults: texts and series."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses
from keras.optimizers import Adam, RMSprop

from .program import BCE, MSE, SPARSE, Program, clusters, compiled, generator, standardised


def pooled_words():
    """Reviews, the mean of the vectors of their words, and a logit."""
    words = generator().integers(1, 200, (1200, 30))
    y = ((words < 60).sum(axis=1) > (words > 140).sum(axis=1)).astype("int64")
    model = keras.Sequential([keras.Input((30,), dtype="int32"), layers.Embedding(200, 16)])
    model.add(layers.Dropout(0.2))
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(1))
    loss = losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return Program(compiled(model, loss, Adam(0.005), [metric]), words, y, 15)


def sentences():
    """Sentences as strings, which a layer has split into rows of 0 and 1."""
    draw = generator()
    names = np.array([f"word{number}" for number in range(60)])
    words = draw.integers(0, 60, (800, 10))
    y = (words // 15)[np.arange(800), draw.integers(0, 10, 800)]
    words = np.where(draw.random((800, 10)) < 0.6, words % 15 + 15 * y[:, None], words)
    x = np.array([" ".join(names[row]) for row in words])
    split = layers.TextVectorization(max_tokens=61, output_mode="multi_hot")
    split.adapt(x)
    x = np.asarray(split(tf.constant(x))).astype("float32")
    model = keras.Sequential([keras.Input((61,)), layers.Dense(32, activation="relu")])
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(4, activation="softmax"))
    return Program(compiled(model, SPARSE, Adam(0.005)), x, y, 10)


def next_character():
    """The next character at every step, from logits."""
    text = np.cumsum(generator().choice([1, 3, 7], 6000, p=[0.7, 0.2, 0.1])) % 26
    windows = np.lib.stride_tricks.sliding_window_view(text, 17)[::8]
    model = keras.Sequential([keras.Input((16,), dtype="int32"), layers.Embedding(26, 16)])
    model.add(layers.GRU(48, return_sequences=True))
    model.add(layers.Dense(26))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.01), ()), windows[:, :-1], windows[:, 1:], 10, 64)


def attention():
    """A block of a transformer, and the most frequent kind of word."""
    words = generator().integers(0, 30, (1000, 12))
    y = ((words // 10)[:, :, None] == np.arange(3)).sum(axis=1).argmax(axis=1)
    inputs = keras.Input((12,), dtype="int32")
    hidden = layers.Embedding(30, 16)(inputs)
    side = layers.MultiHeadAttention(2, 8)(hidden, hidden)
    hidden = layers.LayerNormalization()(layers.Add()([hidden, side]))
    side = layers.Dense(16)(layers.Dense(32, activation="relu")(hidden))
    hidden = layers.LayerNormalization()(layers.Add()([hidden, side]))
    hidden = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(hidden))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(hidden))
    return Program(compiled(model, SPARSE, Adam(0.003)), words, y, 8)


def hourly():
    """The temperature of the next hour, standardised, from the last day."""
    hour = np.arange(1500)
    noise = np.convolve(generator().normal(size=1523), np.ones(24) / 24, "valid")
    series = standardised(np.sin(hour * np.pi / 12) + 2 * np.sin(hour / 200) + 2 * noise)
    windows = np.lib.stride_tricks.sliding_window_view(series, 25)
    model = keras.Sequential([keras.Input((24, 1)), layers.LSTM(16), layers.Dense(1)])
    model = compiled(model, "mae", RMSprop(0.005), ())
    return Program(model, windows[:, :24, None], windows[:, 24], 6, 64)


def next_steps():
    """The next number at every step, from convolutions that look back only."""
    draw = generator()
    start, speed = draw.uniform(0, 6, (500, 1)), draw.uniform(0.2, 0.5, (500, 1))
    waves = np.sin(start + speed * np.arange(25)) + 0.05 * draw.normal(size=(500, 25))
    waves = waves.astype("float32")[..., None]
    model = keras.Sequential([keras.Input((24, 1))])
    for dilation in (1, 2, 4):
        model.add(layers.Conv1D(16, 2, padding="causal", dilation_rate=dilation, activation="relu"))
    model.add(layers.Conv1D(1, 1))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), waves[:, :-1], waves[:, 1:], 10)


def float16_policy():
    """Hidden layers in float16, a last one in float32, and an optimizer that scales the loss."""
    x, y = clusters(1200, 2, (30,), 3.0)
    policy = "mixed_float16"
    model = keras.Sequential([keras.Input((30,))])
    model.add(layers.Dense(64, activation="relu", dtype=policy))
    model.add(layers.Dense(64, activation="relu", dtype=policy))
    model.add(layers.Dense(1, activation="sigmoid", dtype="float32"))
    optimizer = keras.optimizers.LossScaleOptimizer(Adam(0.003), initial_scale=2.0**10)
    return Program(compiled(model, BCE, optimizer), x, y.astype("float32"), 6)


SEQUENCES = {
    "pooled-words": pooled_words,
    "sentences": sentences,
    "next-character": next_character,
    "attention": attention,
    "hourly": hourly,
    "next-steps": next_steps,
    "float16-policy": float16_policy,
}
