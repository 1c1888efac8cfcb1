"""Truths of the explorers of losses for two classes."""

import numpy as np
from scipy import optimize, stats

from lossutils import gradients, losses


def share_at(threshold, pos_weight):
    """Return the share of positives at which a weighted model ends at the threshold."""
    z = np.log(threshold / (1 - threshold))
    inputs = {"labels": np.array([1.0, 0.0]), "logits": np.array([z, z]), "pos_weight": pos_weight}
    positive, negative = gradients.weighted_cross_entropy_with_logits(**inputs)
    # It ends where share * positive + (1 - share) * negative is 0.
    return negative / (negative - positive)


def pos_weight(at, rows):
    share = share_at(at["t"], at["q"])
    line = np.log(share) - np.log1p(-share)
    mean = -np.log(9)
    negatives = stats.norm(mean - 2.25, np.sqrt(4.5))
    positives = stats.norm(mean + 2.25, np.sqrt(4.5))
    hits, alarms = 0.1 * positives.sf(line), 0.9 * negatives.sf(line)
    z = rows["positives"]["z"]
    return {
        "line": line,
        "share": share,
        "recall": positives.sf(line),
        "alarms": negatives.sf(line),
        "precision": hits / (hits + alarms),
        "negatives": 0.9 * negatives.pdf(z),
        "positives": 0.1 * positives.pdf(z),
        "edge": line,
    }


def focal(at, rows):
    options = {"gamma": at["gamma"], "alpha": at["alpha"] if at["balancing"] else None}
    negative = losses.binary_focal_cross_entropy(0.0, 1 - at["easy"], **options)
    positive = losses.binary_focal_cross_entropy(1.0, 0.3, **options)
    part = 10 * positive / (10 * positive + 990 * negative)
    p = rows["this gamma"]["p"]
    ones = np.ones_like(p)
    examples = np.array([at["easy"], 0.3])[rows["at"]["k"]]
    without = losses.binary_focal_cross_entropy(np.ones_like(examples), examples, gamma=at["gamma"])
    return {
        "negative": negative,
        "positive": positive,
        "part": part,
        "gamma 0": losses.binary_cross_entropy(ones, p),
        "this gamma": losses.binary_focal_cross_entropy(ones, p, gamma=at["gamma"]),
        "made": np.where(rows["made"]["k"], part, 1 - part),
        "at": examples,
        "now": without,
    }


def swapped(at, rows):
    def loss(labels, logits):
        labels, logits = np.broadcast_arrays(labels, logits)
        return losses.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    v, y = at["v"], at["y"]
    x = rows["right"]["x"]
    right, wrong = loss(y, v), loss(v, y)
    return {
        "loss": right,
        "swap": wrong,
        "slope": gradients.sigmoid_cross_entropy_with_logits(labels=y, logits=v),
        "swap_slope": loss(1.0, y) - loss(0.0, y),  # of a straight line
        "crossing": optimize.bisect(lambda v: loss(v, y), 0, 100, xtol=1e-13) if y else None,
        "right": loss(y, x),
        "swapped": loss(x, y),
        "now": np.where(rows["now"]["name"] == "right", right, wrong),
        "at": v,
    }
