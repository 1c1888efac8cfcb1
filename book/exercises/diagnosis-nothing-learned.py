from math import log, log2

FUNCTION = "baseline"

START = '''
from math import log


def baseline(counts):
    """Return the cross-entropy of predicting the frequencies of the classes."""
    return 0.0  # change this line


print(baseline([50, 50]))
'''

HINT = r"""
The model predicts the share of each class, and each class has this share of the examples: the
loss is the entropy of the shares.
"""

SOLUTION = '''
from math import log


def baseline(counts):
    """Return the cross-entropy of predicting the frequencies of the classes."""
    shares = [count / sum(counts) for count in counts]
    return -sum(share * log(share) for share in shares)
'''

CASES = [
    ([50, 50],),
    ([90, 10],),
    ([20, 30, 150],),
]


def shares(counts):
    return [count / sum(counts) for count in counts]


def expected(counts):  # the mean over all examples, one by one
    total = sum(counts)
    losses = [log(total) - log(count) for count in counts for _ in range(count)]
    return sum(losses) / total


MISTAKES = [
    (
        lambda counts: log(len(counts)),
        "This is the loss of equal probabilities. If the classes are not equally frequent, a "
        "constant prediction can do better.",
        "cross-entropy-level",
    ),
    (
        lambda counts: -log(max(shares(counts))),
        "This is the loss of the most frequent class alone. The others count, too.",
        "cross-entropy-level",
    ),
    (
        lambda counts: -sum(log(s) for s in shares(counts)) / len(counts),
        "This is a mean over the classes. The mean is over the examples: weigh each class "
        "with its share.",
        "cross-entropy-level",
    ),
    (
        lambda counts: -sum(s * log2(s) for s in shares(counts)),
        "This is in bits: the logarithm has base 2.",
        "cross-entropy",
    ),
]
