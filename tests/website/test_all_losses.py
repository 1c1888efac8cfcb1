"""The page *All losses*: a section for each loss of the table, and a curve that fits its box."""

import ast
import re

import numpy as np
import page_trees
import pytest
from bs4 import BeautifulSoup

from lossutils.book import all_losses as losses_table
from website import built
from website.extension import all_losses, curves, loss_curves

TABLE = losses_table.table()
NUMBERS = re.compile(r" is (.+); gradients? (.+)$")


def test_every_loss_has_a_curve():
    assert set(loss_curves.CURVES) == {entry["name"] for entry in TABLE}


@pytest.mark.parametrize("name", loss_curves.CURVES)
def test_a_curve_fills_its_drawing_and_stays_inside(name):
    heights = page_trees.corners(curves.drawn(loss_curves.CURVES[name])["path"])[:, 1]
    assert np.ptp(heights) > 0.4 * (curves.BOTTOM - curves.TOP), "nearly flat"
    assert heights.min() >= curves.TOP
    assert heights.max() <= curves.BOTTOM


@pytest.mark.parametrize("name", loss_curves.CURVES)
def test_a_curve_does_not_fall_below_the_lowest_value_of_its_loss(name):
    lowest = next(entry["lowest"] for entry in TABLE if entry["name"] == name)
    stated = re.match(r"-?\d", lowest)
    if stated:
        _, values = loss_curves.CURVES[name].points()
        assert values.min() >= float(stated[0]) - 1e-6


@pytest.fixture(scope="module")
def page():
    """Read the built page."""
    html = (built.folder() / "book" / "all-losses.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.mark.slow
@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry["name"])
def test_the_section_of_a_loss_is_whole(page, entry):
    section = page.find(id=all_losses.label(entry)).find_parent("section")
    rows = dict(zip(*(section.select(f"dl > {tag}") for tag in ("dt", "dd")), strict=True))
    texts = {dt.get_text(): " ".join(dd.get_text().split()) for dt, dd in rows.items()}
    assert {"Shapes", "Truth", "Prediction", "Last layer", "Lowest value"} <= set(texts)
    value, gradient = NUMBERS.search(texts["Example"]).groups()
    shown = [ast.literal_eval(text) for text in (value, *gradient.split(" and "))]
    assert all(np.isfinite(np.ravel(numbers)).all() for numbers in shown)
    links = {dt.get_text(): dd.select("a") for dt, dd in rows.items()}
    assert links["Watch for"], "no link to a mistake"
    assert links["Explained in"], "no link to a chapter"
    assert section.select_one("svg.loss-curve path.curve") is not None
    assert section.select_one("div.math") is not None
