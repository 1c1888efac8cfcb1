from math import log, log2

FUNCTION = "loss"

START = '''
from math import log


def loss(labels, probabilities):
    """Return the mean cross-entropy of a batch."""
    return 0.0  # change this line


print(loss([0, 1], [[0.5, 0.5], [0.9, 0.1]]))
'''

HINT = r"""
Per example: minus the logarithm of the probability that stands at the place of the label. Then
the mean over the examples.
"""

SOLUTION = '''
from math import log


def loss(labels, probabilities):
    """Return the mean cross-entropy of a batch."""
    losses = [-log(row[label]) for label, row in zip(labels, probabilities)]
    return sum(losses) / len(losses)
'''

CASES = [
    ([0, 1], [[0.5, 0.5], [0.9, 0.1]]),
    ([2, 0, 1], [[0.2, 0.2, 0.6], [0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]),
    ([1], [[0.75, 0.25]]),
]


def right(labels, probabilities):
    return [row[label] for label, row in zip(labels, probabilities, strict=True)]


def expected(labels, probabilities):  # minus the logarithm of the geometric mean
    product = 1.0
    for probability in right(labels, probabilities):
        product *= probability
    return -log(product ** (1 / len(labels)))


MISTAKES = [
    (
        lambda labels, probabilities: -sum(map(log, right(labels, probabilities))),
        "This is the sum over the batch. Keras prints the mean.",
        "mistake-reduction",
    ),
    (
        lambda labels, probabilities: -log(sum(right(labels, probabilities)) / len(labels)),
        "This is the logarithm of the mean probability. Take the logarithm per example, then "
        "the mean.",
        "cross-entropy-batch",
    ),
    (
        lambda labels, probabilities: -sum(map(log2, right(labels, probabilities))) / len(labels),
        "This is in bits: the logarithm has base 2. Keras takes the natural one.",
        "cross-entropy",
    ),
    (
        lambda labels, probabilities: sum(map(log, right(labels, probabilities))) / len(labels),
        "The sign is missing: logarithms of probabilities are negative, a loss is not.",
        "mistake-negative-loss",
    ),
]
