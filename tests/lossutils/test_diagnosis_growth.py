"""Steps and features that are too large: a loss that had grown, and what a failed run says."""

import numpy as np
import pytest

from lossutils.diagnosis import Run

Y = np.linspace(-4.0, 4.0, 64)[:, None]


@pytest.mark.parametrize(
    ("losses", "why"),
    [
        ([1.0, 9.0, 4.0, *[2.0] * 10, np.nan, np.nan], "It had not grown before"),
        ([1.0, 1.0, 2.0, 8.0, np.nan, np.nan], "It had grown before"),
    ],
)
def test_what_came_last_before_a_nan_decides(losses, why):
    run = Run()
    for value in losses:
        run.record(value)
    finding, *size = run.report()
    assert (finding.certain, why in finding.evidence) == (True, True)
    assert [f.mistake for f in size] == ["learning-rate"] * (why == "It had grown before")


@pytest.mark.parametrize(("scale", "expected"), [(9.0, False), (78.0, True)])
def test_large_features_are_named_where_a_run_failed(scale, expected):
    run = Run(loss="mse")
    for _ in range(30):
        run.step(Y, np.zeros_like(Y), float(np.mean(Y**2)))
    run.history.feature_scale = scale
    titles = [finding.title for finding in run.report()]
    assert "no better than a constant" in titles
    assert ("the features are large" in titles) == expected


def test_a_run_that_rose_and_ends_no_better_than_a_constant_had_too_high_a_rate():
    run = Run(loss="mse", learning_rate=0.5)
    for value in (10.0, 50.0, *[10.0] * 30):
        run.step(Y, np.zeros_like(Y), value)
    (finding,) = [f for f in run.report() if f.mistake == "learning-rate"]
    assert "rose to 5 times its start" in finding.evidence
