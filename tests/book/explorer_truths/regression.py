"""Truths of the explorers of the losses for numbers."""

import numpy as np
from scipy import optimize

from lossutils import gradients, losses

LOSSES = {
    "squared": "squared_error",
    "absolute": "absolute_error",
    "Huber": "huber_loss",
    "pseudo-Huber": "pseudo_huber_loss",
    "log-cosh": "log_cosh",
}


def balanced(gradient, points, **options):
    """Return where the gradients of all points add up to 0, found by bisection."""
    sides = points.min(), points.max()
    pull = lambda c: np.sum(gradient(points, np.full_like(points, c), **options))  # noqa: E731
    return optimize.bisect(pull, *sides, xtol=1e-14, rtol=8.9e-16)


def estimates(at, rows):
    points = np.array([1, 2, 3, 4] + [at["v"]] * int(at["n"]), dtype=float)
    delta = {"delta": at["delta"]}
    optima = {
        "mean": points.mean(),
        "median": np.median(points),
        "huber": balanced(gradients.huber_loss, points, **delta),
        "pseudo": balanced(gradients.pseudo_huber_loss, points, **delta),
        "logcosh": balanced(gradients.log_cosh, points),
    }
    r = rows["squared"]["r"]
    options = {"Huber": delta, "pseudo-Huber": delta}
    curves = {
        name: getattr(losses, loss)(np.zeros_like(r), r, **options.get(name, {}))
        for name, loss in LOSSES.items()
    }
    estimated = np.array(list(optima.values()))[rows["c"]["k"]]
    return {
        **optima,
        **curves,
        "v": at["v"],
        "times": f"× {at['n']:.0f}",
        "c": estimated,
    }


def descent(at, rows):
    x, y = np.linspace(-1, 1, 5), np.array([-1, 0, 1, 2, 3 + at["lift"]])
    ways = np.stack([way(name, x, y, at) for name in DESCENDING], axis=-1)
    slopes, intercepts = ways
    steps = int(at["steps"])
    slope, intercept = ways[:, steps]
    values = [
        getattr(losses, LOSSES[name])(y, slope[j] * x + intercept[j])
        for j, name in enumerate(DESCENDING)
    ]
    cell = rows["height"]["cell"]
    centre_x, centre_y = cell % 24 * 0.5 - 1.75, cell // 24 * 0.5 - 1.75
    lines = centre_x[:, np.newaxis] * x + centre_y[:, np.newaxis]
    mapped = getattr(losses, LOSSES[DESCENDING[int(at["kind"])]])
    height = mapped(np.broadcast_to(y, lines.shape), lines).sum(axis=1)
    drawn, ends = rows["line"]["j"], rows["line"]["x"]
    way_j, way_k = (np.array(rows["w"][key], dtype=int) for key in "jk")
    return {
        "top": 3 + at["lift"],
        "slope": slopes,
        "intercept": intercepts,
        "loss": np.mean(values, axis=1),
        "place": y,
        "line": slope[drawn] * ends + intercept[drawn],
        "height": height,
        "band": np.ceil(12 * np.sqrt(height / height.max())) - 1,
        "w": slopes[way_k, way_j],
        "b": intercepts[way_k, way_j],
    }


DESCENDING = ["squared", "absolute", "Huber"]


def way(name, x, y, at):
    """Return slope and intercept after each of 30 steps, in two rows."""
    gradient = getattr(gradients, LOSSES[name])
    steps = [(at["w"], at["b"])]
    for _ in range(30):
        w, b = steps[-1]
        pulls = gradient(y, w * x + b)
        # Added up in the order of the page: near a kink the last bit decides on which side one is.
        turn, lift = sum(x * pulls), sum(pulls)
        steps.append((w - at["rate"] * (turn / 5), b - at["rate"] * (lift / 5)))
    return np.transpose(steps)
