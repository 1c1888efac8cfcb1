"""The part of a large set of tests that one commit runs; `make proof` runs the whole set."""

import functools
import os
import subprocess
from pathlib import Path

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
