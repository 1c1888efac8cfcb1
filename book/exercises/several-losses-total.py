FUNCTION = "total"

START = '''
def total(losses, weights):
    """Return the total loss of several outputs."""
    return 0.0  # change this line


print(total([[1.0, 3.0], [10.0, 20.0]], [1.0, 0.1]))
'''

HINT = r"""
Per output: the mean over its examples. Then the sum of the outputs, each times its weight.
"""

SOLUTION = '''
def total(losses, weights):
    """Return the total loss of several outputs."""
    means = [sum(part) / len(part) for part in losses]
    return sum(weight * mean for weight, mean in zip(weights, means))
'''

CASES = [
    ([[1.0, 3.0], [10.0, 20.0]], [1.0, 0.1]),
    ([[0.5, 0.25, 0.5], [2.0, 4.0, 1.0], [8.0, 8.0, 1.0]], [2.0, 1.0, 0.5]),
    ([[4.0], [0.25]], [0.25, 3.0]),
]


def means(losses):
    return [sum(part) / len(part) for part in losses]


def weighted(losses, weights):
    return sum(w * m for w, m in zip(weights, means(losses), strict=True))


def expected(losses, weights):  # the total of each example, and the mean of these
    examples = zip(*losses, strict=True)
    totals = [sum(w * e for w, e in zip(weights, one, strict=True)) for one in examples]
    return sum(totals) / len(totals)


MISTAKES = [
    (
        lambda losses, weights: sum(means(losses)),
        "The weights are not used.",
        "mistake-loss-weights",
    ),
    (
        lambda losses, weights: weighted(losses, weights) / sum(weights),
        "This divides by the sum of the weights. Keras only multiplies and adds.",
        "several-losses-weights",
    ),
    (
        lambda losses, weights: weighted(losses, weights) / len(weights),
        "This is a mean over the outputs. Keras adds them.",
        "several-losses-weights",
    ),
    (
        lambda losses, weights: sum(w * sum(part) for w, part in zip(weights, losses, strict=True)),
        "Here the examples of an output are summed. Keras takes their mean.",
        "mistake-reduction",
    ),
]
