"""How well the diagnosis does on simulated batches, and the benchmark that measures it."""

import numpy as np
import pytest
from rotation import one_in

from lossutils.activations import sigmoid, softmax
from tools.bench import diagnosis
from tools.bench.broken_batches import BROKEN
from tools.bench.healthy_batches import HEALTHY
from tools.bench.simulated import DTYPES, SMALL, STAGES, USUAL, network

SEED = 1  # not the one that the book's page shows


@pytest.mark.parametrize("mistake", one_in(2, BROKEN))
def test_a_mistake_is_found(mistake):
    assert diagnosis.recall(mistake, 60, SEED)["found"] >= diagnosis.RECALL


def test_healthy_batches_raise_few_alarms():
    healthy = {kind: diagnosis.alarms(kind, 60, SEED) for kind in HEALTHY}
    assert diagnosis.false_alarms(healthy) <= diagnosis.FALSE_ALARMS, healthy


def test_a_row_below_its_bound_is_named():
    good, bad = {"found": 0.95}, {"found": 0.94}
    quiet, loud = {"certain": 0.0}, {"certain": 1.0}
    broken = diagnosis.promises_broken
    assert broken({"a": good}, {"x": quiet}) == []
    assert broken({"a": good, "b": bad}, {"x": quiet, "y": loud}) == ["b", "false alarms"]


def test_the_same_seed_makes_the_same_batch():
    kinds = (HEALTHY | BROKEN).items()
    for name, make in kinds:
        first, second = (make(np.random.default_rng(3), SMALL) for _ in range(2))
        for one, other in zip(first[:2], second[:2], strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)


def test_batches_are_of_many_sizes_and_types():
    batches = [make(np.random.default_rng(i), USUAL) for i in range(8) for make in HEALTHY.values()]
    rows = [len(batch.y_pred) for batch in batches]
    assert min(rows) < 20
    assert max(rows) > 300
    assert {batch.y_pred.dtype.name for batch in batches} == set(DTYPES)
    assert len({batch.options["loss"] for batch in batches}) > 12


def test_the_networks_learn():
    rng = np.random.default_rng(0)
    right = {}
    for stage in STAGES:
        logits, classes, _ = network(rng, 2000, 5, stage)
        right[stage] = np.mean(logits.argmax(axis=1) == classes)
    assert right["start"] < 0.4 < right["middle"] < right["trained"] < right["sure"] == 1


def test_probabilities_of_large_logits():
    logits = np.array([[-800.0, 0.0, 800.0]])
    np.testing.assert_array_equal(sigmoid(logits), [[0.0, 0.5, 1.0]])
    np.testing.assert_array_equal(softmax(logits), [[0.0, 0.0, 1.0]])


def test_the_command_prints_two_tables(capsys):
    assert diagnosis.main(["--batches", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(BROKEN) + len(HEALTHY) + 4
    assert lines[0].split() == ["mistake", "recall", "1-7", "rows", "certain", "first"]
    assert lines[1].split()[:3] == ["softmax-twice", "100", "%"]
