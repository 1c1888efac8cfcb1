"""A loss that is tried out: its numbers for a batch, as Keras asks for them, and its gradient."""

import inspect
import re

import keras
import numpy as np
import tensorflow as tf

from lossutils.checking.batches import Batch

DTYPE = "float32"  # what Keras hands to a loss
COLUMN = "y_true[:, 2] is a column; y_true[2] is an example"


class NotChecked(Exception):  # noqa: N818, it is not an error
    """A rule cannot be tried on this loss; the text says why."""


class Subject:
    """A loss and the batch it is tried on."""

    def __init__(self, loss, batch: Batch) -> None:
        self.loss = loss
        self.batch = batch
        self.is_object = isinstance(loss, keras.losses.Loss)
        self._models: dict = {}

    @property
    def size(self):
        """Return the number of examples."""
        return len(self.batch.y_true)

    def call(self, y_true, y_pred):
        """Return the numbers for two tensors, before Keras reduces them."""
        return self.loss.call(y_true, y_pred) if self.is_object else self.loss(y_true, y_pred)

    def values(self, y_true=None, y_pred=None, dtype=DTYPE):
        """Return the numbers for two arrays; without arrays, those of the batch."""
        y_true, y_pred = self._pair(y_true, y_pred, dtype)
        numbers = self.call(y_true, y_pred)
        if numbers is None:
            raise TypeError("the loss returns None, so its last line should begin with return")
        return np.asarray(numbers)

    def per_example(self):
        """Return the numbers of the batch, if there is one for each example or position of it."""
        values, shape = self.values(), self.batch.y_pred.shape
        kept = values.ndim == len(shape) > 1 and values.shape[-1] == 1  # as with keepdims=True
        counted = values.shape[:-1] if kept else values.shape
        if not counted or len(counted) == len(shape) > 1 or counted != shape[: len(counted)]:
            raise NotChecked("there is not one number per example")
        return values

    def slope(self, y_true=None, y_pred=None, dtype=DTYPE):
        """Return the gradient of the sum of the numbers, or None where there is none."""
        y_true, y_pred = self._pair(y_true, y_pred, dtype)
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            total = tf.reduce_sum(self.call(y_true, y_pred))
        gradient = tape.gradient(total, y_pred)
        return None if gradient is None else np.asarray(tf.convert_to_tensor(gradient))

    def _pair(self, y_true, y_pred, dtype):
        y_true = self.batch.y_true if y_true is None else y_true
        y_pred = self.batch.y_pred if y_pred is None else y_pred
        if not self.is_object and y_pred.shape == (*y_true.shape, 1):
            y_true = y_true[..., np.newaxis]  # as `compile` does for a function
        return tf.constant(y_true, dtype), tf.constant(y_pred, dtype)

    def first_ignored(self):
        """Return weights that are 0 for the first example, and predictions that differ in it."""
        shape = self.values().shape or (self.size,)
        weight, changed = np.ones(shape, "float32"), np.array(self.batch.y_pred)
        weight[0], changed[0] = 0, changed[-1]
        return weight, changed

    def evaluated(self, y_pred=None, y_true=None, sample_weight=None):
        """Return the loss that a compiled model reports when it outputs these predictions."""
        y_pred = self.batch.y_pred if y_pred is None else y_pred
        y_true = self.batch.y_true if y_true is None else y_true
        return evaluated(self.model(y_pred.shape[1:]), y_true, y_pred, sample_weight)

    def model(self, shape, layer=keras.layers.Identity):
        """Return a model that outputs its input, compiled with the loss."""
        if (shape, layer) not in self._models:
            model = keras.Sequential([keras.Input(shape), layer()])
            model.compile(loss=self.loss, run_eagerly=True)
            self._models[shape, layer] = model
        return self._models[shape, layer]


def evaluated(model, y_true, y_pred, sample_weight=None):
    """Return the loss of a model for one batch, as `evaluate` does, without its input pipeline."""
    arrays = (None if a is None else tf.constant(a) for a in (y_pred, y_true, sample_weight))
    model.reset_metrics()
    return float(model.test_on_batch(*arrays))


def name_of(loss):
    """Return the name by which the reader knows the loss."""
    return getattr(loss, "__name__", None) or type(loss).__name__


def first_names(loss):
    """Return the names of the first two parameters; fewer where they cannot be read."""
    function = loss.call if isinstance(loss, keras.losses.Loss) else loss
    try:
        return list(inspect.signature(function).parameters)[:2]
    except (TypeError, ValueError):
        return []


def message_of(error):
    """Return what an error says, without where it was raised, cut where it is long."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    in_graph = bool(lines) and lines[0].startswith(("in user code", "Graph execution error"))
    if in_graph:
        lines = [line for line in lines if not line.startswith("[[")][-1:]
    text = " ".join(lines) or "no message"
    text = re.sub(r"\{\{.*?\}\} ?|\s*\[Op:\w+\].*", "", text).rstrip(". ")
    name = "" if re.match(r"\w+Error: ", text) else f"{type(error).__name__}: "
    return f"{name}{text[:140]}"


def shown(numbers):
    """Return numbers as the report shows them: the first few, with four digits."""
    flat = np.ravel(numbers)
    text = ", ".join(f"{number:.4g}" for number in flat[:6])
    text += ", ..." if flat.size > 6 else ""
    return text if np.ndim(numbers) == 0 else f"[{text}]"
