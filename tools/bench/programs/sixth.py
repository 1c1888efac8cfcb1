"""A sixth set of faults that people reported, of the kinds and shares of public collections.

Each function returns the faulty program and the repaired one; sixth.toml says what is wrong.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.optimizers import SGD, Adam, RMSprop
from sklearn import datasets

from .program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    cnn,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
    standardised,
)


def next_letter():
    """The next letter as a number from 0 to 1, from a softmax over a single unit."""
    text = np.cumsum(generator().choice([1, 2], 700, p=[0.9, 0.1])) % 26
    windows = np.lib.stride_tricks.sliding_window_view(text / 25, 8).astype("float32")
    x, y = windows[:-1, :, None], (text[8:] / 25).astype("float32")[:, None]

    def of(last, optimizer, epochs):
        model = keras.Sequential([keras.Input((8, 1)), layers.LSTM(24)])
        model.add(layers.Dense(1, activation=last))
        return Program(compiled(model, MSE, optimizer, ()), x, y, epochs)

    return of("softmax", RMSprop(), 6), of("sigmoid", Adam(0.01), 25)


def tumours():
    """A column of 0 and 1, a sigmoid, and the categorical cross-entropy."""
    x, y = datasets.load_breast_cancer(return_X_y=True)
    sizes = (16, "relu"), (16, "relu"), (1, "sigmoid")

    def of(loss):
        model = compiled(mlp(30, *sizes, dropout=0.1, spread=0.05), loss)
        return Program(model, standardised(x), y, 15, 100)

    return of(CE), of(BCE)


def curve():
    """One sigmoid for a curve that is always below 0."""
    x = np.linspace(-1, 1, 111).astype("float32")[:, None]
    y = -1 / (np.exp(10 * x[:, 0]) + 1)

    def of(targets):
        model = compiled(mlp(1, (1, "sigmoid")), MSE, Adam(0.05), ["mean_absolute_error"])
        return Program(model, x, targets.astype("float32"), 60)

    return of(y), of(-y)


def two_sigmoids():
    """Two classes as one-hot rows, and a sigmoid for each."""
    x, y = clusters(600, 2, (8, 8, 1), 1.5)

    def of(last):
        return Program(compiled(cnn(2, last, dropout=0.3), CE), x, one_hot(y), 6)

    return of("sigmoid"), of("softmax")


def three_folders():
    """Three folders of pictures are the labels 0, 1 and 2, against one sigmoid."""
    x, y = clusters(600, 3, (8, 8, 1), 1.0)
    faulty = compiled(cnn(1, "sigmoid", dropout=0.5), BCE, RMSprop())
    repaired = compiled(cnn(3, "softmax", dropout=0.5), CE, RMSprop())
    return Program(faulty, x, y.astype("float32"), 6, 16), Program(repaired, x, one_hot(y), 6, 16)


def car_brands():
    """Eight units for the one-hot rows of seven brands."""
    x, y = clusters(420, 7, (8, 8, 1))
    return tuple(Program(compiled(cnn(units, "softmax"), CE), x, one_hot(y), 5) for units in (8, 7))


def five_subjects():
    """Class numbers as a column, five units, and the binary cross-entropy."""
    x, y = clusters(500, 5, (20,))

    def of(loss):
        model = compiled(mlp(20, (64, "relu"), (5, "softmax")), loss, RMSprop(0.003))
        return Program(model, x, y[:, None], 8)

    return of(BCE), of(SPARSE)


def small_pictures():
    """The binary cross-entropy of a softmax over ten classes, and an accuracy that looks high."""
    x, y = digits(image=True)

    def of(loss):
        return Program(compiled(cnn(10, "softmax", dropout=0.25), loss), x, one_hot(y), 5, 64)

    return of(BCE), of(CE)


def sale_prices():
    """Prices of up to 755,000, as they are, at a rate of 0.1."""
    x = columns(800, (0, 1), (0, 3), (1, 10), (1900, 2010))
    y = 80_000 + 70_000 * np.exp(0.6 * standardised(x)[:, 2] + 0.2 * standardised(x)[:, 0])

    def of(targets, rate):
        model = compiled(mlp(4, (64, "relu"), (1, None)), MSE, SGD(rate), ["mae"])
        return Program(model, standardised(x), targets.astype("float32"), 8, 16)

    return of(y, 0.1), of(standardised(y), 0.01)


def named_entities():
    """The kind of each word from a last layer without softmax, and a loss that is told nothing."""
    draw = generator()
    words = draw.integers(1, 50, (500, 12))
    kinds = (words % 5 + np.roll(words, 1, axis=1) % 2) % 5

    def of(loss):
        model = keras.Sequential([keras.Input((12,), dtype="int32"), layers.Embedding(50, 24)])
        model.add(layers.Bidirectional(layers.LSTM(24, return_sequences=True)))
        model.add(layers.Dense(5))
        return Program(compiled(model, loss, Adam(0.005)), words, kinds, 8)

    loss = keras.losses.SparseCategoricalCrossentropy
    return of(loss()), of(loss(from_logits=True))


def cross_entropy_of_logits(y_true, y_pred):
    """TensorFlow's cross-entropy, which takes the softmax itself."""
    return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def drawings():
    """A softmax as the last layer, and one more in the loss."""
    x, y = digits()

    def of(last, rate):
        model = compiled(mlp(64, (10, last)), cross_entropy_of_logits, SGD(rate))
        description = {"loss": CE, "from_logits": True}
        return Program(model, x, one_hot(y), 6, 64, description=description)

    return of("softmax", 0.1), of(None, 0.1)


def clipped_in_vain(y_true, y_pred):
    """The cross-entropy; what clips the probabilities is not used."""
    ops.clip(y_pred, 1e-15, 1.0)
    return ops.mean(-ops.sum(y_true * ops.log(y_pred), axis=1))


def clipped(y_true, y_pred):
    """The cross-entropy of the clipped probabilities."""
    return ops.mean(-ops.sum(y_true * ops.log(ops.clip(y_pred, 1e-7, 1.0)), axis=1))


def traffic_signs():
    """A clip before the logarithm, whose result nobody takes."""
    x, y = digits(4.0)

    def of(loss):
        model = compiled(mlp(64, (100, "relu"), (10, "softmax")), loss, Adam(0.05))
        return Program(model, x, one_hot(y), 12, 64, description={"loss": CE})

    return of(clipped_in_vain), of(clipped)


def twice_a_number():
    """Numbers from 0 to 199, one at a time, at a rate of 0.001."""
    x = np.arange(200, dtype="float32")[:, None]
    faulty, repaired = (compiled(mlp(1, (1, None)), MSE, SGD(rate), ()) for rate in (1e-3, 1e-5))
    return Program(faulty, x, 2 * x[:, 0], 2, 1), Program(repaired, x, 2 * x[:, 0], 4, 1)


def written_digits():
    """Pixels of up to 255, as the file has them."""

    def of(top):
        x, y = digits(top)
        sizes = (512, "relu"), (512, "relu"), (10, "softmax")
        return Program(compiled(mlp(64, *sizes, dropout=0.2), CE, SGD(0.05)), x, one_hot(y), 8, 64)

    return of(255.0), of(1.0)


def screenshots():
    """Pixels are divided by 255 as whole numbers, and nearly all of them become 0."""
    x, y = clusters(500, 2, (8, 8, 1), 1.5)
    pixels = np.clip(110 + 30 * x, 0, 250).astype("uint8")

    def of(values):
        model = cnn(2, "softmax", dropout=0.25)
        return Program(compiled(model, CE), values.astype("float32"), one_hot(y), 6)

    return of(pixels // 255), of(pixels / 255)


def hashtags():
    """Precision and recall of two softmax columns at once are always the accuracy."""
    x, y = clusters(800, 2, (16,), 3.0)
    rows = one_hot(np.where(generator().random(800) < 0.7, y * 0, y))

    def of(**which):
        metrics = ["accuracy", keras.metrics.Precision(**which), keras.metrics.Recall(**which)]
        model = compiled(mlp(16, (32, "relu"), (2, "softmax")), CE, Adam(0.003), metrics)
        return Program(model, x, rows, 8)

    return of(), of(class_id=1)


PROGRAMS = {
    "sixth-next-letter": next_letter,
    "sixth-tumours": tumours,
    "sixth-curve": curve,
    "sixth-two-sigmoids": two_sigmoids,
    "sixth-three-folders": three_folders,
    "sixth-car-brands": car_brands,
    "sixth-five-subjects": five_subjects,
    "sixth-small-pictures": small_pictures,
    "sixth-sale-prices": sale_prices,
    "sixth-named-entities": named_entities,
    "sixth-drawings": drawings,
    "sixth-traffic-signs": traffic_signs,
    "sixth-twice-a-number": twice_a_number,
    "sixth-written-digits": written_digits,
    "sixth-screenshots": screenshots,
    "sixth-hashtags": hashtags,
}
