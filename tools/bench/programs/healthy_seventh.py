"""Healthy programs, written with the sixth set of faults: ordinary ones, as tutorials have them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.optimizers import Adam
from sklearn import datasets

from .healthy_seventh_kinds import KINDS
from .program import (
    BCE,
    CE,
    MSE,
    SPARSE,
    Program,
    clusters,
    columns,
    compiled,
    digits,
    generator,
    mlp,
    one_hot,
)


def bag_of_words():
    """Reviews as rows of 0 and 1, one for each of 200 words."""
    draw = generator()
    y = draw.integers(0, 2, 1500).astype("float32")
    often = np.where(y[:, None] == 1, 0.1, 0.1 + 0.08 * (np.arange(200) < 30))
    x = (draw.random((1500, 200)) < often).astype("float32")
    model = compiled(mlp(200, (16, "relu"), (16, "relu"), (1, "sigmoid")), BCE, "rmsprop")
    return Program(model, x, y, 6, 256, fit={"validation_split": 0.2})


def newswires():
    """Twelve subjects, the last of which are rare."""
    draw = generator()
    y = np.minimum(draw.geometric(0.3, 1500) - 1, 11)
    x = (draw.random((1500, 150)) < 0.05 + 0.4 * (np.arange(150) % 12 == y[:, None])).astype(
        "float32"
    )
    model = mlp(150, (64, "relu"), (64, "relu"), (12, "softmax"))
    return Program(compiled(model, CE, "rmsprop"), x, one_hot(y, 12), 8, 128)


def homes():
    """Prices in units of 100,000, and a layer that standardises the raw columns."""
    x = columns(900, (0, 15), (1, 52), (1, 10), (3, 3000), (32, 42), (-124, -114))
    y = (0.5 + 0.28 * x[:, 0] + 0.01 * x[:, 1] - 0.05 * (x[:, 4] - 37)).clip(0.15, 5)
    scale = layers.Normalization()
    scale.adapt(x)
    model = keras.Sequential([keras.Input((6,)), scale, layers.Dense(30, activation="relu")])
    model.add(layers.Dense(30, activation="relu"))
    model.add(layers.Dense(1))
    metric = keras.metrics.RootMeanSquaredError()
    return Program(compiled(model, "mse", Adam(1e-3), [metric]), x, y.astype("float32"), 20)


def class_weights():
    """Four classes, nine of ten examples in the first, and weights for the classes."""
    draw = generator()
    y = draw.choice(4, 1600, p=[0.9, 0.05, 0.03, 0.02])
    x = (2.5 * np.eye(4)[y] @ draw.normal(size=(4, 10)) + draw.normal(size=(1600, 10))).astype(
        "float32"
    )
    share = np.bincount(y) / 1600
    model = compiled(mlp(10, (32, "relu"), (4, "softmax")), SPARSE, Adam(0.005))
    return Program(model, x, y, 12, 64, fit={"class_weight": dict(enumerate(0.25 / share))})


def short_reviews():
    """Sequences of different lengths, padded and masked; the last batch is of nine rows."""
    draw = generator()
    words = draw.integers(1, 80, (777, 16))
    words[np.arange(16)[None] >= draw.integers(4, 17, 777)[:, None]] = 0
    y = ((words > 0) & (words < 30)).sum(axis=1) > (words >= 50).sum(axis=1)
    model = keras.Sequential([keras.Input((16,), dtype="int32")])
    model.add(layers.Embedding(80, 16, mask_zero=True))
    model.add(layers.Bidirectional(layers.LSTM(12)))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid"))
    return Program(compiled(model, BCE, Adam(0.005)), words, y.astype("int64"), 12)


def discriminator():
    """Real and made-up pictures, with smooth labels and the settings of a known recipe."""
    x, _ = digits(image=True)
    draw = generator()
    fake = draw.permuted(x.reshape(len(x), -1), axis=1).reshape(x.shape)
    y = np.repeat([0.9, 0.1], len(x)).astype("float32")[:, None]
    model = keras.Sequential([keras.Input((8, 8, 1))])
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 3, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(0.3))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model = compiled(model, loss, Adam(2e-3, beta_1=0.5), ())
    return Program(model, (2 * np.concatenate([x, fake]) - 1), y, 6, 64)


def bfloat():
    """All layers compute in bfloat16, the last one in float32."""
    x, y = digits(image=True)
    policy = "mixed_bfloat16"
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(16, 3, activation="relu", dtype=policy))
    model.add(layers.Flatten(dtype=policy))
    model.add(layers.Dense(10, dtype="float32"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.003), ["sparse_categorical_accuracy"]), x, y, 6)


def frozen_words():
    """Vectors of words that were learned elsewhere and do not change."""
    draw = generator()
    vectors = draw.normal(size=(100, 12))
    words = draw.integers(0, 100, (900, 10))
    y = (vectors[words].mean(axis=1)[:, :3] @ draw.normal(size=(3, 4))).argmax(axis=1)
    known = layers.Embedding(
        100, 12, embeddings_initializer=keras.initializers.Constant(vectors), trainable=False
    )
    model = keras.Sequential([keras.Input((10,), dtype="int32"), known])
    model.add(layers.GRU(24))
    model.add(layers.Dense(4, activation="softmax"))
    return Program(compiled(model, SPARSE, Adam(0.01)), words, y, 15)


def stream():
    """One epoch over data that are read once, in batches of tensors."""
    x, y = clusters(4000, 6, (12,), 1.2)
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(500, seed=1).batch(32).repeat()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = compiled(mlp(12, (64, "relu"), (6, None)), loss, Adam(0.01))
    fit = {"x": data, "y": None, "batch_size": None, "steps_per_epoch": 125}
    return Program(model, x, y, 1, fit=fit)


def passengers():
    """The next six months, in passengers, from the last twelve, divided by 100."""
    draw, month = generator(), np.arange(320)
    count = (250 + 0.4 * month) * (1 + 0.25 * np.sin(month * np.pi / 6)) + 8 * draw.normal(size=320)
    windows = np.lib.stride_tricks.sliding_window_view(count, 18).astype("float32")
    x, y = windows[:, :12] / 100, windows[:, 12:]
    model = compiled(mlp(12, (64, "relu"), (6, None)), "mae", Adam(0.02), ["mape"])
    return Program(model, x, y, 40, 16)


def tickets():
    """The subject, how urgent it is and how many days it takes, each by name."""
    x, subject = clusters(900, 5, (20,), 1.5)
    days = np.exp(0.4 * x[:, :1] + 0.2 * x[:, 1:2]).astype("float32") * 3
    y = {"subject": subject, "urgent": (x[:, 2:3] > 0.8).astype("float32"), "days": days}
    inputs = keras.Input((20,))
    hidden = layers.Dense(48, activation="relu")(inputs)
    heads = {
        "subject": layers.Dense(5, activation="softmax", name="subject")(hidden),
        "urgent": layers.Dense(1, activation="sigmoid", name="urgent")(hidden),
        "days": layers.Dense(1, activation="softplus", name="days")(hidden),
    }
    model = keras.Model(inputs, heads)
    losses = {"subject": SPARSE, "urgent": BCE, "days": MSE}
    model.compile(
        Adam(0.005),
        losses,
        loss_weights={"subject": 1.0, "urgent": 0.5, "days": 0.1},
        metrics={"subject": "accuracy", "urgent": keras.metrics.AUC(), "days": "mae"},
        jit_compile=False,
    )
    return Program(model, x, y, 15)


def four_rows():
    """The four rows of an exclusive or, one by one."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    y = np.array([[0], [1], [1], [0]], "float32")
    model = compiled(mlp(2, (16, "tanh"), (1, "sigmoid")), MSE, Adam(0.05), ["binary_accuracy"])
    return Program(model, x, y, 120, 1)


def fine_tuned():
    """A network that was trained before learns on, slowly, behind a new last layer."""
    x, y = clusters(900, 2, (8, 8, 1), 2.0)
    base = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, use_bias=False)])
    base.add(layers.BatchNormalization())
    base.add(layers.ReLU())
    base.add(layers.GlobalAveragePooling2D())
    compiled(keras.Sequential([base, layers.Dense(1)]), MSE, Adam(0.01), ()).fit(x, y, verbose=0)
    base.layers[0].trainable = False
    inputs = keras.Input((8, 8, 1))
    hidden = layers.Dropout(0.2)(base(inputs, training=False))
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    return Program(compiled(model, loss, Adam(0.003), [metric]), x, y[:, None], 15)


def wine():
    """Raw columns of a table of wines behind a batch normalisation."""
    x, y = datasets.load_wine(return_X_y=True)
    rows = generator().permutation(len(y))
    model = keras.Sequential([keras.Input((13,)), layers.BatchNormalization(momentum=0.8)])
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dense(3, activation="softmax"))
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    return Program(
        compiled(model, loss, Adam(0.01)), x[rows].astype("float32"), one_hot(y[rows]), 15, 16
    )


def skip_grams():
    """Whether two words are neighbours: the product of their vectors, and a sigmoid."""
    draw = generator()
    first, second = draw.integers(0, 40, (2, 4000))
    y = ((first // 8 == second // 8) ^ (draw.random(4000) < 0.05)).astype("float32")
    inputs = [keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")]
    words = [layers.Flatten()(layers.Embedding(40, 8)(word)) for word in inputs]
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(layers.Dot(1)(words)))
    return Program(compiled(model, BCE, Adam(0.01)), [first[:, None], second[:, None]], y, 8, 64)


def pooled():
    """The sum of the numbers in a set."""
    draw = generator()
    x = draw.integers(0, 10, (1500, 8))
    model = keras.Sequential([keras.Input((8,), dtype="int32"), layers.Embedding(10, 8)])
    model.add(layers.Lambda(lambda vectors: ops.sum(vectors, axis=1)))
    model.add(layers.Dense(1))
    model = compiled(model, keras.losses.Huber(), Adam(0.02), ["mae"])
    return Program(model, x, x.sum(axis=1, keepdims=True).astype("float32"), 15)


SEVENTH = {
    "bag-of-words": bag_of_words,
    "newswires": newswires,
    "homes": homes,
    "class-weights": class_weights,
    "short-reviews": short_reviews,
    "discriminator": discriminator,
    "bfloat": bfloat,
    "frozen-words": frozen_words,
    "stream": stream,
    "passengers": passengers,
    "support": tickets,
    "four-rows": four_rows,
    "fine-tuned": fine_tuned,
    "wines": wine,
    "skip-grams": skip_grams,
    "sums": pooled,
}
SEVENTH |= KINDS
