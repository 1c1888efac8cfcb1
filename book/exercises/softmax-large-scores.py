from math import exp, log

FUNCTION = "softmax"

START = '''
from math import exp, log


def softmax(logits):
    """Return the probabilities of these scores."""
    return [0.0 for score in logits]  # change this line


print(softmax([0.0, log(3)]))
'''

HINT = r"""
Adding the same number to all scores changes no probability. Which number makes every exponent at
most 0?
"""

SOLUTION = '''
from math import exp


def softmax(logits):
    """Return the probabilities of these scores."""
    largest = max(logits)
    powers = [exp(score - largest) for score in logits]
    return [power / sum(powers) for power in powers]
'''

CASES = [
    ([2.0, 0.5, 6.0],),
    ([0.0, 0.0, 0.0, 1.0],),
    ([1000.0, 1001.0],),
    ([-3.0, 2.0, 5.0],),
]


def naive(logits):
    total = sum(exp(score) for score in logits)
    return [exp(score) / total for score in logits]


def expected(logits):  # one over the sum of the ratios to each other class
    return [1 / sum(exp(other - score) for other in logits) for score in logits]


MISTAKES = [
    (
        lambda logits: naive(logits),
        "exp(1000) is too large for a float. Subtract the largest score first: the "
        "probabilities stay the same.",
        "mistake-overflow",
    ),
    (
        lambda logits: [exp(score - max(logits)) for score in logits],
        "These are not probabilities yet: they do not sum to 1.",
        "softmax",
    ),
    (
        lambda logits: [score / sum(logits) for score in logits],
        "Here the scores are divided by their sum, without exp. A negative score would get a "
        "negative probability.",
        "softmax",
    ),
    (
        lambda logits: [log(p) for p in expected(logits)],
        "These are the logarithms of the probabilities, a log-softmax.",
        "softmax",
    ),
]
