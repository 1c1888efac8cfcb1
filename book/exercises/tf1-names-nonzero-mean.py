FUNCTION = "old_mean"

START = '''
def old_mean(losses, weights):
    """Return the mean loss as TensorFlow 1 computes it."""
    return 0.0  # change this line


print(old_mean([1.0, 2.0, 6.0], [2.0, 2.0, 0.0]))
'''

HINT = r"""
`sum(weight != 0 for weight in weights)` counts them. What happens when it is 0?
"""

SOLUTION = '''
def old_mean(losses, weights):
    """Return the mean loss as TensorFlow 1 computes it."""
    total = sum(loss * weight for loss, weight in zip(losses, weights))
    count = sum(weight != 0 for weight in weights)
    return total / count if count else 0.0
'''

CASES = [
    ([1.0, 2.0, 6.0], [2.0, 2.0, 0.0]),
    ([0.5, 0.25, 4.0, 1.0], [1.0, 0.0, 3.0, 0.0]),
    ([3.0, 5.0], [0.0, 0.0]),
]


def total(losses, weights):
    return sum(loss * weight for loss, weight in zip(losses, weights, strict=True))


def count(weights):
    return len([weight for weight in weights if weight])


def expected(losses, weights):
    kept = [e * w for e, w in zip(losses, weights, strict=True) if w]
    return sum(kept) / max(len(kept), 1)


MISTAKES = [
    (
        lambda losses, weights: total(losses, weights) / count(weights),
        "Without any weight this divides by 0. TensorFlow 1 returns 0 there.",
        "tf1-names-reduction",
    ),
    (
        lambda losses, weights: total(losses, weights) / len(losses),
        "This divides by the number of examples, as Keras does today.",
        "mistake-sample-weight",
    ),
    (
        lambda losses, weights: total(losses, weights) / (sum(weights) or 1),
        "This divides by the sum of the weights: a weighted mean.",
        "mistake-sample-weight",
    ),
    (
        lambda losses, weights: total(losses, weights),
        "This is the sum.",
        "mistake-reduction",
    ),
]
