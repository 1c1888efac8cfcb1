"""Explorers of the losses that classify."""

import altair as alt

from lossutils.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    Explorer,
    numbers,
    rows,
    select,
    slider,
    switch,
)
from lossutils.explorers.formulas import log1p, others, softmax

CLASSES = {"class 0": 0, "class 1": 1, "class 2": 2}


def double_softmax():
    """Show what a second softmax does to a loss: its floor, its ceiling, its flatness.

    Returns
    -------
    Explorer
        It starts at the second example of row 001-5, whose true class is predicted badly.

    Examples
    --------
    >>> double_softmax().title
    'One softmax or two'
    """
    start = numbers("001-5", "logits")[1]
    z, p = [f"z{k}" for k in range(3)], [f"p[{k}]" for k in range(3)]
    logits = [slider(z[k], f"logit of class {k}", start[k], -8, 8, 0.1) for k in range(3)]
    return Explorer(
        name="double-softmax",
        title="One softmax or two",
        question="Switch the second softmax on and move the logit of the true class to both ends. "
        "How low does the loss get, and how high?",
        alternative="The loss against the logit of the true class: a line that falls from 11 "
        "to almost 0, with a dot at logit 0 and loss 3.0997. Beside it the probabilities of the "
        "three classes as bars: 0.05, 0.05 and 0.91.",
        controls=[
            *logits,
            select("c", "true class", 1, CLASSES),
            switch("second", "second softmax", False),
        ],
        formulas={
            "here": f"[{', '.join(z)}][c]",
            "p": f"[{', '.join(softmax(z, k) for k in range(3))}]",
            "q": f"[{', '.join(softmax(p, k) for k in range(3))}]",
            "_one": others(z, true="c", at="here"),
            "_two": others(p, true="c", at="p[c]"),
            "once": log1p("_one"),
            "twice": log1p("_two"),
            "loss": "second ? twice : once",
            "floor": "log(E + 2) - 1",
            "ceiling": "log(E + 2)",
        },
        seen=[
            "second ? 'With the second softmax the loss is ' + format(loss, '.4f') + ', between the"
            " floor ' + format(floor, '.4f') + ' and the ceiling ' + format(ceiling, '.4f') + '.'"
            " : 'With one softmax the loss is ' + format(loss, '.4f') + '.'",
            "'The true class has the probability ' + format(p[c], '.3f')"
            " + (second ? ', after the second softmax ' + format(q[c], '.3f') : '') + '.'",
        ],
        chart=alt.concat(_double_softmax_curves(z), _double_softmax_bars(), columns=2),
    )


def _double_softmax_curves(z):
    """Draw the loss against the logit of the true class, and where it stands now."""
    x = alt.X("x:Q", title="logit of the true class")
    y = alt.Y("one:Q", title="loss", scale=alt.Scale(domain=[0, 10]))
    only = alt.value(alt.expr("second ? 1 : 0"))
    once = alt.Chart().mark_line(color=BLUE, clip=True).encode(x, y)
    twice = alt.Chart().mark_line(color=ORANGE, strokeDash=[6, 3])
    curves = alt.layer(
        once, twice.encode(x, y="two:Q", opacity=only), data=alt.sequence(-8, 8.05, 0.1, as_="x")
    ).transform_calculate(_one=others(z, true="c", at="datum.x"))
    moved = [f"exp({name} - datum.x) / (1 + datum._one)" for name in z]
    curves = curves.transform_calculate(
        one=log1p("datum._one"),
        _two=others(moved, true="c", at="1 / (1 + datum._one)"),
        two=log1p("datum._two"),
    )
    limits = alt.Chart(rows(name=["floor", "ceiling"])).mark_rule(color=GREY, strokeDash=[2, 2])
    limits = limits.transform_calculate(limit="datum.name == 'floor' ? floor : ceiling")
    dot = alt.Chart(rows(k=[0])).transform_calculate(now="loss", at="here")
    dot = dot.mark_point(filled=True, size=140, opacity=1, color=GREEN)
    limits, dot = limits.encode(y="limit:Q", opacity=only), dot.encode(x="at:Q", y="now:Q")
    return alt.layer(curves, limits, dot).properties(**HALF)


def _double_softmax_bars():
    """Draw the probabilities after one softmax and after two."""
    data = rows(k=[0, 0, 1, 1, 2, 2], softmax=["once", "twice"] * 3)
    return (
        alt.Chart(data)
        .transform_filter("second || datum.softmax == 'once'")
        .transform_calculate(probability="datum.softmax == 'once' ? p[datum.k] : q[datum.k]")
        .mark_bar()
        .encode(
            alt.X("k:O", title="class", axis=alt.Axis(labelAngle=0)),
            alt.Y("probability:Q", scale=alt.Scale(domain=[0, 1])),
            alt.Color("softmax:N", scale=alt.Scale(domain=["once", "twice"], range=[BLUE, ORANGE])),
            alt.XOffset("softmax:N", scale=alt.Scale(domain=["once", "twice"])),
        )
        .properties(**HALF)
    )
