"""Small programs that train, and the advice about a run, carried out in such programs.

Each advice has a faulty program, the program with the advice, and a twin that is right by another
way. What is compared is the share of the variance that is not explained, or the share of wrong
classes.
"""

import keras
import numpy as np
from keras import layers
from small_trainings import LINE, X

from lossutils.keras import Diagnose

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


def program(
    y, last=None, *, loss="mse", rate=0.05, x=X, hidden=None, epochs=10, metrics=(), **options
):
    """Return a function that trains a small network, and returns its report and its error."""

    def train():
        keras.utils.set_random_seed(0)
        first = layers.Dense(8, "tanh") if hidden is None else hidden()
        model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), *np.ravel(first)])
        model.add(layers.Dense(1) if last is None else last())
        optimizer = SGD(rate) if isinstance(rate, float) else rate()
        watch = Diagnose()
        model.compile(optimizer, loss, metrics=list(metrics))
        model.fit(x, y, epochs=epochs, verbose=0, callbacks=[watch], **options)
        return watch.report, error(y, np.asarray(model(x)))

    return train


def error(y, p):
    """Return the share of wrong classes, or the share of the variance that is not explained."""
    if p.shape[-1] > 2:
        return np.mean(p.argmax(axis=1) != y)
    if np.isin(y, (0, 1)).all():
        return np.mean((p > (0.5 if p.min() >= 0 else 0)) != y)
    return np.mean((p[:, 0] - np.ravel(y)) ** 2) / max(np.var(y), 1e-9)


def dense(units, activation=None, **options):
    return lambda: layers.Dense(units, activation, **options)


HEALTHY = program(LINE)
TWIN = program(LINE, rate=lambda: Adam(0.1))


def carry_out(advice, mistake, faulty, repaired, twin):
    """Test that the report of a program has the advice, which leaves nothing to say and learns."""
    report, _ = faulty()
    assert (mistake, advice) in [(f.mistake, f.instead) for f in report], report
    again, reached = repaired()
    assert not again, again
    assert reached < twin()[1] + 0.1
