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


def one_in(count, values):
    """Return values as parameters of a test: one in `count` for this commit, the others for proof.

    Examples
    --------
    >>> [len(param.marks) for param in one_in(1, ["a", "b"])]
    [0, 0]
    >>> sorted(len(param.marks) for param in one_in(2, ["a", "b"]))
    [0, 1]
    """
    return [
        pytest.param(value, marks=[pytest.mark.proof] * bool((place + turn()) % count))
        for place, value in enumerate(values)
    ]
