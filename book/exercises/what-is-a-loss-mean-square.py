FUNCTION = "mean_squared_error"

START = '''
def mean_squared_error(y_true, y_pred):
    """Return the mean squared error of two lists."""
    return 0.0  # change this line


print(mean_squared_error([3.0, 5.0, 10.0], [4.0, 5.0, 7.0]))
'''

HINT = r"""
`zip(y_true, y_pred)` gives the pairs. Square each difference first, then take the mean: `sum(…) /
len(y_true)`.
"""

SOLUTION = '''
def mean_squared_error(y_true, y_pred):
    """Return the mean squared error of two lists."""
    squares = [(truth - guess) ** 2 for truth, guess in zip(y_true, y_pred)]
    return sum(squares) / len(squares)
'''

CASES = [
    ([3.0, 5.0, 10.0], [4.0, 5.0, 7.0]),
    ([0.5, -1.0], [2.0, 1.5]),
    ([10.0, 20.0, 30.0, 40.0], [12.0, 18.0, 33.0, 41.0]),
]


def errors(y_true, y_pred):
    return [guess - truth for truth, guess in zip(y_true, y_pred, strict=True)]


def expected(y_true, y_pred):  # the variance of the errors plus the square of their mean
    e = errors(y_true, y_pred)
    mean = sum(e) / len(e)
    return sum((one - mean) ** 2 for one in e) / len(e) + mean**2


MISTAKES = [
    (
        lambda y_true, y_pred: sum(e * e for e in errors(y_true, y_pred)),
        "This is the sum. Keras divides by the number of examples.",
        "mistake-reduction",
    ),
    (
        lambda y_true, y_pred: sum(abs(e) for e in errors(y_true, y_pred)) / len(y_true),
        "This is the mean absolute error: the differences are not squared.",
        "regression-losses-pull",
    ),
    (
        lambda y_true, y_pred: (sum(e * e for e in errors(y_true, y_pred)) / len(y_true)) ** 0.5,
        "This is the root of it, the RMSE.",
        "mistake-mse-or-rmse",
    ),
    (
        lambda y_true, y_pred: (sum(errors(y_true, y_pred)) / len(y_true)) ** 2,
        "This is the square of the mean error, in which errors up and down cancel. Square first.",
        "what-is-a-loss",
    ),
]
