"""The book's curves can be told apart by colour-blind readers, in grey print and in dark mode.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes (2009),
"A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0. Differences
are Euclidean distances in CIELAB, where about 2.3 is just noticeable.
"""

import itertools
import re
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lossutils.book.explorers import site

VISIONS = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# The luminance weights of CSS hue-rotate, and a hue rotation by 180 degrees.
LUMA = np.array([0.213, 0.715, 0.072])
HALF_TURN = 2 * LUMA - np.eye(3)
ASSETS = Path(__file__).parents[2] / "book" / "assets"
CLEAR = 10.0  # more than four times the just noticeable difference


def linear(rgb):
    """Undo the transfer function of sRGB."""
    rgb = np.asarray(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb, vision="normal"):
    """Return how a colour looks to someone, in CIELAB under D65."""
    seen = np.clip(np.asarray(VISIONS[vision]) @ linear(rgb), 0, 1)
    t = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def in_dark_mode(rgb):
    """Return a colour after the filter in book.css: `invert(1) hue-rotate(180deg)`."""
    return np.clip(HALF_TURN @ (1 - np.asarray(rgb)), 0, 1)


def contrast(first, second):
    """Return the contrast ratio of two colours as WCAG 2 defines it."""
    light = sorted((TO_XYZ[1] @ linear(rgb) + 0.05 for rgb in (first, second)), reverse=True)
    return light[0] / light[1]


with plt.style.context("lossutils.book.style"):
    CYCLE = list(plt.rcParams["axes.prop_cycle"])
COLOURS = [to_rgb(style["color"]) for style in CYCLE]
PAIRS = list(itertools.combinations(range(len(CYCLE)), 2))


def test_the_simulation_keeps_white_and_brings_red_and_green_closer():
    for vision in VISIONS:
        np.testing.assert_allclose(lab([1, 1, 1], vision), [100, 0, 0], atol=0.01)
    red, green = [1, 0, 0], [0, 0.6, 0]
    apart = {name: np.linalg.norm(lab(red, name) - lab(green, name)) for name in VISIONS}
    assert apart["deuteranopia"] < apart["normal"] / 2


@pytest.mark.parametrize("shown", [np.asarray, in_dark_mode], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_colours_can_be_told_apart(vision, shown):
    seen = [lab(shown(colour), vision) for colour in COLOURS]
    near = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in PAIRS}
    assert {pair: gap for pair, gap in near.items() if gap < CLEAR} == {}


@pytest.mark.parametrize("vision", VISIONS)
def test_dark_colours_of_explorers_can_be_told_apart(vision):
    """Those that explorers.css gives for the dark, one for each of the palette."""
    style = ASSETS.joinpath("explorers.css").read_text(encoding="utf-8")
    dark = re.search(r"dark\"\] figure\.explorer \{(.*?)\}", style, re.DOTALL)[1]
    given = dict(re.findall(r"(--explorer-\w+): (#\w{6});", dark))
    seen = [lab(to_rgb(given[name[4:-1]]), vision) for name in site.MARKS.values()]
    near = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)]
    assert len(seen) == 5
    assert min(near) >= CLEAR


def test_lines_can_be_told_apart_in_grey_print():
    """Grey print keeps only lightness, so no two lines of the cycle have the same style."""
    styles = [str(style["linestyle"]) for style in CYCLE]
    assert len(set(styles)) == len(styles)


@pytest.mark.parametrize(
    ("shown", "ground"), [(np.asarray, "#ffffff"), (in_dark_mode, "#14181e")], ids=["light", "dark"]
)
def test_curves_stand_out_from_the_page(shown, ground):
    """WCAG 2.2, 1.4.11 requires 3:1; thick lines in the two lightest colours have at least 2:1."""
    ratios = [contrast(shown(colour), to_rgb(ground)) for colour in COLOURS]
    assert min(ratios) >= 2
    assert sorted(ratios)[2] >= 3
