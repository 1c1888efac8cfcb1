"""The command `python -m grader` with a worker that grades nothing, for the tests of faults.

Everything else is real: the commands, the engine, the batches, the files. Called with a batch it is
that worker: it takes a moment, and writes a result that follows from the submission alone.
"""

import functools
import hashlib
import json
import os
import sys
import time
from pathlib import Path

from grader import __main__ as commands
from grader import files
from grader.course import grading
from grader.run import engine, job

SECONDS = float(os.environ.get("STUB_SECONDS", "0.15"))


def stub_result(key, submission):
    """Return the result of a submission: its points are the first byte of its hash."""
    points = float(hashlib.sha256(submission).digest()[0] % 19)
    result = {"key": key, "state": job.GRADED, "reason": "", "points": points, "max_points": 18.0}
    empty = {name: [] for name in ("checks", "manual", "cells", "notes")}
    # As large as real ones, so that writing takes its time.
    return result | empty | {"open_points": 0.0, "output": "x" * 40_000}


def worker(batch):
    """Do what the grader does with a batch."""
    engine.die_with_parent()
    for told in json.loads(Path(batch).read_text()):
        results = Path(told.pop("results"))
        path = results / f"{os.environ.get('STUB_CHANGED', '')}{job.key(**told)}.json"
        if not path.exists():
            time.sleep(SECONDS)
            result = stub_result(path.stem, Path(told["submission"]).read_bytes())
            files.write(path, json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1].endswith(".json"):
        try:
            worker(sys.argv[1])
        except OSError as problem:
            sys.exit(f"error: {problem.strerror}")
    else:
        stub = (sys.executable, str(Path(__file__).resolve()))
        grading.grade = functools.partial(grading.grade, worker=stub)
        commands.main()
