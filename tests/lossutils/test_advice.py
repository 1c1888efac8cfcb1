"""Every text that the diagnosis prints as advice is carried out in a test.

The tests are in the modules `test_advice_*` and `test_metrics_that_fit`, one for each subject.
"""

import re

import pytest
import test_advice_data as data
import test_advice_labels as labels
import test_advice_numbers as numbers
import test_advice_own_losses as own
import test_advice_programs as programs
import test_advice_runs as runs
import test_advice_shapes as shapes
import test_metrics_that_fit as metrics
from advice_carried_out import printed
from advice_texts import advice_texts

from lossutils import diagnose
from lossutils.diagnosis.findings import DAMAGE

OF_ARRAYS = [case.values for module in (labels, shapes, numbers) for case in module.CASES]
RUNS = runs.PROGRAMS | own.PROGRAMS
PATTERNS = [(module, text) for module, texts in advice_texts().items() for text in texts]


def _about_data():
    for title, (y_true, y_pred, options), advice, *_ in data.CASES:
        for finding in diagnose(y_true, y_pred, **options):
            if finding.title == title and finding.instead.startswith(advice):
                yield finding.instead


@pytest.fixture(scope="module")
def carried_out():
    """Return all advice that a test carries out, as it is printed."""
    texts = {printed(mistake, batch, advice) for mistake, batch, advice, *_ in OF_ARRAYS}
    texts |= set(_about_data()) | set(RUNS) | set(runs.ELSEWHERE)
    texts |= {repaired[0] for _, repaired, *_ in programs.PROGRAMS.values()}
    texts |= {case[-1] for case in programs.COLLAPSED.values()}
    texts |= {case[3] for case in metrics.CASES} | {case[2] for case in metrics.NEVER_RUNS}
    return texts


def test_every_advice_of_the_source_is_carried_out(carried_out):
    missing = [p for p in PATTERNS if not any(re.search(p[1], text) for text in carried_out)]
    assert missing == []


def test_the_advice_is_read_from_the_source():
    modules = {module for module, _ in PATTERNS}
    assert {"beyond.py", "history.py", "metric_rules.py", "probes.py", "shapes.py"} <= modules
    assert len(PATTERNS) > 120
    assert ("labels.py", re.escape("hard labels in a hinge")) in PATTERNS


def test_an_advice_without_a_case_is_missed(carried_out):
    without = carried_out - {"hard labels in a hinge"}
    assert not any(re.search("hard labels in a hinge", text) for text in without)


def test_every_mistake_has_its_advice_carried_out():
    mistakes = {mistake for mistake, *_ in OF_ARRAYS} | set(programs.PROGRAMS)
    mistakes |= set(programs.COLLAPSED) | {mistake for mistake, *_ in RUNS.values()}
    mistakes |= {case[2] for case in metrics.CASES} | {"metric-as-loss"}
    assert set(DAMAGE) - mistakes == set()
