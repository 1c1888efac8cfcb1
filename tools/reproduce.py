"""Every number that the five source documents print, against TensorFlow and NumPy.

One row per experiment: how many numbers the document printed, and how many of them TensorFlow and
lossutils give to every printed digit and within one unit of the last printed digit. The counts are
compared with those in lossutils/book/data/experiments.json; the exit status is 1 when a row
is not as recorded.

TensorFlow runs with its plain kernels (TF_ENABLE_ONEDNN_OPTS=0, whatever is set outside): those of
oneDNN round a softmax differently in the last digit. The counts of TensorFlow were recorded on
Linux x86-64. Elsewhere its mathematical library may round a last digit differently, so there each
number must be within a few units of float32 instead.
"""

import argparse
import json
import os
import platform
import sys
from decimal import Decimal, InvalidOperation

import numpy as np

from lossutils import activations, losses, reductions
from lossutils.book import experiments

EXACT = platform.system() == "Linux" and platform.machine() in {"x86_64", "AMD64"}
FLOAT32_UNITS = 8  # of the largest number of the experiment; every step of float32 rounds
COUNTS = {"every_digit": "to every digit", "one_unit": "within one unit"}
WITNESSES = {"tensorflow": "TensorFlow", "numpy": "NumPy"}
NUMPY_NOTE = (
    "NumPy: lossutils rounds to float32 once, at the end; the documents' float32 rounded at every "
    "step,\nso the eight or nine digits that they print hold the error of those steps too."
)


def import_tensorflow():
    """Return TensorFlow with its plain kernels; what it says about graphics cards is left out."""
    os.environ |= {
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        import tensorflow
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    return tensorflow


def with_tensorflow(tf):
    """Return how TensorFlow computes each published name, and some experiments done otherwise."""
    nn, log, total = tf.nn, tf.math.log, tf.reduce_sum
    softmax_ce = nn.softmax_cross_entropy_with_logits
    sigmoid_ce = nn.sigmoid_cross_entropy_with_logits
    published = {
        "sum_of_squares": lambda y_true, y_pred: total(tf.square(y_true - y_pred)),
        "l2_loss": lambda y_true, y_pred: nn.l2_loss(y_true - y_pred),
        "scaled": lambda logits: nn.softmax(logits),
        "scaled2": lambda logits: nn.softmax(nn.softmax(logits)),
        "rel1": lambda labels, logits: softmax_ce(labels=labels, logits=logits),
        "rel2": lambda labels, logits: softmax_ce(labels=labels, logits=nn.softmax(logits)),
        "rel3": lambda labels, logits: -total(labels * log(nn.softmax(logits)), 1),
        "rel4": lambda labels, logits: softmax_ce(labels=labels, logits=logits),
        "rel5": lambda labels, logits: nn.sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits
        ),
        "loss": lambda labels, logits: total(softmax_ce(labels=labels, logits=logits)),
        "loss2": lambda labels, logits: -total(labels * log(nn.softmax(logits))),
        "softmax": lambda logits: nn.softmax(logits),
        "cross_entropy": lambda labels, logits: -total(labels * log(nn.softmax(logits))),
        "cross_entropy2": lambda labels, logits: total(softmax_ce(labels=labels, logits=logits)),
        "loss_l1": lambda y_true, y_pred: tf.abs(y_pred - y_true),
        "loss_l2": lambda y_true, y_pred: tf.square(y_pred - y_true),
        # As the document has it: labels and logits are swapped.
        "loss_sce": lambda y_true, y_pred: sigmoid_ce(labels=y_pred, logits=y_true),
        "loss_wce": lambda y_true, y_pred, pos_weight: nn.weighted_cross_entropy_with_logits(
            labels=y_pred, logits=y_true, pos_weight=pos_weight
        ),
    }
    otherwise = {
        "002-7": lambda labels, logits: total(softmax_ce(logits, labels)),
        "003-8": lambda y_true, y_pred: sigmoid_ce(labels=y_true, logits=y_pred),
        "003-9": lambda y_true, y_pred, pos_weight: nn.weighted_cross_entropy_with_logits(
            labels=y_true, logits=y_pred, pos_weight=pos_weight
        ),
    }
    return published, otherwise


def _total(values):
    return reductions.reduce_loss(values, reduction="sum")


def _by_hand(labels, logits):
    return losses.categorical_cross_entropy(labels, activations.softmax(logits))


def _in_one_step(labels, logits):
    return losses.softmax_cross_entropy_with_logits(labels=labels, logits=logits)


WITH_NUMPY = {
    "sum_of_squares": lambda y_true, y_pred: _total(losses.squared_error(y_true, y_pred)),
    "l2_loss": lambda y_true, y_pred: losses.l2_loss(y_true - y_pred),
    "scaled": lambda logits: activations.softmax(logits),
    "scaled2": lambda logits: activations.softmax(activations.softmax(logits)),
    "rel1": _in_one_step,
    "rel2": lambda labels, logits: _in_one_step(labels, activations.softmax(logits)),
    "rel3": _by_hand,
    "rel4": _in_one_step,
    "rel5": losses.sparse_softmax_cross_entropy_with_logits,
    "loss": lambda labels, logits: _total(_in_one_step(labels, logits)),
    "loss2": lambda labels, logits: _total(_by_hand(labels, logits)),
    "softmax": lambda logits: activations.softmax(logits),
    "cross_entropy": lambda labels, logits: _total(_by_hand(labels, logits)),
    "cross_entropy2": lambda labels, logits: _total(_in_one_step(labels, logits)),
    "loss_l1": losses.absolute_error,
    "loss_l2": losses.squared_error,
    "loss_sce": lambda y_true, y_pred: losses.sigmoid_cross_entropy_with_logits(
        labels=y_pred, logits=y_true
    ),
    "loss_wce": lambda y_true, y_pred, pos_weight: losses.weighted_cross_entropy_with_logits(
        labels=y_pred, logits=y_true, pos_weight=pos_weight
    ),
}


def compute(functions, experiment):
    """Return what the functions give for each published name of an experiment."""
    names = experiment.published
    return {name: np.asarray(functions[name](**experiment.inputs)) for name in names}


def digits(published, values):
    """Yield, for each number, its printed text, the unit of its last digit and the exact value."""
    texts = np.asarray(published, dtype=str)
    if texts.shape != values.shape:
        raise ValueError(f"published has shape {texts.shape}, computed has {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("a computed number is infinite or nan")
    for text, value in zip(texts.ravel(), values.ravel(), strict=True):
        try:
            number = Decimal(str(text))
        except InvalidOperation:
            raise ValueError(f"published {str(text)!r} is not a number") from None
        yield number, Decimal(1).scaleb(number.as_tuple().exponent), Decimal(float(value))


def count(experiment, computed):
    """Count the numbers that agree to every digit, and within one unit of the last digit."""
    pairs = [
        pair
        for name, published in experiment.published.items()
        for pair in digits(published, computed[name])
    ]
    return {
        "every_digit": sum(2 * abs(value - number) <= unit for number, unit, value in pairs),
        "one_unit": sum(abs(value - number) <= unit for number, unit, value in pairs),
    }


def is_near(experiment, computed):
    """Tell whether each number is within one printed unit or a few units of float32."""
    scale = max(float(np.abs(values).max()) for values in computed.values())
    allowed = Decimal(FLOAT32_UNITS * 2.0**-23 * scale)
    return all(
        abs(value - number) <= max(unit, allowed)
        for name, published in experiment.published.items()
        for number, unit, value in digits(published, computed[name])
    )


def reproduce(experiment, published, otherwise):
    """Return the row of one experiment: its counts, and what is not as recorded."""
    total = sum(np.size(texts) for texts in experiment.published.values())
    row = {"id": experiment.id, "document": experiment.document, "published": total}
    row |= {witness: dict.fromkeys(COUNTS) for witness in WITNESSES}
    row |= {"verdict": experiment.verdict, "problems": []}
    try:
        results = {"tensorflow": compute(published, experiment)}
        results["numpy"] = compute(WITH_NUMPY, experiment)
        row |= {witness: count(experiment, values) for witness, values in results.items()}
        if experiment.id in otherwise:
            values = np.asarray(otherwise[experiment.id](**experiment.inputs))
            other = count(experiment, dict.fromkeys(experiment.published, values))
            row["otherwise"] = {"how": experiment.recorded["otherwise"]["how"], **other}
        row["problems"] = list(problems(experiment, row, results["tensorflow"]))
    except Exception as error:  # whatever a wrong record or a broken loss raises is a failed row
        row["problems"] = [f"it cannot be computed: {error}"]
    return row


def problems(experiment, row, computed):
    """Yield what is not as recorded: the recorded count, and the one found."""
    for what, recorded, found in expectations(experiment.recorded, row):
        if recorded != found:
            yield f"{what}: recorded {recorded}, found {found}"
    if not is_near(experiment, computed):
        yield f"TensorFlow is over {FLOAT32_UNITS} units of float32 off a published number"


def expectations(recorded, row):
    """Yield each thing that is recorded, its recorded value and the one found."""
    yield "numbers published", recorded["published"], row["published"]
    for witness, title in WITNESSES.items():
        for key, words in COUNTS.items():
            if EXACT or witness != "tensorflow":
                yield f"{title} {words}", recorded[witness][key], row[witness][key]
    if "otherwise" in row:
        how = recorded["otherwise"]["how"]
        yield how, recorded["otherwise"]["one_unit"], row["otherwise"]["one_unit"]


def table(rows):
    """Yield the lines of the table, with its totals."""
    line = "{:<7} {:<8} {:>9}   {:>10}  {:>8}   {:>10}  {:>8}   {}"
    witness = ["all digits", "one unit"]
    yield f"{'':<29}{'TensorFlow':<23}NumPy"
    yield line.format("row", "document", "published", *witness, *witness, "verdict")
    for row in [*rows, totals(rows)]:
        counts = [row[witness][key] for witness in WITNESSES for key in COUNTS]
        shown = ["?" if number is None else number for number in counts]
        yield line.format(row["id"], row["document"], row["published"], *shown, row["verdict"])


def totals(rows):
    """Return the sums over all rows, as a row."""
    sums = {
        witness: {key: sum(row[witness][key] or 0 for row in rows) for key in COUNTS}
        for witness in WITNESSES
    }
    documents = len({row["document"] for row in rows})
    published = sum(row["published"] for row in rows)
    failed = sum(bool(row["problems"]) for row in rows)
    verdict = f"{len(rows) - failed} of {len(rows)} rows as recorded"
    return {"id": "total", "document": documents, "published": published, "verdict": verdict} | sums


def notes(rows):
    """Yield why digits differ, and what the documents' mistakes hide."""
    reasons = {experiment.id: experiment.reason for experiment in experiments.all_experiments()}
    yield from (f"{row['id']}: {reasons[row['id']]}" for row in rows if reasons[row["id"]])
    for row in rows:
        if other := row.get("otherwise"):
            yield (
                f"{row['id']}: {other['how']}, TensorFlow gives {other['one_unit']} of "
                f"{row['published']} numbers within one unit"
            )
    yield NUMPY_NOTE
    if not EXACT:
        yield (
            f"TensorFlow's counts were recorded on Linux x86-64; on {platform.system()} "
            f"{platform.machine()} they are shown and not compared"
        )


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        """End with one sentence."""
        self.exit(2, f"error: {message}; see: {self.prog} --help\n")


def main(arguments=None):
    """Run the command; the exit status is 1 when a row is not as recorded."""
    parser = _Parser(
        prog="python -m tools.reproduce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args(arguments)
    try:
        recorded = [e for e in experiments.all_experiments() if e.recorded]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        parser.exit(2, f"error: the recorded experiments cannot be read: {problem}\n")
    try:
        ways = with_tensorflow(import_tensorflow())
    except ModuleNotFoundError as missing:
        parser.exit(2, f"error: {missing.name} is not installed; run: make install\n")
    rows = [reproduce(experiment, *ways) for experiment in recorded]
    if options.json:
        print(json.dumps({"rows": rows, "total": totals(rows)}, indent=2))
    else:
        print("\n".join([*table(rows), "", *notes(rows)]))
    for row in rows:
        if row["problems"]:
            sentence = "; ".join(row["problems"])
            print(f"error: {row['id']} is not as recorded: {sentence}", file=sys.stderr)
    return 1 if any(row["problems"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
