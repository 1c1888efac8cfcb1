"""Tests and their parameters of which one commit runs a part; `make proof` runs all of them."""

import pytest

from tools.rotation import is_in_turn


def one_in(count, values, skip=0):
    """Return values as parameters of a test: one in `count` for this commit, the others for proof.

    Another `skip` chooses others: with a count of 2 and a skip of 1, the other half.

    Examples
    --------
    >>> [len(param.marks) for param in one_in(1, ["a", "b"])]
    [0, 0]
    >>> one, other = (one_in(2, range(8), skip=skip) for skip in (0, 1))
    >>> any(not a.marks and not b.marks for a, b in zip(one, other))
    False
    """
    return [
        pytest.param(value, marks=marks(count, place + skip)) for place, value in enumerate(values)
    ]


def marks(count, place=0):
    """Return the marks of a parameter that one commit in `count` runs."""
    return [pytest.mark.proof] * (not is_in_turn(place, count))


def one_commit_in(count, skip=0):
    """Return a decorator of a test without parameters that one commit in `count` runs.

    Another `skip` chooses other commits.

    Examples
    --------
    >>> [hasattr(one_commit_in(2, n), "mark") for n in range(4)].count(False) in (1, 2)
    True
    """
    return (lambda test: test) if is_in_turn(skip, count) else pytest.mark.proof
