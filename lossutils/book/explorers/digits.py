"""An explorer of rounding: a small loss in float32."""

import altair as alt

from lossutils.book.explorers.core import BLUE, GREY, HALF, ORANGE, Explorer, handle, rows, slider
from lossutils.book.explorers.formulas import float32, log1p, sentence

LINES = {"domain": ["exact loss", "by the sum", "by the rest"], "range": [GREY, ORANGE, BLUE]}


# The loss of ten classes whose true one leads by `gap`: exact, and in float32 by the sum and by the
# rest of the exponentials. Whatever float32 computes is computed in float64 and rounded once.
STEPS = {
    "_gap": "{margin} / {temperature}",
    "gap": float32("{_gap}"),
    "_rest": "9 * exp(-{gap})",
    "exact": log1p("{_rest}"),
    "_one": "exp(-{gap})",
    "_nine": f"9 * {float32('{_one}')}",
    "rest": float32("{_nine}"),
    "_sum": "1 + {rest}",
    "_log": f"log({float32('{_sum}')})",
    "by_sum": float32("{_log}"),
    "_log1p": log1p("{rest}"),
    "by_rest": float32("{_log1p}"),
}


def _losses(temperature, scope="", mark=""):
    """Return the formulas at a temperature; as fields of a chart they get a scope and a mark."""
    at = {step: f"{scope}{mark}{step}" for step in STEPS}
    given = {"margin": "margin", "temperature": temperature}
    return {f"{mark}{step}": formula.format(**given, **at) for step, formula in STEPS.items()}


def _digits(computed, exact):
    """Return how many digits of a number are right, 7 at most."""
    return f"clamp(-log(abs({computed} - {exact}) / {exact}) / LN10, 0, 7)"


def float32_digits():
    """Compute the loss of a sure and right prediction in float32, in two ways.

    Returns
    -------
    Explorer
        It starts at the logits of the chapter on lost digits: one of 20, nine of 0.

    Examples
    --------
    >>> float32_digits().title
    'A small loss in float32'
    """
    return Explorer(
        name="float32-digits",
        title="A small loss in float32",
        question="How warm must the softmax be before the loss by the sum has a right digit? Does "
        "the loss by the rest ever run out of digits?",
        alternative="The loss against the temperature on a logarithmic scale. The exact loss is "
        "1.9e-8 at temperature 1 and falls steeply to the left of it. By the sum it ends "
        "at temperature 1.06; by the rest it follows the exact one. Beside it the "
        "right digits: by the sum from 7 down to none, by the rest 7 nearly everywhere.",
        controls=[
            slider("temperature", "temperature", 1, 0.2, 5, 0.1),
            slider("margin", "lead of the true class", 20, 1, 30, 1),
        ],
        formulas={
            **_losses("temperature"),
            "digits": f"[{_digits('by_sum', 'exact')}, {_digits('by_rest', 'exact')}]",
        },
        seen=[
            sentence("The lead is {gap:.3~r} now, and the exact loss {exact:.3e}."),
            "by_sum == 0 ? 'By the sum, float32 returns 0: no digit is right.' : "
            + sentence("By the sum, float32 returns {by_sum:.3e}: {digits[0]:.1f} right digits."),
            sentence("By the rest, it returns {by_rest:.3e}: {digits[1]:.1f} right digits."),
        ],
        # Each its own scales: together they would have a second legend, of dashes without colour.
        chart=alt.concat(_small_losses(), _right_digits(), columns=2).resolve_scale(
            color="independent", strokeDash="independent", strokeWidth="independent"
        ),
        handles=[handle("temperature", chart=1)],
        presets={
            "Lead 20": {},
            "Lead 10": {"margin": 10},
            "Lead 20, temperature 1.3": {"temperature": 1.3},
        },
    )


def _over_temperature():
    """Return the losses over a range of temperatures."""
    chart = alt.Chart(alt.sequence(0.2, 5.01, 0.05, as_="t"))
    for name, formula in _losses("datum.t", "datum.", "_t_").items():
        chart = chart.transform_calculate(**{name: formula})
    return chart


T = alt.X("t:Q", title="temperature", scale=alt.Scale(domain=[0, 5]))


def _small_losses():
    """Draw the exact loss over the temperature, and what float32 makes of it."""
    given = dict(zip(LINES["domain"], ("_t_exact", "_t_by_sum", "_t_by_rest"), strict=True))
    width = alt.Scale(domain=LINES["domain"], range=[6, 2.5, 2.5])
    dash = alt.Scale(domain=LINES["domain"], range=[[1, 0], [1, 0], [6, 4]])
    size = alt.Scale(type="log", domain=[1e-20, 10])
    return (
        _over_temperature()
        .transform_calculate(**{name: f"datum.{field}" for name, field in given.items()})
        .transform_fold(list(given), ["name", "loss"])
        .transform_filter("datum.loss > 0")
        .mark_line(clip=True)
        .encode(
            T,
            alt.Y("loss:Q", scale=size, axis=alt.Axis(tickCount=7, format=".0e")),
            alt.Color("name:N", title=None, scale=alt.Scale(**LINES)),
            alt.StrokeDash("name:N", title=None, scale=dash),
            alt.StrokeWidth("name:N", title=None, scale=width),
        )
        .properties(**HALF)
    )


def _right_digits():
    """Draw how many digits of the two are right, and where the temperature stands."""
    names = LINES["domain"][1:]
    color = alt.Scale(domain=names, range=LINES["range"][1:])
    lines = (
        _over_temperature()
        .transform_calculate(
            **{
                f"digits {name}": _digits(f"datum.{field}", "datum._t_exact")
                for name, field in zip(names, ("_t_by_sum", "_t_by_rest"), strict=True)
            }
        )
        .transform_fold([f"digits {name}" for name in names], ["key", "right"])
        .transform_calculate(_name="slice(datum.key, 7)")
        .mark_line()
        .encode(
            T,
            alt.Y("right:Q", title="right digits", scale=alt.Scale(domain=[0, 7])),
            alt.Color("_name:N", scale=color, legend=None),
        )
    )
    now = alt.Chart(rows(k=[0])).transform_calculate(now="temperature").mark_rule(strokeDash=[2, 2])
    return alt.layer(lines, now.encode(alt.X("now:Q"))).properties(**HALF)
