"""Whether one variant was harder than the others, or only chance makes them differ.

The variants are dealt again at random, many times. A difference counts if hardly any of these deals
has one as large, in any variant and in anything that is compared: many comparisons find no more by
chance than one would.
"""

from typing import NamedTuple

import numpy as np

DEALS = 2000
NUMBERS_AT_ONCE = 2_000_000
LEVEL = 0.01


class Difference(NamedTuple):
    """One variant against all others, in one of the columns; `chance` is a probability."""

    column: int
    variant: int
    count: int
    mean: float
    others: int
    mean_of_others: float
    chance: float


def differences(variants, scores, level=LEVEL):
    """Return the differences between variants that are larger than chance explains.

    Parameters
    ----------
    variants : sequence of int
        The variant of each student.
    scores : array_like, shape [students, columns]
        What each student earned, as a share of the maximum.
    level : float
        The probability that anything is returned although no variant is harder.

    Returns
    -------
    list of Difference
        The largest first.

    Examples
    --------
    >>> scores = [[0.0], [1.0]] * 20  # everybody with variant 1 fails
    >>> [(each.variant, each.mean) for each in differences([1, 2] * 20, scores)]
    [(1, 0.0), (2, 1.0)]
    """
    variants, scores = np.asarray(variants), np.asarray(scores, dtype=float)
    names = np.unique(variants)
    if len(names) < 2 or not scores.size:
        return []
    dealt = variants[:, None] == names
    seen = _distances(dealt, scores)
    largest = _largest_by_chance(dealt, scores)
    chance = np.array([(1 + np.sum(largest >= each - 1e-9)) / (1 + DEALS)
                       for each in np.abs(seen).ravel()]).reshape(seen.shape)  # fmt: skip
    places = np.argwhere(chance <= level)
    unsorted = [
        _difference(names[v], c, dealt[:, v], scores[:, c], chance[v, c]) for v, c in places
    ]
    order = np.argsort([-abs(seen[v, c]) for v, c in places], kind="stable")
    return [unsorted[place] for place in order]


def _difference(name, column, mine, scores, chance):
    own, others = scores[mine], scores[~mine]
    return Difference(int(column), int(name), len(own), float(own.mean()),
                      len(others), float(others.mean()), float(chance))  # fmt: skip


def _largest_by_chance(dealt, scores):
    """Return the largest distance of each of many random deals."""
    rng, largest = np.random.default_rng(0), []
    at_once = max(1, min(DEALS, NUMBERS_AT_ONCE // dealt.size))
    for start in range(0, DEALS, at_once):
        places = np.tile(np.arange(len(dealt)), (min(at_once, DEALS - start), 1))
        deals = dealt[rng.permuted(places, axis=1)]
        largest.append(np.abs(_distances(deals, scores)).max(axis=(1, 2)))
    return np.concatenate(largest)


def _distances(dealt, scores):
    """Return how far each variant is from the mean, in its standard deviations by chance.

    Parameters
    ----------
    dealt : ndarray of bool, shape [..., students, variants]
    scores : ndarray, shape [students, columns]

    Returns
    -------
    ndarray, shape [..., variants, columns]
    """
    counts = dealt.sum(axis=-2)[..., None]
    spread = scores.std(axis=0) * np.sqrt(np.maximum(1 / counts - 1 / len(scores), 1e-12))
    means = dealt.swapaxes(-1, -2).astype(float) @ scores / counts
    distances = means - scores.mean(axis=0)
    return np.divide(distances, spread, out=np.zeros_like(distances), where=spread > 1e-9)
