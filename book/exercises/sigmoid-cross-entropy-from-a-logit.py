from math import exp, log

FUNCTION = "loss"

START = '''
from math import exp, log1p


def loss(label, logit):
    """Return the binary cross-entropy of one logit."""
    return 0.0  # change this line


print(loss(1, 2.0))
'''

HINT = r"""
The loss is $\log(1 + e^{-z})$ for the label 1, and $\log(1 + e^{z})$ for 0. For a large exponent
$a$: $\log(1 + e^{a}) = a + \log(1 + e^{-a})$.
"""

SOLUTION = '''
from math import exp, log1p


def loss(label, logit):
    """Return the binary cross-entropy of one logit."""
    a = -logit if label else logit
    return max(a, 0) + log1p(exp(-abs(a)))
'''

CASES = [
    (1, 2.0),
    (0, 2.0),
    (1, -3.0),
    (0, -0.5),
    (1, -800.0),
]


def sigmoid(logit):
    return 1 / (1 + exp(-logit))


def naive(label, logit):
    return -log(sigmoid(logit) if label else 1 - sigmoid(logit))


def expected(label, logit):  # TensorFlow's own form
    return max(logit, 0) - logit * label + log(1 + exp(-abs(logit)))


MISTAKES = [
    (
        lambda label, logit: naive(label, logit),
        "The formula is right, but exp(800) is too large for a float. Compute the loss from "
        "the logit.",
        "mistake-overflow",
    ),
    (
        lambda label, logit: expected(1 - label, logit),
        "The label is turned round: this is the loss of the other answer.",
        "sigmoid-cross-entropy",
    ),
    (
        lambda label, logit: label * expected(label, logit),
        "The answer no costs nothing here. The label 0 needs its own term.",
        "sigmoid-cross-entropy",
    ),
    (
        lambda label, logit: (label - (sigmoid(logit) if logit > -700 else 0.0)) ** 2,
        "This is a squared error of the probability: its gradient vanishes where the model is "
        "badly wrong.",
        "sigmoid-cross-entropy-gradient",
    ),
]
