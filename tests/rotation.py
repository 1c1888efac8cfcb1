"""Which part of a larger set of tests one commit runs; `make proof` runs all of it."""

import functools
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROOF = "PROOF" in os.environ  # `make proof` sets it


@functools.cache
def turn(folder=ROOT):
    """Return a number that the commit decides, so that a run can be repeated; 0 without Git."""
    command = ["git", "rev-parse", "--verify", "HEAD"]
    try:
        commit = subprocess.check_output(command, cwd=folder, text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(commit[:8], 16)


def is_in_turn(place, count):
    """Tell whether this commit runs the test at a place, if it runs one in `count`."""
    return (place + turn()) % count == 0


def one_in(count, values, skip=0):
    """Return values as parameters of a test: one in `count` for this commit, the others for proof.

    Another `skip` chooses others: with a count of 2 and a skip of 1, the other half.

    Examples
    --------
    >>> [len(param.marks) for param in one_in(1, ["a", "b"])]
    [0, 0]
    >>> sorted(len(param.marks) for param in one_in(2, ["a", "b"]))
    [0, 1]
    >>> [len(a.marks) + len(b.marks) for a, b in zip(one_in(2, "ab"), one_in(2, "ab", skip=1))]
    [1, 1]
    """
    return [
        pytest.param(value, marks=[pytest.mark.proof] * (not is_in_turn(place + skip, count)))
        for place, value in enumerate(values)
    ]
