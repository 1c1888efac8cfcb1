"""Run the checks of `make test` one after the other, and end with one line that sums them up.

Usage: python -m tools.run_checks CHECK [CHECK ...]

Each check is a target of the Makefile. A check that fails does not keep the others from running.
Checks that pytest runs leave a report, from which the last line counts what passed, what failed
and what did not run, and why. With REQUIRE_ALL=1 a test that did not run counts as a failure,
unless tests/allowed_not_run.toml names its reason. Where an entry there says `unless`, the test was
asked for once that variable is set, and has to run. The exit status is 1 when anything failed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "_build" / "checks"
ALLOWED = ROOT / "tests" / "allowed_not_run.toml"


class Outcome(NamedTuple):
    """What came of one check: how many tests passed and failed, and why some did not run."""

    name: str
    seconds: float
    passed: int
    failed: int
    not_run: Counter


def allowed_reasons():
    """Return the parts of reasons for which a test may stay undone."""
    entries = tomllib.loads(ALLOWED.read_text(encoding="utf-8"))["not_run"]
    return [e["reason"] for e in entries if not os.environ.get(e.get("unless", ""))]


def count(report):
    """Count the tests of one of pytest's reports: passed, failed, and the reasons of the others.

    Examples
    --------
    >>> suite = '<testsuite><testcase/><testcase><skipped message="no npm"/></testcase></testsuite>'
    >>> count(ElementTree.fromstring(suite))
    (1, 0, Counter({'no npm': 1}))
    """
    passed, failed, not_run = 0, 0, Counter()
    for case in report.iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skipped is not None:
            not_run[skipped.get("message", "").removeprefix("not run: ")] += 1
        else:
            passed += 1
    return passed, failed, not_run


def run(name):
    """Run one check; without a report of pytest's it counts as one test."""
    print(f"\n==> make {name}", flush=True)
    report, start = REPORTS / f"{name}.xml", time.monotonic()
    command = [os.environ.get("MAKE", "make"), "--no-print-directory", name]
    status = subprocess.run([*command, f"REPORTS={REPORTS.relative_to(ROOT)}"], cwd=ROOT).returncode
    seconds = time.monotonic() - start
    if not report.exists():
        return Outcome(name, seconds, status == 0, status != 0, Counter())
    passed, failed, not_run = count(ElementTree.parse(report).getroot())
    return Outcome(name, seconds, passed, failed or int(status != 0), not_run)


def refused(outcomes):
    """Return the reasons that REQUIRE_ALL does not accept."""
    allowed = allowed_reasons() if os.environ.get("REQUIRE_ALL") == "1" else [""]
    reasons = {reason for outcome in outcomes for reason in outcome.not_run}
    return sorted(r for r in reasons if not any(part in r for part in allowed))


def summary(outcomes):
    """Return the last line."""
    passed, failed = (sum(getattr(o, kind) for o in outcomes) for kind in ("passed", "failed"))
    not_run = sum((outcome.not_run for outcome in outcomes), Counter())
    words = f"{passed} passed, {failed} failed, {not_run.total()} not run"
    broken = [outcome.name for outcome in outcomes if outcome.failed]
    why = [f"{number} × {reason}" for reason, number in sorted(not_run.items())]
    parts = [f"failed in {', '.join(broken)}"] * bool(broken) + why
    return f"{words}: {'; '.join(parts)}" if parts else words


def main(arguments=None):
    """Run the checks, print a table of times and the last line."""
    parser = argparse.ArgumentParser(prog="python -m tools.run_checks", description=__doc__)
    parser.add_argument("checks", nargs="+", metavar="CHECK")
    checks = parser.parse_args(arguments).checks
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    outcomes = [run(name) for name in checks]
    times = {outcome.name: round(outcome.seconds, 1) for outcome in outcomes}
    (REPORTS / "seconds.json").write_text(json.dumps(times, indent=1), encoding="utf-8")
    print("\n" + "\n".join(f"{name:16}{seconds:7.1f} s" for name, seconds in times.items()))
    refusals = refused(outcomes)
    for reason in refusals:
        print(f"error: a test that must run did not: {reason}", file=sys.stderr)
    print(summary(outcomes), flush=True)
    return 1 if refusals or any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
