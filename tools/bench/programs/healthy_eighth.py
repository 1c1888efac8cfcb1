"""Healthy programs, written with the seventh set of faults: tables, as courses have them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import Adam
from sklearn import datasets

from .healthy_eighth_pictures import PICTURES
from .healthy_eighth_sequences import SEQUENCES
from .program import (
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
)


def mileage():
    """Raw columns behind a layer that standardises them, a single unit, and a rate of 0.1."""
    x = columns(390, (3, 8), (70, 450), (46, 230), (1600, 5100), (8, 25), (70, 82))
    y = 60 - 0.006 * x[:, 3] - 0.02 * x[:, 2] + generator(8).normal(0, 2, 390)
    scale = layers.Normalization()
    scale.adapt(x)
    model = keras.Sequential([keras.Input((6,)), scale, layers.Dense(1)])
    model = compiled(model, "mean_absolute_error", Adam(0.1), ())
    return Program(model, x, y.astype("float32"), 60, fit={"validation_split": 0.2})


def big_batch():
    """All rows in one batch, 150 steps."""
    x, y = clusters(1500, 4, (15,), 1.5)
    return Program(
        compiled(mlp(15, (32, "relu"), (4, "softmax")), SPARSE, Adam(0.01)), x, y, 150, 1500
    )


def house_values():
    """Prices in thousands, not scaled: the first losses are far above the last ones."""
    x = standardised(columns(600, (0, 1), (1, 8), (20, 300), (0, 100)))
    y = (220 + 60 * x[:, 2] + 15 * x[:, 1] - 20 * x[:, 3] * (x[:, 0] > 0)).astype("float32")
    model = mlp(4, (64, "relu"), (64, "relu"), (1, None))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x, y, 25)


def visits():
    """The number of visits, from the Poisson loss and an exponential."""
    x = generator().normal(size=(1500, 5)).astype("float32")
    y = generator(8).poisson(np.exp(0.8 + 0.5 * x[:, 0] - 0.4 * x[:, 1])).astype("float32")
    model = compiled(mlp(5, (16, "relu"), (1, "exponential")), "poisson", Adam(0.005), ["mae"])
    return Program(model, x, y, 15)


def pinball(y_true, y_pred):
    """The pinball loss of three quantiles."""
    shares = ops.convert_to_tensor([0.1, 0.5, 0.9])
    error = y_true - y_pred
    return ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)


def three_quantiles():
    """Three quantiles of one number, as three outputs."""
    x = columns(1200, (-2, 2), (-2, 2))
    noise = generator(8).normal(size=1200) * (0.3 + 0.5 * np.abs(x[:, 1]))
    y = (3 * np.sin(x[:, 0]) + noise).astype("float32")[:, None]
    model = mlp(2, (32, "relu"), (32, "relu"), (3, None))
    return Program(compiled(model, pinball, Adam(0.01), ()), x, y, 15, description={})


def sales():
    """Sales from 0 to some thousands, and the squared error of their logarithms."""
    x = generator().normal(size=(1200, 6)).astype("float32")
    y = np.round(np.exp(4 + x[:, 0] + 0.6 * x[:, 1] * (x[:, 2] > 0))).astype("float32")
    model = mlp(6, (32, "relu"), (32, "relu"), (1, "softplus"))
    loss = "mean_squared_logarithmic_error"
    return Program(compiled(model, loss, Adam(0.01), ["mae"]), x, y, 20)


def normal_density(y_true, y_pred):
    """The negative logarithm of a normal density, up to a constant."""
    mean, log = y_pred[:, :1], y_pred[:, 1:]
    return ops.mean(0.5 * ops.exp(-log) * ops.square(y_true - mean) + 0.5 * log, axis=-1)


def error_bars():
    """The mean and the logarithm of the variance of small numbers: the loss becomes negative."""
    x = columns(1000, (-1, 1), (-1, 1))
    noise = generator(8).normal(size=1000) * 0.02 * np.exp(x[:, 1])
    y = (0.2 * x[:, 0] ** 2 + noise).astype("float32")[:, None]
    model = mlp(2, (32, "tanh"), (2, None))
    return Program(compiled(model, normal_density, Adam(0.01), ()), x, y, 25, description={})


def noisy_labels():
    """Three labels in ten are wrong."""
    x, y = clusters(1500, 5, (12,), 0.8)
    draw = generator(8)
    y = np.where(draw.random(1500) < 0.3, draw.integers(0, 5, 1500), y)
    model = compiled(mlp(12, (24, "relu"), (5, "softmax")), SPARSE, Adam(0.003))
    return Program(model, x, y, 10)


def initial_bias():
    """One example in forty is positive, and the first bias says so."""
    x = generator().normal(size=(3000, 10)).astype("float32")
    score = x[:, 0] + x[:, 1] - 0.5 * x[:, 2] + generator(8).normal(0, 0.4, 3000)
    y = (score > np.quantile(score, 0.975)).astype("float32")
    model = keras.Sequential([keras.Input((10,)), layers.Dense(16, activation="relu")])
    model.add(layers.Dropout(0.5))
    start = keras.initializers.Constant(np.log(0.025 / 0.975))
    model.add(layers.Dense(1, activation="sigmoid", bias_initializer=start))
    metrics = [keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC(curve="PR")]
    return Program(compiled(model, BCE, Adam(0.003), metrics), x, y, 15, 128)


def one_in_fifty():
    """One example in fifty is positive and hard to tell: the accuracy stays where it is."""
    x = generator().normal(size=(2500, 6)).astype("float32")
    score = x[:, 0] + x[:, 1] + generator(8).normal(0, 0.8, 2500)
    y = (score > np.quantile(score, 0.98)).astype("int64")
    metrics = ["accuracy", keras.metrics.AUC()]
    model = compiled(mlp(6, (16, "relu"), (1, "sigmoid")), BCE, Adam(0.003), metrics)
    return Program(model, x, y, 10, 64)


def hundred_classes():
    """A hundred classes, and only two epochs."""
    x, y = clusters(4000, 100, (40,), 1.0)
    return Program(compiled(mlp(40, (128, "relu"), (100, "softmax")), SPARSE, "adam"), x, y, 2)


def balanced_focal():
    """Keras' focal loss, which balances the two classes."""
    x = columns(1500, (-1, 1), (-1, 1), (-1, 1))
    y = (x[:, 0] ** 2 + x[:, 1] ** 2 < 0.25).astype("float32")[:, None]
    loss = losses.BinaryFocalCrossentropy(apply_class_balancing=True, from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return Program(compiled(mlp(3, (32, "relu"), (1, None)), loss, Adam(0.01), [metric]), x, y, 15)


def margins():
    """Labels of -1 and 1, the squared hinge loss, and a single unit."""
    x, y = datasets.load_breast_cancer(return_X_y=True)
    model = compiled(mlp(30, (1, None)), "squared_hinge", Adam(0.01), ["hinge"])
    return Program(model, standardised(x), (2.0 * y - 1).astype("float32"), 12)


def annotators():
    """The shares of the votes of ten people for five answers, and the divergence from them."""
    draw = generator()
    x = draw.normal(size=(1000, 8)).astype("float32")
    logits = 1.5 * x @ draw.normal(size=(8, 5)) / np.sqrt(8) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    votes = np.array([draw.multinomial(10, share) for share in shares]) / 10
    model = mlp(8, (32, "relu"), (5, "softmax"))
    return Program(
        compiled(model, "kl_divergence", Adam(0.005), ()), x, votes.astype("float32"), 15
    )


def age_and_income():
    """Age in years, one of four incomes, and whether somebody is at work, each by its name."""
    x = generator().normal(size=(900, 10)).astype("float32")
    y = {
        "age": 40 + 10 * x[:, :1] + 3 * x[:, 3:4],
        "income": np.digitize(x[:, 1] + x[:, 2], [-1, 0, 1]),
        "work": (x[:, 4:5] > 0).astype("float32"),
    }
    inputs = keras.Input((10,), name="person")
    hidden = layers.Dense(64, activation="relu")(inputs)
    sizes = {"age": (1, None), "income": (4, "softmax"), "work": (1, "sigmoid")}
    heads = {name: layers.Dense(*size, name=name)(hidden) for name, size in sizes.items()}
    model = keras.Model(inputs, heads)
    kinds = {"age": "mse", "income": SPARSE, "work": BCE}
    weights = {"age": 0.25, "income": 1.0, "work": 10.0}
    model.compile(Adam(0.01), kinds, loss_weights=weights, jit_compile=False)
    return Program(model, x, y, 25)


def stars():
    """Return people, films, and the stars from 1 to 5 that the people gave them."""
    draw = generator()
    people, films = draw.integers(0, 60, 5000), draw.integers(0, 40, 5000)
    tastes, kinds = draw.normal(size=(60, 2)), draw.normal(size=(40, 2))
    score = 3.5 + 0.8 * (tastes[people] * kinds[films]).sum(axis=1)
    score = np.clip(np.round(score + 0.3 * draw.normal(size=5000)), 1, 5)
    return people[:, None], films[:, None], score.astype("float32")


def ratings():
    """Stars from the product of two vectors and two biases."""
    people, films, y = stars()
    inputs = [keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")]
    both = list(zip((60, 40), inputs, strict=True))
    product = layers.Dot(axes=2)([layers.Embedding(rows, 4)(one) for rows, one in both])
    biases = [layers.Embedding(rows, 1)(one) for rows, one in both]
    score = layers.Flatten()(layers.Add()([product, *biases]))
    metric = keras.metrics.RootMeanSquaredError()
    model = compiled(keras.Model(inputs, score), "mse", Adam(0.01), [metric])
    return Program(model, [people, films], y, 12, 64)


def weak_signal():
    """One part in seven of the variance can be explained, and no more."""
    x = generator().normal(size=(2000, 8)).astype("float32")
    y = (0.4 * x[:, 0] + generator(8).normal(size=2000)).astype("float32")
    model = mlp(8, (16, "relu"), (1, None))
    return Program(compiled(model, MSE, Adam(0.003), ["mae"]), x, y, 8, 64)


def pipeline():
    """A pipeline that shuffles, weighs, batches and fetches ahead."""
    x, y = digits(255.0, image=True)
    weights = np.where(y == 8, 2.0, 1.0).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((x.astype("uint8"), y, weights))
    data = data.shuffle(1800, seed=1).batch(64)
    data = data.map(lambda x, y, w: (tf.cast(x, tf.float32) / 255.0, y, w)).prefetch(2)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model = compiled(model, loss, Adam(0.003))
    fit = {"x": data, "y": None, "batch_size": None, "sample_weight": None}
    return Program(model, x / 255, y, 6, 64, sample_weight=weights, fit=fit)


EIGHTH = {
    "mileage": mileage,
    "big-batch": big_batch,
    "house-values": house_values,
    "visits": visits,
    "three-quantiles": three_quantiles,
    "sales": sales,
    "error-bars": error_bars,
    "noisy-labels": noisy_labels,
    "initial-bias": initial_bias,
    "one-in-fifty": one_in_fifty,
    "hundred-classes": hundred_classes,
    "balanced-focal": balanced_focal,
    "margins": margins,
    "annotators": annotators,
    "age-and-income": age_and_income,
    "ratings": ratings,
    "weak-signal": weak_signal,
    "pipeline": pipeline,
}
EIGHTH |= PICTURES | SEQUENCES
