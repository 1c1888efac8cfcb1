"""How well lossutils.diagnose tells batches with a mistake from healthy ones.

Usage: python -m tools.bench.diagnosis [--batches N] [--seed S]

N batches of each mistake and as many healthy ones in all, from small simulated networks. For each
mistake: how often it is among the findings, in batches of usual size and in very small ones, how
often it is called certain, and how often it stands first. For each kind of healthy batch: how often
something is found in it, certain or suspicious.
"""

import argparse
import sys
import zlib

import numpy as np

from lossutils import diagnose
from tools.bench.broken_batches import BROKEN
from tools.bench.healthy_batches import HEALTHY
from tools.bench.simulated import SMALL, USUAL

RECALL, FALSE_ALARMS = 0.95, 0.005  # the limits, for batches of usual size


def main(arguments=None):
    """Print the two tables; the exit status is 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.diagnosis",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--batches", type=int, default=100, metavar="N", help="of each mistake")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args(arguments)
    broken = {name: recall(name, options.batches, options.seed) for name in BROKEN}
    each = -(-options.batches * len(BROKEN) // len(HEALTHY))
    healthy = {name: alarms(name, each, options.seed) for name in HEALTHY}
    print("\n".join([*broken_table(broken), "", *healthy_table(healthy, each)]))
    return 1 if promises_broken(broken, healthy) else 0


def recall(mistake, batches, seed):
    """Return shares: found, found in small batches, certain, first."""
    reports = [diagnosed(BROKEN[mistake], mistake, i, USUAL, seed) for i in range(batches)]
    small = [diagnosed(BROKEN[mistake], mistake, i, SMALL, seed) for i in range(batches // 4)]
    return {
        "found": share(mistake in ids(report) for report in reports),
        "small": share(mistake in ids(report) for report in small),
        "certain": share(mistake in ids(report.certain) for report in reports),
        "first": share(mistake in ids(report[:1]) for report in reports),
    }


def alarms(kind, batches, seed):
    """Return shares of healthy batches in which something is found: certain, suspicious."""
    sizes = [SMALL if i % 5 == 0 else USUAL for i in range(batches)]
    reports = [diagnosed(HEALTHY[kind], kind, i, size, seed) for i, size in enumerate(sizes)]
    return {
        "certain": share(bool(report.certain) for report in reports),
        "suspicious": share(bool(report.suspicious) for report in reports),
    }


def diagnosed(make, name, number, rows, seed):
    """Return the report on one batch; its generator depends on nothing but the arguments."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode()), number, *rows])
    batch = make(rng, rows)
    return diagnose(batch.y_true, batch.y_pred, **batch.options)


def ids(findings):
    """Return the mistakes of findings."""
    return [finding.mistake for finding in findings]


def share(answers):
    """Return how many of the answers are yes."""
    answers = list(answers)
    return sum(answers) / len(answers) if answers else float("nan")


def false_alarms(healthy):
    """Return the share of healthy batches in which something is called certain."""
    return float(np.mean([row["certain"] for row in healthy.values()]))


def promises_broken(broken, healthy):
    """Return what is worse than promised."""
    worse = [name for name, row in broken.items() if row["found"] < RECALL]
    return worse + ["false alarms"] * (false_alarms(healthy) > FALSE_ALARMS)


def broken_table(broken):
    """Return the lines of the table of mistakes."""
    yield f"{'mistake':26}{'recall':>8}{'1-7 rows':>10}{'certain':>9}{'first':>7}"
    for name, row in broken.items():
        recall, small, certain, first = (f"{100 * row[key]:.0f} %" for key in row)
        yield f"{name:26}{recall:>8}{small:>10}{certain:>9}{first:>7}"


def healthy_table(healthy, each):
    """Return the lines of the table of healthy batches."""
    yield f"{'healthy batches':34}{'certain':>9}{'suspicious':>12}"
    for name, row in healthy.items():
        yield f"{name:34}{100 * row['certain']:7.1f} %{100 * row['suspicious']:10.1f} %"
    total = f"all {each * len(healthy)}"
    suspicious = 100 * np.mean([row["suspicious"] for row in healthy.values()])
    yield f"{total:34}{100 * false_alarms(healthy):7.1f} %{suspicious:10.1f} %"


if __name__ == "__main__":
    sys.exit(main())
