"""The losses and their derivatives again, in mpmath at 60 digits: what "exact" means in the tests.

Written from the definitions, apart from `lossutils`. Losses of one element take two numbers, losses
of one example two lists; each returns the value and the derivative with respect to the prediction.
Where 60 digits would not do (1 - 1e-300), a sum is written so that nothing cancels.
"""

import mpmath
from mpmath import expm1, inf, log, log1p, mpf, sinh, sqrt, tanh

from tools.bench.exact_regression import (  # noqa: F401, found here by name
    absolute_percentage_error,
    categorical_generalized_cross_entropy,
    contrastive_loss,
    cosine_distance,
    log_poisson_loss,
    mean_pairwise_squared_error,
    pinball_loss,
    squared_logarithmic_error,
)

mpmath.mp.dps = 60


def times_log(x, y):
    """Return x log y with 0 log 0 = 0."""
    return mpf(0) if x == 0 else x * (log(y) if y > 0 else -inf)


def times_log1p(x, y):
    """Return x log(1 + y) with 0 log 0 = 0."""
    return mpf(0) if x == 0 else x * (log1p(y) if y > -1 else -inf)


def over(x, y):
    """Return x / y with 0 / 0 = 0 and x / 0 infinite."""
    return mpf(0) if x == 0 else (mpmath.sign(x) * inf if y == 0 else x / y)


def squared_error(y, f):
    r = f - y
    return r * r, 2 * r


def absolute_error(y, f):
    r = f - y
    return abs(r), mpmath.sign(r)


def huber_loss(y, f, delta=1):
    r, delta = f - y, mpf(delta)
    if abs(r) <= delta:
        return r * r / 2, r
    return delta * (abs(r) - delta / 2), delta * mpmath.sign(r)


def pseudo_huber_loss(y, f, delta=1):
    r, delta = f - y, mpf(delta)
    root = sqrt(delta * delta + r * r)
    return delta * r * r / (delta + root), delta * r / root


def log_cosh(y, f):
    r = f - y
    if abs(r) < 100:
        return log1p(2 * sinh(r / 2) ** 2), tanh(r)
    # A number of 150 digits would do for tanh; it is 1 or -1 in every dtype.
    return abs(r) - log(2) + log1p(mpmath.exp(-2 * abs(r))), tanh(r)


def poisson_loss(y, f):
    return f - times_log(y, f), mpf(1) if y == 0 else over(f - y, f)


def binary_cross_entropy(y, p):
    value = -times_log(y, p) - times_log1p(1 - y, -p)
    return value, -over(y, p) + over(1 - y, 1 - p) if y in (0, 1) else over(p - y, p * (1 - p))


def binary_focal_cross_entropy(y, p, gamma=2, alpha=None):
    gamma = mpf(gamma)
    weight = 1 if alpha is None else y * mpf(alpha) + (1 - y) * (1 - mpf(alpha))
    missed = y * (1 - p) + (1 - y) * p
    value, slope = binary_cross_entropy(y, p)
    steepness = 1 if missed == 0 else value / missed
    faded = mpf(1) if gamma == 0 else missed**gamma
    if not mpmath.isinf(slope):  # at 0 the slope outgrows the logarithm
        slope += gamma * (1 - 2 * y) * steepness
    value, slope = (weight * (mpf(0) if faded == 0 else faded * x) for x in (value, slope))
    return value, slope


def hinge_loss(y, f):
    return max(mpf(0), 1 - y * f), -y if y * f < 1 else mpf(0)


def squared_hinge_loss(y, f):
    lacking = max(mpf(0), 1 - y * f)
    return lacking**2, -2 * y * lacking


def sigmoid_cross_entropy_with_logits(y, x):
    return weighted_cross_entropy_with_logits(y, x, pos_weight=1)


def weighted_cross_entropy_with_logits(y, x, pos_weight=1):
    positive, negative = mpf(pos_weight) * y, 1 - y
    rest = log1p(mpmath.exp(-abs(x)))
    value = positive * (rest + max(-x, 0)) + negative * (rest + max(x, 0))
    # (1 - y) sigmoid(x) - w y sigmoid(-x), over the common denominator 1 + exp(-|x|)
    e = mpmath.exp(-abs(x))
    slope = negative - positive * e if x > 0 else negative * e - positive
    if abs(x) < 1:
        slope = negative - positive - (positive if x > 0 else -negative) * expm1(-abs(x))
    return value, slope / (1 + e)


def sigmoid_focal_cross_entropy_with_logits(y, x, gamma=2, alpha=None):
    gamma = mpf(gamma)
    weight = 1 if alpha is None else y * mpf(alpha) + (1 - y) * (1 - mpf(alpha))
    small = mpmath.exp(-abs(x)) / (1 + mpmath.exp(-abs(x)))
    p, q = (1 / (1 + mpmath.exp(-x)), small) if x > 0 else (small, 1 / (1 + mpmath.exp(x)))
    missed = y * q + (1 - y) * p
    value, slope = sigmoid_cross_entropy_with_logits(y, x)
    slope += gamma * (1 - 2 * y) * p * q / missed * value
    return weight * missed**gamma * value, weight * missed**gamma * slope


def categorical_cross_entropy(y, p):
    value = -mpmath.fsum(times_log(a, b) for a, b in zip(y, p, strict=True))
    return value, [-over(a, b) for a, b in zip(y, p, strict=True)]


def sparse_categorical_cross_entropy(c, p):
    return categorical_cross_entropy(one_hot(c, len(p)), p)


def kl_divergence(y, p):
    terms = [
        mpf(0) if a == 0 else (inf if b == 0 else a * log(a / b)) for a, b in zip(y, p, strict=True)
    ]
    return mpmath.fsum(terms), [-over(a, b) for a, b in zip(y, p, strict=True)]


def categorical_focal_cross_entropy(y, p, gamma=2, alpha=0.25):
    gamma, alpha = mpf(gamma), mpf(alpha)
    value, slopes = mpf(0), []
    for a, b in zip(y, p, strict=True):
        faded = mpf(1) if gamma == 0 else (1 - b) ** gamma
        value -= times_log(a * faded, b)
        steepness = 1 if b == 1 else (-log(b) / (1 - b) if b > 0 else 0)
        slope = mpf(0) if faded == 0 else faded * (gamma * steepness + over(mpf(1), b))
        slopes.append(mpf(0) if a == 0 else -alpha * a * slope)
    return alpha * value, slopes


def cosine_similarity(y, f):
    dot, yy, ff = mpmath.fdot(y, f), mpmath.fdot(y, y), mpmath.fdot(f, f)
    if yy == 0 or ff == 0:
        return mpf(0), [mpf(0)] * len(y)
    norms = sqrt(yy * ff)
    return -dot / norms, [(dot * b - ff * a) / (norms * ff) for a, b in zip(y, f, strict=True)]


def categorical_hinge(y, f):
    c = y.index(1)
    wrong = [b for j, b in enumerate(f) if j != c]
    if not wrong or 1 + max(wrong) - f[c] <= 0:
        return mpf(0), [mpf(0)] * len(y)
    best = [j != c and b == max(wrong) for j, b in enumerate(f)]
    return 1 + max(wrong) - f[c], [mpf(b) / sum(best) - a for a, b in zip(y, best, strict=True)]


def softmax_parts(x):
    """Return gaps to the maximum, exponentials of minus them, their sum but one, others' sums."""
    top = max(range(len(x)), key=x.__getitem__)
    gaps = [x[top] - b for b in x]
    exponentials = [mpmath.exp(-gap) for gap in gaps]
    rest = mpmath.fsum(e for j, e in enumerate(exponentials) if j != top)
    others = [rest if j == top else 1 + rest - e for j, e in enumerate(exponentials)]
    return gaps, exponentials, rest, others


def pulled(weights, exponentials, others, rest):
    """Return sum(w) p_j - w_j."""
    top = max(range(len(weights)), key=weights.__getitem__)
    rest_weight = mpmath.fsum(w for j, w in enumerate(weights) if j != top)
    total = rest_weight + weights[top]
    return [
        ((rest_weight if j == top else total - w) * e - w * o) / (1 + rest)
        for j, (w, e, o) in enumerate(zip(weights, exponentials, others, strict=True))
    ]


def softmax_cross_entropy_with_logits(y, x):
    gaps, exponentials, rest, others = softmax_parts(x)
    value = mpmath.fsum(a * (gap + log1p(rest)) for a, gap in zip(y, gaps, strict=True))
    return value, pulled(y, exponentials, others, rest)


def sparse_softmax_cross_entropy_with_logits(c, x):
    return softmax_cross_entropy_with_logits(one_hot(c, len(x)), x)


def softmax_focal_cross_entropy_with_logits(y, x, gamma=2, alpha=0.25):
    gamma, alpha = mpf(gamma), mpf(alpha)
    gaps, exponentials, rest, others = softmax_parts(x)
    value, weights = mpf(0), []
    for a, gap, e, o in zip(y, gaps, exponentials, others, strict=True):
        if o == 0:  # one class
            weights.append(mpf(0))
            continue
        missed, cross_entropy = o / (1 + rest), gap + log1p(rest)
        value += alpha * a * missed**gamma * cross_entropy
        steepness = 1 + gamma * e / (1 + rest) * cross_entropy / missed
        weights.append(alpha * a * missed**gamma * steepness)
    return value, pulled(weights, exponentials, others, rest)


def l2_loss(t):
    return mpmath.fsum(a * a for a in t) / 2, list(t)


def one_hot(c, classes):
    """Return the one-hot row of a class."""
    return [mpf(int(j == int(c))) for j in range(classes)]


BITS = {
    "float64": (53, -1074, 1024),
    "float32": (24, -149, 128),
    "float16": (11, -24, 16),
    "bfloat16": (8, -133, 128),
}


def spacing(number, dtype):
    """Return the distance of neighbouring numbers of the dtype near an exact number."""
    bits, lowest, _ = BITS[dtype]
    return (
        mpmath.ldexp(1, max(mpmath.frexp(number)[1] - bits, lowest))
        if number
        else mpmath.ldexp(1, lowest)
    )


def rounded(number, dtype):
    """Return the exact number rounded to the dtype, ties to even."""
    if mpmath.isinf(number):
        return number
    step = spacing(number, dtype)
    nearest = mpmath.nint(number / step) * step
    return mpmath.sign(number) * inf if abs(nearest) >= mpmath.ldexp(1, BITS[dtype][2]) else nearest


def ulps(computed, exact, dtype):
    """Return how far a computed number is from the exact one, in units of the last place."""
    nearest, computed = rounded(exact, dtype), mpf(float(computed))
    if mpmath.isinf(nearest) or mpmath.isnan(computed) or mpmath.isinf(computed):
        return 0.0 if computed == nearest else float("inf")
    if exact == 0:
        return 0.0 if computed == 0 else float("inf")
    return float(abs(computed - exact) / spacing(exact, dtype))
