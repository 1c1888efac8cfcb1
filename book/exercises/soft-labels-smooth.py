FUNCTION = "smooth"

START = '''
def smooth(label, classes, epsilon):
    """Return the smoothed label of one example."""
    return [0.0] * classes  # change this line


print(smooth(0, 4, 0.2))
'''

HINT = r"""
Keras mixes two distributions: the one-hot label with the share $1 - \varepsilon$, and the uniform
one, $1/K$ for *every* class, with the share $\varepsilon$.
"""

SOLUTION = '''
def smooth(label, classes, epsilon):
    """Return the smoothed label of one example."""
    smoothed = [epsilon / classes] * classes
    smoothed[label] += 1 - epsilon
    return smoothed
'''

CASES = [
    (0, 4, 0.2),
    (2, 3, 0.1),
    (1, 2, 0.5),
]


def row(label, classes, right, other):
    return [right if k == label else other for k in range(classes)]


def expected(label, classes, epsilon):
    other = epsilon / classes
    return row(label, classes, 1 - (classes - 1) * other, other)


MISTAKES = [
    (
        lambda label, classes, epsilon: row(label, classes, 1 - epsilon, epsilon / (classes - 1)),
        "Here ε is shared by the other classes only. Keras gives every class ε/K, the right "
        "one too.",
        "mistake-label-smoothing",
    ),
    (
        lambda label, classes, epsilon: row(label, classes, 1 - epsilon, epsilon / classes),
        "These do not sum to 1: the right class gets ε/K as well.",
        "soft-labels-not-a-distribution",
    ),
    (
        lambda label, classes, epsilon: row(label, classes, 1 - epsilon, epsilon),
        "These do not sum to 1: each other class gets ε, not its share of it.",
        "soft-labels-not-a-distribution",
    ),
    (
        lambda label, classes, epsilon: row(label, classes, 1.0, 0.0),
        "Nothing is smoothed yet.",
        "mistake-label-smoothing",
    ),
]
