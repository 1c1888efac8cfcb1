"""What losslint, trainproof and trainscope say of the same training histories.

Usage: python -m tools.bench.programs.other_tools RESULTS BIN

RESULTS is what `python -m tools.bench.programs --write RESULTS` wrote; BIN is the folder of the
programs of an environment into which the three were installed from PyPI (for trainscope, --no-deps
and NumPy are enough: only its detector of changes is run, since all else needs PyTorch). losslint
and trainproof read one line per epoch, as Keras' CSVLogger writes them; trainscope reads the loss
of every step. The answers are written to other_tools.json beside this file.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ANSWERS = Path(__file__).with_name("other_tools.json")
NAMES = ("losslint", "trainproof", "trainscope")
# Importing trainscope itself would import PyTorch; its detectors need only NumPy.
DETECT = """
import importlib.metadata, json, sys, types
from pathlib import Path
files = importlib.metadata.files("trainscope")
package = types.ModuleType("trainscope")
package.__path__ = [str(Path(files[0].locate()).parents[0].parent / "trainscope")]
core = types.ModuleType("trainscope.core")
core.__path__ = [package.__path__[0] + "/core"]
sys.modules |= {"trainscope": package, "trainscope.core": core}
from trainscope.core.detectors.changepoint import ChangePointDetector
for losses in json.load(sys.stdin):
    detector = ChangePointDetector()
    print(sum(bool(detector.update(loss)) for loss in losses))
"""


def main(arguments=None):
    """Run the command."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 2:
        sys.exit(f"error: expected RESULTS and BIN, got {len(arguments)} arguments")
    results, programs = json.loads(Path(arguments[0]).read_text("utf-8")), Path(arguments[1])
    found = {kind: of_kind(results[kind], programs) for kind in results}
    ANSWERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def answers():
    """Return the answers that are stored."""
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


def of_kind(programs_run, programs):
    """Return the answers about programs of one kind; those that raised have no history."""
    with_history = {name: run for name, run in programs_run.items() if run["history"]}
    answers = {name: of_history(run["history"], programs) for name, run in with_history.items()}
    changes = trainscope([run["steps"] for run in with_history.values()], programs)
    for name, count in zip(with_history, changes, strict=True):
        answers[name]["trainscope"] = ["change of the loss"] if count else []
    return answers


def of_history(history, programs):
    """Return what losslint and trainproof find in a history."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        with file.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, list(history[0]))
            writer.writeheader()
            writer.writerows(history)
        return {"losslint": losslint(file, programs), "trainproof": trainproof(file, programs)}


def losslint(file, programs):
    """Return the checks of losslint that fire."""
    said = answer([programs / "losslint", "check", "--format", "json", file])
    return sorted({finding["check"] for finding in said["findings"]})


def trainproof(file, programs):
    """Return the rules of trainproof that warn or fail."""
    (report,) = answer([programs / "trainproof", "doctor", "--json", file])["reports"]
    bad = (found for found in report["findings"] if found["level"] in ("WARN", "FAIL"))
    return sorted({found["id"] for found in bad})


def trainscope(losses, programs):
    """Return how many changes trainscope's detector sees in each series of losses."""
    command = [programs / "python", "-c", DETECT]
    done = subprocess.run(command, input=json.dumps(losses), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: trainscope fails: {done.stderr.strip().splitlines()[-1]}")
    return list(map(int, done.stdout.split()))


def answer(command):
    """Return the JSON that a command prints."""
    return json.loads(subprocess.run(command, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
