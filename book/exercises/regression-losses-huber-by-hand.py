FUNCTION = "huber"

START = '''
def huber(y_true, y_pred, delta):
    """Return the Huber loss of one prediction."""
    return 0.0  # change this line


print(huber(5.0, 2.0, 1.0))
'''

HINT = r"""
The line has the slope `delta`, so it is `delta * size` minus something. At `size = delta` both
pieces must be `delta ** 2 / 2`.
"""

SOLUTION = '''
def huber(y_true, y_pred, delta):
    """Return the Huber loss of one prediction."""
    size = abs(y_true - y_pred)
    if size <= delta:
        return size**2 / 2
    return delta * size - delta**2 / 2
'''

CASES = [
    (5.0, 2.0, 1.0),
    (1.0, 1.5, 1.0),
    (0.0, -8.0, 2.0),
    (3.0, 2.0, 3.0),
]


def pieces(r, near, far, delta):
    return near if abs(r) <= delta else far


def expected(y_true, y_pred, delta):  # the part within delta squared, the rest times delta
    size = abs(y_true - y_pred)
    inside = min(size, delta)
    return inside * (size - inside / 2)


MISTAKES = [
    (
        lambda y_true, y_pred, delta: pieces(
            y_true - y_pred, (y_true - y_pred) ** 2 / 2, delta * abs(y_true - y_pred), delta
        ),
        "The line starts too high: at delta the two pieces must have the same value, delta "
        "squared over 2.",
        "regression-losses-huber",
    ),
    (
        lambda y_true, y_pred, delta: pieces(
            y_true - y_pred,
            (y_true - y_pred) ** 2,
            delta * abs(y_true - y_pred) - delta**2 / 2,
            delta,
        ),
        "The squared piece lacks its factor 1/2, so the slopes do not meet at delta.",
        "regression-losses-huber",
    ),
    (
        lambda y_true, y_pred, delta: pieces(
            y_true - y_pred, (y_true - y_pred) ** 2 / 2, abs(y_true - y_pred) - 0.5, delta
        ),
        "This line is right for delta = 1 only: its slope is 1, not delta.",
        "regression-losses-huber",
    ),
    (
        lambda y_true, y_pred, delta: (y_true - y_pred) ** 2 / 2,
        "This is the squared piece everywhere. Far away Huber is a line, so that an outlier "
        "pulls with a limited force.",
        "regression-losses-pull",
    ),
]
