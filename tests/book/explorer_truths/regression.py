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
    kind = list(LOSSES)[int(at["kind"])]
    loss, gradient = (getattr(module, LOSSES[kind]) for module in (losses, gradients))
    way = [(at["w"], at["b"])]
    for _ in range(30):
        w, b = way[-1]
        pulls = gradient(y, w * x + b)
        # Added up in the order of the page: near a kink the last bit decides on which side one is.
        turn, lift = sum(x * pulls), sum(pulls)
        way.append((w - at["rate"] * (turn / 5), b - at["rate"] * (lift / 5)))
    w, b = np.transpose(way)
    steps = int(at["steps"])
    cell = rows["height"]["cell"]
    centre_x, centre_y = cell % 24 * 0.5 - 1.75, cell // 24 * 0.5 - 1.75
    lines = centre_x[:, np.newaxis] * x + centre_y[:, np.newaxis]
    height = loss(np.broadcast_to(y, lines.shape), lines).sum(axis=1)
    return {
        "steepness": {"squared": 2, "absolute": 1e300, "Huber": 1}[kind],
        "limit": {"squared": 1e300, "absolute": 1, "Huber": 1}[kind],
        "slope": w,
        "intercept": b,
        "loss": loss(y, w[steps] * x + b[steps]).mean(),
        "height": height,
        "band": np.ceil(12 * np.sqrt(height / height.max())) - 1,
        "w": w[: steps + 1],
        "b": b[: steps + 1],
    }
