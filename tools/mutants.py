"""Plant errors in a copy of the project and count how many its own checks notice.

Usage: python -m tools.mutants [--sample N] [--seed S] [--kind KIND]

Each error is planted alone, and the check of `make test` that should notice it is run on the copy.
The same check without an error is run first and must pass. What can be changed, and what is left
out because it changes nothing that can be seen, is said in tools/places.py and tools/edits.py.
"""

import argparse
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from tools import places

ROOT = Path(__file__).resolve().parents[1]
IGNORED = shutil.ignore_patterns(
    ".git",
    ".venv",
    "_build",
    "*.egg-info",
    "__pycache__",
    ".ipynb_checkpoints",
    ".*_cache",
    ".hypothesis",
)
PYTEST = ("-m", "pytest", "-q", "-x", "--tb=line")
FAILED = {1, 2}  # pytest: a test failed, or a file of tests could not be read
TIMEOUT = 900  # seconds per check
QUIET = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
}
KINDS = (
    "stored output",
    "swapped arguments",
    "solution",
    "canonical form",
    "catalogue row",
    "published number",
    "lossutils",
)


class CheckFails(Exception):  # noqa: N818, it is said to a person as it is
    """A check fails without an error planted, so that failing with one would mean nothing."""

    def __init__(self, check):
        command = " ".join(["python", *check])
        super().__init__(f"without a planted error this check already fails: {command}")


class Outcome(NamedTuple):
    """What came of one planted error; `passed` are the checks that let it pass."""

    place: places.Place
    caught: bool
    passed: list
    seconds: float

    def __str__(self):
        text = (ROOT / self.place.path).read_text(encoding="utf-8")
        state = "caught  " if self.caught else "SURVIVED"
        return f"{state} {self.place.kind}: {places.described(self.place, text)}"


def checks(place, root):
    """Return the checks that should notice, the closest one first: arguments of python."""
    if place.kind in {"stored output", "swapped arguments", "solution"}:
        return [(*PYTEST, "--nbval", place.path)]
    if place.kind == "canonical form":
        return [("-m", "tools.notebooks", "check", place.path)]
    if place.kind == "catalogue row":
        return [(*PYTEST, "tests/test_sources.py")]
    if place.kind == "published number":
        return [(*PYTEST, "tests/test_experiments.py"), ("-m", "tools.reproduce")]
    return _module_checks(place.path, root)


def _module_checks(path, root):
    """Return the module's own examples and tests, then all other tests that compute."""
    tests = sorted((root / "tests").glob("test_*.py"))
    texts = {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in tests}
    name = Path(path).parts[1].removesuffix(".py").lstrip("_")
    own = [path] if ">>> " in (root / path).read_text(encoding="utf-8") else []
    own += [file for file in texts if file == f"tests/test_{name}.py"]
    numeric = re.compile(r"^from lossutils\S* import (?!experiments$)", re.MULTILINE)
    others = [file for file in texts if numeric.search(texts[file]) and file not in own]
    quick = (*PYTEST, "-m", "not slow", "--doctest-modules")
    return [(*quick, *files) for files in (own, others) if files]


class Copy:
    """A copy of the project in which errors are planted, one at a time.

    `clean` remembers which checks pass without an error; copies of one run can share it.
    """

    def __init__(self, root, clean=None):
        self.root, self.clean = Path(root).resolve(), {} if clean is None else clean
        shutil.copytree(ROOT, self.root, ignore=IGNORED)
        # Two changes of one file within a second would share bytecode, so there must be none.
        own = {"PYTHONPATH": str(self.root), "TMPDIR": str(self.root.parent)}
        self.environment = os.environ | own | QUIET
        used = self.run(("-c", "import lossutils; print(lossutils.__file__)"), "book").stdout
        if not Path(used.strip()).is_relative_to(self.root):
            raise RuntimeError(f"the copy uses another lossutils: {used.strip()}")

    def run(self, arguments, folder="."):
        """Run python in the copy, with the copy's lossutils."""
        command, options = [sys.executable, *arguments], {"capture_output": True, "text": True}
        folder = self.root / folder
        return subprocess.run(command, cwd=folder, env=self.environment, timeout=TIMEOUT, **options)

    def status(self, check):
        """Return the exit status of a check; one that does not end has failed."""
        try:
            return self.run(check).returncode
        except subprocess.TimeoutExpired:
            return 1

    @contextmanager
    def planted(self, place):
        """Hold the error in the copy's file for the length of a with block."""
        path = self.root / place.path
        original = path.read_bytes()
        path.write_bytes(places.planted(place, original.decode("utf-8")).encode("utf-8"))
        try:
            yield
        finally:
            path.write_bytes(original)

    def try_one(self, place):
        """Plant one error, run its checks until one notices, and return what came of it."""
        start, passed = time.perf_counter(), []
        for check in checks(place, self.root):
            if check not in self.clean:
                self.clean[check] = self.status(check) == 0
            if not self.clean[check]:
                raise CheckFails(check)
            with self.planted(place):
                caught = self.status(check) in FAILED
            if caught:
                break
            passed.append(" ".join(["python", *check]))
        return Outcome(place, caught, passed, time.perf_counter() - start)


def sample(found, size, seed):
    """Return `size` places in a seeded order, as many of each kind as there are."""
    by_kind = {}
    for place in sorted(found, key=lambda place: places.order(place, seed)):
        by_kind.setdefault(place.kind, []).append(place)
    rounds = zip_longest(*by_kind.values())
    return [place for one in rounds for place in one if place][:size]


def try_all(chosen, jobs):
    """Yield what came of each place, as it comes; `jobs` copies work side by side."""
    clean = {}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        idle = queue.SimpleQueue()
        for number in range(jobs):
            idle.put(Copy(Path(folder, str(number)), clean))

        def work(place):
            copy = idle.get()
            try:
                return copy.try_one(place)
            finally:
                idle.put(copy)

        running = [pool.submit(work, place) for place in chosen]
        try:
            yield from (done.result() for done in as_completed(running))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def report(outcomes, found):
    """Print the survivors, a line each, and how many errors were caught, kind by kind."""
    print()
    for outcome in outcomes:
        if not outcome.caught:
            print(f"{outcome} (passed: {'; '.join(outcome.passed)})")
    possible, tried = (
        Counter(p.kind for p in group) for group in (found, [o.place for o in outcomes])
    )
    caught = Counter(outcome.place.kind for outcome in outcomes if outcome.caught)
    for table in (possible, tried, caught):
        table["all"] = table.total()
    print(f"\n{'kind':18} {'places':>7} {'planted':>8} {'caught':>7} {'share':>6}")
    for kind in [*sorted(set(tried) - {"all"}), "all"]:
        share = f"{caught[kind] / tried[kind]:.0%}"
        print(f"{kind:18} {possible[kind]:7} {tried[kind]:8} {caught[kind]:7} {share:>6}")


def options(arguments):
    """Return the command's options; a wrong one ends in one sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutants", description=__doc__.splitlines()[0]
    )
    parser.error = lambda message: sys.exit(f"error: {message}")
    names = [kind.replace(" ", "-") for kind in KINDS]
    parser.add_argument("--sample", type=int, default=100, help="how many errors to plant")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--kind", choices=names, help="only errors of this kind")
    parser.add_argument("--path", help="only errors in the files whose path begins so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="copies side by side")
    given = parser.parse_args(arguments)
    for name in ("sample", "jobs"):
        if getattr(given, name) < 1:
            parser.error(f"argument --{name}: expected at least 1, got {getattr(given, name)}")
    return given


def main(arguments=None):
    """Run the command; the exit status is 1 when a planted error survived."""
    given = options(arguments)
    kind, path = (given.kind or "").replace("-", " "), given.path or ""
    found = [p for p in places.find(ROOT) if kind in (p.kind, "") and p.path.startswith(path)]
    if not found:
        sys.exit(f"error: there is no place for an error of this kind below {path or ROOT}")
    chosen = sample(found, given.sample, given.seed)
    outcomes, start = [], time.perf_counter()
    try:
        for outcome in try_all(chosen, min(given.jobs, len(chosen))):
            outcomes.append(outcome)
            rate = len(outcomes) / (time.perf_counter() - start) * 60
            left = (len(chosen) - len(outcomes)) / rate
            print(f"[{len(outcomes)}/{len(chosen)}] {outcome}", end=" ")
            print(
                f"({outcome.seconds:.0f} s; {rate:.1f} a minute, {left:.0f} min left)", flush=True
            )
    except CheckFails as problem:
        sys.exit(f"error: {problem}")
    report(outcomes, found)
    return 1 if any(not outcome.caught for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
