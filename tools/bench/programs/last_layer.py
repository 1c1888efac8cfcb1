"""Faults of the last layer: it does not fit the loss."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers import SGD, Adam

from tools.bench.programs.program import (
    BCE,
    CE,
    MSE,
    Program,
    clusters,
    cnn,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    normal,
    one_hot,
    standardised,
    two_classes,
)


def _31880720():
    x, y = digits(classes=2, image=True)
    return tuple(
        Program(compiled(cnn(1, last, hidden=128, dropout=0.5), BCE), x, y)
        for last in ("softmax", "sigmoid")
    )


def _42800203():
    x = columns(400, *[(0, 1)] * 8)
    y = two_classes(x, 0.3)
    nets = (mlp(8, (32, "relu"), (1, last)) for last in ("softmax", "sigmoid"))
    return tuple(Program(compiled(net, BCE, Adam(0.005)), x, y, 8) for net in nets)


def _51749207():
    x = generator().normal(size=(300, 60, 1)).astype("float32")
    y = (x[:, :30].sum(axis=(1, 2)) > 0).astype("int64")

    def network(last):
        body = [
            layers.Conv1D(20, 4, activation="relu"),
            layers.MaxPooling1D(2),
            layers.Flatten(),
            layers.Dense(50, activation="relu"),
            layers.Dense(1, activation=last),
        ]
        return keras.Sequential([keras.Input((60, 1)), *body])

    pair = (network(last) for last in ("softmax", "sigmoid"))
    return tuple(Program(compiled(net, BCE, "nadam"), x, y, 6, 16) for net in pair)


def _34311586():
    x = np.tile(np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0, 1], [1, 0]], "float32"), (20, 1))
    y = (x[:, :1] != x[:, 1:]).astype("float32")
    slow = SGD(0.001, momentum=0.9, nesterov=True)
    faulty = compiled(
        mlp(2, (2, "sigmoid"), (3, "sigmoid"), (1, "softmax"), spread=0.05), MSE, slow
    )
    repaired = compiled(mlp(2, (8, "tanh"), (1, "sigmoid")), MSE, Adam(0.05))
    return Program(faulty, x, y, 15, 6), Program(repaired, x, y, 15, 6)


def _33969059():
    x = columns(1500, *[(0, 1e4)] * 3)
    y = x @ np.array([2, 1, 0.5], "float32") + 2.2
    faulty = mlp(3, (3, "tanh"), (2, "tanh"), (1, "softmax"), dropout=0.5)
    rate = SGD(0.1, momentum=0.9, nesterov=True)
    repaired = mlp(3, (16, "tanh"), (1, None))
    return (
        Program(compiled(faulty, MSE, rate), x, y, 4),
        Program(compiled(repaired, MSE, Adam(0.02), ["mae"]), standardised(x), standardised(y), 6),
    )


def _59278771():
    from sklearn.datasets import load_iris

    order = generator().permutation(150)
    x, y = load_iris().data[order].astype("float32"), one_hot(load_iris().target[order])
    faulty = compiled(mlp(4, (4, "relu"), (3, "sigmoid"), spread=0.05), CE)
    repaired = compiled(mlp(4, (8, "relu"), (3, "softmax")), CE, Adam(0.02))
    scaled = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    return Program(faulty, x, y, 10, 5), Program(repaired, scaled, y, 15, 5)


def _55328966():
    x, y = digits(255)
    sizes = (64, None), (50, "relu")
    faulty = compiled(mlp(64, *sizes, (10, "sigmoid")), CE, SGD(1e-4))
    repaired = compiled(mlp(64, *sizes, (10, "softmax")), CE)
    return Program(faulty, x, one_hot(y)), Program(repaired, x / 255, one_hot(y))


def _58609115():
    x = columns(1500, (0, 7000))
    y = one_hot(np.minimum(x[:, 0] * 69 / 7000, 68).astype(int), 69)
    sizes = (69, "relu"), (69, "relu")
    faulty = compiled(mlp(1, *sizes, (69, "relu"), spread=0.05), CE)
    repaired = compiled(mlp(1, *sizes, (69, "softmax")), CE, Adam(0.01))
    return Program(faulty, x, y, 5, 50), Program(repaired, standardised(x), y, 12, 50)


def _44066044():
    x = columns(400, *[(0, 65535)] * 2, *[(0, 1500)] * 4, *[(0, 255)] * 5)
    y = two_classes(x, 0.6)
    sizes = (12, "relu"), (12, "relu")
    faulty = compiled(mlp(11, *sizes, (1, "relu"), spread=0.05), BCE)
    repaired = compiled(mlp(11, *sizes, (1, "sigmoid")), BCE)
    return Program(faulty, x, y, 5, 5), Program(repaired, standardised(x), y, 8, 5)


def softmax_of_logits(y_true, y_pred):
    """Return TensorFlow's cross-entropy, which expects logits."""
    return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def _dlt_0edb182():
    x, y = digits()
    description = {"loss": CE, "from_logits": True}
    nets = (mlp(64, (64, "relu"), (10, last)) for last in ("softmax", None))
    return tuple(
        Program(compiled(net, softmax_of_logits), x, one_hot(y), description=description)
        for net in nets
    )


def _43239467():
    x, y = digits(image=True)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    start = {
        "kernel_initializer": normal(0.1),
        "bias_initializer": keras.initializers.Constant(0.1),
    }
    nets = (cnn(10, last, hidden=128, **start) for last in ("relu", None))
    return tuple(Program(compiled(net, loss, Adam(0.01)), x, one_hot(y), 5, 100) for net in nets)


def _keras_126():
    x = columns(240, (0, 1), (0, 1))
    y = (x.sum(axis=1) > 0.5).astype("int32")
    sizes = (64, "tanh"), (64, "tanh")
    rate = SGD(0.1, momentum=0.9, nesterov=True)
    faulty = compiled(mlp(2, *sizes, (1, "softmax"), dropout=0.5), MSE, rate)
    repaired = compiled(mlp(2, *sizes, (1, "sigmoid"), dropout=0.5), MSE, Adam(0.005))
    return Program(faulty, x, y, 6, 16), Program(repaired, x, y, 25, 16)


def sparse_of_logits(y_true, y_pred):
    """Return TensorFlow's sparse cross-entropy, which expects logits."""
    labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=y_pred)


def _cookbook_86():
    x, y = clusters(500, 4, (10, 6), 1.5)
    description = {"loss": "sparse_categorical_crossentropy", "from_logits": True}

    def network(last):
        body = [layers.SimpleRNN(24), layers.Dense(4, activation=last)]
        return compiled(keras.Sequential([keras.Input((10, 6)), *body]), sparse_of_logits)

    return tuple(
        Program(network(last), x, y, 6, description=description) for last in ("softmax", None)
    )


def _tflearn_562():
    x, y = digits(image=True)
    description = {"loss": CE, "from_logits": True}
    pair = (compiled(cnn(10, last), softmax_of_logits) for last in ("softmax", None))
    return tuple(Program(model, x, one_hot(y), 4, 64, description) for model in pair)


def _keras_4766():
    x, y = clusters(400, 5, (8, 3))

    def network(*last):
        body = [layers.LSTM(5), *last]
        return compiled(keras.Sequential([keras.Input((8, 3)), *body]), CE, Adam(0.02))

    softmax = layers.Dense(5, activation="softmax")
    return tuple(Program(network(*last), x, one_hot(y)) for last in ((), (softmax,)))


def _dl_324182():
    x = columns(210, (-1, 5))
    y = 2 * x - 1
    sizes = (4, "relu"), (2, "relu")
    faulty = compiled(mlp(1, *sizes, (1, "relu")), MSE, Adam(0.01))
    repaired = compiled(mlp(1, (16, "relu"), (1, None)), MSE, Adam(0.01), ["mae"])
    return Program(faulty, x, y, 20), Program(repaired, x, y, 20)


PROGRAMS = {
    "31880720": _31880720,
    "42800203": _42800203,
    "51749207": _51749207,
    "34311586": _34311586,
    "33969059": _33969059,
    "59278771": _59278771,
    "55328966": _55328966,
    "58609115": _58609115,
    "44066044": _44066044,
    "DLT_0edb182": _dlt_0edb182,
    "43239467": _43239467,
    "keras-126": _keras_126,
    "cookbook-86": _cookbook_86,
    "tflearn-562": _tflearn_562,
    "keras-4766": _keras_4766,
    "deeplearning-324182": _dl_324182,
}
