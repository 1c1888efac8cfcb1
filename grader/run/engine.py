"""Run batches of submissions with Snakemake.

Snakemake decides where jobs run: on the cores of this machine, on Slurm, on Kubernetes. A batch is
one of its jobs, because each job costs it 20 ms and more, and because one process can keep a
sandbox warm. Each submission has its own result file: a repeated batch skips those that exist.
"""

import ctypes
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from grader import files

ROOT = Path(__file__).parents[2]
SNAKEFILE = Path(__file__).with_name("Snakefile")
WORKER = (sys.executable, "-m", "grader.run.batch")
MOST_IN_A_BATCH, BATCHES_PER_WORKER = 50, 4
LOOK_EVERY = 0.3  # seconds
ROOM = 1_000_000  # bytes that must be free for a log to say why a run failed
KILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


@contextmanager
def alone(folder):
    """Lock the folder for this process; a second one is refused. A killed one holds no lock."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise files.Problem(
                "this round is already being graded; wait for that, or stop it with Ctrl-C"
            ) from None
        yield


def batches(jobs, workers, most=MOST_IN_A_BATCH):
    """Divide jobs into batches: few enough to be cheap, small enough to keep all workers busy.

    Examples
    --------
    >>> [len(batch) for batch in batches(range(10), workers=2)]
    [2, 2, 2, 2, 2]
    >>> len(batches(range(10_000), workers=2))
    200
    """
    size = max(1, min(most, len(jobs) // (workers * BATCHES_PER_WORKER) + 1))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def run(folder, jobs, workers, tick, worker=WORKER, most=MOST_IN_A_BATCH, extra=()):
    """Run jobs to their end; return the last lines of a failed batch and of the engine.

    `tick` is called repeatedly while they run. `folder` is for the engine's own files.
    """
    with tempfile.TemporaryDirectory(prefix="run-", dir=folder) as place:
        names = []
        for number, batch in enumerate(batches(jobs, workers, most)):
            names.append(f"batch-{number:05}")
            files.write(Path(place) / f"{names[-1]}.json", json.dumps(batch), mode=0o600)
        settings = {"batches": names, "worker": shlex.join(worker)}
        settings |= {"memory_mb": 4000, "minutes": 240}
        files.write(Path(place) / "engine.json", json.dumps(settings))
        failed = _snakemake(Path(place), workers, tick, extra)
        return _last_words(Path(place)) if failed else []


def _snakemake(place, workers, tick, extra):
    # -P: no module of the current folder is imported, which may hold what students sent.
    command = [sys.executable, "-P", "-m", "snakemake", "--snakefile", SNAKEFILE]
    command += ["--directory", place]
    command += ["--configfile", place / "engine.json", "--nolock", "--keep-going"]
    command += ["--cores", str(workers), "--jobs", str(workers)]  # locally and on a cluster
    command += ["--scheduler", "greedy", "--max-jobs-per-timespan", "100/1s"]
    command += ["--retries", "1", "--nocolor", *extra]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with open(place / "engine.log", "wb") as log:
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path, "XDG_CACHE_HOME": str(place / "cache")},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            while process.poll() is None:
                tick()
                time.sleep(LOOK_EVERY)
        finally:
            _end(process)
    tick()
    return process.returncode


def die_with_parent():
    """End this process when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(KILL_WITH_PARENT, signal.SIGKILL)


def _end(process):
    """End the engine and everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue


def _last_words(place):
    full = _disk_problem(place)
    if full:
        return [full]  # the logs are cut off where the disk was full
    logs = [
        log for log in sorted(place.glob("batch-*.log")) if not log.with_suffix(".done").exists()
    ]
    last_lines = []
    for log in [*logs[:1], place / "engine.log"]:
        lines = log.read_text(errors="replace").splitlines()
        last_lines += [line for line in lines if line.strip()][-3:]
    return last_lines


def _disk_problem(place):
    """Say why nothing can be written here, for example a full disk or a used-up quota."""
    try:
        (place / "room").write_bytes(bytes(ROOM))
    except OSError as problem:
        return problem.strerror
    return None


def tidy(folder):
    """Remove the files of interrupted runs."""
    for leftover in folder.glob("run-*"):
        shutil.rmtree(leftover, ignore_errors=True)
