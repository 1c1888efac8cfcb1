"""Truth of the explorer of the step: NumPy computes the losses in the dtype itself.

The slopes are those of `lossutils` in float64; for the truncation error, mpmath finds the third
derivative.
"""

import functools

import mpmath
import numpy as np

from lossutils import gradients
from lossutils.book.explorers import differences, slopes

GAP = differences.GAP
PSEUDO_HUBER, TOO_LOW_COSTS_MORE, ABSOLUTE = slopes.LOSSES.values()
LOSSES = {
    PSEUDO_HUBER: lambda e: np.sqrt(1 + e * e) - 1,
    TOO_LOW_COSTS_MORE: lambda e: np.where(e < 0, 3 * (e * e), e * e),
    ABSOLUTE: abs,
}
SLOPES = {
    PSEUDO_HUBER: gradients.pseudo_huber_loss,
    TOO_LOW_COSTS_MORE: gradients.squared_error,  # the prediction is too high
    ABSOLUTE: gradients.absolute_error,
}


class Case:
    """A loss, its truth and its prediction in their dtype, and a gradient that is tested."""

    def __init__(self, *, bits, kind, truth, planted=0, **step):
        self.dtype = {64: np.float64, 32: np.float32}[bits]
        self.kind, self.truth, self.x = kind, self.dtype(truth), self.dtype(truth + GAP)
        self.gradient = SLOPES[kind](np.float64(self.truth), np.float64(self.x))
        self.error = planted / 100  # it is in percent
        self.tested = self.gradient * (1 + self.error)
        self.noise = float(np.finfo(self.dtype).eps) * max(1.0, truth + GAP)
        self.curvature = curvature() if kind == PSEUDO_HUBER else 0.0

    def loss(self, place):
        """Return the loss at a place, in its dtype."""
        value = LOSSES[self.kind](np.asarray(place, dtype=self.dtype) - self.truth)
        assert value.dtype == self.dtype
        return value

    def difference(self, step):
        """Return the central difference, computed in the dtype."""
        h = np.asarray(step, dtype=self.dtype)
        value = (self.loss(self.x + h) - self.loss(self.x - h)) / (2 * h)
        assert value.dtype == self.dtype
        return value.astype(np.float64)

    def distances(self, step):
        """Return how far the difference is from the right gradient, and from the tested one."""
        slope = self.difference(step)
        return [abs(slope - which) / self.gradient for which in (self.gradient, self.tested)]

    def valley(self):
        """Return where the two estimates are equal, or the corner, and their sum there."""
        best = np.cbrt(self.noise / self.curvature) if self.curvature else GAP
        return {"best": best, "depth": self.noise / best + self.curvature * best**2}

    def in_steps(self, u, h):
        """Return how far the loss is above that of the prediction, so many steps away."""
        step = np.float64(self.dtype(h))
        rise = np.float64(self.loss(self.x + u * step)) - np.float64(self.loss(self.x))
        return rise / (step * self.gradient)


def size(power):
    """Return ten to a power with three digits."""
    return np.vectorize(lambda k: float(f"{10.0**k:.2e}"))(power)


@functools.cache
def curvature():
    """Return the third derivative of the pseudo-Huber loss, divided by 6 times the first."""
    with mpmath.workdps(40):
        first, third = (
            mpmath.diff(lambda e: mpmath.sqrt(1 + e**2), mpmath.mpf(str(GAP)), n) for n in (1, 3)
        )
        return float(abs(third) / 6 / first)


def numerical_slope(at, rows):
    case, h = Case(**at), size(at["power"])
    estimated, drawn = (
        size(rows[field]["n"] / slopes.PER_POWER + slopes.SMALLEST)
        for field in ("rounding", "drawn")
    )
    right, tested = case.distances(drawn)
    which = np.where(rows["drawn"]["name"] == "right", right, tested)
    return {
        **chosen(case, h),
        **case.valley(),
        **magnified(case, h, rows["loss"]["u"]),
        "right": right,
        "under test": tested,
        "drawn": np.maximum(1e-16, which),
        "rounding": case.noise / estimated,
        "truncation": case.curvature * estimated**2,
        "now": at["power"],
    }


def chosen(case, h):
    """Return what holds at the step that is chosen."""
    distance = case.distances(h)[1]
    return {
        "h": h,
        "slope": case.gradient,
        "tested": case.tested,
        "numerical": case.difference(h),
        "distance": distance,
        "height": max(distance, 1e-16),
    }


def magnified(case, h, u):
    """Return the lines on the left."""
    low, high = case.in_steps(-1, h), case.in_steps(1, h)
    return {
        "loss": case.in_steps(u, h),
        "difference": low + (u + 1) * case.difference(h) / case.gradient,
        "gradient": u * (1 + case.error),
        "end": np.array([low, high]),
    }
