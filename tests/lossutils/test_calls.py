"""Calls that do not fit: one sentence with what was expected, what came, and what to write."""

import math

import numpy as np
import pytest
from examples import LOSSES, REQUIRED, ROWWISE, arguments, call

import lossutils
from lossutils import activations, gradients, losses, reductions

MODULES = pytest.mark.parametrize("module", [losses, gradients])
NAMES = pytest.mark.parametrize("name", LOSSES)
LOGITS = [name for name in LOSSES if name.endswith("_with_logits")]
FOR_LOGITS = {
    "binary_cross_entropy": "sigmoid_cross_entropy_with_logits",
    "categorical_cross_entropy": "softmax_cross_entropy_with_logits",
    "sparse_categorical_cross_entropy": "sparse_softmax_cross_entropy_with_logits",
    "binary_focal_cross_entropy": "sigmoid_focal_cross_entropy_with_logits",
    "categorical_focal_cross_entropy": "softmax_focal_cross_entropy_with_logits",
}
ONE_HOT = ["kl_divergence", "categorical_hinge"]
ONE_HOT += ["categorical_focal_cross_entropy", "softmax_focal_cross_entropy_with_logits"]


def names(name):
    """Return what a loss calls its truth and its prediction."""
    return ("labels", "logits") if name in LOGITS else ("y_true", "y_pred")


def message(function, *positional, error=(TypeError, ValueError), **keywords):
    """Return the message of the error that a call raises."""
    with pytest.raises(error) as caught:
        function(*positional, **keywords)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 250
    return text


@MODULES
@NAMES
def test_a_missing_argument_is_named(module, name):
    (true_name, pred_name), (truth, prediction) = names(name), arguments(name)
    function, options = getattr(module, name), REQUIRED.get(name, {})
    for given, missing in [({true_name: truth}, pred_name), ({pred_name: prediction}, true_name)]:
        text = message(function, **given, **options, error=TypeError)
        assert text.startswith(f"{name}: expected {true_name}")
        assert text.endswith(f", got no {missing}")


@MODULES
@NAMES
@pytest.mark.parametrize("keyword", ["label", "targets", "y"])
def test_another_word_for_the_truth(module, name, keyword):
    (true_name, pred_name), (truth, prediction) = names(name), arguments(name)
    text = message(getattr(module, name), **{keyword: truth, pred_name: prediction})
    assert text.startswith(f"{name}: expected the arguments {true_name}")
    assert text.endswith(f", got {keyword}; write {true_name}=...")


@MODULES
@NAMES
@pytest.mark.parametrize("keyword", ["outputs", "predictions", "scores"])
def test_another_word_for_the_prediction(module, name, keyword):
    (true_name, pred_name), (truth, prediction) = names(name), arguments(name)
    text = message(getattr(module, name), **{true_name: truth, keyword: prediction})
    assert text.endswith(f", got {keyword}; write {pred_name}=...")


@MODULES
@NAMES
def test_from_logits_says_which_loss_takes_logits(module, name):
    text = message(call, getattr(module, name), *arguments(name), from_logits=True)
    assert ", got from_logits" in text
    if name in FOR_LOGITS:
        assert text.endswith(f"for logits call {FOR_LOGITS[name]}")
        assert hasattr(module, FOR_LOGITS[name])
    assert text.endswith("leave it out") == (name in LOGITS)


@MODULES
@NAMES
def test_options_of_keras_that_are_functions_here(module, name):
    function, (truth, prediction) = getattr(module, name), arguments(name)
    for keyword, instead in [
        ("label_smoothing", "losses.smooth_labels"),
        ("sample_weight", "reductions.reduce_loss"),
        ("reduction", "reductions.reduce_loss"),
    ]:
        text = message(call, function, truth, prediction, **{keyword: 1}, error=TypeError)
        assert text.endswith(instead)
        module_name, function_name = instead.split(".")
        assert hasattr(getattr(lossutils, module_name), function_name)
    assert message(call, function, truth, prediction, nonsense=1).endswith(", got nonsense")


@pytest.mark.parametrize(
    ("function", "written"),
    [
        (losses.smooth_labels, "labels, label_smoothing and num_classes"),
        (losses.l2_loss, "t"),
        (gradients.l2_loss, "t"),
        *[(getattr(activations, name), "x") for name in ("sigmoid", "log_sigmoid", "softplus")],
        *[
            (getattr(activations, name), "x and axis")
            for name in ("softmax", "log_softmax", "logsumexp")
        ],
        (reductions.reduce_loss, "values, sample_weight and reduction"),
        (reductions.sum_by_nonzero_weights, "values and weights"),
        (
            lossutils.diagnose,
            "y_true, y_pred, loss, from_logits, sample_weight, ignore_class, gamma, pos_weight, "
            "axis and trained",
        ),
    ],
)
def test_other_public_functions_name_their_arguments(function, written):
    name = function.__name__
    text = message(function, [[1.0, 0.0]], nonsense=1, error=TypeError)
    assert text == f"{name}: expected the arguments {written}, got nonsense"
    assert message(function, error=TypeError).startswith(f"{name}: expected ")
    assert f"{name}: expected at most " in message(function, *range(9), error=TypeError)


WRONG = {
    "None": lambda shape: None,
    "a text": lambda shape: "abc",
    "a dict": lambda shape: {"a": 1},
    "a function": lambda shape: print,
    "texts": lambda shape: np.full(shape, "a"),
    "objects": lambda shape: np.full(shape, {}, object),
    "complex numbers": lambda shape: np.full(shape, 1j),
    "dates": lambda shape: np.full(shape, np.datetime64("2026-01-01")),
    "rows of different lengths": lambda shape: [[1.0, 2.0], [3.0]],
    "nan": lambda shape: np.full(shape, np.nan),
    "nothing": lambda shape: [],
    "an axis more": lambda shape: np.ones((1, *shape)),
}


@MODULES
@NAMES
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_array_is_one_sentence_that_names_it(module, name, kind):
    for place, argument in enumerate(names(name)):
        both = list(arguments(name, shape=(30, 4)))
        both[place] = WRONG[kind](both[place].shape)
        text = message(call, getattr(module, name), *both)
        assert argument in text.partition(": expected ")[0]
        assert ", got " in text


@MODULES
def test_an_argument_given_twice_or_by_position_is_named(module):
    text = message(module.squared_error, [1.0], [1.0], y_true=[1.0], error=TypeError)
    assert text == "squared_error: expected each argument once, got y_true twice"
    text = message(module.huber_loss, [1.0], [1.0], 2.0, error=TypeError)
    assert "at most 2 by position (y_true, y_pred), got 3" in text


@MODULES
@pytest.mark.parametrize("name", LOGITS)
def test_a_mask_of_minus_infinity_says_what_to_write(module, name):
    truth, prediction = arguments(name)
    prediction[1, 2] = -math.inf
    text = message(call, getattr(module, name), truth, prediction, error=ValueError)
    assert "got -inf at index (1, 2); to mask a logit" in text
    prediction[1, 2] = math.inf
    text = message(call, getattr(module, name), truth, prediction, error=ValueError)
    assert text.endswith("got inf at index (1, 2)")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_mask_that_the_message_names_has_probability_0(dtype):
    mask = -6e4 if dtype is np.float16 else -1e9
    assert f"{mask:.0e}".replace("e+0", "e") in message(activations.softmax, [0.0, -math.inf])
    assert activations.softmax(np.array([0.0, mask, 1.0], dtype))[1] == 0
    assert activations.sigmoid(dtype(mask)) == 0


@MODULES
@NAMES
def test_only_losses_with_a_sparse_form_mention_it(module, name):
    prediction = arguments(name, shape=(2, 3))[1]
    text = message(call, getattr(module, name), [1.0, 2.0], prediction)
    has_sparse_form = f"sparse_{name}" in LOSSES
    assert ("sparse form" in text) == has_sparse_form
    assert ("one-hot" in text) == (name in ONE_HOT)


@MODULES
def test_a_hint_about_broadcasting_is_true(module):
    for truth, prediction in [((2, 3), (2, 3, 1)), ((4,), (4, 1)), ((), (1,))]:
        text = message(module.squared_error, np.ones(truth), np.ones(prediction), error=ValueError)
        assert "reshape one of them" in text
        assert ("to a matrix" in text) == (truth == (4,))


@MODULES
@pytest.mark.parametrize("name", ROWWISE)
def test_the_message_about_a_single_number_names_its_argument_and_the_axis(module, name):
    truth = 0 if "sparse" in name else 0.5
    text = message(call, getattr(module, name), truth, 0.5, error=ValueError)
    assert text.startswith(f"{names(name)[1]}: expected at least one axis, got a single number")
