"""Kernels of TensorFlow round differently, with oneDNN and without; what is said stays the same."""

import numpy as np
import pytest
from batch_examples import BCE, CCE, ONE_HOT, SIGMOID, YES, ids

from lossutils import diagnose

# The softmax of one unit is this number without oneDNN, and 1 with it.
NEXT_TO_ONE = np.nextafter(np.float32(1), np.float32(0))
HARD = {"yes or no": (YES, np.float32(YES[::-1]), BCE), "rows": (ONE_HOT, ONE_HOT[::-1], CCE)}


@pytest.mark.parametrize("kind", HARD)
def test_the_number_before_1_is_1(kind):
    y, p, loss = HARD[kind]
    p = np.float32(p)
    exact, rounded = (diagnose(y, q, loss=loss) for q in (p, np.where(p == 1, NEXT_TO_ONE, p)))
    assert ids(exact) == ids(rounded)
    assert {"no-gradient", "log-of-zero"} <= set(ids(rounded))
    assert ", rounding granted," not in str(exact)


def test_what_is_granted_to_rounding_is_said():
    report = diagnose(np.zeros((8, 1)), np.full((8, 1), NEXT_TO_ONE), loss=BCE)
    (finding,) = [f for f in report if f.mistake == "log-of-zero"]
    assert "all 8 examples have the probability 0, rounding granted, where" in finding.evidence


@pytest.mark.parametrize("number", [1 - 2.0**-23, np.float64(NEXT_TO_ONE)])
def test_other_numbers_are_what_they_are(number):
    p = np.where(YES == 1, number, 0.0)
    p = np.float32(p) if number == 1 - 2.0**-23 else p
    assert "no-gradient" not in ids(diagnose(YES, p, loss=BCE))


def test_swapped_labels_next_to_1_are_labels():
    p = np.float32(YES)
    for q in (p, np.where(p == 1, NEXT_TO_ONE, p)):
        assert "swapped-by-position" in ids(diagnose(SIGMOID, q, loss=BCE))
