"""Options outside their range are refused: of losses, of smoothing, and the axis."""

import math

import numpy as np
import pytest
from examples import LOSSES, arguments, call
from refusals import MODULES, refuses

from lossutils import gradients, losses


@MODULES
@pytest.mark.parametrize("name", ["hinge_loss", "squared_hinge_loss"])
def test_label_values_are_named_and_kept(module, name):
    function = getattr(module, name)
    with pytest.raises(TypeError, match="label_values"):
        function([1.0], [0.5])
    for bad in ((1, -1), (0, 2), (0, 1, 2), "binary", 1, None):
        with pytest.raises(ValueError, match=r"label_values.*\(-1, 1\) or \(0, 1\)"):
            function([1.0], [0.5], label_values=bad)
    with pytest.raises(ValueError, match=r"y_true.*-1.0 at index 1"):
        function([1, -1], [0.5, 0.5], label_values=(0, 1))
    with pytest.raises(ValueError, match=r"y_true.*0.0 at index 0"):
        function([0, 1], [0.5, 0.5], label_values=(-1, 1))
    assert function([1], [0.5], label_values=[0, 1]).shape == (1,)


OPTIONS = [
    ("huber_loss", "delta", "greater than 0", [0.0, -1.0]),
    ("pseudo_huber_loss", "delta", "greater than 0", [0.0, -1.0]),
    ("contrastive_loss", "margin", "greater than 0", [0.0, -1.0]),
    ("weighted_cross_entropy_with_logits", "pos_weight", "at least 0", [-1e-9]),
    *[(name, "gamma", "at least 0", [-0.5]) for name in LOSSES if "focal" in name],
    *[(name, "alpha", "[0, 1]", [-0.1, 1.1]) for name in LOSSES if "focal" in name],
]


@MODULES
@pytest.mark.parametrize(("name", "option", "expected", "outside"), OPTIONS)
def test_options_outside_their_range_are_refused(module, name, option, expected, outside):
    truth, prediction = arguments(name)
    function = getattr(module, name)
    for bad in (*outside, math.nan, math.inf, [1.0, 1.0], "1", True, 1j):
        with pytest.raises((TypeError, ValueError), match=option) as caught:
            call(function, truth, prediction, **{option: bad})
        if bad in outside:
            assert expected in str(caught.value)
            assert f"got {bad}" in str(caught.value)
    for good in (0.5, 1, np.float32(0.5), np.array(1)):
        call(function, truth, prediction, **{option: good})


@MODULES
@pytest.mark.parametrize(
    ("name", "option"),
    [("pinball_loss", "quantile"), ("categorical_generalized_cross_entropy", "q")],
)
def test_options_between_0_and_1(module, name, option):
    truth, prediction = arguments(name)
    for bad in (0, 1, -0.5, 1.5, math.nan, [0.5], True, "0.5", None):
        with pytest.raises((TypeError, ValueError), match=f"^{option}: expected ") as caught:
            call(getattr(module, name), truth, prediction, **{option: bad})
        if isinstance(bad, int | float) and bad is not True and not math.isnan(bad):
            assert str(caught.value) == f"{option}: expected one number between 0 and 1, got {bad}"
    with pytest.raises(TypeError, match=f"got no {option}"):
        getattr(module, name)(truth, prediction)


def test_label_smoothing_is_a_fraction():
    for bad in (-0.1, 1.1, math.nan, None, "0.1", [0.1, 0.2]):
        with pytest.raises((TypeError, ValueError), match="label_smoothing"):
            losses.smooth_labels([[0.0, 1.0]], bad)
    for bad in (1, 0, 2.0, -3, "2", True):
        with pytest.raises((TypeError, ValueError), match="num_classes"):
            losses.smooth_labels([[0.0, 1.0]], 0.1, num_classes=bad)
    for labels in ([[1.0], [0.0]], 1.0, np.zeros((2, 0))):
        with pytest.raises(ValueError, match=r"num_classes.*2"):
            losses.smooth_labels(labels, 0.1)
    with pytest.raises(TypeError, match="labels"):
        losses.smooth_labels(["a"], 0.1)
    with pytest.raises(ValueError, match=r"labels.*nan"):
        losses.smooth_labels([0.0, math.nan], 0.1)


@MODULES
@pytest.mark.parametrize(
    "name",
    ["categorical_cross_entropy", "softmax_cross_entropy_with_logits", "cosine_similarity"],
)
def test_the_axis_is_an_axis(module, name):
    truth, prediction = arguments(name)
    for bad in (2, -3):
        refuses(module, name, truth, prediction, "axis", "(5, 4)", f"got {bad}", axis=bad)
    for bad in (None, 1.0, "-1", (0, 1), True):
        refuses(module, name, truth, prediction, "axis", "integer", error=TypeError, axis=bad)
    call(getattr(module, name), truth, prediction, axis=np.int64(1))


@MODULES
def test_a_weight_per_label_fits_the_last_axis(module):
    function = module.weighted_cross_entropy_with_logits
    labels, logits = arguments("weighted_cross_entropy_with_logits", shape=(2, 4, 3))
    weights = [0.5, 2.0, 0.0]
    values = function(labels=labels, logits=logits, pos_weight=weights)
    for k, weight in enumerate(weights):
        alone = function(labels=labels[..., k], logits=logits[..., k], pos_weight=weight)
        assert np.array_equal(values[..., k], alone)
    for bad, parts in [
        ([1.0, 2.0], ["(3,)", "(2,)"]),
        ([1.0], ["(3,)", "(1,)"]),
        (np.ones((4, 3)), ["(3,)", "(4, 3)"]),
        ([True, False, True], ["bool"]),
        ([1.0, -2.0, 1.0], ["at least 0", "got -2.0 at index 1"]),
        ([1.0, math.nan, 1.0], ["finite", "nan"]),
        ([[1.0], [1.0, 2.0]], ["rectangular"]),
        (["a", "b", "c"], ["numbers"]),
    ]:
        with pytest.raises((TypeError, ValueError), match=r"^pos_weight: expected") as caught:
            function(labels=labels, logits=logits, pos_weight=bad)
        assert all(part in str(caught.value) for part in parts)
    with pytest.raises(ValueError, match=r"^pos_weight: expected"):
        function(labels=1.0, logits=1.0, pos_weight=[1.0])
    half = {"labels": np.full((1, 3), 0.5), "logits": np.zeros((1, 3)), "pos_weight": [1.0, 2.0, 1]}
    # At the root of the gradient twice the precision is taken, label by label.
    assert gradients.weighted_cross_entropy_with_logits(**half).tolist() == [[0.0, -0.25, 0.0]]
    empty = np.zeros((0, 3), np.float32)
    assert function(labels=empty, logits=empty, pos_weight=weights).shape == (0, 3)
