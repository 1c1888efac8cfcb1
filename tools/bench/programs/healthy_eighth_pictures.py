"""Healthy programs, written with the seventh set of faults: pictures, as courses have them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam

from .program import BCE, MSE, SPARSE, Program, compiled, digits, generator, mlp


def rescaled_inside():
    """Pixels of up to 255, which the model itself turns, shifts and scales."""
    x, y = digits(255.0, image=True)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Rescaling(1 / 255)])
    model.add(layers.RandomRotation(0.05, seed=1))
    model.add(layers.RandomTranslation(0.05, 0.05, seed=1))
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.005)), x, y, 6)


def residual():
    """Two blocks with shortcuts, batch normalisation, and a rate that falls along a cosine."""
    x, y = digits(image=True)
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Conv2D(16, 3, padding="same", use_bias=False)(inputs)
    for _ in range(2):
        side = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(hidden))
        side = layers.Conv2D(16, 3, padding="same", use_bias=False)(side)
        hidden = layers.Add()([hidden, side])
    hidden = layers.GlobalAveragePooling2D()(layers.ReLU()(hidden))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))
    rate = keras.optimizers.schedules.CosineDecay(0.1, 8 * 29)
    return Program(compiled(model, SPARSE, SGD(rate, momentum=0.9)), x, y, 8, 64)


def filters():
    """Return a small network that has learned the first five digits."""
    x, y = digits(classes=5, image=True)
    base = keras.Sequential([keras.Input((8, 8, 1))])
    base.add(layers.Conv2D(16, 3, activation="relu"))
    base.add(layers.Conv2D(24, 3, activation="relu"))
    base.add(layers.Flatten())
    whole = keras.Sequential([base, layers.Dense(5, activation="softmax")])
    compiled(whole, SPARSE, Adam(0.003)).fit(x, y, epochs=3, verbose=0)
    return base


def frozen_filters():
    """Filters that were learned elsewhere and do not change, behind a new last layer."""
    x, y = digits(image=True)
    base = filters()
    base.trainable = False
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Dropout(0.2)(base(inputs, training=False))
    model = keras.Model(inputs, layers.Dense(10)(hidden))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.003)), x, y, 6)


def last_touches():
    """A model that has learned goes on with a rate of 1e-5: its loss hardly moves."""
    x, y = digits(image=True)
    model = keras.Sequential([filters(), layers.Dense(10, activation="softmax")])
    compiled(model, SPARSE, Adam(0.003)).fit(x, y, epochs=2, verbose=0)
    return Program(compiled(model, SPARSE, Adam(1e-5)), x, y, 4)


def compressed():
    """A first autoencoder: 64 pixels, 16 numbers, 64 pixels."""
    x, _ = digits()
    model = compiled(mlp(64, (16, "relu"), (64, "sigmoid")), BCE, Adam(0.01), ())
    return Program(model, x, x, 12, 128)


def heartbeats():
    """An autoencoder of curves between 0 and 1, and the absolute error."""
    draw, time = generator(), np.linspace(0, 1, 40)
    middle, width = draw.uniform(0.3, 0.7, (800, 1)), draw.uniform(0.04, 0.12, (800, 1))
    x = np.exp(-(((time - middle) / width) ** 2)) + 0.03 * draw.normal(size=(800, 40))
    x = ((x - x.min()) / np.ptp(x)).astype("float32")
    sizes = (32, "relu"), (8, "relu"), (32, "relu"), (40, "sigmoid")
    return Program(compiled(mlp(40, *sizes), "mae", Adam(0.003), ()), x, x, 20)


def squares():
    """Return pictures of a square, its box in parts of the picture, and whether it is large."""
    draw, grid = generator(), np.arange(16)
    left, top = draw.integers(0, 9, (2, 900, 1))
    large = draw.integers(0, 2, (900, 1))
    size = 4 + 3 * large
    rows = (grid >= top) & (grid < top + size)
    cells = (grid >= left) & (grid < left + size)
    x = (rows[:, :, None] & cells[:, None]).astype("float32")[..., None]
    box = np.concatenate([left, top, left + size, top + size], axis=1) / 16
    return x, box.astype("float32"), large


def boxes():
    """A box and a class for each picture, with two losses of different weights."""
    x, box, large = squares()
    inputs = keras.Input((16, 16, 1))
    hidden = layers.Conv2D(16, 3, strides=2, activation="relu")(inputs)
    hidden = layers.Dense(64, activation="relu")(layers.Flatten()(hidden))
    heads = [layers.Dense(4, activation="sigmoid")(hidden), layers.Dense(2)(hidden)]
    model = keras.Model(inputs, heads)
    kinds = [losses.Huber(0.1), losses.SparseCategoricalCrossentropy(from_logits=True)]
    model.compile(Adam(0.003), kinds, loss_weights=[10.0, 1.0], jit_compile=False)
    return Program(model, x, [box, large], 8)


def keypoints():
    """Two soft spots on maps that are almost 0 everywhere."""
    draw, grid = generator(), np.arange(12)
    where = draw.integers(2, 10, (500, 2, 2))
    far = (grid[:, None, None] - where[:, None, None, :, 0]) ** 2
    far = far + (grid[None, :, None] - where[:, None, None, :, 1]) ** 2
    y = np.exp(-far / 2).astype("float32")
    x = (y * [1.0, -1.0]).sum(axis=-1, keepdims=True) + 0.1 * draw.normal(size=(500, 12, 12, 1))
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(layers.Conv2D(16, 5, padding="same", activation="relu"))
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(2, 1))
    return Program(compiled(model, MSE, Adam(0.01), ["mae"]), x.astype("float32"), y, 10)


def streets():
    """A class for each pixel, from a softmax."""
    x = generator().normal(size=(250, 12, 12, 3)).astype("float32")
    y = tf.nn.avg_pool2d(x, 3, 1, "SAME").numpy().argmax(axis=-1)
    model = keras.Sequential([keras.Input((12, 12, 3))])
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(3, 1, activation="softmax"))
    metrics = ["accuracy", keras.metrics.MeanIoU(3, sparse_y_pred=False)]
    return Program(compiled(model, SPARSE, Adam(0.01), metrics), x, y, 8, 16)


def alike(y_true, y_pred):
    """The supervised contrastive loss: examples of one class are to be near to each other."""
    same = ops.cast(ops.equal(y_true, ops.transpose(y_true)), "float32")
    others = 1 - ops.eye(ops.shape(y_pred)[0])
    scores = ops.matmul(y_pred, ops.transpose(y_pred)) / 0.2
    logs = scores - ops.logsumexp(ops.where(others > 0, scores, -1e9), axis=1, keepdims=True)
    same = same * others
    return -ops.sum(same * logs, axis=1) / ops.maximum(ops.sum(same, axis=1), 1.0)


def contrasted():
    """Vectors of length 1, near to each other for pictures of one class."""
    x, y = digits(image=True)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(16))
    model.add(layers.UnitNormalization())
    return Program(compiled(model, alike, Adam(0.003), ()), x, y[:, None], 6, 64, description={})


class Adversaries(keras.Model):
    """A network that draws points, and one that tells them from given ones."""

    def __init__(self):
        super().__init__()
        self.drawn = mlp(4, (64, "relu"), (64, "relu"), (2, None))
        self.critic = mlp(2, (64, "leaky_relu"), (64, "leaky_relu"), (1, None))
        self.kind = losses.BinaryCrossentropy(from_logits=True)
        self.steps = Adam(0.003, beta_1=0.5), Adam(0.003, beta_1=0.5)

    def call(self, points):
        return self.critic(points)

    def train_step(self, data):
        points, real = data
        with tf.GradientTape(persistent=True) as tape:
            scores = self.critic(self.drawn(tf.random.normal((tf.shape(points)[0], 4))))
            tells = self.kind(real, self.critic(points)) + self.kind(tf.zeros_like(scores), scores)
            draws = self.kind(tf.ones_like(scores), scores)
        for loss, net, optimizer in zip(
            (tells, draws), (self.critic, self.drawn), self.steps, strict=True
        ):
            weights = net.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": draws, "tells": tells}


def off_the_circle(points):
    """Return how far points are from the circle of radius 2, on average."""
    return float(np.abs(np.linalg.norm(points, axis=1) - 2).mean())


def distances(program):
    """Return how far points that are drawn are from the circle, and how far random points are."""
    noise = generator(1).normal(size=(500, 4)).astype("float32")
    return off_the_circle(program.model.drawn(noise)), off_the_circle(noise[:, :2])


def points_of_a_circle():
    """Two networks against each other, in a step of their own."""
    turn = generator().uniform(0, 2 * np.pi, 2000)
    x = np.stack([2 * np.cos(turn), 2 * np.sin(turn)], axis=1).astype("float32")
    model = Adversaries()
    model.compile(jit_compile=False)
    real = np.ones((2000, 1), "float32")
    return Program(model, x, real, 30, 64, description={}, judge=distances)


PICTURES = {
    "rescaled-inside": rescaled_inside,
    "residual": residual,
    "frozen-filters": frozen_filters,
    "last-touches": last_touches,
    "compressed": compressed,
    "heartbeats": heartbeats,
    "boxes": boxes,
    "keypoints": keypoints,
    "streets": streets,
    "contrasted": contrasted,
    "points-of-a-circle": points_of_a_circle,
}
