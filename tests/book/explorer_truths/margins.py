"""Truth of the explorer of the hinge loss."""

import numpy as np
import tensorflow as tf

from lossutils import gradients, losses


def in_tensorflow(at, label, score):
    """Return what the function that was chosen makes of one label, in TensorFlow itself."""
    labels, scores = np.array([[label]], dtype=float), np.array([[score]], dtype=float)
    if at["kind"] == 0:
        return float(tf.maximum(0.0, 1.0 - labels * scores)[0, 0])
    if at["kind"] == 1:
        return float(tf.compat.v1.losses.hinge_loss(labels, scores))
    if at["mark"] and not at["signed"]:
        labels, scores = np.append(labels, [[-1.0]], axis=0), np.append(scores, [[0.0]], axis=0)
    return float(tf.keras.losses.hinge(labels, scores)[0])


def taken_as(at, label):
    """Return the label that the function works with, from its values at the scores -5 and 5."""
    below, above = (in_tensorflow(at, label, score) for score in (-5, 5))
    return (below - 1) / 5 if below > 1 else (1 - above) / 5


def hinge(at, rows):
    signed = {"label_values": (-1, 1)}
    label = int(at["positive"]) or (-1 if at["signed"] else 0)
    taken, sign = taken_as(at, label), 1 if at["positive"] else -1
    x = rows["right"]["x"]

    def both(label, scores):  # a label of another size is a score of another size
        scores = abs(label) * np.asarray(scores)
        labels = np.full_like(scores, 1 if label >= 0 else -1)
        slopes = abs(label) * gradients.hinge_loss(labels, scores, **signed)
        return losses.hinge_loss(labels, scores, **signed), slopes

    (loss, slope), (right_loss, right_slope) = both(taken, at["f"]), both(sign, at["f"])
    return {
        "label": label,
        "taken": taken,
        "sign": sign,
        "loss": loss,
        "slope": slope,
        "right_loss": right_loss,
        "right_slope": right_slope,
        "right": both(sign, x)[0],
        "this function": both(taken, x)[0],
        "now": np.where(rows["now"]["name"] == "right", right_loss, loss),
        "at": at["f"],
    }
