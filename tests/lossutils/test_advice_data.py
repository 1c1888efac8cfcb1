"""The advice about shapes, types and rows of labels, carried out: nothing is left to say."""

import re
from pathlib import Path

import numpy as np
import pytest
from advice_carried_out import in_keras
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    INF,
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

import lossutils.diagnosis
from lossutils import diagnose, losses

FOLDER = Path(lossutils.diagnosis.__file__).parent
WORDS = np.array(["cat", "dog", "cat"])
COUNTS = np.round(9 * SOFTMAX) + ONE_HOT
MASKED = with_first(LOGITS, [1.0, 2.0, -INF])
THREE = INDEX[:3] * 0
FILLED = np.float64([[1], [0], [1], [0]])
MASKED_ARRAY = np.ma.masked_array(YES, np.arange(40)[:, None] == 0)
# Where on a board of three rows the next stone is set.
MOVE = np.eye(9)[[0, 4, 8, 5]]
BOARD = np.exp(np.sin(np.arange(36))).reshape(4, 9)
ROWS_OF_BOARD = BOARD.reshape(4, 3, 3) / BOARD.reshape(4, 3, 3).sum(axis=-1, keepdims=True)
BOARD /= BOARD.sum(axis=-1, keepdims=True)
UNIT = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)
VALUE = np.mean(losses.squared_error(SCORES, SCORES + 1))


def sparse(y, p):
    return losses.sparse_categorical_cross_entropy(np.int64(y), p).mean()


# The title, the batch, the advice as it begins; the repaired batch, and the value of its loss.
CASES = [
    ("y_true is not an array of numbers", (WORDS, SOFTMAX[:3], {"loss": SCCE}),
     "numbers: class indices are np.unique(y, return_inverse=True)[1]",
     (np.unique(WORDS, return_inverse=True)[1], SOFTMAX[:3], {"loss": SCCE}),
     sparse([0, 1, 0], SOFTMAX[:3])),
    ("y_true is not an array of numbers", (YES.astype(object), SIGMOID, {"loss": BCE}),
     "an array of floats: np.asarray(y, dtype='float32')",
     (np.asarray(YES.astype(object), dtype="float32"), SIGMOID, {"loss": BCE}),
     losses.binary_cross_entropy(YES, SIGMOID).mean()),
    ("y_pred is not an array of numbers", (SCORES, SCORES + 1 + 0j, {"loss": "mse"}),
     "real numbers: tf.math.abs(y) or tf.math.real(y)",
     (SCORES, np.real(SCORES + 1 + 0j), {"loss": "mse"}), VALUE),
    ("the labels are not finite", (with_first(SCORES, NAN), SCORES + 1, {"loss": "mse"}),
     "y_true without missing values", (SCORES[1:], SCORES[1:] + 1, {"loss": "mse"}), 1.0),
    ("the batch is empty", (np.zeros((0, 1)), np.zeros((0, 1)), {"loss": "mse"}),
     "leave such batches out", (SCORES, SCORES + 1, {"loss": "mse"}), VALUE),
    ("there is no axis for the batch", (1.0, 3.0, {"loss": "mse"}), "y[None]",
     (np.array(1.0)[None], np.array(3.0)[None], {"loss": "mse"}), 4.0),
    ("the shapes do not fit", (SCORES[:, 0], LOGITS, {"loss": "mse"}),
     "a last layer with one unit, Dense(1)", (SCORES[:, 0], SCORES + 1, {"loss": "mse"}), 1.0),
    ("the shapes do not fit", (ONE_HOT, SOFTMAX[:, :2], {"loss": CCE}),
     "y_true of shape (40, 2)", (np.eye(2)[INDEX % 2], np.full((40, 2), 0.5), {"loss": CCE}),
     np.log(2)),
    ("the shapes do not fit", (INDEX[:20], SOFTMAX, {"loss": SCCE}), "y_true of shape (40,)",
     (INDEX, SOFTMAX, {"loss": SCCE}), sparse(INDEX, SOFTMAX)),
    ("the shapes do not fit", (INDEX, SIGMOID[:, 0], {"loss": SCCE}),
     "y_pred of shape (N, classes)", (INDEX, SOFTMAX, {"loss": SCCE}), sparse(INDEX, SOFTMAX)),
    ("the shapes do not fit", (INDEX, LOGITS, {"loss": "ctc"}),
     "labels (N, S) and logits (N, T, classes)",
     (np.array([[1]]), np.zeros((1, 1, 3)), {"loss": "ctc"}), np.log(3)),
    ("an option that means nothing", (SCORES, SCORES + 1, {"loss": "mse", "from_logits": True}),
     "leave from_logits out", (SCORES, SCORES + 1, {"loss": "mse"}), VALUE),
    ("rows of labels that do not sum to 1", (COUNTS, SOFTMAX, {"loss": CCE}),
     "y_true / y_true.sum(axis=-1, keepdims=True); the sums are sample_weight",
     (COUNTS / COUNTS.sum(axis=-1, keepdims=True), SOFTMAX,
      {"loss": CCE, "sample_weight": COUNTS.sum(axis=1)}),
     -np.sum(COUNTS * np.log(SOFTMAX)) / 40),
    ("rows of labels that do not sum to 1", (MOVE.reshape(4, 3, 3), ROWS_OF_BOARD, {"loss": CCE}),
     "Flatten() before the softmax, and y_true.reshape(len(y_true), -1)",
     (MOVE, BOARD, {"loss": CCE}), -np.mean(np.log(BOARD[MOVE == 1]))),
    ("the predictions are not finite", (YES, with_first(SIGMOID, NAN), {"loss": BCE}),
     "look for the first batch with such a number: tf.debugging.check_numerics",
     (YES[1:], SIGMOID[1:], {"loss": BCE}),
     losses.binary_cross_entropy(YES[1:], SIGMOID[1:]).mean()),
    ("nan by overflow", (with_first(INDEX, 0), MASKED, {"loss": SCCE, "from_logits": True}),
     "a large negative number, such as -1e9",
     (with_first(INDEX, 0), np.maximum(MASKED, -1e9), {"loss": SCCE, "from_logits": True}),
     sparse(with_first(INDEX, 0), np.exp(MASKED) / np.exp(MASKED).sum(axis=1, keepdims=True))),
    ("Labels out of range", (INDEX - 1, SOFTMAX, {"loss": SCCE}),
     "labels in [0, 3): where the classes start below 0, subtract the smallest of them",
     (INDEX - 1 - (INDEX - 1).min(), SOFTMAX, {"loss": SCCE}), sparse(INDEX, SOFTMAX)),
    ("y_true is not an array of numbers", (None, SIGMOID, {"loss": BCE}), "pass the array itself",
     (YES, SIGMOID, {"loss": BCE}), losses.binary_cross_entropy(YES, SIGMOID).mean()),
    ("y_true is not an array of numbers", ([[1, 0], [1]], SIGMOID[:4].reshape(2, 2), {"loss": BCE}),
     "rows of one length, tf.convert_to_tensor(y); padding with sample_weight 0 fills rows",
     (FILLED, SIGMOID[:4], {"loss": BCE, "sample_weight": np.float64([1, 1, 1, 0])}),
     losses.binary_cross_entropy(FILLED[:3], SIGMOID[:3]).sum() / 4),
    ("Padding that counts, and the mask that does nothing", (MASKED_ARRAY, SIGMOID, {"loss": BCE}),
     "weights instead of the mask: sample_weight=~np.ma.getmaskarray(y)",
     (YES, SIGMOID, {"loss": BCE, "sample_weight": ~np.ma.getmaskarray(MASKED_ARRAY)}),
     losses.binary_cross_entropy(YES[1:], SIGMOID[1:]).sum() / 40),
    ("vectors of another length than 1", (INDEX, LOGITS, {"loss": "circle"}),
     "UnitNormalization() as the last layer", (INDEX, UNIT, {"loss": "circle"}),
     None),  # Keras takes the mean of the losses above 0 only
]  # fmt: skip
# Only a run shows these: see test_advice_runs.py.
IN_RUNS = {
    "the learning rate is negative", "an index without a row in the embedding",
    "the target is among the features", "batches of one class", "units that are all the same",
    "dropout behind the last layer", "no activation between the layers",
    "a softmax in a hidden layer", "the features are large", "a similarity as the loss",
}  # fmt: skip


@pytest.mark.parametrize(("title", "batch", "advice", "repaired", "value"), CASES)
def test_advice_about_data_carried_out(title, batch, advice, repaired, value):
    y_true, y_pred, options = batch
    report = diagnose(y_true, y_pred, **options)
    printed = [finding.instead for finding in report if finding.title == title]
    assert any(text.startswith(advice) for text in printed), report
    y_true, y_pred, options = repaired
    again = diagnose(y_true, y_pred, **options)
    assert not again, again
    if value is not None:
        np.testing.assert_allclose(in_keras(y_true, y_pred, **options), value, rtol=2e-5)


def test_every_title_of_a_finding_about_data_has_its_advice_carried_out():
    source = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    titles = set(re.findall(r'fault\(\s*f?"([^"]+)"', source))
    titles = {title.replace("{name}", "y_true") for title in titles}
    assert len(titles) > 6
    assert titles <= {title for title, *_ in CASES} | IN_RUNS
