"""Weighed residuals, likelihoods and distances in mpmath, beside those of `exact_losses`."""

import mpmath
from mpmath import inf, log, log1p, mpf


def pinball_loss(y, f, quantile):
    quantile = mpf(quantile)
    if f > y:
        return (1 - quantile) * (f - y), 1 - quantile
    return quantile * (y - f), -quantile if f < y else mpf(0)


def absolute_percentage_error(y, f):
    r = f - y
    if r == 0:
        return mpf(0), mpf(0)
    return (100 * abs(r) / abs(y), 100 * mpmath.sign(r) / abs(y)) if y else (
        inf, mpmath.sign(r) * inf
    )  # fmt: skip


def squared_logarithmic_error(y, f):
    size = log1p(abs(f - y) / (1 + min(f, y)))
    difference = size if f > y else -size
    return difference**2, 2 * difference / (1 + f)


def log_poisson_loss(y, x):
    return mpmath.exp(x) - y * x, mpmath.exp(x) - y


def gaussian_negative_log_likelihood(y, f, v):
    r = f - y
    return (log(v) + r * r / v) / 2, (r / v, (1 - r * r / v) / (2 * v))


def mean_pairwise_squared_error(y, f):
    r, n = [b - a for a, b in zip(y, f, strict=True)], len(y)
    if n == 1:
        return mpf(0), [mpf(0)]
    total, count = mpmath.fsum(r), n * (n - 1)
    slopes = [4 * (n * a - total) / count for a in r]
    return 2 * (n * mpmath.fsum(a * a for a in r) - total**2) / count, slopes


def cosine_distance(y, f):
    return 1 - mpmath.fdot(y, f), [-a for a in y]


def contrastive_loss(y, d, same_label, margin=1):
    lacking = max(mpf(margin) - d, mpf(0))
    return (d * d / 2, d) if y == same_label else (lacking**2 / 2, -lacking)


def categorical_generalized_cross_entropy(c, p, q):
    own = p[int(c)]
    slope = -(own ** (mpf(q) - 1)) if own else -inf
    value = (1 - own ** mpf(q)) / mpf(q)
    return value, [slope if j == int(c) else mpf(0) for j in range(len(p))]
