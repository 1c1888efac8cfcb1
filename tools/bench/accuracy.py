"""How accurate the losses are: lossutils and others against mpmath at 60 digits.

For each loss a table: one row per implementation, one column per range of inputs, and in each cell
the worst error of the value and of the gradient, element by element, in units in the last place.

Usage:
    python -m tools.bench.accuracy                all ranges, about a minute
    python -m tools.bench.accuracy --quick        fewer inputs, without 1,000 and 10,000 classes
    python -m tools.bench.accuracy --json FILE    the same numbers in a file as well
    python -m tools.bench.accuracy --write        write lossutils/book/data/accuracy.json again: the
                                                  table of the quick run, and exact results for
                                                  inputs where frameworks fail
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

import ml_dtypes
import mpmath
import numpy as np

from tools.bench import batches, exact_losses
from tools.bench.backends import OTHER_GRADIENT, load
from tools.bench.input_ranges import ELEMENTWISE, NAMES, OPTIONS, input_ranges

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "lossutils" / "book" / "data" / "accuracy.json"

DTYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
DTYPES |= {"float32": np.float32, "float64": np.float64}
NARROW = ("float16", "bfloat16")  # measured for lossutils alone
ROWS = 6
# Digits of exact results: more than a float64 can tell apart.
STORED = 25
LEGEND = """\
Each cell: worst error of the value · of the gradient, in units in the last place of the dtype.
lost: no digit left (wrong by half of the number or more); nan, inf: that, where a finite number is
right; not 0: something else where 0 is right; not inf: a finite number where infinity is right
(a clipped logarithm); –: not offered, or the gradient of another function.
float64 KL divergence of nearly equal distributions, soft labels that nearly cancel and the
gradient of nearly parallel vectors are as near as twice the precision allows."""

# Inputs on which frameworks fail: loss, dtype, truth, prediction.
SPARSE, SIGMOID = "sparse_softmax_cross_entropy_with_logits", "sigmoid_cross_entropy_with_logits"
WEIGHTED = "weighted_cross_entropy_with_logits"
NINE = [0.0] * 9
UNIT = [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]
COUNTING = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
CASES = [
    (SPARSE, "float32", 0, [9.0, *NINE]),
    (SPARSE, "float32", 0, [20.0, *NINE]),
    (SPARSE, "float32", 0, [1012.0, *[1000.0] * 9]),
    (SPARSE, "float64", 0, [40.0, *NINE]),
    (SPARSE, "float32", 1, [200.0, *NINE]),
    (SIGMOID, "float32", 0.0, -20.0),
    (SIGMOID, "float32", 1.0, 20.0),
    (SIGMOID, "float32", 1.0, -1000.0),
    (SIGMOID, "float64", 0.0, -40.0),
    (WEIGHTED, "float32", 0.0, -20.0),
    (WEIGHTED, "float32", 1.0, 0.0),
    (WEIGHTED, "float32", 0.0, 0.0),
    ("sigmoid_focal_cross_entropy_with_logits", "float32", 1.0, 9.0),
    ("sigmoid_focal_cross_entropy_with_logits", "float32", 1.0, 20.0),
    ("binary_cross_entropy", "float32", 1.0, 1e-30),
    ("binary_cross_entropy", "float32", 0.0, 1e-30),
    ("binary_cross_entropy", "float32", 1.0, 0.0),
    ("binary_cross_entropy", "float32", 0.0, 1.0),
    ("binary_cross_entropy", "float64", 0.0, 1 - 1e-16),
    ("binary_cross_entropy", "float64", 1.0, 1e-300),
    ("sparse_categorical_cross_entropy", "float32", 0, [1e-20, 1.0, 0.0]),
    ("log_cosh", "float32", 0.0, 1e-3),
    ("log_cosh", "float64", 0.0, 0.0),
    ("log_cosh", "float64", 0.0, 1e-5),
    ("pseudo_huber_loss", "float32", 0.0, 1e-4),
    ("pseudo_huber_loss", "float32", 0.0, 1e20),
    ("huber_loss", "float32", 0.0, 1e-8),
    ("poisson_loss", "float32", 1.0, 1e-20),
    ("kl_divergence", "float32", [0.5, 0.5], [1e-20, 1.0]),
    ("categorical_hinge", "float32", [0.0, 1.0, 0.0], [-1.0, -2.0, -3.0]),
    ("cosine_similarity", "float32", UNIT, [1e-20 * x for x in COUNTING]),
    ("cosine_similarity", "float32", UNIT, [1e20 * x for x in COUNTING]),
]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.bench.accuracy", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    every, absent = load()
    quick = options.quick or options.write
    table = {}
    for count, name in enumerate(NAMES, 1):
        print(f"\r{count}/{len(NAMES)} {name:42}", end="", file=sys.stderr, flush=True)
        table[name] = measure(name, every[name], rows=3 if quick else ROWS, many=not quick)
    print("\r" + " " * 50 + "\r", end="", file=sys.stderr, flush=True)
    of_batches = measure_batches()
    if options.json:
        options.json.write_text(json.dumps(table | of_batches, indent=1) + "\n", encoding="utf-8")
    if options.write:
        DATA.write_text(text_of(table, of_batches), encoding="utf-8")
    print(LEGEND)
    for name, by_dtype in (table | of_batches).items():
        show(name, by_dtype)
    if absent:
        print(f"\nNot installed, so not measured: {', '.join(absent)}.")


def text_of(table, of_batches):
    """Return the text of the data file."""
    made_by = "python -m tools.bench.accuracy --write; exact results from mpmath at 60 digits"
    cases = [stored_case(*case) for case in CASES]
    lines = ",\n".join(f"  {json.dumps(case)}" for case in cases)
    tables = ",\n".join(
        f' "{key}": {{\n{rows_of(measured)}\n }}'
        for key, measured in (("table", table), ("batches", of_batches))
    )
    return f'{{\n "made_by": {json.dumps(made_by)},\n "cases": [\n{lines}\n ],\n{tables}\n}}\n'


def rows_of(table):
    """Return a table as lines of a JSON object, one per loss."""
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())


def stored_case(name, dtype, truth, prediction):
    """Return one input with its exact value and gradient as strings."""
    truths, predictions = np.array([truth]), np.array([prediction])
    truths, predictions = rounded_to(name, dtype, truths, predictions)
    ((value, slopes),) = exact(name, truths, predictions)
    return {
        "loss": name,
        "dtype": dtype,
        "truth": truth,
        "prediction": prediction,
        "value": mpmath.nstr(value, STORED),
        "gradient": [mpmath.nstr(slope, STORED) for slope in slopes],
    }


def measure(name, implementations, *, rows, many):
    """Return dtype -> implementation -> range -> the cell of the table."""
    table = {}
    for dtype in DTYPES:
        rows_of = table.setdefault(dtype, {})
        inputs = input_ranges(name, np.random.default_rng(0), rows, many=many)
        for input_range, (truth, prediction) in inputs.items():
            truth, prediction = rounded_to(name, dtype, truth, prediction)
            if not len(truth):
                continue
            reference = exact(name, truth, prediction)
            for label, (function, evaluate) in implementations.items():
                if label != "lossutils" and dtype in NARROW:
                    continue
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    value, slope = evaluate(function, truth, prediction)
                slope = None if (name, label) in OTHER_GRADIENT else slope
                accuracy = cell(dtype, reference, value, slope)
                rows_of.setdefault(label, {})[input_range] = accuracy
    return table


def measure_batches(names=None):
    """Return loss -> dtype -> implementation -> range -> cell, for losses of several arrays."""
    table = {}
    for name, ranges in batches.batches(np.random.default_rng(0)).items():
        if names and name not in names:
            continue
        for dtype in DTYPES:
            cells = {
                input_range: batch_cell(name, dtype, arguments)
                for input_range, arguments in ranges.items()
            }
            table.setdefault(name, {})[dtype] = {"lossutils": cells}
    return table


def batch_cell(name, dtype, arguments):
    """Return the cell of a batch in a dtype."""
    rounded = batches.rounded_to(DTYPES[dtype], arguments)
    pairs = zip(batches.computed(name, rounded), batches.exact(name, rounded), strict=True)
    return [worst_of(dtype, computed, exact) for computed, exact in pairs]


def rounded_to(name, dtype, truth, prediction):
    """Return the inputs in the dtype, without those that it cannot hold."""
    with np.errstate(all="ignore"):
        prediction = prediction.astype(DTYPES[dtype])
        truth = truth if truth.dtype.kind == "i" else truth.astype(DTYPES[dtype])
    finite = np.isfinite(prediction.astype(float))
    finite = finite if name in ELEMENTWISE else finite.all(axis=-1)
    if name == "cosine_similarity":
        finite &= prediction.any(axis=-1)  # 1e-160 is 0 in float32
    return truth[finite], prediction[finite]


def exact(name, truth, prediction):
    """Return value and slopes of each element or example, from mpmath."""
    options = {k: v for k, v in OPTIONS.get(name, {}).items() if k != "label_values"}
    reference, results = getattr(exact_losses, name), []
    for t, p in zip(truth, prediction, strict=True):
        t = int(t) if truth.dtype.kind == "i" else in_mpmath(t)
        value, slopes = reference(t, in_mpmath(p), **options)
        results.append((value, slopes if isinstance(slopes, list) else [slopes]))
    return results


def in_mpmath(numbers):
    """Return numbers as they are, in mpmath."""
    if np.ndim(numbers):
        return [mpmath.mpf(float(x)) for x in numbers]
    return mpmath.mpf(float(numbers))


def cell(dtype, reference, values, slopes):
    """Return the worst error of value and gradient, each as a word or a number."""
    worst = [worst_of(dtype, values, [value for value, _ in reference])]
    if slopes is None:
        return [*worst, "–"]
    wanted = [slope for _, row in reference for slope in row]
    return [*worst, worst_of(dtype, np.ravel(slopes), wanted)]


def worst_of(dtype, computed, wanted):
    """Return the worst error: 'nan', 'inf', 'not 0', 'not inf', 'lost', or units as text."""
    errors = [error(dtype, c, w) for c, w in zip(computed, wanted, strict=True)]
    words = [word for word in ("nan", "inf", "not 0", "not inf", "lost") if word in errors]
    return words[0] if words else units(max(errors))


def error(dtype, computed, wanted):
    """Return how far a number is from the exact one, in units in the last place, or a word."""
    distance, number = exact_losses.ulps(computed, wanted, dtype), float(computed)
    if np.isnan(number):
        return "nan"
    if np.isinf(distance):
        return "inf" if np.isinf(number) else "not inf" if wanted and number else "not 0"
    return "lost" if distance >= 2.0 ** (exact_losses.BITS[dtype][0] - 2) else distance


def units(distance):
    """Return an error as text: one digit after the point, or a power of ten."""
    return f"{distance:.1f}" if distance < 1000 else f"1e{int(np.log10(distance))}"


def show(name, by_dtype):
    """Print the table of one loss."""
    print(f"\n{name}")
    for dtype, rows in by_dtype.items():
        columns = list(rows["lossutils"])
        print(f"  {dtype:24}" + "".join(f"{column:>17}" for column in columns))
        for label, row in rows.items():
            cells = "".join(f"{' · '.join(row[column]):>17}" for column in columns)
            print(f"    {label:22}{cells}")


if __name__ == "__main__":
    main()
