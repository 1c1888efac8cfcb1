"""Figures are drawn twice: the second time as wide as a phone, with panels below each other."""

import base64
import sys
import zlib

import matplotlib as mpl
import numpy as np
import pytest

from tools import fingerprint

mpl.use("svg")

import matplotlib.pyplot as plt

sys.path.append(str(fingerprint.KERNELS))

import two_widths


@pytest.fixture(autouse=True)
def style():
    """Draw as the book does, and close what was drawn."""
    with plt.style.context("lossutils.book.style"):
        yield
    plt.close("all")


def places(figure):
    """Return the lower left corner of each panel, in shares of the figure."""
    figure.canvas.draw()
    return [(box.x0, box.y0) for box in (ax.get_position() for ax in figure.axes)]


def test_two_panels_stand_below_each_other():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3))
    for ax in axes:
        ax.plot([0, 1], [0, 1])
    two_widths.make_narrow(figure)
    (left, high), (other, low) = places(figure)
    assert left == pytest.approx(other, abs=0.02)
    assert high > 0.5 > low
    assert figure.get_size_inches() == pytest.approx([two_widths.PHONE, 6])


def test_a_panel_that_took_its_numbers_from_another_says_them_itself():
    figure, (first, second) = plt.subplots(1, 2, figsize=(6.4, 3), sharey=True)
    first.set_ylabel("loss")
    two_widths.make_narrow(figure)
    assert second.get_ylabel() == "loss"
    assert second.yaxis.get_tick_params()["labelleft"]


def test_four_images_become_two_rows():
    figure, axes = plt.subplots(1, 4, figsize=(6.4, 2))
    for ax in axes:
        ax.imshow(np.zeros((8, 8)))
    two_widths.make_narrow(figure)
    assert len({round(y, 2) for _, y in places(figure)}) == 2


@pytest.mark.parametrize("size", [(6.4, 3.6), (3, 2)])
def test_a_single_panel_is_never_wider_than_a_phone_or_than_it_was(size):
    figure, _ = plt.subplots(figsize=size)
    two_widths.make_narrow(figure)
    assert figure.get_size_inches()[0] == min(size[0], two_widths.PHONE)


def test_a_figure_without_panels_is_drawn():
    figure = plt.figure()
    figure.text(0.1, 0.5, "no axes")
    two_widths.make_narrow(figure)


def test_both_drawings_are_in_one_svg():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, 1])
    before = repr(figure)
    wide, _, rest = two_widths.both(figure)["image/svg+xml"].partition(two_widths.MARK)
    narrow = zlib.decompress(base64.b64decode(rest.split()[0])).decode()
    assert wide.rstrip().endswith("</svg>")
    assert 'viewBox="0 0 46' in wide  # 6.4 inches of 72 points, and a margin
    assert 'viewBox="0 0 30' in narrow
    assert repr(figure) == before
