"""An explorer of gradient descent: three losses, on the data and on a small loss surface."""

import altair as alt

from lossutils.book import datasets
from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    Explorer,
    handle,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence

X, Y = (values.tolist() for values in datasets.make_line(5, noise=0.0))
STEPS = 30
LOSSES = ["squared", "absolute", "Huber"]  # δ is 1
ALL = range(len(LOSSES))


def descent():
    """Fit a line to five points by gradient descent with three losses, on the data and on a map.

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
        question="Press Play, and drag the lifted point or the start of the paths. At which "
        "learning rate does the squared loss fly off? Which loss never comes to rest, at any? And "
        "whose path does the lifted point turn?",
        alternative="Left, five points, the last one high above the others, and a line for each "
        "of three losses: that of the squared loss is the steepest. Right, a map of the mean "
        "squared loss over slope and intercept, clear where it is low. Three paths of 20 steps "
        "begin at slope 0 and intercept 0. That of the squared loss ends in the clear, near slope "
        "6 and intercept 3; those of the absolute loss and of Huber end near slope 2.",
        controls=[
            slider("steps", "steps", 20, 0, STEPS, 1),
            slider("rate", "learning rate", 0.2, 0.02, 1.2, 0.02),
            slider("lift", "lift of the last point", 10, 0, 14, 1),
            select("kind", "loss of the map", 0, {name: k for k, name in enumerate(LOSSES)}),
            slider("w", "slope at the start", 0, -2, 10, 0.5),
            slider("b", "intercept at the start", 0, -2, 6, 0.5),
        ],
        formulas={
            "top": f"{Y[-1]} + lift",
            "_lift": f"pointer - {Y[-1]}",
            **_paths(),
            "slope": f"[{', '.join(f'_w{k}' for k in range(STEPS + 1))}]",
            "intercept": f"[{', '.join(f'_b{k}' for k in range(STEPS + 1))}]",
            "loss": _means("steps"),
            "_last": _means("max(steps, 1) - 1"),
        },
        seen=[
            f"'Map: ' + {LOSSES}[kind] + ' loss. After ' + steps + ' steps:'",
            *(_state(name, k) for k, name in enumerate(LOSSES)),
        ],
        chart=alt.concat(_data(), _surface(), columns=2),
        handles=[
            handle(X[-1], "top", chart=0, to={"lift": "_lift"}),
            handle("w", "b", chart=1),
        ],
        presets={
            "Too fast for one": {"rate": 1.06},
            "Never at rest": {"kind": 1, "rate": 1, "steps": STEPS},
            "No outlier": {"lift": 0},
        },
        play="steps",
    )


def _state(name, k):
    """Say where the descent of one loss is, and whether its last step led up."""
    text = sentence(f"{name} loss {{loss[{k}]:.3~g}}, slope {{slope[steps][{k}]:.2f}}")
    now, last = f"loss[{k}]", f"_last[{k}]"
    turn = f"abs({now} - {last}) < {last} / 1000 ? 'steady' : {now} > {last} ? 'rising' : 'falling'"
    return f"{text} + (steps == 0 ? '' : ', ' + ({turn})) + '{'.' if name == LOSSES[-1] else ';'}'"


def _residuals(w, b):
    """Return prediction minus truth of each point."""
    return [f"({w} * {x} + {b} - {y})" for x, y in zip(X, [*Y[:-1], "top"], strict=True)]


def _paths():
    """Return formulas of the pulls of the points, and of slope and intercept after each step.

    Each is a list with an entry per loss. The slope of each loss is a straight line through 0, cut
    off at a limit.
    """
    pulls = "2 * {r}", "clamp({r} * 1e300, -1, 1)", "clamp({r}, -1, 1)"
    formulas = {"_w0": "[w, w, w]", "_b0": "[b, b, b]"}
    for k in range(STEPS):
        of_losses = (
            ", ".join(pull.format(r=r) for r in _residuals(f"_w{k}[{j}]", f"_b{k}[{j}]"))
            for j, pull in enumerate(pulls)
        )
        formulas[f"_g{k}"] = f"[{', '.join(f'[{pull}]' for pull in of_losses)}]"
        turns = [" + ".join(f"{x} * _g{k}[{j}][{i}]" for i, x in enumerate(X)) for j in ALL]
        lifts = [" + ".join(f"_g{k}[{j}][{i}]" for i in range(5)) for j in ALL]
        for name, forces in {"_w": turns, "_b": lifts}.items():
            moved = (f"{name}{k}[{j}] - rate * (({forces[j]}) / 5)" for j in ALL)
            formulas[f"{name}{k + 1}"] = f"[{', '.join(moved)}]"
    return formulas


def _sums(w, b):
    """Return the sum of each loss over all points, for the slope and the intercept of each."""
    forms = "{r} * {r}", "abs({r})", "(abs({r}) <= 1 ? {r} * {r} / 2 : abs({r}) - 0.5)"
    return [
        " + ".join(form.format(r=r) for r in _residuals(w.format(j=j), b.format(j=j)))
        for j, form in enumerate(forms)
    ]


def _means(step):
    """Return the mean of each loss after a number of steps."""
    sums = _sums(f"slope[{step}][{{j}}]", f"intercept[{step}][{{j}}]")
    return f"[{', '.join(f'({total}) / 5' for total in sums)}]"


def _look():
    """Return what tells the three losses apart; the one of the map is the thickest."""
    colours = alt.Scale(domain=LOSSES, range=[BLUE, ORANGE, GREEN])
    dashes = alt.Scale(domain=LOSSES, range=[[1, 0], [6, 3], [2, 2]])
    legend = alt.Legend(title=None, symbolType="stroke")
    return (
        alt.Color("loss:N", scale=colours, legend=legend),
        alt.StrokeDash("loss:N", scale=dashes, legend=legend),
        alt.StrokeWidth("_width:Q", scale=None),
    )


WIDTH = "datum.j == kind ? 4 : 2"


def _data():
    """Draw the five points, and the line that each loss has reached."""
    x = alt.X("x:Q", title="x", scale=alt.Scale(domain=[-1.2, 1.2], nice=False))
    y = {"title": "y", "scale": alt.Scale(domain=[-4, 18], nice=False)}
    points = alt.Chart(rows(x=X, y=Y)).transform_calculate(
        place=f"datum.x == {X[-1]} ? top : datum.y"
    )
    ends = [(j, end) for j in ALL for end in (-1.2, 1.2)]
    names = [LOSSES[j] for j, _ in ends]
    lines = alt.Chart(rows(j=[j for j, _ in ends], x=[end for _, end in ends], loss=names))
    lines = lines.transform_calculate(
        line="slope[steps][datum.j] * datum.x + intercept[steps][datum.j]", _width=WIDTH
    )
    return alt.layer(
        lines.mark_line(clip=True).encode(x, alt.Y("line:Q", **y), *_look()),
        points.mark_point(filled=True, size=90, opacity=1, color=GREY).encode(
            x, alt.Y("place:Q", **y)
        ),
    ).properties(**HALF)


def _surface():
    """Draw the mean loss as a map of twelve bands, the lowest one clear, and the paths over it."""
    return alt.layer(_cells(), _steps()).properties(**HALF)


def _place(slope, intercept):
    """Return where something stands on the map."""
    plain = {"axis": alt.Axis(grid=False)}
    x = alt.X(slope, title="slope", scale=alt.Scale(domain=[-2, 10], nice=False), **plain)
    y = alt.Y(intercept, title="intercept", scale=alt.Scale(domain=[-2, 6], nice=False), **plain)
    return x, y


def _cells():
    """Draw the map."""
    bands = alt.Opacity("band:Q", scale=alt.Scale(domain=[0, 11], range=[0, 0.5]), legend=None)
    height = "kind == 0 ? {} : kind == 1 ? {} : {}"
    return (
        alt.Chart(alt.sequence(0, 24 * 16, as_="cell"))
        .transform_calculate(_x="datum.cell % 24 * 0.5 - 2", _y="floor(datum.cell / 24) * 0.5 - 2")
        .transform_calculate(_x2="datum._x + 0.5", _y2="datum._y + 0.5")
        .transform_calculate(height=height.format(*_sums("(datum._x + 0.25)", "(datum._y + 0.25)")))
        .transform_joinaggregate(top="max(height)")
        .transform_calculate(band="ceil(12 * sqrt(datum.height / datum.top)) - 1")
        .mark_rect(color=GREY)
        .encode(*_place("_x:Q", "_y:Q"), alt.X2("_x2:Q"), alt.Y2("_y2:Q"), bands)
    )


def _steps():
    """Draw the steps of each descent, with a dot where it is now."""
    of_steps = [(k, j) for j in ALL for k in range(STEPS + 1)]
    names = [LOSSES[j] for _, j in of_steps]
    paths = alt.Chart(rows(k=[k for k, _ in of_steps], j=[j for _, j in of_steps], loss=names))
    paths = paths.transform_filter("datum.k <= steps").transform_calculate(
        w="slope[datum.k][datum.j]", b="intercept[datum.k][datum.j]", _width=WIDTH
    )
    colour, dash, width = _look()
    now = paths.transform_filter("datum.k == steps").mark_point(filled=True, opacity=1, clip=True)
    return alt.layer(
        paths.mark_line(clip=True).encode(*_place("w:Q", "b:Q"), colour, dash, width, order="k:Q"),
        now.encode(*_place("w:Q", "b:Q"), colour, size=alt.value(90)),
    )
