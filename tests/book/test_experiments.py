"""The published numbers: how many there are, and whether they are what exact arithmetic gives.

The documents themselves are not in the repository, so the published digits are checked against
what they must be: a float32 number next to the exact value, printed as the NumPy of that time
printed it. For the four curves, every float32 rounding is done here with fractions, and each of the
400 numbers must come out.
"""

import dataclasses
import re
from collections import Counter
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossutils.book import experiments
from lossutils.book.experiments.row import Number
from tools import reproduce

PRINTED = [experiment for experiment in experiments.all_experiments() if experiment.published]
NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]\d\d)?")
CURVES = {"003-1": "loss_l1", "003-2": "loss_l2", "003-8": "loss_sce", "003-9": "loss_wce"}


def texts(experiment):
    """Return all numbers that an experiment printed, as strings."""
    return [text for published in experiment.published.values() for text in np.ravel(published)]


# How many there are


def test_22_experiments_print_455_numbers():
    assert len(PRINTED) == 22
    assert sum(len(texts(experiment)) for experiment in PRINTED) == 455


def test_the_four_curves_have_100_points_each():
    hundreds = {e.id: list(e.published) for e in PRINTED if len(texts(e)) == 100}
    assert hundreds == {id: [name] for id, name in CURVES.items()}


def test_every_published_entry_is_one_number():
    for experiment in PRINTED:
        for text in texts(experiment):
            assert NUMBER.fullmatch(text), (experiment.id, text)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("4", "4"),
        ("0.5 1.", ["0.5", "1."]),
        ("\n  1. 2.\n  3.\n", ["1.", "2.", "3."]),
        ("1 2; 3 4", [["1", "2"], ["3", "4"]]),
    ],
)
def test_spaces_separate_numbers_and_semicolons_separate_rows(text, published):
    assert Number("name", text, None).published == published


def test_documents_001_and_004_print_the_same_numbers():
    for row in (3, 4, 5, 6, 7):
        first, second = experiments.get(f"001-{row}"), experiments.get(f"004-{row}")
        assert first.published == second.published
        assert first.recorded == second.recorded


def test_sparse_labels_print_what_one_hot_labels_print():
    rel1, rel5 = experiments.get("004-5"), experiments.get("004-14")
    assert rel1.published["rel1"] == rel5.published["rel5"]
    assert (rel1.inputs["labels"].argmax(axis=1) == rel5.inputs["labels"]).all()


# Against mpmath


def in_old_array(x):
    """Print an element of an array as NumPy before 1.14 did: 8 decimals, then no trailing zeros."""
    return f"{x:.8f}".rstrip("0")


def in_new_array(x):
    """Print an element as NumPy since 1.14 does: as few digits as needed, at most 8 decimals."""
    return np.format_float_positional(x, precision=8, unique=True, trim=".")


def six_digits(x):
    """Print a single float32 as NumPy before 1.14 did."""
    return f"{x:.6g}"


PRINTER = {
    "000-1": "{:.0f}".format,
    "002-6": six_digits,
    "002-7": "{:.5g}".format,  # one digit less than NumPy printed; the document shortened it
    "004-15": str,
    "004-16": six_digits,
}

# How far float32's own rounding may lead: a loss of 0.022 is a small difference of logits near 6.
UNITS = {"001-5": 3, "001-7": 12, "004-5": 3, "004-7": 12, "004-14": 3}

# lossutils rounds each result once, to half a unit. Where a softmax was rounded first, its error
# adds up to a unit; the logarithm of a probability near 1 (rel3) magnifies it 16 times or more.
NUMPY_UNITS = {"scaled2": 1, "loss2": 1, "rel3": 17}


def neighbours(x, count):
    """Return the float32 numbers up to `count` places from x."""
    numbers, low, high = [x], x, x
    for _ in range(count):
        low, high = np.nextafter(low, np.float32(-np.inf)), np.nextafter(high, np.float32(np.inf))
        numbers += [low, high]
    return numbers


@pytest.mark.parametrize(
    "experiment", [e for e in PRINTED if e.id not in CURVES], ids=lambda e: e.id
)
def test_a_published_number_is_a_float32_next_to_the_exact_value_as_numpy_printed_it(experiment):
    show = PRINTER.get(experiment.id, in_old_array)
    for name, exact in experiment.with_mpmath().items():
        published = np.ravel(experiment.published[name])
        for value, text in zip(np.ravel(exact), published, strict=True):
            near = neighbours(np.float32(value), UNITS.get(experiment.id, 2))
            assert text in {show(x) for x in near}, (experiment.id, name, text, float(value))


@pytest.mark.parametrize("experiment", PRINTED, ids=lambda e: e.id)
def test_numpy_agrees_with_mpmath_to_the_last_bits(experiment):
    exact = experiment.with_mpmath()
    for name, computed in experiment.with_numpy().items():
        values = np.array(exact[name], dtype=float)
        units = np.abs(computed - values) / np.spacing(np.abs(values).astype(np.float32))
        assert computed.dtype == np.float32
        assert units.max() <= NUMPY_UNITS.get(name, 0.5), (experiment.id, name)


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


def test_the_constant_is_within_two_units_of_the_exact_one():
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
    assert sum(text.startswith("-") for text in texts(experiments.get(id))) == negative


# Inputs on which no published number depends: nothing else would show a slip

UNPRINTED = {
    "002-13": {
        "labels": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]],
        "logits": [[12, 3, 2], [3, 10, 1], [1, 2, 5], [4, 6.5, 1.2], [3, 6, 1]],
    },
    "003-11": {"y_true": [[0.1, 0.02, 0.88]], "y_pred": [[1, -3, 10]]},
    "003-12": {"y_true": [1, 2], "y_pred": [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]},
}
SHARED = {  # the other rows that print nothing have the inputs of rows that print
    "003-3": {"y_true": ("003-1", "y_true"), "y_pred": ("003-1", "y_pred")},
    "003-6": {"y_true": ("003-8", "y_true"), "y_pred": ("003-8", "y_pred")},
    "003-7": {"y_true": ("003-8", "y_true"), "y_pred": ("003-8", "y_pred")},
    "004-13": {
        "labels": ("004-5", "labels"),
        "soft_labels": ("004-12", "labels"),
        "logits": ("004-5", "logits"),
    },
}


def test_every_row_without_published_numbers_has_its_inputs_checked():
    silent = {e.id: list(e.inputs) for e in experiments.all_experiments() if not e.published}
    assert silent == {id: list(inputs) for id, inputs in (UNPRINTED | SHARED).items()}


@pytest.mark.parametrize("id", UNPRINTED)
def test_inputs_of_their_own_are_those_that_the_document_states(id):
    for name, array in experiments.get(id).inputs.items():
        assert (array == np.array(UNPRINTED[id][name], array.dtype)).all(), name


@pytest.mark.parametrize("id", SHARED)
def test_shared_inputs_are_those_of_a_row_with_published_numbers(id):
    for name, (other, original) in SHARED[id].items():
        assert experiments.get(id).inputs[name] is experiments.get(other).inputs[original], name


# The table


def test_the_table_has_75_rows_numbered_without_gaps():
    rows = experiments.catalogue()
    sizes = {"000": 7, "001": 11, "002": 22, "003": 16, "004": 19}
    assert [row.id for row in rows] == [
        f"{document}-{row + 1}" for document, size in sizes.items() for row in range(size)
    ]
    assert Counter(row.document for row in rows) == sizes


def test_every_row_states_its_finding_in_one_sentence():
    for row in experiments.catalogue():
        assert row.title, row.id
        assert row.verdict, row.id
        assert row.finding.endswith("."), row.id
        assert row.finding.isascii(), row.id
        assert row.kind.split()[0] in {"experiment", "claim", "snippet", "formula", "typo"}, row.id


def test_every_count_below_the_number_published_has_a_reason():
    for experiment in PRINTED:
        every_digit, _ = experiment.recorded.tensorflow
        assert bool(experiment.reason) == (every_digit < experiment.recorded.published)


def test_a_row_cannot_be_changed():
    row = experiments.get("001-5")
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.verdict = "wrong"
    with pytest.raises(ValueError, match="read-only"):
        row.inputs["labels"][0, 0] = 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        row.inputs["labels"] = None
    row.published["rel1"][0] = "0"
    assert row.published["rel1"][0] == "0.02215516"


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
def test_an_unknown_id_raises_an_error_that_helps(id, message):
    with pytest.raises(KeyError, match=re.escape(message)):
        experiments.get(id)


# make reproduce


@pytest.fixture(scope="module")
def tensorflow():
    pytest.importorskip("tensorflow")
    return reproduce.import_tensorflow()


@pytest.mark.parametrize("experiment", PRINTED, ids=lambda e: e.id)
def test_every_experiment_is_reproduced_as_recorded(tensorflow, experiment):
    assert reproduce.reproduce(experiment)["problems"] == []


def test_the_curve_of_squares_takes_the_target_from_the_prediction(tensorflow):
    """The targets of the document are 0, which would hide a sum."""
    [number] = experiments.get("003-2").numbers
    y_true, y_pred = np.float32([1, 2]), np.float32([4, 0.5])
    assert number.recipe.tensorflow(tensorflow, y_true, y_pred).numpy().tolist() == [9, 2.25]


def test_digits_are_counted_by_rounding_the_exact_value():
    experiment = with_text(experiments.get("001-5"), "0.5 0.25 2.00 1.")
    # 0.549 rounds to 0.5; 0.2401 is less than a unit away, 2.011 more; 1.6 rounds to 2.
    counts = reproduce.count(experiment, {"rel1": np.array([0.549, 0.2401, 2.011, 1.6])})
    assert counts == {"every_digit": 1, "one_unit": 3}


def with_text(experiment, text):
    """Return the experiment with other published digits."""
    (number,) = experiment.numbers
    return dataclasses.replace(experiment, numbers=[number._replace(text=text)])


def changed(id, old, new):
    """Return an experiment in which one published number is replaced."""
    experiment = experiments.get(id)
    return with_text(experiment, " ".join(texts(experiment)).replace(old, new))


@pytest.mark.parametrize(
    ("id", "old", "new"),
    [("001-5", "3.09967351", "3.09967352"), ("003-1", " 0.959596 ", " 0.959597 ")],
)
def test_a_changed_digit_is_reported_with_both_counts(tensorflow, id, old, new):
    row = reproduce.reproduce(wrong := changed(id, old, new))
    total = wrong.recorded.published
    sentence = f"to every digit: recorded {total}, found {total - 1}"
    assert any(sentence in problem for problem in row["problems"])


def test_a_lost_number_is_reported(tensorflow):
    row = reproduce.reproduce(with_text(experiments.get("001-5"), "0.1 0.2 0.3"))
    assert row["problems"] == ["it cannot be computed: published has shape (3,), computed has (2,)"]


def test_the_command_names_the_row_that_is_not_as_recorded(tensorflow, monkeypatch, capfd):
    wrong = changed("001-5", "0.02215516", "0.02215616")
    monkeypatch.setattr(experiments, "all_experiments", lambda: [experiments.get("003-2"), wrong])
    assert reproduce.main([]) == 1
    out, err = capfd.readouterr()
    assert "total" in out
    assert err.startswith("error: 001-5 is not as recorded: ")
    assert err.count("\n") == 1


def test_an_unknown_option_is_refused_in_one_sentence(capfd):
    with pytest.raises(SystemExit) as end:
        reproduce.main(["--jason"])
    assert end.value.code == 2
    assert capfd.readouterr().err == (
        "error: unrecognized arguments: --jason; see: python -m tools.reproduce --help\n"
    )
