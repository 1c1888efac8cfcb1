"""How well the diagnosis does on real training programs, faulty, repaired and healthy.

Usage: python -m tools.bench.programs [--onednn 0|1] [--only ID ...] [--family NAME]
                                      [--write FILE] [--store] [--markdown]

Each program is trained for a few epochs. `lossutils.diagnose` looks at a batch before training,
after a few steps and at the end; the callback `lossutils.keras.Diagnose` watches the whole run.
The exit status is 1 when a target is missed.
"""

import argparse
import gc
import json
import os
import sys
from pathlib import Path

from tools.bench.programs import SPLITS


def main(arguments=None):
    """Run the command."""
    given = parsed(arguments)
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = str(given.onednn)  # read when TensorFlow is imported
    from tools.bench.programs import stored, tables
    from tools.bench.programs.faulty import FAULTS
    from tools.bench.programs.healthy import HEALTHY

    known = [*FAULTS, *HEALTHY]
    if unknown := set(given.only) - set(known):
        sys.exit(f"error: no program is called {', '.join(sorted(unknown))}")
    chosen = [id_ for id_ in known if id_ in (given.only or known)]
    if given.family:
        chosen = [i for i in chosen if i in FAULTS and FAULTS[i].family == given.family]
    results = run(chosen, given.write)
    print("\n".join(tables.text(results)))
    if given.markdown:
        print(tables.markdown(tables.verdicts(results)))
    if given.store:
        stored.store(results, onednn=given.onednn)
    worse = tables.missed(tables.totals(tables.column(results), given.split))
    print("\n".join(f"missed: {name}" for name in worse))
    return 1 if worse else 0


def parsed(arguments):
    """Return the options of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.programs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.error = lambda message: sys.exit(f"error: {message}")
    parser.add_argument("--onednn", type=int, choices=(0, 1), default=0)
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="only these programs")
    parser.add_argument("--family", metavar="NAME", help="only the faults of this family")
    parser.add_argument("--split", choices=SPLITS, help="judge only these faults")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the results as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table of the page too")
    parser.add_argument("--store", action="store_true", help="store the verdicts of this setting")
    return parser.parse_args(arguments)


def run(chosen, file=None):
    """Train the programs; add the results to those that the file holds, and return them."""
    import keras

    from tools.bench.programs.faulty import FAULTS
    from tools.bench.programs.healthy import built, judged

    results = {"faulty": {}, "repaired": {}, "healthy": {}}
    if file and file.exists():
        results = json.loads(file.read_text(encoding="utf-8"))
    for id_ in chosen:
        if id_ in FAULTS:
            faulty, repaired = FAULTS[id_].programs()
            results["faulty"][id_] = judged(faulty)
            results["repaired"][id_] = judged(repaired)
        else:
            results["healthy"][id_] = judged(built(id_))
        keras.backend.clear_session()
        gc.collect()
        if file:
            file.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return results


if __name__ == "__main__":
    sys.exit(main())
