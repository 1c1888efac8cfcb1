"""What a command costs: elapsed seconds, processor seconds, and the memory of its workers."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).parents[2]


class Cost(NamedTuple):
    """Elapsed seconds, processor seconds, and memory in MB."""

    seconds: float
    processor: float
    memory: float = 0.0


def run(command, folder=ROOT):
    """Run a command to its end; return its cost, or exit with one sentence if it fails."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    bin_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    start, busy = time.perf_counter(), processor()
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PATH": bin_path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    memory = Memory(process.pid)
    output = process.communicate()[0]
    cost = Cost(time.perf_counter() - start, processor() - busy, memory.most())
    if process.returncode:
        last = " / ".join(output.strip().splitlines()[-3:])
        sys.exit(f"error: {' '.join(map(str, command))} fails, so nothing is measured: {last}")
    return cost


def processor():
    """Return the seconds that all processors were busy; the machine must be idle otherwise.

    Nobody waits for the processes that a sandbox ends, so their parents' accounts lack them.
    """
    times = psutil.cpu_times()
    return times.user + times.system


class Memory(threading.Thread):
    """The peak memory of the workers below a process; shared pages count in shares."""

    def __init__(self, pid):
        """Start to measure."""
        super().__init__(daemon=True)
        self.pid, self.peak, self.stop = pid, 0, threading.Event()
        self.start()

    def run(self):
        """Measure ten times a second."""
        while not self.stop.wait(0.1):
            try:
                below = psutil.Process(self.pid).children(recursive=True)
                self.peak = max(self.peak, sum(map(_held, _workers(below))))
            except psutil.Error:
                continue

    def most(self):
        """Stop measuring; return the peak, in MB."""
        self.stop.set()
        self.join()
        return self.peak / 1e6


def _workers(processes):
    """Return the processes that grade, without the engine."""
    workers = []
    for process in processes:
        try:
            if "snakemake" not in " ".join(process.cmdline()):
                workers.append(process)
        except psutil.Error:
            continue
    return workers


def _held(process):
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0
