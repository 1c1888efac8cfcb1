"""The command `python -m grader` with a worker that grades nothing, for the tests of faults.

Everything else is real: the commands, the engine, the batches, the files. Called with a batch, this
program is that worker: it waits a moment and writes a result that depends on the submission alone.
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
from grader.run import engine
from grader.run.job import Job, Plans
from grader.run.result import GRADED

SECONDS = float(os.environ.get("STUB_SECONDS", "0.15"))


def stub_result(key, submission):
    """Return the result of a submission: its points are the first byte of its hash."""
    points = float(hashlib.sha256(submission).digest()[0] % 19)
    result = {"key": key, "state": GRADED, "reason": "", "points": points, "max_points": 18.0}
    empty = {name: [] for name in ("checks", "manual", "cells", "notes")}
    # As large as real ones, so that writing takes as long.
    return result | empty | {"open_points": 0.0, "output": "x" * 40_000}


def worker(batch):
    """Write a result for each submission of a batch."""
    engine.die_with_parent()
    plans = Plans()
    for arguments in json.loads(Path(batch).read_text()):
        results = Path(arguments.pop("results"))
        job = Job(plans, **arguments)
        path = results / f"{os.environ.get('STUB_CHANGED', '')}{job.key}.json"
        if not path.exists():
            time.sleep(SECONDS)
            result = stub_result(path.stem, job.submission.data)
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
