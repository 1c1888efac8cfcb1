"""The explorer of the landing page: what a second softmax does to the loss of three classes.

Every number that it shows is computed here, by `lossutils`, for each place of the slider; the
script `book/assets/landing.js` only looks it up. So the picture is complete without the script.
"""

import numpy as np

from lossutils import activations, losses

LOGITS = np.linspace(-6, 10, 65)  # of the true class; those of the other two classes are 0
START = 4.0
LARGEST = 7.0  # at the upper edge of the chart
# The chart in pixels: its size, and the corners of the plane inside it.
WIDTH, HEIGHT = 480, 252
LEFT, RIGHT, TOP, BOTTOM = 40, 468, 10, 228


def computed(logits):
    """Return the probability of the true class, and its loss with one softmax and with two."""
    all_logits = np.stack([logits, np.zeros_like(logits), np.zeros_like(logits)], axis=-1)
    probabilities = activations.softmax(all_logits)
    labels = np.zeros(len(logits), dtype=int)
    once, twice = (
        losses.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
        for scores in (all_logits, probabilities)
    )
    return {"probability": probabilities[..., 0], "once": once, "twice": twice}


def floor():
    """Return the lowest loss that a second softmax leaves: that of a perfect prediction."""
    perfect = np.array([[1.0, 0.0, 0.0]])
    return losses.sparse_softmax_cross_entropy_with_logits(labels=[0], logits=perfect)[0]


def across(logit):
    """Return the place of a logit in the chart."""
    return round(LEFT + (logit - LOGITS[0]) / (LOGITS[-1] - LOGITS[0]) * (RIGHT - LEFT), 1)


def down(loss):
    """Return the place of a loss in the chart."""
    return round(BOTTOM - loss / LARGEST * (BOTTOM - TOP), 1)


def context():
    """Return what the template draws."""
    values = computed(LOGITS)
    at = int(np.argmin(abs(LOGITS - START)))
    curves = {
        name: [(across(x), down(y)) for x, y in zip(LOGITS, values[name], strict=True)]
        for name in ("once", "twice")
    }
    return {
        "shown": {name: [f"{value:.4f}" for value in values[name]] for name in values},
        "curves": {
            name: " ".join(f"{x},{y}" for x, y in points) for name, points in curves.items()
        },
        "logits": LOGITS.tolist(),
        "at": at,
        "point": curves["twice"][at],
        "floor": {"text": f"{floor():.4f}", "y": down(floor())},
        "ticks": {
            "x": [(f"{x}".replace("-", "−"), across(x)) for x in (-5, 0, 5, 10)],
            "y": [(y, down(y)) for y in (0, 2, 4, 6)],
        },
        "size": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "bottom": BOTTOM},
    }
