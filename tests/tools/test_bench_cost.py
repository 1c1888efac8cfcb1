"""What the callback costs: how it is counted, and the figures that are committed."""

import json

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

from tools.bench.programs import cost


def figures(**others):
    return {"share of a step": 0.01, "batches held": 1.0} | others


def test_the_committed_figures_keep_the_limits():
    assert cost.passed(json.loads(cost.COST.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(("name", "value"), [("share of a step", 0.021), ("batches held", 1.1)])
def test_a_limit_that_is_passed_is_named(name, value):
    assert cost.passed(figures()) == []
    assert cost.passed(figures(**{name: value})) == [name]


class Holder:
    """An object that refers to arrays in several ways."""

    def __init__(self, **values):
        vars(self).update(values)


def test_every_array_is_counted_once():
    array, tensor = np.ones(100, "float32"), tf.ones(50)
    members = {"a": array, "again": [array], "view": {"of": np.asarray(tensor)}, "t": (tensor,)}
    assert cost.held(Holder(**members)) == 400 + 200
    assert cost.held(Holder(**members, copy=array.copy())) == 400 + 200 + 400
    assert cost.held(Holder(_model=array)) == 0


def test_the_callback_holds_one_batch():
    assert cost.memory_cost() == pytest.approx(1, abs=1e-6)


def test_a_step_is_measured_with_and_without_the_callback():
    milliseconds, share = cost.step_cost(4)
    assert milliseconds > 0
    assert np.isfinite(share)
