"""Grade a batch of submissions, as one job of the engine.

Usage: python -m grader.run.batch BATCH.json

The file holds a list of arguments of `grader.run.job.Grader.grade`.
"""

import errno
import json
import sys
from pathlib import Path

from grader.checks.hidden import WrongSource
from grader.run import engine
from grader.run.job import Grader
from grader.run.result import COULD_NOT
from grader.sandbox.launcher import NoSandbox

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def main():
    """Grade one submission after the other and print a line for each."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m grader.run.batch BATCH.json")
    jobs = json.loads(Path(sys.argv[1]).read_text())
    with Grader() as grader:
        for arguments in jobs:
            try:
                result = json.loads(grader.grade(**arguments).read_text())
            except (NoSandbox, WrongSource) as problem:
                sys.exit(str(problem))
            except Exception as problem:  # this submission alone has no result
                if isinstance(problem, OSError) and problem.errno in NO_ROOM:
                    raise  # no other one can have a result either
                print(arguments["submission"], f"{type(problem).__name__}: {problem}", flush=True)
                continue
            points = f"{result['points']} of {result['max_points']}"
            reason = result["reason"]
            print(result["key"], f"{COULD_NOT}: {reason}" if reason else points, flush=True)


if __name__ == "__main__":
    engine.die_with_parent()
    main()
