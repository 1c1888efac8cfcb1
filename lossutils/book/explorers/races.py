"""An explorer of two trainings that start at the same place and race each other."""

import altair as alt

from lossutils.book.explorers.core import BLUE, GREY, HALF, ORANGE, Explorer, handle, rows, slider
from lossutils.book.explorers.formulas import sentence, sigmoid, softplus

STEPS = 60
RUNNERS = ["cross-entropy", "squared error"]
COLOURS, DASHES = [BLUE, ORANGE], [[1, 0], [6, 3]]
LOW, HIGH = -8, 4  # the logits of the chart


def race():
    """Let the cross-entropy and the squared error of a probability race from one logit.

    Returns
    -------
    Explorer
        One example, whose true class has the logit; the other of two classes has the logit 0.

    Examples
    --------
    >>> race().title
    'Two losses race'
    """
    z = [[f"_{name}{k}" for k in range(STEPS + 1)] for name in ("cross", "squared")]
    return Explorer(
        name="race",
        title="Two losses race",
        question="Press Play, and drag the start. From where does the squared error arrive in time "
        "as well? Does a larger learning rate save it? And is it ever ahead?",
        alternative="Left, the cross-entropy and the squared error against the logit of the true "
        "class. A dot on each shows where 30 steps from the logit -6 have led: on the "
        "cross-entropy down to logit 2, on the squared error hardly anywhere. Right, the two "
        "losses over the steps: the cross-entropy falls from 6 to 0.1, the squared error stays "
        "at 1.",
        controls=[
            slider("steps", "steps", 30, 0, STEPS, 1),
            slider("z", "logit at the start", -6, LOW, HIGH, 0.1),
            slider("rate", "learning rate", 0.5, 0.1, 4, 0.1),
        ],
        formulas={
            **_steps(z[0], lambda z: f"-{sigmoid(f'-{z}')}"),
            **_steps(z[1], lambda z: f"-2 * pow({sigmoid(f'-{z}')}, 2) * {sigmoid(z)}"),
            "cross": f"[{', '.join(z[0])}]",
            "squared": f"[{', '.join(z[1])}]",
            "cross_p": sigmoid("cross[steps]"),
            "squared_p": sigmoid("squared[steps]"),
            "cross_half": " + ".join(f"({logit} < 0)" for logit in z[0]),
            "squared_half": " + ".join(f"({logit} < 0)" for logit in z[1]),
        },
        seen=[
            sentence("Probability of the true class after {steps} steps:")
            + " + ' ' + "
            + sentence("cross-entropy {cross_p:.3f}, squared error {squared_p:.3f}."),
            "z < 0 ? 'They reach one half after ' + cross_half + ' and after '"
            f" + (squared_half > {STEPS} ? 'more than {STEPS}' : squared_half) + ' steps.'"
            " : 'Both start at one half or above.'",
        ],
        chart=alt.concat(_curves(), _losses(), columns=2),
        handles=[handle("z", chart=0)],
        presets={
            "Undecided": {"z": 0},
            "A little wrong": {"z": -3},
            "Large steps": {"z": -8, "rate": 4},
        },
        play="steps",
    )


def _steps(z, gradient):
    """Return formulas of the logit after each step."""
    moved = (f"{last} - rate * ({gradient(last)})" for last in z[:-1])
    return dict(zip(z, ["z", *moved], strict=True))


def _loss(z, runner):
    """Return the loss of a runner at a logit: softplus of -z, or the squared miss."""
    return f"{runner} == 0 ? {softplus(f'-{z}')} : pow({sigmoid(f'-{z}')}, 2)"


def _look():
    """Return what tells the two runners apart."""
    legend = alt.Legend(title=None, symbolType="stroke")
    colours, dashes = (alt.Scale(domain=RUNNERS, range=range) for range in (COLOURS, DASHES))
    return (
        alt.Color("loss:N", scale=colours, legend=legend),
        alt.StrokeDash("loss:N", scale=dashes, legend=legend),
    )


HEIGHT = {"title": "loss", "scale": alt.Scale(domain=[0, 8], nice=False)}


def _curves():
    """Draw both losses against the logit, where the race starts, and where the runners are."""
    x = {"title": "logit of the true class", "scale": alt.Scale(domain=[LOW, HIGH], nice=False)}
    colour, dash = _look()
    places = [(r, LOW + 0.25 * k) for r in range(2) for k in range(4 * (HIGH - LOW) + 1)]
    data = rows(
        r=[r for r, _ in places], x=[x for _, x in places], loss=[RUNNERS[r] for r, _ in places]
    )
    curves = alt.Chart(data).transform_calculate(curve=_loss("datum.x", "datum.r"))
    now = alt.Chart(rows(r=[0, 1], loss=RUNNERS))
    now = now.transform_calculate(at="datum.r == 0 ? cross[steps] : squared[steps]")
    now = now.transform_calculate(now=_loss("datum.at", "datum.r"))
    start = alt.Chart(rows(k=[0])).transform_calculate(start="z")
    return alt.layer(
        start.mark_rule(color=GREY, strokeDash=[2, 2], strokeWidth=2).encode(x="start:Q"),
        curves.mark_line(clip=True).encode(
            alt.X("x:Q", **x), alt.Y("curve:Q", **HEIGHT), colour, dash
        ),
        now.mark_point(filled=True, size=120, opacity=1, clip=True).encode(
            alt.X("at:Q", **x), alt.Y("now:Q", **HEIGHT), colour
        ),
    ).properties(**HALF)


def _losses():
    """Draw both losses over the steps that have been made."""
    r, k = [0] * (STEPS + 1) + [1] * (STEPS + 1), [*range(STEPS + 1)] * 2
    data = rows(r=r, k=k, loss=[RUNNERS[number] for number in r])
    logit = "(datum.r == 0 ? cross[datum.k] : squared[datum.k])"
    return (
        alt.Chart(data)
        .transform_filter("datum.k <= steps")
        .transform_calculate(_z=logit)
        .transform_calculate(height=_loss("datum._z", "datum.r"))
        .mark_line(clip=True)
        .encode(
            alt.X("k:Q", title="steps", scale=alt.Scale(domain=[0, STEPS], nice=False)),
            alt.Y("height:Q", **HEIGHT),
            *_look(),
        )
        .properties(**HALF)
    )
