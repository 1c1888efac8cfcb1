"""Why does a run end no better than a constant: its weights, its data, or its steps."""

import numpy as np

GROWTH = 3  # how many times the loss of the start counts as growing
LARGE = 100  # the size of a feature
_FAR = 3  # how many times the best constant a start counts as far above it
_STILL = 0.01  # a relative change over the last third that counts as none
_DROPPED = 0.6  # the share that dropout replaces by 0
_FEW, _FIRST = 8, 10  # examples of a step whose loss says little of the next; steps that do
_VANISHED = 1e-3  # the gradient of the first weights, as a share of that of the last


def why(history, evidence):
    """Return the evidence with the family of the fault, and what to change."""
    causes = [_of_the_weights(history), _of_the_data(history)]
    cause, instead = next(filter(None, causes), None) or _of_the_steps(history)
    return f"{evidence} {cause}", instead


def _of_the_weights(history):
    if rise(history) > GROWTH:
        cause = f"The loss rose to {rise(history):.3g} times its start on the way."
        return cause, "a tenth of the learning rate"
    if history.penalty > 0.5:
        cause = f"Penalties of the layers were {100 * history.penalty:.0f} % of the first loss."
        return cause, "a smaller penalty of the weights (L1, L2)"
    if history.dropout > _DROPPED:
        cause = f"Dropout replaces {100 * history.dropout:.0f} % of the numbers of a layer by 0."
        share = "Keras takes the share to drop, not the one to keep"
        return cause, f"a smaller rate of dropout; {share}"
    if history.vanishing < _VANISHED:
        times = f"{history.vanishing:.2g} times that of the last."
        instead = "hidden layers with ReLU and the usual initial weights: no saturation"
        return f"The gradient of the first weights is {times}", instead
    return None


def _of_the_data(history):
    start, at_start = history.start
    if history.feature_scale > LARGE:
        cause = f"The largest feature has a mean size of {history.feature_scale:.4g}."
        return cause, "standardised features"
    if start is not None and at_start and start > _FAR * at_start:
        cause = f"It started at {start:.4g}: features, targets or weights are large."
        return cause, "standardised features and targets, and the usual initial weights"
    return None


def _of_the_steps(history):
    if _still_falling(history):
        return "The loss is still falling slowly.", "a larger learning rate, or more steps"
    if _stands_still(history):
        cause = "The loss has hardly changed since the first steps."
        return cause, "a larger learning rate: ten times, then a hundred times"
    instead = "another learning rate (a tenth, then ten times); a last layer that can reach the"
    instead += " targets; scaled features; activations without saturation"
    return "The loss no longer falls.", instead


def rise(history):
    """Return how many times its start the loss reached."""
    losses = np.array(history.losses, float)
    first = abs(first_loss(history)) if losses.size else 0
    return float(losses.max() / first) if first > 0 else 0.0


def first_loss(history):
    """Return the loss at the start: of the first step, or the largest of several of few examples.

    Of one example to the next, a loss may grow a thousandfold without any change of the weights.
    """
    if not 0 < history.examples < _FEW:
        return history.losses[0]
    steps = max(1, min(_FIRST, len(history.losses) // 3))
    return float(np.max(history.losses[:steps]))


def at_the_start(history):
    """Return the loss at the start as text."""
    first = first_loss(history)
    steps = "at the first step" if first == history.losses[0] else "in the first steps"
    return f"the loss was {first:.4g} {steps}"


def _stands_still(history):
    """Tell whether there is a gradient, and the loss does not follow it."""
    losses, norms = np.array(history.losses, float), history.gradient_norms
    third = len(losses) // 3
    if third < 3 or not norms:
        return False
    before, after = np.mean(losses[:third]), np.mean(losses[-third:])
    return min(norms) > 1e-2 * before and abs(before - after) < _STILL * before


def _still_falling(history):
    losses = np.array(history.losses, float)
    third = len(losses) // 3
    if third < 3:
        return False
    before, after = np.mean(losses[-2 * third : -third]), np.mean(losses[-third:])
    return before - after > _STILL * abs(before)
