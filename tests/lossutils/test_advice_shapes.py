"""The advice about shapes and weights, carried out: see `advice_carried_out`."""

import numpy as np
import pytest
from advice_carried_out import (
    P,
    W,
    Y,
    binary_loss,
    carried_out,
    case,
    sigmoid_loss,
    sparse_loss,
    squared_loss,
)
from batch_examples import (
    BCE,
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

SEVERAL = (LOGITS > -1) * 1.0
AGES = 1.0 + 2 * np.arange(40)[:, None]
STEPS, PICTURES = SIGMOID.reshape(8, 5, 1), SIGMOID.reshape(2, 5, 4, 1)
MASKS = YES.reshape(2, 5, 4, 1)
UNIT = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)

CASES = [
    case(
        None,
        (AGES[:, 0], np.tile(SCORES, 80), {"loss": "mae"}),
        "a last layer with one unit, Dense(1), for a quantity; tf.one_hot(y_true, 80) for classes",
        (Y, "SCORES", {}),
        losses.absolute_error(AGES, SCORES).mean(),
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
        "broadcast",
        (1.0, SCORES, {"loss": "mse"}),
        "one label for each example, of the same shape",
        ("np.full((40, 1), y_true)", P, {}),
        squared_loss(np.ones((40, 1)), SCORES),
    ),
    case(
        "broadcast",
        (SCORES[:, 0], SCORES + 1, {}),
        "tf.reshape(y_true, tf.shape(y_pred)), shape (40, 1)",
        ("tf.reshape(y_true, tf.shape(y_pred))", P, {"loss": "mse"}),
        1.0,
    ),
    case(
        "broadcast",
        (LOGITS[:1], LOGITS + 1, {"loss": "mse"}),
        "y_true of shape (40, 3), one label for each output",
        ("LOGITS", P, {}),
        1.0,
    ),
    case(
        "broadcast",
        (SCORES.T, SCORES + 1, {"loss": "mse"}),
        "y_true.reshape(y_pred.shape), shape (40, 1)",
        ("y_true.reshape(y_pred.shape)", P, {}),
        1.0,
    ),
    case(
        "sparse-or-one-hot",
        (ONE_HOT, UNIT, {"loss": "circle"}),
        "y_true.argmax(-1), shape (N,)",
        ("y_true.argmax(-1)", P, {}),
        None,  # Keras takes the mean of the losses above 0 only
    ),
    case(
        "no-gradient",
        (INDEX, INDEX, {"loss": SCCE}),
        "the scores of all classes, before argmax",
        (Y, "SOFTMAX", {}),
        sparse_loss(INDEX, SOFTMAX),
    ),
    case(
        "sample-weight",
        (YES, SIGMOID, {"loss": BCE, W: with_first(np.ones(40), NAN)}),
        "finite weights of at least 0",
        (Y, P, {W: "np.nan_to_num(sample_weight)"}),
        binary_loss(YES[1:], SIGMOID[1:]) * 39 / 40,
    ),
    case(
        "sample-weight",
        (YES, SIGMOID, {"loss": BCE, W: with_first(np.ones(40), -1)}),
        "weights of at least 0",
        (Y, P, {W: "np.maximum(sample_weight, 0)"}),
        binary_loss(YES[1:], SIGMOID[1:]) * 39 / 40,
    ),
    case(
        "sample-weight",
        (YES, SIGMOID, {"loss": BCE, W: np.zeros(40)}),
        "weights above 0 for what should count",
        (Y, P, {W: "sample_weight + 1"}),
        binary_loss(YES, SIGMOID),
    ),
    case(
        "sample-weight",
        (YES, SIGMOID, {"loss": BCE, W: 3 * YES}),
        "weights above 0 for both, such as 1 for the frequent label",
        (Y, P, {W: "sample_weight + 1"}),
        np.mean(losses.binary_cross_entropy(YES, SIGMOID) * (1 + 3 * YES)),
    ),
    case(
        "sample-weight",
        (YES, SIGMOID, {"loss": BCE, W: np.ones(7)}),
        "weights of shape (40,), one for each loss",
        (Y, P, {W: "np.full(40, 2.0)"}),
        2 * binary_loss(YES, SIGMOID),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "batch", "advice", "after", "value"), CASES)
def test_advice_about_shapes_and_weights_carried_out(mistake, batch, advice, after, value):
    carried_out(mistake, batch, advice, after, value)
