"""Figures show the given numbers at the right places, under the given names."""

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lossutils.book import plots


@pytest.fixture
def ax():
    """Yield the axes of an empty figure in the book's style."""
    with plt.style.context("lossutils.book.style"):
        figure, ax = plt.subplots()
        yield ax
        plt.close(figure)


def names(ax):
    """Return the texts of the legend, or None if there is none."""
    legend = ax.get_legend()
    return legend and [text.get_text() for text in legend.get_texts()]


def data(line):
    """Return the points of a line."""
    return [values.tolist() for values in line.get_data()]


X, FALLING, RISING = [0.0, 1.0, 3.0], [5.0, 2.0, 1.0], [-1.0, 0.5, 4.0]


def test_curves_are_lines_over_the_same_x(ax):
    labels = {"xlabel": "residual", "ylabel": "loss", "title": "Two losses"}
    assert plots.curves(ax, X, {"falling": FALLING, "rising": RISING}, **labels) is ax
    assert [data(line) for line in ax.lines] == [[X, FALLING], [X, RISING]]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("residual", "loss", "Two losses")
    assert names(ax) == ["falling", "rising"]


def test_one_curve_needs_no_legend_and_no_title(ax):
    plots.curves(ax, X, {"falling": FALLING}, xlabel="x", ylabel="y")
    assert names(ax) is None
    assert ax.get_title() == ""


def test_points_are_drawn_as_points_and_fits_as_lines(ax):
    assert plots.points(ax, X, RISING, xlabel="x", ylabel="y", lines={"fit": FALLING}) is ax
    assert ax.collections[0].get_offsets().tolist() == np.transpose([X, RISING]).tolist()
    assert [data(line) for line in ax.lines] == [[X, FALLING]]
    assert names(ax) == ["fit"]


def test_points_alone_need_no_legend(ax):
    plots.points(ax, X, RISING, xlabel="x", ylabel="y")
    assert (names(ax), len(ax.lines)) == (None, 0)


def test_history_counts_epochs_from_one(ax):
    assert plots.history(ax, {"a": FALLING, "b": RISING[:2]}, title="Runs") is ax
    assert [data(line) for line in ax.lines] == [[[1, 2, 3], FALLING], [[1, 2], RISING[:2]]]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("epoch", "loss", "Runs")
    assert names(ax) == ["a", "b"]


def test_one_run_needs_no_legend(ax):
    plots.history(ax, {"a": FALLING}, ylabel="accuracy")
    assert (names(ax), ax.get_ylabel()) == (None, "accuracy")


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_bars_of_a_group_are_side_by_side_and_centred_on_its_name(ax, count):
    groups = {f"series {number}": [number + 1.0, -2.0, 0.5] for number in range(count)}
    assert plots.bars(ax, ["a", "b", "c"], groups, ylabel="p", title="Bars") is ax
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b", "c"]
    assert ax.get_xticks().tolist() == [0, 1, 2]
    assert [[bar.get_height() for bar in bars] for bars in ax.containers] == [*groups.values()]
    for place in range(3):
        bars = [container[place] for container in ax.containers]
        edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
        # The group is 0.8 wide and centred on its name, and no bar covers part of a neighbour.
        assert (edges[0][0], edges[-1][1]) == pytest.approx((place - 0.4, place + 0.4))
        assert [end for _, end in edges[:-1]] == pytest.approx([start for start, _ in edges[1:]])
    assert names(ax) == (list(groups) if count > 1 else None)
    assert (ax.get_ylabel(), ax.get_xlabel(), ax.get_title()) == ("p", "", "Bars")


def test_bars_of_a_group_have_different_hatches(ax):
    plots.bars(ax, ["a"], {str(number): [1.0] for number in range(6)}, ylabel="p")
    hatches = [bars[0].get_hatch() for bars in ax.containers]
    assert len(set(hatches)) == 6
