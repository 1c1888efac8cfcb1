"""Explorers of losses for two classes: weights, focal loss, swapped arguments."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    WHOLE,
    Explorer,
    handle,
    numbers,
    rows,
    slider,
    switch,
)
from lossutils.book.explorers.formulas import sentence, sigmoid, softplus

# A tenth of the points are positive. They lie around (0.75, 0.75) and the negatives around
# (-0.75, -0.75), with unit variance. The logit, 1.5 x1 + 1.5 x2 - ln 9, is normal in either class:
# its means are 2.25 below and above -ln 9, its variance is 4.5.
NEGATIVES, POSITIVES = ("-log(9) - 2.25", "sqrt(4.5)"), ("-log(9) + 2.25", "sqrt(4.5)")


def pos_weight():
    """Move the line between no and yes by `pos_weight` and by the threshold.

    Returns
    -------
    Explorer
        It starts at weight 9 and threshold 1/2, on two clouds of points, a tenth of them positive.

    Examples
    --------
    >>> pos_weight().title
    'Two ways to move one line'
    """
    share_above = "cumulativeNormal({0}, line, {1})"
    return Explorer(
        name="pos-weight",
        title="Two ways to move one line",
        question="Set pos_weight to 1. Which threshold brings the line back to where the weight 9 "
        "had it?",
        alternative="Two bells over the logit of a model without weight: a large one for the "
        "negatives around minus 4.4, a small one for the positives around 0. The line between no "
        "and yes is at minus 2.2. Right of it lie 86 % of the positives and 14 % of the negatives.",
        controls=[
            slider("q", "pos_weight", 9, 1, 20, 0.5),
            slider("t", "threshold", 0.5, 0.02, 0.98, 0.01),
        ],
        formulas={
            "line": "log(t / (1 - t)) - log(q)",
            "share": sigmoid("line"),
            "recall": share_above.format(*POSITIVES),
            "alarms": share_above.format(*NEGATIVES),
            "precision": "0.1 * recall / (0.1 * recall + 0.9 * alarms)",
            "_threshold": sigmoid("pointer + log(q)"),
        },
        seen=[
            sentence("Yes begins where {share:.1%} of the examples are positive."),
            sentence(
                "{recall:.0%} of the positives are found; {precision:.0%} of the yes are right."
            ),
        ],
        chart=_bells(),
        handles=[handle("line", to={"t": "_threshold"})],
        presets={"Weight 1": {"q": 1}, "Weight 1, threshold 0.1": {"q": 1, "t": 0.1}},
    )


def _bells():
    """Draw how many examples of either class have which logit; what is called yes is filled."""
    names = ["negatives", "positives"]
    density = "{2} * densityNormal(datum.z, {0}, {1})"
    x = alt.X("z:Q", title="logit of a model without weight", scale=alt.Scale(nice=False))
    y = alt.Y("share:Q", stack=None, title="share of the examples")
    full = alt.Legend(symbolType="stroke", symbolOpacity=1)  # not as pale as the areas
    scale = alt.Scale(domain=names, range=[BLUE, ORANGE])
    color = alt.Color("class:N", title=None, scale=scale, legend=full)
    dash = alt.StrokeDash(
        "class:N", title=None, scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]])
    )
    yes = alt.Chart().transform_filter("datum.z >= line").mark_area(opacity=0.4, line=False)
    bells = (
        alt.layer(yes.encode(x, y, color), alt.Chart().mark_line().encode(x, y, color, dash))
        .properties(data=alt.sequence(-11, 6.05, 0.1, as_="z"))
        .transform_calculate(
            negatives=density.format(*NEGATIVES, 0.9), positives=density.format(*POSITIVES, 0.1)
        )
        .transform_fold(names, ["class", "share"])
    )
    edge = alt.Chart(rows(k=[0])).transform_calculate(edge="line").encode(alt.X("edge:Q"))
    no_yes = (
        edge.mark_text(text=text, align=align, dx=dx, dy=8).encode(y=alt.value(0))
        for text, align, dx in (("no", "right", -6), ("yes", "left", 6))
    )
    return alt.layer(bells, edge.mark_rule(strokeWidth=2), *no_yes).properties(**WHOLE)


HARD = 0.3  # the probability that a hard positive gets


def focal():
    """Fade the loss of easy examples, and weigh the one of positives.

    Returns
    -------
    Explorer
        It starts at gamma 0, which is cross-entropy, with 990 easy negatives and 10 hard positives.

    Examples
    --------
    >>> focal().title
    'What makes up the loss?'
    """
    return Explorer(
        name="focal",
        title="What makes up the loss?",
        question="990 negatives are easy, 10 positives are hard. Above what gamma do the 10 "
        "account for more of the loss than the 990? What can alpha add to that?",
        alternative="The loss against the probability of the true class, a falling curve. Beside "
        "it two bars: the 990 negatives cause 81 % of the loss, the 10 positives 19 %.",
        controls=[
            slider("gamma", "gamma", 0, 0, 5, 0.25),
            slider("easy", "probability if easy", 0.95, 0.5, 0.99, 0.01),
            switch("balancing", "apply_class_balancing", False),
            slider("alpha", "alpha", 0.25, 0.05, 0.95, 0.05, when="balancing"),
        ],
        formulas={
            "negative": f"(balancing ? 1 - alpha : 1) * {_faded('easy')}",
            "positive": f"(balancing ? alpha : 1) * {_faded(HARD)}",
            "part": "10 * positive / (10 * positive + 990 * negative)",
            "_easy_loss": _faded("easy"),
            "_hard_loss": _faded(HARD),
            "_gamma": f"log(max(pointer, 1e-6) / -log({HARD})) / log(1 - {HARD})",
        },
        seen=[
            sentence(
                "The 10 positives cause {part:.0%} of the loss, the 990 negatives {1 - part:.0%}."
            ),
            sentence("One of them costs {positive:.2~r}, an easy negative {negative:.2~r}."),
        ],
        chart=alt.concat(_fading(), _makers(), columns=2).resolve_scale(
            color="independent", strokeDash="independent"
        ),
        handles=[
            handle("easy", "_easy_loss", chart=0),
            handle(HARD, "_hard_loss", chart=0, to={"gamma": "_gamma"}),
        ],
        presets={
            "Cross-entropy": {},
            "γ = 2": {"gamma": 2},
            "γ = 2, α = 0.25": {"gamma": 2, "balancing": True},
        },
    )


def _faded(p):
    """Return the focal loss, without alpha, of an example whose class has the probability `p`."""
    return f"pow(1 - {p}, gamma) * -log({p})"


def _fading():
    """Draw the loss against the probability of the true class, with gamma and without."""
    names = ["gamma 0", "this gamma"]
    colors, dashes = [GREY, GREEN], [[6, 3], [1, 0]]
    x = alt.X("p:Q", title="probability of the true class", axis=alt.Axis(tickCount=5))
    lines = (
        alt.Chart(alt.sequence(0.01, 1, 0.01, as_="p"))
        .transform_calculate(**{names[0]: "-log(datum.p)", names[1]: _faded("datum.p")})
        .transform_fold(names, ["name", "loss"])
        .mark_line(clip=True)
        .encode(
            x.scale(domain=[0, 1]),
            alt.Y("loss:Q", title="loss", scale=alt.Scale(domain=[0, 4])),
            alt.Color("name:N", title=None, scale=alt.Scale(domain=names, range=colors)),
            alt.StrokeDash("name:N", title=None, scale=alt.Scale(domain=names, range=dashes)),
        )
    )
    return alt.layer(lines, *_examples()).properties(**HALF)


def _examples():
    """Draw an easy negative and a hard positive on the curve."""
    dots = alt.Chart(rows(k=[0, 1])).mark_point(filled=True, size=110, opacity=1)
    dots = dots.transform_calculate(
        at=f"datum.k ? {HARD} : easy", now="datum.k ? _hard_loss : _easy_loss"
    )
    x, y = alt.X("at:Q"), alt.Y("now:Q")
    return [
        dots.transform_filter(f"datum.k == {k}").encode(x, y, color=alt.value(color))
        for k, color in enumerate([BLUE, ORANGE])
    ]


def _makers():
    """Draw which part of the loss each class makes."""
    names = ["990 negatives", "10 positives"]
    y = alt.Y("made:Q", title="part of the loss", axis=alt.Axis(format="%"))
    return (
        alt.Chart(rows(k=[0, 1], name=names))
        .transform_calculate(made="datum.k ? part : 1 - part")
        .mark_bar()
        .encode(
            alt.X("name:N", title=None, sort=names, axis=alt.Axis(labelAngle=0)),
            y.scale(domain=[0, 1]),
            alt.Color("name:N", legend=None, scale=alt.Scale(domain=names, range=[BLUE, ORANGE])),
        )
        .properties(**HALF)
    )


def swapped():
    """Set the sigmoid cross-entropy beside what it is with labels and logits in each other's place.

    Returns
    -------
    Explorer
        It starts at the last prediction of row 003-8, whose printed loss is negative.

    Examples
    --------
    >>> swapped().title
    'A cross-entropy below zero'
    """
    return Explorer(
        name="swapped",
        title="A cross-entropy below zero",
        question="Above what prediction is the swapped loss negative? For which label does the "
        "swap not show at all?",
        alternative="Two losses of the label 1 against the prediction from minus 3 to 5. The right "
        "one falls from 3.05 to nearly 0. The swapped one is a straight line from 4.31 to minus "
        "3.69, and crosses 0 at 1.31.",
        controls=[
            slider("v", "prediction, a logit", numbers("003-8", "y_pred")[-1], -3, 5, 0.1),
            slider("y", "label", numbers("003-8", "y_true")[0], 0, 1, 0.1),
        ],
        formulas={
            "loss": _sigmoid_loss("y", "v"),
            "swap": _sigmoid_loss("v", "y"),
            "slope": f"(1 - y) * {sigmoid('v')} - y * {sigmoid('-v')}",
            "swap_slope": "0 - y",
            "crossing": f"y > 0 ? 1 + {softplus('-y')} / y : null",
        },
        seen=[
            sentence("Right: loss {loss:.3f}, slope {slope:.3f}."),
            sentence("Swapped: loss {swap:.3f}, slope {swap_slope:.1f} at every prediction."),
            "swap < 0 ? 'Below zero: what was passed as a label is not one.' : ''",
        ],
        chart=_both_ways(),
        handles=[handle("v", "loss"), handle("v", "swap")],
        presets={"Label 1": {}, "Label 0": {"y": 0}, "Both 0.5": {"y": 0.5, "v": 0.5}},
    )


def _sigmoid_loss(label, logit):
    """Return the sigmoid cross-entropy; the label may be any number."""
    return f"{softplus(f'-({logit})')} + (1 - {label}) * {logit}"


def _both_ways():
    """Draw the loss against the prediction, both ways round."""
    names = ["right", "swapped"]
    x = alt.X("x:Q", title="prediction, a logit", scale=alt.Scale(domain=[-3, 5], nice=False))
    y = alt.Y("value:Q", title="loss", scale=alt.Scale(domain=[-4, 6]))
    scale, legend = alt.Scale(domain=names, range=[BLUE, ORANGE]), alt.Legend(symbolType="stroke")
    color = alt.Color("name:N", title=None, scale=scale, legend=legend)
    dash = alt.StrokeDash(
        "name:N", title=None, scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]])
    )
    lines = (
        alt.Chart(alt.sequence(-3, 5.05, 0.1, as_="x"))
        .transform_calculate(
            right=_sigmoid_loss("y", "datum.x"), swapped=_sigmoid_loss("datum.x", "y")
        )
        .transform_fold(names, ["name", "value"])
    )
    dots = alt.Chart(rows(name=names)).transform_calculate(
        now="datum.name == 'right' ? loss : swap", at="v"
    )
    return alt.layer(
        alt.Chart(rows(zero=[0])).mark_rule().encode(y="zero:Q"),
        lines.mark_line(clip=True).encode(x, y, color, dash),
        dots.mark_point(filled=True, opacity=1, size=110).encode(
            alt.X("at:Q"), alt.Y("now:Q"), color
        ),
    ).properties(**WHOLE)
