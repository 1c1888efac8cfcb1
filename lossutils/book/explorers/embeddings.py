"""An explorer of six embeddings in the plane: three losses, and where they pull each point."""

import itertools

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
from lossutils.book.explorers.formulas import log1p, sentence

NAMES = ["A1", "A2", "B1", "B2", "C1", "C2"]
NUMBERS = range(len(NAMES))
START = [(-1.2, 0.1), (-0.5, 0.6), (-0.3, 0.2), (0.5, 0.7), (1.1, -0.3), (0.3, -0.5)]
PAIRS = list(itertools.combinations(NUMBERS, 2))
QUERIES = range(0, len(NAMES), 2)
CONTRASTIVE, TRIPLET, INFO_NCE = 0, 1, 2
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
        question="Drag the points, or choose one and move it with the sliders. Arrows show minus "
        "the gradient, and the longest are cut to 1. When does a point have no arrow? Which loss "
        "does not notice how far a point is from the centre?",
        alternative="Six points of three classes in the plane, two of each, and an arrow at each. "
        "Every arrow points more or less towards the other point of the same class. A ring around "
        "A1 shows the margin 1.",
        controls=[
            select("kind", "loss", CONTRASTIVE, losses),
            slider("margin", "margin", 1, 0.1, 2, 0.1, when=f"kind != {INFO_NCE}"),
            slider("tau", "temperature", 0.2, 0.05, 1, 0.05, when=f"kind == {INFO_NCE}"),
            select("point", "point", 0, dict(zip(NAMES, NUMBERS, strict=True))),
            *(control for i in NUMBERS for control in _place(i)),
        ],
        formulas={
            **_steps(),
            "value": _chosen(_contrastive(), _mean("_t", NUMBERS), _mean("_n", QUERIES)),
            "count": _chosen(_costly_pairs(), _count("_t{} > 0", NUMBERS), _found()),
            **{f"g{axis}{i}": _gradient(axis, i) for i in NUMBERS for axis in "xy"},
            **{f"pull{i}": f"sqrt(gx{i} * gx{i} + gy{i} * gy{i})" for i in NUMBERS},
            "pull": _at_point([f"pull{i}" for i in NUMBERS]),
        },
        seen=[
            sentence("The loss is {value:.3f}."),
            _chosen(
                sentence("{count} of the 15 pairs cost something."),
                sentence("{count} of the 6 anchors cost something."),
                sentence("{count} of the 3 keys are found by their queries."),
            ),
            sentence(f"The pull on {{{NAMES}[point]}} is {{pull:.2f}}."),
        ],
        chart=_plane(),
        handles=[handle(f"x{i}", f"y{i}", point=i) for i in NUMBERS],
    )


def _place(i):
    """Return the two sliders of a point, which are shown while it is chosen."""
    for axis, start, way in zip("xy", START[i], ("across", "up"), strict=True):
        label = f"{NAMES[i]}, {way}"
        yield slider(f"{axis}{i}", label, start, -2, 2, 0.1, when=f"point == {i}")


def _chosen(contrastive, triplet, info_nce):
    """Return an expression that depends on the loss that is chosen."""
    return f"(kind == {CONTRASTIVE} ? {contrastive} : kind == {TRIPLET} ? {triplet} : {info_nce})"


def _at_point(values):
    """Return which of the values belongs to the chosen point."""
    return f"[{', '.join(values)}][point]"


def _sum(terms):
    return f"({' + '.join(terms)})"


def _mean(name, numbers):
    return f"{_sum(f'{name}{i}' for i in numbers)} / {len(numbers)}"


def _count(condition, numbers):
    return _sum(f"({condition.format(i)} ? 1 : 0)" for i in numbers)


def _partner(i):
    return i + 1 - 2 * (i % 2)


def _others(i):
    """Return the points of the other classes."""
    return [j for j in NUMBERS if j not in (i, _partner(i))]


def _d(i, j):
    """Return the name of the distance of two points."""
    return f"_d{min(i, j)}{max(i, j)}"


def _steps():
    """Return what the losses and their gradients are made of, in the order of use."""
    steps = {}
    for i, j in PAIRS:
        across, up = f"(x{i} - x{j})", f"(y{i} - y{j})"
        steps[_d(i, j)] = f"sqrt({across} * {across} + {up} * {up})"
    for i in NUMBERS:
        steps |= _triplet_steps(i) | _direction_steps(i)
    for query in QUERIES:
        steps |= _query_steps(query)
    return steps


# Contrastive: all pairs


def _lacking(i, j):
    return f"max(0, margin - {_d(i, j)})"


def _is_same(i, j):
    return j == _partner(i)


def _contrastive():
    """Return the mean over all pairs."""
    halves = (_d(i, j) if _is_same(i, j) else _lacking(i, j) for i, j in PAIRS)
    return f"{_sum(f'{half} * {half} / 2' for half in halves)} / {len(PAIRS)}"


def _costly_pairs():
    sizes = (_d(i, j) if _is_same(i, j) else _lacking(i, j) for i, j in PAIRS)
    return _sum(f"({size} > 0 ? 1 : 0)" for size in sizes)


def _pair_slope(i, j):
    """Return the derivative with respect to a distance, divided by the distance."""
    return "1" if _is_same(i, j) else f"-{_lacking(i, j)} / max({_d(i, j)}, 1e-300)"


# Triplets: each point as an anchor, with its partner and the nearest of the others


def _triplet_steps(i):
    """Return the loss of an anchor, and what part of it each of the nearest others has."""
    distances = [_d(i, j) for j in _others(i)]
    return {
        f"_near{i}": f"min({', '.join(distances)})",
        f"_t{i}": f"max(0, {_d(i, _partner(i))} - _near{i} + margin)",
        f"_ties{i}": _sum(f"({d} == _near{i} ? 1 : 0)" for d in distances),
    }


def _triplet_slope(i, j):
    """Return the same for both as anchors."""
    if _is_same(i, j):
        slope = f"((_t{i} > 0 ? 1 : 0) + (_t{j} > 0 ? 1 : 0))"
    else:
        nearest = (f"(_t{k} > 0 && {_d(i, j)} == _near{k} ? 1 / _ties{k} : 0)" for k in (i, j))
        slope = f"-{_sum(nearest)}"
    return f"{slope} / max({_d(i, j)}, 1e-300)"


# InfoNCE: the first point of each class is a query, the second its key


def _direction_steps(i):
    """Return the vector of length 1, or of 0 for a point at the centre."""
    length = f"_r{i}"
    return {
        length: f"sqrt(x{i} * x{i} + y{i} * y{i})",
        f"_x{i}": f"({length} == 0 ? 0 : x{i} / {length})",
        f"_y{i}": f"({length} == 0 ? 0 : y{i} / {length})",
    }


def _query_steps(query):
    """Return the loss of a query, and the probabilities of the keys of other queries."""
    key = query + 1
    wrong = [j + 1 for j in QUERIES if j != query]
    dot = "(_x{0} * _x{1} + _y{0} * _y{1})"
    gaps = {
        f"_e{query}{j}": f"exp(({dot.format(query, j)} - {dot.format(query, key)}) / tau)"
        for j in wrong
    }
    total = _sum(gaps)
    shares = {f"_p{query}{j}": f"_e{query}{j} / (1 + {total})" for j in wrong}
    return {**gaps, **shares, f"_n{query}": log1p(total)}


def _found():
    """Count the queries to which no key is nearer than their own."""
    wrong = {query: [j + 1 for j in QUERIES if j != query] for query in QUERIES}
    return _sum(
        f"({' && '.join(f'_e{query}{j} < 1' for j in keys)} ? 1 : 0)"
        for query, keys in wrong.items()
    )


def _direction_slope(i):
    """Return the derivative with respect to the angle of a point."""
    query, key = i - i % 2, i - i % 2 + 1
    if i == query:
        terms = (f"_p{i}{j} * {_turn(i, j)} - _p{i}{j} * {_turn(i, key)}" for j in _keys(i))
    else:
        asked = (f"_p{j}{i} * {_turn(i, j)}" for j in QUERIES if j != query)
        own = (f"(-_p{query}{j}) * {_turn(i, query)}" for j in _keys(query))
        terms = itertools.chain(asked, own)
    return f"{_sum(terms)} / tau"


def _keys(query):
    return [j + 1 for j in QUERIES if j != query]


def _turn(i, j):
    """Return how the cosine of two points changes as the first is turned to the left."""
    return f"(_x{i} * _y{j} - _y{i} * _x{j})"


def _gradient(axis, i):
    """Return the derivative of the sum of all losses with respect to a coordinate of a point."""
    others = [j for j in NUMBERS if j != i]
    contrastive, triplet = (
        _sum(f"{slope(i, j)} * ({axis}{i} - {axis}{j})" for j in others)
        for slope in (_pair_slope, _triplet_slope)
    )
    across = f"(-_y{i})" if axis == "x" else f"_x{i}"
    info_nce = f"(_r{i} == 0 ? 0 : {_direction_slope(i)} * {across} / _r{i})"
    return _chosen(contrastive, triplet, info_nce)


# The chart


def _plane():
    """Draw the points with their arrows, and the ring of the margin around the chosen one."""
    sides = {"x": f"{UNIT} * width / 2", "y": f"{UNIT} * height / 2"}
    domains = {k: [alt.ExprRef(f"-{half}"), alt.ExprRef(half)] for k, half in sides.items()}
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=domains["x"], nice=False))
    y = alt.Y("y:Q", title=None, scale=alt.Scale(domain=domains["y"], nice=False))
    points = alt.Chart(rows(i=list(NUMBERS), name=NAMES)).transform_calculate(
        **{axis: f"[{', '.join(f'{axis}{i}' for i in NUMBERS)}][datum.i]" for axis in "xy"},
        _gx=f"[{', '.join(f'gx{i}' for i in NUMBERS)}][datum.i]",
        _gy=f"[{', '.join(f'gy{i}' for i in NUMBERS)}][datum.i]",
        _pull=f"[{', '.join(f'pull{i}' for i in NUMBERS)}][datum.i]",
        tip_x="datum.x - datum._gx / max(1, datum._pull)",
        tip_y="datum.y - datum._gy / max(1, datum._pull)",
        _turn="180 / PI * atan2(-datum._gx, -datum._gy)",  # of the triangle at the tip
        group="slice(datum.name, 0, 1)",
    )
    color = _by_class("Color", [BLUE, ORANGE, GREEN], legend=None)
    shape = _by_class("Shape", ["circle", "square", "diamond"], legend=None)
    size = alt.condition("datum._pull < 0.001", alt.value(0), alt.value(90))
    tip = points.mark_point(shape="triangle", filled=True, opacity=1, clip=True)
    dots = points.mark_point(filled=True, opacity=1, size=150)
    return alt.layer(
        _ring(x, y),
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


def _by_class(channel, values, legend):
    scale = alt.Scale(domain=["A", "B", "C"], range=values)
    return getattr(alt, channel)("group:N", title=None, scale=scale, legend=legend)


def _ring(x, y):
    """Draw what lies within the margin of the chosen point, for the losses that have one."""
    place = {axis: _at_point([f"{axis}{i}" for i in NUMBERS]) for axis in "xy"}
    radius = f"(kind == {INFO_NCE} ? 0 : margin)"
    return (
        alt.Chart(alt.sequence(0, 6.3, 0.05, as_="angle"))
        .transform_calculate(
            ring_x=f"{place['x']} + {radius} * cos(datum.angle)",
            ring_y=f"{place['y']} + {radius} * sin(datum.angle)",
        )
        .mark_line(strokeDash=[4, 3], color=GREY, clip=True, strokeWidth=1.5)
        .encode(
            alt.X("ring_x:Q", title=None),
            alt.Y("ring_y:Q", title=None),
            order="angle:Q",
        )
    )
