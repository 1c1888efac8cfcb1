"""Healthy programs, written with the fifth set of faults: losses that people write themselves."""

import keras
import numpy as np
from keras import layers, losses, ops
from keras.optimizers import Adam

from .program import Program, clusters, compiled, digits, generator, mlp, one_hot, standardised


def dice_and_entropy(y_true, y_pred):
    """The binary cross-entropy and one minus the Dice coefficient of the whole batch."""
    both = 2 * ops.sum(y_true * y_pred) + 1
    dice = both / (ops.sum(y_true) + ops.sum(y_pred) + 1)
    return losses.binary_crossentropy(y_true, y_pred) + 1 - dice


def u_net():
    """Masks of cells by a network that contracts, expands, and skips."""
    draw = generator()
    x = draw.normal(size=(240, 16, 16, 1)).astype("float32") * 0.4
    y = np.zeros((240, 16, 16, 1), "float32")
    for mask, (row, column) in zip(y, draw.integers(0, 11, (240, 2)), strict=True):
        mask[row : row + 5, column : column + 5] = 1
    inputs = keras.Input((16, 16, 1))
    down = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    deep = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D()(down))
    up = layers.Conv2DTranspose(8, 2, strides=2)(deep)
    up = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.concatenate([up, down]))
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(up))
    return Program(compiled(model, dice_and_entropy, Adam(0.01)), x + y, y, 8, 16)


def unlabelled_words():
    """Tags of words; -1 where nobody gave one."""
    draw = generator()
    words = draw.integers(0, 40, (400, 12))
    tags = np.where(draw.random(words.shape) < 0.3, -1, words % 5)
    model = keras.Sequential([keras.Input((12,), dtype="int32"), layers.Embedding(40, 16)])
    model.add(layers.Bidirectional(layers.LSTM(12, return_sequences=True)))
    model.add(layers.Dense(5))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    return Program(compiled(model, loss, Adam(0.01), ()), words, tags, 10)


class Pinball(losses.Loss):
    """The pinball loss of a quantile."""

    def __init__(self, quantile):
        super().__init__(name=f"q{quantile}")
        self.quantile = quantile

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(self.quantile * error, (self.quantile - 1) * error), axis=-1)


def band():
    """Three quantiles of a load as three named outputs, each with its own loss."""
    x = generator().normal(size=(900, 5)).astype("float32")
    y = (x[:, 0] + 0.4 * np.abs(x[:, 1]) * generator(3).normal(size=900)).astype("float32")
    inputs = keras.Input((5,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    levels = {"low": 0.1, "middle": 0.5, "high": 0.9}
    model = keras.Model(inputs, {name: layers.Dense(1, name=name)(hidden) for name in levels})
    each = {name: Pinball(level) for name, level in levels.items()}
    model.compile(Adam(0.005), each, jit_compile=False)
    return Program(model, x, dict.fromkeys(levels, y[:, None]), 15)


def negative_binomial(y_true, y_pred):
    """The likelihood of counts with more variance than a Poisson distribution has."""
    mean, spread = ops.split(ops.softplus(y_pred) + 1e-4, 2, axis=-1)
    size = 1 / spread
    log = size * ops.log(size / (size + mean)) + y_true * ops.log(mean / (size + mean))
    rest = sum(ops.where(y_true > i, ops.log(size + i) - np.log(i + 1.0), 0.0) for i in range(40))
    return -(log + rest)


def counts():
    """Two columns for each count: its mean and its spread, before a softplus."""
    draw = generator()
    x = draw.normal(size=(900, 4)).astype("float32")
    mean = np.exp(1 + 0.7 * x[:, 0])
    y = np.minimum(draw.negative_binomial(2, 2 / (2 + mean)), 39).astype("float32")
    model = compiled(mlp(4, (24, "relu"), (2, None)), negative_binomial, Adam(0.01), ())
    return Program(model, x, y[:, None], 15)


def survived(y_true, y_pred):
    """Discrete hazards: which intervals were survived, then in which one it ended."""
    alive, ended = ops.split(y_true, 2, axis=-1)
    likely = 1 + alive * (y_pred - 1), 1 - ended * y_pred
    return ops.sum(-ops.log(ops.clip(ops.concatenate(likely, axis=-1), 1e-7, 1.0)), axis=-1)


def hazards():
    """Twelve columns of labels for six outputs: survived intervals, and the one of the end."""
    draw = generator()
    x = draw.normal(size=(900, 5)).astype("float32")
    end = np.minimum(draw.exponential(np.exp(0.8 - 0.8 * x[:, 0])), 6)
    last, seen = np.minimum(end.astype(int), 5), end < 6
    alive = np.arange(6)[None] < last[:, None]
    alive[~seen] = True
    ended = (np.arange(6)[None] == last[:, None]) & seen[:, None]
    y = np.concatenate([alive, ended], axis=1).astype("float32")
    model = compiled(mlp(5, (16, "relu"), (6, "sigmoid")), survived, Adam(0.01), ())
    return Program(model, x, y, 12, judge=against_no_features)


def against_no_features(program):
    """Return the loss of the model, and with features that say nothing."""
    x, y = program.x, program.y
    pairs = x, np.zeros_like(x)
    return (float(np.mean(survived(y, program.model(values)))) for values in pairs)


def earth_mover(y_true, y_pred):
    """The distance of two distributions of marks from 1 to 10."""
    gap = ops.cumsum(y_true, axis=-1) - ops.cumsum(y_pred, axis=-1)
    return ops.sqrt(ops.mean(ops.square(gap), axis=-1) + 1e-12)


def beauty():
    """What marks from 1 to 10 people give a picture, as a distribution."""
    draw = generator()
    x = draw.normal(size=(700, 16)).astype("float32")
    centre = 5.5 + 1.5 * x[:, :1]
    y = np.exp(-((np.arange(1, 11)[None] - centre) ** 2) / 4)
    y = (y / y.sum(axis=1, keepdims=True)).astype("float32")
    model = mlp(16, (32, "relu"), (10, "softmax"), dropout=0.3)
    return Program(compiled(model, earth_mover, Adam(0.005), ()), x, y, 12)


def one_class():
    """All codes are to be near one point; what is far from it later is an anomaly."""
    x = generator().normal(size=(800, 10)).astype("float32") * 0.3 + 1
    model = mlp(10, (16, "leaky_relu"), (4, None), use_bias=False)
    centre = np.full((800, 4), 0.5, "float32")
    return Program(compiled(model, "mse", Adam(0.003), ()), x, centre, 10, judge=nearness)


def nearness(program):
    """Return the squared distance to the point, and its square."""
    codes = np.asarray(program.model(program.x))
    return float(np.mean((codes - 0.5) ** 2)), 0.25


class Cosines(layers.Layer):
    """The cosine of a code and each class, times 12."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))

    def call(self, codes):
        return 12 * ops.normalize(codes, axis=-1) @ ops.normalize(self.kernel, axis=0)


def faces():
    x, y = clusters(900, 8, (20,), 1.0)
    model = mlp(20, (32, "relu"), (16, None))
    model.add(Cosines(8))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, Adam(0.005)), x, y, 10)


def semi_hard(y_true, y_pred):
    """A triplet loss over all pairs of a batch; the labels say which belong together."""
    labels = ops.reshape(y_true, (-1, 1))
    same = ops.cast(labels == ops.transpose(labels), "float32")
    apart = 2 - 2 * y_pred @ ops.transpose(y_pred)
    farthest = ops.max(apart * same, axis=1)
    nearest = ops.min(apart + 4 * same, axis=1)
    return ops.softplus(farthest - nearest)


def embeddings():
    """Codes of unit length for the digits, learned from their classes."""
    x, y = digits(classes=6)
    model = mlp(64, (48, "relu"), (16, None))
    model.add(layers.UnitNormalization())
    return Program(compiled(model, semi_hard, Adam(0.002), ()), x, y, 8, 64, judge=separation)


def separation(program):
    """Return how far codes of a class are apart, and how far any two are."""
    codes = np.asarray(program.model(program.x))
    apart = 2 - 2 * codes @ codes.T
    return float(apart[program.y[:, None] == program.y].mean()), float(apart.mean())


def quasi_svm():
    """Random Fourier features and the hinge loss of one-hot rows."""
    x, y = digits()
    model = keras.Sequential([keras.Input((64,))])
    wide = keras.initializers.RandomNormal(stddev=0.3)
    model.add(layers.Dense(256, activation=ops.cos, kernel_initializer=wide, trainable=False))
    model.add(layers.Dense(10))
    metrics = [keras.metrics.CategoricalAccuracy(name="acc")]
    return Program(compiled(model, losses.hinge, Adam(0.002), metrics), x, one_hot(y), 10)


def rare_labels():
    """Twenty labels, each true for two rows of a hundred, with the focal loss of logits."""
    draw = generator()
    x = draw.normal(size=(2000, 24)).astype("float32")
    scores = x @ draw.normal(size=(24, 20))
    y = (scores > np.quantile(scores, 0.98, axis=0)).astype("float32")
    loss = losses.BinaryFocalCrossentropy(from_logits=True, gamma=2.0, apply_class_balancing=True)
    model = compiled(mlp(24, (64, "relu"), (20, None)), loss, Adam(0.005), ())
    return Program(model, x, y, 12)


def diffusion():
    """The noise in a picture, which the network has to predict from picture and level."""
    draw = generator()
    x, _ = digits()
    noise = draw.normal(size=x.shape).astype("float32")
    level = draw.uniform(0.1, 0.9, (len(x), 1)).astype("float32")
    noisy = np.sqrt(1 - level) * standardised(x) * 0.5 + np.sqrt(level) * noise
    inputs = [keras.Input((64,)), keras.Input((1,))]
    hidden = layers.Dense(128, activation="swish")(layers.concatenate(inputs))
    hidden = layers.Dense(128, activation="swish")(hidden)
    model = compiled(keras.Model(inputs, layers.Dense(64)(hidden)), "mae", Adam(0.002), ())
    return Program(model, [noisy, level], noise, 8)


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """The rate of the paper on transformers: it rises first, then falls."""

    def __call__(self, step):
        step = ops.cast(step, "float32") + 1
        return 16**-0.5 * ops.minimum(step**-0.5, step * 60**-1.5) * 0.3


def masked_loss(y_true, y_pred):
    """The cross-entropy of the words, without padding, divided by their number."""
    entropy = losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
    mask = ops.cast(y_true != 0, "float32")
    return ops.sum(entropy(y_true, y_pred) * mask) / ops.sum(mask)


def translation():
    """Each word has one translation; sentences end with padding 0."""
    draw = generator()
    words = draw.integers(1, 30, (500, 10))
    words[np.arange(10)[None] >= draw.integers(3, 11, (500, 1))] = 0
    y = np.where(words > 0, 1 + (words * 7) % 29, 0)
    inputs = keras.Input((10,), dtype="int32")
    steps = layers.Embedding(30, 32, mask_zero=True)(inputs)
    steps = layers.LayerNormalization()(steps + layers.MultiHeadAttention(2, 16)(steps, steps))
    steps = layers.LayerNormalization()(steps + layers.Dense(32, activation="relu")(steps))
    model = keras.Model(inputs, layers.Dense(30)(steps))
    rate = Adam(Warmup(), beta_2=0.98, epsilon=1e-9)
    return Program(compiled(model, masked_loss, rate, ()), words, y, 12, judge=errors)


def errors(program):
    """Return the share of wrong words, and that of always saying the most frequent one."""
    y, predicted = program.y, np.argmax(program.model(program.x), axis=-1)
    words = y[y > 0]
    return float(np.mean(predicted[y > 0] != words)), 1 - np.bincount(words).max() / len(words)


LOSSES = {
    "u-net": u_net,
    "unlabelled-words": unlabelled_words,
    "band": band,
    "overdispersed-counts": counts,
    "hazards": hazards,
    "beauty": beauty,
    "one-class": one_class,
    "cosine-classes": faces,
    "semi-hard": embeddings,
    "quasi-svm": quasi_svm,
    "rare-labels": rare_labels,
    "diffusion": diffusion,
    "translation": translation,
}
