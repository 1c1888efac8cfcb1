"""Every number that the five source documents print, against TensorFlow and NumPy.

One row per experiment: how many numbers the document printed, and how many of them TensorFlow and
lossutils reproduce to every printed digit and within one unit of the last printed digit. The exit
status is 1 if a row's counts differ from those recorded in lossutils.book.experiments.

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
    """Return TensorFlow with its plain kernels; its messages about graphics cards are hidden."""
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


def digits(published, values):
    """Yield, for each number, its printed value, the unit of its last digit and the exact value."""
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
    triples = [
        triple
        for name, published in experiment.published.items()
        for triple in digits(published, computed[name])
    ]
    return {
        "every_digit": sum(2 * abs(value - number) <= unit for number, unit, value in triples),
        "one_unit": sum(abs(value - number) <= unit for number, unit, value in triples),
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


def reproduce(experiment):
    """Return the results of one experiment: its counts, and what is not as recorded."""
    total = sum(np.size(texts) for texts in experiment.published.values())
    row = {"id": experiment.id, "document": experiment.document, "published": total}
    row |= {witness: dict.fromkeys(COUNTS) for witness in WITNESSES}
    row |= {"verdict": experiment.verdict, "problems": []}
    try:
        with_tensorflow = experiment.with_tensorflow()
        row["tensorflow"] = count(experiment, with_tensorflow)
        row["numpy"] = count(experiment, experiment.with_numpy())
        if experiment.otherwise:
            row["otherwise"] = count_otherwise(experiment)
        row["problems"] = list(problems(experiment, row, with_tensorflow))
    except Exception as error:  # whatever a wrong record or a broken loss raises is a failed row
        row["problems"] = [f"it cannot be computed: {error}"]
    return row


def count_otherwise(experiment):
    """Count the numbers that TensorFlow gives with the arguments the other way round."""
    (name,) = experiment.published
    computed = {name: experiment.otherwise_with_tensorflow()}
    return {"how": experiment.otherwise.how, **count(experiment, computed)}


def problems(experiment, row, with_tensorflow):
    """Yield what is not as recorded: the recorded count and the actual one."""
    for what, recorded, counted in expectations(experiment, row):
        if recorded != counted:
            yield f"{what}: recorded {recorded}, found {counted}"
    if not is_near(experiment, with_tensorflow):
        yield f"TensorFlow is over {FLOAT32_UNITS} units of float32 off a published number"


def expectations(experiment, row):
    """Yield what is counted, its recorded value and the actual one."""
    recorded = experiment.recorded._asdict()
    yield "numbers published", recorded["published"], row["published"]
    for witness, title in WITNESSES.items():
        for (key, words), number in zip(COUNTS.items(), recorded[witness], strict=True):
            if EXACT or witness != "tensorflow":
                yield f"{title} {words}", number, row[witness][key]
    if experiment.otherwise:
        yield experiment.otherwise.how, experiment.otherwise.one_unit, row["otherwise"]["one_unit"]


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
    reasons = {row["id"]: experiments.get(row["id"]).reason for row in rows}
    yield from (f"{id}: {reason}" for id, reason in reasons.items() if reason)
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
    """Run the command; the exit status is 1 if a row is not as recorded."""
    parser = _Parser(
        prog="python -m tools.reproduce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args(arguments)
    try:
        import_tensorflow()
    except ModuleNotFoundError as missing:
        parser.exit(2, f"error: {missing.name} is not installed; run: make install\n")
    rows = [reproduce(row) for row in experiments.all_experiments() if row.recorded]
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
