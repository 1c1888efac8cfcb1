FUNCTION = "slope"

START = '''
def slope(w, x, y):
    """Return the derivative of (w * x - y) ** 2 with respect to w."""
    return 0.0  # change this line


print(slope(1.0, 3.0, 5.0))
'''

HINT = r"""
The chain rule: the derivative of the square is twice what is squared. What is squared changes by
`x` when `w` changes by 1.
"""

SOLUTION = '''
def slope(w, x, y):
    """Return the derivative of (w * x - y) ** 2 with respect to w."""
    return 2 * (w * x - y) * x
'''

CASES = [
    (1.0, 3.0, 5.0),
    (0.5, -2.0, 1.5),
    (2.0, 0.25, -1.0),
]


def loss(w, x, y):
    return (w * x - y) ** 2


def expected(w, x, y):  # of a parabola, a difference is the derivative
    return loss(w + 0.5, x, y) - loss(w - 0.5, x, y)


MISTAKES = [
    (
        lambda w, x, y: 2 * (w * x - y),
        "This is the derivative with respect to the prediction. It still has to be multiplied "
        "by x.",
        "how-to-read-gradients",
    ),
    (
        lambda w, x, y: (w * x - y) * x,
        "The factor 2 of the square is missing.",
        "how-to-read-gradients",
    ),
    (
        lambda w, x, y: 2 * (y - w * x) * x,
        "The sign is turned round: this points downhill, the gradient points uphill.",
        "how-to-read-gradients",
    ),
    (
        lambda w, x, y: (w * x - y) ** 2,
        "This is the loss itself, not its slope.",
        "how-to-read-gradients",
    ),
]
