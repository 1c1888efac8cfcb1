"""Different right ways to answer the questions of the assignment `softmax`.

A function is one way to write the function of its question, which its name begins with. Those that
fill in variables are in `softmax_variables`.
"""

# ruff: noqa: F403, F405 - a way may call another function of the notebook
import numpy as np

from tools.bench.similarity.softmax_variables import *


def softmax_1(logits):
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


def softmax_2(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=-1, keepdims=True)


def softmax_3(logits):
    m = np.max(logits, axis=-1, keepdims=True)
    z = logits - m
    numerator = np.exp(z)
    denominator = np.sum(numerator, axis=-1, keepdims=True)
    return numerator / denominator


def softmax_4(logits):
    x = np.asarray(logits, dtype=float)
    largest = np.max(x, axis=-1)[..., None]
    e = np.exp(x - largest)
    total = e.sum(axis=-1)
    return e / total[..., np.newaxis]


def softmax_5(logits):
    top = np.amax(logits, axis=-1, keepdims=True)
    log_total = top + np.log(np.sum(np.exp(logits - top), axis=-1, keepdims=True))
    return np.exp(logits - log_total)


def softmax_6(logits):
    def one_row(row):
        e = np.exp(row - max(row))
        return e / sum(e)

    return np.apply_along_axis(one_row, -1, logits)


def softmax_7(logits):
    logits = np.array(logits, dtype=np.float64)
    flat = logits.reshape(-1, logits.shape[-1])
    result = np.zeros_like(flat)
    for i, row in enumerate(flat):
        weights = np.exp(row - row.max())
        result[i] = weights / weights.sum()
    return result.reshape(logits.shape)


def softmax_8(logits):
    differences = logits[..., None, :] - logits[..., :, None]
    with np.errstate(over="ignore"):
        return 1 / np.exp(differences).sum(axis=-1)


def softmax_9(logits):
    p = np.moveaxis(np.array(logits, dtype=float), -1, 0)
    p -= p.max(axis=0)
    np.exp(p, out=p)
    p /= p.sum(axis=0)
    return np.moveaxis(p, 0, -1)


def softmax_10(logits):
    log_sum = np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return np.exp(logits - log_sum)


def softmax_11(logits):
    logits = np.asarray(logits)
    if logits.ndim > 1:
        return np.stack([softmax(row) for row in logits])
    powers = np.exp(logits - np.max(logits))
    return powers / np.sum(powers)


def softmax_12(logits):
    safe = np.subtract(logits, np.max(logits, -1, keepdims=True))
    return np.divide(np.exp(safe), np.exp(safe).sum(-1, keepdims=True))


def log_softmax_1(logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def log_softmax_2(logits):
    m = logits.max(axis=-1, keepdims=True)
    lse = m + np.log(np.exp(logits - m).sum(axis=-1, keepdims=True))
    return logits - lse


def log_softmax_3(logits):
    z = logits - np.max(logits, axis=-1, keepdims=True)
    e = np.exp(z)
    s = np.sum(e, axis=-1, keepdims=True)
    log_s = np.log(s)
    return z - log_s


def log_softmax_4(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def log_softmax_5(logits):
    a = np.asarray(logits, dtype=float)
    biggest = np.max(a, axis=-1)
    total = np.sum(np.exp(a - biggest[..., None]), axis=-1)
    return a - biggest[..., None] - np.log(total)[..., None]


def log_softmax_6(logits):
    def row(z):
        z = z - z.max()
        return z - np.log(np.exp(z).sum())

    return np.apply_along_axis(row, axis=-1, arr=logits)


def log_softmax_7(logits):
    out = np.array(logits, dtype=float)
    for index in np.ndindex(out.shape[:-1]):
        values = out[index] - np.max(out[index])
        out[index] = values - np.log(np.sum(np.exp(values)))
    return out


def log_softmax_8(logits):
    differences = logits[..., None, :] - logits[..., :, None]
    largest = differences.max(axis=-1, keepdims=True)
    sums = np.exp(differences - largest).sum(axis=-1)
    return -(np.squeeze(largest, -1) + np.log(sums))


def log_softmax_9(logits):
    shift = np.expand_dims(np.amax(logits, axis=-1), axis=-1)
    correction = np.expand_dims(np.log(np.sum(np.exp(logits - shift), axis=-1)), axis=-1)
    return (logits - shift) - correction


def log_softmax_10(logits):
    rest = np.sort(logits, axis=-1)
    top = rest[..., -1:]
    others = np.exp(rest[..., :-1] - top).sum(axis=-1, keepdims=True)
    return logits - top - np.log1p(others)


def cross_entropy_1(labels, logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.sum(labels * log_p, axis=-1)


def cross_entropy_2(labels, logits):
    m = logits.max(axis=-1, keepdims=True)
    lse = m + np.log(np.exp(logits - m).sum(axis=-1, keepdims=True))
    return -(labels * (logits - lse)).sum(axis=-1)


def cross_entropy_3(labels, logits):
    z = logits - np.max(logits, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z), axis=1))
    return log_sum * labels.sum(axis=1) - np.sum(labels * z, axis=1)


def cross_entropy_4(labels, logits):
    return -np.einsum("ij,ij->i", labels, log_softmax(logits))


def cross_entropy_5(labels, logits):
    losses = []
    for y, z in zip(labels, logits, strict=True):
        z = z - z.max()
        log_p = z - np.log(np.sum(np.exp(z)))
        losses.append(-np.dot(y, log_p))
    return np.array(losses)


def cross_entropy_6(labels, logits):
    normaliser = np.logaddexp.reduce(logits, axis=-1)
    return np.sum(labels * (normaliser[:, None] - logits), axis=-1)


def cross_entropy_7(labels, logits):
    labels, logits = np.asarray(labels, float), np.asarray(logits, float)
    batch_size = logits.shape[0]
    result = np.zeros(batch_size)
    for n in range(batch_size):
        top = np.max(logits[n])
        log_total = top + np.log(np.sum(np.exp(logits[n] - top)))
        result[n] = np.sum(labels[n] * (log_total - logits[n]))
    return result


def cross_entropy_8(labels, logits):
    log_probabilities = log_softmax(logits)
    products = np.multiply(labels, log_probabilities)
    return np.negative(products.sum(axis=-1))


def cross_entropy_9(labels, logits):
    def log_p(row):
        moved = row - np.amax(row)
        return moved - np.log(np.exp(moved).sum())

    table = np.array([log_p(row) for row in logits])
    return -np.diag(labels @ table.T)


def cross_entropy_10(labels, logits):
    largest = np.amax(logits, axis=-1)
    centred = logits - largest[:, np.newaxis]
    exponentials = np.exp(centred)
    log_of_sum = np.log(exponentials.sum(axis=-1))
    per_class = labels * (log_of_sum[:, np.newaxis] - centred)
    return per_class.sum(axis=-1)


def cross_entropy_11(labels, logits):
    example = np.arange(len(logits))[:, None]
    order = np.argsort(logits, axis=-1)
    z, y = logits[example, order], labels[example, order]
    below = z - z[:, -1:]
    return np.sum(y * (np.log1p(np.exp(below[:, :-1]).sum(1, keepdims=True)) - below), axis=1)


QUESTIONS = {
    "by-hand": "by_hand",
    "softmax": "softmax",
    "log-softmax": "log_softmax",
    "loss": "cross_entropy",
    "before": "before",
}
