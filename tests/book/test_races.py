"""The trainings that explorers show are those that TensorFlow makes with the same data."""

import numpy as np
import pytest
import tensorflow as tf

from lossutils.book import explorers
from lossutils.book.explorers import core, maps
from tools import moving_map


def trained(loss, variables, rate, steps):
    """Return the values of variables after each step of plain gradient descent."""
    seen = [[float(variable) for variable in variables]]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = loss(*variables)
        for variable, slope in zip(variables, tape.gradient(value, variables), strict=True):
            variable.assign_sub(rate * slope)
        seen.append([float(variable) for variable in variables])
    return np.array(seen)


def started(explorer):
    """Return the numbers of an explorer's controls at the start, by name."""
    return {control[0]["name"]: control[0]["value"] for control in explorer.controls}


def test_the_race_is_the_one_that_tensorflow_runs():
    race = explorers.race()
    start, shown = started(race), core.evaluate(race.spec(), ["cross", "squared"])
    one = tf.ones((), tf.float64)
    trainings = {
        "cross": lambda z: tf.nn.sigmoid_cross_entropy_with_logits(labels=one, logits=z),
        "squared": lambda z: (1 - tf.sigmoid(z)) ** 2,
    }
    for name, loss in trainings.items():
        z = tf.Variable(start["z"], dtype=tf.float64)
        logits = trained(loss, [z], start["rate"], len(shown[name]) - 1)[:, 0]
        np.testing.assert_allclose(shown[name], logits, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("kind", moving_map.KINDS)
def test_the_map_moves_as_tensorflow_moves_it(kind):
    pixels, y = (tf.constant(part) for part in moving_map.digits())
    x, unlike = pixels[moving_map.TRAINED], tf.not_equal(y[:, None], y)[:200, :200]
    unlike = {
        "right": tf.cast(unlike, tf.float64),
        "exchanged": 1 - tf.cast(unlike, tf.float64),
        "pulled": tf.zeros([200, 200], tf.float64),
    }[kind]
    weights, once = tf.Variable(moving_map.start()), tf.linalg.band_part(unlike, 0, -1)
    each_pair = np.triu(np.ones([200, 200]), 1)
    for number, stored in enumerate(maps.stored()[kind]["places"]):
        places = (pixels[moving_map.SHOWN] @ weights).numpy()
        np.testing.assert_allclose(places, stored, rtol=0, atol=0.005001, err_msg=number)
        for _ in range(moving_map.EVERY):
            with tf.GradientTape() as tape:
                z = x @ weights
                square = tf.reduce_sum((z[:, None] - z) ** 2, axis=-1) + 1e-24
                near = tf.maximum(1 - tf.sqrt(square), 0) ** 2
                values = tf.where(once == 1, near, square) / 2
                loss = tf.reduce_sum(values * each_pair) / each_pair.sum()
            weights.assign_sub(moving_map.RATE * tape.gradient(loss, weights))


def test_the_three_descents_are_those_of_tensorflow():
    descent = explorers.descent()
    start, shown = started(descent), core.evaluate(descent.spec(), ["slope", "intercept"])
    x = tf.constant([-1, -0.5, 0, 0.5, 1], tf.float64)
    y = tf.constant([-1, 0, 1, 2, 3 + start["lift"]], tf.float64)
    keras = tf.keras.losses
    # At a kink the last bit decides: the absolute loss is followed until it meets the second one.
    for j, (loss, steps) in enumerate([(keras.mse, 30), (keras.mae, 5), (keras.huber, 30)]):
        line = [tf.Variable(start[key], dtype=tf.float64) for key in "wb"]
        expected = trained(lambda w, b, loss=loss: loss(y, w * x + b), line, start["rate"], steps)
        drawn = np.array([shown["slope"], shown["intercept"]])[:, : steps + 1, j].T
        np.testing.assert_allclose(drawn, expected, rtol=1e-9, atol=1e-15, err_msg=loss.__name__)
