"""The advice about predictions and numbers, carried out: see `advice_carried_out`."""

import numpy as np
import pytest
import tensorflow as tf
from advice_carried_out import (
    P,
    W,
    Y,
    binary_loss,
    carried_out,
    case,
    categorical_loss,
    sigmoid_loss,
    sparse_loss,
)
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

from lossutils import losses

FOCAL = "binary_focal_crossentropy"
FREQUENT = 1.0 * (SCORES < 3)
SIGMOIDS = 1 / (1 + np.exp(-LOGITS))
COUNTS, SOFTPLUS = 1.0 * INDEX[:, None], np.log1p(np.exp(SCORES))
HIGH = 5.0 + np.arange(40)[:, None]
HALF_DEAD = np.where(np.arange(40)[:, None] % 2, HIGH, 0)

CASES = [
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
    case(
        "ctc-padding",
        ([[1, 0, 2]], np.zeros((1, 3, 3)), {"loss": "ctc"}),
        "labels from 1, a class more in the last layer; 0 at the end for padding",
        ("y_true + 1", "np.zeros((1, 3, 4))", {}),
        np.log(64),  # one of 64 paths of three steps reads as 2 1 3
    ),
    case(
        "output-range",
        (HIGH, HALF_DEAD, {"loss": "mse", "trained": True}),
        "a last layer without activation, or softplus where no target is negative",
        (Y, "np.where(y_pred == 0, y_true - 1, y_pred)", {"trained": True}),
        0.5,  # an error of 1 for every second example
    ),
    case(
        "softmax-never",
        (ONE_HOT, SIGMOIDS, {"loss": CCE}),
        "a last layer without activation, and from_logits=True; softmax instead of sigmoid",
        (Y, "SOFTMAX", {}),
        categorical_loss(ONE_HOT, SOFTMAX),
    ),
    case(
        "softmax-on-one-unit",
        (100 * SCORES, np.ones((40, 1)), {"loss": "mse"}),
        "Dense(1) without activation",
        (Y, "100 * SCORES - 1", {}),
        1.0,
    ),
    case(
        "log-of-zero",
        (COUNTS, SCORES, {"loss": "poisson"}),
        "a last layer with softplus or exp",
        (Y, "np.log1p(np.exp(y_pred))", {}),
        losses.poisson_loss(COUNTS, SOFTPLUS).mean(),
    ),
    case(
        "negative-loss",
        (COUNTS - 1, SOFTPLUS, {"loss": "poisson"}),
        "counts of at least 0",
        ("y_true + 1", P, {}),
        losses.poisson_loss(COUNTS, SOFTPLUS).mean(),
    ),
    case(
        "cosine-sign",
        (with_first(LOGITS, 0), LOGITS, {"loss": "cosine_similarity"}),
        "sample_weight 0 for rows without a direction",
        (Y, P, {W: "1.0 * y_true.any(axis=1)"}),
        -39 / 40,
    ),
    case(
        "cosine-sign",
        (SCORES, SCORES + 1, {"loss": "cosine_similarity"}),
        "vectors along the last axis; or mean_squared_error",
        (Y, P, {"loss": "mse"}),
        1.0,
    ),
    case(
        "overflow",
        (1e20 * SCORES, np.float32(SCORES + 1), {"loss": "mse"}),
        "scaled labels and features; a tenth of the rate",
        ("y_true / 1e20", P, {}),
        1.0,
    ),
    case(
        "overflow",
        (INDEX, with_first(LOGITS, [1.0, NAN, 2.0]), {"loss": SCCE, "from_logits": True}),
        "finite features; look for the first batch with such a number",
        (Y, "LOGITS", {}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "sigmoid-never",
        (YES[None], SCORES[None], {"loss": "dice"}),
        "a sigmoid or a softmax as the last layer",
        (Y, "1 / (1 + np.exp(-y_pred))", {}),
        1 - 2 * (YES * SIGMOID).sum() / (YES + SIGMOID).sum(),
    ),
    case(
        "output-range",
        (2 * YES - 1, SIGMOID, {"loss": "hinge", "trained": True}),
        "a last layer without activation, or tanh",
        (Y, "SCORES", {}),
        np.maximum(1 - (2 * YES - 1) * SCORES, 0).mean(),
    ),
    case(
        "softmax-twice",
        ([[1]], np.float64([[[0.5, 0.25, 0.25]] * 2]), {"loss": "ctc"}),
        "a last layer without activation",
        (Y, "np.log(y_pred)", {}),
        -np.log(0.25 * 0.5 * 2 + 0.25**2),  # the paths 1 -, - 1 and 1 1
    ),
    case(
        "labels-out-of-range",
        ([[5]], np.zeros((1, 4, 3)), {"loss": "ctc"}),
        "labels in [1, 3), 0 for padding",
        ("np.array([[1]])", P, {}),
        np.log(81 / 10),  # of 81 paths of four steps, ten read as 1
    ),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "batch", "advice", "after", "value"), CASES)
def test_advice_about_predictions_and_numbers_carried_out(mistake, batch, advice, after, value):
    carried_out(mistake, batch, advice, after, value)
