"""Bad input is an error that names the argument, what was expected and what came."""

import math

import numpy as np
import pytest
from examples import ELEMENTWISE, LOSSES, REQUIRED, ROWWISE, arguments, bfloat16, call
from refusals import LOGITS, MODULES, NAMES, SPARSE, names, refuses

from lossutils import activations, gradients, losses


@MODULES
@NAMES
def test_shapes_that_would_broadcast_are_refused(module, name):
    truth, prediction = arguments(name, shape=(4, 4))
    for wrong in (truth[..., np.newaxis], truth[:1], truth[0], np.asarray(truth).ravel()[0]):
        parts = [*names(name), str(np.shape(wrong)), "expected", "got"]
        refuses(module, name, wrong, prediction, *parts, error=ValueError)


def test_the_message_says_what_would_have_happened():
    refuses(losses, "squared_error", [1.0, 2.0], [[1.0], [2.0]], "(2,)", "(2, 1)", "broadcast")
    refuses(losses, "categorical_cross_entropy", [0, 1], [[0.5, 0.5]] * 2, "sparse")
    refuses(losses, "sparse_categorical_cross_entropy", [[1, 0]] * 2, [[0.5, 0.5]] * 2, "dense")
    refuses(losses, "sparse_categorical_cross_entropy", [[1], [0]], [[0.5, 0.5]] * 2, "last axis")


@MODULES
@NAMES
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(module, name, bad):
    truth, prediction = arguments(name)
    true_name, pred_name = names(name)
    broken = prediction.copy()
    broken[2, 1] = bad
    refuses(module, name, truth, broken, pred_name, "finite", f"{bad}", "(2, 1)", error=ValueError)
    if name not in SPARSE:
        broken = truth.copy()
        broken[0, 3] = bad
        parts = true_name, "finite", f"{bad}", "(0, 3)"
        refuses(module, name, broken, prediction, *parts, error=ValueError)


NOT_NUMBERS = ["text", ["a", "b"], None, [None, 1.0], {"a": 1}, {1.0}, object(), 1j, [1 + 2j]]


@MODULES
@NAMES
@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=lambda bad: type(bad).__name__)
def test_what_is_not_a_real_number_is_refused(module, name, bad):
    truth, prediction = arguments(name)
    true_name, pred_name = names(name)
    refuses(module, name, truth, bad, pred_name, "expected numbers", error=TypeError)
    refuses(module, name, bad, prediction, true_name, "expected numbers", error=TypeError)


@MODULES
@NAMES
def test_other_things_that_are_not_arrays_of_numbers(module, name):
    truth, prediction = arguments(name)
    true_name, pred_name = names(name)
    ragged, masked = [[1.0, 2.0], [3.0]], np.ma.masked_array(prediction, mask=prediction > 0)
    refuses(module, name, truth, ragged, pred_name, "rectangular", error=ValueError)
    refuses(module, name, ragged, prediction, true_name, "rectangular", error=ValueError)
    refuses(module, name, truth, masked, pred_name, "sample_weight", error=TypeError)
    refuses(module, name, truth, np.array(["2020"], "M8"), pred_name, "datetime64", error=TypeError)
    refuses(module, name, truth, prediction > 0, pred_name, "bool", error=TypeError)
    if np.finfo(np.longdouble).bits > 64:
        long = prediction.astype(np.longdouble)
        refuses(module, name, truth, long, pred_name, "float64", error=TypeError)


def test_truth_may_be_bool():
    truth = np.array([True, False])
    scores = np.array([0.25, 0.75])
    for name in ("binary_cross_entropy", "sigmoid_cross_entropy_with_logits", "hinge_loss"):
        options = {"label_values": (0, 1)} if name == "hinge_loss" else {}
        values = call(getattr(losses, name), truth, scores, **options)
        assert np.array_equal(values, call(getattr(losses, name), [1.0, 0.0], scores, **options))


@pytest.mark.skipif(not bfloat16, reason="not run: ml_dtypes is not installed")
def test_two_half_precisions_have_no_common_one():
    refuses(
        losses, "squared_error", np.ones(2, np.float16), np.ones(2, bfloat16),
        "y_true and y_pred", "float16 and bfloat16", error=TypeError,
    )  # fmt: skip


@MODULES
@pytest.mark.parametrize("name", LOGITS)
def test_a_message_about_logits_by_position_has_the_right_call(module, name):
    truth, prediction = arguments(name)
    function, options = getattr(module, name), REQUIRED.get(name, {})
    written = f"{name}(labels=..., logits=..."
    for positional, keywords in [
        ((truth, prediction), {}),
        ((prediction, truth), {}),
        ((truth,), {"logits": prediction}),
        ((prediction,), {"labels": truth}),
        ((truth,), {}),
    ]:
        with pytest.raises(TypeError, match="keywords only") as caught:
            function(*positional, **keywords, **options)
        assert written in str(caught.value)
    if name == "weighted_cross_entropy_with_logits":
        assert "pos_weight=...)" in str(caught.value)


@MODULES
@pytest.mark.parametrize("name", SPARSE)
def test_class_indices_are_checked(module, name):
    prediction = arguments(name, shape=(3, 4))[1]
    label_name = names(name)[0]
    refuses(module, name, [0, 4, -1], prediction, label_name, "[0, 4)", "got 4", "index 1")
    refuses(module, name, [0, 3, -1], prediction, label_name, "[0, 4)", "got -1", "index 2")
    refuses(module, name, np.uint64([0, 2**63, 1]), prediction, label_name, f"got {2**63}")
    for bad in (np.array([0.0, 1.0, 2.0]), np.array([True, False, True]), [0.5, 1, 2]):
        refuses(module, name, bad, prediction, label_name, "integer", error=TypeError)
    call(getattr(module, name), np.uint8([0, 3, 1]), prediction)


@MODULES
@pytest.mark.parametrize(
    "name", [n for n in LOSSES if LOSSES[n][1] in ("fraction", "distribution")]
)
def test_probabilities_are_between_0_and_1(module, name):
    truth, prediction = arguments(name)
    for bad in (-1e-9, 1.0 + 1e-9, 2.0):
        broken = prediction.copy()
        broken[1, 2] = bad
        refuses(
            module,
            name,
            truth,
            broken,
            "y_pred",
            "[0, 1]",
            f"got {bad}",
            "(1, 2)",
            error=ValueError,
        )


def test_the_truth_of_kl_divergence_is_a_probability_too():
    for module in (losses, gradients):
        refuses(module, "kl_divergence", [[1.5, -0.5]], [[0.5, 0.5]], "y_true", "[0, 1]", "1.5")


def test_dense_labels_are_not_checked_as_in_tensorflow():
    assert losses.binary_cross_entropy([2.0], [0.5]).tolist() == pytest.approx([math.log(2.0)])
    assert losses.sigmoid_cross_entropy_with_logits(labels=[5.0], logits=[1.0]) < 0


@MODULES
def test_rates_are_not_negative(module):
    refuses(
        module,
        "poisson_loss",
        [1.0, 1.0],
        [1.0, -0.5],
        "y_pred",
        "-0.5",
        "index 1",
        error=ValueError,
    )


@MODULES
def test_categorical_hinge_wants_one_hot_rows(module):
    scores = [[0.0, 1.0], [0.0, 1.0]]
    for bad, part in [
        ([[1.0, 0.0], [0.5, 0.5]], "0.5"),
        ([[1.0, 0.0], [0.0, 0.0]], "got 0.0 at index 1"),
        ([[1.0, 1.0], [0.0, 1.0]], "got 2.0 at index 0"),
    ]:
        refuses(module, "categorical_hinge", bad, scores, "y_true", part, error=ValueError)


@MODULES
def test_logarithmic_errors_refuse_what_is_below_0(module):
    for truth, prediction, name in [([1.0, -1.0], [1.0, 1.0], "y_true"), ([0], [-0.1], "y_pred")]:
        part = "expected numbers of at least 0"
        refuses(module, "squared_logarithmic_error", truth, prediction, name, part)


@MODULES
@pytest.mark.parametrize("name", ROWWISE)
def test_there_is_at_least_one_class(module, name):
    truth = np.zeros(3, int) if name in SPARSE else np.zeros((3, 0))
    refuses(module, name, truth, np.zeros((3, 0)), names(name)[1], "at least one class", "(3, 0)")
    scalar = 0 if name in SPARSE else 0.5
    refuses(module, name, scalar, 0.5, "axis", "()", error=ValueError)


@pytest.mark.parametrize("function", [losses.l2_loss, gradients.l2_loss])
def test_l2_loss_checks_its_argument(function):
    for bad in (["a"], None, 1j, [[1.0], [1.0, 2.0]], [1.0, math.nan], [True]):
        with pytest.raises((TypeError, ValueError), match=r"^t: expected .* got"):
            function(bad)


@pytest.mark.parametrize(
    "name", ["sigmoid", "log_sigmoid", "softplus", "logsumexp", "softmax", "log_softmax"]
)
def test_activations_check_their_argument(name):
    function = getattr(activations, name)
    for bad in (["a"], None, 1j, [[1.0], [1.0, 2.0]], [1.0, math.nan], [math.inf], [True]):
        with pytest.raises((TypeError, ValueError), match=r"^x: expected .* got"):
            function(bad)
    if name in ("logsumexp", "softmax", "log_softmax"):
        for bad, part in [(np.zeros((2, 0)), "one class"), (1.0, "axis")]:
            with pytest.raises(ValueError, match=part):
                function(bad)
        with pytest.raises(ValueError, match="axis"):
            function([1.0, 2.0], axis=1)


def test_a_long_value_is_shortened_in_the_message():
    with pytest.raises(TypeError) as caught:
        losses.squared_error(["text"] * 1000, [1.0])
    assert len(str(caught.value)) < 200


@MODULES
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_scalar_offender_has_no_index(module, name):
    truth, _ = arguments(name)
    refuses(module, name, truth[0, 0], math.nan, "got nan", error=ValueError)
