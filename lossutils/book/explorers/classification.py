"""Explorers of the losses that classify."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    Explorer,
    handle,
    numbers,
    rows,
    select,
    slider,
    switch,
)
from lossutils.book.explorers.formulas import log1p, others, softmax

CLASSES = {"class 0": 0, "class 1": 1, "class 2": 2}


def softmax_cross_entropy():
    """Show logits, probabilities and loss of up to five classes, with the gradient as arrows.

    Returns
    -------
    Explorer
        It starts at the second example of row 001-5, whose true class is predicted badly.

    Examples
    --------
    >>> softmax_cross_entropy().title
    'From logits to loss'
    """
    start = [*numbers("001-5", "logits")[1], 0, 0]
    names, z, ks = [f"z{k}" for k in range(5)], [f"z[{k}]" for k in range(5)], range(5)
    used = [f"(K > {k} ? {softmax(z, k)} : 0)" for k in ks]
    pulls = [f"c == {k} ? -_rest : p[{k}]" for k in ks]
    return Explorer(
        name="softmax-cross-entropy",
        title="From logits to loss",
        question="Each arrow is a step of gradient descent. Which class gets the longest one, and "
        "what happens to the arrows when the true class becomes likely?",
        alternative="Left, the logits 0.1, 0 and 3 of three classes as dots. An arrow leads up "
        "from that of class 1, the true one, and one as long down from that of class 2. Right, "
        "their probabilities 0.05, 0.05 and 0.91 as bars.",
        controls=[
            slider("K", "number of classes", 3, 2, 5, 1),
            select("chosen", "true class", 1, {f"class {k}": k for k in ks}),
            *(
                slider(names[k], f"logit of class {k}", start[k], -6, 6, 0.1, when=f"K > {k}")
                for k in ks
            ),
        ],
        formulas={
            "c": "min(chosen, K - 1)",
            "z": f"[{', '.join(f'K > {k} ? {names[k]} : -1 / 0' for k in ks)}]",
            "p": f"[{', '.join(used)}]",
            "_others": others(z, true="c", at="z[c]"),
            "_rest": "_others / (1 + _others)",
            "loss": log1p("_others"),
            "gradient": f"[{', '.join(pulls)}]",
            **{f"_after{k}": f"{name} - 2 * gradient[{k}]" for k, name in enumerate(names)},
        },
        seen=[
            "'The true class, class ' + c + ', has the probability ' + format(p[c], '.4f') + '.'",
            "'The loss is minus its logarithm, ' + format(loss, '.4f') + '.'",
            "'The gradient is ' + format(gradient[c], '.4f') + ' there, and '"
            " + format(_rest, '.4f') + ' in all other classes together.'",
        ],
        chart=alt.concat(_logits_with_arrows(), _bars_of_probabilities(), columns=2),
        handles=[handle(k, name, chart=0, when=f"{name}_when") for k, name in enumerate(names)],
        presets={
            "Likely": {"z1": 6},
            "Unlikely": {"z1": -6},
            "Five alike": {"K": 5, "z0": 0, "z2": 0},
        },
        moves={"Take the step": {name: f"_after{k}" for k, name in enumerate(names)}},
    )


TRUE_OR_NOT = alt.Color(
    "role:N",
    title=None,
    scale=alt.Scale(domain=["true class", "other class"], range=[ORANGE, BLUE]),
)


def _classes(chart, **formulas):
    """Return a chart with a row per class, and what is calculated for each."""
    role = "datum.k == c ? 'true class' : 'other class'"
    return chart.transform_filter("datum.k < K").transform_calculate(role=role, **formulas)


def _logits_with_arrows():
    """Draw each logit and the step that descent with learning rate 2 takes from it."""
    y = alt.Y(
        "logit:Q", title="logit, and a step at learning rate 2", scale=alt.Scale(domain=[-8, 8])
    )
    bare = alt.Chart().encode(alt.X("k:O", title="class", axis=alt.Axis(labelAngle=0)), y)
    after = bare.encode(y="after:Q")
    layers = alt.layer(
        bare.mark_rule(strokeWidth=2).encode(y2="after:Q", color=TRUE_OR_NOT),
        after.mark_point(shape="triangle-up", filled=True, size=120, opacity=1)
        .encode(color=TRUE_OR_NOT)
        .transform_filter("gradient[datum.k] < 0"),
        after.mark_point(shape="triangle-down", filled=True, size=120, opacity=1)
        .encode(color=TRUE_OR_NOT)
        .transform_filter("gradient[datum.k] > 0"),
        bare.mark_point(filled=True, size=90, opacity=1, color=GREY),
        data=rows(k=list(range(5))),
    )
    formulas = {"logit": "z[datum.k]", "after": "z[datum.k] - 2 * gradient[datum.k]"}
    return _classes(layers, **formulas).properties(**HALF)


def _bars_of_probabilities():
    """Draw the probability of each class."""
    bars = alt.Chart(rows(k=list(range(5)))).mark_bar()
    bars = bars.encode(
        alt.X("k:O", title="class", axis=alt.Axis(labelAngle=0)),
        alt.Y("probability:Q", scale=alt.Scale(domain=[0, 1])),
        TRUE_OR_NOT,
    )
    return _classes(bars, probability="p[datum.k]").properties(**HALF)


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
            **{f"_is{k}": f"c == {k}" for k in range(3)},
        },
        seen=[
            "second ? 'With the second softmax the loss is ' + format(loss, '.4f') + ', between the"
            " floor ' + format(floor, '.4f') + ' and the ceiling ' + format(ceiling, '.4f') + '.'"
            " : 'With one softmax the loss is ' + format(loss, '.4f') + '.'",
            "'The true class has the probability ' + format(p[c], '.3f')"
            " + (second ? ', after the second softmax ' + format(q[c], '.3f') : '') + '.'",
        ],
        chart=alt.concat(_double_softmax_curves(z), _double_softmax_bars(), columns=2),
        handles=[handle(name, "loss", chart=0, when=f"_is{k}") for k, name in enumerate(z)],
        presets={
            "One, sure and right": {"z1": 8},
            "Two, sure and right": {"z1": 8, "second": True},
            "Two, sure and wrong": {"z1": -8, "second": True},
        },
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
