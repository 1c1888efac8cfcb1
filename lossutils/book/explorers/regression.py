"""Explorers of the losses for numbers: the curves, and what each loss estimates."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    PURPLE,
    Explorer,
    handle,
    rows,
    slider,
)
from lossutils.book.explorers.formulas import sentence

POINTS = [1, 2, 3, 4]
NAMES = ["squared", "absolute", "Huber", "pseudo-Huber", "log-cosh"]
COLOURS = alt.Scale(domain=NAMES, range=[BLUE, ORANGE, GREEN, PURPLE, GREY])
DASHES = alt.Scale(domain=NAMES, range=[[1, 0], [8, 3], [8, 3, 2, 3], [2, 2], [4, 4]])


def estimates():
    """Show five losses, and the number that each estimates on points with outliers.

    Returns
    -------
    Explorer
        It starts at the points 1, 2, 3, 4 and 10 of the chapter on regression losses.

    Examples
    --------
    >>> estimates().title
    'One number for all points'
    """
    return Explorer(
        name="estimates",
        title="One number for all points",
        question="Drag the outlier away. Which estimates follow it, and how far? How many "
        "outliers does it take until all follow?",
        alternative="Five losses against the residual. Beside them the points 1, 2, 3, 4 and an "
        "outlier at 10, and what each loss estimates: the squared loss 4.00, the absolute loss "
        "3.00, Huber 3.00, pseudo-Huber 3.05 and log-cosh 3.02.",
        controls=[
            slider("v", "place of the outliers", 10, -6, 16, 0.5),
            slider("n", "number of outliers", 1, 1, 7, 2),
            slider("delta", "δ of both Hubers", 1, 0.1, 10, 0.1),
        ],
        formulas={
            "mean": "(10 + n * v) / (4 + n)",
            "median": "n == 1 ? clamp(v, 2, 3) : n == 3 ? clamp(v, 1, 4) : v",
            **_balance("huber", "clamp({r}, -delta, delta)", "(abs({r}) <= delta)"),
            **_balance(
                "pseudo",
                "{r} / sqrt(1 + pow({r} / delta, 2))",
                "pow(1 + pow({r} / delta, 2), -1.5)",
            ),
            **_balance(
                "logcosh", "(1 - 2 / (1 + exp(2 * {r})))", "pow((exp({r}) + exp(-{r})) / 2, -2)"
            ),
        },
        seen=[
            sentence("The points are 1, 2, 3, 4 and {n} at {v:~g}."),
            sentence("Their mean is {mean:.2f}, their median {median:.2f}."),
            sentence("Huber chooses {huber:.2f}, pseudo-Huber {pseudo:.2f},")
            + " + ' ' + "
            + sentence("log-cosh {logcosh:.2f}."),
        ],
        chart=alt.concat(_losses(), _points(), columns=2).resolve_scale(
            color="independent", strokeDash="independent"
        ),
        handles=[handle("v", "points", chart=1)],
        presets={
            "Outlier at 16": {"v": 16},
            "Seven outliers": {"v": 16, "n": 7},
            "Wide δ": {"v": 16, "delta": 10},
        },
    )


def _balance(name, pull, slope):
    """Return formulas of the number at which the pulls of all points balance.

    Eight halvings of the range come close to it, four of Newton's steps give it all its digits.
    """

    def of_all(form, c):
        once = " + ".join(form.format(r=f"({c} - {point})") for point in POINTS)
        return f"({once} + n * {form.format(r=f'({c} - v)')})"

    at = [f"_{name}{k}" for k in range(12)]
    formulas = {at[0]: "(min(v, 1) + max(v, 4)) / 2"}
    for k in range(8):
        half = f"(max(v, 4) - min(v, 1)) / {2 ** (k + 2)}"
        formulas[at[k + 1]] = f"{at[k]} + ({of_all(pull, at[k])} < 0 ? {half} : -{half})"
    for k, c in enumerate(at[8:], start=8):
        newton = f"{c} - {of_all(pull, c)} / max({of_all(slope, c)}, 1e-9)"
        formulas[at[k + 1] if k < 11 else name] = newton
    return formulas


def _losses():
    """Draw the five losses against the residual."""
    size, square = "abs(datum.r)", "datum.r * datum.r"
    formulas = [
        square,
        size,
        f"{size} <= delta ? {square} / 2 : delta * ({size} - delta / 2)",
        f"{square} / (1 + sqrt(1 + {square} / delta / delta))",
        f"{size} + log((1 + exp(-2 * {size})) / 2)",
    ]
    return (
        alt.Chart(alt.sequence(-5, 5.05, 0.1, as_="r"))
        .transform_calculate(**dict(zip(NAMES, formulas, strict=True)))
        .transform_fold(NAMES, ["name", "loss"])
        .mark_line(clip=True)
        .encode(
            alt.X("r:Q", title="residual"),
            alt.Y("loss:Q", scale=alt.Scale(domain=[0, 8])),
            alt.Color("name:N", title=None, scale=COLOURS),
            alt.StrokeDash("name:N", title=None, scale=DASHES),
        )
        .properties(**HALF)
    )


def _points():
    """Draw the points, and below them what each loss estimates; the names are in the chart.

    So both charts begin at the same place where they stand one below the other.
    """
    y = alt.Y("name:N", axis=None, sort=["points", *NAMES])
    scale = alt.Scale(domain=[-6, 26], nice=False)
    given, moved, constant = (
        alt.X(f"{at}:Q", title="value", scale=scale) for at in ("y", "v", "c")
    )
    colour = alt.Color("name:N", scale=COLOURS, legend=None)
    fixed = alt.Chart(rows(y=POINTS, name=["points"] * 4)).mark_point(filled=True, color=GREY)
    outlier = alt.Chart(rows(name=["points"])).transform_calculate(v="v", times="'× ' + n")
    estimate = alt.Chart(rows(k=list(range(5)), name=NAMES)).transform_calculate(
        c="[mean, median, huber, pseudo, logcosh][datum.k]",
        _text="datum.name + format(datum.c, ' .2f')",
    )
    left, right = (estimate.transform_filter(f"datum.c {where} 10") for where in (">", "<="))
    cross, diamond = ({"filled": True, "opacity": 1, "shape": s} for s in ("cross", "diamond"))
    return alt.layer(
        fixed.encode(given, y, size=alt.value(60), opacity=alt.value(1)),
        outlier.mark_point(**cross, color=ORANGE).encode(moved, y, size=alt.value(110)),
        outlier.mark_text(dy=-13).encode(moved, y, text="times:N"),
        estimate.mark_point(**diamond).encode(constant, y, colour, size=alt.value(110)),
        left.mark_text(dx=-9, align="right").encode(constant, y, text="_text:N"),
        right.mark_text(dx=9, align="left").encode(constant, y, text="_text:N"),
    ).properties(**HALF)
