"""The diagnosis of a batch with a mistake: what is found, and what the evidence says."""

import re

import numpy as np
import pytest
from batch_examples import (
    BCE,
    HALF,
    INDEX,
    LOGITS,
    MISTAKES,
    ROOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    by_mistake,
    ids,
    with_first,
)
from mistake_batches import CASES

from lossutils import diagnose
from lossutils.diagnosis.findings import DAMAGE


@pytest.mark.parametrize(("mistake", "certain", "y_true", "y_pred", "options"), CASES)
def test_a_mistake_is_found(mistake, certain, y_true, y_pred, options):
    report = diagnose(y_true, y_pred, **options)
    assert by_mistake(report).get(mistake) == certain, report
    for finding in report:
        assert finding.evidence.endswith(".")
        assert finding.instead
        assert re.search(r"\d", finding.evidence), "evidence has numbers"


@pytest.mark.parametrize(("above", "dtype"), [(5e-5, "float32"), (2.0**-10, HALF)])
def test_what_rounding_left_above_1_is_no_logit(above, dtype):
    assert "sigmoid-never" in ids(diagnose(YES, np.full((40, 1), 1.1, dtype), loss=BCE))
    assert "sigmoid-never" not in ids(diagnose(YES, np.full((40, 1), 1 + above, dtype), loss=BCE))


@pytest.mark.parametrize(("largest", "swapped"), [(3.0, True), (1.0, False)])
def test_scores_of_0_may_be_labels_only_if_a_label_is_above_1(largest, swapped):
    y_true = np.array([0.2, largest, 0.5, 0.1])[:, None]
    report = diagnose(y_true, np.zeros((4, 1)), loss=BCE, from_logits=True)
    assert ("swapped-by-name" in ids(report)) == swapped


def test_what_follows_from_exchanged_arguments_is_no_finding_of_its_own():
    logits, classes = np.array([[1.7, -0.2, 0.1], [0.1, 0.1, -0.8]]), np.array([0, 1])
    report = diagnose(logits, classes, loss="sparse_categorical_crossentropy", from_logits=True)
    assert ids(report) == ["swapped-by-position"]  # not that the prediction holds integers


# A batch alone does not show them.
IN_RUNS = {
    "accuracy-of-logits", "fit-and-evaluate", "learning-rate", "metric-as-loss", "metric-mismatch",
    "rows-for-columns", "sqrt-at-zero",
}  # fmt: skip


def test_every_mistake_of_the_diagnosis_is_one_of_the_atlas_and_has_a_case():
    assert set(DAMAGE) - IN_RUNS == {parameters.values[0] for parameters in CASES}
    assert set(DAMAGE) - {None} <= set(MISTAKES)


def test_the_page_says_why_the_other_mistakes_are_not_found():
    page = (ROOT / "book/diagnosis.ipynb").read_text(encoding="utf-8")
    for mistake in set(MISTAKES) - set(DAMAGE):
        assert re.search(rf"\(mistake-{mistake}\)|`{mistake}`", page), mistake


def test_a_link_leads_to_the_section():
    (finding,) = diagnose(YES, SCORES, loss=BCE)
    assert finding.link == "mistakes/logits-and-softmax.html#mistake-sigmoid-never"
    page = (ROOT / "book/mistakes/logits-and-softmax.ipynb").read_text(encoding="utf-8")
    assert "(mistake-sigmoid-never)=" in page


@pytest.mark.parametrize(
    ("labels", "section"),
    [
        (255 * YES, "segmentation.html#mistake-mask-255"),
        (with_first(YES, 255), "weights-masks-and-totals.html#mistake-mask-ignored"),
        (2 * YES - 1.5, "signs-and-scales.html#mistake-negative-loss"),
    ],
)
def test_a_negative_loss_links_to_the_section_with_the_fix(labels, section):
    (finding,) = diagnose(labels, SIGMOID, loss=BCE).certain
    assert finding.mistake == "negative-loss"
    assert finding.link == f"mistakes/{section}"


def test_the_evidence_counts():
    y_pred = [[0.5], [2.0], [-1.0], [0.25]]
    (finding,) = diagnose([[0], [1], [0], [1]], y_pred, loss=BCE)
    assert "2 of 4 numbers of y_pred lie outside [0, 1] (from -1 to 2)" in finding.evidence


def test_both_losses_of_a_double_softmax():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    (finding,) = diagnose([0, 1], p, loss=SCCE, from_logits=True)
    once = -np.mean(np.log([0.7, 0.8]))
    twice = np.mean(np.log(np.exp(p).sum(axis=1)) - [0.7, 0.8])
    assert (
        f"of these arrays is {twice:.4g}; of the probabilities it is {once:.4g}."
        in finding.evidence
    )


def test_both_losses_of_a_broadcast():
    (finding,) = diagnose([0.0, 1.0], [[0.5], [2.0]])
    # (0.5² + 0.5² + 2² + 1²) / 4 against (0.5² + 1²) / 2
    assert "a mean squared error of 1.375 instead of 0.625" in finding.evidence


def test_labels_unknown_in_rows_are_told_from_rows_of_padding():
    several, probabilities = np.tile([1.0, 0.0, 1.0], (40, 1)), 1 / (1 + np.exp(-LOGITS))
    some, whole_row = several.copy(), with_first(several, -1)
    some[:5, 0] = -1
    evidence = {
        "unknown-labels": (some, "5 of 120 labels are -1 among labels 0 and 1; in 5 of 40 rows"),
        "mask-ignored": (whole_row, "3 of 120 labels are -1 among labels 0 and 1, as padding"),
    }
    for mistake, (y, text) in evidence.items():
        negative, marked = diagnose(y, probabilities, loss=BCE)
        assert (negative.mistake, marked.mistake) == ("negative-loss", mistake)
        assert marked.evidence.startswith(text)


# Order


def test_certain_comes_before_suspicious_and_damage_decides():
    report = diagnose(with_first(INDEX, -1), SOFTMAX, loss=SCCE, from_logits=True)
    assert ids(report) == ["labels-out-of-range", "mask-ignored", "softmax-twice"]
    report = diagnose(INDEX[:, None], SIGMOID, loss=BCE)
    assert [finding.certainty for finding in report] == ["certain", "suspicious"]
    assert report.certain == (report[0],)
    assert report.suspicious == (report[1],)


def test_outputs_below_zero_are_those_of_no_sigmoid_though_none_is_above_one():
    below = SCORES - SCORES.max() + 0.995
    assert below.min() < -1, "a tanh would reach as far"
    assert not diagnose(below + 0.1, below, loss="mse", trained=True)


@pytest.mark.parametrize(("rows", "expected"), [(7, []), (8, ["output-range"])])
def test_eight_numbers_are_enough_to_look_like_a_relu(rows, expected):
    y = np.linspace(-1, 1, rows)[:, None]
    assert ids(diagnose(y, np.maximum(y, 0), loss="mse")) == expected
