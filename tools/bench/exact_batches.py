"""Losses of several arrays in mpmath, from their definitions: one value per example of a batch.

Arrays are lists of mpmath's numbers, or lists of such lists; labels and lengths are integers.
"""

import itertools

import mpmath
from mpmath import mpf

from tools.bench import exact_losses, exact_regression


def gaussian_negative_log_likelihood(y_true, y_pred, variance):
    of_one = exact_regression.gaussian_negative_log_likelihood
    return [of_one(*numbers)[0] for numbers in zip(y_true, y_pred, variance, strict=True)]


def ordinal_cross_entropy_with_logits(labels, logits):
    """Return a sum of sigmoid cross-entropies, one per threshold."""
    of_one = exact_losses.sigmoid_cross_entropy_with_logits
    return [
        mpmath.fsum(of_one(mpf(int(k < label)), x)[0] for k, x in enumerate(row))
        for label, row in zip(labels, logits, strict=True)
    ]


def dice(y_true, y_pred, axis, epsilon=1e-7):
    return tversky(y_true, y_pred, axis, mpf(1) / 2, mpf(1) / 2, mpf(epsilon) / 2)


def tversky(y_true, y_pred, axis, alpha=0.5, beta=0.5, epsilon=1e-7):
    assert axis == 1
    return [
        _tversky(y, p, mpf(alpha), mpf(beta), mpf(epsilon))
        for y, p in zip(y_true, y_pred, strict=True)
    ]


def _tversky(y, p, alpha, beta, epsilon):
    missed = mpmath.fsum(a * (1 - b) for a, b in zip(y, p, strict=True))
    added = mpmath.fsum(b * (1 - a) for a, b in zip(y, p, strict=True))
    missing = alpha * missed + beta * added + epsilon
    return missing / (mpmath.fdot(y, p) + missing)


def distance(a, b):
    return mpmath.sqrt(mpmath.fsum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def triplet_margin_loss(anchors, positives, negatives, margin=1):
    return [
        max(distance(a, p) - distance(a, n) + mpf(margin), mpf(0))
        for a, p, n in zip(anchors, positives, negatives, strict=True)
    ]


def batch_hard_triplet_loss(y_true, y_pred, margin=1):
    return [_hardest(y_true, y_pred, i, mpf(margin)) for i in range(len(y_true))]


def _hardest(labels, vectors, i, margin):
    apart = [distance(vectors[i], other) for other in vectors]
    same = [d for j, d in enumerate(apart) if labels[j] == labels[i] and j != i]
    other = [d for j, d in enumerate(apart) if labels[j] != labels[i]]
    return max(max(same) - min(other) + margin, mpf(0)) if same and other else mpf(0)


def info_nce(queries, keys, temperature=0.1):
    losses = []
    for i, query in enumerate(queries):
        logits = [mpmath.fdot(query, key) / mpf(temperature) for key in keys]
        losses.append(exact_losses.sparse_softmax_cross_entropy_with_logits(i, logits)[0])
    return losses


def circle(y_true, y_pred, gamma=80, margin=0.4):
    return [_circle(y_true, y_pred, i, mpf(gamma), mpf(margin)) for i in range(len(y_true))]


def _circle(labels, vectors, i, gamma, m):
    sums = [mpf(0), mpf(0)]
    for j, other in enumerate(vectors):
        d = max(1 - mpmath.fdot(vectors[i], other), mpf(0))
        if labels[j] == labels[i] and j != i:
            sums[0] += mpmath.exp(gamma * (m + d) * (d - m))
        elif labels[j] != labels[i]:
            sums[1] += mpmath.exp(gamma * max(1 + m - d, mpf(0)) * (1 - m - d))
    return mpmath.log1p(sums[0] * sums[1])


def ctc_loss(labels, logits, label_length, logit_length, blank_index=0):
    """Return minus the logarithm of the probability of all alignments, each by itself."""
    return [
        _all_alignments(row[:size], frames[:time], blank_index)
        for row, frames, size, time in zip(labels, logits, label_length, logit_length, strict=True)
    ]


def _all_alignments(labels, logits, blank):
    frames = [[mpmath.exp(x) for x in row] for row in logits]
    frames = [[x / mpmath.fsum(row) for x in row] for row in frames]
    paths = itertools.product(range(len(logits[0])), repeat=len(logits))
    return -mpmath.log(
        mpmath.fsum(
            mpmath.fprod(frames[t][k] for t, k in enumerate(path))
            for path in paths
            if collapsed(path, blank) == list(labels)
        )
    )


def collapsed(path, blank):
    """Return the labels of a path: repetitions merged, then blanks dropped."""
    return [label for label, _ in itertools.groupby(path) if label != blank]


def sampled_softmax_loss(remove_accidental_hits=True, **given):
    losses = []
    for row in range(len(given["labels"])):
        x = _corrected(row, remove_accidental_hits, **given)
        losses.append(mpmath.log1p(mpmath.fsum(mpmath.exp(one - x[0]) for one in x[1:])))
    return losses


def nce_loss(remove_accidental_hits=False, **given):
    losses = []
    for row in range(len(given["labels"])):
        own, *others = _corrected(row, remove_accidental_hits, **given)
        terms = [mpmath.log1p(mpmath.exp(x)) for x in (-own, *others)]
        losses.append(mpmath.fsum(terms))
    return losses


def _corrected(
    row, remove, labels, logits, sampled_classes, true_expected_count, sampled_expected_count
):
    """Return the logits of the true and the sampled classes, less the log of their counts."""
    drawn = zip(sampled_classes, sampled_expected_count, strict=True)
    chosen = [(labels[row], true_expected_count[row])]
    chosen += [(c, count) for c, count in drawn if not (remove and c == labels[row])]
    return [logits[row][c] - mpmath.log(count) for c, count in chosen]
