"""The small curves of a card: where each point goes is computed by hand."""

import math

import pytest

from website.extension import sparklines


def heights(line):
    return [int(corner.split(",")[1]) for corner in line["corners"].split()]


def test_the_two_curves_share_a_scale():
    drawn = sparklines.drawn({"wrong": [4.0, 4.0, 4.0], "right": [4.0, 3.0, 2.0]})
    assert heights(drawn["wrong"]) == [3, 3, 3]
    assert heights(drawn["right"]) == [3, 20, 37]
    assert drawn["right"]["says"] == "4 → 2"


def test_losses_of_different_sizes_are_drawn_on_a_logarithmic_scale():
    drawn = sparklines.drawn({"wrong": [1.0, 100.0, 1e4], "right": [1.0, 1.0]})
    assert heights(drawn["wrong"]) == [37, 20, 3]


def test_a_negative_loss_is_drawn_below_zero():
    drawn = sparklines.drawn({"wrong": [0.0, -1000.0], "right": [1000.0, 0.0]})
    assert heights(drawn["wrong"]) == [20, 37]
    assert drawn["wrong"]["says"] == "0 → −1,000"


def test_a_loss_that_is_not_a_number_from_the_first_epoch_has_no_line():
    drawn = sparklines.drawn({"wrong": [math.nan, math.nan], "right": [2.0, 1.0]})
    assert drawn["wrong"] == {"corners": "", "says": "nan"}
    assert heights(drawn["right"]) == [3, 37]


@pytest.mark.parametrize("end", [math.nan, math.inf])
def test_a_curve_ends_where_the_loss_is_not_a_number(end):
    drawn = sparklines.drawn({"wrong": [2.0, 3.0, end, end], "right": [2.0, 1.0]})
    assert drawn["wrong"]["corners"] == "3,20 41,3"
    assert drawn["wrong"]["says"] == f"2 → {end}"
