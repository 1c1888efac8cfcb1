"""A recorded training loop, in NumPy alone: what is said of its steps."""

import numpy as np
import pytest
from batch_examples import (
    BCE,
    INDEX,
    LOGITS,
    ONE_HOT,
    SCCE,
    SCORES,
    SOFTMAX,
    YES,
    ids,
    with_first,
)

from lossutils.diagnosis import Run
from lossutils.diagnosis.call import batch_rows
from lossutils.diagnosis.constant import best_constant, mean_loss
from lossutils.diagnosis.run import _examples

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 1))
Y = 3 * X + RNG.normal(size=(64, 1))


def descent(rate, steps=60, x=X, y=Y, start=0.0):
    """Fit a line through the origin by gradient descent, and record it."""
    run, w = Run(loss="mse", learning_rate=rate), start
    for _ in range(steps):
        gradient = np.mean(2 * (w * x - y) * x)
        run.step(y, w * x, np.mean((w * x - y) ** 2), gradient_norm=abs(gradient))
        w -= rate * gradient
    return run.report()


def test_a_run_that_learns_gets_no_finding():
    assert not descent(0.1), descent(0.1)


def test_a_loss_that_grows():
    assert "learning-rate" in ids(descent(2.5))


def test_a_negative_rate_is_certain():
    assert descent(-0.1).certain[0].title == "the learning rate is negative"


def test_nan_names_the_step_and_what_came_before():
    with np.errstate(all="ignore"):
        finding = descent(1e20, steps=30)[0]
    assert (finding.mistake, finding.certain) == ("overflow", True)
    assert "of 30." in finding.evidence
    assert "tenth of the learning rate" in finding.instead


def test_nan_from_the_start_points_at_the_data():
    run = Run(loss="mse")
    run.step(Y, Y * np.nan, np.nan)
    assert "from the start" in run.report()[0].evidence


def test_no_gradient_is_certain():
    run = Run(loss="mse")
    for _ in range(30):
        run.step(Y, 0 * Y + 2, 5.0, gradient_norm=0.0)
    assert run.report()[0].mistake == "no-gradient"
    assert run.report()[0].certain


@pytest.mark.parametrize("norm", [0.0, 4e-8])
def test_a_softmax_on_one_unit_explains_what_its_steps_show(norm):
    run = Run(loss="mse")
    for _ in range(20):
        run.step(np.minimum(Y, 1), np.ones((64, 1), "float32"), 5.0, gradient_norm=norm)
    findings = {finding.mistake or finding.title for finding in run.report()}
    assert {"constant-output", "softmax-on-one-unit"} <= findings
    assert not findings & {"no-gradient", "no better than a constant"}


@pytest.mark.parametrize(("rate", "why"), [(1e-6, "hardly changed"), (1e-3, "still falling")])
def test_a_model_no_better_than_a_constant(rate, why):
    report = descent(rate, start=-0.5)
    (finding,) = [f for f in report if f.title == "no better than a constant"]
    assert why in finding.evidence


def steps(losses, **facts):
    """Return the one finding about a run that ends no better than a constant."""
    run = Run(loss="mse")
    for value in losses:
        run.step(Y, 0 * Y, value)
    for name, fact in facts.items():
        setattr(run.history, name, fact)
    (finding,) = [f for f in run.report() if f.title == "no better than a constant"]
    return finding


def test_a_loss_that_stands_still_without_a_known_gradient_has_many_causes():
    assert "no longer falls" in steps([10.0] * 30).evidence


def test_a_gradient_that_vanishes_points_at_the_hidden_layers():
    finding = steps([10.0] * 30, vanishing=1e-5)
    assert "first weights is 1e-05 times that of the last" in finding.evidence
    assert "hidden layers" in finding.instead
    assert "first weights" not in steps([10.0] * 30, vanishing=0.01).evidence


def test_a_penalty_that_outweighs_the_loss_is_named():
    finding = steps([10.0] * 30, penalty=0.9)
    assert "Penalties of the layers were 90 % of the first loss" in finding.evidence
    assert "a smaller penalty" in finding.instead
    assert "enalt" not in steps([10.0] * 30, penalty=0.4).evidence


def test_frozen_weights_are_named():
    run = Run(loss="mse")
    run.step(Y, X, 1.0, gradient_norm=0.0)
    run.history.trainable = False
    (finding,) = run.report()
    assert (finding.mistake, finding.instead[:22]) == ("no-gradient", "model.trainable = True")


def test_nothing_is_wrong_with_a_gradient_of_0_where_the_loss_is_0():
    run = Run(loss="hinge")
    for _ in range(5):
        run.step(2 * YES - 1, 3 * (2 * YES - 1), 0.0, gradient_norm=0.0)
    assert not run.report(), run.report()


@pytest.mark.parametrize(("examples", "expected"), [(1, False), (7, False), (8, True)])
def test_a_step_of_very_few_examples_is_no_start_to_compare_with(examples, expected):
    run = Run(loss="mse", learning_rate=0.1)
    for value in (1.0, *[900.0, 40.0, 500.0, 2.0] * 8):
        run.step(Y[:examples], Y[:examples] + 0.1, value)
    assert ("learning-rate" in ids(run.report())) == expected


def test_a_loss_that_grows_is_found_in_steps_of_one_example_too():
    run = Run(loss="mse", learning_rate=0.1)
    for step in range(40):
        run.step(Y[:1], Y[:1] + 0.1, 2.0**step)
    (finding,) = [f for f in run.report() if f.mistake == "learning-rate"]
    assert "the loss was 512 in the first steps" in finding.evidence


@pytest.mark.parametrize(
    ("y_pred", "expected"),
    [
        (Y, 64), ({"a": Y[:3], "b": Y[:3]}, 3), ([Y[:5], Y[:5]], 5), (2.0, 0), ([[1.0], [2.0]], 2),
    ],
)  # fmt: skip
def test_examples_are_counted(y_pred, expected):
    assert _examples(y_pred) == expected


@pytest.mark.parametrize(("highest", "expected"), [(30.0, True), (19.0, False)])
def test_a_loss_that_rises_far_above_its_start_on_the_way(highest, expected):
    run = Run(loss="mse", learning_rate=0.1)
    for value in (1.0, highest, 5.0, 2.0, 0.9, 0.6, 0.5):
        run.step(Y, Y + 0.1, value)
    assert ("learning-rate" in ids(run.report())) == expected


@pytest.mark.parametrize(
    ("rows", "later", "expected"), [(10, 0.5, False), (10, 9.0, True), (40, 0.5, True)]
)
def test_the_constant_of_a_few_rows_may_fit_them_by_chance(rows, later, expected):
    """The kept batch is no better than its constant, and the other batches may be."""
    y, run = np.linspace(0.0, 6.0, rows)[:, None], Run(loss="mse")
    for value in (100.0, *[later] * 40):
        run.step(y, y + (10.0 if value == 100 else 3.0), value)
    titles = [finding.title for finding in run.report()]
    assert ("no better than a constant" in titles) == expected


MASK = (np.arange(4 * 6).reshape(4, 6) % 5 < 2).astype(float)
SHARE = np.linspace(0.05, 0.9, 24).reshape(4, 6)
DICE = 2 * (MASK * SHARE).sum(axis=1) / (MASK + SHARE).sum(axis=1)
WHOLE = (2 * (MASK * SHARE).sum() + 1) / ((MASK + SHARE).sum() + 1)


@pytest.mark.parametrize(
    ("y", "value", "expected"),
    [
        (MASK, DICE.mean(), True), (MASK, WHOLE, True), (MASK, 1 - DICE.mean(), False),
        (MASK, DICE.mean() + 0.01, False), (MASK + 0.5, DICE.mean(), False),
    ],
)  # fmt: skip
def test_an_overlap_as_the_loss_is_recognised(y, value, expected):
    run = Run()
    run.step(y, SHARE, value)
    assert ("a similarity as the loss" in [f.title for f in run.report()]) == expected


def test_a_run_that_goes_on_after_a_nan_is_suspicious_only():
    run = Run()
    for value in (1.0, np.nan, 0.9, 0.8):
        run.record(value)
    assert [finding.certainty for finding in run.report()] == ["suspicious"]


def test_a_start_far_above_the_constant_points_at_the_scale():
    report = descent(1e-7, y=Y + 100)
    (finding,) = [f for f in report if f.title == "no better than a constant"]
    assert "features, targets or weights are large" in finding.evidence


def test_the_batch_is_diagnosed_too():
    run = Run(loss=SCCE, from_logits=True)
    run.step(INDEX, SOFTMAX, 1.0)
    assert "softmax-twice" in ids(run.report())


def test_a_loss_without_a_name_is_recognised_by_its_value():
    run = Run()
    run.step(ONE_HOT, SOFTMAX, np.mean(-np.sum(ONE_HOT * np.log(SOFTMAX), axis=1)))
    assert "categorical_crossentropy" in " ".join(run.report().notes)
    run = Run()
    run.step(Y[:, 0], X, np.mean((Y[:, 0] - X) ** 2))  # every label against every prediction
    assert ids(run.report().certain) == ["broadcast"]


def test_a_loss_recognised_by_its_value_hides_no_other_finding():
    run = Run()
    run.step(Y[:, 0], X, np.mean((Y[:, 0] - X) ** 2))  # every label against every prediction
    run.step(with_first(Y[:, 0], np.nan), X, np.nan)
    findings = run.report()
    assert ids(findings).count("broadcast") == 1
    assert "the labels are not finite" in [finding.title for finding in findings]


def test_what_the_best_constant_costs():
    rows = batch_rows(Y, X, None, "mean_squared_error", False)
    assert best_constant(rows) == pytest.approx(Y.var())
    assert mean_loss(rows) == pytest.approx(np.mean((X - Y) ** 2))
    rows = batch_rows(INDEX, SOFTMAX, None, SCCE, False)
    shares = np.bincount(INDEX) / len(INDEX)
    assert best_constant(rows) == pytest.approx(-np.sum(shares * np.log(shares)))
    rows = batch_rows(Y, X, None, "mean_absolute_error", False)
    assert best_constant(rows) == pytest.approx(np.abs(Y - np.median(Y)).mean())


def test_one_column_that_varies_is_enough_for_a_best_constant():
    truth, prediction = np.hstack([Y, np.zeros_like(Y)]), np.hstack([X, np.zeros_like(X)])
    rows = batch_rows(truth, prediction, None, "mean_squared_error", False)
    assert best_constant(rows) == pytest.approx(Y.var() / 2)


def sparse_run(y, logits, **options):
    run = Run(loss=SCCE, from_logits=True, **options)
    for _ in range(20):
        run.step(y, logits, 1.0)
    run.report()
    return run.history.end


def test_the_best_constant_leaves_out_the_class_that_is_ignored():
    ignoring = sparse_run(with_first(INDEX, -1), LOGITS, ignore_class=-1)
    assert ignoring == pytest.approx(sparse_run(INDEX[1:], LOGITS[1:]))
    assert None not in ignoring


def test_the_best_constant_of_classes_on_another_axis():
    y, logits = INDEX.reshape(2, 5, 4), LOGITS.reshape(2, 5, 4, 3)
    of_last = sparse_run(y, logits)
    assert of_last == pytest.approx(sparse_run(INDEX, LOGITS))
    assert sparse_run(y, np.moveaxis(logits, -1, 1), axis=1) == pytest.approx(of_last)


def test_with_pos_weight_no_constant_is_compared():
    run = Run(loss=BCE, from_logits=True, pos_weight=9.0)
    for _ in range(20):
        run.step(YES, 9 + 0 * SCORES, 1.0)
    assert "no better than a constant" not in [finding.title for finding in run.report()]
    assert run.history.end == (None, None)


@pytest.mark.parametrize("value", [None, "one", [1.0, 2.0]])
def test_a_loss_that_is_not_one_number_is_refused(value):
    with pytest.raises(ValueError, match="loss_value: expected one number, got"):
        Run().step(Y, X, value)


@pytest.mark.parametrize("rows", [1, 2, 2000, 2001])
def test_a_table_of_all_pairs_is_made_of_2_to_2000_rows(rows):
    y, p = np.arange(float(rows)), np.arange(float(rows))[:, None] + 1
    run = Run()
    run.step(y, p, np.mean((y - p) ** 2))
    assert ("broadcast" in ids(run.report().certain)) == (2 <= rows <= 2000)


def test_a_table_of_all_pairs_is_known_in_both_directions():
    run = Run()
    run.step(Y, X[:, 0], np.mean((Y - X[:, 0]) ** 2))
    assert ids(run.report().certain) == ["broadcast"]
