"""What a training program consists of, and short ways to write one."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import layers
from keras.utils import to_categorical
from sklearn import datasets

IMAGE = (8, 8, 1)
BCE, CE, MSE = "binary_crossentropy", "categorical_crossentropy", "mean_squared_error"
SPARSE = "sparse_categorical_crossentropy"


class Program(NamedTuple):
    """A compiled model, its data as the program hands them over, and how long it trains.

    `description` says what a person would tell `diagnose` about a loss that Keras does not ship;
    `fit` holds further arguments of `fit`. A `loop` that trains without `fit` takes a list of
    callbacks, and returns the report of its `lossutils.diagnosis.Run`. `judge` takes the program,
    and returns its error and that of a guess, where the loss of a constant prediction says nothing.
    """

    model: keras.Model
    x: object
    y: object
    epochs: int = 5
    batch_size: int = 32
    description: dict | None = None
    sample_weight: np.ndarray | None = None
    fit: dict | None = None
    loop: Callable | None = None
    judge: Callable | None = None


def mlp(inputs, *sizes, dropout=0, spread=None, **options):
    """Return a network of dense layers, given as pairs of units and activation."""
    model = keras.Sequential([keras.Input((inputs,))])
    for number, (units, activation) in enumerate(sizes, 1):
        start = {"kernel_initializer": normal(spread)} if spread else {}
        model.add(layers.Dense(units, activation=activation, **start, **options))
        if dropout and number < len(sizes):
            model.add(layers.Dropout(dropout))
    return model


def cnn(units, last, *, filters=16, hidden=64, activation="relu", dropout=0, **options):
    """Return a small convolutional network for the pictures of digits."""
    model = keras.Sequential([keras.Input(IMAGE)])
    model.add(layers.Conv2D(filters, 3, padding="same", activation=activation, **options))
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(hidden, activation=activation, **options))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(units, activation=last, **options))
    return model


def compiled(model, loss, optimizer="adam", metrics=("accuracy",), **options):
    """Compile a model and return it."""
    model.compile(optimizer, loss, metrics=list(metrics), jit_compile=False, **options)
    return model


def normal(spread):
    """Return initial weights of the standard deviation."""
    return keras.initializers.RandomNormal(stddev=spread)


def generator(seed=5):
    """Return the random numbers of the data."""
    return np.random.default_rng(seed)


def digits(top=1.0, classes=10, image=False):
    """Return the digits with pixels from 0 to `top` and their classes; a substitute for MNIST."""
    x, y = datasets.load_digits(n_class=classes, return_X_y=True)
    x = (x * (top / 16)).astype("float32")
    return (x.reshape(-1, *IMAGE) if image else x), y


def one_hot(y, classes=None):
    """Return one-hot rows."""
    return to_categorical(y, classes)


def standardised(values):
    """Return columns of mean 0 and standard deviation 1."""
    values = np.asarray(values, "float64")
    return ((values - values.mean(axis=0)) / (values.std(axis=0) + 1e-12)).astype("float32")


def columns(rows, *ranges):
    """Return uniform columns within the ranges."""
    draw = generator()
    return np.column_stack([draw.uniform(*limits, rows) for limits in ranges]).astype("float32")


def two_classes(x, share=0.5):
    """Return labels 0 and 1 that depend on all columns; `share` of them are 1."""
    score = standardised(x) @ generator(6).normal(size=x.shape[1])
    return (score > np.quantile(score, 1 - share)).astype("int64")


def clusters(rows, classes, shape, noise=0.6):
    """Return examples around one random center for each class, and the classes."""
    draw = generator()
    y = draw.integers(0, classes, rows)
    x = draw.normal(size=(classes, *shape))[y] + noise * draw.normal(size=(rows, *shape))
    return x.astype("float32"), y
