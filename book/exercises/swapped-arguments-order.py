from math import log

FUNCTION = "cross_entropy"

START = '''
from math import log


def cross_entropy(y_true, y_pred):
    """Return the cross-entropy of a prediction under the truth."""
    return 0.0  # change this line


print(cross_entropy([0.5, 0.5], [0.9, 0.1]))
'''

HINT = r"""
The truth weighs, and the logarithm is of the prediction.
"""

SOLUTION = '''
from math import log


def cross_entropy(y_true, y_pred):
    """Return the cross-entropy of a prediction under the truth."""
    return -sum(t * log(p) for t, p in zip(y_true, y_pred))
'''

CASES = [
    ([0.5, 0.5], [0.9, 0.1]),
    ([0.2, 0.3, 0.5], [0.6, 0.3, 0.1]),
    ([0.9, 0.1], [0.75, 0.25]),
]


def entropy(weights, distribution):
    return -sum(w * log(p) for w, p in zip(weights, distribution, strict=True))


def expected(y_true, y_pred):  # the entropy of the truth plus the divergence from it
    divergence = sum(t * log(t / p) for t, p in zip(y_true, y_pred, strict=True))
    return divergence - sum(t * log(t) for t in y_true)


MISTAKES = [
    (
        lambda y_true, y_pred: entropy(y_pred, y_true),
        "The arguments are swapped: this is the logarithm of the truth, weighted with the "
        "prediction.",
        "mistake-swapped-by-position",
    ),
    (
        lambda y_true, y_pred: entropy(y_true, y_pred) - entropy(y_true, y_true),
        "This is the KL divergence: the entropy of the truth is subtracted. It has the same "
        "gradient, but a different value.",
        "swapped-arguments",
    ),
    (
        lambda y_true, y_pred: -entropy(y_true, y_pred),
        "The sign is missing: logarithms of probabilities are negative.",
        "mistake-negative-loss",
    ),
    (
        lambda y_true, y_pred: entropy(y_true, y_pred) / len(y_true),
        "This is a mean over the classes. The classes of one example are summed.",
        "mistake-reduction",
    ),
]
