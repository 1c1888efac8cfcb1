from math import exp, log

FUNCTION = "info_nce"

START = '''
from math import exp, log


def info_nce(similarities, match, temperature):
    """Return the InfoNCE loss of one anchor."""
    return 0.0  # change this line


print(info_nce([0.9, 0.1], 0, 0.5))
'''

HINT = r"""
It is the cross-entropy of a softmax: the logits are the similarities divided by the temperature,
the label is `match`.
"""

SOLUTION = '''
from math import exp, log


def info_nce(similarities, match, temperature):
    """Return the InfoNCE loss of one anchor."""
    logits = [s / temperature for s in similarities]
    return log(sum(exp(z) for z in logits)) - logits[match]
'''

CASES = [
    ([0.9, 0.1], 0, 0.5),
    ([0.2, 0.8, -0.5], 2, 0.1),
    ([0.3, 0.3, 0.6, -0.2], 1, 2.0),
]


def loss(logits, match):
    return -log(exp(logits[match]) / sum(map(exp, logits)))


def scaled(similarities, factor):
    return [factor * s for s in similarities]


def without(items, place):
    return items[:place] + items[place + 1 :]


def expected(similarities, match, temperature):
    gaps = [(s - similarities[match]) / temperature for s in similarities]
    return log(sum(map(exp, gaps)))


MISTAKES = [
    (
        lambda similarities, match, temperature: loss(scaled(similarities, temperature), match),
        "The similarities are multiplied by the temperature. Divide: a low temperature makes "
        "differences large.",
        "embeddings-infonce",
    ),
    (
        lambda similarities, match, temperature: loss(similarities, match),
        "The temperature is not used.",
        "embeddings-infonce",
    ),
    (
        lambda similarities, match, temperature: (
            log(sum(map(exp, scaled(without(similarities, match), 1 / temperature))))
            - similarities[match] / temperature
        ),
        "The match is missing from the sum. Without it this is not a softmax, and the loss can "
        "be negative.",
        "embeddings-infonce",
    ),
    (
        lambda similarities, match, temperature: (
            -loss(scaled(similarities, 1 / temperature), match)
        ),
        "The sign is turned round: this pushes the match away.",
        "mistake-negative-loss",
    ),
]
