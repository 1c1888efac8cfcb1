"""Truth of the explorer of reductions."""

import numpy as np

from lossutils import reductions


def weighted_means(at, rows):
    losses = np.array([1.0, 2.0, 0.0, 4.0])
    weights = at["scale"] * np.array([at[f"w{k}"] for k in range(4)])
    means = np.array(
        [
            reductions.reduce_loss(losses, weights),
            reductions.reduce_loss(losses, weights, reduction="mean_with_sample_weight"),
            reductions.sum_by_nonzero_weights(losses, weights),
        ]
    )
    bars = rows["value"]
    weighted = reductions.reduce_loss(losses, weights, reduction=None)
    return {
        "total": reductions.reduce_loss(losses, weights, reduction="sum"),
        "of_weights": weights.sum(),
        "nonzero": np.count_nonzero(weights),
        "means": means,
        "value": np.where(bars["of"] == "loss", losses[bars["k"]], weighted[bars["k"]]),
        "mean": means[rows["mean"]["k"]],
    }
