from math import exp, log

FUNCTION = "loss"

START = '''
from math import exp, log1p


def loss(label, logit, pos_weight):
    """Return the weighted binary cross-entropy of one logit."""
    return 0.0  # change this line


print(loss(1, -1.0, 3.0))
'''

HINT = r"""
`pos_weight` multiplies the loss of the positive examples, $\log(1 + e^{-z})$, and nothing else.
"""

SOLUTION = '''
from math import exp, log1p


def loss(label, logit, pos_weight):
    """Return the weighted binary cross-entropy of one logit."""
    if label == 1:
        return pos_weight * log1p(exp(-logit))
    return log1p(exp(logit))
'''

CASES = [
    (1, -1.0, 3.0),
    (0, -1.0, 3.0),
    (1, 2.0, 0.5),
    (0, 0.5, 10.0),
]


def cost(label, logit):
    return log(1 + exp(-logit if label else logit))


def expected(label, logit, pos_weight):  # minus the logarithm of a power of a probability
    probability = 1 / (1 + exp(-logit))
    return -log(probability**pos_weight if label else 1 - probability)


MISTAKES = [
    (
        lambda label, logit, pos_weight: cost(label, logit) * (1 if label else pos_weight),
        "The weight is upside down: it multiplies the negative examples.",
        "mistake-pos-weight",
    ),
    (
        lambda label, logit, pos_weight: cost(label, logit) * pos_weight,
        "Here every example is multiplied by the weight: that only scales the loss.",
        "weighted-cross-entropy-three-ways",
    ),
    (
        lambda label, logit, pos_weight: cost(label, logit) / (pos_weight if label else 1),
        "Here positive examples are divided by the weight.",
        "mistake-pos-weight",
    ),
    (
        lambda label, logit, pos_weight: cost(label, logit),
        "The weight is not used.",
        "weighted-cross-entropy",
    ),
]
