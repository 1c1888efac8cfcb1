"""The small curves beside the answers of *Choosing a loss*: what each loss charges."""

from typing import NamedTuple

import numpy as np

from lossutils import losses

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
        """Return where a number stands in the drawing."""
        return np.round(LEFT + (x - self.x[0]) / (self.x[-1] - self.x[0]) * (RIGHT - LEFT), 1)

    def down(self, y):
        """Return where a loss stands in the drawing."""
        return np.round(BOTTOM - (y - self.y[0]) / (self.y[-1] - self.y[0]) * (BOTTOM - TOP), 1)


def of_three(x):
    """Return logits of three classes; those of the two others are 0."""
    return np.stack([x, 0 * x, 0 * x], axis=-1)


def of_a_true_label(loss, **settings):
    """Return a loss of logits as a function of the logit of a label that is 1."""
    return lambda x: loss(labels=np.ones_like(x), logits=x, **settings)


def smoothed(x):
    """Return the cross-entropy with a smoothed label."""
    labels = losses.smooth_labels([1.0, 0.0, 0.0], 0.1)
    logits = of_three(x)
    return losses.softmax_cross_entropy_with_logits(
        labels=np.broadcast_to(labels, logits.shape), logits=logits
    )


def turned(x):
    """Return the cosine loss of two vectors with an angle in degrees between them."""
    angle = np.radians(x)
    ahead = np.stack([np.ones_like(x), np.zeros_like(x)], axis=-1)
    return losses.cosine_similarity(ahead, np.stack([np.cos(angle), np.sin(angle)], axis=-1))


def spread(x):
    """Return the Circle loss of two of a class at an angle in degrees, and one at right angles."""
    vectors = [[[1, 0, 0], [np.cos(a), np.sin(a), 0], [0, 0, 1]] for a in np.radians(x)]
    return np.array([losses.circle([0, 0, 1], batch)[0] for batch in vectors])


sigmoid_ce, weighted_ce = (
    losses.sigmoid_cross_entropy_with_logits,
    losses.weighted_cross_entropy_with_logits,
)
DIFFERENCE, THREE = "prediction − truth", "logit of the true class, the others 0"
ONE = "logit of a label that is 1"
CURVES = {
    "noise": Curve(DIFFERENCE, (-3, 0, 3), (0, 3, 6, 9), lambda x: losses.squared_error(0 * x, x)),
    "outliers": Curve(DIFFERENCE, (-3, 0, 3), (0, 1, 2, 3), lambda x: losses.huber_loss(0 * x, x)),
    "units": Curve(
        "prediction − truth, in standard deviations",
        (-3, 0, 3),
        (0, 3, 6, 9),
        lambda x: losses.squared_error(0 * x, x),
    ),
    "quantile": Curve(
        DIFFERENCE,
        (-3, 0, 3),
        (0, 1, 2, 3),
        lambda x: losses.pinball_loss(0 * x, x, quantile=0.9),
    ),
    "range": Curve(
        "predicted variance; the prediction is off by 1",
        (0.2, 1, 2, 3, 4, 5),
        (0, 0.5, 1, 1.5, 2),
        lambda x: losses.gaussian_negative_log_likelihood(0 * x, 0 * x + 1, variance=x),
    ),
    "counts": Curve(
        "predicted rate; the count is 3",
        (1, 3, 5, 7, 9),
        (-1, 0, 1, 2, 3),
        lambda x: losses.poisson_loss(0 * x + 3, x),
    ),
    "skewed": Curve(
        "prediction ÷ truth",
        (0.2, 1, 2, 3, 4, 5),
        (0, 1, 2, 3),
        lambda x: losses.squared_error(0 * x, np.log(x)),
    ),
    "direction": Curve("angle in degrees", (0, 90, 180), (-1, 0, 1), turned),
    "classes": Curve(
        THREE,
        (-6, 0, 6),
        (0, 2, 4, 6, 8),
        lambda x: losses.sparse_softmax_cross_entropy_with_logits(
            labels=np.zeros(len(x), int), logits=of_three(x)
        ),
    ),
    "ordered": Curve(
        "logit of a step that is reached", (-6, 0, 6), (0, 2, 4, 6, 8), of_a_true_label(sigmoid_ce)
    ),
    "share": Curve(
        "predicted share; the truth is 0.7",
        (0.01, 0.5, 0.99),
        (0, 1, 2, 3, 4),
        lambda x: sigmoid_ce(labels=0 * x + 0.7, logits=np.log(x / (1 - x))),
    ),
    "labels": Curve(ONE, (-6, 0, 6), (0, 2, 4, 6, 8), of_a_true_label(sigmoid_ce)),
    "rare": Curve(
        "logit of a rare example, weight 9",
        (-6, 0, 6),
        (0, 20, 40, 60),
        of_a_true_label(weighted_ce, pos_weight=9.0),
    ),
    "segmentation": Curve(
        "share of the object that is found",
        (0, 0.5, 1),
        (0, 0.5, 1),
        lambda x: losses.dice(np.ones((len(x), 4)), np.outer(x, np.ones(4)), axis=1),
    ),
    "wrong-labels": Curve(
        ONE,
        (-6, 0, 6),
        (0, 0.5, 1),
        lambda x: losses.absolute_error(0 * x + 1, 1 / (1 + np.exp(-x))),
    ),
    "oversure": Curve(THREE, (-6, 0, 6, 12), (0, 2, 4, 6, 8), smoothed),
    "probability": Curve(
        "probability of what happens",
        (0.01, 0.5, 0.99),
        (0, 1, 2, 3, 4, 5),
        lambda x: sigmoid_ce(labels=np.ones_like(x), logits=np.log(x / (1 - x))),
    ),
    "margin": Curve(
        "label × score",
        (-3, 0, 3),
        (0, 2, 4),
        lambda x: losses.hinge_loss(0 * x + 1, x, label_values=(-1, 1)),
    ),
    "together": Curve(
        "angle in degrees; the other class is at 90", (0, 90, 180), (0, 100, 200, 300), spread
    ),
}


def drawing(row):
    """Return what the template draws for a row of the table."""
    return drawn(CURVES[row])


def drawn(curve):
    """Return what the template draws for a curve."""
    x, y = curve.points()
    corners = zip(curve.across(x), curve.down(y), strict=True)
    return {
        "title": curve.title,
        "points": " ".join(f"{across:g},{down:g}" for across, down in corners),
        "x": [(written(tick), curve.across(tick)) for tick in curve.x],
        "y": [(written(tick), curve.down(tick)) for tick in curve.y],
    }


def written(number):
    """Return a number with a minus sign instead of a hyphen."""
    return f"{number:g}".replace("-", "−")
