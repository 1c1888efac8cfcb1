from math import log, log2

FUNCTION = "entropy"

START = '''
from math import log


def entropy(probabilities):
    """Return the entropy of a distribution."""
    return 0.0  # change this line


print(entropy([0.5, 0.5, 0.0]))
'''

HINT = r"""
The limit of $p \log p$ at 0 is 0, but `log(0)` is an error. Leave these terms out; adding a small
number to them would change the result.
"""

SOLUTION = '''
from math import log


def entropy(probabilities):
    """Return the entropy of a distribution."""
    return -sum(p * log(p) for p in probabilities if p > 0)
'''

CASES = [
    ([0.5, 0.5, 0.0],),
    ([0.25, 0.25, 0.25, 0.25],),
    ([0.0, 0.9, 0.0, 0.1, 0.0],),
]


def clipped(p):
    return min(max(p, 1e-7), 1 - 1e-7)


def expected(probabilities):  # the logarithm of a product, in which 0 ** 0 is 1
    product = 1.0
    for p in probabilities:
        product *= p**p
    return -log(product)


MISTAKES = [
    (
        lambda probabilities: -sum(p * log(p) for p in probabilities),
        "log(0) is not defined: NumPy and TensorFlow would give nan here. Leave out what has "
        "the probability 0.",
        "mistake-log-of-zero",
    ),
    (
        lambda probabilities: -sum(clipped(p) * log(clipped(p)) for p in probabilities),
        "This is clipped at 1e-7: no error, but wrong in the sixth digit, and its slope is 0 "
        "there.",
        "mistake-clipped",
    ),
    (
        lambda probabilities: -sum(p * log2(p) for p in probabilities if p > 0),
        "This is in bits: the logarithm has base 2.",
        "cross-entropy",
    ),
    (
        lambda probabilities: sum(p * log(p) for p in probabilities if p > 0),
        "The sign is missing: an entropy is never negative.",
        "mistake-negative-loss",
    ),
]
