"""Which part of a larger set of tests one commit runs; `make proof` runs all of it."""

import functools
import os
import subprocess

import pytest

from website.toc import ROOT


@functools.cache
def turn():
    """Return a number that the commit decides, so that a run can be repeated; 0 without git."""
    commit = (
        os.environ.get("GITHUB_SHA")
        or subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()
    )
    return int(commit[:8] or "0", 16)


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
