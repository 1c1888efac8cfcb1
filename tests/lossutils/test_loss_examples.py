"""The examples on the page *All losses*: the values of Keras and TensorFlow, and true gradients."""

import inspect

import numpy as np
import pytest
from test_completeness import ELSEWHERE, MODULES, TABLE, called

from lossutils import gradients, losses
from lossutils.book import all_losses
from tools.bench.batches import with_respect_to

OURS_ALONE = {"label_values"}  # TensorFlow 1 has 0 and 1, Keras takes either
OPTIONS = {"tf.compat.v1.losses.cosine_distance": {"axis": -1}}
# Tests of their own compare these: other arguments, or a mean over examples that have a pair.
OTHERWISE = {*ELSEWHERE, "keras.losses.Circle"}
PAIRS = [
    (entry, dotted) for entry in TABLE for dotted in sorted(all_losses.names(entry) - OTHERWISE)
]
STEP = 1e-6


def theirs(entry, dotted):
    """Return what Keras or TensorFlow gives for the example of an entry."""
    prefix, name = dotted.rsplit(".", 1)
    accepted = inspect.signature(getattr(MODULES[prefix][0], name)).parameters
    (_, truth), (_, prediction), *rest = entry["example"].items()
    options = {key: value for key, value in rest if key not in OURS_ALONE and key in accepted}
    options |= OPTIONS.get(dotted, {})
    function = entry["lossutils"][0]
    return called(dotted, function, np.array(truth), np.array(prediction), **options)


@pytest.mark.parametrize(
    ("entry", "dotted"), PAIRS, ids=lambda one: one if type(one) is str else ""
)
def test_every_name_gives_the_value_of_the_example(entry, dotted):
    ours = getattr(losses, entry["lossutils"][0])(**entry["example"])
    assert float(np.mean(theirs(entry, dotted))) == pytest.approx(float(np.mean(ours)), rel=2e-5)


def differentiated(function, example, name):
    """Return the gradient of the sum of a loss in one argument, by central differences."""
    center = np.array(example[name], dtype=float)
    gradient = np.empty_like(center)
    for place in np.ndindex(center.shape):
        step = np.zeros_like(center)
        step[place] = STEP
        ahead, behind = (
            np.sum(getattr(losses, function)(**example | {name: center + sign * step}))
            for sign in (1, -1)
        )
        gradient[place] = (ahead - behind) / (2 * STEP)
    return gradient


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry["name"])
def test_the_gradient_of_the_example_is_that_of_its_value(entry):
    function, example = entry["lossutils"][0], entry["example"]
    slopes = getattr(gradients, function)(**example)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    for name, slope in zip(with_respect_to(function, example), slopes, strict=True):
        # The kinks of the examples' losses are elsewhere.
        np.testing.assert_allclose(
            slope, differentiated(function, example, name), rtol=1e-6, atol=1e-8
        )
