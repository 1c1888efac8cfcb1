"""check_loss on the losses of Keras: they break only what is known."""

import inspect

import keras
import pytest
from own_losses import broken
from rotation import one_in

from lossutils import check_loss

# What a loss of Keras breaks, and why that is so.
OF_KERAS = {
    "CTC": {"called": "suspicious"},  # it expects sequences of logits
    "CategoricalGeneralizedCrossEntropy": {"finite": "certain"},  # p**q has no slope at p = 0
    "Circle": {"independent": "suspicious"},  # it compares examples
    "Dice": {"one-number-per-example": "certain"},  # axis=None: one score for the batch
    "Tversky": {"one-number-per-example": "certain"},
}
LOSSES = sorted(
    name
    for name, value in vars(keras.losses).items()
    if inspect.isclass(value) and issubclass(value, keras.losses.Loss) and name != "Loss"
)


OF_FUNCTIONS = {
    "categorical_generalized_cross_entropy": {"called": "certain"},  # it needs q
    "circle": OF_KERAS["Circle"],
    "ctc": OF_KERAS["CTC"],
    "dice": OF_KERAS["Dice"],
    "tversky": OF_KERAS["Tversky"],
}
FUNCTIONS = sorted(
    {name for name, value in vars(keras.losses).items() if inspect.isfunction(value)}
    - {"deserialize", "get", "serialize"}
)


def test_the_losses_of_keras_were_found():
    assert set(OF_KERAS) <= set(LOSSES)
    assert set(OF_FUNCTIONS) <= set(FUNCTIONS)
    assert min(len(LOSSES), len(FUNCTIONS)) >= 20


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_keras_breaks_only_what_is_known(name):
    report = check_loss(getattr(keras.losses, name)())
    assert broken(report) == OF_KERAS.get(name, {}), str(report)


@pytest.mark.parametrize("name", one_in(3, FUNCTIONS))
def test_a_function_of_keras_breaks_only_what_is_known(name):
    report = check_loss(getattr(keras.losses, name))
    assert broken(report) == OF_FUNCTIONS.get(name, {}), str(report)


@pytest.mark.parametrize(
    "loss",
    [
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        keras.losses.MeanSquaredError(reduction="sum"),
        keras.losses.Dice(axis=-1),
    ],
    ids=lambda loss: loss.name,
)
def test_an_option_of_keras_breaks_nothing(loss):
    assert broken(check_loss(loss)) == {}


def test_rows_with_a_class_index_each_become_sequences():
    report = check_loss(keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert ", masks," in report.notes[0]
