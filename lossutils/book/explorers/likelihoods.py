"""An explorer of a predicted variance: the Gaussian loss against the squared error."""

import altair as alt

from lossutils.book.explorers.core import BLUE, GREY, HALF, ORANGE, Explorer, handle, rows, slider
from lossutils.book.explorers.formulas import sentence

# How far 20 points lie above the line 1 + x, from x = 0 to x = 1: the scatter grows.
NOISE = [-0.06, 0.15, -0.12, 0.03, 0.2, -0.22, -0.09, 0.24, -0.3, 0.17]
NOISE += [0.36, -0.4, 0.09, -0.33, 0.61, -0.52, 0.45, 0.78, -0.93, 0.41]
PLACES = [k / 19 for k in range(20)]
NAMES = ["Gaussian", "half the squared error"]
COLOR = alt.Color("name:N", title=None, scale=alt.Scale(domain=NAMES, range=[BLUE, ORANGE]))


def _mean(form, points=range(20)):
    """Return the mean of a form over points; it gets their residuals and spreads."""
    terms = (form.format(r=f"({NOISE[k]} - shift)", spread=_spread(f"({k} / 19)")) for k in points)
    return f"({' + '.join(terms)}) / {len(points)}"


def _spread(x):
    """Return the predicted standard deviation at `x`; its logarithm is a line."""
    return f"pow(left, 1 - {x}) * pow(right, {x})"


def variance():
    """Let a band predict the spread of points around a line, and show two losses of both.

    Returns
    -------
    Explorer
        It starts at the best line, with one spread for all points.

    Examples
    --------
    >>> variance().title
    'A line that predicts its own spread'
    """
    return Explorer(
        name="variance",
        title="A line that predicts its own spread",
        question="Which two spreads make the Gaussian loss lowest? Then lift the line by 1, and "
        "widen the band: which of the two losses forgets how wrong the line is?",
        alternative="Twenty points around a rising line. They scatter little at the left and much "
        "at the right; a band of two spreads has the same width everywhere. Beside it the Gaussian "
        "loss against a factor on both spreads, a valley that is lowest near 1, and half the "
        "squared error, a level line.",
        controls=[
            slider("shift", "line lifted by", 0, -1, 1, 0.05),
            slider("left", "spread at the left", 0.4, 0.05, 3, 0.05),
            slider("right", "spread at the right", 0.4, 0.05, 3, 0.05),
        ],
        formulas={
            "squared": _mean("pow({r}, 2)"),
            "standardised": _mean("pow({r} / ({spread}), 2)"),
            "loss": "(log(left) + log(right)) / 2 + standardised / 2",
            "factor": "sqrt(standardised)",
            "lowest": "loss - standardised / 2 + log(factor) + 0.5",
            "pull": f"-({_mean('{r} / pow({spread}, 2)')})",
            "pull_squared": f"-({_mean('{r}')})",
            "rms_left": f"sqrt({_mean('pow({r}, 2)', range(10))})",
            "rms_right": f"sqrt({_mean('pow({r}, 2)', range(10, 20))})",
            # The line, and the upper edge of the band, at both ends.
            "_start": "1 + shift",
            "_edge_left": "1 + shift + 2 * left",
            "_edge_right": "2 + shift + 2 * right",
            "_shift": "pointer - 1",
            "_left": "(pointer - 1 - shift) / 2",
            "_right": "(pointer - 2 - shift) / 2",
        },
        seen=[
            sentence(
                "The residuals have a root mean square of {rms_left:.2f} in the left half and "
                "{rms_right:.2f} in the right one."
            ),
            sentence("The Gaussian loss is {loss:.3f}; with both spreads times {factor:.2f}, ")
            + " + "
            + sentence("it would be {lowest:.3f}."),
            sentence("It pulls the line with a slope of {pull:.2f}, ")
            + " + "
            + sentence("half the squared error would pull with {pull_squared:.2f}."),
        ],
        chart=alt.concat(_points(), _curves(), columns=2).resolve_scale(
            color="independent", strokeDash="independent"
        ),
        handles=[
            handle(0, "_start", chart=0, to={"shift": "_shift"}),
            handle(0, "_edge_left", chart=0, to={"left": "_left"}),
            handle(1, "_edge_right", chart=0, to={"right": "_right"}),
        ],
        presets={
            "Two spreads that fit": {"left": 0.1, "right": 0.8},
            "Lifted, narrow band": {"shift": 1},
            "Lifted, wide band": {"shift": 1, "left": 3, "right": 3},
        },
    )


def _points():
    """Draw the points, the line and its band of two spreads."""
    x = alt.X("x:Q", title="x", scale=alt.Scale(domain=[0, 1]))
    low, middle, height = (
        alt.Y(f"{at}:Q", title="truth, and line ± 2 spreads", scale=alt.Scale(domain=[-2, 5]))
        for at in ("low", "middle", "height")
    )
    heights = [round(1 + place + e, 6) for place, e in zip(PLACES, NOISE, strict=True)]
    given = alt.Chart(rows(x=[round(place, 6) for place in PLACES], height=heights))
    line = alt.Chart(alt.sequence(0, 1.01, 0.05, as_="x")).transform_calculate(
        middle="1 + datum.x + shift",
        low=f"1 + datum.x + shift - 2 * {_spread('datum.x')}",
        high=f"1 + datum.x + shift + 2 * {_spread('datum.x')}",
    )
    return alt.layer(
        line.mark_area(color=BLUE, opacity=0.2, clip=True).encode(x, low, y2="high:Q"),
        line.mark_line(color=BLUE, clip=True).encode(x, middle),
        given.mark_point(filled=True, color=GREY, opacity=1, size=40).encode(x, height),
    ).properties(**HALF)


def _curves():
    """Draw both losses against a factor on both spreads, the loss now and the best factor."""
    scale = alt.Scale(type="log", domain=[0.1, 10])
    x = alt.X(
        "times:Q", title="both spreads times", scale=scale, axis=alt.Axis(values=[0.1, 1, 10])
    )
    y = alt.Y("value:Q", title="mean loss", scale=alt.Scale(domain=[-2, 4]))
    lines = _over_factors()
    dash = alt.StrokeDash(
        "name:N", title=None, scale=alt.Scale(domain=NAMES, range=[[1, 0], [6, 3]])
    )
    now = alt.Chart(rows(one=[1])).transform_calculate(now="loss", best="factor")
    return alt.layer(
        lines.mark_line(clip=True).encode(x, y, COLOR, dash),
        now.mark_rule(strokeDash=[2, 2], clip=True).encode(alt.X("best:Q")),
        now.mark_point(filled=True, opacity=1, size=110, color=BLUE, clip=True).encode(
            alt.X("one:Q"), alt.Y("now:Q")
        ),
    ).properties(**HALF)


def _over_factors():
    """Return both losses for factors from a tenth to ten."""
    return (
        alt.Chart(alt.sequence(-1, 1.01, 0.05, as_="power"))
        .transform_calculate(times="pow(10, datum.power)")
        .transform_calculate(
            **{
                NAMES[0]: "loss - standardised / 2 + log(datum.times)"
                " + standardised / pow(datum.times, 2) / 2",
                NAMES[1]: "squared / 2",
            }
        )
        .transform_fold(NAMES, ["name", "value"])
    )
