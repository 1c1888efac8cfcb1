from math import exp, log

FUNCTION = "loss"

START = '''
from math import exp, log


def loss(label, logits):
    """Return the cross-entropy of one example."""
    return 0.0  # change this line


print(loss(0, [2.0, 0.5, 6.0]))
'''

HINT = r"""
The probability of the right class is $e^{z_y} / \sum_j e^{z_j}$, and the loss is minus its
logarithm. `exp` is applied to the scores once, and to nothing else.
"""

SOLUTION = '''
from math import exp, log


def loss(label, logits):
    """Return the cross-entropy of one example."""
    total = sum(exp(score) for score in logits)
    return log(total) - logits[label]
'''

CASES = [
    (0, [2.0, 0.5, 6.0]),
    (2, [2.0, 0.5, 6.0]),
    (1, [0.1, 0.0, 3.0]),
    (0, [4.0, -4.0]),
]


def probabilities(scores):
    total = sum(exp(score) for score in scores)
    return [exp(score) / total for score in scores]


def expected(label, logits):  # from the differences to the right class
    return log(sum(exp(score - logits[label]) for score in logits))


MISTAKES = [
    (
        lambda label, logits: -log(probabilities(probabilities(logits))[label]),
        "This is the loss after a second softmax: the scores went through it twice.",
        "mistake-softmax-twice",
    ),
    (
        lambda label, logits: -sum(map(log, probabilities(logits))),
        "This is the sum over all classes. Only the class of the label counts.",
        "cross-entropy",
    ),
    (
        lambda label, logits: log(probabilities(logits)[label]),
        "This is the logarithm of the probability, which is at most 0. The loss is minus that.",
        "mistake-negative-loss",
    ),
    (
        lambda label, logits: probabilities(logits)[label],
        "This is the probability of the right class. The loss is minus its logarithm.",
        "cross-entropy",
    ),
]
