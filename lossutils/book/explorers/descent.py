"""An explorer of gradient descent on a small loss surface."""

import altair as alt

from lossutils.book import datasets
from lossutils.book.explorers.core import (
    BLUE,
    ORANGE,
    WHOLE,
    Explorer,
    handle,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence

X, Y = (values.tolist() for values in datasets.make_line(5, noise=0.0))
STEPS = 30
KINDS = {"squared": 0, "absolute": 1, "Huber, δ = 1": 2}


def descent():
    """Fit a line to five points by gradient descent, and show its way over the loss surface.

    Returns
    -------
    Explorer
        Its points are those of `lossutils.book.datasets.make_line`, the last one lifted by 10.

    Examples
    --------
    >>> descent().title
    'The way down'
    """
    return Explorer(
        name="descent",
        title="The way down",
        question="Drag the start of the way. At which learning rate does the squared loss fly off? "
        "Which loss never comes to rest, at any? And whose way does the lifted point turn?",
        alternative="A map of the mean loss over slope and intercept of a line, clear where it is "
        "low. A way of 20 steps leads from slope 0 and intercept 0 to the lowest place of the "
        "squared loss, near slope 6 and intercept 3.",
        controls=[
            select("kind", "loss", 0, KINDS),
            slider("rate", "learning rate", 0.2, 0.02, 1.2, 0.02),
            slider("steps", "steps", 20, 0, STEPS, 1),
            slider("lift", "lift of the last point", 10, 0, 10, 1),
            slider("w", "slope at the start", 0, -2, 10, 0.5),
            slider("b", "intercept at the start", 0, -2, 6, 0.5),
        ],
        formulas={
            # The slope of each loss is a straight line through 0, cut off at a limit.
            "steepness": "[2, 1e300, 1][kind]",
            "limit": "[1e300, 1, 1][kind]",
            **_way(),
            "slope": f"[{', '.join(f'_w{k}' for k in range(STEPS + 1))}]",
            "intercept": f"[{', '.join(f'_b{k}' for k in range(STEPS + 1))}]",
            "loss": f"({_losses('slope[steps]', 'intercept[steps]')}) / 5",
            "_last": f"({_losses('slope[max(steps, 1) - 1]', 'intercept[max(steps, 1) - 1]')}) / 5",
        },
        seen=[
            sentence("From slope {w:.1f} and intercept {b:.1f}, {steps} steps lead to slope")
            + " + ' ' + "
            + sentence("{slope[steps]:.2f}, intercept {intercept[steps]:.2f} and a mean loss of")
            + " + ' ' + "
            + sentence("{loss:.3~g}."),
            "steps == 0 ? '' : loss > _last ? 'The last step led up.' : 'The last step led down'"
            " + (_last - loss < 0.01 * _last ? ', by less than a hundredth.' : '.')",
        ],
        chart=_surface(),
        handles=[handle("w", "b")],
        presets={
            "Squared, too fast": {"rate": 1.06},
            "Absolute": {"kind": 1, "rate": 1, "steps": STEPS},
            "Huber": {"kind": 2, "rate": 1, "steps": STEPS},
        },
        play="steps",
    )


def _residuals(w, b):
    """Return prediction minus truth of each point."""
    truths = [*Y[:-1], f"{Y[-1]} - lift"]
    return [f"({w} * {x} + {b} - {y})" for x, y in zip(X, truths, strict=True)]


def _way():
    """Return formulas of the pulls of the points, and of slope and intercept after each step."""
    formulas = {"_w0": "w", "_b0": "b"}
    for k in range(STEPS):
        residuals = _residuals(f"_w{k}", f"_b{k}")
        pulls = ", ".join(f"clamp(steepness * {r}, -limit, limit)" for r in residuals)
        turn = " + ".join(f"{x} * _g{k}[{i}]" for i, x in enumerate(X))
        lift = " + ".join(f"_g{k}[{i}]" for i in range(5))
        formulas[f"_g{k}"] = f"[{pulls}]"
        formulas[f"_w{k + 1}"] = f"_w{k} - rate * (({turn}) / 5)"
        formulas[f"_b{k + 1}"] = f"_b{k} - rate * (({lift}) / 5)"
    return formulas


def _losses(w, b):
    """Return the sum of the losses of all points."""
    huber = "(abs({r}) <= 1 ? {r} * {r} / 2 : abs({r}) - 0.5)"
    sums = [
        " + ".join(form.format(r=residual) for residual in _residuals(w, b))
        for form in ("{r} * {r}", "abs({r})", huber)
    ]
    return f"kind == 0 ? {sums[0]} : kind == 1 ? {sums[1]} : {sums[2]}"


def _surface():
    """Draw the mean loss as a map of twelve bands, the lowest one clear, and the way over it."""
    return alt.layer(_cells(), _steps()).properties(**WHOLE)


def _place(slope, intercept):
    """Return where something stands on the map."""
    plain = {"axis": alt.Axis(grid=False)}
    x = alt.X(slope, title="slope", scale=alt.Scale(domain=[-2, 10], nice=False), **plain)
    y = alt.Y(intercept, title="intercept", scale=alt.Scale(domain=[-2, 6], nice=False), **plain)
    return x, y


def _cells():
    """Draw the map."""
    bands = alt.Opacity("band:Q", scale=alt.Scale(domain=[0, 11], range=[0, 0.6]), legend=None)
    return (
        alt.Chart(alt.sequence(0, 24 * 16, as_="cell"))
        .transform_calculate(_x="datum.cell % 24 * 0.5 - 2", _y="floor(datum.cell / 24) * 0.5 - 2")
        .transform_calculate(_x2="datum._x + 0.5", _y2="datum._y + 0.5")
        .transform_calculate(height=_losses("(datum._x + 0.25)", "(datum._y + 0.25)"))
        .transform_joinaggregate(top="max(height)")
        .transform_calculate(band="ceil(12 * sqrt(datum.height / datum.top)) - 1")
        .mark_rect(color=BLUE)
        .encode(*_place("_x:Q", "_y:Q"), alt.X2("_x2:Q"), alt.Y2("_y2:Q"), bands)
    )


def _steps():
    """Draw the steps of the descent."""
    return (
        alt.Chart(rows(k=list(range(STEPS + 1))))
        .transform_filter("datum.k <= steps")
        .transform_calculate(w="slope[datum.k]", b="intercept[datum.k]")
        .mark_line(
            color=ORANGE, clip=True, point=alt.OverlayMarkDef(color=ORANGE, size=30, opacity=1)
        )
        .encode(*_place("w:Q", "b:Q"), order="k:Q")
    )
