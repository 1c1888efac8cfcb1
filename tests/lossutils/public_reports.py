"""Public reports of losses that misbehaved: where each is, and what leads to its fix.

Each report is made again with arrays of our own.
"""

from typing import NamedTuple

import numpy as np
from batch_examples import BCE, CCE, NAN, SCCE, with_first

RNG = np.random.default_rng(7)


class Report(NamedTuple):
    """A report: where it is, the section that answers it, and how to get there.

    Either `row` holds words of the index row that leads to the section, which says `fix`; or the
    diagnosis of `batch` leads to it, and its advice says `fix`. `certain` are all findings that
    may be certain, `mended` is the batch after the fix.
    """

    address: str
    section: str
    fix: str
    row: str = ""
    batch: tuple = ()
    certain: tuple = ()
    mended: tuple = ()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def pixels(*shape):
    return (RNG.random(shape) < 0.3) * 1.0


MASK, P_MASK = pixels(4, 8, 8, 1), sigmoid(RNG.normal(size=(4, 8, 8, 1)))
STANDARDISED = (MASK - MASK.mean()) / MASK.std()
ONE_EACH = np.array([1.0, 2.0, 3.0, 4.0])
# 496 of 512 pixels are background, and background is all that is predicted.
SEGMENTS = np.eye(3)[with_first(np.zeros((2, 16, 16), int), np.eye(16, dtype=int))]
BACKGROUND = np.tile([0.97, 0.02, 0.01], (2, 16, 16, 1))
TEXT = np.array([[4, 1, 2, 3], [2, 3, -1, -1]])
STEPS = RNG.normal(size=(2, 12, 5))
SIX, SIX_PREDICTED = RNG.normal(size=(2, 70, 6))
GREY = np.full((8, 28, 28, 1), 0.5)
ONE_TO_TEN, SHARES = RNG.uniform(1, 10, (64, 2)), softmax(RNG.normal(size=(64, 2)))
LINE = np.linspace(-100, 100, 201)[:, None]
STARTED = RNG.normal(size=LINE.shape)
DEAD_CLASS = np.array([[2.1, 0], [1.7, 0], [2.9, 0]])
YES, SCORES = pixels(64, 1), 2 * RNG.normal(size=(64, 1))
ONE_LABEL, EVERY_STEP = RNG.normal(size=(8, 1)), RNG.normal(size=(8, 60, 1))
SOME_KNOWN, SIX_LABELS = RNG.integers(-1, 2, (64, 6)) * 1.0, sigmoid(RNG.normal(size=(64, 6)))
IGNORED, OF_FOUR = with_first(RNG.integers(0, 4, 32), -1), RNG.normal(size=(32, 4))
FRACTIONS, WIDE = RNG.random((10, 1)), RNG.random((10, 768))
TWO_OUTPUTS = (
    {"zeta": YES, "alpha": np.eye(2)[np.int64(YES[:, 0])]},
    {"zeta": SCORES, "alpha": softmax(RNG.normal(size=(64, 2)))},
)
TWO_LOSSES = {"zeta": "mse", "alpha": CCE}
IGNORING = {"loss": SCCE, "from_logits": True, "ignore_class": -1}

REPORTS = {
    "1 Dice and binary cross-entropy are negative": Report(
        "https://www.developerload.com/loss-function-has-negative-values",
        "mask-255",
        "y_true / 255",
        batch=(255 * MASK, P_MASK, {"loss": BCE}),
        certain=("negative-loss",),
        mended=(MASK, P_MASK, {"loss": BCE}),
    ),
    "1 the same in the index": Report(
        "https://www.developerload.com/loss-function-has-negative-values",
        "mask-255",
        "masks = masks / 255",
        row="mask stored as 0 and 255",
        batch=(255 * MASK, P_MASK, {"loss": "dice"}),
        certain=("negative-loss",),
    ),
    "1 the mask is standardised": Report(
        "https://www.developerload.com/loss-function-has-negative-values",
        "negative-loss",
        "labels 0 and 1: (y_true > 0.486534)",
        batch=(STANDARDISED, P_MASK, {"loss": BCE}),
        certain=("negative-loss",),
        mended=(1.0 * (STANDARDISED > 0.486534), P_MASK, {"loss": BCE}),
    ),
    "3 Dice is high, and all is background": Report(
        "https://github.com/keras-team/keras/issues/13085",
        "dice-background",
        "loss = tf.keras.losses.Dice(axis=(0, 1, 2))",
        row="only background is predicted",
        batch=(SEGMENTS, BACKGROUND, {"loss": "dice"}),
    ),
    "6 CTC with labels padded by -1": Report(
        "https://github.com/keras-team/keras/issues/21876",
        "ctc-padding",
        "np.maximum(y_true, 0)",
        batch=(TEXT, STEPS, {"loss": "ctc"}),
        certain=("ctc-padding",),
        mended=(np.maximum(TEXT, 0), STEPS, {"loss": "ctc"}),
    ),
    "6 the same in the index": Report(
        "https://github.com/keras-team/keras/issues/21876",
        "ctc-padding",
        "y = np.maximum(y, 0)",
        row="CTC since Keras 3",
        batch=(TEXT, STEPS, {}),
    ),
    "8 the batch size in a loss is None": Report(
        "https://github.com/keras-team/keras/issues/19732",
        "batch-size",
        "Do not divide by the batch size",
        row="`None values not supported`",
        batch=(SIX, SIX_PREDICTED, {}),
    ),
    "9 y_true[2] for a column": Report(
        "https://github.com/keras-team/keras/issues/9752",
        "rows-for-columns",
        "length, width = y[:, 0], y[:, 1]",
        row="`y_true[2]` for a column",
        batch=(SIX, SIX_PREDICTED, {"loss": "mse"}),
    ),
    "17 mean or sum over the pixels of a VAE": Report(
        "https://stats.stackexchange.com/questions/485488",
        "posterior-collapse",
        "reconstruction = tf.reduce_sum(values, axis=1)",
        row="reconstructions of a VAE",
        batch=(pixels(8, 28, 28, 1), GREY, {"loss": BCE}),
    ),
    "20 a softmax in a regression": Report(
        "https://github.com/keras-team/keras/issues/321",
        "softmax-regression",
        "a last layer without activation",
        batch=(ONE_TO_TEN, SHARES, {"loss": "mse"}),
        mended=(ONE_TO_TEN, 5 * RNG.normal(size=(64, 2)), {"loss": "mse"}),
    ),
    "23 the fourth power is not learned": Report(
        "https://stackoverflow.com/questions/52800582",
        "target-scale",
        "standardised targets",
        batch=(LINE**4, STARTED, {"loss": "mse"}),
        mended=((LINE**4 - np.mean(LINE**4)) / np.std(LINE**4), STARTED, {"loss": "mse"}),
    ),
    "24 a ReLU before the cross-entropy": Report(
        "https://github.com/keras-team/keras/issues/12096",
        "softmax-never",
        "a last layer without activation, and from_logits=True",
        batch=(np.eye(2)[[0, 0, 1]], DEAD_CLASS, {"loss": CCE}),
        mended=(np.eye(2)[[0, 0, 1]], DEAD_CLASS - [0, 0.5], {"loss": CCE, "from_logits": True}),
    ),
    "24 the same in the index": Report(
        "https://github.com/keras-team/keras/issues/12096",
        "last-layer",
        "The last layer of a classifier has no activation",
        row="5.37",
    ),
    "25 a tanh before the binary cross-entropy": Report(
        "https://github.com/tensorflow/tensorflow/issues/38457",
        "last-layer",
        "a last layer without activation",
        batch=(YES, np.tanh(SCORES).astype(np.float16), {"loss": BCE}),
        certain=("sigmoid-never",),
        mended=(YES, SCORES, {"loss": BCE, "from_logits": True}),
    ),
    "25 only from_logits=True was added": Report(
        "https://github.com/tensorflow/tensorflow/issues/38457",
        "last-layer",
        "a last layer without activation",
        batch=(YES, np.tanh(SCORES), {"loss": BCE, "from_logits": True}),
    ),
    "27 return_sequences is left on": Report(
        "https://www.52zhanxing.com/ask/7667858.html",
        "return-sequences",
        "return_sequences=False",
        batch=(ONE_LABEL, EVERY_STEP, {"loss": "mse"}),
        mended=(ONE_LABEL, EVERY_STEP[:, -1], {"loss": "mse"}),
    ),
    "27 the same in the index": Report(
        "https://www.52zhanxing.com/ask/7667858.html",
        "return-sequences",
        "return_sequences=False",
        row="(241, 60, 1)",
    ),
    "29 one weight per picture": Report(
        "https://github.com/keras-team/keras/issues/13994",
        "sample-weight",
        "sample_weight[:, None, None]",
        batch=(MASK, P_MASK, {"loss": BCE, "sample_weight": ONE_EACH}),
        certain=("sample-weight",),
        mended=(MASK, P_MASK, {"loss": BCE, "sample_weight": ONE_EACH[:, None, None]}),
    ),
    "29 as many pictures as rows": Report(
        "https://github.com/keras-team/keras/issues/7120",
        "sample-weight",
        "sample_weight[:, None, None]",
        batch=(MASK[:, :4], P_MASK[:, :4], {"loss": BCE, "sample_weight": ONE_EACH}),
        certain=("sample-weight",),
        mended=(MASK, P_MASK, {"loss": BCE, "sample_weight": ONE_EACH[:, None, None, None]}),
    ),
    "30 class_weight for masks": Report(
        "https://github.com/keras-team/keras/issues/14085",
        "class-weight-pixels",
        "sample_weight = weight[mask[..., 0]]",
        row="`class_weight not supported for 3+ dimensional targets`",
        mended=(MASK, P_MASK, {"loss": BCE, "sample_weight": 1 + 49 * MASK[..., 0]}),
    ),
    "32 several labels, some unknown": Report(
        "https://github.com/keras-team/keras/issues/17766",
        "unknown-labels",
        "np.maximum(y_true, 0)[..., None], y_pred[..., None] and sample_weight=(y_true != -1)",
        batch=(SOME_KNOWN, SIX_LABELS, {"loss": BCE}),
        certain=("negative-loss",),
        mended=(
            np.maximum(SOME_KNOWN, 0)[..., None],
            SIX_LABELS[..., None],
            {"loss": BCE, "sample_weight": SOME_KNOWN != -1},
        ),
    ),
    "34 nan among the features": Report(
        "http://dong.sh/posts/lossbreakgredients",
        "nan-in-data",
        "x[np.isfinite(x).all(axis=1)]",
        batch=(YES, sigmoid(with_first(SCORES, NAN)), {"loss": BCE}),
        certain=(None,),  # the predictions are not finite
        mended=(YES[1:], sigmoid(SCORES[1:]), {"loss": BCE}),
    ),
    "34 the same in the index": Report(
        "http://dong.sh/posts/lossbreakgredients",
        "nan-in-data",
        "np.isnan(x)",
        row="`nan` from the first batch on",
    ),
    "35 a metric as the loss": Report(
        "https://github.com/keras-team/keras/issues/19150",
        "metric-as-loss",
        "Loss = tf.keras.losses.BinaryCrossentropy",
        row="with `tf.keras.metrics` as the loss",
    ),
    "36 ignore_class=-1 was right": Report(
        "https://github.com/keras-team/tf-keras/issues/734",
        "mask-ignored",
        "ignore_class=-1",
        batch=(IGNORED, OF_FOUR, {"loss": SCCE, "from_logits": True}),
        certain=("labels-out-of-range",),
        mended=(IGNORED, OF_FOUR, IGNORING),
    ),
    "36 a batch that is ignored as a whole": Report(
        "https://github.com/keras-team/tf-keras/issues/734",
        "mask-ignored",
        "ignore_class",
        row="More padding",
        mended=(np.full(32, -1), OF_FOUR, IGNORING),
    ),
    "38 one label against 768 outputs": Report(
        "https://github.com/keras-team/keras/issues/17388",
        "broadcast",
        "Dense(1)",
        batch=(FRACTIONS, WIDE, {"loss": BCE}),
        certain=("broadcast",),
        mended=(FRACTIONS, WIDE[:, :1], {"loss": BCE}),
    ),
    "40 the losses of two outputs are swapped": Report(
        "https://github.com/keras-team/keras/issues/20596",
        "loss-weights",
        "Later versions match them by name",
        row="losses of two outputs are swapped",
        mended=(*TWO_OUTPUTS, {"loss": TWO_LOSSES}),
    ),
}
