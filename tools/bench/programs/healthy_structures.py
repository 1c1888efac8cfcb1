"""Healthy programs near the rules on sequences, embeddings, autoencoders and several labels."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam

from tools.bench.programs.program import (
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


def frames(*, padded=False, stride=1, repeated=False):
    """Return the recognition of four sounds of three frames each, with the CTC loss."""
    draw = generator()
    y = draw.integers(1, 5, (300, 4))
    if repeated:
        y[:, 1] = y[:, 0]
    if padded:
        y[np.arange(4) >= draw.integers(2, 5, (300, 1))] = 0
    sounds = np.repeat(y, 3, axis=1)
    if repeated:
        sounds[:, 3] = 0
    x = (one_hot(sounds, 5) + 0.1 * draw.normal(size=(300, 12, 5))).astype("float32")
    body = [
        layers.Conv1D(32, 3, strides=stride, padding="same", activation="relu"),
        layers.Dense(5),
    ]
    model = keras.Sequential([keras.Input((12, 5)), *body])
    return Program(compiled(model, losses.CTC(), Adam(0.02), []), x, y.astype("int32"), 10)


def circle():
    x, y = clusters(400, 4, (10,), 0.3)
    net = mlp(10, (32, "relu"), (8, None))
    net.add(layers.UnitNormalization())
    return Program(compiled(net, losses.Circle(gamma=8), Adam(0.01), []), x, y, 15, 64)


class Variational(keras.Model):
    """A variational autoencoder of the digits, whose code has two numbers."""

    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([layers.Dense(64, "relu"), layers.Dense(4)])
        self.decoder = keras.Sequential([layers.Dense(64, "relu"), layers.Dense(64)])

    def call(self, x, training=False):
        """Return the logits of the pixels, and add the KL divergence to the losses."""
        mean, log_variance = ops.split(self.encoder(x), 2, axis=1)
        noise = tf.random.normal(ops.shape(mean)) if training else 0.0
        kl = ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1) / 2
        self.add_loss(ops.mean(kl))
        return self.decoder(mean + ops.exp(log_variance / 2) * noise)


def variational(reduce):
    """Return a variational autoencoder; `reduce` is taken over the pixels of a picture."""
    x, _ = digits()

    def reconstruction(y_true, y_pred):
        return reduce(losses_of_pixels(y_true, y_pred), axis=1)

    description = {"loss": "binary_crossentropy", "from_logits": True}
    return Program(
        compiled(Variational(), reconstruction, Adam(0.01), []), x, x, 10, description=description
    )


def losses_of_pixels(y_true, y_pred):
    """Return the cross-entropy of each pixel."""
    return ops.binary_crossentropy(y_true, y_pred, from_logits=True)


def several_tags(last, start="glorot_uniform", loss="bce"):
    """Return pictures of digits with two tags, which may hold both or neither."""
    x, y = digits()
    tags = np.column_stack([y % 2 == 0, y > 4]).astype("float32")
    net = mlp(64, (32, "relu"))
    net.add(layers.Dense(2, last, kernel_initializer=start))
    return Program(compiled(net, loss, Adam(0.005), []), x, tags, 5)


def focal(gamma):
    x, y = clusters(400, 2, (8,), 1.2)
    loss = losses.BinaryFocalCrossentropy(gamma=gamma)
    return Program(compiled(mlp(8, (16, "relu"), (1, "sigmoid")), loss, Adam(0.01), []), x, y, 5)


def shares():
    """Return a regression of three shares, which sum to 1 as the outputs of its softmax do."""
    x = generator().normal(size=(500, 5)).astype("float32")
    y = np.exp(x[:, :3])
    net = mlp(5, (32, "relu"), (3, "softmax"))
    return Program(compiled(net, "mse", Adam(0.01), []), x, y / y.sum(axis=1, keepdims=True), 8)


def three_annotators():
    """Return a regression of one number against the ratings of three people."""
    x = generator().normal(size=(400, 5)).astype("float32")
    y = (x[:, :1] + 0.3 * generator(6).normal(size=(400, 3))).astype("float32")
    return Program(compiled(mlp(5, (16, "relu"), (1, None)), "mse", Adam(0.01), []), x, y, 8)


def ensemble():
    """Return five outputs that learn the same number."""
    x = generator().normal(size=(400, 5)).astype("float32")
    y = (2 * x[:, :1] - x[:, 1:2]).astype("float32")
    return Program(compiled(mlp(5, (16, "relu"), (5, None)), "mse", Adam(0.01), []), x, y, 8)


def impossible_class():
    """Return logits of which one is minus infinity: a class that cannot be."""
    x, y = clusters(400, 3, (10,), 0.8)
    net = mlp(10, (32, "relu"), (4, None))
    net.add(layers.Lambda(lambda z: z + ops.convert_to_tensor([0.0, 0.0, 0.0, -np.inf])))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(net, loss, Adam(0.01), []), x, y, 5)


def contrastive(y_true, y_pred):
    """Return the contrastive loss of distances; 1 is the label of two that are the same."""
    y = ops.reshape(ops.cast(y_true, y_pred.dtype), (-1, 1))
    return ops.mean(y * y_pred**2 + (1 - y) * ops.maximum(1 - y_pred, 0) ** 2, axis=-1)


def siamese():
    x, kinds = clusters(800, 3, (8,), 0.5)
    inputs = [keras.Input((8,)), keras.Input((8,))]
    body = mlp(8, (32, "relu"), (4, None))
    one, other = map(body, inputs)
    distance = ops.sqrt(ops.sum((one - other) ** 2, axis=-1, keepdims=True) + 1e-6)
    model = compiled(keras.Model(inputs, distance), contrastive, Adam(0.01), [])
    same = (kinds[:400] == kinds[400:]).astype("float32")
    return Program(model, [x[:400], x[400:]], same, 10)


def target_of_one(y_true, y_pred):
    """Return the squared error of scores against labels of exactly two values, by hand."""
    return ops.square(ops.reshape(y_true, ops.shape(y_pred)) - y_pred)


def least_squares():
    """Return yes or no as a regression of 0 and 1, with a loss written by hand."""
    x, y = clusters(400, 2, (8,), 0.8)
    model = compiled(mlp(8, (16, "relu"), (1, None)), target_of_one, Adam(0.01), [])
    return Program(model, x, y[:, None].astype("float32"), 6)


def decayed():
    """Return a regression with the usual weight decay."""
    x = generator().normal(size=(400, 5)).astype("float32")
    options = {"kernel_regularizer": keras.regularizers.L2(1e-3)}
    net = mlp(5, (16, "relu"), (1, None), **options)
    return Program(compiled(net, "mse", Adam(0.01), []), x, x[:, :1] * x[:, 1:2], 10)


def deep_sigmoids():
    """Return a deep network of sigmoids that learns, because it starts and is scaled well."""
    x, y = clusters(500, 3, (10,), 0.5)
    sizes = [(24, "sigmoid")] * 3
    return Program(compiled(mlp(10, *sizes, (3, "softmax")), SPARSE, Adam(0.02)), x, y, 12)


def jumpy():
    """Return a run whose loss jumps at first: a rate near the largest that converges."""
    x = generator().normal(size=(400, 6)).astype("float32")
    y = standardised(x @ generator(8).normal(size=6))[:, None]
    return Program(compiled(mlp(6, (16, "relu"), (1, None)), "mse", SGD(0.2), []), x, y, 8)


def positive_targets():
    """Return a regression of positive numbers that ends in a softplus."""
    x = generator().normal(size=(500, 4)).astype("float32")
    y = np.log1p(np.exp(x[:, 0] - x[:, 1])).astype("float32")
    return Program(compiled(mlp(4, (16, "relu"), (1, "softplus")), "mse", Adam(0.02), []), x, y, 8)


STRUCTURES = {
    "circle": circle,
    "ctc_padded": lambda: frames(padded=True),
    "ctc_repeated": lambda: frames(repeated=True),
    "variational_autoencoder": lambda: variational(ops.sum),
    "two_tags": lambda: several_tags("sigmoid"),
    "two_tags_zero_start": lambda: several_tags("sigmoid", "zeros"),
    "focal_gamma_1": lambda: focal(1.0),
    "focal_gamma_3": lambda: focal(3.0),
    "shares_softmax_mse": shares,
    "three_annotators": three_annotators,
    "ensemble": ensemble,
    "impossible_class": impossible_class,
    "siamese": siamese,
    "least_squares_by_hand": least_squares,
    "weight_decay": decayed,
    "deep_sigmoids": deep_sigmoids,
    "jumpy": jumpy,
    "positive_targets_softplus": positive_targets,
}
