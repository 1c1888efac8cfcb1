"""Mutate copies of the project and count how many mutations its own checks catch.

Usage: python -m tools.mutation.sample [--sample N] [--seed S] [--kind KIND]

Each mutation is applied alone, and the check of `make test` that should catch it runs on the copy.
The same check first runs without the mutation and must pass. tools/mutation/sites.py and
tools/mutation/operators.py say what can be mutated, and what is left out because no check could
see the difference.
"""

import argparse
import os
import queue
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import zip_longest
from pathlib import Path

from tools import warm
from tools.mutation import runner, sites


def sample(candidates, size, seed):
    """Return `size` sites in a seeded order, the kinds in turn."""
    by_kind = {}
    for site in sorted(candidates, key=lambda site: sites.order(site, seed)):
        by_kind.setdefault(site.kind, []).append(site)
    rounds = zip_longest(*by_kind.values())
    return [site for one in rounds for site in one if site][:size]


def try_all(chosen, copies):
    """Yield what came of each mutation as it is known; the copies work side by side."""
    with ThreadPoolExecutor(len(copies)) as pool:
        idle = queue.SimpleQueue()
        for copy in copies:
            idle.put(copy)

        def work(site):
            copy = idle.get()
            try:
                return copy.try_one(site)
            finally:
                idle.put(copy)

        running = [pool.submit(work, site) for site in chosen]
        try:
            yield from (done.result() for done in as_completed(running))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def report(outcomes, candidates):
    """Print the survivors, a line each, and how many mutations were caught, kind by kind."""
    print()
    for outcome in outcomes:
        if not outcome.caught:
            print(outcome)
    possible, tried = (
        Counter(s.kind for s in group) for group in (candidates, [o.site for o in outcomes])
    )
    caught = Counter(outcome.site.kind for outcome in outcomes if outcome.caught)
    for table in (possible, tried, caught):
        table["all"] = table.total()
    print(f"\n{'kind':18} {'sites':>7} {'applied':>8} {'caught':>7} {'share':>6}")
    for kind in [*sorted(set(tried) - {"all"}), "all"]:
        share = f"{caught[kind] / tried[kind]:.0%}"
        print(f"{kind:18} {possible[kind]:7} {tried[kind]:8} {caught[kind]:7} {share:>6}")


def options(arguments):
    """Return the command's options; for a wrong one, exit with one sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutation.sample", description=__doc__.splitlines()[0]
    )
    parser.error = lambda message: sys.exit(f"error: {message}")
    names = [kind.replace(" ", "-") for kind in runner.KINDS]
    parser.add_argument("--sample", type=int, default=100, help="how many mutations")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--kind", choices=names, help="only mutations of this kind")
    parser.add_argument("--path", help="only mutations of files whose path begins with this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="copies at a time")
    given = parser.parse_args(arguments)
    for name in ("sample", "jobs"):
        if getattr(given, name) < 1:
            parser.error(f"argument --{name}: expected at least 1, got {getattr(given, name)}")
    return given


def work(given, folder):
    """Apply the sample to copies below a folder and report progress; return outcomes and sites."""
    copy = runner.Copy(folder / "0")
    kind, path = (given.kind or "").replace("-", " "), given.path or ""
    every = sites.find(copy.root)
    candidates = [s for s in every if kind in (s.kind, "") and s.path.startswith(path)]
    if not candidates:
        sys.exit("error: these files have no site for a mutation of this kind")
    chosen = sample(candidates, given.sample, given.seed)
    jobs = range(1, min(given.jobs, len(chosen)))
    copies = [copy, *(runner.Copy(folder / str(number), copy) for number in jobs)]
    outcomes, start = [], time.perf_counter()
    for outcome in try_all(chosen, copies):
        outcomes.append(outcome)
        rate = len(outcomes) / (time.perf_counter() - start) * 60
        left = (len(chosen) - len(outcomes)) / rate
        print(f"[{len(outcomes)}/{len(chosen)}] {outcome} ", end="")
        print(f"({outcome.seconds:.0f} s; {rate:.1f} a minute, {left:.0f} min left)", flush=True)
    return outcomes, candidates


def main(arguments=None):
    """Run the command; the exit status is 1 when a mutation survived."""
    given = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: stopped"))  # the copies are removed
    try:
        copies = tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True)
        with copies as folder, warm.python_processes():
            outcomes, candidates = work(given, Path(folder))
    except runner.CheckFails as problem:
        sys.exit(f"error: {problem}")
    report(outcomes, candidates)
    return 0 if all(outcome.caught for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
