"""The advice about labels, carried out: see `advice_carried_out`."""

import numpy as np
import pytest
from advice_carried_out import (
    P,
    W,
    Y,
    binary_loss,
    carried_out,
    case,
    categorical_loss,
    sparse_loss,
    squared_loss,
)
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    LOGITS,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    with_first,
)

from lossutils import losses

SEVERAL = (LOGITS > -1) * 1.0
UNKNOWN = with_first(SEVERAL, -1)
# The first label of every second row is unknown.
KNOWN = np.arange(120).reshape(40, 3) % 6 != 0
PARTLY_KNOWN = np.where(KNOWN, SEVERAL, -1)
PICTURES, MASKS = SIGMOID.reshape(2, 5, 4, 1), YES.reshape(2, 5, 4, 1)
GREY = 3.0 * np.arange(64).reshape(1, 8, 8, 1)
AGES = 1.0 + 2 * np.arange(40)[:, None]
SIGMOIDS = 1 / (1 + np.exp(-LOGITS))
RESIZED = np.linspace(-0.1, 1.1, 40)[:, None]  # as a cubic interpolation leaves a mask
# Ten sentences of at most six words, padded with 0.
TAGS = (1 + np.arange(60).reshape(10, 6) % 3) * (np.arange(6) < 2 + np.arange(10)[:, None] % 4)
WAVES = 0.01 * np.sin(np.arange(60)).reshape(10, 6, 1)
OF_TAGS = np.float64([0.1, 0.4, 0.3, 0.2]) + WAVES * [1, -1, 0, 0]


def hinge(y, z):
    return losses.hinge_loss(y, z, label_values=(-1, 1)).mean()


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
        "label-smoothing",
        (0.9 * ONE_HOT, SOFTMAX, {"loss": CCE}),
        "y * (1 - e) + e / classes, or label_smoothing=e in the loss",
        ("ONE_HOT * (1 - 0.1) + 0.1 / 3", P, {}),
        categorical_loss(0.9 * ONE_HOT + 0.1 / 3, SOFTMAX),
    ),
    case(
        "negative-loss",
        (RESIZED, SIGMOID, {"loss": BCE}),
        "np.clip(y_true, 0, 1)",
        ("np.clip(y_true, 0, 1)", P, {}),
        binary_loss(np.clip(RESIZED, 0, 1), SIGMOID),
    ),
    case(
        "binary-for-many-classes",
        (ONE_HOT, SIGMOIDS, {"loss": BCE}),
        "categorical_crossentropy, if an example has exactly one class",
        (Y, "SOFTMAX", {"loss": CCE}),
        categorical_loss(ONE_HOT, SOFTMAX),
    ),
    case(
        "binary-for-many-classes",
        (INDEX[:, None], SIGMOIDS, {"loss": BCE}),
        "sparse_categorical_crossentropy for exactly one class per example",
        (Y, "SOFTMAX", {"loss": SCCE}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "label-smoothing",
        (0.1 + 0.8 * YES, SCORES, {"loss": "hinge"}),
        "hard labels in a hinge",
        ("1.0 * (y_true > 0.5)", P, {}),
        hinge(2 * YES - 1, SCORES),
    ),
    case(
        "label-convention",
        (YES + 1, SCORES, {"loss": "hinge"}),
        "labels -1 and 1",
        ("2 * y_true - 3", P, {}),
        hinge(2 * YES - 1, SCORES),
    ),
    case(
        "mask-ignored",
        (with_first(ONE_HOT, 0), SOFTMAX, {"loss": CCE}),
        "sample_weight 0 for what is padding, so that it can be left out of the mean",
        (Y, P, {W: "1.0 * y_true.any(axis=1)"}),
        categorical_loss(ONE_HOT[1:], SOFTMAX[1:]) * 39 / 40,
    ),
    case(
        "labels-out-of-range",
        (with_first(ONE_HOT, 0), SOFTMAX, {"loss": CCE}),
        "labels in [0, classes)",
        ("ONE_HOT", P, {}),
        categorical_loss(ONE_HOT, SOFTMAX),
    ),
    case(
        "labels-out-of-range",
        (with_first(1.0 * INDEX, 0.5), SOFTMAX, {"loss": SCCE}),
        "whole numbers in [0, 3)",
        ("np.floor(y_true)", P, {}),
        sparse_loss(with_first(INDEX, 0), SOFTMAX),
    ),
    case(
        "mask-ignored",
        (TAGS, OF_TAGS, {"loss": SCCE}),
        "Embedding(..., mask_zero=True), or sample_weight=(y_true != 0)",
        (Y, P, {W: "1.0 * (y_true != 0)"}),
        sparse_loss(TAGS[TAGS > 0], OF_TAGS[TAGS > 0]) * np.mean(TAGS > 0),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "batch", "advice", "after", "value"), CASES)
def test_advice_about_labels_carried_out(mistake, batch, advice, after, value):
    carried_out(mistake, batch, advice, after, value)
