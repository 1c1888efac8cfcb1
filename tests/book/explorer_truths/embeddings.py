"""Truth of the explorer of six embeddings."""

import numpy as np

from lossutils import gradients, losses

CLASSES = np.repeat([0, 1, 2], 2)
PAIRS = np.triu_indices(6, 1)
IS_SAME = np.float64(CLASSES[PAIRS[0]] == CLASSES[PAIRS[1]])


def units(vectors):
    """Return the vectors with length 1, those of length 0 as they are, and the lengths."""
    length = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    return vectors / np.where(length == 0, 1, length), length


def contrastive(points, margin):
    """Return the losses of all pairs, and the derivative of their sum."""
    apart = points[PAIRS[0]] - points[PAIRS[1]]
    directions, distances = units(apart)
    named = {"same_label": 1, "margin": margin}
    slopes = gradients.contrastive_loss(IS_SAME, distances[:, 0], **named)[:, None] * directions
    gradient = np.zeros_like(points)
    np.add.at(gradient, PAIRS[0], slopes)
    np.add.at(gradient, PAIRS[1], -slopes)
    return losses.contrastive_loss(IS_SAME, distances[:, 0], **named), gradient


def triplet(points, margin):
    """Return the losses of all anchors, and the derivative of their sum."""
    return (
        losses.batch_hard_triplet_loss(CLASSES, points, margin=margin),
        gradients.batch_hard_triplet_loss(CLASSES, points, margin=margin),
    )


def info_nce(points, temperature):
    """Return the losses of the three queries, and the derivative of their sum."""
    vectors, lengths = units(points)
    queries, keys = vectors[::2], vectors[1::2]
    of_queries, of_keys = gradients.info_nce(queries, keys, temperature=temperature)
    along = np.stack([of_queries, of_keys], axis=1).reshape(6, 2)
    across = along - (along * vectors).sum(axis=1, keepdims=True) * vectors
    gradient = np.where(lengths == 0, 0, across / np.where(lengths == 0, 1, lengths))
    return losses.info_nce(queries, keys, temperature=temperature), gradient


def right_queries(points):
    """Count the queries whose own key has the largest cosine; a tie does not count."""
    vectors, _ = units(points)
    cosines = [[q[0] * k[0] + q[1] * k[1] for k in vectors[1::2]] for q in vectors[::2]]
    return sum(row[i] > max(row[:i] + row[i + 1 :]) for i, row in enumerate(cosines))


def embeddings(at, rows):
    points = np.array([[at[f"x{i}"], at[f"y{i}"]] for i in range(6)])
    if at["kind"] == 2:
        values, gradient = info_nce(points, at["tau"])
    else:
        values, gradient = (contrastive, triplet)[at["kind"]](points, at["margin"])
    pulls = np.sqrt(np.square(gradient).sum(axis=1))
    index = rows["tip_x"]["i"].astype(int)
    tips = points - gradient / np.maximum(2, pulls / 0.6)[:, None]
    angles, radius = rows["ring_x"]["angle"], 0 if at["kind"] == 2 else at["margin"]
    x, y = points[at["point"]]
    return {
        "value": values.mean(),
        "count": right_queries(points) if at["kind"] == 2 else np.sum(values > 0),
        **{f"g{axis}{i}": gradient[i, k] for i in range(6) for k, axis in enumerate("xy")},
        **{f"pull{i}": pull for i, pull in enumerate(pulls)},
        "pull": pulls[at["point"]],
        "x": points[index, 0],
        "y": points[index, 1],
        "tip_x": tips[index, 0],
        "tip_y": tips[index, 1],
        "group": np.array([*"AABBCC"])[index],
        "ring_x": x + radius * np.cos(angles),
        "ring_y": y + radius * np.sin(angles),
    }
