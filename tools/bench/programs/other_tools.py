"""What losslint, trainproof and trainscope say of the same training histories.

Usage: python -m tools.bench.programs.other_tools RESULTS BIN

RESULTS is what `python -m tools.bench.programs --write RESULTS` wrote. BIN is the folder of
programs of an environment with the three packages, in which nothing else is needed:

    python -m venv other
    other/bin/pip install -r tools/bench/programs/other_tools.txt

Each gets the form of the history that it asks for, with its default settings: losslint the loss of
every step, trainproof what Keras' CSVLogger writes for every epoch, and trainscope the loss of
every step, as a training loop would hand it over. The answers are added to other_tools.json.
"""

import csv
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ANSWERS = Path(__file__).with_name("other_tools.json")
REQUIREMENTS = ANSWERS.with_suffix(".txt")
NAMES = ("losslint", "trainproof", "trainscope")
# What `TrainScope.step` does with a loss; the rest of it needs a model of PyTorch.
DETECT = """
import json, math, sys
from trainscope.core.config import TrainScopeConfig
from trainscope.core.detectors import make_detector
said = []
for losses in json.load(sys.stdin):
    detector, words = make_detector(TrainScopeConfig()), set()
    for loss in losses:
        score = detector.update(loss) if math.isfinite(loss) else None
        if not math.isfinite(loss):
            words.add("non-finite loss")
        elif score is not None:
            words.add("spike" if score > 0 else "spike downwards")
    said.append(sorted(words))
print(json.dumps(said))
"""
VERSIONS = """
import importlib.metadata, json, sys
print(json.dumps({name: importlib.metadata.version(name) for name in sys.argv[1:]}))
"""


def main(arguments=None):
    """Run the command."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 2:
        sys.exit(f"error: expected RESULTS and BIN, got {len(arguments)} arguments")
    results, programs = json.loads(Path(arguments[0]).read_text("utf-8")), Path(arguments[1])
    stored = {"versions": versions(programs)}
    before = answers()
    stored |= {kind: before[kind] | of_kind(results[kind], programs) for kind in results}
    ANSWERS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print("\n".join(summary(stored)))


def pinned():
    """Return the versions that are to be installed."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").split()
    return dict(line.split("==") for line in lines)


def versions(programs):
    """Return the versions that are installed; others than the pinned ones end the command."""
    installed = answer([programs / "python", "-c", VERSIONS, *NAMES])
    if installed != pinned():
        sys.exit(f"error: expected {pinned()}, got {installed}")
    return installed


def summary(stored):
    """Yield how many programs of each kind each package says something about."""
    for kind in ("faulty", "repaired", "healthy"):
        for name in NAMES:
            count = sum(bool(answers[name]) for answers in stored[kind].values())
            yield f"{kind:9} {name:11} says something about {count:3} of {len(stored[kind]):3}"


def answers():
    """Return the answers that are stored."""
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


def of_kind(results, programs):
    """Return the answers about programs of one kind; those that raised have no history."""
    trained = {name: run for name, run in results.items() if run["history"]}
    spikes = answer([programs / "python", "-c", DETECT], [run["steps"] for run in trained.values()])
    return {
        name: {
            "losslint": losslint(run["steps"], programs),
            "trainproof": trainproof(run["history"], programs),
            "trainscope": at_spikes,
        }
        for (name, run), at_spikes in zip(trained.items(), spikes, strict=True)
    }


def losslint(losses, programs):
    """Return the checks of losslint that fire."""
    with log([{"step": step, "loss": loss} for step, loss in enumerate(losses)]) as file:
        report = answer([programs / "losslint", "check", "--format", "json", file])
    return sorted({finding["check"] for finding in report["findings"]})


def trainproof(history, programs):
    """Return the rules of trainproof that warn or fail; it needs a column `loss`."""
    with log(history) as file:
        reports = answer([programs / "trainproof", "doctor", "--json", file])["reports"]
    findings = [finding for report in reports for finding in report["findings"]]
    return sorted({each["id"] for each in findings if each["level"] in ("WARN", "FAIL")})


@contextmanager
def log(rows):
    """Hold a file of comma-separated values for the length of a with block."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        with file.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        yield file


def answer(command, given=None):
    """Return the JSON that a command prints; end in one sentence when it prints none."""
    text = None if given is None else json.dumps(given)
    done = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        sys.exit(f"error: {Path(command[0]).name} fails: {reason}")


if __name__ == "__main__":
    main()
