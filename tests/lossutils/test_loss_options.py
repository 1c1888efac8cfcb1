"""What a loss was told is read from whatever `keras.losses.get` accepts."""

import functools
import inspect
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from lossutils import diagnose
from lossutils.diagnosis import Run, names
from lossutils.diagnosis.loss_options import arguments_of, options_of
from lossutils.keras import Diagnose

LOSSES = keras.losses
# What keras.losses holds besides losses: a base class, and three functions about losses.
NO_LOSS = {"Loss", "get", "serialize", "deserialize"}
PUBLIC = sorted(
    name
    for name, value in vars(LOSSES).items()
    if (inspect.isclass(value) or inspect.isfunction(value)) and name not in NO_LOSS
)
SHORT = ("bce", "BCE", "kld", "KLD", "mae", "MAE", "mape", "MAPE", "mse", "MSE", "msle", "MSLE")
CLASSES = [name for name in PUBLIC if name[0].isupper()]
OPTIONS = {"from_logits": True, "ignore_class": 3, "gamma": 1.5, "axis": 1}
ROWS, INDEX = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1])


def function_of(name):
    """Return the function of Keras that a name stands for."""
    loss = LOSSES.get(name)
    while not inspect.isfunction(loss):
        loss = loss.fn if hasattr(loss, "fn") else getattr(LOSSES, name.lower())
    return loss


@pytest.mark.parametrize("name", PUBLIC)
def test_every_loss_of_keras_is_known_by_its_name_its_object_and_its_function(name):
    known = names.canonical(name)
    assert options_of(getattr(LOSSES, name))["loss"] == known
    if name in CLASSES:
        assert options_of(getattr(LOSSES, name)())["loss"] == known


@pytest.mark.parametrize("name", [*PUBLIC, *SHORT])
def test_what_keras_makes_of_a_name_is_the_loss_of_that_name(name):
    try:
        loss = LOSSES.get(name)
    except ValueError:  # a loss that Keras has, and does not know by this name
        loss = getattr(LOSSES, name)
    assert options_of(loss)["loss"] == options_of(name)["loss"]


@pytest.mark.parametrize("name", SHORT)
def test_a_short_name_means_the_function_that_keras_takes_for_it(name):
    assert names.canonical(name) == function_of(name).__name__


@pytest.mark.parametrize("name", CLASSES)
def test_a_configuration_is_read_as_its_object(name):
    loss = getattr(LOSSES, name)()
    assert options_of(LOSSES.serialize(loss)) == options_of(loss)


@pytest.mark.parametrize("name", CLASSES)
def test_the_options_of_an_object_are_read_and_so_are_those_of_a_partial(name):
    cls = getattr(LOSSES, name)
    takes = inspect.signature(cls).parameters
    given = {option: value for option, value in OPTIONS.items() if option in takes}
    known = options_of(cls(**given))
    if known["loss"] not in (*names.ENTROPIES, "cosine_similarity"):
        given = {}  # an axis of pixels is not one of classes
    assert known == {"loss": names.canonical(name)} | given
    assert options_of(functools.partial(getattr(LOSSES, known["loss"]), **given)) == known


def binary_crossentropy(y_true, y_pred):
    """Return something else than the loss of Keras that has this name."""
    return y_pred - y_true


class BinaryCrossentropy(LOSSES.BinaryCrossentropy):
    """A loss written by hand."""


@pytest.mark.parametrize(
    "loss",
    [
        binary_crossentropy,
        BinaryCrossentropy,
        BinaryCrossentropy(),
        functools.partial(binary_crossentropy, from_logits=True),
        functools.partial(LOSSES.mean_squared_error, ROWS),
        {"class_name": "BinaryCrossentropy", "config": {}, "module": "mine"},
        keras.metrics.MeanSquaredError(),
        keras.metrics.MeanSquaredError,
        SimpleNamespace(),
        {"one": "mse"},
        3,
    ],
)
def test_a_loss_whose_meaning_is_not_known_is_refused(loss):
    assert arguments_of(loss) == {}
    for call in (
        lambda: diagnose(INDEX, ROWS[:, 0], loss=loss),
        lambda: Run(loss=loss),
        lambda: Diagnose(loss=loss),
    ):
        with pytest.raises(ValueError, match="loss: expected None"):
            call()


SCORES = np.array([[2.0, -1.0], [-1.5, 3.0], [0.5, -0.5], [-2.0, 1.0]])
LABELS = np.array([0, 1, 0, 1])


def test_logits_of_a_loss_that_takes_them_are_no_mistake():
    loss = LOSSES.SparseCategoricalCrossentropy
    assert [f.mistake for f in diagnose(LABELS, SCORES, loss=loss())] == ["softmax-never"]
    assert not diagnose(LABELS, SCORES, loss=loss(from_logits=True))
    run = Run(loss=loss(from_logits=True))
    run.step(LABELS, SCORES, 0.2)
    assert not run.report()


def test_each_output_has_the_options_of_its_own_loss():
    y, p = {"logits": LABELS, "rows": LABELS}, {"logits": SCORES, "rows": SCORES}
    of_both = {
        "logits": LOSSES.SparseCategoricalCrossentropy(from_logits=True),
        "rows": LOSSES.sparse_categorical_crossentropy,
    }
    report = diagnose(y, p, loss=of_both)
    assert [(f.mistake, f.evidence.split(":")[0]) for f in report] == [
        ("softmax-never", "Output 'rows'")
    ]


def test_a_configuration_stands_for_one_loss_of_several_outputs():
    config = LOSSES.serialize(LOSSES.SparseCategoricalCrossentropy(from_logits=True))
    assert not diagnose({"a": LABELS}, {"a": SCORES}, loss=config)
    assert not diagnose([LABELS[:, None]], [SCORES], loss=[config])


def test_an_option_that_contradicts_the_loss_is_refused():
    loss = LOSSES.BinaryCrossentropy()
    with pytest.raises(ValueError, match="from_logits: the loss was told False, got True"):
        diagnose(LABELS, SCORES[:, 0], loss=loss, from_logits=True)
    with pytest.raises(ValueError, match="gamma: the loss was told 2, got 3"):
        diagnose(LABELS, SCORES[:, 0], loss=LOSSES.BinaryFocalCrossentropy(gamma=2), gamma=3)
