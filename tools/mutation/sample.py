"""Plant errors in a copy of the project and count how many its own checks notice.

Usage: python -m tools.mutation.sample [--sample N] [--seed S] [--kind KIND]

Each error is planted alone, and the check of `make test` that should notice it is run on the copy.
The same check without an error is run first and must pass. What can be changed, and what is left
out because it changes nothing that can be seen, is said in tools/mutation/sites.py and
tools/mutation/operators.py.
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

from tools.mutation import runner, sites


def sample(found, size, seed):
    """Return `size` places in a seeded order, as many of each kind as there are."""
    by_kind = {}
    for place in sorted(found, key=lambda place: sites.order(place, seed)):
        by_kind.setdefault(place.kind, []).append(place)
    rounds = zip_longest(*by_kind.values())
    return [place for one in rounds for place in one if place][:size]


def try_all(chosen, copies):
    """Yield what came of each place, as it comes; the copies work side by side."""
    with ThreadPoolExecutor(len(copies)) as pool:
        idle = queue.SimpleQueue()
        for copy in copies:
            idle.put(copy)

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
            print(outcome)
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
        prog="python -m tools.mutation.sample", description=__doc__.splitlines()[0]
    )
    parser.error = lambda message: sys.exit(f"error: {message}")
    names = [kind.replace(" ", "-") for kind in runner.KINDS]
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


def work(given, folder):
    """Plant the sample in copies below a folder, saying how it goes; return what there was."""
    copy = runner.Copy(folder / "0")
    kind, path = (given.kind or "").replace("-", " "), given.path or ""
    found = [p for p in sites.find(copy.root) if kind in (p.kind, "") and p.path.startswith(path)]
    if not found:
        sys.exit("error: there is no place for an error of this kind in these files")
    chosen = sample(found, given.sample, given.seed)
    jobs = range(1, min(given.jobs, len(chosen)))
    copies = [copy, *(runner.Copy(folder / str(number), copy) for number in jobs)]
    outcomes, start = [], time.perf_counter()
    for outcome in try_all(chosen, copies):
        outcomes.append(outcome)
        rate = len(outcomes) / (time.perf_counter() - start) * 60
        left = (len(chosen) - len(outcomes)) / rate
        print(f"[{len(outcomes)}/{len(chosen)}] {outcome} ", end="")
        print(f"({outcome.seconds:.0f} s; {rate:.1f} a minute, {left:.0f} min left)", flush=True)
    return outcomes, found


def main(arguments=None):
    """Run the command; the exit status is 1 when a planted error survived."""
    given = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: stopped"))  # the copies are removed
    try:
        with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
            outcomes, found = work(given, Path(folder))
    except runner.CheckFails as problem:
        sys.exit(f"error: {problem}")
    report(outcomes, found)
    return 0 if all(outcome.caught for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
