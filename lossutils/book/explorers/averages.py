"""An explorer of reductions: weights, and what their sum is divided by."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREY,
    HALF,
    ORANGE,
    Explorer,
    handle,
    rows,
    slider,
)
from lossutils.book.explorers.formulas import sentence

LOSSES = [1, 2, 0, 4]  # the absolute errors of row 002-17
WEIGHTS = [3, 0, 1, 1]
MOVED = {k: loss for k, loss in enumerate(LOSSES) if loss}  # by their weights
RIGHT = 0.74  # of the room of an example: the middle of its second bar
NAMES = ["losses", "weights", "non-zero"]


def weighted_means():
    """Divide one weighted sum by three different counts.

    Returns
    -------
    Explorer
        It starts at the errors of row 002-17 and the weights of the chapter on reductions.

    Examples
    --------
    >>> weighted_means().title
    'One weighted sum, three divisors'
    """
    weights = [f"w{k}" for k in range(4)]
    total = " + ".join(f"_w[{k}] * {loss}" for k, loss in enumerate(LOSSES))
    nonzero = " + ".join(f"(_w[{k}] != 0)" for k in range(4))
    return Explorer(
        name="weighted-means",
        title="One weighted sum, three divisors",
        question="Which of the three means does not notice when all weights grow alike? Which one "
        "jumps when a weight leaves 0?",
        alternative="Four examples with the losses 1, 2, 0 and 4 and the weights 3, 0, 1 and 1, as "
        "bars of loss and weighted loss. Beside them the weighted sum, 7, divided by 4 losses, "
        "1.75, by the sum of the weights, 1.40, and by the 3 weights that are not zero, 2.33.",
        controls=[
            *(
                slider(name, f"weight of the loss {loss}", weight, 0, 5, 0.25)
                for name, loss, weight in zip(weights, LOSSES, WEIGHTS, strict=True)
            ),
            slider("scale", "all weights times", 1, 1, 3, 0.25),
        ],
        formulas={
            "_w": f"[{', '.join(f'scale * {name}' for name in weights)}]",
            "total": total,
            "of_weights": " + ".join(f"_w[{k}]" for k in range(4)),
            "nonzero": nonzero,
            "means": "[total / 4, total / max(of_weights, 1e-9), total / max(nonzero, 1)]",
            **{f"_top{k}": f"_w[{k}] * {loss}" for k, loss in MOVED.items()},
            **{f"_to{k}": f"pointer / (scale * {loss})" for k, loss in MOVED.items()},
        },
        seen=[
            sentence("The weighted sum is {total:.2~f}. Divided by 4 losses it is {means[0]:.2f},"),
            sentence("by the sum of the weights, {of_weights:.2~f}, it is {means[1]:.2f},"),
            sentence("by the {nonzero} weights that are not zero {means[2]:.2f}."),
        ],
        chart=alt.concat(_examples(), _means(), columns=2).resolve_scale(color="independent"),
        handles=[
            handle(k, f"_top{k}", chart=0, band=RIGHT, to={weights[k]: f"_to{k}"}) for k in MOVED
        ],
        presets={
            "All weights 1": dict.fromkeys(weights, 1),
            "All times 3": {"scale": 3},
            "No weight is 0": {weights[1]: 0.25},
        },
    )


def _examples():
    """Draw each loss, and what its weight makes of it."""
    of = ["loss", "weighted loss"]
    data = rows(
        k=[k for k in range(4) for _ in of], loss=[x for x in LOSSES for _ in of], of=of * 4
    )
    bare = alt.Chart().encode(
        alt.X("k:O", title="example", axis=alt.Axis(labelAngle=0)),
        alt.Y("value:Q", title="loss", scale=alt.Scale(domain=[0, 20])),
        alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=of, range=[GREY, BLUE]),
            legend=alt.Legend(symbolType="square"),
        ),
        alt.XOffset("of:N", scale=alt.Scale(domain=of)),
    )
    held = bare.mark_point(filled=True, size=90, opacity=1, clip=True)
    held = held.transform_filter("datum.of != 'loss' && datum.loss > 0")
    value = "datum.of == 'loss' ? datum.loss : datum.loss * _w[datum.k]"
    layers = alt.layer(bare.mark_bar(clip=True), held, data=data)
    return layers.transform_calculate(value=value).properties(**HALF)


def _means():
    """Draw the weighted sum over each of the divisors."""
    x = alt.X(
        "name:N",
        title="the weighted sum, divided by",
        sort=NAMES,
        axis=alt.Axis(labelAngle=0),
    )
    scale = alt.Scale(domain=[0, 12.8], nice=False)
    y, high = (alt.Y(f"{at}:Q", title="mean", scale=scale) for at in ("mean", "_high"))
    bars = alt.Chart().mark_bar(color=ORANGE, clip=True)
    text = alt.Chart().mark_text(dy=-8)
    return (
        alt.layer(bars.encode(x, y), text.encode(x, high, text="_text:N"))
        .properties(data=rows(k=[0, 1, 2], name=NAMES), **HALF)
        .transform_calculate(mean="means[datum.k]", _high="min(datum.mean, 12)")
        .transform_calculate(_text="format(datum.mean, '.2f')")
    )
