"""An explorer of the hinge loss and the labels that it wants."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    ORANGE,
    WHOLE,
    Explorer,
    handle,
    rows,
    select,
    slider,
    switch,
)
from lossutils.book.explorers.formulas import sentence

FUNCTIONS = {"bare formula": 0, "tf.compat.v1 hinge_loss": 1, "tf.keras.losses.hinge": 2}


def hinge():
    """Set the right hinge loss beside what three functions make of two ways to write labels.

    Returns
    -------
    Explorer
        It starts at the second score of row 002-19, of a negative that is written as 0.

    Examples
    --------
    >>> hinge().title
    'Which labels does this function want?'
    """
    return Explorer(
        name="hinge",
        title="Which labels does this function want?",
        question="Which function is wrong for which way to write the labels, and what becomes of "
        "the slope then?",
        alternative="The hinge loss of a negative against its score. The right one is 0 up to the "
        "score minus 1 and rises from there on. The bare formula with the label 0 is flat at 1. At "
        "the score minus 0.2 the right loss is 0.8.",
        controls=[
            select("kind", "function", 0, FUNCTIONS),
            select("positive", "the example is", False, {"negative": False, "positive": True}),
            select("signed", "labels are written", False, {"0 and 1": False, "−1 and 1": True}),
            slider("f", "score", -0.2, -4, 4, 0.1),
            switch("mark", "a −1 elsewhere in the batch", False, when="kind == 2 && !signed"),
        ],
        formulas={
            "label": "positive ? 1 : signed ? -1 : 0",
            "taken": "kind == 1 || kind == 2 && !signed && !mark ? 2 * label - 1 : label",
            "sign": "positive ? 1 : -1",
            "loss": "max(0, 1 - taken * f)",
            "slope": "taken * f < 1 ? 0 - taken : 0",
            "right_loss": "max(0, 1 - sign * f)",
            "right_slope": "sign * f < 1 ? 0 - sign : 0",
        },
        seen=[
            sentence(
                "The label {label:d} is taken as {taken:d}: loss {loss:.1f}, slope {slope:d}."
            ),
            "taken == sign ? 'That is right.' : "
            + sentence("Right would be {right_loss:.1f} and {right_slope:d}."),
        ],
        chart=_hinges(),
        handles=[handle("f", "loss"), handle("f", "right_loss")],
        presets={
            "Bare formula, 0": {},
            "Bare formula, −1": {"signed": True},
            "TensorFlow 1, −1": {"kind": 1, "signed": True},
        },
    )


def _hinges():
    """Draw the right hinge and the one that the function computes, against the score."""
    names = ["right", "this function"]
    x = alt.X("x:Q", title="score", scale=alt.Scale(domain=[-4, 4], nice=False))
    y = alt.Y("value:Q", title="loss", scale=alt.Scale(domain=[0, 6]))
    scale, legend = alt.Scale(domain=names, range=[BLUE, ORANGE]), alt.Legend(symbolType="stroke")
    color = alt.Color("name:N", title=None, scale=scale, legend=legend)
    width = alt.StrokeWidth("name:N", title=None, scale=alt.Scale(domain=names, range=[6, 2.5]))
    lines = (
        alt.Chart(alt.sequence(-4, 4.05, 0.1, as_="x"))
        .transform_calculate(
            **{names[0]: "max(0, 1 - sign * datum.x)", names[1]: "max(0, 1 - taken * datum.x)"}
        )
        .transform_fold(names, ["name", "value"])
    )
    dots = alt.Chart(rows(name=names)).transform_calculate(
        now="datum.name == 'right' ? right_loss : loss", at="f"
    )
    dots = dots.mark_point(filled=True, opacity=1, size=130, clip=True)
    return alt.layer(
        lines.mark_line(clip=True).encode(x, y, color, width),
        dots.encode(alt.X("at:Q"), alt.Y("now:Q"), color),
    ).properties(**WHOLE)
