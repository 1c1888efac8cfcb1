from math import atanh, exp, log

FUNCTION = "loss"

START = '''
from math import exp, log, log1p


def loss(logit):
    """Return log(1 + exp(-logit)), with all its digits."""
    return 0.0  # change this line


print(loss(40.0))
'''

HINT = r"""
`1 + exp(-40)` is rounded to 1: the digits are gone before the logarithm sees them. `math` has a
function that never adds the 1.
"""

SOLUTION = '''
from math import exp, log1p


def loss(logit):
    """Return log(1 + exp(-logit)), with all its digits."""
    return log1p(exp(-logit))
'''

CASES = [
    (40.0,),
    (0.0,),
    (-2.0,),
    (25.0,),
]


def expected(logit):  # log(1 + t) = 2 atanh(t / (2 + t))
    t = exp(-logit)
    return 2 * atanh(t / (2 + t))


MISTAKES = [
    (
        lambda logit: log(1 + exp(-logit)),
        "The sum 1 + exp(−40) is exactly 1, so that the loss is 0: its digits are lost in the "
        "addition.",
        "digits-log1p",
    ),
    (
        lambda logit: exp(-logit),
        "This is the first term of the series: exact for large logits, wrong for small ones.",
        "digits-branch",
    ),
    (
        lambda logit: log(1 + exp(logit)),
        "The sign of the logit is turned round: this is the loss of a negative example.",
        "sigmoid-cross-entropy",
    ),
]
