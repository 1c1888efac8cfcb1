"""Rules about training: graph, dtype, weights and masks in `compile`, saving and loading."""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from lossutils.checking.subject import (
    COLUMN,
    DTYPE,
    NotChecked,
    evaluated,
    message_of,
    name_of,
    shown,
)

_CLOSE = {"rtol": 1e-4, "atol": 1e-6}


def _alike(one, other):
    return one.shape == other.shape and np.allclose(one, other, equal_nan=True, **_CLOSE)


def graph(subject):
    """Yield a problem if the loss fails in a graph that does not know the batch size."""
    batch = subject.batch
    signature = [tf.TensorSpec([None, *a.shape[1:]], DTYPE) for a in (batch.y_true, batch.y_pred)]
    try:
        traced = tf.function(subject.call, input_signature=signature)
        pairs = [_traced_and_eager(subject, traced, count) for count in (subject.size, 2)]
    except Exception as error:
        evidence = f"with a batch size that is not known yet it raises {message_of(error)}."
        yield evidence, _for_graphs(str(error)), True
        return
    for in_graph, eager in pairs:
        if not _alike(in_graph, eager):
            evidence = f"in a graph it gives {shown(in_graph)}, called directly {shown(eager)}."
            yield evidence, "write conditions as tf.where, and no state in Python variables", True
            return


def _traced_and_eager(subject, traced, count):
    truth, prediction = subject.batch.y_true[:count], subject.batch.y_pred[:count]
    in_graph = traced(tf.constant(truth, DTYPE), tf.constant(prediction, DTYPE))
    return np.asarray(in_graph), subject.values(truth, prediction)


def _for_graphs(message):
    if "slice index" in message:
        return COLUMN
    if "None" in message:
        return "tf.shape(y_true)[0] instead of y_true.shape[0]"
    if "numpy" in message.lower() or "NumPy" in message or "KerasTensor" in message:
        return "TensorFlow's functions instead of NumPy's"
    return "TensorFlow's functions only: tf.where for conditions, no .numpy()"


def dtype(subject):
    """Yield a problem if float64 does not stay float64."""
    instead = "y_true = tf.cast(y_true, y_pred.dtype), and no other dtype in the loss"
    try:
        result = subject.values(dtype="float64").dtype
    except Exception as error:
        yield f"arrays of float64 raise {message_of(error)}.", instead, False
        return
    if result != np.float64:
        yield f"arrays of float64 give {result}.", instead, False


def weights(subject):
    """Yield a problem if an example of weight 0 still counts in a compiled model."""
    weight, changed = subject.first_ignored()
    values, moved = subject.per_example(), subject.values(y_pred=changed)
    if not np.allclose(values[1:], moved[1:], **_CLOSE):
        raise NotChecked("an example depends on the others")
    try:
        before, after = (subject.evaluated(y, sample_weight=weight) for y in (None, changed))
    except Exception as error:
        evidence = f"with sample_weight of shape {weight.shape}, Keras raises {message_of(error)}."
        yield evidence, "return one number per example, shape (N,)", True
        return
    if not np.isclose(before, after, **_CLOSE):
        evidence = "an example has weight 0; changing its prediction moves the loss from "
        evidence += f"{before:.4g} to {after:.4g}."
        yield evidence, "return one number per example, and leave the mean to Keras", True


def mask(subject):
    """Yield a problem if a masked step of a sequence still counts."""
    truth, prediction, padded, values = _sequences(subject)
    try:
        before, after = (_masked(subject, truth, one) for one in (prediction, padded))
    except Exception as error:
        evidence = f"for predictions of shape {prediction.shape} with a mask, it raises "
        yield evidence + f"{message_of(error)}.", _LAST_AXIS, False
        return
    if not np.isclose(before, after, **_CLOSE):
        evidence = f"predictions of shape {prediction.shape} give numbers of shape {values.shape}. "
        evidence += (
            f"Changing a step that is masked moves the loss from {before:.4g} to {after:.4g}."
        )
        yield evidence, _LAST_AXIS, False


_LAST_AXIS = "for sequences, reduce the last axis only: one number per step"


def _sequences(subject):
    """Return two sequences, predictions that differ in the last step only, and the losses."""
    subject.per_example()
    batch, half = subject.batch, subject.size // 2
    if batch.y_pred.ndim != 2 or batch.y_true.ndim > 2 or batch.best is None:
        raise NotChecked("these arrays cannot be made into sequences")
    truth, prediction = (
        array[: 2 * half].reshape(2, half, *array.shape[1:])
        for array in (batch.y_true, batch.y_pred)
    )
    padded = np.array(prediction)
    padded[:, -1] = prediction[:, 0]
    try:
        return truth, prediction, padded, subject.values(truth, prediction)
    except Exception:
        raise NotChecked("it does not take sequences") from None


class _LastStepMasked(keras.layers.Layer):
    """Pass a sequence on, and mask its last step."""

    supports_masking = True

    def call(self, inputs):
        """Return the input."""
        return inputs

    def compute_mask(self, inputs, previous=None):
        """Return True for each step but the last."""
        steps = keras.ops.ones_like(inputs[..., 0], dtype="bool")
        return keras.ops.concatenate([steps[:, 1:], ~steps[:, :1]], axis=1)


def _masked(subject, truth, prediction):
    return evaluated(subject.model(prediction.shape[1:], _LastStepMasked), truth, prediction)


def saving(subject):
    """Yield a problem if a saved model does not come back with the same loss."""
    batch, loss = subject.batch, subject.loss
    known = {name_of(loss): type(loss) if subject.is_object else loss}
    try:
        model = subject.model(batch.y_pred.shape[1:])
        before = evaluated(model, batch.y_true, batch.y_pred)
    except Exception:
        raise NotChecked("a compiled model does not compute this loss") from None
    try:
        after = evaluated(_loaded(model, known), batch.y_true, batch.y_pred)
    except Exception as error:
        yield f"load_model raises {message_of(error)}.", _for_saving(loss), True
        return
    if not np.isclose(before, after, equal_nan=True, **_CLOSE):
        evidence = f"the loss of a batch is {before:.4g} before saving and {after:.4g} after it."
        yield evidence, _for_saving(loss), True


def _loaded(model, known):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        return keras.models.load_model(path, custom_objects=known)


def _for_saving(loss):
    if isinstance(loss, keras.losses.Loss):
        return "get_config: return {**super().get_config(), ...} with each argument of __init__"
    if name_of(loss) == "<lambda>":
        return "write a function with def: Keras saves a loss by its name"
    return "a function with a name at the top of a module, or a subclass of keras.losses.Loss"
