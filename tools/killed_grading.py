"""Grade a round, killing the command with -9 on the way; measure what is lost, and what it takes.

Everything that the command started must end with it, and a result that was there before a kill
must still be the same file at the end: then every submission was graded to its end exactly once.
"""

import contextlib
import subprocess
import time
from typing import NamedTuple

import psutil

LOOK_EVERY, MEASURE_EVERY, PATIENCE = 0.1, 2, 60  # seconds


class Measured(NamedTuple):
    """What grading took: seconds without those between runs, kills, and memory in MB."""

    seconds: float
    kills: int
    memory: float
    sentences: list


def run(command, round_, kills, total):
    """Repeat a command until it ends by itself, after `kills` kills at even distances.

    Parameters
    ----------
    command : list of str
        The command that grades.
    round_ : `grader.course.course_folder.Round`
    total : int
        How many results there will be.

    Returns
    -------
    Measured
        Its sentences say what went wrong.
    """
    before, sentences, most, start = {}, [], 0.0, time.perf_counter()
    for number in range(1, kills + 2):
        goal = total * number // (kills + 1) if number <= kills else total + 1
        process = psutil.Popen(command)
        most = max(most, _watch(process, round_, goal))
        sentences += _killed(process) if number <= kills else []
        now = _results(round_)
        sentences += [f"{name} was made twice" for name in before if now.get(name) != before[name]]
        before = now
    if process.wait():
        sentences.append(f"the last run ended with {process.returncode}")
    return Measured(time.perf_counter() - start, kills, most, sentences)


def _watch(process, round_, goal):
    """Wait until there are `goal` results, or the process has ended; return the most memory."""
    most, due = 0.0, 0.0
    while process.poll() is None and _count(round_) < goal:
        if time.monotonic() > due:
            most, due = max(most, _memory(process)), time.monotonic() + MEASURE_EVERY
        time.sleep(LOOK_EVERY)
    return most


def _memory(process):
    """Return the memory of a process and of those it started, in MB; shared pages count once."""
    total = 0
    for each in _family(process):
        with contextlib.suppress(psutil.Error):
            total += each.memory_full_info().pss
    return total / 1e6


def _family(process):
    with contextlib.suppress(psutil.Error):
        return [process, *process.children(recursive=True)]
    return []


def _killed(process):
    """Kill a process with -9; return a sentence if it was too late, or if one of its own lives."""
    if process.poll() is not None:
        return ["it ended before it could be killed"]
    family = _family(process)
    process.kill()
    process.wait()
    end = time.monotonic() + PATIENCE
    while any(map(_runs, family)) and time.monotonic() < end:
        time.sleep(LOOK_EVERY)
    return [f"{each} still runs after the command was killed" for each in family if _runs(each)]


def _runs(process):
    """Tell whether a process still does something: a zombie only waits to be counted."""
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _results(round_):
    """Return which file each result is: one that is written again has another number or time."""
    identities = {}
    for path in round_.folder("results").glob("[!.]*.json"):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            identities[path.name] = (status.st_ino, status.st_mtime_ns)
    return identities


def _count(round_):
    return len(list(round_.folder("results").glob("[!.]*.json")))


def disk(folder):
    """Return what the files below a folder take on the disk, in MB."""
    done = subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0]) / 1000
