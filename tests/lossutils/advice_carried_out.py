"""The advice of a finding, carried out: it runs in Keras, is right, and leaves nothing to say.

The expected value is the one of lossutils, whose formulas are tested against mpmath. Where the
advice is an expression, it is evaluated as it was printed. Each module of cases asks for one
subject; `test_advice.py` asks whether all advice has a case.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import LOGITS, ONE_HOT, SCORES, SIGMOID, SOFTMAX

from lossutils import diagnose, losses


def sigmoid_loss(y, z):
    return losses.sigmoid_cross_entropy_with_logits(labels=y, logits=z).mean()


def binary_loss(y, p):
    return losses.binary_cross_entropy(y, p).mean()


def categorical_loss(y, p):
    return losses.categorical_cross_entropy(y, p).mean()


def sparse_loss(y, p):
    return losses.sparse_categorical_cross_entropy(np.int64(y), p).mean()


def squared_loss(y, p):
    return losses.squared_error(y, p).mean()


# What the report says, in order: the batch, the mistake, the advice; then what it leads to:
# expressions for y_true, y_pred and the options, and the witness's value.
Y, P, W = "y_true", "y_pred", "sample_weight"


def case(mistake, batch, advice, after, value):
    return pytest.param(mistake, batch, advice, after, value, id=f"{mistake}: {advice[:40]}")


def evaluated(value, batch):
    """Return the value of an expression about the batch; anything else as it is."""
    y_true, y_pred, options = batch
    names = {"np": np, "tf": tf, Y: np.asarray(y_true), P: np.asarray(y_pred)}
    names |= {"ONE_HOT": ONE_HOT, "SOFTMAX": SOFTMAX, "SIGMOID": SIGMOID, "LOGITS": LOGITS}
    names |= {"SCORES": SCORES, W: options.get(W)}
    return eval(value, names) if isinstance(value, str) and value != "mae" else value


def in_keras(y_true, y_pred, loss, sample_weight=None, **options):
    """Return the loss as the class of Keras computes it."""
    full = diagnose([[1.0]], [[1.0]], loss=loss).batch.split(", ")[-2]
    class_name = type(keras.losses.get(full)).__name__
    if class_name == "function":
        class_name = "".join(map(str.capitalize, full.split("_")))
    cls = getattr(
        keras.losses, {"KlDivergence": "KLDivergence", "Ctc": "CTC"}.get(class_name, class_name)
    )
    options.pop("trained", None)  # said of the model, not of the loss
    return float(cls(**options)(y_true, np.float32(y_pred), sample_weight=sample_weight))


def printed(mistake, batch, advice):
    """Return the advice about a mistake that begins so, as the report prints it."""
    y_true, y_pred, options = batch
    report = diagnose(y_true, y_pred, **options)
    texts = [f.instead for f in report if f.mistake == mistake and f.instead.startswith(advice)]
    assert texts, report
    return texts[0]


def carried_out(mistake, batch, advice, after, value):
    """Carry out an advice, and compare the value with that of the witness."""
    printed(mistake, batch, advice)
    arrays = [evaluated(text, batch) for text in after[:2]]
    repaired = _repaired(batch, after[2])
    again = diagnose(*arrays, **repaired)
    assert not again, again
    if value is not None:
        np.testing.assert_allclose(in_keras(*arrays, **repaired), value, rtol=2e-5, atol=1e-7)


def _repaired(batch, changes):
    """Return the options of a batch as the advice changes them; weights only where it has some."""
    changed = {name: evaluated(v, batch) if name == W else v for name, v in changes.items()}
    return {name: v for name, v in batch[2].items() if name != W} | changed
