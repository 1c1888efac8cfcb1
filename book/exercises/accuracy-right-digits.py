from math import log, log10

FUNCTION = "right_digits"

START = '''
from math import log, log10


def right_digits(computed, exact):
    """Return the number of right decimal digits."""
    return 0.0  # change this line


print(right_digits(1.001, 1.0))
'''

HINT = r"""
Relative to what? To the exact value: divide the size of the error by the size of `exact`.
"""

SOLUTION = '''
from math import log10


def right_digits(computed, exact):
    """Return the number of right decimal digits."""
    return -log10(abs(computed - exact) / abs(exact))
'''

CASES = [
    (1.001, 1.0),
    (4.2e-18, 4.248e-18),
    (-250.0, -256.0),
    (31.4, 31.5),
]


def expected(computed, exact):
    return -log(abs(computed / exact - 1)) / log(10)


MISTAKES = [
    (
        lambda computed, exact: -log10(abs(computed - exact)),
        "This is the absolute error. A tiny loss with no right digit would look exact.",
        "accuracy",
    ),
    (
        lambda computed, exact: -log(abs(computed - exact) / abs(exact)),
        "This is the natural logarithm. Decimal digits are counted in base 10.",
        "accuracy",
    ),
    (
        lambda computed, exact: log10(abs(computed - exact) / abs(exact)),
        "The sign is missing: the smaller the error, the more digits are right.",
        "accuracy",
    ),
    (
        lambda computed, exact: -log10(abs(computed - exact) / abs(computed)),
        "Here the error is divided by the computed value, which may be far off. "
        "Divide by the exact one.",
        "accuracy",
    ),
]
