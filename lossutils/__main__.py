"""The command: python -m lossutils diagnose batch.npz --loss mse --history log.csv.

Exit status: 0 nothing certain, 1 something is certain, 2 the command could not be carried out.
"""

import argparse
import csv
import sys

import numpy as np

from lossutils.diagnosis import Report, diagnose
from lossutils.diagnosis.history import History, run_findings
from lossutils.diagnosis.names import canonical

NEEDED, OPTIONAL = ("y_true", "y_pred"), ("sample_weight",)
_ABOUT = {
    "--ignore-class": "the label that the loss ignores",
    "--gamma": "the exponent of a focal loss",
    "--pos-weight": "how many times a label of 1 counts; numbers with commas, one for each column",
    "--axis": "the axis of the classes, -1 if it is not given",
}


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what it did not understand."""

    def error(self, message):
        self.exit(2, f"error: {' '.join(message.split())}\n")


def main(arguments=None):
    """Run the command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.loss = _losses(options.loss)
        reports = list(_reports(options))
    except ValueError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    print("\n\n".join(map(str, reports)))
    return 1 if any(report.certain for report in reports) else 0


def _reports(options):
    if options.batch is None and options.history is None:
        raise ValueError("expected a batch, or --history with a file of keras.callbacks.CSVLogger")
    history = None if options.history is None else _history(options.history)
    if options.batch is not None:
        yield diagnose(**_read(options.batch), **_arguments_of_loss(options))
    if history is not None:
        epochs = f"{len(history.losses)} epochs of {options.history}"
        yield Report(epochs, tuple(run_findings(history)))


def _arguments_of_loss(options):
    """Return what was known of the loss and the model."""
    known = ("loss", "from_logits", "trained", "ignore_class", "gamma", "axis", "pos_weight")
    return {name: value for name in known if (value := getattr(options, name)) is not None}


def _losses(given):
    """Return the loss, or the loss of each output: price=mse kind=categorical_crossentropy."""
    pairs = [text.rpartition("=") for text in given or []]
    for *_, loss in pairs:
        canonical(loss)
    if len(pairs) == 1 and not pairs[0][1]:
        return pairs[0][2]
    if not all(equals and name for name, equals, _ in pairs):
        raise ValueError("--loss: expected one loss, or OUTPUT=LOSS for each output")
    return {name: loss for name, _, loss in pairs} or None


def _numbers(text):
    numbers = [float(part) for part in text.split(",")]
    return numbers[0] if len(numbers) == 1 else numbers


def _parser():
    parser = _Parser(prog="python -m lossutils", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="diagnose")
    about = "say what is wrong with one batch; exit status 1 when something is certain"
    command = commands.add_parser("diagnose", help=about, description=about)
    about = "a file of np.savez: y_true, y_pred, maybe sample_weight; y_true.NAME for each output"
    command.add_argument("batch", nargs="?", help=about)
    command.add_argument("--history", help="a file of keras.callbacks.CSVLogger, with the losses")
    about = "Keras' name of the loss, such as mse; OUTPUT=LOSS for each of several outputs"
    command.add_argument("--loss", action="append", help=about)
    command.add_argument("--from-logits", action="store_true", help="the loss has from_logits=True")
    command.add_argument("--trained", action="store_true", help="the model has been trained")
    kinds = {"--ignore-class": int, "--gamma": float, "--pos-weight": _numbers, "--axis": int}
    for option, kind in kinds.items():
        command.add_argument(option, type=kind, help=_ABOUT[option])
    return parser


def _read(path):
    """Return the arrays of a file; what cannot be read is a ValueError of one sentence."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: _array(file, name) for name in (*NEEDED, *OPTIONAL)}
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise ValueError(f"{path} is a directory; expected a file of np.savez") from None
    except Exception as error:  # a file can be broken in any way
        raise ValueError(f"{path} cannot be read as a file of np.savez: {_why(error)}") from None
    missing = [name for name in NEEDED if arrays[name] is None]
    if missing:
        raise ValueError(f"{path} has no array named {' and '.join(missing)}")
    return arrays


def _array(file, name):
    """Return an array of a file; of several outputs a dictionary; None where there is none."""
    if name in file.files:
        return file[name]
    start = f"{name}."
    each = {key.removeprefix(start): file[key] for key in file.files if key.startswith(start)}
    return each or None


def _history(path):
    """Return the losses and accuracies of a file that CSVLogger wrote."""
    rows = _rows(path)
    if not rows or "loss" not in rows[0]:
        raise ValueError(f"{path}: expected a column named loss and a row for each epoch")
    try:
        losses = [float(row["loss"]) for row in rows]
        named = [name for name in rows[0] if name and "acc" in name and "val" not in name]
        accuracies = [float(row[named[0]]) for row in rows] if named else []
    except (TypeError, ValueError):
        raise ValueError(f"{path}: expected numbers in the columns loss and accuracy") from None
    return History(losses=losses, epoch_losses=losses, accuracies=accuracies)


def _rows(path):
    try:
        with open(path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} cannot be read as a history: {_why(error)}") from None


def _why(error):
    text = " ".join(str(error).split())
    if "pickle" in text:
        return "it holds Python objects (pickles), or np.savez did not write it"
    if isinstance(error, AttributeError | TypeError):
        return "it holds one array without a name"
    return text[:120] or type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
