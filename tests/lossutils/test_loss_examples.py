"""The examples on the page *All losses*: the values of Keras and TensorFlow, and true gradients."""

import inspect

import numpy as np
import pytest
from test_completeness import ELSEWHERE, MODULES, TABLE, WRITTEN_OTHERWISE

from lossutils import gradients, losses
from lossutils.book import all_losses
from website.extension.all_losses import called

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
    loss = getattr(MODULES[prefix][0], name)
    (_, truth), (_, prediction), *rest = entry["example"].items()
    if dotted == "tf.compat.v1.losses.hinge_loss":
        truth = [(label + 1) / 2 for label in truth]
    accepted = inspect.signature(loss).parameters
    options = {key: value for key, value in rest if key not in OURS_ALONE and key in accepted}
    options |= OPTIONS.get(dotted, {})
    if prefix == "keras.losses" and entry["lossutils"][0].endswith("_with_logits"):
        options["from_logits"] = True
    arrays = np.array(truth), np.array(prediction)
    if inspect.isclass(loss):
        return loss(**options)(*arrays)
    names = WRITTEN_OTHERWISE.get(dotted, list(accepted)[:2])
    return loss(**dict(zip(names, arrays, strict=True)), **options)


@pytest.mark.parametrize(
    ("entry", "dotted"), PAIRS, ids=lambda one: one if type(one) is str else ""
)
def test_every_name_gives_the_value_of_the_example(entry, dotted):
    ours = called(losses, entry["lossutils"][0], entry["example"])
    assert float(np.mean(theirs(entry, dotted))) == pytest.approx(float(np.mean(ours)), rel=2e-5)


def differentiated(function, example, name):
    """Return the gradient of the sum of a loss in one argument, by central differences."""
    center = np.array(example[name], dtype=float)
    gradient = np.empty_like(center)
    for place in np.ndindex(center.shape):
        step = np.zeros_like(center)
        step[place] = STEP
        ahead, behind = (
            np.sum(called(losses, function, example | {name: center + sign * step}))
            for sign in (1, -1)
        )
        gradient[place] = (ahead - behind) / (2 * STEP)
    return gradient


# What a gradient is with respect to, where it is not the last of the first two arguments.
WITH_RESPECT_TO = {
    "l2_loss": ["t"],
    "gaussian_negative_log_likelihood": ["y_pred", "variance"],
    "triplet_margin_loss": ["anchors", "positives", "negatives"],
    "info_nce": ["queries", "keys"],
}


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry["name"])
def test_the_gradient_of_the_example_is_that_of_its_value(entry):
    function, example = entry["lossutils"][0], entry["example"]
    slopes = called(gradients, function, example)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    names = WITH_RESPECT_TO.get(function, list(example)[1:2])
    for name, slope in zip(names, slopes, strict=True):
        # The kinks of the examples' losses are elsewhere.
        np.testing.assert_allclose(
            slope, differentiated(function, example, name), rtol=1e-6, atol=1e-8
        )
