"""Explorers of the losses that answer yes or no."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    ORANGE,
    THIRD,
    Explorer,
    handle,
    numbers,
    rows,
    select,
    slider,
    switch,
)
from lossutils.book.explorers.formulas import log1p, sigmoid, softplus

ENDS = 30  # of the logits


def sigmoid_cross_entropy():
    """Show a loss from logits against the same from probabilities that are clipped.

    Returns
    -------
    Explorer
        It starts at the first logit of row 002-13.

    Examples
    --------
    >>> sigmoid_cross_entropy().title
    'From logits, or from clipped probabilities'
    """
    start = numbers("002-13", "logits")[0][0]
    return Explorer(
        name="sigmoid-cross-entropy",
        title="From logits, or from clipped probabilities",
        question="Switch the clip on and move the logit far to the wrong side. What becomes of the "
        "loss, and what of the gradient?",
        alternative="Three curves over the logit, for label 1: the probability, which rises from 0 "
        "to 1; the loss, which falls from 30 to almost 0; its gradient, which rises from -1 to "
        "0. A dot on each marks the logit 12, where the loss is 0.0000061.",
        controls=[
            slider("z", "logit", start, -ENDS, ENDS, 0.1),
            select("y", "label", 1, {"1": 1, "0": 0}),
            switch("clip", "clip the probability at 1e-7", False),
        ],
        formulas={
            "p": sigmoid("z"),
            "exact": _loss("z"),
            "bound": _clipped("z"),
            "loss": "clip ? bound : exact",
            "slope": f"clip && {_beyond('z')} ? 0 : {_slope('z')}",
        },
        seen=[
            "'The probability of label 1 is ' + (p > 0.999 ? '1 − ' + format(1 - p, '.2~g')"
            " : format(p, '.3~g')) + '.'",
            "'The loss is ' + format(loss, '.4~g') + ' and its gradient with respect to the logit '"
            " + format(slope, '.4~g') + '.'",
            f"clip && {_beyond('z')} ? 'The clip holds the loss at ' + format(bound, '.4~g')"
            " + ' instead of ' + format(exact, '.4~g') + ', and no gradient is left.'"
            " : clip ? 'The clip is on, and leaves this probability as it is.'"
            " : 'The clip is off.'",
        ],
        chart=alt.concat(_probability(), _losses(), _slopes(), columns=3),
        handles=[handle("z", now, chart=k) for k, now in enumerate(["p", "loss", "slope"])],
        presets={
            "Undecided": {"z": 0},
            "Sure and wrong": {"z": -20},
            "The same, clipped": {"z": -20, "clip": True},
        },
    )


def _loss(z):
    """Return the cross-entropy from the logit: softplus of z, or of -z where the label is 1."""
    return softplus(f"(y ? -{z} : {z})")


def _slope(z):
    """Return the derivative, sigmoid minus label, without a difference that loses digits."""
    return f"(y ? -{sigmoid(f'-{z}')} : {sigmoid(z)})"


def _beyond(z):
    """Tell whether the probability of a logit is clipped."""
    return f"(abs({z}) > log((1 - 1e-7) / 1e-7))"


def _clipped(z):
    """Return the cross-entropy of the clipped probability."""
    wrong = f"(({z} > 0) != y)"
    return f"({_beyond(z)} ? ({wrong} ? -log(1e-7) : -{log1p('-1e-7')}) : {_loss(z)})"


def _panel(title, low, high, now, **curves):
    """Draw one curve over the logit, a dashed one where the clip is on, and a dot for now."""
    x = alt.X("x:Q", title="logit")
    y = {"title": title, "scale": alt.Scale(domain=[low, high])}
    looks = [{"color": BLUE}, {"color": ORANGE, "strokeDash": [6, 3], "strokeWidth": 3}]
    seen = [alt.value(1), alt.value(alt.expr("clip ? 1 : 0"))]
    lines = [
        alt.Chart().mark_line(**look).encode(x, alt.Y(f"{name}:Q", **y), opacity=opacity)
        for name, look, opacity in zip(curves, looks, seen, strict=False)
    ]
    drawn = alt.layer(*lines, data=alt.sequence(-ENDS, ENDS + 0.1, 0.5, as_="x"))
    dot = alt.Chart(rows(k=[0])).mark_point(filled=True, size=120, opacity=1, color=GREEN)
    dot = dot.transform_calculate(at="z", **{f"{now}_now": now}).encode(x="at:Q", y=f"{now}_now:Q")
    return alt.layer(drawn.transform_calculate(**curves), dot).properties(**THIRD)


def _probability():
    return _panel("probability of label 1", 0, 1, "p", chance=sigmoid("datum.x"))


def _losses():
    x = "datum.x"
    return _panel("loss", 0, 30, "loss", from_logit=_loss(x), from_probability=_clipped(x))


def _slopes():
    x = "datum.x"
    clipped = f"{_beyond(x)} ? 0 : {_slope(x)}"
    return _panel("gradient", -1, 1, "slope", gradient=_slope(x), clipped_gradient=clipped)
