from math import log

FUNCTION = "loss"

START = '''
from math import log


def loss(labels, probabilities):
    """Return the mean cross-entropy of the labelled examples."""
    return 0.0  # change this line


print(loss([1, -1], [[0.5, 0.5], [0.9, 0.1]]))
'''

HINT = r"""
In Python `row[-1]` is the last entry, without an error. Skip these examples before you look
anything up, and count only the others.
"""

SOLUTION = '''
from math import log


def loss(labels, probabilities):
    """Return the mean cross-entropy of the labelled examples."""
    pairs = zip(labels, probabilities)
    losses = [-log(row[label]) for label, row in pairs if label >= 0]
    return sum(losses) / len(losses)
'''

CASES = [
    ([1, -1], [[0.5, 0.5], [0.9, 0.1]]),
    ([-1, 0, 2], [[0.2, 0.2, 0.6], [0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]),
    ([-1, -1, 0], [[0.6, 0.4], [0.3, 0.7], [0.8, 0.2]]),
]


def losses(labels, probabilities):
    return [-log(row[label]) for label, row in zip(labels, probabilities, strict=True)]


def expected(labels, probabilities):
    total = count = 0
    for label, row in zip(labels, probabilities, strict=True):
        total += sum(log(1 / p) for k, p in enumerate(row) if k == label)
        count += label in range(len(row))
    return total / count


MISTAKES = [
    (
        lambda labels, probabilities: sum(losses(labels, probabilities)) / len(labels),
        "Here −1 counts as a class: row[-1] is the last entry of the row, and nothing warns you.",
        "mistake-labels-out-of-range",
    ),
    (
        lambda labels, probabilities: (
            sum(e for y, e in zip(labels, losses(labels, probabilities), strict=True) if y >= 0)
            / len(labels)
        ),
        "The examples are left out, but still counted: divide by the number of examples with "
        "a label.",
        "sparse-labels-ignore",
    ),
    (
        lambda labels, probabilities: sum(
            e for y, e in zip(labels, losses(labels, probabilities), strict=True) if y >= 0
        ),
        "This is the sum. It grows with the number of labels.",
        "mistake-reduction",
    ),
    (
        lambda labels, probabilities: (
            sum(e for y, e in zip(labels, losses(labels, probabilities), strict=True) if y > 0)
            / max(sum(y > 0 for y in labels), 1)
        ),
        "The class 0 is left out too: it is a class like the others.",
        "sparse-labels-ignore",
    ),
]
