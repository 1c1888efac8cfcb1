"""An explorer of the test of a gradient: a central difference, and the size of its step."""

import altair as alt

from lossutils.book.explorers import differences as of
from lossutils.book.explorers.core import (
    BLUE,
    GREEN,
    GREY,
    HALF,
    ORANGE,
    Explorer,
    handle,
    rows,
    select,
    slider,
)

SMALLEST = -15  # the power of ten of the smallest step
PER_POWER = 5  # steps from one power of ten to the next
LEAST = 1e-16  # a distance of 0 is drawn here, since a logarithmic scale has no 0
LOSSES = {
    "pseudo-Huber": of.PSEUDO_HUBER,
    "too low costs three times": of.TOO_LOW_COSTS_MORE,
    "absolute error": of.ABSOLUTE,
}
# In percent of the right gradient.
PLANTED = {"right": 0, "0.001 % too large": 0.001, "0.1 % too large": 0.1, "twice as large": 100}


def numerical_slope():
    """Compare a central difference with a gradient that is right or wrong, for any step.

    Returns
    -------
    Explorer
        It starts at the step of the chapter, 1e-4 in float64, and a right gradient.

    Examples
    --------
    >>> numerical_slope().title
    'How large a step?'
    """
    return Explorer(
        name="numerical-slope",
        title="How large a step?",
        question="Drag the step. Where is the bottom of the valley in float64, and where in "
        "float32? Then plant an error in the gradient: which one does float32 hide?",
        alternative="Left, the pseudo-Huber loss near a prediction, magnified until the step is "
        "one unit: the loss, the central difference and the gradient are the same straight line. "
        "Right, on logarithmic scales, how far the difference is from the gradient, against the "
        "step. It is a valley: at a step of 1e-15 some hundredths, near 1e-5 only 1e-11, at a "
        "step of 1 a fifth. A dot at the step 1e-4 is a little right of the bottom, at 2e-9.",
        controls=[
            slider("power", "step h", -4, SMALLEST, 0, 1 / PER_POWER, shown=_short("h", ".2~e")),
            select("bits", "dtype", 64, {"float64": 64, "float32": 32}),
            select("planted", "gradient under test", 0, PLANTED),
            select("kind", "loss", 0, LOSSES),
            slider("truth", "truth", 0, 0, 200, 10),
        ],
        formulas=_formulas(),
        seen=_sentences(),
        chart=alt.concat(_magnified(), _valley(), columns=2).resolve_scale(
            color="independent", strokeDash="independent", strokeWidth="independent"
        ),
        handles=[handle("power", chart=1)],
        presets={
            "A planted error": {"planted": 0.1, "power": -5.8},
            "Hidden by float32": {"planted": 0.001, "bits": 32, "power": -2},
            "float32, truth 150": {"bits": 32, "truth": 150},
        },
    )


def _formulas():
    """Return what the explorer computes at the step that is chosen."""
    return {
        "h": of.step_size("power"),
        **of.named(of.loss("here", f"truth + {of.GAP}")),
        "_x": "_at_here",
        "slope": of.slope(),
        "_error": "planted / 100",
        "tested": "slope * (1 + _error)",
        **of.named(of.difference("h")),
        "numerical": "_slope",
        "distance": _distance("numerical", "tested"),
        **of.ESTIMATES,
        "_rounding": of.rounding("h"),
        "_truncation": of.truncation("h"),
    }


def _distance(difference, gradient):
    """Return how far a difference is from a gradient, as a part of the right one."""
    return f"abs({difference} - {gradient}) / slope"


def _short(number, form):
    """Return a number with a power of ten, unless that is 1; no line ends at its minus."""
    return f"replace(replace(format({number}, '{form}'), 'e+0', ''), '-', '−')"


def _sentences():
    """Say how far difference and gradient are apart, why, and how near they can come."""
    return [
        f"'At h = ' + {_short('h', '.2~e')} + ' the difference is off by '"
        f" + {_short('distance', '.1e')} + '.'",
        _reason(),
        f"'The bottom is near h = ' + {_short('best', '.0e')} + ', at ' + {_short('depth', '.0e')}"
        " + (planted == 0 ? '.' : _error > depth ? '; the error shows above it.'"
        " : '; the error hides below it.')",
    ]


def _reason():
    """Say what the distance comes from: the first condition that is true decides."""
    larger = "max(_rounding, _truncation)"
    reasons = {
        "numerical == 0": "Rounding swallows the step: both losses are the same.",
        f"kind != {of.PSEUDO_HUBER} && h > {of.GAP}": "The step reaches across the corner.",
        f"_error > {larger}": "No other step would do any better: the gradient itself is wrong.",
        f"{larger} < 3 * depth": "No other step would do much better.",
        "_rounding > _truncation": "Mostly rounding: ten times the step makes it a tenth.",
    }
    otherwise = "'Mostly truncation: a tenth of the step makes it a hundredth.'"
    return "".join(f"{when} ? '{reason}' : " for when, reason in reasons.items()) + otherwise


def _look(names, colours, widths, dashes, field="name"):
    """Return what tells lines apart, by the field of their names."""
    legend = alt.Legend(title=None, symbolType="stroke")
    color, width, dash = (alt.Scale(domain=names, range=one) for one in (colours, widths, dashes))
    return (
        alt.Color(f"{field}:N", scale=color, legend=legend),
        alt.StrokeWidth(f"{field}:N", scale=width, legend=legend),
        alt.StrokeDash(f"{field}:N", scale=dash, legend=legend),
    )


def _calculated(chart, formulas):
    """Return a chart with formulas as fields, each of which may use those before it."""
    for name, formula in of.named(formulas, scope="datum.").items():
        chart = chart.transform_calculate(**{name: formula})
    return chart


# Left: the loss near the prediction

NEAR = ["loss", "difference", "gradient"]
NEAR_LOOK = _look(NEAR, [GREY, BLUE, ORANGE], [6, 2.5, 2.5], [[1, 0], [1, 0], [6, 4]])


def _magnified():
    """Draw the loss, the difference and the gradient, with the step as the unit.

    Whatever the step is, the right slope rises by one unit a step.
    """
    loss = _calculated(
        alt.Chart(alt.sequence(-2, 2.01, 0.05, as_="u")), of.loss("u", "_x + datum.u * _h")
    )
    lines = (
        loss.transform_calculate(**dict(zip(NEAR, _heights(), strict=True)))
        .transform_fold(NEAR, ["name", "value"])
        .mark_line(clip=True)
        .encode(*_near("value:Q"), *NEAR_LOOK)
    )
    ends = alt.Chart(rows(u=[-1, 1])).transform_calculate(
        end=_in_steps("(datum.u < 0 ? _loss_down : _loss_up)")
    )
    dots = ends.mark_point(filled=True, size=90, opacity=1, color=BLUE, clip=True)
    return alt.layer(lines, dots.encode(*_near("end:Q"))).properties(**HALF)


def _heights():
    """Return the heights of the three lines; the difference runs through the two dots."""
    through = f"{_in_steps('_loss_down')} + (datum.u + 1) * numerical / slope"
    return _in_steps("datum._loss_u"), through, "datum.u * (1 + _error)"


def _in_steps(loss):
    """Return how far a loss is above that of the prediction, in steps times the right slope."""
    return f"({loss} - _loss_here) / (_h * slope)"


def _near(up):
    """Return where something stands on the left."""
    axis, scale = alt.Axis(values=[-2, -1, 0, 1, 2]), alt.Scale(domain=[-2, 2])
    x = alt.X("u:Q", title="prediction, in steps", axis=axis, scale=scale)
    tall = alt.Scale(domain=[-2.5, 2.5], nice=False)
    return x, alt.Y(up, title="change of the loss / (h × slope)", scale=tall)


# Right: every step

FAR = ["right", "under test", "h², 1/h"]
FAR_LOOK = FAR, [GREEN, ORANGE, GREY], [4, 1.5, 1.5], [[1, 0], [1, 0], [3, 3]]


def _valley():
    """Draw how far the difference is from both gradients against the step, and two estimates."""
    now = alt.Chart(rows(one=[1])).transform_calculate(
        now="power", height=f"max(distance, {LEAST})"
    )
    across, up = _far("now:Q", "height:Q")
    dot = now.mark_point(filled=True, opacity=1, size=110, color=ORANGE)
    return alt.layer(
        _errors(),
        _estimates(),
        now.mark_rule(strokeDash=[2, 2]).encode(across),
        dot.encode(across, up),
    ).properties(**HALF)


def _far(across, up):
    """Return where something stands on the right: a power of ten, and a distance."""
    powers = list(range(SMALLEST, 1, 3))
    steps = alt.Axis(values=powers, labelExpr="'1e' + datum.value")
    short = "replace(datum.label, '+', '')"
    sizes = alt.Axis(values=[10.0**k for k in powers], format=".0e", labelExpr=short)
    wide = alt.Scale(domain=[SMALLEST, 0], nice=False)
    tall = alt.Scale(type="log", domain=[LEAST, 10], nice=False)
    return (
        alt.X(across, title="step h", axis=steps, scale=wide),
        alt.Y(up, title="distance to gradient", axis=sizes, scale=tall),
    )


def _over_steps():
    """Return the steps of the slider."""
    count = -PER_POWER * SMALLEST
    return (
        alt.Chart(alt.sequence(0, count + 1, as_="n"))
        .transform_calculate(_k=f"(datum.n - {count}) / {PER_POWER}")
        .transform_calculate(_step=of.step_size("datum._k"))
    )


def _errors():
    """Draw how far the difference is from either gradient."""
    gradients = dict(zip(FAR, ("slope", "tested"), strict=False))
    distances = {name: _distance("datum._slope", which) for name, which in gradients.items()}
    return (
        _calculated(_over_steps(), of.difference("datum._step"))
        .transform_calculate(**distances)
        .transform_fold(list(distances), ["name", "_distance"])
        .transform_calculate(drawn=f"max(datum._distance, {LEAST})")
        .mark_line(clip=True)
        .encode(*_far("_k:Q", "drawn:Q"), *_look(*FAR_LOOK))
    )


def _estimates():
    """Draw about how large the two errors are: straight lines on these scales."""
    estimates = {"rounding": of.rounding("datum._step"), "truncation": of.truncation("datum._step")}
    return (
        _over_steps()
        .transform_calculate(**estimates)
        .transform_fold(list(estimates), ["key", "estimate"])
        .transform_filter("datum.estimate > 0")
        .transform_calculate(_name=f"'{FAR[2]}'")
        .mark_line(clip=True)
        .encode(*_far("_k:Q", "estimate:Q"), *_look(*FAR_LOOK, field="_name"), detail="key:N")
    )
