"""Truth of the explorer of a predicted variance."""

import numpy as np

from lossutils import gradients, losses
from lossutils.book.explorers import likelihoods

NOISE = np.array(likelihoods.NOISE)
X = np.arange(20) / 19


def spread(at, x):
    """Return the predicted standard deviation: its logarithm runs straight from end to end."""
    return np.exp(np.interp(x, [0, 1], np.log([at["left"], at["right"]])))


def nll(at, times=1.0):
    """Return the mean Gaussian loss of the 20 points, with both spreads times a factor."""
    line = np.full(20, at["shift"])
    variance = np.square(times * spread(at, X))
    return losses.gaussian_negative_log_likelihood(NOISE, line, variance=variance).mean()


def variance(at, rows):
    line = np.full(20, at["shift"])
    squared = losses.squared_error(NOISE, line)
    over = squared / np.square(spread(at, X))
    x, times = rows["middle"]["x"], rows["times"]["times"]
    best = np.sqrt(over.mean())
    by_mean, _ = gradients.gaussian_negative_log_likelihood(
        NOISE, line, variance=np.square(spread(at, X))
    )
    return {
        "squared": squared.mean(),
        "standardised": over.mean(),
        "loss": nll(at),
        "factor": best,
        "lowest": nll(at, best),
        "pull": by_mean.mean(),
        "pull_squared": gradients.squared_error(NOISE, line).mean() / 2,
        "rms_left": np.sqrt(squared[:10].mean()),
        "rms_right": np.sqrt(squared[10:].mean()),
        "middle": 1 + x + at["shift"],
        "low": 1 + x + at["shift"] - 2 * spread(at, x),
        "high": 1 + x + at["shift"] + 2 * spread(at, x),
        "times": 10.0 ** rows["times"]["power"],
        "Gaussian": np.array([nll(at, factor) for factor in times]),
        "half the squared error": squared.mean() / 2,
        "now": nll(at),
        "best": best,
    }
