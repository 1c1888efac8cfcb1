"""Measure the search for similar submissions on made-up classes."""

import functools
import random
from itertools import combinations

from grader.course import similarity
from grader.source import derive
from tools.bench.similarity import made_up


def compared(assignment, submissions):
    """Return what the search compares: only the answers count."""
    given = _given(assignment)
    answers = [{name: code for name, code in cells.items() if name != made_up.OWN}
               for cells in submissions]  # fmt: skip
    return [similarity.reduced(each, given) for each in answers]


@functools.cache
def _given(assignment):
    return similarity.given(derive.release(assignment, "bench", 1))


def one_class(assignment, seed, own=0, honest=100, copies=20):
    """Return counts for one class, in which copies have `own` answers of their own.

    Returns
    -------
    tuple of int
        Copies that were found, copies, independent pairs that were reported, independent pairs.
    """
    submissions, planted = made_up.course(assignment, seed, honest, copies)
    random_ = random.Random(f"own/{seed}")
    for _, copy in planted:
        made_up.replace_some(random_, submissions[copy], assignment, own)
    pairs = similarity.alike(compared(assignment, submissions))
    reported = {(pair.first, pair.second) for pair in pairs}
    right = sum(tuple(sorted(pair)) in reported for pair in planted)
    wrong = sum(pair in reported for pair in combinations(range(honest), 2))
    return right, len(planted), wrong, honest * (honest - 1) // 2


def classes(assignment, seeds, **options):
    """Return the counts of several classes, added up."""
    counts = [one_class(assignment, seed, **options) for seed in seeds]
    return tuple(map(sum, zip(*counts, strict=True)))
