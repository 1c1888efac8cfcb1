"""Steps and features that are too large: a loss that had grown before it was not finite."""

import numpy as np

from lossutils.diagnosis.causes import GROWTH
from lossutils.diagnosis.findings import fault, found

_LATELY = 10  # steps before a loss that is not finite
_BIG = 10  # the mean size of a feature; standardised ones have about 1


def of_sizes(history):
    """Return suspicions about the size of the steps and of the features in a run that failed."""
    before = finite_at_first(history)
    whole = len(before) == len(history.losses)
    grown = not whole and before.size and had_grown(history, before)
    features = large_features(history) if whole or grown else None
    return (too_large_steps(before) if grown else None), features


def finite_at_first(history):
    """Return the losses before the first that is nan or infinite, or all."""
    losses = np.array(history.losses, float)
    bad = np.flatnonzero(~np.isfinite(losses))
    return losses[: bad[0]] if bad.size else losses


def nan_without_growth(history):
    """Tell whether the loss or the weights became nan or infinite, and had not grown before."""
    before = finite_at_first(history)
    is_finite = len(before) == len(history.losses) and not history.has_broken_weights
    return not is_finite and not (before.size and had_grown(history, before))


def had_grown(history, before):
    """Tell whether the loss had grown, or the gradient within the first steps."""
    return grew(before) or (len(before) < 2 * _LATELY and _norms_grew(history))


def grew(before):
    """Tell whether the last loss is far above the first, or above most of the last ones."""
    return before[-1] > GROWTH * min(abs(before[0]), np.median(np.abs(before[-_LATELY:])))


def _norms_grew(history):
    norms = [norm for norm in history.gradient_norms if np.isfinite(norm)]
    return len(norms) > 1 and max(norms) > 10 * norms[0] > 0


def too_large_steps(losses):
    """Return a suspicion about the losses before one that is not finite, which had grown."""
    shown = ", ".join(f"{value:.4g}" for value in losses[-3:])
    evidence = f"the loss was {losses[0]:.4g} at the first step; the last ones before it is not"
    evidence += f" finite are {shown}."
    instead = "a tenth of the learning rate, and scaled features and targets"
    return found("learning-rate", evidence, instead, certain=False)


def large_features(history):
    """Return a suspicion when features are large."""
    if not history.feature_scale > _BIG:
        return None
    evidence = (
        f"the largest feature has a mean size of {history.feature_scale:.4g}. The gradient of"
    )
    evidence += " the first weights grows with it, and activations saturate or die."
    instead = "standardised features; pixels / 255"
    return fault("the features are large", evidence, instead, certain=False)
