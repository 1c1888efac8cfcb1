"""An explorer of the lattice of CTC: all alignments of a short label with a few frames."""

import itertools

import altair as alt

from lossutils.book.explorers.core import (
    BLUE,
    GREY,
    HALF,
    Explorer,
    handle,
    rows,
    select,
    slider,
)
from lossutils.book.explorers.formulas import sentence

BLANK = "-"
SYMBOLS = f"{BLANK}ab"
LABELS = ["a", "ab", "aa", "aba"]
FRAMES, STATES = 4, 2 * max(map(len, LABELS)) + 1
SEEN = {"blank": 0, "a": 1, "b": 2}


def ctc():
    """Draw the lattice of CTC, with the probability of each alignment, their sum and the loss.

    A network looks at up to four frames and gives each of them probabilities of a, b and the blank.

    Returns
    -------
    Explorer
        It starts at the label ab and four frames in which the network sees a, a, nothing and b.

    Examples
    --------
    >>> ctc().title
    'All alignments of a label'
    """
    return Explorer(
        name="ctc",
        title="All alignments of a label",
        question="Leave three frames, then two, for the label ab. Which label has no path left in "
        "two frames although it is as short?",
        alternative="Left, a lattice of four columns, one per frame, and five rows: blank, a, "
        "blank, b, blank. The large circles, where most of the probability passes, go from a in "
        "the first two frames over the blank to b in the last. Right, 15 bars, one per alignment: "
        "aa-b has 0.24, all others less than 0.06.",
        controls=[
            select("chosen", "label", 1, {label: k for k, label in enumerate(LABELS)}),
            slider("sure", "probability of what is seen", 0.7, 0.34, 0.98, 0.02),
            slider("frames", "number of frames", FRAMES, 1, FRAMES, 1),
            *(
                select(f"seen{t}", f"seen in frame {t + 1}", start, SEEN, when=f"frames > {t}")
                for t, start in enumerate([1, 1, 0, 2])
            ),
        ],
        formulas={
            "label": f"{LABELS}[chosen]",
            "p": f"[{', '.join(_probabilities(t) for t in range(FRAMES))}]",
            "_states": "2 * length(label) + 1",
            "_symbols": f"[{', '.join(_symbol(s) for s in range(STATES))}]",
            **_forward(),
            **_backward(),
            "_end": f"[{', '.join(f'_forward{t}' for t in range(FRAMES))}][frames - 1]",
            "probability": "_end[_states - 1] + _end[_states - 2]",
            "loss": "-log(probability)",
            "alignments": f"{_numbers()}[label][frames - 1]",
            "needed": "length(label) + (label == 'aa' ? 1 : 0)",
        },
        seen=[
            "alignments == 0 ? "
            + sentence("No path: the label {label} needs {needed} frames")
            + " + (label == 'aa' ? ', because equal neighbours need a blank between them.' : '.')"
            " : " + sentence("Alignments of the label {label} in {frames} frames: {alignments}."),
            "alignments == 0 ? 'The probability is 0, and the loss is infinite.' : "
            + sentence("Their sum is {probability:.4f}, so the loss is {loss:.4f}."),
        ],
        chart=alt.concat(_lattice(), _alignments(), columns=2),
        handles=[handle("frames", chart=0)],
        presets={
            "Four frames": {},
            "Two frames": {"frames": 2},
            "aa in two frames": {"chosen": LABELS.index("aa"), "frames": 2},
        },
    )


def _probabilities(t):
    """Return the probabilities of the symbols in a frame: what is seen has the most."""
    return f"[{', '.join(f'seen{t} == {k} ? sure : (1 - sure) / 2' for k in SEEN.values())}]"


def _symbol(state):
    """Return the index of the symbol of a state: blanks before, between and after the letters."""
    letter = f"slice(label, {state // 2}, {state // 2 + 1})"
    return f"indexof('{SYMBOLS}', {letter})" if state % 2 else "0"


def _may_jump(state):
    """Return whether a path may come to a state by leaving out the blank before it."""
    return f"_symbols[{state}] != _symbols[{state - 2}]" if state % 2 else "false"


def _forward():
    """Return the formulas of the forward algorithm: name -> probabilities of all states."""
    starts = (f"p[0][_symbols[{s}]]" if s < 2 else "0" for s in range(STATES))
    formulas = {"_forward0": f"[{', '.join(starts)}]"}
    for t in range(1, FRAMES):
        arriving = (f"p[{t}][_symbols[{s}]] * ({_from(t, s)})" for s in range(STATES))
        formulas[f"_forward{t}"] = f"[{', '.join(arriving)}]"
    return formulas


def _from(t, state):
    before = f"_forward{t - 1}"
    terms = [f"{before}[{state}]"]
    terms += [f"{before}[{state - 1}]"] if state > 0 else []
    terms += [f"({_may_jump(state)} ? {before}[{state - 2}] : 0)"] if state > 2 else []
    return " + ".join(terms)


def _backward():
    """Return the formulas of the backward algorithm, which begins at the last two states."""
    formulas = {}
    for t in range(FRAMES):
        last = [f"{s} < _states && {s} >= _states - 2 ? 1 : 0" for s in range(STATES)]
        onward = [_to(t, s) for s in range(STATES)] if t < FRAMES - 1 else last
        both = (
            f"(frames == {t + 1} ? ({end}) : ({on}))" for end, on in zip(last, onward, strict=True)
        )
        formulas[f"_backward{t}"] = f"[{', '.join(both)}]"
    return formulas


def _to(t, state):
    ways = [f"p[{t + 1}][_symbols[{s}]] * _backward{t + 1}[{s}]"
            for s in range(state, min(state + 3, STATES))]  # fmt: skip
    if len(ways) == 3:
        ways[2] = f"({_may_jump(state + 2)} ? {ways[2]} : 0)"
    return " + ".join(ways)


def _paths():
    """Yield every path of up to four frames that gives one of the labels: path and label."""
    for frames in range(1, FRAMES + 1):
        for path in itertools.product(SYMBOLS, repeat=frames):
            label = "".join(symbol for symbol, _ in itertools.groupby(path) if symbol != BLANK)
            if label in LABELS:
                yield "".join(path), label


def _numbers():
    """Return how many alignments each label has in each number of frames."""
    lengths = [(label, len(path)) for path, label in _paths()]
    counts = {label: [lengths.count((label, t + 1)) for t in range(FRAMES)] for label in LABELS}
    return "{" + ", ".join(f"'{label}': {numbers}" for label, numbers in counts.items()) + "}"


def _of_frame(name, t, state):
    """Return what the forward or backward algorithm gives for a frame and state of a row."""
    return f"[{', '.join(f'{name}{frame}' for frame in range(FRAMES))}][{t}][{state}]"


X = alt.X("frame:Q", title="frame", scale=alt.Scale(domain=[0.6, FRAMES + 0.4]))
Y = alt.Y("height:Q", title=None, axis=None, scale=alt.Scale(domain=[-0.08, 1.08], reverse=True))


def _lattice():
    """Draw states over frames; circles and lines grow with the probability that passes there."""
    axis = alt.Axis(values=list(range(1, FRAMES + 1)), format="d", grid=False)
    states = alt.layer(
        alt.Chart().mark_point(size=320, color=GREY, opacity=1, strokeWidth=1).encode(X, Y),
        alt.Chart()
        .mark_point(filled=True, color=BLUE, opacity=0.45, strokeWidth=0)
        .encode(X, Y, alt.Size("share:Q", legend=None, scale=_scale([0, 900]))),
        alt.Chart().mark_text(fontSize=13).encode(X, Y, alt.Text("symbol:N")),
        data=_grid(state=range(STATES)),
    )
    states = states.transform_filter("datum.frame <= frames && datum.state < _states")
    states = states.transform_calculate(
        height="datum.state / (_states - 1)",
        symbol=f"slice('{SYMBOLS}', _symbols[datum.state], _symbols[datum.state] + 1)",
        share=f"probability == 0 ? 0 : {_of_frame('_forward', 'datum.frame - 1', 'datum.state')}"
        f" * {_of_frame('_backward', 'datum.frame - 1', 'datum.state')} / probability",
    )
    last = alt.Chart(rows(k=[0])).transform_calculate(last="frames")
    last = last.mark_rule(color=GREY, strokeDash=[2, 2]).encode(alt.X("last:Q"))
    return alt.layer(last, _steps(), states).encode(X.axis(axis)).properties(**HALF)


def _scale(sizes):
    return alt.Scale(domain=[0, 1], range=sizes)


def _grid(**columns):
    """Return a row for each frame and each combination of the columns."""
    every = list(itertools.product(range(1, FRAMES + 1), *columns.values()))
    return rows(**dict(zip(["frame", *columns], map(list, zip(*every, strict=True)), strict=True)))


def _steps():
    """Draw the steps from a state to the states of the next frame."""
    now = _of_frame("_forward", "datum.frame - 1", "datum.state")
    after = _of_frame("_backward", "datum.frame", "datum._next")
    jump = f"[{', '.join(_may_jump(s) if s > 2 else 'false' for s in range(STATES))}]"
    there = "datum.frame < frames && datum.state + datum.step < _states"
    return (
        alt.Chart(_grid(state=range(STATES), step=range(3)))
        .transform_calculate(_next="datum.state + datum.step")
        .transform_filter(f"{there} && (datum.step < 2 || {jump}[datum._next])")
        .transform_calculate(
            height="datum.state / (_states - 1)",
            to="datum._next / (_states - 1)",
            after="datum.frame + 1",
            flow="probability == 0 ? 0 : "
            f"{now} * p[datum.frame][_symbols[datum._next]] * {after} / probability",
        )
        .mark_rule(color=BLUE, opacity=0.8)
        .encode(
            X,
            Y,
            x2="after:Q",
            y2="to:Q",
            strokeWidth=alt.StrokeWidth("flow:Q", legend=None, scale=_scale([0.4, 9])),
        )
    )


def _alignments():
    """Draw the probability of each alignment."""
    paths, labels = zip(*_paths(), strict=True)
    of_frame = (
        f"(frames > {t} ? p[{t}][indexof('{SYMBOLS}', slice(datum.path, {t}, {t + 1}))] : 1)"
        for t in range(FRAMES)
    )
    order = alt.EncodingSortField("product", order="descending")
    bare = alt.Chart().encode(
        alt.X("product:Q", title="probability of the alignment", scale=alt.Scale(domain=[0, 1])),
        alt.Y("path:N", title=None, sort=order),
    )
    return (
        alt.layer(
            bare.mark_bar(color=BLUE),
            bare.mark_text(align="left", dx=4).encode(text=alt.Text("product:Q", format=".4f")),
            data=rows(path=list(paths), word=list(labels)),
        )
        .transform_filter("datum.word == label && length(datum.path) == frames")
        .transform_calculate(product=" * ".join(of_frame))
        .properties(**HALF)
    )
