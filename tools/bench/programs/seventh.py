"""A seventh set of faults that people reported, of the kinds and shares of public collections.

Each function returns the faulty program and the repaired one; seventh.toml says what is wrong.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam, RMSprop

from lossutils.diagnosis import Run

from .healthy_sixth_loops import steps
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
    two_classes,
)
from .seventh_runs import RUNS


def share_prices():
    """Whether a share goes up or down, from a softmax over a single unit."""
    x = generator().normal(size=(900, 34)).astype("float32")
    sizes = (64, "relu"), (32, "relu")

    def of(last):
        model = mlp(34, *sizes, (1, last))
        model = compiled(model, BCE, RMSprop(0.002), ["binary_accuracy"])
        return Program(model, x, two_classes(x, 0.55), 8, 50)

    return of("softmax"), of("sigmoid")


def of_logits(y_true, y_pred):
    """TensorFlow's cross-entropy, which takes the softmax itself."""
    labels = tf.cast(y_true[:, 0], tf.int32)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=y_pred)


def workers():
    """A softmax, and a loss that expects logits."""
    x, y = digits(image=True)

    def of(last):
        model = compiled(cnn(10, last), of_logits, SGD(0.1), ["sparse_categorical_accuracy"])
        description = {"loss": SPARSE, "from_logits": True}
        return Program(model, x, y[:, None], 8, 64, description=description)

    return of("softmax"), of(None)


def steps_of_a_sequence():
    """A number for every step: relu everywhere, and a momentum of 0.99."""
    x = generator().normal(size=(500, 12, 4)).astype("float32")
    y = np.abs(np.cumsum(x[..., :1], axis=1)).astype("float32") / 2

    def of(inside, last, optimizer):
        model = keras.Sequential([keras.Input((12, 4))])
        for units in (48, 24):
            model.add(layers.LSTM(units, activation=inside, return_sequences=True))
        model.add(layers.TimeDistributed(layers.Dense(1, activation=last)))
        return Program(compiled(model, MSE, optimizer, ["mae"]), x, y, 10)

    return of("relu", "relu", SGD(0.05, momentum=0.99, nesterov=True)), of("tanh", None, Adam(0.01))


def whitened_patches():
    """An autoencoder that ends in a relu, for pixels that are standardised."""
    x, _ = digits(image=True)

    def of(pictures):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        model.add(layers.Conv2D(12, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(24, activation="relu"))
        model.add(layers.Dense(64, activation="relu"))
        model.add(layers.Reshape((8, 8, 1)))
        return Program(compiled(model, MSE, Adam(0.003), ()), pictures, pictures, 10)

    return of(((x - x.mean()) / x.std()).astype("float32")), of(x)


def residual_regression():
    """How far to the right the ink is, from a network that ends in a softmax as for classes."""
    x, _ = digits(image=True)
    y = (x * np.linspace(0, 1, 8)[:, None]).sum(axis=(1, 2, 3)) / x.sum(axis=(1, 2, 3))

    def of(last):
        inputs = keras.Input((8, 8, 1))
        first = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
        second = layers.Conv2D(16, 3, padding="same", kernel_regularizer="l2")(first)
        hidden = layers.Flatten()(layers.ReLU()(layers.Add()([first, second])))
        model = keras.Model(inputs, layers.Dense(1, activation=last)(hidden))
        return Program(compiled(model, MSE, "adam", ["mae"]), x, 4 * standardised(y), 8)

    return of("softmax"), of(None)


def newsgroups():
    """A classifier of texts that ends without a softmax, and a loss by its name."""
    words = generator().integers(1, 60, (900, 20))
    y = (words[:, :, None] // 20 == np.arange(3)).sum(axis=1).argmax(axis=1)

    def of(loss):
        model = keras.Sequential([keras.Input((20,), dtype="int32"), layers.Embedding(60, 16)])
        model.add(layers.GlobalAveragePooling1D())
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dropout(0.1))
        model.add(layers.Dense(3))
        return Program(compiled(model, loss, Adam(0.003)), words, y, 10)

    return of(SPARSE), of(losses.SparseCategoricalCrossentropy(from_logits=True))


def several_categories():
    """Objects that fall into several categories, and a softmax."""
    draw = generator()
    y = (draw.random((900, 8)) < 0.35).astype("float32")
    x = (y @ draw.normal(size=(8, 30)) + 0.7 * draw.normal(size=(900, 30))).astype("float32")

    def of(last, loss):
        model = compiled(mlp(30, (64, "relu"), (8, last)), loss, Adam(0.005), ["binary_accuracy"])
        return Program(model, x, y, 10)

    return of("softmax", CE), of("sigmoid", BCE)


def salt():
    """The pictures are divided by 255, and the masks are forgotten."""
    x = generator().random((160, 12, 12, 1)).astype("float32")
    near = tf.nn.avg_pool2d(x, 3, 1, "SAME").numpy()
    masks = (near > 0.52).astype("float32")

    def of(truth):
        model = keras.Sequential([keras.Input((12, 12, 1))])
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(1, 1, activation="sigmoid"))
        return Program(compiled(model, BCE, Adam(0.01)), x, truth, 12, 16)

    return of(255 * masks), of(masks)


def phones():
    """Forty outputs for an alphabet of 48 sounds."""
    x, y = clusters(1200, 48, (26,), 0.5)

    def of(units):
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        return Program(compiled(mlp(26, (64, "relu"), (units, None)), loss, Adam(0.005)), x, y, 8)

    return of(40), of(48)


def copied_digits():
    """A first autoencoder, of pixels from 0 to 255."""

    def of(top):
        x, _ = digits(top)
        model = compiled(mlp(64, (32, "relu"), (64, "sigmoid")), BCE, Adam(0.005), ())
        return Program(model, x, x, 10, 64)

    return of(255.0), of(1.0)


def private_digits():
    """One-hot rows where the loss wants the numbers of the classes."""
    x, y = digits(image=True)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)

    def of(labels):
        model = keras.Sequential([keras.Input((8, 8, 1))])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dense(10))
        return Program(compiled(model, loss, SGD(0.15)), x, labels, 6, 50)

    return of(one_hot(y)), of(y)


def errors(program):
    """Return the mean squared error of a model, and that of the mean."""
    predicted = np.asarray(program.model(program.x))[:, 0]
    return float(np.mean((predicted - program.y.ravel()) ** 2)), float(np.var(program.y))


def own_loop():
    """Labels (N,) minus predictions (N, 1), in a training loop."""
    x = columns(400, (-1, 1), (-1, 1))
    y = (np.sin(3 * x[:, 0]) + x[:, 1]).astype("float32")

    def of(labels):
        model, optimizer = mlp(2, (32, "relu"), (32, "relu"), (1, None)), Adam(0.01)

        def step(features, truth, run):
            with tf.GradientTape() as tape:
                predicted = model(features, training=True)
                loss = tf.reduce_mean(tf.square(truth - predicted))
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply(gradients, model.trainable_weights)
            run.step(truth, predicted, float(loss))
            return float(loss)

        def loop(callbacks):
            return steps(program, callbacks, Run(), step)

        program = Program(model, x, labels, 12, 16, {}, loop=loop, judge=errors)
        return program

    return of(y), of(y[:, None])


def similar_sentences():
    """Scores from 1 to 5, and a similarity that lies between 0 and 1."""
    draw = generator()
    first = draw.integers(0, 40, (900, 8))
    second = np.where(draw.random((900, 8)) < draw.random((900, 1)), first, (first + 9) % 40)
    y = (1 + 4 * (first == second).mean(axis=1)).astype("float32")

    def of(scores):
        body = keras.Sequential([keras.Input((8,), dtype="int32"), layers.Embedding(40, 12)])
        body.add(layers.LSTM(16))
        sides = [keras.Input((8,), dtype="int32"), keras.Input((8,), dtype="int32")]
        alike = layers.Lambda(
            lambda pair: ops.exp(-ops.sum(ops.abs(pair[0] - pair[1]), axis=1, keepdims=True))
        )
        model = keras.Model(sides, alike([body(side) for side in sides]))
        return Program(compiled(model, MSE, Adam(0.01), ()), [first, second], scores, 12)

    return of(y), of((y - 1) / 4)


PROGRAMS = {
    "seventh-share-prices": share_prices,
    "seventh-workers": workers,
    "seventh-steps-of-a-sequence": steps_of_a_sequence,
    "seventh-whitened-patches": whitened_patches,
    "seventh-residual-regression": residual_regression,
    "seventh-newsgroups": newsgroups,
    "seventh-several-categories": several_categories,
    "seventh-salt": salt,
    "seventh-phones": phones,
    "seventh-copied-digits": copied_digits,
    "seventh-private-digits": private_digits,
    "seventh-own-loop": own_loop,
    "seventh-similar-sentences": similar_sentences,
}
PROGRAMS |= RUNS
