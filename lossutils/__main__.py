"""The command: python -m lossutils diagnose batch.npz --loss categorical_crossentropy.

Exit status: 0 nothing certain, 1 something is certain, 2 the command could not be carried out.
"""

import argparse
import sys

import numpy as np

from lossutils.diagnosis import diagnose
from lossutils.diagnosis.names import canonical

NEEDED, OPTIONAL = ("y_true", "y_pred"), ("sample_weight",)


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what it did not understand."""

    def error(self, message):
        self.exit(2, f"error: {' '.join(message.split())}\n")


def main(arguments=None):
    """Run the command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        canonical(options.loss)
        batch = _read(options.batch)
    except ValueError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    report = diagnose(**batch, loss=options.loss, from_logits=options.from_logits)
    print(report)
    return 1 if report.certain else 0


def _parser():
    parser = _Parser(prog="python -m lossutils", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="diagnose")
    about = "say what is wrong with one batch; exit status 1 when something is certain"
    command = commands.add_parser("diagnose", help=about, description=about)
    command.add_argument("batch", help="a file of np.savez: y_true, y_pred, maybe sample_weight")
    command.add_argument("--loss", help="Keras' name of the loss, such as mse")
    command.add_argument("--from-logits", action="store_true", help="the loss was told so")
    return parser


def _read(path):
    """Return the arrays of a file; what cannot be read is a ValueError of one sentence."""
    try:
        with np.load(path, allow_pickle=False) as file:
            present = [name for name in (*NEEDED, *OPTIONAL) if name in file.files]
            arrays = {name: file[name] for name in present}
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise ValueError(f"{path} is a directory; expected a file of np.savez") from None
    except Exception as error:  # a file can be broken in any way
        raise ValueError(f"{path} cannot be read as a file of np.savez: {_why(error)}") from None
    missing = [name for name in NEEDED if name not in arrays]
    if missing:
        raise ValueError(f"{path} has no array named {' and '.join(missing)}")
    return arrays


def _why(error):
    text = " ".join(str(error).split())
    if "pickle" in text:
        return "it holds Python objects (pickles), or it is no such file"
    if isinstance(error, AttributeError | TypeError):
        return "it holds one array without a name"
    return text[:120] or type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
