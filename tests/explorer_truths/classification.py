"""Truths of the explorers of the losses that classify."""

import numpy as np

from lossutils import activations, losses


def double_softmax(at, rows):
    z = np.array([at["z0"], at["z1"], at["z2"]])
    p = activations.softmax(z)
    q = activations.softmax(p)
    labels = np.eye(3)[at["c"]]
    once = losses.softmax_cross_entropy_with_logits(labels=labels, logits=z)
    twice = losses.softmax_cross_entropy_with_logits(labels=labels, logits=p)
    x = rows["one"]["x"]
    moved = np.where(labels, x[:, np.newaxis], z)
    bars = rows["probability"]
    both = np.where(bars["softmax"] == "once", p[bars["k"]], q[bars["k"]])
    perfect = np.eye(3)
    ends = losses.softmax_cross_entropy_with_logits(labels=perfect[[0, 1]], logits=perfect[[0, 0]])
    labels = np.broadcast_to(labels, moved.shape)
    return {
        "here": z[at["c"]],
        "p": p,
        "q": q,
        "once": once,
        "twice": twice,
        "loss": twice if at["second"] else once,
        "floor": ends[0],
        "ceiling": ends[1],
        "one": losses.softmax_cross_entropy_with_logits(labels=labels, logits=moved),
        "two": losses.softmax_cross_entropy_with_logits(
            labels=labels, logits=activations.softmax(moved)
        ),
        "limit": np.where(rows["limit"]["name"] == "floor", *ends),
        "at": z[at["c"]],
        "now": twice if at["second"] else once,
        "probability": both,
    }
