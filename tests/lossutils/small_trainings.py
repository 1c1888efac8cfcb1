"""A small network that is trained with the callback, and the data that it learns from."""

import keras
import numpy as np
from keras import layers

from lossutils.keras import Diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(size=(128, 4)).astype("float32")
LINE = (X @ [[1.0], [-2.0], [0.5], [0.0]]).astype("float32")
POSITIVE = (LINE > 0).astype("float32")
CLASSES = (X @ RNG.normal(size=(4, 3))).argmax(axis=1)


def watched(units, loss, y, *, x=X, rate=0.05, epochs=10, metrics=(), stop_on=None, **layer):
    """Train a small network with the callback; return the callback and the history."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(8, "tanh")])
    model.add(layers.Dense(units, **layer))
    model.compile(keras.optimizers.SGD(rate), loss, metrics=list(metrics))
    watch = Diagnose(stop_on)
    return watch, model.fit(x, y, epochs=epochs, verbose=0, callbacks=[watch])
