"""Choosing a loss: the lines to copy are run with TensorFlow, and agree with each other."""

import ast
import math

import numpy as np
import pytest
from choosing_rows import ROWS, SIZES, every_row, run, values_of

from website.extension import choosing

# The second line of these is another loss than the first, and the page says so.
ALTERNATIVES = {"rare", "rare-labels", "many"}


def truth(row):
    """Return labels of the shape and the kind that a row states."""
    shape = eval(row["shape"], dict(SIZES))
    numbers = np.arange(math.prod(shape), dtype="float32").reshape(shape)
    make = {
        "any numbers": lambda: numbers - 1.5,
        "standardised columns": lambda: (numbers - numbers.mean(axis=0)) / numbers.std(axis=0),
        "counts": lambda: numbers,
        "logarithms": lambda: np.log(10 ** (numbers + 1)),
        "vectors": lambda: np.sin(numbers + 1),
        "class numbers": lambda: np.int32(numbers) % SIZES["num_classes"],
        "padded class numbers": lambda: padded(shape),
        "zeros and ones": lambda: np.float32(numbers % 3 == 0),
        "shares": lambda: (numbers + 1) / (numbers.size + 1),
        "one-hot rows": lambda: np.eye(SIZES["num_classes"], dtype="float32")[[2, 0, 1, 2]],
        "signs": lambda: np.float32(2 * (numbers % 2) - 1),
    }
    labels = make[row["truth"]]()
    assert labels.shape == tuple(shape)
    return labels


def padded(shape):
    """Return labels of one, two and more classes, each padded with 0."""
    rows, places = np.indices(shape)
    return np.where(places <= rows % shape[1], 1 + (rows + places) % 2, 0)


# What stands before the five numbers of an example: a place in a picture, a step, a frame.
STEPS_OF = {"segmentation": (6, 7), "padding": (3,), "ctc": (8,)}


def features(key, labels):
    """Return five numbers for each example of a row, each of its pixels, or each of its steps."""
    shape = (len(labels), *STEPS_OF.get(key, ()), 5)
    return np.cos(np.arange(math.prod(shape), dtype="float32")).reshape(shape)


@pytest.fixture(scope="module")
def tf():
    """Return TensorFlow, which takes seconds to import, with a fixed seed."""
    import tensorflow

    tensorflow.keras.utils.set_random_seed(1)
    return tensorflow


def test_every_kind_of_truth_is_used_and_described():
    assert {row["truth"] for row in ROWS.values()} == set(choosing.TABLE["truths"])


@every_row
def test_the_lines_are_plain_python_that_fits_the_box(key):
    for code in (ROWS[key]["keras"], ROWS[key]["tensorflow"], ROWS[key]["layer"]):
        assert ast.parse(code).body
        assert max(map(len, code.splitlines())) <= 100


@every_row
def test_a_model_with_the_last_layer_trains_with_the_loss(tf, key):
    row = ROWS[key]
    labels = truth(row)
    inputs = features(key, labels)
    layer = run(f"layer = {row['layer']}")["layer"]
    model = tf.keras.Sequential([tf.keras.Input(inputs.shape[1:]), layer])
    model.compile("sgd", run(row["keras"])["loss"])
    first, second = (float(model.train_on_batch(inputs, labels)) for _ in range(2))
    assert math.isfinite(first)
    assert math.isfinite(second)
    assert second != first, "no gradient reaches the layer"


@every_row
def test_both_lines_compute_the_same_loss(tf, key):
    row = ROWS[key]
    labels = truth(row)
    inputs = features(key, labels)
    layer = run(f"layer = {row['layer']}")["layer"]
    outputs = layer(inputs)
    values = values_of(row, labels, outputs, layer=layer, inputs=inputs)
    assert np.isfinite(values).all()
    loss = float(tf.reduce_mean(run(row["keras"])["loss"](labels, outputs)))
    same = math.isclose(loss, values.mean(), rel_tol=1e-5, abs_tol=1e-6)
    assert same is (key not in ALTERNATIVES)
