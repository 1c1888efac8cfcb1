"""What the layers of a model show, without any data."""

import keras
import numpy as np
import pytest
from batch_examples import ids
from keras import layers
from small_trainings import LINE, X

from lossutils.diagnosis.history import History
from lossutils.diagnosis.layers import giant_steps, no_activation, softmax_inside
from lossutils.diagnosis.tried import Tried
from lossutils.keras import Diagnose

Dense = layers.Dense


def network(*hidden, shape=(6,)):
    model = keras.Sequential([keras.Input(shape)])
    for layer in hidden:  # each of them joins the layers anew
        model.add(layer)
    return model


def with_two_ways():
    inputs = keras.Input((6,))
    both = layers.Add()([Dense(6)(inputs), inputs])
    return keras.Model(inputs, Dense(2)(both))


def mixture_of_experts():
    inputs = keras.Input((6,))
    share, experts = Dense(4, "softmax")(inputs), Dense(4)(inputs)
    return keras.Model(inputs, Dense(1)(layers.Multiply()([share, experts])))


LINEAR = {
    "two dense layers": (lambda: network(Dense(8), Dense(2)), True),
    "dropout and normalisation between them": (
        lambda: network(Dense(8), layers.BatchNormalization(), layers.Dropout(0.1), Dense(2)), True,
    ),
    "convolutions": (
        lambda: network(layers.Conv2D(4, 3), layers.MaxPooling2D(2), layers.Flatten(),
                        Dense(4), Dense(2, "softmax"), shape=(8, 8, 1)), True,
    ),
    "a code of two numbers": (lambda: network(Dense(2), Dense(6)), False),
    "one layer": (lambda: network(layers.Flatten(), Dense(2, "softmax")), False),
    "an activation as a layer": (lambda: network(Dense(8), layers.ReLU(), Dense(2)), False),
    "an activation as an option": (lambda: network(Dense(8, "gelu"), Dense(2)), False),
    "one activation of two": (lambda: network(Dense(8), Dense(8, "relu"), Dense(2)), False),
    "two ways": (with_two_ways, False),
    "words": (
        lambda: network(layers.Embedding(9, 4), layers.GlobalAveragePooling1D(), Dense(8),
                        Dense(2)), False,
    ),
}  # fmt: skip


class NeverCalled(keras.Sequential):
    """A model as Keras 3.5 makes it, whose `output` cannot be read."""

    @property
    def output(self):
        raise ValueError("it has never been called and thus has no defined output")


def test_weights_without_a_gradient_are_found_where_a_model_does_not_know_its_output():
    tried = Tried(NeverCalled([keras.Input((4,)), layers.Dense(1)]), History())
    for _ in range(4):
        tried.gradients({"dense/kernel": "none"})
    assert ids(tried) == ["no-gradient"]


def test_the_bias_of_the_keys_in_attention_may_have_no_gradient():
    """It adds the same number to all scores, which the softmax does not see."""
    inputs = keras.Input((5, 4))
    seen = layers.MultiHeadAttention(2, 3)(inputs, inputs)
    model = keras.Model(inputs, Dense(1)(layers.Flatten()(seen)))
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(64, 5, 4))
    watch = Diagnose()
    model.fit(x, x[:, 0, :1], epochs=3, verbose=0, callbacks=[watch])
    assert "no-gradient" not in ids(watch.report)


@pytest.mark.parametrize("name", LINEAR)
def test_a_network_without_an_activation_is_found_and_no_other(name):
    make, expected = LINEAR[name]
    assert bool(no_activation(make())) == expected


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: network(Dense(8, "softmax"), layers.Dropout(0.1), Dense(2)), True),
        (lambda: network(Dense(8, "softmax"), Dense(8, "softmax"), Dense(2, "softmax")), True),
        (lambda: network(Dense(8, "relu"), Dense(2, "softmax")), False),
        (lambda: network(Dense(2, "softmax"), layers.Rescaling(3.0)), False),
        (mixture_of_experts, False),
    ],
)
def test_a_softmax_in_a_hidden_layer_is_found_and_no_other(make, expected):
    assert bool(softmax_inside(make())) == expected


@pytest.mark.parametrize(
    ("optimizer", "sizes", "expected"),
    [
        (keras.optimizers.Adam(1.0), (8, 2), True),
        (keras.optimizers.RMSprop(0.3), (8, 2), True),
        (keras.optimizers.AdamW(0.1), (8, 2), False),
        (keras.optimizers.SGD(1.0), (8, 2), False),
        (keras.optimizers.Adadelta(1.0), (8, 2), False),
        (keras.optimizers.Adam(1.0), (2,), False),
    ],
)
def test_steps_that_are_larger_than_the_weights_are_found_and_no_others(optimizer, sizes, expected):
    model = network(*map(Dense, sizes))
    model.compile(optimizer, "mse")
    assert bool(giant_steps(model, float(optimizer.learning_rate))) == expected


@pytest.mark.parametrize(("y", "expected"), [(LINE, False), (np.abs(X[:, :1]), True)])
def test_a_linear_network_that_learns_well_needs_no_activation(y, expected):
    keras.utils.set_random_seed(0)
    model = network(Dense(8), Dense(1), shape=(4,))
    model.compile(keras.optimizers.SGD(0.05), "mse")
    watch = Diagnose()
    model.fit(X, y, epochs=10, verbose=0, callbacks=[watch])
    assert ("no activation between the layers" in [f.title for f in watch.report]) == expected
