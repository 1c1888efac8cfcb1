FUNCTION = "loss"

START = '''
def loss(y_true, y_pred):
    """Return the mean absolute error of each example."""
    return [0.0 for row in y_true]  # change this line


print(loss([[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [3.0, 8.0]]))
'''

HINT = r"""
Go through the rows of both lists together, and take the mean inside of each. The mean over the
examples is the business of the reduction.
"""

SOLUTION = '''
def loss(y_true, y_pred):
    """Return the mean absolute error of each example."""
    rows = zip(y_true, y_pred)
    return [sum(abs(t - p) for t, p in zip(*row)) / len(row[0]) for row in rows]
'''

CASES = [
    ([[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [3.0, 8.0]]),
    ([[0.0, 1.0, 5.0], [2.0, 2.0, 2.0]], [[1.0, 1.0, 1.0], [2.5, 1.0, 2.0]]),
    ([[1.0], [2.0], [3.0]], [[1.5], [2.0], [1.0]]),
]


def sizes(y_true, y_pred):
    pairs = zip(y_true, y_pred, strict=True)
    return [[abs(t - p) for t, p in zip(*pair, strict=True)] for pair in pairs]


def mean(values):
    return sum(values) / len(values)


def expected(y_true, y_pred):  # the larger minus the smaller
    high = [
        [max(pair) for pair in zip(*rows, strict=True)] for rows in zip(y_true, y_pred, strict=True)
    ]
    low = [
        [min(pair) for pair in zip(*rows, strict=True)] for rows in zip(y_true, y_pred, strict=True)
    ]
    return [(sum(a) - sum(b)) / len(a) for a, b in zip(high, low, strict=True)]


MISTAKES = [
    (
        lambda y_true, y_pred: mean(list(map(mean, sizes(y_true, y_pred)))),
        "This is one number for the batch. Keras then has nothing that sample_weight could "
        "multiply.",
        "mistake-scalar-loss",
    ),
    (
        lambda y_true, y_pred: list(map(sum, sizes(y_true, y_pred))),
        "Here each row is summed. The mean over its outputs was asked for.",
        "mistake-reduction",
    ),
    (
        lambda y_true, y_pred: [
            mean(column) for column in zip(*sizes(y_true, y_pred), strict=True)
        ],
        "This is one number per output, a mean over the examples: the wrong axis.",
        "own-one-number",
    ),
    (
        lambda y_true, y_pred: [mean([e * e for e in row]) for row in sizes(y_true, y_pred)],
        "This is the mean squared error.",
        "regression-losses",
    ),
]
