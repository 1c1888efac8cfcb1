"""An explorer of a map of digits that moves while it is trained."""

import json
from functools import cache
from pathlib import Path

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    Explorer,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence

FILE = Path(__file__).parents[1] / "data" / "moving_map.json"
KINDS = {"right": "contrastive", "exchanged": "0 and 1 exchanged", "pulled": "nothing pushes apart"}
ROUNDS = 15  # of four steps each, which are stored
NOW = "[kind][round]"
# The shorter side of the chart shows -2.2 to 2.2, which leaves room for the name of a digit at 1.9
# on a phone; a unit is as long across as it is up.
HALF_SIDE = "2.2 * {} / min(width, height)"


@cache
def stored():
    """Return the trainings that `tools.moving_map` has made."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def moving_map():
    """Let the reader watch a map of digits move during training, with the right labels and without.

    Returns
    -------
    Explorer
        It starts with the places of 40 digits before the training.

    Examples
    --------
    >>> moving_map().title
    'A map that moves'
    """
    return Explorer(
        name="moving-map",
        title="A map that moves",
        question="Press Play. Which digits find their place first, and which stay neighbours? What "
        "does the map do when 0 and 1 are exchanged, and when nothing pushes apart, while its "
        "loss falls in both cases?",
        alternative="A map of 40 handwritten digits before the training. All of them lie close to "
        "the centre, and equal digits are not near each other.",
        controls=[
            slider("round", "round of 4 steps", 0, 0, ROUNDS, 1),
            select("kind", "training", 0, {words: k for k, words in enumerate(KINDS.values())}),
        ],
        formulas={
            "steps": "4 * round",
            **{f"_{axis}": _places(number) for number, axis in enumerate("xy")},
            "loss": f"{[stored()[kind]['loss'] for kind in KINDS]}{NOW}",
            "share": f"{[stored()[kind]['share'] for kind in KINDS]}{NOW}",
        },
        seen=[
            sentence("After {steps} steps, the loss of the training pairs is {loss:.4f}."),
            sentence(
                "Of the digits shown, the same pair is the nearer one in {share:.1%} of cases."
            ),
        ],
        chart=_map(),
        presets={
            "Trained": {"round": ROUNDS},
            "Exchanged": {"kind": 1, "round": ROUNDS},
            "Collapsed": {"kind": 2, "round": ROUNDS},
        },
        play="round",
    )


def _places(axis):
    """Return a formula of all places along an axis: by training, by step, by digit."""
    return str([[[at[axis] for at in now] for now in stored()[kind]["places"]] for kind in KINDS])


def _map():
    """Draw the digits where they are now; both axes have the same unit."""
    names = [str(digit) for digit in stored()["digits"]]
    points = alt.Chart(rows(i=list(range(len(names))), digit=names)).transform_calculate(
        x=f"_x{NOW}[datum.i]", y=f"_y{NOW}[datum.i]"
    )
    x, y = (alt.X("x:Q", **_axis("width")), alt.Y("y:Q", **_axis("height")))
    domain = [str(digit) for digit in range(10)]
    colours = alt.Scale(domain=domain, range=[BLUE, ORANGE, GREEN, PURPLE, GREY] * 2)
    shapes = alt.Scale(domain=domain, range=["circle"] * 5 + ["diamond"] * 5)
    looks = {"scale": colours, "legend": None}, {"scale": shapes, "legend": None}
    dots = points.mark_point(filled=True, opacity=1, size=60, clip=True)
    return alt.layer(
        dots.encode(x, y, alt.Color("digit:N", **looks[0]), alt.Shape("digit:N", **looks[1])),
        points.mark_text(dx=9, fontWeight="bold", clip=True).encode(x, y, alt.Text("digit:N")),
    ).properties(width=600, height=400)


def _axis(side):
    """Return an axis along a side of the chart."""
    half = HALF_SIDE.format(side)
    domain = [alt.ExprRef(f"-{half}"), alt.ExprRef(half)]
    return {"title": None, "scale": alt.Scale(domain=domain, nice=False)}
