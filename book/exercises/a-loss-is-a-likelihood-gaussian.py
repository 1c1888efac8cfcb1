from math import exp, log, pi, sqrt

FUNCTION = "gaussian_nll"

START = '''
from math import log, pi


def gaussian_nll(y, mean, sigma):
    """Return minus the log density of a Gaussian."""
    return 0.0  # change this line


print(gaussian_nll(3.0, 1.0, 2.0))
'''

HINT = r"""
The density is $e^{-r^2 / 2\sigma^2} / \sqrt{2\pi\sigma^2}$ with $r = y - \mu$. The logarithm
turns the product into three terms.
"""

SOLUTION = '''
from math import log, pi


def gaussian_nll(y, mean, sigma):
    """Return minus the log density of a Gaussian."""
    r = (y - mean) / sigma
    return r**2 / 2 + log(sigma) + log(2 * pi) / 2
'''

CASES = [
    (3.0, 1.0, 2.0),
    (0.0, 0.5, 0.1),
    (-2.0, 1.0, 4.0),
]


def expected(y, mean, sigma):
    density = exp(-((y - mean) ** 2) / (2 * sigma**2)) / sqrt(2 * pi * sigma**2)
    return -log(density)


MISTAKES = [
    (
        lambda y, mean, sigma: ((y - mean) / sigma) ** 2 / 2 + log(2 * pi) / 2,
        "The term log(sigma) is missing: a model could make its loss small by predicting a "
        "huge sigma.",
        "likelihood-variance",
    ),
    (
        lambda y, mean, sigma: ((y - mean) / sigma) ** 2 / 2 + log(sigma),
        "The constant log(2π)/2 is missing. It moves no minimum, but two programs that print "
        "the loss would disagree.",
        "likelihood-gaussian",
    ),
    (
        lambda y, mean, sigma: (y - mean) ** 2 / (2 * sigma) + log(sigma) + log(2 * pi) / 2,
        "The squared residual is divided by 2 sigma, not by 2 sigma squared.",
        "likelihood-gaussian",
    ),
    (
        lambda y, mean, sigma: -(((y - mean) / sigma) ** 2) / 2 - log(sigma) - log(2 * pi) / 2,
        "This is the log likelihood. The loss is minus that.",
        "mistake-negative-loss",
    ),
]
