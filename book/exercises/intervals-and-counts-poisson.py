from math import exp, lgamma, log

FUNCTION = "poisson_loss"

START = '''
from math import exp


def poisson_loss(count, log_rate):
    """Return the Poisson loss of one count."""
    return 0.0  # change this line


print(poisson_loss(3.0, 1.0))
'''

HINT = r"""
With the rate $\mu$ the loss is $\mu - y \log\mu$. Here $\log\mu$ is given.
"""

SOLUTION = '''
from math import exp


def poisson_loss(count, log_rate):
    """Return the Poisson loss of one count."""
    return exp(log_rate) - count * log_rate
'''

CASES = [
    (3.0, 1.0),
    (0.0, 0.5),
    (7.0, 2.0),
    (1.0, 0.25),
]


def expected(count, log_rate):
    rate = exp(log_rate)
    return rate - count * log(rate)


MISTAKES = [
    (
        lambda count, log_rate: log_rate - count * log(log_rate),
        "Here the prediction is taken for the rate itself. It is the logarithm of the rate.",
        "intervals-counts",
    ),
    (
        lambda count, log_rate: exp(log_rate) - count * log_rate + lgamma(count + 1),
        "This includes log(count!). It is the full likelihood, which compute_full_loss=True "
        "asks for.",
        "likelihood-poisson",
    ),
    (
        lambda count, log_rate: count * log_rate - exp(log_rate),
        "This is the log likelihood. The loss is minus that.",
        "mistake-negative-loss",
    ),
    (
        lambda count, log_rate: (count - exp(log_rate)) ** 2,
        "This is a squared error: it lets large counts decide everything.",
        "intervals-counts",
    ),
]
