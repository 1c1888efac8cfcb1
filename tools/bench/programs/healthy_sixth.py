"""Healthy programs, written with the fifth set of faults; their structure is that of public code.

The first ones train in a way of their own, or on data that come in a way of their own.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.optimizers import SGD, Adam
from sklearn import datasets

from .healthy_sixth_loops import LOOPS
from .healthy_sixth_losses import LOSSES
from .healthy_sixth_steps import STEPS
from .program import (
    BCE,
    MSE,
    SPARSE,
    Program,
    clusters,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def credit_cards():
    """Fraud is rare: a bias to start with, and weights for the classes."""
    draw = generator()
    y = (draw.random(4000) < 0.02).astype("int64")
    x = np.clip(draw.normal(size=(4000, 20)) + 0.8 * y[:, None], -5, 5).astype("float32")
    bias = keras.initializers.Constant(np.log(y.mean() / (1 - y.mean())))
    model = keras.Sequential([keras.Input((20,)), layers.Dense(16, activation="relu")])
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid", bias_initializer=bias))
    metrics = [keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC(curve="PR")]
    model = compiled(model, keras.losses.BinaryCrossentropy(), Adam(1e-3), metrics)
    weights = {0: 1 / (1 - y.mean()) / 2, 1: 1 / y.mean() / 2}
    fit = {"class_weight": weights, "validation_split": 0.1}
    return Program(model, x, y, 12, 512, fit=fit, judge=ranks)


def ranks(program):
    """Return how often a no is ranked above a yes, and one half."""
    scores = np.asarray(program.model(program.x))[:, 0]
    yes, no = scores[program.y == 1], scores[program.y == 0]
    return float(np.mean(no[:, None] > yes[None])), 0.5


def sine_windows():
    """The next value at each step of a window, from a data set that is made step by step."""
    draw = generator()
    time = np.arange(1501) / 10
    wave = (np.sin(time) + 0.5 * np.sin(2.3 * time) + 0.05 * draw.normal(size=1501))[:, None]
    wave = wave.astype("float32")
    data = keras.utils.timeseries_dataset_from_array(wave, None, 25, 3, batch_size=32, shuffle=True)
    data = data.map(lambda window: (window[:, :-1], window[:, 1:]))
    model = keras.Sequential([keras.Input((None, 1)), layers.LSTM(24, return_sequences=True)])
    model.add(layers.Dense(1))
    model = compiled(model, keras.losses.MeanSquaredError(), Adam(0.01), ["mae"])
    windows = np.stack([wave[i : i + 25] for i in range(0, 1476, 3)])
    fit = {"x": data, "y": None, "batch_size": None}
    return Program(model, windows[:, :-1], windows[:, 1:], 6, fit=fit)


def padded_reviews():
    """Texts of several lengths, padded batch by batch, in a data set that repeats."""
    draw = generator()
    y = draw.integers(0, 2, 600)
    texts = [draw.integers(1 + 20 * label, 60 + 20 * label, draw.integers(5, 25)) for label in y]
    pairs = tf.data.Dataset.from_generator(
        lambda: zip(texts, y, strict=True),
        output_signature=(tf.TensorSpec((None,), "int32"), tf.TensorSpec((), "int32")),
    )
    data = pairs.shuffle(600, seed=1).padded_batch(32).repeat().prefetch(2)
    model = keras.Sequential([keras.Input((None,), dtype="int32")])
    model.add(layers.Embedding(100, 16, mask_zero=True))
    model.add(layers.Bidirectional(layers.LSTM(12)))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model = compiled(model, loss, Adam(0.005), [keras.metrics.BinaryAccuracy(threshold=0.0)])
    x = keras.utils.pad_sequences(texts, padding="post")
    fit = {"x": data, "y": None, "batch_size": None, "steps_per_epoch": 18}
    return Program(model, x, y, 6, fit=fit)


def one_class_first():
    """The examples are sorted: the first 212 are all of one class; fit shuffles them."""
    x, y = datasets.load_breast_cancer(return_X_y=True)
    order = np.argsort(y, kind="stable")
    model = mlp(30, (16, "relu"), (1, "sigmoid"))
    return Program(compiled(model, BCE, "adam"), standardised(x)[order], y[order], 12)


def rising_targets():
    """The rows of a table by rising target, in batches that are not shuffled; the last has one."""
    draw = generator()
    x = draw.normal(size=(513, 6)).astype("float32")
    y = (x @ draw.normal(size=6)).astype("float32")
    order = np.argsort(y)
    model = compiled(mlp(6, (24, "relu"), (1, None)), MSE, SGD(0.02), ["mae"])
    return Program(model, x[order], y[order], 25, fit={"shuffle": False})


def with_callbacks():
    """Clipped gradients, a rate that restarts, and early stopping, as courses show them."""
    x, y = clusters(900, 6, (24,), 1.5)
    rate = keras.optimizers.schedules.CosineDecayRestarts(0.01, 100)
    model = keras.Sequential([keras.Input((24,)), layers.Dense(64, kernel_regularizer="l2")])
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(6, activation="softmax"))
    model = compiled(model, SPARSE, Adam(rate, global_clipnorm=1.0))
    stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    return Program(model, x, y, 20, 64, fit={"validation_split": 0.2, "callbacks": [stop]})


def films():
    """Ratings from 1 to 5 as fractions: a sigmoid of a product of embeddings, and entropy."""
    draw = generator()
    user, film = draw.integers(0, 60, 3000), draw.integers(0, 80, 3000)
    taste = (draw.normal(size=(60, 4))[user] * draw.normal(size=(80, 4))[film]).sum(axis=1)
    rating = np.clip(np.round(3 + taste), 1, 5)
    inputs = keras.Input((2,), dtype="int32")
    users = layers.Embedding(60, 12, embeddings_regularizer=keras.regularizers.l2(1e-6))
    films = layers.Embedding(80, 12, embeddings_regularizer=keras.regularizers.l2(1e-6))
    parts = [users(inputs[:, 0]), films(inputs[:, 1])]
    product = layers.Dot(axes=1)(parts)
    bias = layers.Embedding(80, 1)(inputs[:, 1])
    model = keras.Model(inputs, layers.Activation("sigmoid")(product + bias))
    model = compiled(model, keras.losses.BinaryCrossentropy(), Adam(0.01), ())
    x = np.stack([user, film], axis=1)
    return Program(model, x, ((rating - 1) / 4).astype("float32"), 12, 64)


def tuned_again():
    """A network that has learned is trained further, at a small rate: the loss hardly falls."""
    x, y = clusters(800, 4, (12,), 2.2)
    model = compiled(mlp(12, (32, "relu"), (4, "softmax")), SPARSE, Adam(0.01))
    model.fit(x, y, epochs=15, verbose=0)
    return Program(compiled(model, SPARSE, Adam(1e-5)), x, y, 4)


def tickets():
    """A ticket's priority as a yes or no, and its department as one of four, by name."""
    draw = generator()
    kind = draw.integers(0, 4, 900)
    title = draw.integers(0, 30, (900, 8)) + 10 * kind[:, None]
    tags = (draw.random((900, 12)) < 0.2).astype("float32")
    urgent = (tags[:, 0] + tags[:, 1] + (kind == 2) > 0).astype("float32")
    inputs = {"title": keras.Input((None,), dtype="int32", name="title")}
    inputs["tags"] = keras.Input((12,), name="tags")
    text = layers.LSTM(16)(layers.Embedding(60, 12)(inputs["title"]))
    both = layers.concatenate([text, inputs["tags"]])
    outputs = {"priority": layers.Dense(1, name="priority")(both)}
    outputs["department"] = layers.Dense(4, name="department")(both)
    model = keras.Model(inputs, outputs)
    losses = {"priority": keras.losses.BinaryCrossentropy(from_logits=True)}
    losses["department"] = keras.losses.CategoricalCrossentropy(from_logits=True)
    weights = {"priority": 1.0, "department": 0.2}
    model.compile(Adam(0.01), losses, loss_weights=weights, jit_compile=False)
    labels = {"priority": urgent, "department": one_hot(kind)}
    return Program(model, {"title": title, "tags": tags}, labels, 8)


def distance(sides):
    """Return the Euclidean distance of two codes, never 0."""
    square = ops.sum(ops.square(sides[0] - sides[1]), axis=1, keepdims=True)
    return ops.sqrt(ops.maximum(square, keras.config.epsilon()))


def contrastive(y_true, y_pred):
    """The contrastive loss; 1 means that the pictures differ."""
    near, far = ops.square(y_pred), ops.square(ops.maximum(1 - y_pred, 0))
    return ops.mean((1 - y_true) * near + y_true * far)


def pairs():
    """Two pictures by one network; the normalised distance ends in a sigmoid."""
    x, y = digits(classes=5, image=True)
    other = generator().integers(0, len(y), len(y))
    other = np.where(generator().random(len(y)) < 0.4, np.argsort(np.argsort(y)), other)
    other[::2] = [np.flatnonzero(y == label)[i % 90] for i, label in enumerate(y[::2])]
    tower = keras.Sequential([keras.Input((8, 8, 1)), layers.BatchNormalization()])
    tower.add(layers.Conv2D(8, 3, activation="tanh"))
    tower.add(layers.AveragePooling2D(2))
    tower.add(layers.Flatten())
    tower.add(layers.Dense(10, activation="tanh"))
    sides = [keras.Input((8, 8, 1)), keras.Input((8, 8, 1))]
    apart = layers.Lambda(distance, output_shape=(1,))([tower(side) for side in sides])
    outputs = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(apart))
    model = compiled(keras.Model(sides, outputs), contrastive, "rmsprop", ["accuracy"])
    return Program(model, [x, x[other]], (y != y[other]).astype("float32"), 12, 16)


DATA = {
    "credit-cards": credit_cards,
    "sine-windows": sine_windows,
    "padded-reviews": padded_reviews,
    "one-class-first": one_class_first,
    "rising-targets": rising_targets,
    "with-callbacks": with_callbacks,
    "films": films,
    "tuned-again": tuned_again,
    "tickets": tickets,
    "pairs-of-digits": pairs,
}
SIXTH = DATA | LOSSES | STEPS | LOOPS
