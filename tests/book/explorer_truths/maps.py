"""Truth of the explorer of a map that moves: the same trainings, made anew with lossutils."""

from functools import cache

from tools import moving_map as trainings


@cache
def trained():
    return [trainings.train(kind) for kind in trainings.KINDS]


def moving_map(at, rows):
    seen, number = trained()[int(at["kind"])], int(at["round"])
    places = seen["places"][number]
    return {
        "steps": trainings.EVERY * number,
        "loss": seen["loss"][number],
        "share": seen["share"][number],
        "x": [places[int(i)][0] for i in rows["x"]["i"]],
        "y": [places[int(i)][1] for i in rows["y"]["i"]],
    }
