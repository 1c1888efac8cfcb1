"""An explorer of a small mask: Dice against cross-entropy."""

import altair as alt

from lossutils.book.explorers.core import BLUE, HALF, ORANGE, Explorer, handle, rows, slider
from lossutils.book.explorers.formulas import sentence

PIXELS = 44 * 44  # of the pictures in the chapter
NAMES = ["Dice", "cross-entropy"]
COLOR = alt.Color(
    "name:N",
    title=None,
    scale=alt.Scale(domain=NAMES, range=[BLUE, ORANGE]),
    legend=alt.Legend(symbolType="stroke"),
)
EPSILON = 1e-7  # what Keras adds to the denominator of Dice


def _cross_entropy(p):
    """Return the mean cross-entropy of all pixels if the mask has the probability `p`."""
    return f"(n * -log({p}) + (pixels - n) * -log(1 - b)) / pixels"


def _sizes(p):
    """Return the sum of both masks, as the denominator of Dice has it."""
    return f"(n + n * {p} + (pixels - n) * b + {EPSILON})"


def _dice(p):
    """Return the Dice loss of the whole picture if the mask has the probability `p`."""
    return f"1 - 2 * n * {p} / {_sizes(p)}"


def dice():
    """Set Dice beside the mean cross-entropy, for a mask of some pixels in a large picture.

    All pixels of the mask have one probability, and all those of the background a different one.

    Returns
    -------
    Explorer
        It starts at a mask of 19 pixels in a picture of 44 by 44, most of it missed.

    Examples
    --------
    >>> dice().title
    'Dice against cross-entropy on a small mask'
    """
    return Explorer(
        name="dice",
        title="Dice against cross-entropy on a small mask",
        question="Raise the probability of the mask from 0.01 to 0.99. Which loss falls further? "
        "Is the answer the same for a mask of 1000 pixels?",
        alternative="Two losses against the probability of the mask. From 0.01 to 0.99, Dice falls "
        "from 0.99 to 0.34. Cross-entropy is a nearly flat line just above 0. Beside it two bars: "
        "the mask exerts 62 % of the pull of Dice and 44 % of the pull of cross-entropy.",
        controls=[
            slider("n", "pixels of the mask", 19, 1, 1000, 1),
            slider("p", "probability of the mask", 0.2, 0.01, 0.99, 0.01),
            slider("b", "probability of the background", 0.01, 0.001, 0.2, 0.001),
        ],
        formulas={
            "pixels": str(PIXELS),
            "share": "n / pixels",
            "cross_entropy": _cross_entropy("p"),
            "dice": _dice("p"),
            "_sizes": _sizes("p"),
            "_both": "pow(_sizes, 2)",
            # With respect to the logit of one pixel.
            "mask_cross_entropy": "(p - 1) / pixels",
            "ground_cross_entropy": "b / pixels",
            "mask_dice": "-2 * (_sizes - n * p) / _both * p * (1 - p)",
            "ground_dice": "2 * n * p / _both * b * (1 - b)",
            "part_cross_entropy": _part("mask_cross_entropy", "ground_cross_entropy"),
            "part_dice": _part("mask_dice", "ground_dice"),
        },
        seen=[
            sentence("The mask is {share:.1%} of the picture."),
            sentence("Dice is {dice:.3f}, the mean cross-entropy {cross_entropy:.3f}."),
            sentence(
                "The mask exerts {part_dice:.0%} of the pull of Dice, and {part_cross_entropy:.0%} "
                "of that of cross-entropy."
            ),
        ],
        chart=alt.concat(_curves(), _pulls(), columns=2).resolve_scale(
            color="independent", strokeDash="independent"
        ),
        handles=[handle("p", loss, chart=0) for loss in ("dice", "cross_entropy")],
        presets={
            "Mask missed": {"p": 0.01},
            "Mask found": {"p": 0.99},
            "1000 pixels, missed": {"n": 1000, "p": 0.01},
        },
    )


def _part(mask, ground):
    """Return which part of the pull on all logits the pixels of the mask have."""
    return f"n * abs({mask}) / (n * abs({mask}) + (pixels - n) * abs({ground}))"


def _curves():
    """Draw both losses against the probability of the mask."""
    x = alt.X("x:Q", title="probability of the mask", scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("value:Q", title="loss", scale=alt.Scale(domain=[0, 1.2]))
    scale = alt.Scale(domain=NAMES, range=[[1, 0], [6, 3]])
    dash = alt.StrokeDash("name:N", title=None, scale=scale)
    lines = (
        alt.Chart(alt.sequence(0.01, 1, 0.02, as_="x"))
        .transform_calculate(
            **dict(zip(NAMES, (_dice("datum.x"), _cross_entropy("datum.x")), strict=True))
        )
        .transform_fold(NAMES, ["name", "value"])
    )
    dots = alt.Chart(rows(name=NAMES)).transform_calculate(
        now="datum.name == 'Dice' ? dice : cross_entropy", at="p"
    )
    return alt.layer(
        lines.mark_line(clip=True).encode(x, y, COLOR, dash),
        dots.mark_point(filled=True, opacity=1, size=110, clip=True).encode(
            alt.X("at:Q"), alt.Y("now:Q"), COLOR
        ),
    ).properties(**HALF)


def _pulls():
    """Draw which part of the pull on the logits the pixels of the mask have."""
    y = alt.Y("made:Q", title="part of the mask in the pull", axis=alt.Axis(format="%"))
    return (
        alt.Chart(rows(name=NAMES))
        .transform_calculate(made="datum.name == 'Dice' ? part_dice : part_cross_entropy")
        .mark_bar()
        .encode(
            alt.X("name:N", title=None, sort=NAMES, axis=alt.Axis(labelAngle=0)),
            y.scale(domain=[0, 1]),
            COLOR.legend(None),
        )
        .properties(**HALF)
    )
