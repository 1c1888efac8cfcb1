FUNCTION = "hinge"

START = '''
def hinge(labels, scores):
    """Return the mean hinge loss for labels 0 and 1."""
    return 0.0  # change this line


print(hinge([1, 0], [0.5, -2.0]))
'''

HINT = r"""
The hinge is made for the labels −1 and 1: `max(0, 1 - label * score)`. How does `2 * label - 1`
help?
"""

SOLUTION = '''
def hinge(labels, scores):
    """Return the mean hinge loss for labels 0 and 1."""
    signs = [2 * label - 1 for label in labels]
    losses = [max(0, 1 - sign * score) for sign, score in zip(signs, scores)]
    return sum(losses) / len(losses)
'''

CASES = [
    ([1, 0], [0.5, -2.0]),
    ([0, 0, 1], [0.5, -0.5, 3.0]),
    ([1, 1, 0, 0], [-1.0, 2.0, 1.5, -0.25]),
]


def mean(values):
    return sum(values) / len(values)


def margins(labels, scores):
    return [score if label else -score for label, score in zip(labels, scores, strict=True)]


def expected(labels, scores):
    return mean([1 - m if m < 1 else 0.0 for m in margins(labels, scores)])


MISTAKES = [
    (
        lambda labels, scores: mean(
            [max(0, 1 - y * s) for y, s in zip(labels, scores, strict=True)]
        ),
        "Here the label 0 is used as it is: its loss is always 1, whatever the score. Turn 0 "
        "into −1 first.",
        "mistake-label-convention",
    ),
    (
        lambda labels, scores: mean([max(0, 1 - m) ** 2 for m in margins(labels, scores)]),
        "This is the squared hinge.",
        "hinge",
    ),
    (
        lambda labels, scores: mean([max(0, -m) for m in margins(labels, scores)]),
        "The margin is missing: a score that is barely right costs nothing here. This is the "
        "loss of the perceptron.",
        "hinge",
    ),
    (
        lambda labels, scores: sum(max(0, 1 - m) for m in margins(labels, scores)),
        "This is the sum. The mean was asked for.",
        "mistake-reduction",
    ),
]
