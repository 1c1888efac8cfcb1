FUNCTION = "objective"

START = '''
def objective(residuals, weights, strength):
    """Return the mean squared residual plus an L2 penalty."""
    return 0.0  # change this line


print(objective([1.0, -2.0], [3.0, 0.5], 0.2))
'''

HINT = r"""
Two terms: the data term is a *mean* over the examples, the penalty a *sum* over the weights, with
no factor but `strength`.
"""

SOLUTION = '''
def objective(residuals, weights, strength):
    """Return the mean squared residual plus an L2 penalty."""
    data = sum(r**2 for r in residuals) / len(residuals)
    return data + strength * sum(w**2 for w in weights)
'''

CASES = [
    ([1.0, -2.0], [3.0, 0.5], 0.2),
    ([0.5, 0.5, 2.0], [-1.0, 4.0], 0.01),
    ([3.0, 1.0, 1.0, 1.0], [2.0, 0.25, 0.5], 1.5),
]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def expected(residuals, weights, strength):
    n = len(residuals)
    return (dot(residuals, residuals) + n * strength * dot(weights, weights)) / n


MISTAKES = [
    (
        lambda residuals, weights, strength: (
            dot(residuals, residuals) / len(residuals) + strength * sum(map(abs, weights))
        ),
        "This is the L1 penalty of the lasso: the weights are not squared.",
        "risk-lasso",
    ),
    (
        lambda residuals, weights, strength: (
            dot(residuals, residuals) + strength * dot(weights, weights)
        ),
        "Here the residuals are summed, not averaged: the same strength would count for much less.",
        "risk-lambda",
    ),
    (
        lambda residuals, weights, strength: (
            dot(residuals, residuals) / len(residuals) + strength * dot(weights, weights) / 2
        ),
        "Here the penalty has a factor 1/2. Some libraries have it, this objective has not.",
        "risk-lambda",
    ),
    (
        lambda residuals, weights, strength: (
            dot(residuals, residuals) / len(residuals)
            + strength * dot(weights, weights) / len(weights)
        ),
        "Here the penalty is a mean over the weights. It is a sum.",
        "risk-penalty",
    ),
]
