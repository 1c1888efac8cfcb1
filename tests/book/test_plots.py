"""A figure shows the given numbers at the right places, under the given names."""

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
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
    labels = {"xlabel": "residual", "ylabel": "loss"}
    assert plots.curves(ax, X, {"falling": FALLING, "rising": RISING}, **labels) is ax
    assert [data(line) for line in ax.lines] == [[X, FALLING], [X, RISING]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("residual", "loss")
    assert names(ax) == ["falling", "rising"]


def test_one_curve_needs_no_legend(ax):
    plots.curves(ax, X, {"falling": FALLING}, xlabel="x", ylabel="y")
    assert names(ax) is None
