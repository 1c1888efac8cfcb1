FUNCTION = "dice_loss"

START = '''
def dice_loss(truth, prediction):
    """Return the Dice loss of one mask."""
    return 0.0  # change this line


print(dice_loss([1, 1, 0, 0], [0.5, 1.0, 0.5, 0.0]))
'''

HINT = r"""
The overlap of soft masks is the sum of the products. What it is compared with is `sum(truth) +
sum(prediction)`.
"""

SOLUTION = '''
def dice_loss(truth, prediction):
    """Return the Dice loss of one mask."""
    overlap = sum(t * p for t, p in zip(truth, prediction))
    return 1 - 2 * overlap / (sum(truth) + sum(prediction))
'''

CASES = [
    ([1, 1, 0, 0], [0.5, 1.0, 0.5, 0.0]),
    ([0, 0, 1], [0.2, 0.1, 0.9]),
    ([1, 1, 1], [0.3, 0.6, 0.9]),
]


def overlap(truth, prediction):
    return sum(t * p for t, p in zip(truth, prediction, strict=True))


def expected(truth, prediction):  # the share of both masks that lies outside the overlap
    apart = sum(t + p - 2 * t * p for t, p in zip(truth, prediction, strict=True))
    return apart / (sum(truth) + sum(prediction))


MISTAKES = [
    (
        lambda truth, prediction: 1 - overlap(truth, prediction) / (sum(truth) + sum(prediction)),
        "The factor 2 is missing: a perfect mask would still cost 0.5.",
        "segmentation-dice",
    ),
    (
        lambda truth, prediction: (
            1
            - overlap(truth, prediction)
            / (sum(truth) + sum(prediction) - overlap(truth, prediction))
        ),
        "This is the intersection over union, a stricter score.",
        "segmentation-score",
    ),
    (
        lambda truth, prediction: 2 * overlap(truth, prediction) / (sum(truth) + sum(prediction)),
        "This is the Dice score: it grows with the overlap. The loss is 1 minus that.",
        "segmentation-dice",
    ),
    (
        lambda truth, prediction: (
            1 - sum(t == (p > 0.5) for t, p in zip(truth, prediction, strict=True)) / len(truth)
        ),
        "This is the share of wrong pixels after rounding. It has no gradient, and an empty "
        "mask looks good.",
        "segmentation-score",
    ),
]
