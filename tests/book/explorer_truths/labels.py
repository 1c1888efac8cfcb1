"""Truths of the explorers of labels."""

import numpy as np

from lossutils import activations, gradients, losses
from lossutils.book.explorers.core import numbers


def soft_labels(at, rows):
    z = np.array([at["z0"], at["z1"], at["z2"]])
    row = [0, 0, 1] if at["hard"] else numbers("004-12", "labels")[0]
    y, p = losses.smooth_labels(row, at["s"]), activations.softmax(z)
    entropy = losses.categorical_cross_entropy(y, y)
    loss = losses.softmax_cross_entropy_with_logits(labels=y, logits=z)
    is_floor = rows["low"]["part"] == "entropy"
    bars = rows["share"]
    return {
        "y": y,
        "p": p,
        "loss": loss,
        "entropy": entropy,
        "divergence": losses.kl_divergence(y, p),
        "share": np.where(bars["of"] == "label", y[bars["k"]], p[bars["k"]]),
        "low": np.where(is_floor, 0, entropy),
        "high": np.where(is_floor, entropy, loss),
    }


def sparse_labels(at, rows):
    z, c = np.array([at["z0"], at["z1"], at["z2"]]), at["c"]
    row, p = np.equal(c, range(3)), activations.softmax(z)
    terms = losses.softmax_cross_entropy_with_logits(labels=np.eye(3), logits=np.tile(z, (3, 1)))
    index = {"labels": c, "logits": z}
    inside = c in range(3)
    gradient = gradients.sparse_softmax_cross_entropy_with_logits(**index) if inside else p
    k = rows["term"]["k"]
    return {
        "row": row.astype(int),
        "p": p,
        "terms": terms,
        "by_index": losses.sparse_softmax_cross_entropy_with_logits(**index) if inside else None,
        "by_row": losses.softmax_cross_entropy_with_logits(labels=row.astype(float), logits=z),
        "gradient": gradient,
        "term": terms[k],
        "factor": np.where(row[k], "× 1", "× 0"),
        "slope": gradient[rows["slope"]["k"]],
    }
