"""How the small curve of a loss is drawn; which losses these are, other modules say."""

from typing import NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator

from website.extension import small_svg

WIDTH, HEIGHT = 320, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 308, 12, 158
POINTS = 81


class Curve(NamedTuple):
    """A loss over one number; the first and the last tick are the ends of an axis."""

    title: str
    x: tuple
    y: tuple
    loss: object

    def points(self):
        """Return the numbers and their losses."""
        x = np.linspace(self.x[0], self.x[-1], POINTS)
        return x, np.asarray(self.loss(x))

    def across(self, x):
        """Return the place of a number in the drawing."""
        return np.round(LEFT + (x - self.x[0]) / (self.x[-1] - self.x[0]) * (RIGHT - LEFT), 1)

    def down(self, y):
        """Return the place of a loss in the drawing."""
        return np.round(BOTTOM - (y - self.y[0]) / (self.y[-1] - self.y[0]) * (BOTTOM - TOP), 1)


def over(title, ticks, loss):
    """Return the curve of a loss, with round numbers on its vertical axis."""
    values = np.asarray(loss(np.linspace(ticks[0], ticks[-1], POINTS)))
    round_numbers = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(values.min(), values.max())
    return Curve(title, ticks, tuple(round_numbers.tolist()), loss)


def drawn(curve):
    """Return what the template draws for a curve."""
    x, y = curve.points()
    corners = zip(curve.across(x), curve.down(y), strict=True)
    path = "L".join(f"{across:g} {down:g}" for across, down in corners)
    return {
        "title": curve.title,
        "path": small_svg.relative(f"M{path}", 0.1, 0.1),
        "x": [(written(tick), curve.across(tick)) for tick in curve.x],
        "y": [(written(tick), curve.down(tick)) for tick in curve.y],
    }


def written(number):
    """Return a number with a minus sign instead of a hyphen."""
    return f"{number:g}".replace("-", "−")
