"""Healthy programs on pictures, sequences, several outputs and half precision."""

import keras
import numpy as np
from keras import layers, losses
from keras.optimizers import Adam

from tools.bench.programs.program import (
    CE,
    SPARSE,
    Program,
    clusters,
    cnn,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)

SPARSE_LOGITS = losses.SparseCategoricalCrossentropy(from_logits=True)


def digits_conv(loss=SPARSE_LOGITS, last=None, rows=False, **options):
    x, y = digits(image=True)
    return Program(compiled(cnn(10, last), loss, **options), x, one_hot(y) if rows else y, 4)


def digits_dense(loss=CE, top=1.0, last="softmax"):
    x, y = digits(top)
    model = compiled(mlp(64, (64, "relu"), (10, last)), loss, Adam(0.005))
    return Program(model, x, one_hot(y), 5)


def autoencoder(loss, last, standard=False):
    x, _ = digits()
    x = standardised(x) if standard else x
    return Program(compiled(mlp(64, (32, "relu"), (64, last)), loss, Adam(0.005), []), x, x, 6)


def conv_autoencoder():
    x, _ = digits(image=True)
    body = [
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
    ]
    model = compiled(keras.Sequential([keras.Input((8, 8, 1)), *body]), "bce", Adam(0.01), [])
    return Program(model, x, x, 4)


def multi_label(loss="binary_crossentropy", last="sigmoid"):
    metric = keras.metrics.BinaryAccuracy(threshold=0.5 if last else 0.0)
    x, y = digits()
    bits = (y[:, None] >> np.arange(4)) & 1
    model = compiled(mlp(64, (64, "relu"), (4, last)), loss, Adam(0.005), [metric])
    return Program(model, x, bits, 6)


def masks(loss, *, units=1, last="sigmoid", index=False, ignored=None, rate=0.02):
    """Return a segmentation of the bright parts of the digits."""
    x, _ = digits(image=True)
    grey = x[..., 0]
    y = (grey > 0.5).astype("int64") if units == 1 else np.digitize(grey, [0.3, 0.7])
    if ignored is not None:
        y = np.where(generator().random(y.shape) < 0.1, ignored, y)
    body = [
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(units, 3, padding="same", activation=last),
    ]
    y = y if index else y[..., None].astype("float32")
    model = compiled(keras.Sequential([keras.Input((8, 8, 1)), *body]), loss, Adam(rate), [])
    return Program(model, x, y, 5)


def tokens():
    x = generator().integers(0, 20, (500, 12))
    body = [layers.Embedding(20, 16), layers.Dense(20, activation="softmax")]
    model = compiled(keras.Sequential([keras.Input((12,)), *body]), SPARSE, Adam(0.02))
    return Program(model, x, (x + 1) % 20, 5)


def padded_tokens():
    """Return tokens with padding 0, which weights leave out."""
    x = generator().integers(1, 20, (500, 12))
    x[np.arange(12) >= generator(8).integers(4, 13, (500, 1))] = 0
    weight = (x > 0).astype("float32")
    body = [layers.Embedding(20, 16), layers.Dense(20)]
    model = compiled(keras.Sequential([keras.Input((12,)), *body]), SPARSE_LOGITS, Adam(0.02), [])
    return Program(model, x, (x + 1) % 20, 5, sample_weight=weight)


def recurrent(layer):
    x, y = clusters(400, 2, (10, 3), 1.5)
    net = keras.Sequential([keras.Input((10, 3)), layer(16), layers.Dense(1, "sigmoid")])
    return Program(compiled(net, "binary_crossentropy", Adam(0.01)), x, y, 6)


def waves():
    """Return a forecast of the next value."""
    t = generator().uniform(0, 20, (600, 1)) + np.arange(17) / 3
    x = np.sin(t).astype("float32")
    net = keras.Sequential([keras.Input((16, 1)), layers.GRU(16), layers.Dense(1)])
    return Program(compiled(net, "mse", Adam(0.01), []), x[:, :-1, None], x[:, -1], 6)


def each_step():
    """Return a value for each step of a sequence."""
    x = generator().normal(size=(400, 10, 1)).astype("float32")
    net = keras.Sequential([keras.Input((10, 1)), layers.LSTM(16, return_sequences=True)])
    net.add(layers.Dense(1))
    return Program(compiled(net, "mse", Adam(0.02), []), x, np.cumsum(x, axis=1) / 3, 8)


def ctc():
    draw = generator()
    y = draw.integers(1, 5, (300, 4))
    frames = np.repeat(y, 3, axis=1)
    x = (one_hot(frames, 5) + 0.1 * draw.normal(size=(300, 12, 5))).astype("float32")
    net = keras.Sequential(
        [keras.Input((12, 5)), layers.Conv1D(32, 3, padding="same", activation="relu")]
    )
    net.add(layers.Dense(5))
    return Program(compiled(net, losses.CTC(), Adam(0.02), []), x, y.astype("int32"), 10)


def two_heads(structure):
    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(64, activation="relu")(inputs)
    heads = {
        "digit": layers.Dense(10, activation="softmax", name="digit")(hidden),
        "even": layers.Dense(1, activation="sigmoid", name="even")(hidden),
    }
    truth, loss = {"digit": y, "even": 1 - y % 2}, {"digit": SPARSE, "even": "bce"}
    if structure is list:
        heads, truth, loss = (list(part.values()) for part in (heads, truth, loss))
    model = compiled(keras.Model(inputs, heads), loss, Adam(0.005), [])
    return Program(model, x, truth, 5)


def half(make, policy="mixed_float16"):
    """Return a program that is built under a policy of half precision."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        return make()
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def half_regression():
    x = generator().normal(size=(500, 6)).astype("float32")
    model = compiled(mlp(6, (32, "relu"), (1, None)), "mse", Adam(0.01), [])
    return Program(model, x, x[:, 0] - x[:, 1] * x[:, 2], 8)


def embedding(loss, units=5):
    x = generator().normal(size=(600, 8)).astype("float32")
    y = (x @ generator(8).normal(size=(8, units))).astype("float32")
    return Program(compiled(mlp(8, (32, "relu"), (units, None)), loss, Adam(0.01), []), x, y, 6)


ARRAYS = {
    "digits_conv": digits_conv,
    "digits_conv_softmax": lambda: digits_conv(SPARSE, "softmax"),
    "digits_conv_rows": lambda: digits_conv(CE, "softmax", rows=True),
    "digits_raw_pixels": lambda: digits_dense(top=16),
    "digits_mse_softmax": lambda: digits_dense("mse"),
    "digits_one_against_all": lambda: digits_dense("bce", last="sigmoid"),
    "digits_autoencoder_mse": lambda: autoencoder("mse", "sigmoid"),
    "digits_autoencoder_bce": lambda: autoencoder("bce", "sigmoid"),
    "digits_autoencoder_linear": lambda: autoencoder("mse", None, standard=True),
    "digits_conv_autoencoder": conv_autoencoder,
    "multi_label": multi_label,
    "multi_label_logits": lambda: multi_label(losses.BinaryCrossentropy(from_logits=True), None),
    "masks_bce": lambda: masks("bce"),
    "masks_dice": lambda: masks(losses.Dice()),
    "masks_tversky": lambda: masks(losses.Tversky()),
    "masks_three_classes": lambda: masks(SPARSE, units=3, last="softmax", index=True),
    "masks_column_of_classes": lambda: masks(SPARSE, units=3, last="softmax"),
    "masks_ignored_class": lambda: masks(
        losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255),
        units=3,
        last=None,
        index=True,
        ignored=255,
    ),
    "tokens": tokens,
    "padded_tokens_weighted": padded_tokens,
    "lstm": lambda: recurrent(layers.LSTM),
    "gru": lambda: recurrent(layers.GRU),
    "waves": waves,
    "each_step": each_step,
    "ctc": ctc,
    "two_heads_dict": lambda: two_heads(dict),
    "two_heads_list": lambda: two_heads(list),
    "float16_conv": lambda: half(digits_conv),
    "float16_dense": lambda: half(digits_dense),
    "float16_autoencoder": lambda: half(conv_autoencoder),
    "float16_regression": lambda: half(half_regression),
    "bfloat16_dense": lambda: half(digits_dense, "mixed_bfloat16"),
    "cosine_embedding": lambda: embedding("cosine_similarity"),
    "two_targets": lambda: embedding("mse", 2),
}
