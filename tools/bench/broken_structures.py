"""Batches with a mistake of the last layer, of several labels, of sequences or of pictures."""

import numpy as np

from lossutils.activations import softmax
from tools.bench.healthy_batches import embeddings, focal, pictures, sounds
from tools.bench.simulated import (
    Batch,
    binary_batch,
    cast,
    classes_batch,
    quantities,
    some_rows,
)

DISTANCES = ("mse", "mae", "huber", "log_cosh")


def _last_layer(rng, rows):
    batch = classes_batch(rng, rows, labels="sparse", from_logits=True)
    scores = batch.y_pred - np.median(batch.y_pred)
    return Batch(batch.y_true, np.maximum(scores, 0), batch.options)


def _regression(rng, rows, d=None):
    batch = quantities(rng, rows, str(rng.choice(DISTANCES)), d)
    return Batch(batch.y_true - np.median(batch.y_true), batch.y_pred, batch.options)


def _output_range(rng, rows):
    y, p, options = _regression(rng, rows)
    return Batch(y, np.maximum(p - np.median(p), 0), options)


def _softmax_regression(rng, rows):
    y, p, options = _regression(rng, rows, d=int(rng.integers(2, 9)))
    return Batch(y, softmax(p.astype("float64")).astype("float32"), options)


def _target_scale(rng, rows):
    y, p, options = _regression(rng, rows)
    return Batch(y * np.float32(10 ** rng.uniform(4, 8)), p, options | {"trained": True})


def _constant_output(rng, rows):
    y, p, options = _regression(rng, rows)
    return Batch(y, np.repeat(p[:1], len(p), axis=0), options | {"trained": True})


def _return_sequences(rng, rows):
    batch, steps = binary_batch(rng, rows), int(rng.integers(2, 20))
    return Batch(batch.y_true, np.repeat(batch.y_pred[:, None], steps, axis=1), batch.options)


def _pos_weight(rng, rows):
    batch = binary_batch(rng, rows, from_logits=True)
    frequent = np.float32(rng.random(batch.y_true.shape) < 0.9)
    options = {"loss": "binary_crossentropy", "from_logits": True, "pos_weight": 5.0}
    return Batch(frequent, batch.y_pred, options)


def _softmax_multi_label(rng, rows):
    batch = binary_batch(rng, rows, k=int(rng.integers(3, 20)), from_logits=True)
    y = batch.y_true.copy()
    y[0, :2] = 1
    loss = str(rng.choice(["binary_crossentropy", "categorical_crossentropy"]))
    return Batch(y, softmax(batch.y_pred), {"loss": loss})


def _focal_gamma(rng, rows):
    batch = focal(rng, rows)
    p = np.where(batch.y_true == 1, 1.0, batch.y_pred)
    p[0] = batch.y_true[0]
    return Batch(batch.y_true, p, batch.options | {"gamma": float(rng.uniform(0.1, 0.9))})


def _ctc_padding(rng, rows):
    batch = sounds(rng, rows)
    y = batch.y_true.copy()
    y[0, -1] = 0
    return Batch(np.where(y == 0, -1, y), batch.y_pred, batch.options)


def _ctc_frames(rng, rows):
    y, p, options = sounds(rng, rows)
    y[0] = 1
    return Batch(y, p[:, : y.shape[1]], options)


def _collapsed_embeddings(rng, rows):
    batch = embeddings(rng, (max(4, some_rows(rng, rows)),) * 2)
    middle = batch.y_pred.mean(axis=0)
    return Batch(batch.y_true, middle + 0.001 * batch.y_pred, batch.options)


def _posterior_collapse(rng, rows):
    batch = pictures(rng, rows)
    middle = np.repeat(batch.y_true.mean(axis=0)[None], len(batch.y_true), axis=0)
    return Batch(batch.y_true, cast(rng, middle), batch.options)


STRUCTURES = {
    "last-layer": _last_layer,
    "output-range": _output_range,
    "softmax-regression": _softmax_regression,
    "target-scale": _target_scale,
    "constant-output": _constant_output,
    "return-sequences": _return_sequences,
    "pos-weight": _pos_weight,
    "softmax-multi-label": _softmax_multi_label,
    "focal-gamma": _focal_gamma,
    "ctc-padding": _ctc_padding,
    "ctc-frames": _ctc_frames,
    "collapsed-embeddings": _collapsed_embeddings,
    "posterior-collapse": _posterior_collapse,
}
