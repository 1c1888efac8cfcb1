"""Explorers of labels: soft, smoothed and sparse."""

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
)
from lossutils.book.explorers.formulas import expm1, log1p, others, sentence, softmax

Z = ["z0", "z1", "z2"]
# Minus the logarithm of each class's probability, by way of the others' exponentials.
STEP = {"_others": f"[{', '.join(others(Z, true=k, at=Z[k]) for k in range(3))}]"}
TERMS = f"[{', '.join(log1p(f'_others[{k}]') for k in range(3))}]"
RIGHT = 0.74  # of the room of a class: the middle of its second bar
CLASS = alt.X("k:O", title="class", axis=alt.Axis(labelAngle=0))


def _logits(low, high):
    """Return a slider for each logit, which starts where document 004 has it."""
    start = numbers("004-12", "logits")[0]
    return [slider(z, f"logit of class {k}", start[k], low, high, 0.1) for k, z in enumerate(Z)]


def _logits_for(odds):
    """Return formulas for the logit with which a class has these odds, given as a logarithm."""
    return {f"_{z}": f"{z} + log(_others[{k}]) + {odds}" for k, z in enumerate(Z)}


def soft_labels():
    """Split the cross-entropy of a soft label into entropy and KL divergence.

    Returns
    -------
    Explorer
        It starts at the first example of row 004-12.

    Examples
    --------
    >>> soft_labels().title
    'The floor of a cross-entropy'
    """
    soft = numbers("004-12", "labels")[0]
    given = [f"(hard ? {hot} : {part})" for hot, part in zip((0, 0, 1), soft, strict=True)]
    return Explorer(
        name="soft-labels",
        title="The floor of a cross-entropy",
        question="Bring the loss as low as the three logits allow. What is left of it, and where "
        "are the probabilities then?",
        alternative="Bars of label and probability for three classes: the label is 0.4, 0.1 and "
        "0.5, the probabilities are 0.02, 0.00 and 0.98. Beside them the loss, 2.172, as one bar "
        "of two parts: the entropy of the label, 0.943, and above it the KL divergence, 1.229.",
        controls=[
            select("hard", "label", False, {"0.4, 0.1, 0.5": False, "0, 0, 1": True}),
            slider("s", "label smoothing", 0, 0, 1, 0.05),
            *_logits(-2, 8),
        ],
        formulas={
            "y": f"[{', '.join(f'(1 - s) * {part} + s / 3' for part in given)}]",
            "p": f"[{', '.join(softmax(Z, k) for k in range(3))}]",
            **STEP,
            "_terms": TERMS,
            "loss": " + ".join(f"y[{k}] * _terms[{k}]" for k in range(3)),
            "entropy": " + ".join(f"(y[{k}] > 0 ? -y[{k}] * log(y[{k}]) : 0)" for k in range(3)),
            "divergence": "loss - entropy",
            **{f"_p{k}": f"p[{k}]" for k in range(3)},
            "_at": "clamp(pointer, 1e-6, 1 - 1e-6)",
            **_logits_for("log(_at / (1 - _at))"),
        },
        seen=[
            sentence(
                "The loss {loss:.3f} is the entropy of the label, {entropy:.3f}, plus the KL "
                "divergence, {divergence:.3f}."
            ),
            "divergence < 0.001 ? 'The probabilities equal the label: the loss cannot go lower.'"
            " : 'Only the KL divergence can be removed.'",
        ],
        chart=alt.concat(_shares(), _parts(), columns=2).resolve_scale(color="independent"),
        handles=[
            handle(k, f"_p{k}", chart=0, band=RIGHT, to={z: f"_{z}"}) for k, z in enumerate(Z)
        ],
        presets={
            "One-hot": {"hard": True},
            "One-hot, smoothed": {"hard": True, "s": 0.1},
            "At the floor": {"z0": 2.1, "z1": 0.7, "z2": 2.3},
        },
    )


def _shares():
    """Draw label and probability of each class side by side."""
    of = ["label", "probability"]
    bare = alt.Chart().encode(
        CLASS,
        alt.Y("share:Q", scale=alt.Scale(domain=[0, 1])),
        alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=of, range=[ORANGE, BLUE]),
            legend=alt.Legend(symbolType="square"),
        ),
        alt.XOffset("of:N", scale=alt.Scale(domain=of)),
    )
    held = bare.mark_point(filled=True, size=90, opacity=1)
    held = held.transform_filter("datum.of == 'probability'")
    layers = alt.layer(bare.mark_bar(), held, data=rows(k=[0, 0, 1, 1, 2, 2], of=of * 3))
    share = "datum.of == 'label' ? y[datum.k] : p[datum.k]"
    return layers.transform_calculate(share=share).properties(**HALF)


def _parts():
    """Draw the loss as one bar of two parts, the floor below."""
    parts = ["entropy", "KL divergence"]
    return (
        alt.Chart(rows(part=parts))
        .transform_calculate(
            low="datum.part == 'entropy' ? 0 : entropy",
            high="datum.part == 'entropy' ? entropy : loss",
        )
        .mark_bar(clip=True, width=60)
        .encode(
            alt.Y("low:Q", title="loss", scale=alt.Scale(domain=[0, 4])),
            alt.Y2("high:Q"),
            alt.Color("part:N", title=None, scale=alt.Scale(domain=parts, range=[GREY, GREEN])),
        )
        .properties(**HALF)
    )


def sparse_labels():
    """Compute one loss from a class index and from the row that the index stands for.

    Returns
    -------
    Explorer
        It starts at the first example of row 004-14, whose index is 2.

    Examples
    --------
    >>> sparse_labels().title
    'An index picks one of the terms'
    """

    def slope(k):  # p - 1 without cancellation
        return f"row[{k}] ? -p[{k}] * _others[{k}] : p[{k}]"

    return Explorer(
        name="sparse-labels",
        title="An index picks one of the terms",
        question="Which of the terms does the index pick? And what becomes of loss and gradient "
        "when it is out of range?",
        alternative="For each of three classes a bar of minus the logarithm of its probability, "
        "with the label's factor above it: 4.02 times 0, 5.52 times 0, 0.02 times 1. Beside it the "
        "gradient of the three logits: 0.02, 0.00 and minus 0.02.",
        controls=[
            slider("c", "index of the true class", numbers("004-14", "labels")[0], -1, 3, 1),
            *_logits(-8, 8),
        ],
        formulas={
            "row": "[c == 0 ? 1 : 0, c == 1 ? 1 : 0, c == 2 ? 1 : 0]",
            "p": f"[{', '.join(softmax(Z, k) for k in range(3))}]",
            **STEP,
            "terms": TERMS,
            "_rest": others(Z, true="c", at="[z0, z1, z2][c]"),
            "by_index": f"c >= 0 && c <= 2 ? {log1p('_rest')} : null",
            "by_row": "row[0] * terms[0] + row[1] * terms[1] + row[2] * terms[2]",
            "gradient": f"[{', '.join(map(slope, range(3)))}]",
            **{f"_t{k}": f"terms[{k}]" for k in range(3)},
            "_at": "max(pointer, 1e-6)",
            **_logits_for(f"-log({expm1('_at')})"),
        },
        seen=[
            sentence("The index {c:d} stands for the row [{row[0]}, {row[1]}, {row[2]}]."),
            "c >= 0 && c <= 2 ? "
            + sentence("The loss by the index is {by_index:.4f}, by the row {by_row:.4f}.")
            + " : 'The index is out of range. By the row the loss is 0, which looks perfect,"
            " and the gradient that TensorFlow returns is not 0.'",
        ],
        chart=alt.concat(_terms(), _gradient(), columns=2),
        handles=[handle(k, f"_t{k}", chart=0, to={z: f"_{z}"}) for k, z in enumerate(Z)],
        presets={"Index 1": {"c": 1}, "Index 3": {"c": 3}, "Index −1": {"c": -1}},
    )


def _terms():
    """Draw the term of each class and the label's factor; the one that is picked stands out."""
    bars = alt.Chart().mark_bar(clip=True)
    picked = alt.condition("row[datum.k] == 1", alt.value(BLUE), alt.value(GREY))
    held = alt.Chart().mark_point(filled=True, size=90, opacity=1, clip=True)
    factor = alt.Chart().mark_text(dy=-10)
    y = alt.Y("term:Q", title="−log of the probability", scale=alt.Scale(domain=[0, 17]))
    terms = (mark.encode(CLASS, y, color=picked) for mark in (bars, held))
    return (
        alt.layer(*terms, factor.encode(CLASS, y, text="factor:N"))
        .properties(data=rows(k=[0, 1, 2]), **HALF)
        .transform_calculate(term="terms[datum.k]", factor="'× ' + row[datum.k]")
    )


def _gradient():
    """Draw the gradient of each logit: probability minus label."""
    return (
        alt.Chart(rows(k=[0, 1, 2]))
        .transform_calculate(slope="gradient[datum.k]")
        .mark_bar(color=ORANGE)
        .encode(
            CLASS,
            alt.Y("slope:Q", title="gradient of the logit", scale=alt.Scale(domain=[-1, 1])),
        )
        .properties(**HALF)
    )
