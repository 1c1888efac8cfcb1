"""The advice of each finding, carried out: it runs in Keras, is right, and leaves nothing to say.

The expected value is the one of lossutils, whose formulas are tested against mpmath. Where the
advice is an expression, it is evaluated as it was printed.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    LOGITS,
    NAN,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    with_first,
)
from sklearn.datasets import load_digits

from lossutils import diagnose, losses
from lossutils.diagnosis.findings import DAMAGE

FOCAL = "binary_focal_crossentropy"
SEVERAL = (LOGITS > -1) * 1.0
UNKNOWN = with_first(SEVERAL, -1)
# The first label of every second row is unknown.
KNOWN = np.arange(120).reshape(40, 3) % 6 != 0
PARTLY_KNOWN = np.where(KNOWN, SEVERAL, -1)
STEPS, PICTURES = SIGMOID.reshape(8, 5, 1), SIGMOID.reshape(2, 5, 4, 1)
MASKS = YES.reshape(2, 5, 4, 1)
GREY = 3.0 * np.arange(64).reshape(1, 8, 8, 1)
AGES = 1.0 + 2 * np.arange(40)[:, None]
FREQUENT = 1.0 * (SCORES < 3)


def sigmoid_loss(y, z):
    return losses.sigmoid_cross_entropy_with_logits(labels=y, logits=z).mean()


def binary_loss(y, p):
    return losses.binary_cross_entropy(y, p).mean()


def categorical_loss(y, p):
    return losses.categorical_cross_entropy(y, p).mean()


def sparse_loss(y, p):
    return losses.sparse_categorical_cross_entropy(np.int64(y), p).mean()


def squared_loss(y, p):
    return losses.squared_error(y, p).mean()


# What the report says, in order: the batch, the mistake, the advice; then what it leads to:
# expressions for y_true, y_pred and the options, and the witness's value.
Y, P, W = "y_true", "y_pred", "sample_weight"


def case(mistake, batch, advice, after, value):
    return pytest.param(mistake, batch, advice, after, value, id=f"{mistake}: {advice[:40]}")


CASES = [
    case(
        "label-convention",
        (2 * YES - 1, SIGMOID, {"loss": BCE}),
        "(y_true + 1) / 2",
        ("(y_true + 1) / 2", P, {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "label-convention",
        (YES + 1, SIGMOID, {"loss": BCE}),
        "labels 0 and 1: (y_true == 2)",
        ("1.0 * (y_true == 2)", P, {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "label-convention",
        (1.52626 * YES - np.pi / 10, SIGMOID, {"loss": BCE}),
        "labels 0 and 1: (y_true > 0.448971)",
        ("1.0 * (y_true > 0.448971)", P, {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "negative-loss",
        (255 * MASKS, PICTURES, {"loss": BCE}),
        "y_true / 255",
        ("y_true / 255", P, {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "mask-255",
        (255 * MASKS, PICTURES, {"loss": "dice"}),
        "y_true / 255",
        ("y_true / 255", P, {}),
        1 - 2 * (MASKS * PICTURES).sum() / (MASKS + PICTURES).sum(),
    ),
    case(
        "binary-for-many-classes",
        (INDEX[:, None] * 1.0, SIGMOID, {"loss": BCE}),
        "3 outputs, softmax and sparse_categorical_crossentropy",
        (Y, "SOFTMAX", {"loss": SCCE}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "binary-for-many-classes",
        (INDEX[:, None] + 1.0, SIGMOID, {"loss": BCE}),
        "3 outputs, softmax and sparse_categorical_crossentropy and y_true - 1",
        ("y_true - 1", "SOFTMAX", {"loss": SCCE}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "mask-ignored",
        (with_first(YES, -1), SIGMOID, {"loss": BCE}),
        "np.maximum(y_true, 0) and sample_weight=(y_true != -1)",
        ("np.maximum(y_true, 0)", P, {W: "(y_true != -1)"}),
        binary_loss(YES[1:], SIGMOID[1:]) * 39 / 40,
    ),
    case(
        "mask-ignored",
        (UNKNOWN, SOFTMAX, {"loss": BCE}),
        "np.maximum(y_true, 0)[..., None], y_pred[..., None] and sample_weight=(y_true != -1)",
        ("np.maximum(y_true, 0)[..., None]", "y_pred[..., None]", {W: "(y_true != -1)"}),
        binary_loss(SEVERAL[1:], SOFTMAX[1:]) * 39 / 40,
    ),
    case(
        "unknown-labels",
        (PARTLY_KNOWN, SOFTMAX, {"loss": BCE}),
        "np.maximum(y_true, 0)[..., None], y_pred[..., None] and sample_weight=(y_true != -1)",
        ("np.maximum(y_true, 0)[..., None]", "y_pred[..., None]", {W: "(y_true != -1)"}),
        binary_loss(SEVERAL[KNOWN], SOFTMAX[KNOWN]) * KNOWN.mean(),
    ),
    case(
        "mask-ignored",
        (with_first(INDEX, -1), SOFTMAX, {"loss": SCCE}),
        "ignore_class=-1, or sample_weight=(y_true != -1) and any class",
        (Y, P, {"ignore_class": -1}),
        sparse_loss(INDEX[1:], SOFTMAX[1:]) ,
    ),
    case(
        "mask-ignored",
        (with_first(YES, 255), SIGMOID, {"loss": BCE}),
        "np.where(y_true == 255, 0, y_true) and sample_weight=(y_true != 255)",
        ("np.where(y_true == 255, 0, y_true)", P, {W: "(y_true != 255)"}),
        binary_loss(YES[1:], SIGMOID[1:]) * 39 / 40,
    ),
    case(
        "mask-ignored",
        (with_first(YES, -100), SIGMOID, {"loss": BCE}),
        "np.maximum(y_true, 0) and sample_weight=(y_true != -100)",
        ("np.maximum(y_true, 0)", P, {W: "(y_true != -100)"}),
        binary_loss(YES[1:], SIGMOID[1:]) * 39 / 40,
    ),
    case(
        "mask-ignored",
        (with_first(YES, -1)[None], SIGMOID[None], {"loss": "dice"}),
        "y_true * (y_true != -1) and y_pred * (y_true != -1), in a loss of your own around dice",
        ("y_true * (y_true != -1)", "y_pred * (y_true != -1)", {}),
        # The overlap of what is known, by its formula: 1 - 2 |A and B| / (|A| + |B|).
        1 - 2 * (YES * SIGMOID)[1:].sum() / (YES + SIGMOID)[1:].sum(),
    ),
    case(
        "negative-loss",
        (GREY, np.linspace(0.1, 0.9, 64).reshape(1, 8, 8, 1), {"loss": BCE}),
        "y_true / 255, if these are grey values",
        ("y_true / 255", P, {}),
        binary_loss(GREY / 255, np.linspace(0.1, 0.9, 64).reshape(1, 8, 8, 1)),
    ),
    case(
        "binary-for-many-classes",
        (AGES, SIGMOID, {"loss": BCE}),
        "labels in [0, 1]; mean_squared_error for quantities; 79 outputs",
        (Y, P, {"loss": "mse"}),
        squared_loss(AGES, SIGMOID),
    ),
    case(
        None,
        (AGES[:, 0], np.tile(SCORES, 80), {"loss": "mae"}),
        "a last layer with one unit, Dense(1), for a quantity; tf.one_hot(y_true, 80) for classes",
        (Y, "SCORES", {}),
        losses.absolute_error(AGES, SCORES).mean(),
    ),
    case(
        "labels-out-of-range",
        (INDEX + 1, SOFTMAX, {"loss": SCCE}),
        "y_true - 1: count from 0",
        ("y_true - 1", P, {}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "sparse-or-one-hot",
        (INDEX, SOFTMAX, {"loss": CCE}),
        "sparse_categorical_crossentropy, or tf.one_hot(y_true, 3)",
        ("tf.one_hot(y_true, 3)", P, {}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "sparse-or-one-hot",
        (ONE_HOT, SOFTMAX, {"loss": SCCE}),
        "categorical_crossentropy, or y_true.argmax(-1)",
        ("y_true.argmax(-1)", P, {}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "softmax-twice",
        (INDEX, SOFTMAX, {"loss": SCCE, "from_logits": True}),
        "from_logits=False; better, a linear last layer and from_logits=True",
        (Y, P, {"from_logits": False}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "softmax-never",
        (ONE_HOT, LOGITS, {"loss": CCE}),
        "a last layer without activation, and from_logits=True",
        (Y, P, {"from_logits": True}),
        categorical_loss(ONE_HOT, SOFTMAX),
    ),
    case(
        "sigmoid-never",
        (YES, SCORES, {"loss": BCE}),
        "a last layer without activation, and from_logits=True",
        (Y, P, {"from_logits": True}),
        sigmoid_loss(YES, SCORES),
    ),
    case(
        "swapped-by-position",
        (SIGMOID, YES, {"loss": BCE}),
        "loss(y_true, y_pred): the truth comes first, or by name, labels= and logits=",
        (P, Y, {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "swapped-by-name",
        (SCORES, YES, {"loss": BCE, "from_logits": True}),
        "loss(y_true, y_pred): the truth comes first, or by name, labels= and logits=",
        (P, Y, {}),
        sigmoid_loss(YES, SCORES),
    ),
    case(
        "broadcast",
        (SCORES, np.hstack([SCORES, SCORES + 1]), {"loss": "mse"}),
        "a last layer with one unit, Dense(1)",
        (Y, "y_pred[:, 1:]", {}),
        squared_loss(SCORES, SCORES + 1),
    ),
    case(
        "return-sequences",
        (YES[:8], STEPS, {"loss": BCE}),
        "return_sequences=False in the last recurrent layer, or a pooling or Flatten layer",
        (Y, "y_pred[:, -1]", {}),
        binary_loss(YES[:8], STEPS[:, -1]),
    ),
    case(
        "sample-weight",
        (MASKS, PICTURES, {"loss": BCE, W: [1.0, 3.0]}),
        "sample_weight[:, None, None]",
        (Y, P, {W: "np.array(sample_weight)[:, None, None]"}),
        (losses.binary_cross_entropy(MASKS, PICTURES) * [[[[1.0]]], [[[3.0]]]]).mean(),
    ),
    case(
        "sample-weight",
        (SEVERAL, SOFTMAX, {"loss": BCE, W: 1 + SEVERAL}),
        "y_true[..., None] and y_pred[..., None], and then a weight for each number",
        ("y_true[..., None]", "y_pred[..., None]", {W: W}),
        (losses.binary_cross_entropy(SEVERAL, SOFTMAX) * (1 + SEVERAL)).mean(),
    ),
    case(
        "label-smoothing",
        (0.9 * ONE_HOT, SOFTMAX, {"loss": CCE}),
        "y * (1 - e) + e / classes, or label_smoothing=e in the loss",
        ("ONE_HOT * (1 - 0.1) + 0.1 / 3", P, {}),
        categorical_loss(0.9 * ONE_HOT + 0.1 / 3, SOFTMAX),
    ),
    case(
        "kl-unnormalised",
        (SOFTMAX, 100 * SOFTMAX[::-1], {"loss": "kld"}),
        "a softmax before it, or the rows divided by their sums",
        (Y, "y_pred / y_pred.sum(axis=1, keepdims=True)", {}),
        losses.kl_divergence(SOFTMAX, SOFTMAX[::-1]).mean(),
    ),
    case(
        "mape-at-zero",
        (INDEX[:, None], SCORES, {"loss": "mape"}),
        "mean_absolute_error, or mean_squared_logarithmic_error",
        (Y, P, {"loss": "mae"}),
        losses.absolute_error(INDEX[:, None] * 1.0, SCORES).mean(),
    ),
    case(
        "half-precision",
        (1000 * SCORES, np.float16(SCORES), {"loss": "mse"}),
        "the last layer and the loss in float32",
        (Y, "1000 * SCORES - 1", {}),
        1.0,
    ),
    case(
        "log-of-zero",
        (YES, (SCORES > 0) * 1.0 + 0.0 * SCORES, {"loss": BCE}),
        "logits and from_logits=True",
        (Y, "SCORES", {"from_logits": True}),
        sigmoid_loss(YES, SCORES),
    ),
    case(
        "clipped",
        (YES, np.abs(1 - YES - 1e-9), {"loss": BCE}),
        "logits and from_logits=True",
        (Y, "SCORES", {"from_logits": True}),
        sigmoid_loss(YES, SCORES),
    ),
    case(
        "no-gradient",
        (YES, SIGMOID.round().astype(int), {"loss": BCE}),
        "the scores themselves in the loss; round and argmax in a metric only",
        (Y, "SIGMOID", {}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "integer-types",
        (SCORES, np.int32(SCORES), {"loss": "mse"}),
        "the float outputs of the model",
        (Y, "SCORES + 1", {}),
        1.0,
    ),
    case(
        "cosine-sign",
        (LOGITS, -LOGITS, {"loss": "cosine_similarity"}),
        "Keras' loss as it is: it is minus the cosine already",
        (Y, "-y_pred", {}),
        -1.0,
    ),
    case(
        "nan-in-data",
        (YES, with_first(SIGMOID, NAN), {"loss": BCE}),
        "x without missing values: x[np.isfinite(x).all(axis=1)], or values filled in",
        ("y_true[1:]", "y_pred[1:]", {}),
        binary_loss(YES[1:], SIGMOID[1:]),
    ),
    case(
        "pos-weight",
        (FREQUENT, SCORES, {"loss": BCE, "from_logits": True, "pos_weight": 9}),
        "pos_weight = zeros / ones",
        (Y, P, {"pos_weight": (1 - FREQUENT.mean()) / FREQUENT.mean()}),
        None,  # tf.nn has this loss, and Keras does not
    ),
    case(
        "focal-gamma",
        (YES, np.where(YES > 0, 1.0, 0.5), {"loss": FOCAL, "gamma": 0.5}),
        "gamma of at least 1",
        (Y, P, {"gamma": 2.0}),
        np.mean((1 - YES) * 0.25 * np.log(2)),  # (1 - 0.5)² times the cross-entropy of 0.5
    ),
    case(
        "ctc-frames",
        ([[1, 1]], np.zeros((1, 2, 3)), {"loss": "ctc"}),
        "more steps before the last layer",
        (Y, "np.repeat(y_pred, 2, axis=1)", {}),
        np.log(81 / 5),  # of 81 paths of four steps, five read as 1 1
    ),
    case(
        "ctc-padding",
        ([[1, 2], [2, -1]], LOGITS.reshape(2, 20, 3), {"loss": "ctc"}),
        "np.maximum(y_true, 0): padding is 0",
        ("np.maximum(y_true, 0)", P, {}),
        # The lengths are given, so nothing is read from the padding.
        np.mean(tf.nn.ctc_loss([[1, 2], [2, 0]], tf.constant(LOGITS.reshape(2, 20, 3), "float32"),
                               [2, 1], [20, 20], logits_time_major=False, blank_index=0)),
    ),
]  # fmt: skip


def evaluated(value, batch):
    """Return the value of an expression about the batch; anything else as it is."""
    y_true, y_pred, options = batch
    names = {"np": np, "tf": tf, Y: np.asarray(y_true), P: np.asarray(y_pred)}
    names |= {"ONE_HOT": ONE_HOT, "SOFTMAX": SOFTMAX, "SIGMOID": SIGMOID, "SCORES": SCORES}
    names[W] = options.get(W)
    return eval(value, names) if isinstance(value, str) and value != "mae" else value


def in_keras(y_true, y_pred, loss, sample_weight=None, **options):
    """Return the loss as the class of Keras computes it."""
    full = diagnose([[1.0]], [[1.0]], loss=loss).batch.split(", ")[-2]
    class_name = type(keras.losses.get(full)).__name__
    if class_name == "function":
        class_name = "".join(map(str.capitalize, full.split("_")))
    cls = getattr(
        keras.losses, {"KlDivergence": "KLDivergence", "Ctc": "CTC"}.get(class_name, class_name)
    )
    return float(cls(**options)(y_true, np.float32(y_pred), sample_weight=sample_weight))


@pytest.mark.parametrize(("mistake", "batch", "advice", "after", "value"), CASES)
def test_advice_carried_out(mistake, batch, advice, after, value):
    y_true, y_pred, options = batch
    report = diagnose(y_true, y_pred, **options)
    printed = [finding.instead for finding in report if finding.mistake == mistake]
    assert any(text.startswith(advice) for text in printed), report
    changes = {
        name: evaluated(text, batch) if name == W else text for name, text in after[2].items()
    }
    repaired = {**options, **changes}
    if W not in after[2]:
        repaired.pop(W, None)
    arrays = [evaluated(text, batch) for text in after[:2]]
    again = diagnose(*arrays, **repaired)
    assert not again, again
    if value is not None:
        np.testing.assert_allclose(in_keras(*arrays, **repaired), value, rtol=2e-5)


# Advice about the model: the faulty program, the program with the advice, and a twin that reaches
# the same by another way. What is compared is the error of the predictions: the share of wrong
# classes, or the mean squared error divided by the variance of the targets.

X = np.random.default_rng(1).normal(size=(256, 2)).astype("float32")
CLASSES = X @ [[2.0, 0.0, -2.0], [0.0, 2.0, -1.0]]
LINE = (X @ [[1.0], [-2.0]]).astype("float32")


def trained(units, y, loss, *, rate=0.05, passes=30, **layer):
    """Return the predictions of a small network after some passes through the data.

    The passes make one epoch of Keras, which saves what every epoch costs.
    """
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, "tanh")])
    model.add(keras.layers.Dense(units, **layer))
    model.compile(keras.optimizers.Adam(rate), loss)
    rows = np.tile(np.arange(len(X)), passes)
    model.fit(X[rows], y[rows], batch_size=64, verbose=0)
    return np.asarray(model(X))


def error(y, predictions):
    """Return the share of wrong classes, or the share of the variance that is not explained."""
    if predictions.shape[1] > 1 and np.ndim(y) == 1:
        return np.mean(predictions.argmax(axis=1) != y)
    if np.isin(y, (0, 1)).all():
        in_two = predictions > (0.5 if predictions.min() >= 0 else 0)
        return np.mean(in_two != y)
    return np.mean((predictions - y) ** 2) / np.var(y)


SPARSE = CLASSES.argmax(axis=1)
POSITIVE = 1.0 * (LINE > 0)
OF_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
DEAD = {"activation": "relu", "bias_initializer": keras.initializers.Constant(-100)}
FIRST_IS_DEAD = keras.initializers.Constant([-100.0, 0, 0])
STANDARD = (1e8 * LINE + 1e8 - (1e8 * LINE + 1e8).mean()) / (1e8 * LINE).std()
TWO = np.hstack([LINE, LINE + 1])
ANY_OF_THREE = 1.0 * (CLASSES > -1)
PROGRAMS = {
    "softmax-multi-label": (
        (trained, 3, ANY_OF_THREE, CCE, {"activation": "softmax"}),
        ("binary_crossentropy with one sigmoid for each label", 3, ANY_OF_THREE, BCE,
         {"activation": "sigmoid"}),
        (3, ANY_OF_THREE, keras.losses.BinaryCrossentropy(from_logits=True), {}),
        {"loss": BCE},
    ),
    "softmax-regression": (
        (trained, 2, TWO, "mse", {"activation": "softmax"}),
        ("a last layer without activation", 2, TWO, "mse", {}),
        (2, TWO, "mse", {"kernel_initializer": "zeros"}),
        {"loss": "mse"},
    ),
    "last-layer": (
        (trained, 3, SPARSE, OF_LOGITS, {"activation": "relu", "bias_initializer": FIRST_IS_DEAD}),
        ("a last layer without activation", 3, SPARSE, OF_LOGITS, {}),
        (3, SPARSE, SCCE, {"activation": "softmax"}),
        {"loss": SCCE, "from_logits": True},
    ),
    "output-range": (
        (trained, 1, 5 + LINE, "mse", {"activation": "sigmoid"}),
        ("a last layer without activation", 1, 5 + LINE, "mse", {}),
        (1, 5 + LINE, "mse", {"bias_initializer": keras.initializers.Constant(5)}),
        {"loss": "mse"},
    ),
    "target-scale": (
        (trained, 1, 1e8 * LINE + 1e8, "mse", {}),
        ("standardised targets, (y - y.mean()) / y.std()", 1, STANDARD, "mse", {}),
        (1, LINE / LINE.std(), "mse", {}),
        {"loss": "mse"},
    ),
    "constant-output": (
        (trained, 1, LINE, "mse", DEAD),
        ("scaled features, a smaller learning rate, and no activation that can die", 1, LINE,
         "mse", {}),
        (1, LINE, "mse", {"kernel_initializer": "zeros"}),
        {"loss": "mse"},
    ),
    "softmax-on-one-unit": (
        (trained, 1, POSITIVE, BCE, {"activation": "softmax"}),
        ("Dense(1, activation='sigmoid') and binary_crossentropy", 1, POSITIVE, BCE,
         {"activation": "sigmoid"}),
        (1, POSITIVE, keras.losses.BinaryCrossentropy(from_logits=True), {}),
        {"loss": BCE},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", PROGRAMS)
def test_advice_about_the_model_carried_out(mistake):
    (train, *faulty, layer), (advice, *repaired, better), (*twin, other), options = PROGRAMS[
        mistake
    ]
    predictions = train(*faulty, **layer)
    report = diagnose(faulty[1], predictions, trained=True, **options)
    assert any(f.mistake == mistake and f.instead.startswith(advice) for f in report), report
    stuck, predictions = error(faulty[1], predictions), train(*repaired, **better)
    again = diagnose(repaired[1], predictions, trained=True, **options)
    assert not again, again
    reached = error(repaired[1], predictions)
    assert reached < 0.5 * stuck
    assert abs(reached - error(twin[1], train(*twin, **other))) < 0.05


# What collapses, on scikit-learn's digits: nothing is left of the differences between examples.

DIGITS = load_digits()
IMAGES, KINDS = np.float32(DIGITS.data[:700] / 16), DIGITS.target[:700]


def batch_hard(labels, z):
    """Return the triplet loss of each example, its margin 1, in TensorFlow."""
    same = tf.reshape(labels, [-1, 1]) == tf.reshape(labels, [-1])
    d = tf.sqrt(tf.maximum(tf.reduce_sum((z[:, None] - z) ** 2, axis=-1), 1e-12))
    far = tf.reduce_max(tf.where(same, d, 0.0), axis=1)
    return tf.maximum(far - tf.reduce_min(tf.where(same, 1e9, d), axis=1) + 1, 0)


def embedded(batch_size):
    """Return two numbers for each image, after the same number of passes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.01), batch_hard)
    model.fit(IMAGES, KINDS, batch_size=batch_size, epochs=8, verbose=0)
    return np.asarray(model(IMAGES))


class VAE(keras.Model):
    """A variational autoencoder of images with 64 pixels, whose code has two numbers."""

    def __init__(self):
        super().__init__()
        dense = keras.layers.Dense
        self.encoder = keras.Sequential([dense(64, "relu"), dense(4)])
        self.decoder = keras.Sequential([dense(64, "relu"), dense(64)])

    def call(self, x):
        """Return the logits of the pixels, and add the KL divergence to the losses."""
        mean, log_variance = tf.split(self.encoder(x), 2, axis=1)
        code = mean + tf.exp(log_variance / 2) * tf.random.normal(tf.shape(mean))
        kl = tf.reduce_sum(mean**2 + tf.exp(log_variance) - 1 - log_variance, axis=1) / 2
        self.add_loss(tf.reduce_mean(kl))
        return self.decoder(code)


def reconstructed(reduce):
    """Return the logits of all pixels after training with a mean or a sum over them."""

    def loss(x, logits):
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
        return reduce(cross_entropy, axis=1)

    keras.utils.set_random_seed(0)
    model = VAE()
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(IMAGES, IMAGES, batch_size=100, epochs=15, verbose=0)
    return np.asarray(model(IMAGES))


COLLAPSED = {
    "collapsed-embeddings": (embedded, 140, 20, KINDS, {"loss": "circle"}),
    "posterior-collapse": (
        reconstructed,
        tf.reduce_mean,
        tf.reduce_sum,
        IMAGES,
        {"loss": BCE, "from_logits": True, "trained": True},
    ),
}


@pytest.mark.parametrize("mistake", COLLAPSED)
def test_advice_against_collapse_carried_out(mistake):
    train, faulty, repaired, y_true, options = COLLAPSED[mistake]
    assert mistake in [finding.mistake for finding in diagnose(y_true, train(faulty), **options)]
    assert not diagnose(y_true, train(repaired), **options)


def test_every_mistake_has_its_advice_carried_out():
    carried_out = {parameters.values[0] for parameters in CASES} | set(PROGRAMS) | set(COLLAPSED)
    # See the tests of the callback.
    in_runs = {"accuracy-of-logits", "learning-rate", "metric-as-loss"}
    assert set(DAMAGE) - carried_out - in_runs == {"overflow"}  # its advice: look further
