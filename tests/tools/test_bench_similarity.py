"""Similar submissions: the made-up classes are honest, copies are found, and others are not."""

import random

import numpy as np
import pytest

from grader.course import similarity, tokens
from grader.source import derive
from lossutils import activations, losses
from tools.bench.similarity import made_up, measure, regression_ways, softmax_ways

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(4, 3)) * 3
LABELS = activations.softmax(RNG.normal(size=(4, 3)))
TRUTH, PREDICTION, DELTA = RNG.normal(size=6), RNG.normal(size=6), 0.8
RESIDUAL = PREDICTION - TRUTH
FUNCTIONS = {
    "softmax": ((LOGITS,), activations.softmax(LOGITS)),
    "log_softmax": ((LOGITS,), np.log(activations.softmax(LOGITS))),
    "cross_entropy": (
        (LABELS, LOGITS), -(LABELS * np.log(activations.softmax(LOGITS))).sum(axis=-1)),
    "mean_squared_error": ((TRUTH, PREDICTION[:, None]), np.mean(RESIDUAL**2)),
    "huber_loss": (
        (TRUTH, PREDICTION, DELTA), losses.huber_loss(TRUTH, PREDICTION, delta=DELTA)),
    "huber_slope": ((TRUTH, PREDICTION, DELTA), np.clip(RESIDUAL, -DELTA, DELTA)),
}  # fmt: skip
WRITTEN = [
    (name, code)
    for assignment, module in (("softmax", softmax_ways), ("regression", regression_ways))
    for question, name in module.QUESTIONS.items() if name in FUNCTIONS
    for code in made_up.ways(assignment)[question]
]  # fmt: skip


def run(code, name):
    """Return a function that an answer defines; `log_softmax` is there for those that call it."""
    names = {"np": np, "log_softmax": lambda logits: np.log(activations.softmax(logits))}
    exec(code, names)
    return names[name]


@pytest.mark.parametrize(("name", "code"), WRITTEN)
def test_every_way_to_answer_is_right_and_so_is_its_disguised_copy(name, code):
    arguments, expected = FUNCTIONS[name]
    copy = made_up.copied(random.Random(code), {"answer": code})["answer"]
    for text in (code, copy):
        assert np.allclose(run(text, name)(*arguments), expected, atol=1e-12)


@pytest.mark.parametrize("assignment", ["softmax", "regression"])
def test_the_ways_are_different_and_answer_the_questions_of_the_assignment(assignment):
    ways = made_up.ways(assignment)
    for codes in ways.values():
        assert len({frozenset(tokens.grams(code)) for code in codes}) == len(codes)
    assert set(ways) < {cell.metadata.get("nbgrader", {}).get("grade_id")
                        for cell in derive.read(assignment).cells}  # fmt: skip


def test_a_copy_has_other_names_numbers_remarks_and_order():
    code = "def f(x):  # my own remark\n    a = 2.5 * x\n    b = x + 1\n    return a / b"
    cells = {"function": code, "variable": "loss = 1.61"}
    copies = [made_up.copied(random.Random(n), cells) for n in range(20)]
    functions = [copy["function"] for copy in copies]
    assert not any(old in copy for copy in functions for old in ("a = ", "(x)", "my own"))
    assert len({tuple("+" in line for line in copy.split("\n")) for copy in functions}) == 2
    assert len({tuple(copy) for copy in copies}) > 2
    numbers = {copy["variable"].split("  #")[0] for copy in copies}
    assert len(numbers) == 20
    assert all(number.startswith("loss = ") for number in numbers)


@pytest.mark.parametrize("assignment", ["softmax", "regression"])
def test_copies_are_found_and_independent_submissions_hardly_ever_reported(assignment):
    reported, copies, wrong, pairs = measure.classes(assignment, range(2))
    assert (copies, pairs) == (40, 9900)
    assert reported >= 0.95 * copies
    assert wrong <= 0.001 * pairs


def test_a_gram_that_the_class_shares_says_less_than_one_that_two_share():
    common, rare = ({f"{kind} {n}" for n in range(12)} for kind in ("common", "rare"))
    sets = [common | rare, common | rare, *[common | {f"own {n}"} for n in range(98)]]
    assert [(pair.first, pair.second) for pair in similarity.alike(sets)] == [(0, 1)]


def test_what_students_received_does_not_count():
    stub = "def softmax(logits):\n    return np.exp(logits) / np.sum(np.exp(logits))"
    release = {"cells": [{"cell_type": "code", "source": stub}]}
    assert similarity.reduced({"softmax": stub}, similarity.given(release)) == set()


HOSTILE = ['"' + '\\"' * 9_999, "(" * 20_000, "'''" + '"""' * 7_000, "\\" * 20_000, "\0é\ud800",
           "1e" * 10_000, "def f(:\n  %magic\n!ls", "a;" * 10_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_reduced_quickly(text):
    assert all(isinstance(gram, str) for gram in tokens.grams(text))
