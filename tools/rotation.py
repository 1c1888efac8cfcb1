"""The part of a large set of tests that one commit runs; `make proof` runs the whole set."""

import functools
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROOF = "PROOF" in os.environ  # `make proof` sets it
# Continuous integration, which requires all, runs twice as much of each set as a person's machine.
FEWER = 1 if os.environ.get("REQUIRE_ALL") == "1" else 2


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
    """Tell whether this commit runs the test at a place, if it runs one in `count`.

    Outside of continuous integration it runs half of these.

    Examples
    --------
    >>> [is_in_turn(place, 1) for place in range(3)]
    [True, True, True]
    >>> sum(is_in_turn(place, 3) for place in range(12)) * FEWER
    4
    """
    return count == 1 or (place + turn()) % (count * FEWER) == 0
