"""Healthy programs of many kinds, about which the diagnosis has to be silent.

Each must really learn: its loss at the end has to be below that of the best constant prediction.
The constants that are tried: the mean of the model's predictions, and mean, quantiles and class
frequencies of the labels.
"""

import zlib

import keras
import numpy as np

from tools.bench.programs.healthy_arrays import ARRAYS
from tools.bench.programs.healthy_eighth import EIGHTH
from tools.bench.programs.healthy_fifth import FIFTH
from tools.bench.programs.healthy_fourth import FOURTH
from tools.bench.programs.healthy_masks import MASKS
from tools.bench.programs.healthy_second import SECOND
from tools.bench.programs.healthy_seventh import SEVENTH
from tools.bench.programs.healthy_sixth import SIXTH
from tools.bench.programs.healthy_structures import STRUCTURES
from tools.bench.programs.healthy_tables import TABLES
from tools.bench.programs.measure import measured

KINDS = {
    "of tables": TABLES,
    "of pictures, sequences and several outputs": ARRAYS,
    "near to a rule": STRUCTURES,
    "with a mask, or a loss along a different axis": MASKS,
    "of the second set": SECOND,  # these three were written without knowledge of the rules
    "of the third set": FOURTH,
    "of the fourth set": FIFTH,
    "of the fifth set": SIXTH,
    "of the sixth set": SEVENTH,
    "of the seventh set": EIGHTH,
}
HEALTHY = {name: program for programs in KINDS.values() for name, program in programs.items()}
MARGIN = 0.02


def built(name):
    """Return a healthy program, always with the same weights."""
    keras.utils.set_random_seed(zlib.crc32(name.encode()) % 1000)
    return HEALTHY[name]()


def judged(program):
    """Train a program; return what was found, and whether it learns."""
    result = measured(program)
    if result["raises"]:
        return result | {"learns": False}
    end, constant = end_and_constant(program)
    return result | {"end": end, "constant": constant, "learns": beats(end, constant)}


def beats(end, constant):
    """Return whether a loss is clearly below that of the best constant."""
    return bool(end < constant - MARGIN * abs(constant))


def end_and_constant(program):
    """Return the loss of the trained model, and that of the best constant prediction."""
    if program.judge:
        return program.judge(program)
    outputs = program.model(program.x, training=False)
    masks = keras.tree.map_structure(lambda tensor: getattr(tensor, "_keras_mask", None), outputs)
    predictions = keras.tree.map_structure(np.asarray, outputs)
    losses = [_loss(program, constant, masks) for constant in _constants(program.y, predictions)]
    return _loss(program, predictions, masks), min(filter(np.isfinite, losses), default=np.nan)


def _loss(program, predictions, masks):
    """Return the loss without what the model masks; of a loss written by hand, batch by batch."""
    rows = len(keras.tree.flatten(program.y)[0])
    by_hand = callable(program.model.loss) and not isinstance(program.model.loss, keras.losses.Loss)
    size = min(program.batch_size, rows) if by_hand else rows
    values = (program.y, predictions, masks, program.sample_weight)
    starts = range(0, rows - size + 1, size)
    return float(np.mean([_of_batch(program, *_rows(values, i, i + size)) for i in starts]))


def _of_batch(program, y, predictions, masks, weights):
    y, predictions = keras.tree.map_structure(keras.ops.convert_to_tensor, (y, predictions))
    for prediction, mask in zip(*map(keras.tree.flatten, (predictions, masks)), strict=True):
        prediction._keras_mask = mask  # where Keras' losses look for it
    return program.model.compute_loss(program.x, y, predictions, weights)


def _rows(values, start, end):
    return keras.tree.map_structure(lambda v: None if v is None else v[start:end], values)


def _constants(y, predictions):
    """Yield predictions that are the same for every example."""
    yield keras.tree.map_structure(_mean, predictions)
    if isinstance(y, np.ndarray):
        for value in _from_labels(y, predictions):
            yield np.broadcast_to(value, predictions.shape).astype(predictions.dtype)


def _mean(predictions):
    """Return the mean of the predictions for every example, of unit length if they are."""
    mean = predictions.mean(axis=0, dtype="float32")
    if np.allclose(np.linalg.norm(predictions.astype("float32"), axis=-1), 1, atol=1e-3):
        mean = mean / np.linalg.norm(mean)
    return np.broadcast_to(mean.astype(predictions.dtype), predictions.shape)


def _from_labels(y, predictions):
    shape, rows = predictions.shape, predictions.sum(axis=-1, dtype="float32")
    if y.size == np.prod(shape):
        same = y.reshape(shape).astype("float64")
        yield same.mean(axis=0)
        if shape[-1] == 1 or not np.allclose(rows, 1, atol=0.02):  # no distribution of classes
            yield from np.quantile(same, np.arange(0.05, 1, 0.05), axis=0)
    elif np.issubdtype(y.dtype, np.integer) and y.min() >= 0 and y.max() < shape[-1]:
        shares = np.bincount(y.ravel(), minlength=shape[-1]) / y.size + 1e-7
        yield from (shares, np.log(shares))
