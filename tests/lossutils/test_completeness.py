"""Every public loss of Keras and TensorFlow has a value and a gradient in NumPy.

The table of all losses says which functions these are; what a new version adds is in no entry, and
fails. For each name the value is compared on one example, so that an entry cannot name the wrong
function.
"""

import copy
import inspect
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from examples import LOSSES, OTHERS, REQUIRED, arguments, gradient, loss

from lossutils import gradients, losses
from lossutils.book import all_losses

BOOK = Path(__file__).parents[2] / "book"
TABLE = all_losses.table()
MODULES = {
    "keras.losses": (keras.losses, lambda name: True),
    "tf.nn": (tf.nn, lambda name: "loss" in name or "cross_entropy" in name),
    "tf.compat.v1.losses": (tf.compat.v1.losses, lambda name: True),
}
FIELDS = {
    "name", "lossutils", *MODULES, "torch.nn", "optax.losses", "formula", "shapes", "truth",
    "prediction", "last_layer", "lowest", "estimates", "section", "family", "beware", "mistake",
    "example",
}  # fmt: skip


def public():
    """Return the public classes and functions that are losses, or might be, by dotted name."""
    return [
        f"{prefix}.{name}"
        for prefix, (module, counts) in MODULES.items()
        for name in dir(module)
        if not name.startswith("_") and callable(getattr(module, name)) and counts(name)
    ]


def test_every_public_loss_has_a_value_and_a_gradient():
    listed = public()
    assert len(listed) > 70
    assert list(all_losses.gaps(listed, TABLE)) == []


def test_a_new_loss_is_named(monkeypatch):
    monkeypatch.setattr(keras.losses, "Wing", keras.losses.Huber, raising=False)
    monkeypatch.setattr(tf.nn, "wing_loss", tf.nn.l2_loss, raising=False)
    assert list(all_losses.gaps(public(), TABLE)) == [
        "keras.losses.Wing is in no entry of the table of all losses",
        "tf.nn.wing_loss is in no entry of the table of all losses",
    ]


def test_a_loss_that_lossutils_no_longer_has_is_named(monkeypatch):
    for module in (losses, gradients):
        rest = [name for name in module.__all__ if name != "dice"]
        monkeypatch.setattr(module, "__all__", rest)
    assert list(all_losses.gaps(public(), TABLE)) == [
        f"keras.losses.{name} has no {what} in NumPy: lossutils.{module} has no dice"
        for name in ("Dice", "dice")
        for what, module in (("value", "losses"), ("gradient", "gradients"))
    ]


def test_a_loss_that_keras_no_longer_has_is_named(monkeypatch):
    monkeypatch.delattr(keras.losses, "Tversky")
    assert without_a_function() == {"keras.losses.Tversky"}


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry["name"])
def test_an_entry_that_is_removed_is_missed(entry):
    rest = [other for other in TABLE if other is not entry]
    also = set().union(*map(all_losses.names, rest))
    expected = [
        f"{name} is in no entry of the table of all losses"
        for name in sorted(all_losses.names(entry) - also)
    ]
    assert list(all_losses.gaps(public(), rest)) == expected


def test_most_entries_are_missed():
    """The others have a name of their own nowhere, or share theirs with the form for logits."""
    missed = [
        entry["name"]
        for entry in TABLE
        if list(all_losses.gaps(public(), [other for other in TABLE if other is not entry]))
    ]
    assert len(missed) >= 25
    assert {"CTC loss", "Dice loss", "NCE loss", "Pairwise squared error"} <= set(missed)


def test_a_function_that_lossutils_lacks_is_named():
    table = copy.deepcopy(TABLE)
    next(entry for entry in table if entry["name"] == "CTC loss")["lossutils"] = ["ctc"]
    assert list(all_losses.gaps(["tf.nn.ctc_loss"], table)) == [
        "tf.nn.ctc_loss has no value in NumPy: lossutils.losses has no ctc",
        "tf.nn.ctc_loss has no gradient in NumPy: lossutils.gradients has no ctc",
    ]


def test_one_of_several_entries_of_a_name_needs_a_section():
    table = copy.deepcopy(TABLE)
    ctc = next(entry for entry in table if entry["name"] == "CTC loss")
    without = ctc | {"section": ""}
    assert list(all_losses.gaps(["tf.nn.ctc_loss"], [without, ctc])) == []
    assert list(all_losses.gaps(["tf.nn.ctc_loss"], [without])) == [
        "tf.nn.ctc_loss has no section in the book"
    ]


def without_a_function():
    """Return the names in the table that the installed Keras and TensorFlow do not have."""
    return {*all_losses.no_losses()}.union(*map(all_losses.names, TABLE)) - set(public())


def test_the_table_names_only_what_exists():
    named = set().union(*map(all_losses.names, TABLE))
    assert without_a_function() == set()
    assert not named & set(all_losses.no_losses())


def test_every_loss_of_lossutils_is_in_the_table():
    functions = [function for entry in TABLE for function in entry["lossutils"]]
    assert sorted(functions) == sorted(gradients.__all__)
    assert set(functions) == set(losses.__all__) - {"smooth_labels"}


def test_every_entry_is_complete():
    for entry in TABLE:
        assert set(entry) == FIELDS
        assert [field for field in FIELDS if entry[field] in ("", {})] == [], entry["name"]
    assert len({entry["name"] for entry in TABLE}) == len(TABLE)


def test_every_entry_warns_of_a_mistake_of_the_atlas():
    atlas = Path(all_losses.__file__).parents[1] / "diagnosis" / "mistakes.json"
    known = {f"mistake-{one['id']}" for one in json.loads(atlas.read_text(encoding="utf-8"))}
    assert {
        entry["name"]: entry["mistake"] for entry in TABLE if entry["mistake"] not in known
    } == {}


def test_a_loss_without_a_section_is_named():
    table = copy.deepcopy(TABLE)
    next(entry for entry in table if entry["name"] == "CTC loss")["section"] = ""
    assert list(all_losses.gaps(["tf.nn.ctc_loss"], table)) == [
        "tf.nn.ctc_loss has no section in the book"
    ]


@pytest.mark.parametrize("section", sorted({e["section"] for e in TABLE} - {""}))
def test_a_section_that_an_entry_names_exists(section):
    page, label = section.split("#")
    assert f'"({label})=' in (BOOK / f"{page}.ipynb").read_text(encoding="utf-8")


# These take other arguments than a truth and a prediction; the tests that compare them.
ELSEWHERE = {
    "tf.nn.ctc_loss": "test_ctc",
    "keras.losses.CTC": "test_ctc",
    "keras.losses.ctc": "test_ctc",
    "tf.nn.sampled_softmax_loss": "test_sampled",
    "tf.nn.nce_loss": "test_sampled",
    "tf.nn.l2_loss": "test_witnesses",
    "keras.losses.circle": "test_embeddings",
    "keras.losses.dice": "test_overlap",
    "keras.losses.tversky": "test_overlap",
}
WRITTEN_OTHERWISE = {
    "tf.compat.v1.losses.sigmoid_cross_entropy": ("multi_class_labels", "logits"),
    "tf.compat.v1.losses.softmax_cross_entropy": ("onehot_labels", "logits"),
    "tf.nn.log_poisson_loss": ("targets", "log_input"),
}
OPTIONS = {
    "tf.compat.v1.losses.cosine_distance": {"axis": -1},
    "tf.compat.v1.losses.mean_pairwise_squared_error": {"weights": np.full((5, 1), 1 / 5)},
    "tf.nn.weighted_cross_entropy_with_logits": {"pos_weight": 3.0},
    "keras.losses.CategoricalGeneralizedCrossEntropy": {"q": 0.7},
    "keras.losses.categorical_generalized_cross_entropy": {"q": 0.7},
}
PAIRS = [
    (dotted, function)
    for entry in TABLE
    for function in entry["lossutils"]
    for dotted in sorted(all_losses.names(entry) - set(ELSEWHERE))
]


def example(function):
    """Return the truth, the prediction and the value in NumPy of one example."""
    if function in LOSSES:
        truth, prediction = arguments(function)
        return truth, prediction, loss(function, truth, prediction)
    assert OTHERS[function] in ("test_embeddings", "test_overlap")
    rng = np.random.default_rng(0)
    if function == "circle":
        vectors = rng.normal(size=(6, 4))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.arange(6) % 2, vectors, losses.circle(np.arange(6) % 2, vectors)
    truth, prediction = rng.integers(0, 2, (5, 4)) * 1.0, rng.random((5, 4))
    return truth, prediction, getattr(losses, function)(truth, prediction)


def called(dotted, function, truth, prediction, **options):
    """Return what Keras or TensorFlow gives for a truth and a prediction."""
    prefix, name = dotted.rsplit(".", 1)
    theirs = getattr(MODULES[prefix][0], name)
    if dotted == "tf.compat.v1.losses.hinge_loss":
        truth = (truth + 1) / 2  # TensorFlow 1 writes binary labels as 0 and 1
    if prefix == "keras.losses" and function.endswith("_with_logits"):
        options["from_logits"] = True
    if inspect.isclass(theirs):
        return theirs(**options)(truth, prediction)
    parameters = list(inspect.signature(theirs).parameters)
    names = WRITTEN_OTHERWISE.get(dotted, parameters[:2])
    return theirs(**dict(zip(names, (truth, prediction), strict=True)), **options)


# Keras divides each row of probabilities by its sum first.
DIVIDED = {
    "categorical_cross_entropy",
    "sparse_categorical_cross_entropy",
    "categorical_focal_cross_entropy",
}


def slopes(function, truth, prediction):
    """Return the gradient in NumPy of one example, as the tape of Keras has it."""
    if function not in LOSSES:
        return getattr(gradients, function)(truth, prediction)
    slope = gradient(function, truth, prediction)
    if function in DIVIDED:  # the chain rule, for rows that sum to 1
        return slope - np.sum(prediction * slope, axis=-1, keepdims=True)
    return slope


@pytest.mark.parametrize(("dotted", "function"), PAIRS)
def test_the_functions_of_an_entry_give_the_value_and_the_gradient_of_its_names(dotted, function):
    truth, prediction, ours = example(function)
    changed = tf.Variable(prediction)
    with tf.GradientTape() as tape:
        theirs = called(dotted, function, truth, changed, **OPTIONS.get(dotted, {}))
        mean = tf.reduce_mean(theirs)
    assert float(mean) == pytest.approx(float(np.mean(ours)), rel=2e-5)
    expected = slopes(function, truth, prediction) / np.size(ours)
    assert np.any(expected)
    np.testing.assert_allclose(tape.gradient(mean, changed), expected, rtol=2e-5, atol=2e-7)


def test_what_is_compared_elsewhere_is_compared_with_a_gradient():
    for name, file in ELSEWHERE.items():
        text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
        assert name.rsplit(".", 1)[1] in text, name
        assert "GradientTape" in text, file


def test_every_name_is_compared():
    compared = {dotted for dotted, _ in PAIRS} | set(ELSEWHERE)
    assert compared == set().union(*map(all_losses.names, TABLE))
    assert set(REQUIRED) <= set(LOSSES)
