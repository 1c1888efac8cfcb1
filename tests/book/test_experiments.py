"""The published numbers: how many, printed how, and against formulas in exact arithmetic.

The documents themselves are not in the repository, so the stored strings are checked against what
they must be: a float32 number next to the exact value, printed as the NumPy of that time printed
it. For the four curves every rounding of float32 is done here with fractions, and each of the 400
strings must come out.
"""

import dataclasses
import re
from collections import Counter
from fractions import Fraction
from itertools import chain

import mpmath
import numpy as np
import pytest

from lossutils.book import experiments
from tools import reproduce

PRINTED = [experiment for experiment in experiments.all_experiments() if experiment.published]
NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]\d\d)?")
CURVES = {"003-1": "loss_l1", "003-2": "loss_l2", "003-8": "loss_sce", "003-9": "loss_wce"}


def leaves(texts):
    return [texts] if isinstance(texts, str) else [leaf for item in texts for leaf in leaves(item)]


def numbers(experiment):
    return [leaf for texts in experiment.published.values() for leaf in leaves(texts)]


# How many there are


def test_22_experiments_print_455_numbers():
    assert len(PRINTED) == 22
    assert sum(len(numbers(experiment)) for experiment in PRINTED) == 455


def test_the_four_curves_have_100_points_each():
    hundreds = {e.id: list(e.published) for e in PRINTED if len(numbers(e)) == 100}
    assert hundreds == {id: [name] for id, name in CURVES.items()}


def test_every_published_entry_is_one_number():
    for experiment in PRINTED:
        for text in numbers(experiment):
            assert NUMBER.fullmatch(text), (experiment.id, text)


def test_documents_001_and_004_print_the_same_numbers():
    for row in (3, 4, 5, 6, 7):
        first, second = experiments.get(f"001-{row}"), experiments.get(f"004-{row}")
        assert first.published == second.published
        assert first.recorded == second.recorded
        assert all((first.inputs[k] == second.inputs[k]).all() for k in first.inputs)


def test_sparse_labels_print_what_one_hot_labels_print():
    rel1, rel5 = experiments.get("004-5"), experiments.get("004-14")
    assert rel1.published["rel1"] == rel5.published["rel5"]
    assert (rel1.inputs["labels"].argmax(axis=1) == rel5.inputs["labels"]).all()


# The exact values, from formulas


def exactly(array):
    """Return the numbers of an array, which are binary fractions, in 40 digits."""
    if array.ndim:
        return [exactly(item) for item in array]
    return mpmath.mpf(int(array) if array.dtype.kind == "i" else float(array))


def softmax(row):
    total = mpmath.fsum(mpmath.exp(score) for score in row)
    return [mpmath.exp(score) / total for score in row]


def cross_entropy(labels, probabilities):
    pairs = zip(labels, probabilities, strict=True)
    return -mpmath.fsum(label * mpmath.log(p) for label, p in pairs)


def per_row(labels, logits, times=1):
    values = []
    for label_row, row in zip(labels, logits, strict=True):
        for _ in range(times):
            row = softmax(row)
        values.append(cross_entropy(label_row, row))
    return values


def residuals(y_true, y_pred):
    pairs = zip(chain.from_iterable(y_true), chain.from_iterable(y_pred), strict=True)
    return [true - predicted for true, predicted in pairs]


def in_one_hot(indices, num_classes=3):
    return [[mpmath.mpf(k == index) for k in range(num_classes)] for index in indices]


EXACT = {
    "sum_of_squares": lambda y_true, y_pred: sum(r**2 for r in residuals(y_true, y_pred)),
    "l2_loss": lambda y_true, y_pred: sum(r**2 for r in residuals(y_true, y_pred)) / 2,
    "scaled": lambda logits: [softmax(row) for row in logits],
    "scaled2": lambda logits: [softmax(softmax(row)) for row in logits],
    "rel1": per_row,
    "rel2": lambda labels, logits: per_row(labels, logits, times=2),
    "rel3": per_row,
    "rel4": per_row,
    "rel5": lambda labels, logits: per_row(in_one_hot(labels), logits),
    "loss": lambda labels, logits: sum(per_row(labels, logits)),
    "loss2": lambda labels, logits: sum(per_row(labels, logits)),
    "softmax": lambda logits: [softmax(row) for row in logits],
    "cross_entropy": lambda labels, logits: sum(per_row(labels, logits)),
    "cross_entropy2": lambda labels, logits: sum(per_row(labels, logits)),
}


def in_old_array(x):
    """Print as NumPy before 1.14 printed an element: eight decimals, then no trailing zeros."""
    return f"{x:.8f}".rstrip("0")


def in_new_array(x):
    """Print as NumPy since 1.14 prints an element: as few digits as needed, at most 8 decimals."""
    return np.format_float_positional(x, precision=8, unique=True, trim=".")


def six_digits(x):
    """Print as NumPy before 1.14 printed a single float32."""
    return f"{x:.6g}"


PRINTER = {
    "000-1": "{:.0f}".format,
    "002-6": six_digits,
    "002-7": "{:.5g}".format,  # one digit less than NumPy printed; the document shortened it
    "004-15": str,
    "004-16": six_digits,
}


# How far float32's own rounding may lead: a loss of 0.022 is what the logits' 6 leaves.
UNITS = {"001-5": 3, "001-7": 12, "004-5": 3, "004-7": 12, "004-14": 3}


def neighbours(x, count):
    """Return the float32 numbers up to `count` places from x."""
    found, low, high = [x], x, x
    for _ in range(count):
        low, high = np.nextafter(low, np.float32(-np.inf)), np.nextafter(high, np.float32(np.inf))
        found += [low, high]
    return found


@pytest.mark.parametrize(
    "experiment", [e for e in PRINTED if e.id not in CURVES], ids=lambda e: e.id
)
def test_published_is_a_float32_next_to_the_exact_value_as_it_was_printed(experiment):
    show = PRINTER.get(experiment.id, in_old_array)
    with mpmath.workdps(40):
        inputs = {name: exactly(array) for name, array in experiment.inputs.items()}
        for name, texts in experiment.published.items():
            exact = np.ravel(np.array(EXACT[name](**inputs), dtype=object))
            assert len(exact) == len(leaves(texts))
            for value, text in zip(exact, leaves(texts), strict=True):
                near = neighbours(np.float32(value), UNITS.get(experiment.id, 2))
                assert text in {show(x) for x in near}, (experiment.id, name, text, float(value))


# The four curves: float32 arithmetic done with fractions


def rounded(fraction):
    """Round a fraction to the nearest float32 number, ties to even."""
    if fraction == 0:
        return Fraction(0)
    exponent = fraction.numerator.bit_length() - fraction.denominator.bit_length()
    exponent -= abs(fraction) < Fraction(2) ** exponent
    unit = Fraction(2) ** (exponent - 23)
    return round(fraction / unit) * unit


def as_fractions(array):
    return [Fraction(float(x)) for x in array]


def grid(start, stop, num):
    step = rounded(Fraction(stop - start, num - 1))
    inner = [rounded(start + rounded(i * step)) for i in range(num - 1)]
    return [*inner, Fraction(stop)]


LINES = [("003-1", -1, 1), ("003-2", -1, 1), ("003-8", -3, 5), ("003-9", -3, 5)]


@pytest.mark.parametrize(("id", "start", "stop"), LINES)
def test_the_grid_is_start_plus_multiples_of_a_float32_step(id, start, stop):
    assert as_fractions(experiments.get(id).inputs["y_pred"]) == grid(start, stop, 100)


@pytest.mark.parametrize(("id", "different"), [("003-1", 56), ("003-8", 43)])
def test_the_grid_is_that_of_tensorflow_and_not_that_of_numpy(id, different):
    tf = pytest.importorskip("tensorflow")
    stored = experiments.get(id).inputs["y_pred"]
    start, stop = float(stored[0]), float(stored[-1])
    assert (stored == tf.linspace(start, stop, 100).numpy()).all()
    assert np.sum(stored != np.linspace(start, stop, 100).astype(np.float32)) == different


def test_the_l1_curve_is_the_absolute_value_of_the_grid():
    curve = [in_new_array(np.float32(abs(x))) for x in grid(-1, 1, 100)]
    assert experiments.get("003-1").published["loss_l1"] == curve


def test_the_l2_curve_is_the_rounded_square_of_the_grid():
    squares = [np.float32(rounded(x * x)) for x in grid(-1, 1, 100)]
    curve = [np.format_float_scientific(x, min_digits=8) for x in squares]
    assert experiments.get("003-2").published["loss_l2"] == curve


# log(1 + exp(-1)) as the documents' build had it in float32: two units above the nearest.
CONSTANT = Fraction(float(np.float32("0.31326172")))


def test_the_constant_is_the_exact_one_but_for_two_units():
    with mpmath.workdps(40):
        nearest = np.float32(mpmath.log1p(mpmath.exp(-1)))
    assert Fraction(float(nearest)) < CONSTANT <= Fraction(float(nearest)) + 2 * Fraction(1, 2**25)


def test_the_sigmoid_curve_is_a_line_in_the_label():
    curve = [rounded(rounded(1 - z) + CONSTANT) for z in grid(-3, 5, 100)]
    assert experiments.get("003-8").published["loss_sce"] == [
        in_new_array(np.float32(x)) for x in curve
    ]


def test_the_weighted_curve_is_a_line_in_the_label():
    half = Fraction(1, 2)
    terms = [(rounded(1 - z), rounded(rounded(1 - half * z) * CONSTANT)) for z in grid(-3, 5, 100)]
    curve = [in_new_array(np.float32(rounded(sum(pair)))) for pair in terms]
    assert experiments.get("003-9").published["loss_wce"] == curve


@pytest.mark.parametrize(("id", "negative"), [("003-8", 46), ("003-9", 48)])
def test_the_swapped_curves_print_negative_losses(id, negative):
    assert sum(text.startswith("-") for text in numbers(experiments.get(id))) == negative


# Inputs of experiments that print nothing: no number would show a slip, so they are here again

STATED = {  # as the documents state them
    "002-13": {
        "labels": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]],
        "logits": [[12, 3, 2], [3, 10, 1], [1, 2, 5], [4, 6.5, 1.2], [3, 6, 1]],
    },
    "003-3": {"y_true": [0] * 100, "y_pred": grid(-1, 1, 100)},
    "003-6": {"y_true": [1] * 100, "y_pred": grid(-3, 5, 100)},
    "003-7": {"y_true": [1] * 100, "y_pred": grid(-3, 5, 100)},
    "003-11": {"y_true": [[0.1, 0.02, 0.88]], "y_pred": [[1, -3, 10]]},
    "003-12": {"y_true": [1, 2], "y_pred": [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]},
    "004-13": {
        "labels": [[0, 0, 1], [0, 1, 0]],
        "soft_labels": [[0.4, 0.1, 0.5], [0.3, 0.6, 0.1]],
        "logits": [[2, 0.5, 6], [0.1, 0, 3]],
    },
}


def test_inputs_without_published_numbers_are_those_that_the_documents_state():
    silent = [e for e in experiments.all_experiments() if not e.published]
    assert {e.id for e in silent} == set(STATED)
    for experiment in silent:
        stated = STATED[experiment.id]
        assert list(experiment.inputs) == list(stated)
        for name, array in experiment.inputs.items():
            assert (array == np.array(stated[name]).astype(array.dtype)).all(), name


# The catalogue and its records


def test_the_catalogue_has_75_rows_numbered_without_gaps():
    rows = experiments.catalogue()
    sizes = {"000": 7, "001": 11, "002": 22, "003": 16, "004": 19}
    assert [row.id for row in rows] == [
        f"{document}-{row + 1}" for document, size in sizes.items() for row in range(size)
    ]
    assert Counter(row.document for row in rows) == sizes


def test_every_row_says_what_was_found_in_one_sentence():
    for row in experiments.catalogue():
        assert row.title, row.id
        assert row.verdict, row.id
        assert row.finding.endswith("."), row.id
        assert row.finding.isascii(), row.id
        assert row.kind.split()[0] in {"experiment", "claim", "snippet", "formula", "typo"}, row.id


def test_an_experiment_knows_its_row():
    rows = {row.id: row for row in experiments.catalogue()}
    for experiment in experiments.all_experiments():
        for name in ("document", "line", "title", "verdict", "chapter"):
            assert getattr(experiment, name) == getattr(rows[experiment.id], name)


def test_every_count_below_the_number_published_has_a_reason():
    for experiment in PRINTED:
        counts = experiment.recorded["tensorflow"]
        missing = counts["every_digit"] < experiment.recorded["published"]
        assert bool(experiment.reason) == missing, experiment.id


def test_a_record_cannot_be_changed():
    experiment = experiments.get("001-5")
    with pytest.raises(dataclasses.FrozenInstanceError):
        experiment.verdict = "wrong"
    with pytest.raises(ValueError, match="read-only"):
        experiment.inputs["labels"][0, 0] = 1
    experiment.published["rel1"][0] = "0"
    assert experiments.get("001-5").published["rel1"][0] == "0.02215516"


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("001-55", "no experiment 001-55; did you mean 001-5"),
        ("nothing", "known are 000-1, 001-3"),
        ("001-1", "the document gives no inputs for 001-1"),
        (None, "no experiment None"),
        (["001-5"], "no experiment"),
    ],
)
def test_an_unknown_id_is_an_error_that_helps(id, message):
    with pytest.raises(KeyError, match=re.escape(message)):
        experiments.get(id)


# make reproduce


@pytest.fixture(scope="module")
def ways():
    pytest.importorskip("tensorflow")
    return reproduce.with_tensorflow(reproduce.import_tensorflow())


def test_every_published_name_is_computed_by_both(ways):
    names = {name for experiment in PRINTED for name in experiment.published}
    assert names == set(ways[0]) == set(reproduce.WITH_NUMPY)


def test_digits_are_counted_by_rounding_the_exact_value():
    published = {"a": ["0.5", "0.25", "2.00", "1."]}
    one = dataclasses.replace(experiments.get("001-5"), published=published)
    # 0.549 rounds to 0.5; 0.2401 is less than a unit away, 2.011 more; 1.6 rounds to 2.
    found = reproduce.count(one, {"a": np.array([0.549, 0.2401, 2.011, 1.6])})
    assert found == {"every_digit": 1, "one_unit": 3}


def changed(experiment, old, new):
    name, texts = next(iter(experiment.published.items()))
    flat = [new if text == old else text for text in leaves(texts)]
    return dataclasses.replace(experiment, published={name: flat})


@pytest.mark.parametrize(
    ("id", "old", "new"),
    [("001-5", "3.09967351", "3.09967352"), ("003-1", "0.959596", "0.959597")],
)
def test_a_changed_digit_is_reported_with_both_counts(ways, id, old, new):
    wrong = changed(experiments.get(id), old, new)
    row = reproduce.reproduce(wrong, *ways)
    total = wrong.recorded["published"]
    sentence = f"to every digit: recorded {total}, found {total - 1}"
    assert any(sentence in problem for problem in row["problems"])


def test_a_lost_number_is_reported(ways):
    experiment = experiments.get("001-5")
    row = reproduce.reproduce(dataclasses.replace(experiment, published={"rel1": ["0.1"]}), *ways)
    assert row["problems"] == ["it cannot be computed: published has shape (1,), computed has (2,)"]


def test_the_command_names_the_row_that_is_not_as_recorded(ways, monkeypatch, capfd):
    wrong = changed(experiments.get("001-5"), "0.02215516", "0.02215616")
    monkeypatch.setattr(experiments, "all_experiments", lambda: [experiments.get("003-2"), wrong])
    assert reproduce.main([]) == 1
    out, err = capfd.readouterr()
    assert "total" in out
    assert err.startswith("error: 001-5 is not as recorded: ")
    assert err.count("\n") == 1


def test_bad_use_is_one_sentence(capfd):
    with pytest.raises(SystemExit) as end:
        reproduce.main(["--jason"])
    assert end.value.code == 2
    assert capfd.readouterr().err == (
        "error: unrecognized arguments: --jason; see: python -m tools.reproduce --help\n"
    )
