"""Small batches to try a loss on, of the kinds that losses expect."""

from typing import NamedTuple

import numpy as np

_NEARLY = 0.95  # the probability of the truth in a prediction that is nearly right
_FAR = 200.0  # a logit so large that float32 rounds its sigmoid and its exponential away


class Batch(NamedTuple):
    """Truth and prediction of one kind.

    `best` is the prediction nearest to the truth, `worse` holds predictions that should cost more,
    and `edges` holds extreme pairs with a name for each. `best` is None where it is not known.
    """

    kind: str
    y_true: np.ndarray
    y_pred: np.ndarray
    best: np.ndarray | None = None
    worse: tuple = ()
    edges: tuple = ()


def numbers(y_true, y_pred, kind="numbers"):
    """Return a batch of quantities: the best prediction is the truth."""
    zero, size = np.zeros_like(y_true), np.float32(1e4)
    edges = [
        ("prediction equal to truth", y_true, y_true),
        ("truth 0", zero, y_pred),
        ("truth and prediction 0", zero, zero),
    ]
    if kind == "numbers":
        edges.append(("numbers up to 10,000", y_true, size * y_pred / np.abs(y_pred).max()))
    else:
        edges.append(("prediction 0", y_true, zero))
    off = y_true - 1 if kind == "numbers" else 1.5 * y_true
    worse = y_pred, _other_rows(y_true), y_true + 1, off
    return Batch(kind, y_true, y_pred, y_true, worse, tuple(edges))


def classes(y_true, y_pred, one_hot, kind):
    """Return a batch of labels: the best prediction gives the true class nearly everything."""
    logits = "logits" in kind
    off = (1 - _NEARLY) / max(one_hot.shape[-1] - 1, 1)
    best = (6 * one_hot - 3) if logits else np.where(one_hot == 1, _NEARLY, off)
    sure = _FAR * (2 * one_hot - 1) if logits else one_hot
    names = ("logits of 200 and -200", "probabilities 1 and 0")[not logits]
    edges = (
        (f"{names}, right", y_true, sure.astype("float32")),
        (f"{names}, wrong", y_true, _other_rows(sure).astype("float32")),
    )
    best = best.astype("float32")
    opposite = -best if logits else 1 - best
    return Batch(kind, y_true, y_pred, best, (y_pred, _other_rows(best), opposite), edges)


def shares(y_true, y_pred):
    """Return a batch of probabilities on both sides, such as the shares of three classes."""
    certain = np.eye(y_true.shape[-1], dtype="float32")[y_true.argmax(axis=-1)]
    edges = (
        ("prediction equal to truth", y_true, y_true),
        ("labels 0 and 1", certain, y_pred),
        ("labels and predictions 0 and 1, right", certain, certain),
    )
    return Batch("shares", y_true, y_pred, y_true, (y_pred, _other_rows(y_true)), edges)


def distances(y_true, y_pred, same):
    """Return a batch of pairs and their distances: 0 is best for the same, far for different."""
    best = np.where(y_true == same, 0, _FAR).astype("float32")
    zero, opposite = np.zeros_like(y_pred), _FAR - best
    edges = ("distances 0", y_true, zero), ("distances of 200", y_true, zero + np.float32(_FAR))
    worse = y_pred, _other_rows(best), opposite
    return Batch(f"labels, {same} for the same, and distances", y_true, y_pred, best, worse, edges)


def log_rates(y_true, y_pred):
    """Return a batch of counts and the logarithms of the rates that are predicted for them."""
    best = np.log(np.maximum(y_true, 0.01)).astype("float32")
    zero = np.zeros_like(y_true)
    edges = ("count and logarithm 0", zero, zero), ("logarithms of 20", y_true, zero + 20)
    worse = y_pred, _other_rows(best), best + 1, best - 1
    return Batch("counts and logarithms of rates", y_true, y_pred, best, worse, edges)


def tried():
    """Return the batches that are tried when none is given, in this order."""
    rng = np.random.default_rng(7)
    y_true, y_pred = rng.uniform(0.3, 2.4, size=(2, 6, 3)).astype("float32")
    signs = np.where(np.arange(18).reshape(6, 3) % 2, -1, 1).astype("float32")
    logits = rng.uniform(-1, 1, size=(6, 3)).astype("float32")
    soft = shares(_softmax(2 * y_true), _softmax(logits))
    return (
        numbers(signs * y_true, signs[::-1] * y_pred),
        numbers(y_true, y_pred, kind="positive numbers"),
        *_of_classes(np.array([0, 1, 2, 2, 1, 0]), logits, soft),
        *_one_column(numbers, signs * y_true, signs[::-1] * y_pred),
        *_of_columns(np.array([1, 0, 0, 1, 1, 0]), signs * y_true, logits),
    )


def _of_classes(index, logits, soft):
    """Yield batches of one-hot labels, of shares, of class indices, and of one label."""
    one_hot, index = np.eye(3, dtype="float32")[index], index.astype("float32")
    probabilities = _softmax(logits)
    yield classes(one_hot, logits, one_hot, "one-hot labels and logits")
    yield classes(one_hot, probabilities, one_hot, "one-hot labels and probabilities")
    yield soft
    yield classes(index, logits, one_hot, "class indices and logits")
    yield classes(index, probabilities, one_hot, "class indices and probabilities")
    yield from _one_column(classes, one_hot, probabilities, one_hot, "labels and probabilities")


def _of_columns(labels, numbers, logits):
    """Yield batches of one column in which the best prediction is not the truth."""
    label = labels[:, np.newaxis].astype("float32")
    for same in (1, 0):
        yield distances(label, 1 + logits[:, :1], same)
    yield log_rates(1 + label, logits[:, :1])
    yield Batch("one number and two outputs", numbers[:, :1], logits[:, :2])


def _one_column(kind, *arrays):
    """Return a batch with the first column alone, for losses that take no more."""
    yield kind(*(array if isinstance(array, str) else array[:, :1] for array in arrays))


def all_given(y_true, y_pred):
    """Return the batch that someone gave, as each kind that it can be, the likeliest first."""
    first = given(y_true, y_pred)
    truth, prediction = first.y_true, first.y_pred
    if truth.shape != prediction.shape:
        return [first]
    if np.isin(truth, (0, 1)).all() and prediction.min() >= 0:
        return [first, *(distances(truth, prediction, same) for same in (1, 0))]
    counts = truth.min() >= 0 and not (truth % 1).any()
    return [first, log_rates(truth, prediction)] if counts else [first]


def given(y_true, y_pred):
    """Return the batch that someone gave, of the kind that its numbers look like."""
    whole = np.issubdtype(np.asarray(y_true).dtype, np.integer)
    truth, prediction = (np.asarray(array, dtype="float32") for array in (y_true, y_pred))
    _refuse_odd(truth, prediction)
    if prediction.shape == (*truth.shape, 1):
        truth = truth[..., np.newaxis]  # the rule on rows and columns tries the other shape
    probable = prediction.min() >= 0 and prediction.max() <= 1
    scale = "probabilities" if probable else "logits"
    if truth.shape == prediction.shape:
        return _of_one_shape(truth, prediction, scale)
    indices = whole and truth.min() >= 0 and truth.max() < prediction.shape[-1]
    if indices and truth.size * prediction.shape[-1] == prediction.size:
        one_hot = np.eye(prediction.shape[-1], dtype="float32")[truth.astype(int)]
        one_hot = one_hot.reshape(prediction.shape)
        return classes(truth, prediction, one_hot, f"class indices and {scale}")
    return Batch("your arrays", truth, prediction)


def _refuse_odd(truth, prediction):
    if truth.ndim == 0 or prediction.ndim == 0 or len(truth) != len(prediction) or len(truth) < 2:
        raise ValueError(
            "y_true and y_pred: expected two arrays with at least two examples each, "
            f"got shapes {truth.shape} and {prediction.shape}"
        )


def _of_one_shape(truth, prediction, scale):
    if np.isin(truth, (0, 1)).all():
        return classes(truth, prediction, truth, f"labels and {scale}")
    if scale == "probabilities" and np.allclose(truth.sum(axis=-1), 1) and truth.min() >= 0:
        return shares(truth, prediction)
    positive = truth.min() >= 0 and prediction.min() > 0
    return numbers(truth, prediction, kind="positive numbers" if positive else "numbers")


def _other_rows(array):
    """Return the rows moved by one: each example gets the row of another."""
    return np.roll(array, 1, axis=0)


def _softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)
