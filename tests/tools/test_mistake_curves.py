"""The stored loss curves of the atlas are what its programs train."""

import json
import math

import pytest
from rotation import one_in

from tools import mistake_curves
from tools.mistake_curves import SIDES

MISTAKES = json.loads(
    (mistake_curves.ROOT / "lossutils/diagnosis/mistakes.json").read_text(encoding="utf-8")
)
STORED = mistake_curves.stored()
RELATIVE = 0.01  # of a loss: less than a pixel of its drawing
# The gradient of this loss is that of a different function, so training drives the loss up, and
# how far is decided by rounding, which differs between processors.
DRIVEN_UP = {("ctc-padding", "wrong")}


def test_a_curve_belongs_to_the_programs_as_they_are():
    own = {mistake["id"]: mistake["page"] for mistake in MISTAKES}
    assert len(STORED) > 60
    old = {own[name] for name, curves in STORED.items()
           if curves["of"] != mistake_curves.digest(own[name], name)}  # fmt: skip
    assert old == set(), "run: python -m tools.mistake_curves with these pages"


def test_a_curve_has_few_points_and_shows_the_mistake():
    for name, curves in STORED.items():
        assert all(1 < len(curves[side]) <= mistake_curves.POINTS for side in SIDES), name
    floor = math.log(math.e + 2) - 1  # of a second softmax over three classes
    assert min(STORED["softmax-twice"]["wrong"]) > floor > STORED["softmax-twice"]["right"][-1]
    assert math.isnan(STORED["log-of-zero"]["wrong"][-1])
    assert STORED["negative-loss"]["wrong"][-1] < 0 < STORED["negative-loss"]["right"][-1]


def near(curve, stored):
    """Tell whether two curves are the same to the eye."""
    return len(curve) == len(stored) and all(
        math.isclose(*pair, rel_tol=RELATIVE) or pair[0] == pair[1] or all(map(math.isnan, pair))
        for pair in zip(curve, stored, strict=True)
    )


def is_the_same(name, side, curve):
    """Tell whether a curve is the stored one; of one that is driven up, whether it rises as far."""
    stored = STORED[name][side]
    if (name, side) in DRIVEN_UP:
        return near(curve[:1], stored[:1]) and min(max(curve), max(stored)) > 10 * curve[0]
    return near(curve, stored)


def test_another_curve_is_not_near():
    assert near([1.0, math.nan, math.inf], [1.001, math.nan, math.inf])
    assert not near([1.0, 2.0], [1.0, 2.1])
    assert not near([1.0, math.nan], [1.0, 2.0])


@pytest.mark.parametrize("page", one_in(52, mistake_curves.pages()))
def test_the_programs_of_a_page_train_the_same_again(page):
    """One commit in four runs a page; what changed in a program is noticed above."""
    curves_of = mistake_curves.record(page)
    own = {name for name, _, _ in mistake_curves.programs(page)}
    assert set(curves_of) == own & set(STORED)
    assert [
        (name, side)
        for name in curves_of
        for side in SIDES
        if not is_the_same(name, side, curves_of[name][side])
    ] == []
