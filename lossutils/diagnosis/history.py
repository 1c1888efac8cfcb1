"""Rules about the steps of a run: what the losses, the gradients and the accuracy did."""

from dataclasses import dataclass, field

import numpy as np

from lossutils.diagnosis.causes import GROWTH, LARGE, at_the_start, first_loss, rise, why
from lossutils.diagnosis.findings import Finding, fault, found
from lossutils.diagnosis.growth import finite_at_first, grew, had_grown, of_sizes

_PEAK = 20  # how many times its start a loss may reach on the way
_DECAYED = 1e-3  # of the first learning rate
_LEARNED = 0.2  # of the first loss, below which it does not matter that the rate is 0
_SMALL = 0.15  # of the first loss, for a network that has learned well
_ROWS = 32  # of a batch; the best constant for fewer fits them by chance
_WORSE = 1.1  # times the best constant, for a loss in training that counts as worse


@dataclass
class History:
    """What was recorded of a run.

    `start` and `end` hold the loss of one batch and that of the best constant prediction for it;
    `examples` is their number in one step, 0 where it is not known; `never_negative` tells whether
    the loss that has a name can only be made negative by what the layers add;
    `of_classes` tells whether an accuracy means something; `vanishing` is the norm of the gradient
    of the first weights, divided by that of the last; `penalty` is the share of the first loss that
    the layers add themselves; `trainable` tells whether there are weights to train; `dropout` is
    the largest rate of dropout; `feature_scale` is the mean size of the largest feature; `rates`
    are the learning rates after each epoch, and `last_rate` is the one at the end;
    `has_broken_weights` tells whether weights are nan or infinite at the end; `weighted` tells
    whether some examples weigh more than others.
    """

    losses: list = field(default_factory=list)
    gradient_norms: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)
    epoch_losses: list = field(default_factory=list)
    start: tuple = (None, None)
    end: tuple | None = None
    examples: int = 0
    never_negative: bool = False
    learning_rate: float | None = None
    of_classes: bool = True
    vanishing: float = 1.0
    penalty: float = 0.0
    trainable: bool = True
    feature_scale: float = 0.0
    dropout: float = 0.0
    last_rate: float | None = None
    has_broken_weights: bool = False
    weighted: bool = False
    rates: list = field(default_factory=list)


def run_findings(history):
    """Yield what the steps show; what follows from an earlier finding is left out."""
    rules = (negative_rate, not_finite, no_gradient, growing, not_learning, decayed, peak)
    for rule in rules:
        if finding := rule(history):
            yield finding
            if rule in (not_finite, no_gradient, growing, not_learning, peak):
                yield from filter(None, of_sizes(history))
            break
    for rule in (accuracy_stands_still, negative_penalty, nan_gradient):
        if finding := rule(history):
            yield finding


def negative_rate(history):
    """Return a finding when the learning rate is negative."""
    if history.learning_rate is not None and history.learning_rate < 0:
        evidence = (
            f"the learning rate is {history.learning_rate:g}: each step makes the loss larger."
        )
        return fault("the learning rate is negative", evidence, "a rate above 0, such as 0.001")
    return None


def not_finite(history):
    """Return a finding when a loss is nan or infinite: at which step, and what came first.

    It is certain if the last loss is, or the weights: a ReLU may return 0 for nan.
    """
    losses, before = history.losses, finite_at_first(history)
    step, evidence = len(before), ""
    if step < len(losses):
        evidence = f"the loss is {losses[step]:g} at step {step + 1} of {len(losses)}. "
    elif not history.has_broken_weights:
        return None
    lasting = not np.isfinite(losses[-1:]).all()
    if not lasting and history.has_broken_weights:
        evidence += "Weights are nan or infinite at the end, although the last loss is finite. "
    cause, instead = _what_came_first(history, before)
    certain = lasting or history.has_broken_weights
    return found("overflow", f"{evidence}{cause}", instead, certain=certain)


def _what_came_first(history, before):
    """Return what the finite losses show, and what to change."""
    if not before.size:
        return _FROM_THE_START, _FINITE
    shown = f"Before it: {', '.join(f'{value:.4g}' for value in before[-3:])}."
    if had_grown(history, before):
        shown += " It had grown before: the steps were too large."
        return shown, "a tenth of the learning rate, and scaled features"
    shown += " It had not grown before: look for a logarithm, a square root or a division by 0."
    return shown, "a loss of logits (from_logits=True), or a clipped argument"


_FROM_THE_START = "It was so from the start: look at the data and at logarithms first."
_FINITE = "finite features and labels; a loss of logits"


def nan_gradient(history):
    """Return a suspicion when a gradient is nan while its loss is finite and has not grown."""
    losses = np.array(history.losses, float)
    steps = min(len(losses), len(history.gradient_norms))
    first = np.isnan(np.array(history.gradient_norms[:steps], float)) & np.isfinite(losses[:steps])
    # A ReLU may return 0 for nan, and the loss be finite again at the end.
    if not first.any() or np.isfinite(losses).all() or grew(losses[: first.argmax() + 1]):
        return None
    evidence = f"the loss of step {first.argmax() + 1} is {losses[first.argmax()]:.4g}, and its"
    evidence += " gradient is nan: as that of a square root, a norm or a division at 0 is, also in"
    evidence += " the branch that tf.where does not take."
    instead = "a small number under the root, tf.sqrt(tf.maximum(square, 1e-7))"
    return found("sqrt-at-zero", evidence, instead, certain=False)


def negative_penalty(history):
    """Return a suspicion when the loss becomes negative by what the layers add to it.

    What is left of the first loss is that of the outputs: it belongs to no other output.
    """
    losses, named = np.array(history.losses, float), history.start[0]
    if history.penalty >= 0 or not history.never_negative or named is None:
        return None
    lowest = losses[np.isfinite(losses)].min(initial=losses[0])
    added = history.penalty * losses[0]
    if not np.isclose(losses[0] - added, named, rtol=0.01) or lowest >= -0.01 * named:
        return None
    evidence = f"the loss fell from {losses[0]:.4g} to {lowest:.4g}, and the loss of the outputs"
    evidence += f" cannot be negative: what the layers add is ({added:.3g} at the first step). A"
    evidence += " divergence or a penalty never is."
    instead = "the opposite sign of what add_loss gets: the KL divergence of a VAE is"
    instead += " -0.5 * tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=-1)"
    return found("negative-loss", evidence, instead, certain=False)


def no_gradient(history):
    """Return a finding when every recorded gradient is exactly 0."""
    norms, solved = history.gradient_norms, history.losses and not np.any(history.losses)
    if not history.trainable:
        evidence = "the model has 0 weights that are trained: all of them are frozen."
        return found("no-gradient", evidence, "model.trainable = True, and compile again")
    if norms and not np.any(norms) and not solved:
        evidence = f"the norm of the gradient is exactly 0 in all {len(norms)} steps looked at."
        instead = "a loss of the model's own outputs: no argmax, round, metric or dead activation"
        return found("no-gradient", evidence, instead)
    return None


def growing(history):
    """Return a suspicion when the loss ends far above its start."""
    losses = np.array(history.losses, float)
    if len(losses) < 5 or losses[0] <= 0 or losses.min() < 0:
        return None
    tail, first = np.median(losses[-max(3, len(losses) // 10) :]), first_loss(history)
    if tail > GROWTH * first:
        evidence = f"{at_the_start(history)} and is {tail:.4g} at the last ones,"
        evidence += f" {tail / first:.3g} times as much."
        instead = "a tenth of the learning rate, and scaled features and targets"
        return found("learning-rate", evidence, instead, certain=False)
    return None


def _family(title, evidence, instead):
    return Finding(None, certain=False, title=title, evidence=evidence, instead=instead)


def not_learning(history):
    """Return a suspicion when the model ends no better than the best constant prediction."""
    end, constant = history.end or (None, None)
    known = all(v is not None and np.isfinite(v) for v in (end, constant))
    if not known or constant <= 0:
        return None
    least = 0.9 if history.feature_scale > LARGE else 0.98
    evidence = f"after {len(history.losses)} steps the loss of a batch is {end:.4g}"
    if end < least * constant:
        lately = _in_training(history)
        if not lately > _WORSE * constant:
            return None
        evidence = f"over the last third of {len(history.losses)} steps the loss in training was"
        evidence += f" {lately:.4g}"
    elif 0 < history.examples < _ROWS and _in_training(history) < least * constant:
        return None  # other batches are better than the constant
    return _no_better(history, f"{evidence}; the best constant prediction has {constant:.4g}.")


def _in_training(history):
    """Return the loss of the last third of the steps; nan where it is a different loss, too.

    Where examples weigh differently, the constant of one batch is not that of the next.
    """
    losses, start = np.array(history.losses, float), history.start[0]
    third = len(losses) // 3
    if (
        third < 3
        or history.weighted
        or start is None
        or not np.isclose(losses[0], start, rtol=0.01)
    ):
        return np.nan
    return float(np.median(losses[-third:]))


def learned(history):
    """Tell whether the loss of the last third of the steps is a small share of the first."""
    losses = np.array(history.losses, float)
    third = len(losses) // 3
    return third > 2 and float(np.median(losses[-third:])) < _SMALL * losses[0]


def _no_better(history, evidence):
    if history.last_rate is not None and history.last_rate < _DECAYED * history.learning_rate:
        evidence += f" The learning rate fell from {history.learning_rate:g} to"
        evidence += f" {history.last_rate:.3g}."
        return found("learning-rate", evidence, "a schedule that decays more slowly", certain=False)
    if rise(history) > GROWTH:
        return found("learning-rate", *why(history, evidence), certain=False)
    return _family("no better than a constant", *why(history, evidence))


def decayed(history):
    """Return a suspicion when the learning rate was nearly 0 before a third of the epochs."""
    rates, losses = history.rates, history.epoch_losses
    if len(rates) < 3 or len(losses) != len(rates) or None in (*rates, history.learning_rate):
        return None
    early = len(rates) // 3
    over = rates[early - 1] < _DECAYED * max(history.learning_rate, *rates)
    if not over or losses[-1] < max(_LEARNED * history.losses[0], 0):
        return None
    evidence = f"the learning rate fell from {history.learning_rate:g} to {rates[early - 1]:.3g}"
    evidence += f" within {early} of {len(rates)} epochs, and the loss of an epoch only from"
    evidence += f" {losses[early - 1]:.4g} to {losses[-1]:.4g} from then on."
    return found("learning-rate", evidence, "a schedule that decays more slowly", certain=False)


def peak(history):
    """Return a suspicion when the loss rose far above its start on the way."""
    losses = np.array(history.losses, float)
    positive = len(losses) > 5 and losses.min() > -1e-3 * losses.max()  # rounding granted
    if positive and rise(history) > _PEAK:
        step = int(losses.argmax())
        evidence = f"{at_the_start(history)} and {losses[step]:.4g} at step"
        evidence += f" {step + 1} of {len(losses)}, {rise(history):.3g} times as much."
        instead = "a tenth of the learning rate, and scaled features and targets"
        return found("learning-rate", evidence, instead, certain=False)
    return None


def accuracy_stands_still(history):
    """Return a suspicion when the loss falls and the accuracy is exactly the same all the time."""
    accuracies, losses = history.accuracies, history.epoch_losses
    if not history.of_classes or len(accuracies) < 3 or len(losses) != len(accuracies):
        return None
    same, fell = len(set(accuracies)) == 1, losses[-1] < 0.95 * losses[0]
    if not (same and fell and 0 < accuracies[0] < 1):
        return None
    evidence = f"the accuracy is {accuracies[0]:.4g} in all {len(accuracies)} epochs; the loss"
    evidence += f" falls from {losses[0]:.4g} to {losses[-1]:.4g}."
    instead = "a metric that fits the output: binary accuracy for one sigmoid (threshold 0 for"
    return _family("an accuracy that never moves", evidence, f"{instead} logits), argmax for rows")
