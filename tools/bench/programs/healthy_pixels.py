"""Healthy programs that predict a class for each pixel."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import Adam

from .program import Program, compiled, generator


def blocks(rows, classes, size=8):
    """Return noisy pictures of squares of side 4, and the class of each pixel."""
    draw = generator()
    y = np.repeat(draw.integers(0, classes, (rows, size // 4, size // 4)), 4, axis=1)
    y = y.repeat(4, axis=2)
    x = draw.normal(size=(classes, 3))[y] + 0.4 * draw.normal(size=(*y.shape, 3))
    return x.astype("float32"), y


def pixelwise(units, last):
    """Return a small network for the classes of pixels."""
    model = keras.Sequential([keras.Input((None, None, 3))])
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(units, 1, activation=last))
    return model


def dice(y, p):
    """1 minus the Dice coefficient of each picture."""
    axes = (1, 2, 3)
    both = 2 * ops.sum(y * p, axis=axes) + 1
    return 1 - both / (ops.sum(y, axis=axes) + ops.sum(p, axis=axes) + 1)


def masks():
    x, y = blocks(300, 2)
    model = compiled(pixelwise(1, "sigmoid"), dice, Adam(0.02), ["binary_accuracy"])
    return Program(model, x, y[..., None].astype("float32"), 8)


def scenes():
    x, y = blocks(300, 4)
    y[:, 0] = 255  # the border has no class
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    return Program(compiled(pixelwise(4, None), loss, Adam(0.01), ()), x, y.astype("uint8"), 8)


PIXELS = {"masks": masks, "scenes": scenes}
