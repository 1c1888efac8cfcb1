"""The table of accuracies: its stored form is what a fresh run gives, and its bounds hold.

Exact numbers come from mpmath (tools/bench/exact_losses.py), independently of lossutils.
"""

import json

import pytest

from tools.bench import accuracy
from tools.bench.backends import lossutils_side
from tools.bench.input_ranges import ELSEWHERE, NAMES

STORED = json.loads(accuracy.DATA.read_text(encoding="utf-8"))
BOUNDS = {"float16": (1, 1), "bfloat16": (1, 1), "float32": (1, 1), "float64": (4, 8)}


@pytest.mark.parametrize("case", range(len(accuracy.CASES)))
def test_stored_exact_results_are_fresh(case):
    fresh = accuracy.stored_case(*accuracy.CASES[case])
    assert STORED["cases"][case] == json.loads(json.dumps(fresh))


def test_every_case_is_stored():
    assert len(STORED["cases"]) == len(accuracy.CASES)


@pytest.mark.parametrize("name", NAMES)
def test_lossutils_keeps_its_digits_in_every_input_range(name):
    functions, evaluate = lossutils_side()
    ours = {label: (function, evaluate) for label, function in functions[name].items()}
    fresh = accuracy.measure(name, ours, rows=3, many=False)
    for table in (fresh, STORED["table"][name]):
        for dtype, rows in table.items():
            for input_range, cell in rows["lossutils"].items():
                for error, bound in zip(cell, BOUNDS[dtype], strict=True):
                    assert float(error) <= bound, f"{dtype} {input_range}: {cell}"
    ranges = {dtype: list(rows["lossutils"]) for dtype, rows in fresh.items()}
    assert ranges == {d: list(rows["lossutils"]) for d, rows in STORED["table"][name].items()}


# Where the logarithms of shares are rounded, a gradient of 1e-15 beside terms of 100 has no digits.
LOST = {("ctc_loss", "large")}


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_loss_of_several_arrays_keeps_its_digits(name):
    fresh = accuracy.measure_batches([name])[name]
    stored = STORED["batches"][name]
    assert {d: list(rows["lossutils"]) for d, rows in fresh.items()} == {
        d: list(rows["lossutils"]) for d, rows in stored.items()
    }
    for table in (fresh, stored):
        for dtype, rows in table.items():
            for input_range, (value, slope) in rows["lossutils"].items():
                assert float(value) <= (32 if dtype == "float64" else 1), input_range
                if (name, input_range) not in LOST:
                    assert float(slope) <= (512 if dtype == "float64" else 1), input_range


def test_every_loss_of_several_arrays_is_stored():
    assert set(STORED["batches"]) == ELSEWHERE


@pytest.mark.parametrize(
    ("computed", "wanted", "word"),
    [
        (float("nan"), 1, "nan"),
        (float("inf"), 1, "inf"),
        (1e-9, 0, "not 0"),
        (16.1, accuracy.mpmath.inf, "not inf"),
        (0.0, 1, "lost"),
        (1.0, 1, "0.0"),
        (1.0 + 2.0**-20, 1, "8.0"),
    ],
)
def test_errors_have_names(computed, wanted, word):
    assert accuracy.worst_of("float32", [computed], [accuracy.mpmath.mpf(wanted)]) == word
