"""Truth of the explorer of a total of two losses."""

import numpy as np
from scipy import optimize

from lossutils import gradients, losses

PLACES = {"mass": 2.0, "pulse": 8.0}


def of(function, name, x, unit=1.0):
    """Return a squared error, or its slope, of a number in a unit, as a function of the number."""
    x = np.asarray(x, dtype=float)
    return function(np.full_like(x, PLACES[name] * unit), x * unit)


def balance(factor):
    """Return where the slopes of both losses add up to 0, the first times a factor."""
    slope = lambda x: (  # noqa: E731
        factor * of(gradients.squared_error, "mass", x) + of(gradients.squared_error, "pulse", x)
    )
    return optimize.bisect(slope, *PLACES.values(), xtol=1e-15, rtol=8.9e-16)


def loss_weights(at, rows):
    weight, unit = 10.0 ** at["power"], at["unit"]
    best = balance(weight * unit**2)

    def mass(x):
        return 0.5 * unit**2 + of(losses.squared_error, "mass", x, unit)

    def pulse(x):
        return 0.5 + of(losses.squared_error, "pulse", x)

    def pull(name, x):
        """Return how strongly a loss, as it stands in the total, pulls to its own place."""
        if name == "mass":
            return weight * unit * of(gradients.squared_error, "mass", x, unit)
        return -of(gradients.squared_error, "pulse", x)

    x, ends = rows["mass"]["x"], rows["pull"]
    # Until it pulls with 16, or stands where the other loss is lowest.
    reach = min(6.0, 16 / pull("mass", 3.0))
    places = np.where(ends["name"] == "mass", 2 + reach * ends["end"], 2 + 6 * ends["end"])
    return {
        "weight": weight,
        "factor": weight * unit**2,
        "best": best,
        "mass_loss": mass(best),
        "pulse_loss": pulse(best),
        "lowest": weight * mass(best) + pulse(best),
        "mass_gradient": unit * of(gradients.squared_error, "mass", best, unit),
        "pulse_gradient": of(gradients.squared_error, "pulse", best),
        "reach": reach,
        "mass": weight * mass(x),
        "pulse": pulse(x),
        "total": weight * mass(x) + pulse(x),
        "place": places,
        "pull": [pull(name, place) for name, place in zip(ends["name"], places, strict=True)],
        "at": best,
        "low": weight * mass(best) + pulse(best),
        "meets": best,
        "both": pull("pulse", best),
    }
