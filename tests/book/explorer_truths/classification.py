"""Truths of the explorers of the losses that classify."""

import numpy as np

from lossutils import activations, gradients, losses


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


def softmax_cross_entropy(at, rows):
    count = at["K"]
    z = np.array([at[f"z{k}"] for k in range(count)])
    c = min(at["chosen"], count - 1)
    given = {"labels": np.eye(count)[c], "logits": z}
    padded = np.zeros(5)
    p, gradient = padded.copy(), padded.copy()
    p[:count] = activations.softmax(z)
    gradient[:count] = gradients.softmax_cross_entropy_with_logits(**given)
    k = rows["logit"]["k"]
    return {
        "c": c,
        "z": np.append(z, np.full(5 - count, -np.inf)),
        "p": p,
        "loss": losses.softmax_cross_entropy_with_logits(**given),
        "gradient": gradient,
        "logit": z[k],
        "after": z[k] - 2 * gradient[k],
        "probability": p[rows["probability"]["k"]],
        "role": np.where(rows["role"]["k"] == c, "true class", "other class"),
    }
