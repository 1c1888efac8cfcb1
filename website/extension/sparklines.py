"""The small curves on the cards of the symptom index: two losses in training, on one scale."""

import math
import re

WIDTH, HEIGHT = 120, 40
EDGE = 3  # of the drawing, so that no line is cut
LOGARITHMIC = 50  # above this ratio of largest to smallest loss, the scale is logarithmic


def drawn(curves):
    """Return what the template draws of two curves: the corners of each, and its ends in words.

    Examples
    --------
    >>> drawn({"wrong": [2.0, 2.0], "right": [2.0, 1.0]})["right"]
    {'corners': '3,3 117,37', 'says': '2 → 1'}
    """
    sides = {side: curves[side] for side in ("wrong", "right")}
    place = scale([value for losses in sides.values() for value in losses])
    return {side: {"corners": corners(losses, place), "says": says(losses)}
            for side, losses in sides.items()}  # fmt: skip


def scale(losses):
    """Return a function from a loss to its height in the drawing."""
    known = [loss for loss in losses if math.isfinite(loss)]
    top, bottom = max(known), min(known)
    if bottom > 0 and top / bottom > LOGARITHMIC:
        place = scale([math.log(loss) for loss in known])
        return lambda loss: place(math.log(loss))
    room = (HEIGHT - 2 * EDGE) / ((top - bottom) or 1)
    return lambda loss: EDGE + (top - loss) * room


def corners(losses, place):
    """Return the corners of a line, which ends where a loss is not a number."""
    step = (WIDTH - 2 * EDGE) / max(len(losses) - 1, 1)
    shown = []
    for number, loss in enumerate(losses):
        if not math.isfinite(loss):
            break
        shown.append(f"{EDGE + number * step:.0f},{place(loss):.0f}")
    return " ".join(shown)


def says(losses):
    """Say where a curve begins and where it ends; one that begins as nan stays so.

    Examples
    --------
    >>> says([2.3026, 0.5, float("nan")]), says([0.25, -12345.0])
    ('2.3 → nan', '0.25 → −12,000')
    """
    if math.isnan(losses[0]):
        return "nan"
    return " → ".join(in_short(loss) for loss in (losses[0], losses[-1]))


def in_short(loss):
    """Return a number with two digits, in full up to a million.

    Examples
    --------
    >>> in_short(0.0331), in_short(-147.2), in_short(3.94e6), in_short(float("inf"))
    ('0.033', '−150', '3.9e6', 'inf')
    """
    text = f"{loss:.2g}"
    if "e+" in text:
        whole = f"{float(text):,.0f}"
        text = whole if abs(loss) < 1e6 else re.sub(r"e\+0?", "e", text)
    return text.replace("-", "−", 1) if loss < 0 else text
