"""The formulas as a textbook writes them, for numbers of mpmath.

`mp` is the module mpmath. Arrays are lists, one per example; nothing here is rounded to float32.
"""


def softmax(mp, logits):
    """Return exp(score) / sum of exp(scores), row by row."""
    powers = [[mp.exp(score) for score in row] for row in logits]
    return [[power / mp.fsum(row) for power in row] for row in powers]


def cross_entropy(mp, labels, probabilities):
    """Return minus the sum of label * log(probability), row by row."""
    rows = zip(labels, probabilities, strict=True)
    return [-mp.fsum(y * mp.log(p) for y, p in zip(*row, strict=True)) for row in rows]


def one_hot(labels, num_classes):
    """Return rows that hold 1 at the label and 0 elsewhere."""
    return [[int(k == label) for k in range(num_classes)] for label in labels]


def squares(y_true, y_pred):
    """Return the squared residuals of all rows in one list."""
    rows = zip(y_true, y_pred, strict=True)
    return [(t - p) ** 2 for row in rows for t, p in zip(*row, strict=True)]


def sigmoid_cross_entropy(mp, labels, logits, pos_weight=1):
    """Return -pos_weight * y * log(sigmoid(z)) - (1 - y) * log(sigmoid(-z)) per element."""
    return [
        pos_weight * y * mp.log1p(mp.exp(-z)) + (1 - y) * mp.log1p(mp.exp(z))
        for y, z in zip(labels, logits, strict=True)
    ]
