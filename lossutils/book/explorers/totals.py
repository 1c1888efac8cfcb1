"""An explorer of a total: two losses pull one parameter of a network to different places."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    HALF,
    ORANGE,
    Explorer,
    handle,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence

LOWEST = {"mass": 2, "pulse": 8}  # where each of the losses is lowest
APART = LOWEST["pulse"] - LOWEST["mass"]
REST = 0.5  # what is left of each loss there, in its first unit
UNITS = {"kilograms": 1, "pounds": 2.2046, "grams": 1000}
LINES = ["mass", "pulse", "total"]
COLOR = alt.Color(
    "name:N",
    title=None,
    scale=alt.Scale(domain=LINES, range=[BLUE, ORANGE, GREEN]),
    legend=alt.Legend(symbolType="stroke"),
)
DASH = alt.StrokeDash(
    "name:N", title=None, scale=alt.Scale(domain=LINES, range=[[6, 3], [2, 2], [1, 0]])
)


def _mass(x):
    """Return the loss of the mass, times its weight in the total."""
    return f"factor * ({REST} + pow({x} - {LOWEST['mass']}, 2))"


def _pulse(x):
    """Return the loss of the pulse."""
    return f"({REST} + pow({x} - {LOWEST['pulse']}, 2))"


def loss_weights():
    """Add two losses that are lowest at different places, one of them with a unit and a weight.

    Returns
    -------
    Explorer
        It starts at kilograms and a weight of 1, where both losses count alike.

    Examples
    --------
    >>> loss_weights().title
    'Two losses and their total'
    """
    return Explorer(
        name="loss-weights",
        title="Two losses and their total",
        question="Change kilograms into grams. Where does the lowest total go, and which weight "
        "brings it back?",
        alternative="Left, three parabolas against a parameter of the network. The loss of the "
        "mass is lowest at 2, that of the pulse at 8, and the total at 5. Right, the pulls of the "
        "two losses: that of the mass rises from 0 at 2, that of the pulse falls to 0 at 8. They "
        "meet at 5, where both are 6.",
        controls=[
            select("unit", "unit of the mass", 1, UNITS),
            slider("power", "weight of its loss", 0, -6, 0, 0.1, shown="format(weight, '.2~g')"),
        ],
        formulas={
            "weight": "pow(10, power)",
            "factor": "weight * unit * unit",
            "best": f"({LOWEST['mass']} * factor + {LOWEST['pulse']}) / (factor + 1)",
            "mass_loss": f"unit * unit * ({REST} + pow(best - {LOWEST['mass']}, 2))",
            "pulse_loss": _pulse("best"),
            "lowest": "weight * mass_loss + pulse_loss",
            # Without the difference of two places that are nearly the same.
            "mass_gradient": f"2 * unit * unit * {APART} / (factor + 1)",
            "pulse_gradient": f"-2 * factor * {APART} / (factor + 1)",
            "_pull": "-pulse_gradient",
            "reach": f"min({APART}, 8 / factor)",
            "_at": f"clamp(pointer, {LOWEST['mass']} + 1e-9, {LOWEST['pulse']} - 1e-9)",
            "_power": f"log(({LOWEST['pulse']} - _at) / (_at - {LOWEST['mass']}) / unit / unit)"
            " / LN10",
        },
        seen=[
            sentence("The total is lowest at {best:.2f}: {lowest:,.4~r}."),
            sentence(
                "There the loss of the mass is {mass_loss:,.4~r}, that of the pulse "
                "{pulse_loss:,.4~r}."
            ),
            sentence(
                "The gradients are {mass_gradient:,.4~r}, times the weight, and "
                "{pulse_gradient:,.4~r}: they cancel."
            ),
        ],
        chart=alt.concat(_curves(), _pulls(), columns=2).resolve_scale(
            y="independent", strokeDash="shared"
        ),
        handles=[
            handle("best", y, chart=chart, to={"power": "_power"})
            for chart, y in enumerate(["lowest", "_pull"])
        ],
        presets={
            "Kilograms": {},
            "Grams": {"unit": 1000},
            "Grams, weight 10⁻⁶": {"unit": 1000, "power": -6},
        },
    )


TITLE, WHOLE_AXIS = "parameter of the network", alt.Scale(domain=[0, 10], nice=False)


def _curves():
    """Draw the two losses as they stand in the total, the total, and its minimum."""
    mass, pulse = _mass("datum.x"), _pulse("datum.x")
    values = {"mass": mass, "pulse": pulse, "total": f"{mass} + {pulse}"}
    lines = (
        alt.Chart(alt.sequence(0, 10.1, 0.25, as_="x"))
        .transform_calculate(**values)
        .transform_fold(LINES, ["name", "value"])
        .mark_line()
        .encode(
            alt.X("x:Q", title=TITLE, scale=WHOLE_AXIS),
            alt.Y("value:Q", title="loss", axis=alt.Axis(format="~s")),
            COLOR,
            DASH,
        )
    )
    return alt.layer(lines, _dot(at="best", low="lowest")).properties(**HALF)


def _pulls():
    """Draw how strongly each loss pulls to its own place; they meet where the total is lowest.

    The mass pulls to the left, the pulse to the right. The line of the mass ends at a pull of 16.
    """
    y = alt.Y("pull:Q", title="pull", scale=alt.Scale(domain=[0, 16]))
    lines = (
        alt.Chart(rows(name=["mass", "mass", "pulse", "pulse"], end=[0, 1, 0, 1]))
        .transform_calculate(
            place=f"{LOWEST['mass']} + datum.end * (datum.name == 'mass' ? reach : {APART})",
            pull=f"2 * (datum.name == 'mass' ? factor * datum.end * reach"
            f" : {APART} * (1 - datum.end))",
        )
        .mark_line()
        .encode(alt.X("place:Q", title=TITLE, scale=WHOLE_AXIS), y, COLOR, DASH)
    )
    return alt.layer(lines, _dot(meets="best", both="-pulse_gradient")).properties(**HALF)


def _dot(**place):
    """Draw the dot of the total at two formulas: across and up."""
    x, y = place
    return (
        alt.Chart(rows(name=["total"]))
        .transform_calculate(**place)
        .mark_point(filled=True, opacity=1, size=110)
        .encode(alt.X(f"{x}:Q"), alt.Y(f"{y}:Q"), COLOR)
    )
