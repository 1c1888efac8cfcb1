"""Truth of the explorer of two trainings that race each other."""

import numpy as np

from lossutils import activations, gradients, losses


def race(at, rows):
    ways = {"cross": [at["z"]], "squared": [at["z"]]}
    for _ in range(60):
        for name, z in ways.items():
            z.append(z[-1] - at["rate"] * SLOPES[name](z[-1]))
    cross, squared = np.array(list(ways.values()))
    both, steps = np.stack([cross, squared]), int(at["steps"])
    drawn, heights = rows["curve"], rows["height"]
    return {
        "cross": cross,
        "squared": squared,
        "cross_p": activations.sigmoid(cross[steps]),
        "squared_p": activations.sigmoid(squared[steps]),
        "cross_half": np.sum(cross < 0),
        "squared_half": np.sum(squared < 0),
        "curve": losses_of(drawn["x"], drawn["r"]),
        "at": both[:, steps],
        "now": losses_of(both[:, steps], np.arange(2)),
        "start": at["z"],
        "height": losses_of(both[heights["r"].astype(int), heights["k"].astype(int)], heights["r"]),
    }


def cross_entropy(z):
    return losses.sigmoid_cross_entropy_with_logits(labels=np.ones_like(z), logits=z)


def squared_error(z):
    """Return the squared error of the probability; that of the other class keeps its digits."""
    return losses.squared_error(np.zeros_like(z), activations.sigmoid(-z))


def squared_error_slope(z):
    """Return the slope at the logit: by the chain rule, as for the other class with its sign."""
    miss = activations.sigmoid(-z)
    return -gradients.squared_error(0.0, miss) * miss * activations.sigmoid(z)


def cross_entropy_slope(z):
    return gradients.sigmoid_cross_entropy_with_logits(labels=1.0, logits=z)


SLOPES = {"cross": cross_entropy_slope, "squared": squared_error_slope}


def losses_of(z, runners):
    z = np.asarray(z, dtype=float)
    return np.where(np.asarray(runners) == 0, cross_entropy(z), squared_error(z))
