FUNCTION = "weighted_loss"

START = '''
def weighted_loss(losses, weights):
    """Return the loss that Keras reports with sample_weight."""
    return 0.0  # change this line


print(weighted_loss([1.0, 2.0, 6.0], [1.0, 3.0, 0.0]))
'''

HINT = r"""
The default reduction is `"sum_over_batch_size"`: it divides by how many examples there are,
whatever their weights are.
"""

SOLUTION = '''
def weighted_loss(losses, weights):
    """Return the loss that Keras reports with sample_weight."""
    total = sum(loss * weight for loss, weight in zip(losses, weights))
    return total / len(losses)
'''

CASES = [
    ([1.0, 2.0, 6.0], [1.0, 3.0, 0.0]),
    ([0.5, 0.25], [2.0, 4.0]),
    ([3.0, 1.0, 4.0, 1.0, 5.0], [0.0, 0.0, 1.0, 2.0, 0.5]),
]


def total(losses, weights):
    return sum(loss * weight for loss, weight in zip(losses, weights, strict=True))


def expected(losses, weights):  # a mean of products, one after the other
    mean = 0.0
    for n, (loss, weight) in enumerate(zip(losses, weights, strict=True)):
        mean += (loss * weight - mean) / (n + 1)
    return mean


MISTAKES = [
    (
        lambda losses, weights: total(losses, weights) / sum(weights),
        "This divides by the sum of the weights: a weighted mean. Keras needs "
        "reduction=mean_with_sample_weight for it.",
        "mistake-sample-weight",
    ),
    (
        lambda losses, weights: total(losses, weights),
        "This is the sum. It grows with the batch.",
        "mistake-reduction",
    ),
    (
        lambda losses, weights: total(losses, weights) / sum(w != 0 for w in weights),
        "This divides by the number of weights that are not 0, as TensorFlow 1 did.",
        "tf1-names-reduction",
    ),
    (
        lambda losses, weights: sum(losses) / len(losses),
        "The weights are not used.",
        "reductions-weights",
    ),
]
