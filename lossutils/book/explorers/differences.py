"""A central difference of three losses in float64 and in float32, as Vega expressions.

The truth is `truth`, the prediction is higher by a gap; `kind` chooses the loss, `bits` the dtype.
Names in braces are formulas of the same chain: as fields of a chart, they get a scope.
"""

from lossutils.book.explorers.formulas import float32

GAP = 0.7
PSEUDO_HUBER, TOO_LOW_COSTS_MORE, ABSOLUTE = 0, 1, 2


def step_size(power):
    """Return ten to a power with three digits, by its decimal form, which is read exactly."""
    return f"toNumber(format(pow(10, {power}), '.2e'))"


def rounded(**steps):
    """Return formulas that are rounded as the dtype does it, one after the other.

    For sums, products, quotients and roots, to round what float64 gives once more is to compute in
    float32 (S. A. Figueroa, "When is double rounding innocuous?", SIGNUM Newsletter 30(3), 1995).
    """
    formulas = {}
    for name, formula in steps.items():
        exact = f"{{{name}_exact}}"
        formulas[f"{name}_exact"] = formula
        formulas[name] = f"bits == 32 ? {float32(exact)} : {exact}"
    return formulas


def loss(end, place):
    """Return formulas of the loss at a place, written as usual: the root cancels, too."""
    return {
        **rounded(**{f"_at_{end}": place}),
        f"_e_{end}": f"{{_at_{end}}} - truth",  # without an error: the two are near each other
        **rounded(
            **{
                f"_square_{end}": f"{{_e_{end}}} * {{_e_{end}}}",
                f"_part_{end}": f"kind == {PSEUDO_HUBER} ? 1 + {{_square_{end}}}"
                f" : 3 * {{_square_{end}}}",
                f"_root_{end}": f"sqrt({{_part_{end}}})",
            }
        ),
        f"_loss_{end}": f"kind == {PSEUDO_HUBER} ? {{_root_{end}}} - 1"
        f" : kind == {ABSOLUTE} ? abs({{_e_{end}}})"
        f" : {{_e_{end}}} < 0 ? {{_part_{end}}} : {{_square_{end}}}",
    }


def difference(step):
    """Return formulas of the difference of the losses on both sides, divided by two steps."""
    return {
        **rounded(_h=step),
        **loss("up", "_x + {_h}"),
        **loss("down", "_x - {_h}"),
        **rounded(_rise="{_loss_up} - {_loss_down}"),
        **rounded(_slope="{_rise} / (2 * {_h})"),
    }


def named(formulas, scope=""):
    """Return formulas with names for the braces.

    Examples
    --------
    >>> named({"_a": "1", "_b": "{_a} + 1"}, scope="datum.")
    {'_a': '(1)', '_b': '(datum._a + 1)'}
    """
    names = {name: f"{scope}{name}" for name in formulas}
    return {name: f"({formula.format(**names)})" for name, formula in formulas.items()}


def slope():
    """Return the derivative of the loss at the prediction."""
    return (
        f"kind == {PSEUDO_HUBER} ? _e_here / sqrt(1 + _e_here * _e_here)"
        f" : kind == {TOO_LOW_COSTS_MORE} ? 2 * _e_here : 1"
    )


def rounding(h):
    """Return about how far rounding moves the difference, as a part of the slope."""
    return f"_epsilon * _size / {h}"


def truncation(h):
    """Return how much a finite step does; before its corner, a line or a parabola has none."""
    return f"_curvature * {h} * {h}"


# The third derivative of the pseudo-Huber loss, divided by 6 times the first.
ESTIMATES = {
    "_epsilon": "pow(2, bits == 32 ? -23 : -52)",
    "_size": f"max(1, truth + {GAP})",
    "_curvature": f"kind == {PSEUDO_HUBER} ? 0.5 / pow(1 + {GAP} * {GAP}, 2) : 0",
    "best": f"kind == {PSEUDO_HUBER} ? pow(_epsilon * _size / _curvature, 1 / 3) : {GAP}",
    "depth": f"{rounding('best')} + {truncation('best')}",
}
