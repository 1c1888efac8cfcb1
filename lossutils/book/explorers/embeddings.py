"""An explorer of six embeddings in the plane: three losses, and where they pull each point."""

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Explorer,
    handle,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence
from lossutils.book.explorers.pulls import (
    CONTRASTIVE,
    INFO_NCE,
    NUMBERS,
    QUERIES,
    TRIPLET,
    chosen,
    contrastive,
    costly_pairs,
    count_of,
    gradient,
    mean_of,
    right_queries,
    steps,
)

NAMES = ["A1", "A2", "B1", "B2", "C1", "C2"]
START = [(-1.2, 0.1), (-0.5, 0.6), (-0.3, 0.2), (0.5, 0.7), (1.1, -0.3), (0.3, -0.5)]
# The shorter side of the chart shows -2.2 to 2.2, and a unit is as long across as it is up.
UNIT = "4.4 / min(width, height)"


def embeddings():
    """Let the reader drag six points of three classes, and see a loss and its gradient follow.

    Returns
    -------
    Explorer
        It starts with the contrastive loss at margin 1, and with classes that overlap.

    Examples
    --------
    >>> embeddings().title
    'Which way does a loss pull?'
    """
    losses = {"contrastive": CONTRASTIVE, "triplet": TRIPLET, "InfoNCE": INFO_NCE}
    return Explorer(
        name="embeddings",
        title="Which way does a loss pull?",
        question="Drag the points, or choose one and move it with the sliders. Arrows point "
        "against the gradient; the longest are cut. When does a point have no arrow? Which loss "
        "does not notice how far a point is from the centre?",
        alternative="Six points of three classes in the plane, two of each, with an arrow at each. "
        "The arrows of A1, B2, C1 and C2 lead to the other point of their class. A2 and B1 lie "
        "close to each other, and their arrows lead apart. A ring around A1 shows the margin 1.",
        controls=[
            select("kind", "loss", CONTRASTIVE, losses),
            slider("margin", "margin", 1, 0.1, 2, 0.1, when=f"kind != {INFO_NCE}"),
            slider("tau", "temperature", 0.2, 0.05, 1, 0.05, when=f"kind == {INFO_NCE}"),
            select("point", "point", 0, dict(zip(NAMES, NUMBERS, strict=True))),
            *(control for i in NUMBERS for control in _place(i)),
        ],
        formulas={
            **steps(),
            "value": chosen(contrastive(), mean_of("_t", NUMBERS), mean_of("_n", QUERIES)),
            "count": chosen(costly_pairs(), count_of("_t{} > 0", NUMBERS), right_queries()),
            **{f"g{axis}{i}": gradient(axis, i) for i in NUMBERS for axis in "xy"},
            **{f"pull{i}": f"sqrt(gx{i} * gx{i} + gy{i} * gy{i})" for i in NUMBERS},
            "pull": _at("point", "pull"),
        },
        seen=[
            sentence("The loss is {value:.3f}."),
            chosen(
                sentence("Pairs that cost something: {count} of 15."),
                sentence("Anchors that cost something: {count} of 6."),
                sentence("Keys that are found by their queries: {count} of 3."),
            ),
            sentence(f"The pull on {{{NAMES}[point]}} is {{pull:.2f}}."),
        ],
        chart=_plane(),
        handles=[handle(f"x{i}", f"y{i}", point=i) for i in NUMBERS],
        presets={
            "Triplet": {"kind": TRIPLET},
            "InfoNCE": {"kind": INFO_NCE},
            "All in one place": {"kind": TRIPLET} | {f"{a}{i}": 0 for i in NUMBERS for a in "xy"},
        },
    )


def _place(i):
    """Return the two sliders of a point, which are shown while it is chosen."""
    for axis, start, way in zip("xy", START[i], ("across", "up"), strict=True):
        label = f"{NAMES[i]}, {way}"
        yield slider(f"{axis}{i}", label, start, -2, 2, 0.1, when=f"point == {i}")


def _at(number, name):
    """Return the value of this name that belongs to the point of a number."""
    return f"[{', '.join(f'{name}{i}' for i in NUMBERS)}][{number}]"


def _plane():
    """Draw the points with their arrows, and the ring of the margin around the chosen one."""
    (x, y), points = _axes(), _pulled()
    color = _by_class("Color", [BLUE, ORANGE, GREEN])
    shape = _by_class("Shape", ["circle", "square", "diamond"])
    size = alt.condition("datum._pull < 0.001", alt.value(0), alt.value(90))
    tip = points.mark_point(shape="triangle", filled=True, opacity=1, clip=True)
    dots = points.mark_point(filled=True, opacity=1, size=150)
    return alt.layer(
        _ring(),
        alt.Chart(rows(centre=[0]))
        .mark_point(shape="cross", color=GREY, filled=True)
        .encode(alt.X("centre:Q"), alt.Y("centre:Q")),
        points.mark_rule(strokeWidth=2, clip=True).encode(
            x, y, alt.X2("tip_x:Q"), alt.Y2("tip_y:Q"), color
        ),
        tip.encode(
            alt.X("tip_x:Q"), alt.Y("tip_y:Q"), color, alt.Angle("_turn:Q", scale=None), size=size
        ),
        dots.encode(x, y, color, shape),
        points.mark_text(dx=12, dy=-12, fontWeight="bold").encode(x, y, alt.Text("name:N")),
    ).properties(width=600, height=320)


def _axes():
    """Return both axes, on which a unit has the same length."""
    sides = {"x": f"{UNIT} * width / 2", "y": f"{UNIT} * height / 2"}
    domains = {k: [alt.ExprRef(f"-{half}"), alt.ExprRef(half)] for k, half in sides.items()}
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=domains["x"], nice=False))
    y = alt.Y("y:Q", title=None, scale=alt.Scale(domain=domains["y"], nice=False))
    return x, y


def _pulled():
    """Return the points, each with its gradient and the tip of the arrow against it."""
    return alt.Chart(rows(i=list(NUMBERS), name=NAMES)).transform_calculate(
        x=_at("datum.i", "x"),
        y=_at("datum.i", "y"),
        _gx=_at("datum.i", "gx"),
        _gy=_at("datum.i", "gy"),
        _pull=_at("datum.i", "pull"),
        tip_x="datum.x - datum._gx / max(2, datum._pull / 0.6)",
        tip_y="datum.y - datum._gy / max(2, datum._pull / 0.6)",
        _turn="180 / PI * atan2(-datum._gx, -datum._gy)",  # of the triangle at the tip
        group="slice(datum.name, 0, 1)",
    )


def _by_class(channel, values):
    scale = alt.Scale(domain=["A", "B", "C"], range=values)
    return getattr(alt, channel)("group:N", title=None, scale=scale, legend=None)


def _ring():
    """Draw what lies within the margin of the chosen point, for the losses that have one."""
    radius = f"(kind == {INFO_NCE} ? 0 : margin)"
    return (
        alt.Chart(alt.sequence(0, 6.3, 0.05, as_="angle"))
        .transform_calculate(
            ring_x=f"{_at('point', 'x')} + {radius} * cos(datum.angle)",
            ring_y=f"{_at('point', 'y')} + {radius} * sin(datum.angle)",
        )
        .mark_line(strokeDash=[4, 3], color=GREY, clip=True, strokeWidth=1.5)
        .encode(
            alt.X("ring_x:Q", title=None),
            alt.Y("ring_y:Q", title=None),
            order="angle:Q",
        )
    )
