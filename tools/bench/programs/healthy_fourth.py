"""Healthy programs, written with the third set of faults, about which nothing is to be said."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam
from sklearn import datasets

from .program import (
    BCE,
    CE,
    MSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
    two_classes,
)


def diabetes():
    """Return standardised features and the progression as a standardised column."""
    x, y = datasets.load_diabetes(return_X_y=True)
    return standardised(x), standardised(y)[:, None]


def density():
    """The likelihood of a narrow Gaussian: a density above 1 makes the loss negative."""
    draw = generator()
    x = draw.normal(size=(800, 4)).astype("float32")
    y = (0.5 * x[:, :1] - 0.3 * x[:, 1:2] + 0.02 * draw.normal(size=(800, 1))).astype("float32")

    def loss(y_true, y_pred):
        mean, spread = y_pred[:, :1], ops.softplus(y_pred[:, 1:]) + 1e-3
        return ops.log(spread) + ops.square((y_true - mean) / spread) / 2 + 0.919

    return Program(compiled(mlp(4, (32, "relu"), (2, None)), loss, Adam(0.005), ()), x, y, 20)


def ranking():
    """Two documents beside each other; the label says whether the first is the better one."""
    x = columns(1000, *[(-1, 1)] * 12).reshape(1000, 2, 6)
    worth = x @ np.arange(1, 7)
    score = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu")])
    score.add(layers.Dense(1))
    inputs = keras.Input((2, 6))
    better = layers.Subtract()([score(inputs[:, 0]), score(inputs[:, 1])])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    model = compiled(keras.Model(inputs, better), loss, Adam(0.01), [metric])
    return Program(model, x, (worth[:, 0] > worth[:, 1]).astype("float32")[:, None], 10)


def ordinal():
    """Grades from 0 to 4 as four questions: is it more than 0, than 1, and so on."""
    x, _ = diabetes()
    y = standardised(datasets.load_diabetes().target)
    grade = np.digitize(y, [-0.8, -0.2, 0.4, 1.0])
    above = (grade[:, None] > np.arange(4)).astype("float32")
    model = mlp(10, (16, "relu"), (4, "sigmoid"))
    return Program(compiled(model, BCE, Adam(0.01), ["binary_accuracy"]), x, above, 20)


def mixed_up():
    """Mixup: every example is a mixture of two, and so is its label."""
    x, y = digits(image=True)
    draw = generator()
    other, share = draw.permutation(len(x)), draw.beta(0.3, 0.3, (len(x), 1)).astype("float32")
    labels = share * one_hot(y) + (1 - share) * one_hot(y)[other]
    pictures = share[:, :, None, None] * x + (1 - share[:, :, None, None]) * x[other]
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    return Program(compiled(model, CE, Adam(0.003)), pictures, labels, 6)


def gamma():
    """The deviance of a gamma distribution, for claims of very different size."""
    draw = generator()
    x = draw.uniform(-1, 1, (1000, 4)).astype("float32")
    y = draw.gamma(3, np.exp(0.5 + 1.5 * x[:, :1] - x[:, 1:2]) / 3).astype("float32") + 1e-3

    def loss(y_true, y_pred):
        return 2 * (y_true / y_pred - ops.log(y_true / y_pred) - 1)

    model = compiled(mlp(4, (16, "relu"), (1, "exponential")), loss, Adam(0.01), ())
    return Program(model, x, y, 12)


def overlap():
    """The Dice coefficient with a minus sign, which falls to -1."""
    draw = generator()
    masks = (draw.random((300, 4, 4, 1)) < 0.3).repeat(3, axis=1).repeat(3, axis=2)
    x = (masks + 0.4 * draw.normal(size=masks.shape)).astype("float32")

    def loss(y_true, y_pred):
        both = ops.sum(y_true * y_pred, axis=[1, 2, 3])
        sizes = ops.sum(y_true, axis=[1, 2, 3]) + ops.sum(y_pred, axis=[1, 2, 3])
        return -(2 * both + 1) / (sizes + 1)

    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
    return Program(compiled(model, loss, Adam(0.01), ()), x, masks.astype("float32"), 8)


def gaps():
    """Sensors that sometimes fail: the missing values are nan, and the loss leaves them out."""
    draw = generator()
    x = draw.normal(size=(800, 6)).astype("float32")
    y = (x @ draw.normal(size=(6, 3)) / 2).astype("float32")
    y[draw.random(y.shape) < 0.2] = np.nan

    def loss(y_true, y_pred):
        known = ops.logical_not(ops.isnan(y_true))
        error = ops.square(ops.where(known, y_true, 0.0) - y_pred)
        return ops.sum(ops.where(known, error, 0.0)) / ops.sum(ops.cast(known, "float32"))

    return Program(compiled(mlp(6, (32, "relu"), (3, None)), loss, Adam(0.01), ()), x, y, 10)


def unknown_tags():
    """Tags that nobody gave are -1, and the loss leaves them out."""
    draw = generator()
    x, kind = clusters(900, 6, (12,))
    tags = np.stack([kind < 3, kind % 2 == 0, kind > 4], axis=1).astype("float32")
    tags[draw.random(tags.shape) < 0.3] = -1

    def loss(y_true, y_pred):
        known = ops.cast(y_true >= 0, "float32")
        truth = ops.maximum(y_true, 0.0)
        value = truth * ops.log(y_pred + 1e-7) + (1 - truth) * ops.log(1 - y_pred + 1e-7)
        return -ops.sum(known * value) / ops.sum(known)

    return Program(compiled(mlp(12, (32, "relu"), (3, "sigmoid")), loss, Adam(0.01), ()), x, tags)


def salaries():
    """Targets of 55,000: the last layer of the model scales them back."""
    x, y = diabetes()
    model = mlp(10, (16, "relu"), (1, None))
    model.add(layers.Rescaling(12000.0, offset=55000.0))
    return Program(compiled(model, "mae", Adam(0.01), ()), x, 55000 + 12000 * y, 30)


def word_vectors():
    """The direction of a vector is to be predicted."""
    draw = generator()
    x = draw.normal(size=(800, 16)).astype("float32")
    vectors = np.tanh(x @ draw.normal(size=(16, 12))).astype("float32")
    model = compiled(mlp(16, (48, "relu"), (12, None)), "cosine_similarity", Adam(0.005), ())
    return Program(model, x, vectors, 12)


def three_heads():
    """The kind, the quality and the price of a wine, by one network."""
    x, kind = datasets.load_wine(return_X_y=True)
    x = standardised(x)
    good = two_classes(x, 0.3).astype("float32")
    price = (x[:, 0] + 0.5 * x[:, 9] + 0.1 * generator().normal(size=len(x))).astype("float32")
    inputs = keras.Input((13,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    heads = {
        "kind": layers.Dense(3, activation="softmax", name="kind")(hidden),
        "good": layers.Dense(1, activation="sigmoid", name="good")(hidden),
        "price": layers.Dense(1, name="price")(hidden),
    }
    model = keras.Model(inputs, heads)
    losses = {"kind": "sparse_categorical_crossentropy", "good": BCE, "price": "huber"}
    weights = {"kind": 1.0, "good": 0.5, "price": 2.0}
    model.compile(Adam(0.01), losses, loss_weights=weights, jit_compile=False)
    return Program(model, x, {"kind": kind, "good": good, "price": price}, 20, 16)


def running_sum():
    """A value for each step of a sequence."""
    x = generator().normal(size=(500, 10, 1)).astype("float32")
    model = keras.Sequential([keras.Input((10, 1)), layers.GRU(16, return_sequences=True)])
    model.add(layers.TimeDistributed(layers.Dense(1)))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x, np.cumsum(x, axis=1) / 3, 12)


def teacher():
    """A small network learns the softened probabilities of a large one."""
    draw = generator()
    x = draw.normal(size=(1000, 10)).astype("float32")
    scores = np.maximum(x @ draw.normal(size=(10, 24)), 0) @ draw.normal(size=(24, 5)) / 4
    soft = np.exp(scores / 3) / np.exp(scores / 3).sum(axis=1, keepdims=True)
    model = mlp(10, (32, "relu"), (5, "softmax"))
    model.compile(Adam(0.005), keras.losses.KLDivergence(), jit_compile=False)
    return Program(model, x, soft.astype("float32"), 15)


def angles():
    """An angle as its sine and cosine."""
    draw = generator()
    angle = draw.uniform(0, 2 * np.pi, 800)
    y = np.stack([np.sin(angle), np.cos(angle)], axis=1).astype("float32")
    x = (y @ draw.normal(size=(2, 6)) + 0.1 * draw.normal(size=(800, 6))).astype("float32")
    return Program(compiled(mlp(6, (32, "relu"), (2, "tanh")), MSE, Adam(0.005), ["mae"]), x, y, 12)


def warmed_up():
    """The rate rises for an epoch, then falls to 0; the loss hardly moves in the end."""
    x, y = digits(image=True)
    rate = keras.optimizers.schedules.CosineDecay(
        1e-5, 5 * 57, warmup_target=0.005, warmup_steps=57
    )
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(rate)), x, y, 8)


def adapted():
    """Raw columns of very different size, which the model standardises itself."""
    x = columns(800, (0, 20000), (0, 3), (100, 900), (-1e-3, 1e-3))
    y = standardised(x) @ np.array([2.0, -1.0, 0.5, 1.0]) + 100
    first = layers.Normalization()
    first.adapt(x)
    model = keras.Sequential([keras.Input((4,)), first])
    model.add(layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L1(1e-3)))
    model.add(layers.Dense(1, bias_initializer=keras.initializers.Constant(100.0)))
    return Program(compiled(model, "huber", Adam(0.01), ["mae"]), x, y[:, None], 12)


FOURTH = {
    "adapted": adapted,
    "density": density,
    "ranking": ranking,
    "ordinal": ordinal,
    "mixed-up": mixed_up,
    "gamma": gamma,
    "overlap": overlap,
    "gaps": gaps,
    "unknown-tags": unknown_tags,
    "scaled-back": salaries,
    "word-vectors": word_vectors,
    "three-heads": three_heads,
    "running-sum": running_sum,
    "teacher": teacher,
    "angles": angles,
    "warmed-up": warmed_up,
}
