"""What a program trains: a notebook of tools/mistake_curves.py imports this and reports from cells.

`start` makes every `fit` keep the losses of its epochs, and every figure its curves of a loss.
"""

import json

import matplotlib.pyplot as plt
import tensorflow as tf

RUNS, DRAWN = [], {}


def start():
    """Keep from now on what is trained and drawn."""
    tf.keras.Model.fit = recorded(tf.keras.Model.fit)
    plt.show = looked_at(plt.show)


def recorded(fit):
    """Return a `fit` that keeps the losses of its epochs, beside the model."""

    def fit_and_keep(model, *arguments, **options):
        run = fit(model, *arguments, **options)
        RUNS.append((model, run.history["loss"]))
        return run

    return fit_and_keep


def looked_at(show):
    """Return a `show` that keeps the curves of a loss over epochs or steps, by their names."""

    def keep_and_show(*arguments, **options):
        for panel in (axes for number in plt.get_fignums() for axes in plt.figure(number).axes):
            if panel.get_ylabel() == "loss" and panel.get_xlabel() in ("epoch", "step"):
                DRAWN.update({line.get_label(): list(line.get_ydata()) for line in panel.lines})
        show(*arguments, **options)

    return keep_and_show


def tell_runs():
    """Print the losses of the model that was trained last, and forget all."""
    last = RUNS[-1][0] if RUNS else None
    print(json.dumps([loss for model, losses in RUNS if model is last for loss in losses]))
    RUNS.clear()


def tell_drawn():
    """Print the curves that were drawn, and forget them."""
    named = {name: [float(value) for value in DRAWN.get(name, [])] for name in ("wrong", "right")}
    print(json.dumps(named))
    DRAWN.clear()
